"""Subject access over HTTP: what mentoring holds on a man."""

from services.mentoring.domain import permissions as may
from services.mentoring.models import KNOWN
from services.mentoring.use_cases.erasures import HELD
from shared.http.subjects_api import subject_route

ROUTES = [subject_route(HELD, KNOWN.may_know, may.EXPORT_SUBJECT)]
