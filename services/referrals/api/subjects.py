"""Subject access over HTTP: what referrals holds on a man."""

from services.referrals.domain import permissions as may
from services.referrals.models import KNOWN
from services.referrals.use_cases.erasures import HELD
from shared.http.subjects_api import subject_route

ROUTES = [subject_route(HELD, KNOWN.may_know, may.EXPORT_SUBJECT)]
