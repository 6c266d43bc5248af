"""A wire between the services and a server, which a test can cut: a small TCP proxy."""

import socket
import threading
from contextlib import suppress


class Wire:
    """Passes on whatever comes to its port, to the first port of `to` that answers, until it is cut.

    `to` may be changed: it holds for connections from then on.
    """

    def __init__(self, *to: int) -> None:
        self.to = list(to)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> int:
        """Break every connection in the middle of whatever it carries; say how many there were."""
        with self._lock:
            ends, self._open = self._open, set()
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        return len(ends) // 2

    def carries(self, port: int) -> int:
        """How many connections go to this port."""
        with self._lock:
            return sum(_far_port(end) == port for end in self._open)

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                self._join(near)

    def _join(self, near: socket.socket) -> None:
        far = self._reach()
        if far is None:
            near.close()
            return
        far.settimeout(None)
        with self._lock:
            self._open |= {near, far}
        for source, sink in ((near, far), (far, near)):
            threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _reach(self) -> socket.socket | None:
        for port in self.to:
            with suppress(OSError):
                return socket.create_connection(("127.0.0.1", port), timeout=5)
        return None

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._open -= {source, sink}
        source.close()


def _far_port(end: socket.socket) -> int:
    with suppress(OSError):
        return int(end.getpeername()[1])
    return 0
