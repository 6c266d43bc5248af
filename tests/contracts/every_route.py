"""Every route of every service, for tests that must hold for all of them."""

import re
from uuid import UUID

from services.mentoring.api import ROUTES as MENTORING
from services.referrals.api import ROUTES as REFERRALS
from services.registry.api import ROUTES as REGISTRY
from shared.http import audit_api, events_api, parked_api
from shared.http.routes import Route

BY_SERVICE = {"registry": REGISTRY, "referrals": REFERRALS, "mentoring": MENTORING}
ROUTES: list[tuple[str, Route]] = [
    (service, route)
    for service, routes in BY_SERVICE.items()
    for route in [*routes, *events_api.ROUTES, *audit_api.ROUTES, *parked_api.ROUTES]
]
NOBODY = UUID(int=7)


def url_of(service: str, route: Route, identity: UUID = NOBODY) -> str:
    """A path that fits the route, with an identifier of nothing."""
    path = re.sub(r"<uuid:\w+>", str(identity), route.path)
    return f"/{service}{re.sub(r'<any[^>]*>', '13', path)}"
