"""The registry over HTTP: routes and schemas, a module per resource."""

from services.registry.api import (
    accounts,
    activities,
    ambassadors,
    clients,
    consents,
    covers,
    emergencies,
    erasures,
    figures,
    imports,
    me,
    oauth,
    openid,
    passkeys,
    shedders,
    sheds,
    sign_ins,
    subjects,
)
from services.registry.domain import permissions as may
from services.registry.queries import visible
from shared.http.audit_api import log_route

_ROUTES = [
    *sheds.ROUTES,
    *ambassadors.ROUTES,
    *shedders.ROUTES,
    *consents.ROUTES,
    *activities.ROUTES,
    *erasures.ROUTES,
    *emergencies.ROUTES,
    *covers.ROUTES,
    *clients.ROUTES,
    *oauth.ROUTES,
    *subjects.ROUTES,
    *accounts.ROUTES,
    *me.ROUTES,
    *passkeys.ROUTES,
    *sign_ins.ROUTES,
    *figures.ROUTES,
    *imports.ROUTES,
    *openid.ROUTES,
]

ROUTES = [*_ROUTES, log_route(_ROUTES, may.SEE_LOG, visible.knows_man)]
