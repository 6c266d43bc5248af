"""The production set-up without containers: what docs/production.md says, carried out by a test.

Each process gets the settings of its own service and nothing else: no other's database, key or broker user.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psutil
import psycopg
import requests

from deploy.programme import Programme
from deploy.tokens import demo_people
from shared.messaging import outbox
from shared.messaging.relay import RELAY_LOCK
from shared.tokens import SERVICES, Issuer
from tests import backends, servers
from tests.backends import RABBITMQ
from tests.edge.nginx import IS_LEFT_OUT, Nginx, free_port
from tests.journeys.live import wait_until
from tests.journeys.system import ROOT
from tests.journeys.test_one_sign_in import a_certificate

OF_ALL = {"PATH", "HOME", "LANG", "LC_ALL", "PYTHONPATH", "TMPDIR"}
RABBITMQCTL = shutil.which("rabbitmqctl") or shutil.which("rabbitmqctl", path="/usr/sbin")
LOCAL = "127.0.0.1"


def missing() -> str | None:
    """What this machine has not that the set-up needs; None when all is there, or must be."""
    if backends.ALL:
        return None
    if IS_LEFT_OUT or not servers.CAN_RUN or RABBITMQCTL is None or shutil.which("psql") is None:
        return "nginx, psql or rabbitmqctl is not installed here."
    if backends.POSTGRESQL_RABBITMQ not in backends.available():
        return "PostgreSQL or RabbitMQ does not answer here."
    return None if _ctl("ping", check=False).returncode == 0 else "rabbitmqctl reaches no broker here."


def _ctl(*words: str, said: str | None = None, check: bool = True) -> "subprocess.CompletedProcess[str]":
    assert RABBITMQCTL is not None
    return subprocess.run(
        [RABBITMQCTL, "-q", *words], input=said, check=check, capture_output=True, text=True, timeout=120
    )


class Production:
    """nginx, three servers and three workers, on PostgreSQL and RabbitMQ, with users and roles of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.secrets = folder, folder / "secrets"
        self.name = f"sbs_production_{uuid4().hex[:8]}"
        self.ports = {service: free_port() for service in SERVICES}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.certificate, self.key = a_certificate(folder)
        self.nginx: Nginx | None = None
        # A cluster of its own: six processes and their workers want more connections than a shared one has left.
        self.postgresql = servers.PostgreSQL()
        self.server = f"postgresql://postgres@{LOCAL}:{self.postgresql.port}"

    # ---- setting up, in the order of docs/production.md

    def set_up(self) -> None:
        self.postgresql.start()
        database, broker = urlsplit(self.server), urlsplit(RABBITMQ)
        self.command(
            {},
            *("secrets", str(self.secrets), "--name", self.name, "--vhost", self.name),
            *("--database", f"{database.hostname}:{database.port}"),
            *("--broker", f"{broker.hostname}:{broker.port}"),
        )
        self._psql("-f", str(self.secrets / "roles.sql"))
        _ctl("import_definitions", "--format", "json", said=(self.secrets / "definitions.json").read_text())
        self.nginx = Nginx(self._configuration)
        for service in SERVICES:
            self.migrate(service)

    def migrate(self, service: str) -> None:
        owner = self.of(service) | {"SBS_DATABASE_URL_FILE": self._secret(f"{service}-owner/database_url")}
        self.command(owner, "migrate", service, "--grant-to", f"{self.name}_{service}")

    def _configuration(self, folder: Path, port: int) -> str:
        self.origin = f"https://{LOCAL}:{port}"
        out = folder / "written.conf"
        options = {service: f"{LOCAL}:{place}" for service, place in self.ports.items()} | {
            "listen": f"{LOCAL}:{port}",
            "listen-plain": f"{LOCAL}:{free_port()}",
            "certificate": str(self.certificate),
            "key": str(self.key),
            "log": f"{folder}/log",
            "error-log": f"{folder}/errors",
        }
        said = [word for name, value in options.items() for word in (f"--{name}", value)]
        environ = {"SBS_ORIGIN": self.origin, "SBS_EDGE_SECRET_FILE": self._secret("edge_secret")}
        self.command(environ, "nginx", str(out), *said)
        return out.read_text()

    # ---- the settings of each

    def of(self, service: str) -> dict[str, str]:
        """The settings of one service: its own, and nothing of another's."""
        given = sorted((self.secrets / service).iterdir())
        files = {f"SBS_{file.name.upper()}_FILE": str(file) for file in given}
        return files | {
            "SBS_ORIGIN": self.origin,
            "SBS_BIND": f"{LOCAL}:{self.ports[service]}",
            "SBS_PROXIES": "1",
            "SBS_BROKER_NAMESPACE": self.name,
        }

    @property
    def of_the_operator(self) -> dict[str, str]:
        """The settings of who looks after all three: by `pgpass` he has each one's own role."""
        url = f"postgresql://{self.name}_{{service}}@{urlsplit(self.server).netloc.rpartition('@')[2]}"
        names = ("trusted_keys", "signing_key", "accounts_key")
        return {f"SBS_{name.upper()}_FILE": self._secret(f"registry/{name}") for name in names} | {
            "SBS_ORIGIN": self.origin,
            "SBS_HOME": str(self.folder / "home"),
            "SBS_DATABASE_URL": f"{url}/{self.name}_{{service}}?passfile={self.secrets}/pgpass",
        }

    def _secret(self, name: str) -> str:
        return str(self.secrets / name)

    def _whole(self, environ: Mapping[str, str]) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name in OF_ALL}
        return kept | {"REQUESTS_CA_BUNDLE": str(self.certificate)} | dict(environ)

    # ---- running

    def command(self, environ: Mapping[str, str], *words: str) -> str:
        """An operator's command, to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "deploy", *words],
            cwd=ROOT,
            env=self._whole(environ),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def start(self, role: str, service: str, name: str = "") -> "subprocess.Popen[bytes]":
        """Start a server or a worker of one service."""
        name = name or f"{service}.{role}"
        more = ["--alive", str(self.folder / f"{name}.alive")] if role == "worker" else []
        with (self.folder / f"{name}.log").open("a") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "deploy", role, service, *more],
                cwd=ROOT,
                env=self._whole(self.of(service)),
                stdout=log,
                stderr=log,
            )
        return self.processes[name]

    def start_all(self) -> None:
        for service in SERVICES:
            self.start("serve", service)
            self.start("worker", service)
        wait_until(self.ready, self.said)

    def ready(self) -> bool:
        dead = [name for name, process in self.processes.items() if process.poll() is not None]
        assert not dead, f"{dead} ended: {self.said()}"
        return all(
            self.ask("GET", f"/{service}/readyz").status_code == 200 and self.relay_at_work(service)
            for service in SERVICES
        )

    def ask(self, method: str, path: str, role: str = "", **body: Any) -> requests.Response:
        """Ask through nginx, as somebody in a role or as nobody."""
        headers = {"Authorization": f"Bearer {self.token(role)}"} if role else {}
        where = f"{self.origin}{path}"
        return requests.request(
            method, where, headers=headers, verify=str(self.certificate), timeout=60, **body
        )

    def said(self) -> str:
        return "".join(f"{log.name}:\n{log.read_text()}" for log in sorted(self.folder.glob("*.log")))

    def stop(self, *names: str, number: signal.Signals = signal.SIGTERM) -> list[int]:
        """Stop these processes, or all, and give their exit codes."""
        chosen = {name: self.processes.pop(name) for name in names or list(self.processes)}
        for process in chosen.values():
            process.send_signal(number)
        return [process.wait(60) for process in chosen.values()]

    def end(self) -> None:
        """Nothing of it is left: no process, no database, no role, no user, no queue."""
        if self.processes:
            self.stop(number=signal.SIGKILL)
        if self.nginx is not None:
            self.nginx.stop()
        _ctl("delete_vhost", self.name, check=False)
        for service in SERVICES:
            name = f"{self.name}_{service}"
            _ctl("delete_user", name, check=False)
        self.postgresql.remove()

    def _psql(self, *words: str) -> None:
        how = ["psql", f"{self.server}/postgres", "-qX", "-v", "ON_ERROR_STOP=1"]
        subprocess.run([*how, *words], check=True, capture_output=True, timeout=120)

    # ---- what an operator and a test see of it

    def programme(self) -> Programme:
        return Programme(self.of_the_operator)

    def url(self, name: str) -> str:
        """A URL of a database or of the broker as it was written."""
        return (self.secrets / name).read_text().strip()

    def database(self, name: str) -> "psycopg.Connection[Any]":
        return psycopg.connect(self.url(f"{name}/database_url"), autocommit=True)

    @contextmanager
    def locked(self, service: str, table: str) -> Iterator[None]:
        """Whoever wants this table waits until the block ends."""
        with self.database(f"{service}-owner") as connection, connection.transaction():
            connection.execute(f"lock table {table} in access exclusive mode")
            yield

    def waits_for(self, service: str, table: str) -> bool:
        """Whether somebody waits for a table that is locked."""
        with self.database(f"{service}-owner") as connection:
            found = connection.execute(
                "select 1 from pg_locks where not granted and relation = %s::regclass", [table]
            )
            return found.fetchone() is not None

    def token(self, role: str) -> str:
        return (self.folder / "home" / "tokens" / role).read_text()

    def write_tokens(self) -> None:
        """A token per role for the story, as an operator issues them."""
        programme = self.programme()
        issuer = Issuer((self.secrets / "signing_key").read_text())
        folder = self.folder / "home" / "tokens"
        folder.mkdir(parents=True)
        for role, actor in demo_people(programme).items():
            (folder / role).write_text(issuer.issue(actor, datetime.now(UTC), timedelta(hours=1)))
        programme.dispose()

    def behind(self, programme: Programme) -> list[str]:
        """The consumers that have not applied everything yet."""
        reach, waiting = {}, []
        for name, service in programme.services.items():
            with service.database.read() as session:
                reach[name] = outbox.last_position(session)
                if outbox.unstamped(session):
                    waiting.append(f"the relay of {name}")
        return waiting + [
            f"{worker.service.name} of {consumer.producer}"
            for worker in programme.workers()
            for consumer in worker.consumers
            if consumer._cursor()[0] < reach[consumer.producer]
        ]

    def relay_at_work(self, service: str) -> int | None:
        """The process whose relay has the turn: which of ours is at the other end of the lock's connection."""
        with psycopg.connect(f"{self.server}/postgres") as connection:
            found = connection.execute(
                "select a.client_port from pg_locks l join pg_stat_activity a using (pid)"
                " join pg_database d on d.oid = l.database"
                " where l.locktype = 'advisory' and l.granted and l.objid = %s and d.datname = %s",
                [RELAY_LOCK, f"{self.name}_{service}"],
            ).fetchone()
        if found is None:
            return None
        for process in self.processes.values():
            ports = {c.laddr.port for c in psutil.Process(process.pid).net_connections("tcp")}
            if found[0] in ports:
                return process.pid
        return None

    def queued(self) -> int:
        """How many messages lie in the queues, the dead ones included."""
        lines = _ctl("list_queues", "-p", self.name, "messages", "--no-table-headers").stdout.split()
        return sum(map(int, lines))


def settle(system: Production, programme: Programme) -> None:
    """Wait until every event has arrived everywhere, by the system's own workers."""
    wait_until(lambda: not system.behind(programme), lambda: f"{system.behind(programme)}: {system.said()}")
