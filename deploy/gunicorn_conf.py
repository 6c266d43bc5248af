"""How gunicorn serves: each service by itself (`./sbs serve`), and the embedded default, which adds to it.

How many processes and threads there are, `./sbs serve` says on the command line.
"""

import os
import shutil
import signal
import tempfile
from typing import Any

from deploy.gunicorn_logs import Discreet
from shared.observability import configure_logging

bind = [os.environ.get("SBS_BIND", "127.0.0.1:8000")]
if metrics_bind := os.environ.get("SBS_METRICS_BIND"):
    # An address of its own for figures; what each process counts is added up in this folder.
    bind.append(metrics_bind)
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="sbs-metrics-"))
worker_class = "gthread"
graceful_timeout = 30
keepalive = 5
# What comes before a body is bounded too: a cursor is the longest thing in a path, a token in a header.
limit_request_line = 2048
limit_request_fields = 50
limit_request_field_size = 8190
# Nobody is believed but as SBS_PROXIES says; by default gunicorn believes whoever is on this machine.
forwarded_allow_ips = ""
forwarder_headers = ""
# One path for all services of a user by default; nothing here uses it.
control_socket_disable = True
accesslog = None
logger_class = Discreet
loglevel = "warning"

# Ctrl-C reaches both processes; the parent alone acts on it (and `deploy.start` held it back until now).
# What it tells the one that serves is heard once that has loaded: gunicorn's handlers are not there
# before, and raise SystemExit wherever they find the process, so that locks broke and words were lost.
STOPPING = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)
os.register_at_fork(
    before=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING),
    after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING),
)


def post_fork(_server: Any, _worker: Any) -> None:
    """Before the application is there: its logs are JSON lines, as a worker's are."""
    configure_logging()


def post_worker_init(_worker: Any) -> None:
    """Hear that it is to stop, once the process can serve."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGQUIT, signal.SIGTERM])


def child_exit(_server: Any, worker: Any) -> None:
    """What a process counted stays counted after its end."""
    if metrics_bind:
        # Not sooner: which way it counts is settled when it is imported.
        from prometheus_client import multiprocess  # noqa: PLC0415

        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_server: Any) -> None:
    """Leave no folder behind."""
    if metrics_bind:
        shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
