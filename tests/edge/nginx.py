"""A real nginx for a test: its own folder, its own port, a child of the test."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests import backends

PROGRAM = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
MISSING = "nginx is not installed here (apt-get install nginx-light), so nothing is tried behind it."
IS_LEFT_OUT = PROGRAM is None and not backends.ALL
PATIENCE = 20.0

WHOLE = """
daemon off;
pid {folder}/pid;
error_log {folder}/errors crit;
worker_processes 1;
events {{ worker_connections 256; }}
http {{
    client_body_temp_path {folder}/bodies;
    proxy_temp_path {folder}/answers;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/sbs.conf;
}}
"""


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


class Nginx:
    """nginx with what `write` gives as its configuration, told its folder and port."""

    def __init__(self, write: Callable[[Path, int], str]) -> None:
        assert PROGRAM is not None, MISSING
        self.folder = Path(tempfile.mkdtemp(prefix="sbs-nginx-"))
        self.folder.chmod(0o755)  # its worker runs as nobody when it is started by root
        self.port = free_port()
        (self.folder / "sbs.conf").write_text(write(self.folder, self.port))
        (self.folder / "whole.conf").write_text(WHOLE.format(folder=self.folder))
        self._said = (self.folder / "said").open("w+")
        self._process = subprocess.Popen(
            [PROGRAM, "-p", str(self.folder), "-c", "whole.conf", "-e", str(self.folder / "errors")],
            stdout=self._said,
            stderr=subprocess.STDOUT,
        )
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while not backends.answers(f"http://127.0.0.1:{self.port}"):
            said = (self.folder / "said").read_text()
            assert self._process.poll() is None, said
            assert time.monotonic() < end, said
            time.sleep(0.05)

    @property
    def log(self) -> str:
        """Everything that it wrote down: who asked for what, and what went wrong."""
        return "".join((self.folder / name).read_text() for name in ("log", "errors", "said"))

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(20)
        self._said.close()
        shutil.rmtree(self.folder)
