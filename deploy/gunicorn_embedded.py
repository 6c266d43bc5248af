"""How gunicorn runs the embedded default: one process, several threads, workers beside them."""

from typing import Any

from deploy import gunicorn_conf
from deploy.gunicorn_conf import *  # noqa: F403 (gunicorn reads its settings from the names of this module)

workers = 1
threads = 24
graceful_timeout = 15


def post_worker_init(worker: Any) -> None:  # type: ignore[no-redef]
    """Start the workers once the process that serves is there."""
    worker.wsgi.start()
    gunicorn_conf.post_worker_init(worker)


def worker_exit(_server: Any, worker: Any) -> None:
    """Stop them cleanly when it ends; there are none if it was stopped while it loaded."""
    application = getattr(worker, "wsgi", None)
    if application is not None:
        application.stop()
