"""How gunicorn runs the embedded default: one process, several threads, workers beside them."""

import os

bind = os.environ.get("SBS_BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = 1
threads = 24
graceful_timeout = 15
keepalive = 5
# One path for all services of a user by default; nothing here uses it.
control_socket_disable = True
accesslog = None
loglevel = "warning"


def post_worker_init(worker):
    """Start the workers once the process that serves is there."""
    worker.wsgi.start()


def worker_exit(_server, worker):
    """Stop them cleanly when it ends."""
    worker.wsgi.stop()
