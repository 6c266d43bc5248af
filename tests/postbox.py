"""A real SMTP server for a test, and what it was given."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller

from shared.mail import MailServer


class Postbox:
    """What a real SMTP server was given, and what it says to it."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        self.says = "250 taken"

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.says.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.says

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append((envelope.rcpt_tos[0], envelope.content.decode()))
        return "250 taken"


@contextmanager
def serving(postbox: Postbox) -> Iterator[MailServer]:
    """The server that hands everything to this postbox."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(postbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield MailServer.at(f"smtp://127.0.0.1:{port}", "Step by Step <sbs@example.org>")
    finally:
        controller.stop()
