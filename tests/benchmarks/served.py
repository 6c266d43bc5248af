"""What gunicorn serves in a benchmark: referrals alone, logging as in production."""

from services.referrals.app import from_environ
from shared.http.edge import WsgiApp
from shared.observability import configure_logging


def application() -> WsgiApp:
    configure_logging()
    return from_environ()
