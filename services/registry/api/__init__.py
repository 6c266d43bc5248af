"""The registry over HTTP: routes and schemas, a module per resource."""

from services.registry.api import activities, ambassadors, consents, figures, imports, shedders, sheds

ROUTES = [
    *sheds.ROUTES,
    *ambassadors.ROUTES,
    *shedders.ROUTES,
    *consents.ROUTES,
    *activities.ROUTES,
    *figures.ROUTES,
    *imports.ROUTES,
]
