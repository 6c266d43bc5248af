"""The real system for a test: installed, started as a user starts it, killed, and started again."""

import csv
import io
import os
import shutil
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import requests
from sqlalchemy import create_engine, text

from shared.actor import Actor
from shared.messaging import amqp
from shared.tokens import SERVICES, Issuer
from tests.backends import POSTGRESQL, POSTGRESQL_RABBITMQ, RABBITMQ

ROOT = Path(__file__).parents[2]
NOT_OURS = ("SBS_", "PYTHONDONTWRITEBYTECODE")


LAST = "M000100"


def _as_a_terminal_does() -> None:
    """Let Ctrl-C be heard: whoever was started in the background of a shell ignores it, and so would this."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def install(place: Path) -> Path:
    """The system in a folder of its own, with an example programme of the men up to the `LAST`, not all."""
    for name in ("deploy", "services", "shared"):
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy2(ROOT / "sbs", place)
    (place / ".venv").symlink_to(sys.prefix)
    for file in (place / "deploy" / "example").glob("*.csv"):
        rows = list(csv.reader(io.StringIO(file.read_text("utf-8"), newline="")))
        with file.open("w", encoding="utf-8", newline="") as smaller:
            csv.writer(smaller).writerows(
                [rows[0], *(row for row in rows[1:] if _stays(file.name, rows[0], row))]
            )
    return place


def _stays(file: str, header: list[str], row: list[str]) -> bool:
    if "shedder_ref" in header:
        return row[header.index("shedder_ref")] <= LAST
    return file != "sessions.csv"


@dataclass
class System:
    """One set of data: its own folder, port, databases and queues, run by an installation."""

    kind: str
    folder: Path
    installed: Path
    process: Any = None
    extra: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.name = f"sbs_journey_{uuid4().hex[:8]}"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.origin = f"http://127.0.0.1:{self.port}"
        self.log = self.folder / "log"

    @property
    def environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(NOT_OURS)}
        ours = {"SBS_HOME": str(self.folder / "home"), "SBS_BIND": f"127.0.0.1:{self.port}"}
        ours["SBS_REQUESTS_PER_MINUTE"] = "0"  # these tests ask as fast as they can
        if self.kind == POSTGRESQL_RABBITMQ:
            ours |= {
                "SBS_DATABASE_URL": f"{POSTGRESQL}/{self.name}_{{service}}",
                "SBS_BROKER_URL": RABBITMQ,
                "SBS_BROKER_NAMESPACE": self.name,
            }
        return kept | ours | self.extra

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """An operator's command, to its end."""
        return subprocess.run(
            ["./sbs", *arguments],
            cwd=self.installed,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def begin(self, *options: str) -> None:
        """Start it, in a process group of its own, as a terminal would."""
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                ["./sbs", "start", *options],
                cwd=self.installed,
                env=self.environ,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_as_a_terminal_does,  # noqa: PLW1509  (it takes no lock)
            )

    def ready(self) -> bool:
        try:
            return all(requests.get(f"{self.origin}/{name}/readyz", timeout=5).ok for name in SERVICES)
        except requests.RequestException:
            return False

    def send(self, number: signal.Signals) -> None:
        """A signal to the whole group: what Ctrl-C in a terminal does, or the machine's end."""
        os.killpg(self.process.pid, number)

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Stop it and give its exit code."""
        self.send(number)
        code: int = self.process.wait(60)
        return code

    def left_over(self) -> list[str]:
        """What still runs of the group; it is a session of its own, so nothing else can be in it."""
        left = []
        for process in psutil.process_iter(["pid", "name", "status"]):
            try:
                ours = os.getpgid(process.pid) == self.process.pid
            except ProcessLookupError:
                continue
            if ours and process.info["status"] != psutil.STATUS_ZOMBIE:
                left.append(f"{process.pid} {process.info['name']}")
        return left

    def said(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    def token(self, actor: Actor) -> str:
        key = (self.folder / "home" / "keys" / "signing.jwk").read_text()
        return Issuer(key).issue(actor, datetime.now(UTC), timedelta(hours=1))

    def end(self) -> None:
        """Nothing of it is left: no process, no database, no queue."""
        if self.process is not None and (self.process.poll() is None or self.left_over()):
            self.send(signal.SIGKILL)
            self.process.wait(10)
        if self.kind == POSTGRESQL_RABBITMQ:
            drop_databases(self.name)
            delete_queues(self.name)


def drop_databases(name: str) -> None:
    driver = POSTGRESQL.replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(f"{driver}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for service in SERVICES:
            connection.execute(text(f'drop database if exists "{name}_{service}" with (force)'))
    engine.dispose()


def delete_queues(name: str) -> None:
    with amqp.connect(RABBITMQ) as connection, connection.channel() as channel:
        for service in SERVICES:
            channel.queue_delete(f"{name}.{service}")
            channel.exchange_delete(f"{name}.events.{service}")
        channel.queue_delete(f"{name}.{amqp.DEAD}")
        channel.exchange_delete(f"{name}.{amqp.DEAD}")
