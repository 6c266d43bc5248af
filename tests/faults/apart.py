"""The three services as they run for real: a server and a worker each, nginx before them, servers of their own."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import requests
from sqlalchemy import create_engine, text

from deploy.proxy import Proxy, configuration, public_paths
from shared.actor import Actor
from shared.tokens import SERVICES, Issuer, new_signing_key, public_keys
from tests.edge.nginx import Nginx
from tests.edge.ways import SECRET
from tests.faults.wire import Wire
from tests.journeys.system import NOT_OURS, ROOT
from tests.servers import PATIENCE, PostgreSQL, RabbitMQ, lasting_port

NAMESPACE = "sbs-faults"


class Apart:
    """Six processes, and what they stand on."""

    def __init__(self, folder: Path, *, nodes: int = 1) -> None:
        self.folder = folder
        self.postgresql, self.rabbitmq = PostgreSQL(), RabbitMQ()
        self.standby: PostgreSQL | None = None
        self.nodes = [self.rabbitmq, *(RabbitMQ(joins=self.rabbitmq) for _ in range(1, nodes))]
        self.wires = {
            "database": Wire(self.postgresql.port),
            "broker": Wire(*(node.port for node in self.nodes)),
            "never cut": Wire(self.postgresql.port),
            "standby": Wire(self.postgresql.port),
        }
        self.ports = {name: lasting_port() for name in SERVICES}
        self.nginx = Nginx(self._configuration)
        self.origin = f"http://127.0.0.1:{self.nginx.port}"
        self._keys()
        self.processes: dict[tuple[str, str], subprocess.Popen[bytes]] = {}

    # ---- what tests.journeys.live asks of a system

    def token(self, actor: Actor) -> str:
        key = (self.folder / "home" / "keys" / "signing.jwk").read_text()
        return Issuer(key).issue(actor, datetime.now(UTC), timedelta(hours=12))

    @property
    def environ(self) -> dict[str, str]:
        """For whoever looks from outside: past the wires that are cut, to the PostgreSQL that is the primary."""
        return {
            "SBS_DATABASE_URL": f"postgresql://postgres@127.0.0.1:{self.wires['never cut'].port}/{{service}}",
            "SBS_BROKER_URL": self.rabbitmq.url,
            "SBS_BROKER_NAMESPACE": NAMESPACE,
            "SBS_REQUESTS_PER_MINUTE": "0",
        }

    # ---- starting and stopping

    def start(self) -> None:
        """Start the servers, make the databases, and start everything."""
        self.postgresql.start()
        for node in self.nodes:
            node.start()
        self._make_databases()
        for name in SERVICES:
            self._sbs("migrate", name).wait(PATIENCE)
        for name in SERVICES:
            self.begin("serve", name)
            self.begin("worker", name)
        end = time.monotonic() + PATIENCE
        while not self.ready():
            assert time.monotonic() < end, self.said()
            time.sleep(0.2)

    def ready(self) -> bool:
        try:
            return all(requests.get(f"{self.origin}/{name}/readyz", timeout=5).ok for name in SERVICES)
        except requests.RequestException:
            return False

    def begin(self, role: str, name: str) -> None:
        options = ["--processes", "2", "--threads", "4"] if role == "serve" else []
        self.processes[role, name] = self._sbs(role, name, *options)

    def again(self) -> None:
        """Start again what is gone, as whoever looks after processes does."""
        for (role, name), process in self.processes.items():
            if process.poll() is not None:
                self.begin(role, name)

    def kill(self, role: str, name: str, *, one: bool = False) -> None:
        """SIGKILL to a server with all its processes, to one of them, or to a worker."""
        process = self.processes[role, name]
        if one:
            with suppress(psutil.NoSuchProcess):
                children = psutil.Process(process.pid).children()
                if children:
                    children[0].kill()
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    def said(self) -> str:
        return "".join(f"{path.name}: {path.read_text()[-3000:]}\n" for path in self.folder.glob("*.log"))

    def end(self) -> None:
        """Nothing of it is left."""
        for process in self.processes.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
        self.nginx.stop()
        for wire in self.wires.values():
            wire.close()
        for node in reversed(self.nodes):
            node.remove()
        self.postgresql.remove()
        if self.standby is not None:
            self.standby.remove()

    # ---- one server for another

    def follow(self) -> None:
        """A standby from now on, which has whatever is answered."""
        self.standby = PostgreSQL(of=self.wires["standby"].port)
        self.standby.start()
        self.postgresql.wait_for_standby()

    def fail_over(self) -> None:
        """The primary goes, as if the power went; the standby takes its place.

        For a moment before that the primary is alone: whatever it answered then would be lost.
        """
        assert self.standby is not None
        self.wires["standby"].to = []
        self.wires["standby"].cut()
        time.sleep(2)
        self.postgresql.kill()
        self.standby.promote()
        self.postgresql, self.standby = self.standby, self.postgresql
        for name in ("database", "never cut"):
            self.wires[name].to = [self.postgresql.port]

    def steer(self, node: RabbitMQ) -> None:
        """Let whoever connects come to this node, and to another while it is away, as a load balancer does."""
        self.rabbitmq = node
        self.wires["broker"].to = [node.port, *(other.port for other in self.nodes if other is not node)]
        self.wires["broker"].cut()

    # ---- how

    def _sbs(self, *arguments: str) -> "subprocess.Popen[bytes]":
        with (self.folder / f"{'-'.join(arguments[:2])}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "deploy", *arguments],
                cwd=ROOT,
                env=self._environ_of(arguments[1]),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _environ_of(self, name: str) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(NOT_OURS)}
        keys = self.folder / "home" / "keys"
        database = f"postgresql://postgres@127.0.0.1:{self.wires['database'].port}/{{service}}"
        ours = {
            "SBS_DATABASE_URL": f"{database}?connect_timeout=5",
            "SBS_BROKER_URL": f"amqp://guest:guest@127.0.0.1:{self.wires['broker'].port}//",
            "SBS_ORIGIN": self.origin,
            "SBS_BIND": f"127.0.0.1:{self.ports[name]}",
            "SBS_PROXIES": "1",
            "SBS_EDGE_SECRET": SECRET,
            "SBS_TRUSTED_KEYS_FILE": str(keys / "trusted.jwks"),
            "SBS_SIGNING_KEY_FILE": str(keys / "signing.jwk"),
            "SBS_FEED_KEYS_FILE": str(keys / "feeds.jwks"),
            "SBS_FEED_KEY_FILE": str(keys / f"{name}.jwk"),
            "SBS_HOME": str(self.folder / "home"),
        }
        return kept | self.environ | ours

    def _keys(self) -> None:
        keys = self.folder / "home" / "keys"
        keys.mkdir(parents=True)
        signing = new_signing_key()
        (keys / "signing.jwk").write_text(signing)
        (keys / "trusted.jwks").write_text(public_keys(signing))
        feeds: list[Any] = []
        for name in SERVICES:
            own = new_signing_key()
            (keys / f"{name}.jwk").write_text(own)
            feeds += json.loads(public_keys(own))["keys"]
        (keys / "feeds.jwks").write_text(json.dumps({"keys": feeds}))

    def _configuration(self, folder: Path, port: int) -> str:
        places = {name: f"127.0.0.1:{own}" for name, own in self.ports.items()}
        files = {"log": f"{folder}/log", "error_log": f"{folder}/errors"}
        listen = (f"127.0.0.1:{port}",)
        proxy = Proxy(
            f"http://127.0.0.1:{port}", SECRET, listen, requests_per_second=10_000, **places, **files
        )
        return configuration(proxy, public_paths())

    def _make_databases(self) -> None:
        url = f"postgresql+psycopg://postgres@127.0.0.1:{self.postgresql.port}/postgres"
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for name in SERVICES:
                connection.execute(text(f'create database "{name}"'))
        engine.dispose()
