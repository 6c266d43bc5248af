"""The embedded default for gunicorn: `deploy.embedded:application()`, one process with everything in it."""

from collections.abc import Iterable
from typing import Any

from deploy.programme import Programme
from shared.http.metrics import with_figures
from shared.worker import Worker


class Embedded:
    """The three applications, and their workers beside them once `start` was called."""

    def __init__(self) -> None:
        self._programme = Programme()
        self._origin = with_figures(self._programme.origin(), self._programme.services)
        self._workers: list[Worker] = self._programme.workers()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return self._origin(environ, start_response)

    def start(self) -> None:
        """Start the workers: in the process that serves, for threads do not survive a fork."""
        for worker in self._workers:
            worker.start()

    def stop(self) -> None:
        """Let the workers finish what they have in hand."""
        for worker in self._workers:
            worker.stop()
        self._programme.dispose()


def application() -> Embedded:
    """What gunicorn serves."""
    return Embedded()
