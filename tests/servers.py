"""PostgreSQL and RabbitMQ of a test's own, which it may stop, kill and start again."""

import json
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg

from tests.backends import answers

PATIENCE = 90.0
POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[4]))
PROGRAMS = Path("/usr/lib/rabbitmq/bin")
CAN_RUN = bool(POSTGRES) and (PROGRAMS / "rabbitmq-server").exists()
STANDBY = "standby"
MISSING = "PostgreSQL or RabbitMQ is not installed here, so none of their own can be stopped."


def lasting_port() -> int:
    """A free port for what is stopped and started: the system gives it to no connection meanwhile."""
    for port in random.sample(range(20_000, 32_000), 200):
        with socket.socket() as free, suppress(OSError):
            free.bind(("127.0.0.1", port))
            return port
    raise AssertionError("No port is free.")


def until_it_answers(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while not answers(f"http://127.0.0.1:{port}"):
        assert time.monotonic() < end, f"Nothing answers on port {port}."
        time.sleep(0.1)


class PostgreSQL:
    """A cluster in a folder of its own. It refuses to run as root, so then it runs as its own user.

    With `of` it is a standby of what runs behind that port.
    """

    def __init__(self, of: int | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sbs-postgresql-"))
        self.port = lasting_port()
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(self.folder, self._user, pwd.getpwnam(self._user).pw_gid)
        self._killed = False
        if of is None:
            self._run(
                "initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "-D", str(self.data)
            )
        else:
            # The slot keeps what the standby has yet to read, however long it takes to start.
            options = ("-R", "-X", "stream", "-c", "fast", "-C", "-S", STANDBY, "--no-sync")
            whence = f"host=127.0.0.1 port={of} user=postgres application_name={STANDBY}"
            self._run("pg_basebackup", *options, "-d", whence, "-D", str(self.data))
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(
                f"port = {self.port}\nlisten_addresses = '127.0.0.1'\n"
                f"unix_socket_directories = ''\nmax_connections = 300\n"
            )

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        self._ctl("-w", "-t", str(int(PATIENCE)), "-l", str(self.folder / "log"), "start")

    def stop(self, mode: str = "immediate") -> None:
        """`immediate`: as if the power went; every connection breaks and nothing is written any more."""
        self._ctl("-w", "-m", mode, "stop")

    def restart(self) -> None:
        self.stop()
        self.start()

    def kill(self) -> None:
        """SIGKILL to all its processes: none of them can say or write anything any more."""
        server = psutil.Process(int((self.data / "postmaster.pid").read_text().split()[0]))
        for process in (server, *server.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self._killed = True

    def wait_for_standby(self) -> None:
        """From now on nothing is answered before the standby has it too."""
        self.sql(f"alter system set synchronous_standby_names = '{STANDBY}'")
        self.sql("select pg_reload_conf()")
        end = time.monotonic() + PATIENCE
        while self.sql("select sync_state from pg_stat_replication") != [("sync",)]:
            assert time.monotonic() < end, "The standby does not follow."
            time.sleep(0.1)

    def promote(self) -> None:
        """Make a primary of a standby."""
        self._ctl("-w", "-t", str(int(PATIENCE)), "promote")

    def sql(self, statement: str) -> list[Any]:
        url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        with psycopg.connect(url, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def remove(self) -> None:
        """What was killed begins once more, so that it takes away the shared memory that it left."""
        with suppress(subprocess.CalledProcessError):
            if self._killed:
                self.start()
            self.stop()
        shutil.rmtree(self.folder)

    def _ctl(self, *arguments: str) -> None:
        self._run("pg_ctl", "-D", str(self.data), *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(POSTGRES[-1].parent / program), *arguments],
            check=True,
            user=self._user,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


class RabbitMQ:
    """A node with a name, ports and folders of its own; it joins another, or has a directory and a cookie of its own."""

    def __init__(self, joins: "RabbitMQ | None" = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sbs-rabbitmq-"))
        self.name = f"{self.folder.name.replace('-', '_')}@localhost"
        self.first = joins or self
        self.port, self._dist = lasting_port(), lasting_port()
        self.epmd: int = joins.epmd if joins else lasting_port()
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}//"
        self._node: subprocess.Popen[bytes] | None = None
        (self.folder / "plugins").write_text("[].")
        if joins:
            formation = "cluster_formation.peer_discovery_backend = classic_config\n"
            nodes = enumerate((joins.name, self.name), 1)
            formation += "".join(
                f"cluster_formation.classic_config.nodes.{n} = {name}\n" for n, name in nodes
            )
            (self.folder / "rabbitmq.conf").write_text(formation)

    def start(self) -> None:
        with (self.folder / "said").open("ab") as said:
            self._node = subprocess.Popen(
                [str(PROGRAMS / "rabbitmq-server")],
                env=self._environ,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        until_it_answers(self.port)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Stop it, or with SIGKILL break it."""
        if self._node is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._node.pid, number)
            self._node.wait(PATIENCE)
        self._node = None

    def restart(self, number: signal.Signals = signal.SIGTERM) -> None:
        self.stop(number)
        self.start()

    def alarm(self, *, raised: bool) -> None:
        """The alarm of its memory: while it is raised, nobody may publish."""
        self.ctl("set_vm_memory_high_watermark", "0" if raised else "0.4")

    def queues(self) -> dict[str, dict[str, Any]]:
        """Per queue: the node that leads it, its members, and those of them that are there."""
        said = self.ctl("-q", "--formatter", "json", "list_queues", "name", "leader", "members", "online")
        return {row["name"]: row for row in json.loads(said)}

    def ctl(self, *arguments: str) -> str:
        """A node that has only just begun does not listen to this at once, though it answers others."""
        for _ in range(30):
            said = subprocess.run(
                [str(PROGRAMS / "rabbitmqctl"), *arguments],
                env=self._environ,
                cwd=self.folder,
                check=False,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=PATIENCE,
            )
            if said.returncode == 0:
                return said.stdout
            time.sleep(1)
        raise AssertionError(f"rabbitmqctl {arguments}: {said.stdout} {said.stderr}")

    def remove(self) -> None:
        self.stop(signal.SIGKILL)
        if self.first is self:
            self._end_epmd()
        shutil.rmtree(self.folder)

    def _end_epmd(self) -> None:
        """The node's directory of names outlives it, and goes only once it has noticed that the node is gone."""
        for _ in range(20):
            said = subprocess.run(
                ["epmd", "-port", str(self.epmd), "-kill"], check=False, capture_output=True
            )
            if said.stdout.strip() == b"Killed" or not answers(f"http://127.0.0.1:{self.epmd}"):
                return
            time.sleep(0.5)

    @property
    def _environ(self) -> dict[str, str]:
        folder = self.folder
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(self.first.folder),
            "ERL_EPMD_PORT": str(self.epmd),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": self.name,
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self._dist),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none -kernel inet_dist_use_interface {127,0,0,1}",
        }
