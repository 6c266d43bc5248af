"""The files for containers, Kubernetes and systemd: no container runs here, so what they say is held to the code.

Each part gets exactly the settings that its file gives it, with the secrets that `./sbs secrets` makes, and must
find them complete; each command must be one that there is.
"""

import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from deploy.alone import feeds_of, service_of
from deploy.cli import cli
from deploy.programme import Programme
from shared.tokens import SERVICES

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
MAIL = "#mail "
"""What is taken from the lines that begin with it where e-mail is sent."""
COMPOSE_WITH_MAIL = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8").replace(MAIL, ""))
KUSTOMIZE = DEPLOY / "kustomize"
UNITS = sorted((DEPLOY / "systemd").glob("*@.service"))
OF_COMPOSE = {"SBS_SECRETS", "SBS_CERTIFICATE", "SBS_CERTIFICATE_KEY"}
OF_KUSTOMIZE = {"SBS_SERVICE"}
ORIGIN = "https://sbs.example.org"
SENDER = "Step by Step <sbs@example.org>"


@dataclass
class Part:
    """One thing that is run: its command, its settings, and which secret lies where."""

    name: str
    command: list[str]
    environ: dict[str, str]
    secrets: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name

    @property
    def service(self) -> str | None:
        named = [word for word in self.command[1:] if word in SERVICES]
        return named[0] if named else None


def documents(place, mark=None):
    text = place.read_text("utf-8")
    return [one for one in yaml.safe_load_all(text.replace(mark, "") if mark else text) if one]


def of_compose(compose=COMPOSE):
    for name, part in compose["services"].items():
        if part["image"] == "sbs" and "profiles" not in part:
            environ = {
                key: re.sub(
                    r"\$\{(SBS_\w+):[^}]*\}",
                    lambda asked: {"SBS_ORIGIN": ORIGIN}.get(asked[1], SENDER),
                    value,
                )
                for key, value in part["environment"].items()
            }
            places = dict(_mounted(secret, compose) for secret in part["secrets"])
            yield Part(f"compose {name}", part["command"], environ, places)


def _mounted(secret, compose=COMPOSE):
    source, target = (secret, secret) if isinstance(secret, str) else (secret["source"], secret["target"])
    return f"/run/secrets/{target}", compose["secrets"][source]["file"].partition("}/")[2]


def of_kustomize(mark=None):
    everywhere = _literals(KUSTOMIZE)["sbs-settings"]
    for service in SERVICES:
        own = _literals(KUSTOMIZE / service, mark)["settings"]
        for file in ("web", "worker", "migration"):
            container = documents(KUSTOMIZE / "service" / f"{file}.yaml")[0]["spec"]["template"]["spec"][
                "containers"
            ][0]
            environ = everywhere | own | {one["name"]: one["value"] for one in container.get("env", [])}
            command = [word.replace("$(SBS_SERVICE)", service) for word in container["args"]]
            yield Part(f"kustomize {service} {file}", command, environ, _made_for(service))


def _literals(folder, mark=None):
    built = documents(folder / "kustomization.yaml", mark)[0]
    return {
        one["name"]: dict(literal.split("=", 1) for literal in one["literals"])
        for one in built["configMapGenerator"]
    }


def _made_for(service):
    """The two secrets of a service: each is made of a whole folder, as docs/production.md says."""
    names = ["database_url", "broker_url", "feed_key", "feed_keys", "trusted_keys", "mail_url"]
    names += ["signing_key", "accounts_key", "edge_secret"] if service == "registry" else []
    mounted = {f"/run/secrets/{name}": f"{service}/{name}" for name in names}
    return mounted | {"/run/owner/database_url": f"{service}-owner/database_url"}


def of_systemd(*, with_mail=False):
    for unit in UNITS:
        for service in SERVICES:
            text = unit.read_text("utf-8")
            if with_mail:
                text += (DEPLOY / "systemd" / "mail.conf").read_text("utf-8")
            if service == "registry":
                text += (DEPLOY / "systemd" / "registry.conf").read_text("utf-8")
            text = text.replace("%i", service)
            (command,) = re.findall(r"^ExecStart=/opt/sbs/sbs (.*)$", text, re.MULTILINE)
            settings = " ".join(re.findall(r"^Environment=(.*)$", text, re.MULTILINE)).split()
            common = (DEPLOY / "systemd" / "sbs.env").read_text("utf-8")
            environ = dict(
                one.split("=", 1) for one in [*settings, *re.findall(r"^SBS_.*$", common, re.MULTILINE)]
            )
            credentials = re.findall(r"^LoadCredential=(\w+):/etc/sbs/secrets/(\S+)$", text, re.MULTILINE)
            yield Part(
                f"systemd {unit.stem}{service}",
                command.split(),
                environ,
                {f"%d/{name}": file for name, file in credentials},
            )


PARTS = [*of_compose(), *of_kustomize(), *of_systemd()]
WITH_MAIL = [
    part
    for part in (*of_compose(COMPOSE_WITH_MAIL), *of_kustomize(MAIL), *of_systemd(with_mail=True))
    if part.service in ("registry", "referrals") and part.command[0] in ("serve", "worker")
]


@pytest.fixture(scope="module")
def secrets(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "secrets"
    done = CliRunner().invoke(
        cli, ["secrets", str(folder), "--database", "postgres:5432", "--broker", "rabbitmq:5672"]
    )
    assert done.exit_code == 0, done.output
    return folder


def test_there_are_three_servers_three_workers_and_three_migrations_of_each_kind():
    assert len(PARTS) == 9 * 3 + 1


@pytest.mark.parametrize("part", PARTS, ids=str)
def test_its_command_is_one_that_there_is(part):
    name, *words = part.command

    cli.commands[name].make_context(name, words)


def given(part, secrets):
    """What a part is told, each secret in the file that was made for it."""
    return {
        name: str(secrets / part.secrets[value]) if name.endswith("_FILE") else value
        for name, value in part.environ.items()
    }


@pytest.mark.parametrize("part", PARTS, ids=str)
def test_its_settings_are_complete_with_the_secrets_that_it_is_given(part, secrets):
    environ = given(part, secrets)
    if part.service is None:
        assert environ.keys() == {"SBS_ORIGIN", "SBS_EDGE_SECRET_FILE"}
        return

    service = service_of(part.service, environ)

    assert service.settings.database_url.endswith(f"/sbs_{part.service}")
    assert ("_owner:" in service.settings.database_url) == (part.command[0] == "migrate")
    if part.command[0] == "worker":
        assert feeds_of(service, {"registry": []})
        assert service.settings.broker_url.startswith(f"amqp://sbs_{part.service}:")
    if part.command[0] == "serve":
        assert service.settings.proxies == 1
        assert service.settings.origin == ORIGIN
        assert service.settings.feed_keys is not None
    if (part.command[0], part.service) == ("serve", "registry"):
        assert service.settings.edge_secret is not None


def test_without_what_is_marked_no_e_mail_is_sent():
    assert not [part for part in PARTS if any("MAIL" in name for name in part.environ)]
    assert len(WITH_MAIL) == 2 * 2 * 3


@pytest.mark.parametrize("part", WITH_MAIL, ids=str)
def test_with_what_is_marked_e_mail_is_sent_and_its_password_is_a_secret(part, secrets):
    (secrets / part.service / "mail_url").write_text("smtp://sbs:s%40crat@mail.example.org:587\n")

    mail = service_of(part.service, given(part, secrets)).settings.mail

    assert (mail.host, mail.password) == ("mail.example.org", "s@crat")
    assert mail.sender in (SENDER, "sbs@example.org")
    assert "SBS_MAIL_URL" not in part.environ


def test_who_hands_e_mail_in_gets_out():
    assert {"registry-worker", "referrals-worker"} <= {
        name for name, part in COMPOSE_WITH_MAIL["services"].items() if "outside" in part["networks"]
    }
    assert "outside" not in COMPOSE["services"]["referrals-worker"]["networks"]


def test_the_operator_has_what_all_three_services_need(secrets):
    given = COMPOSE["services"]["operator"]
    places = dict(map(_mounted, given["secrets"]))
    environ = {
        name: str(secrets / places[value])
        if name.endswith("_FILE")
        else re.sub(r"\$\{SBS_ORIGIN.*", ORIGIN, value)
        for name, value in given["environment"].items()
    }

    programme = Programme(environ)

    assert {service.database.url.username for service in programme.services.values()} == {
        f"sbs_{service}" for service in SERVICES
    }


def test_no_part_but_the_registrys_holds_the_key_that_signs():
    holders = {part.service for part in PARTS if "SBS_SIGNING_KEY_FILE" in part.environ}

    assert holders == {"registry"}


FILES = [
    *DEPLOY.glob("compose.yaml"), *DEPLOY.glob("Containerfile"), *DEPLOY.glob("systemd/*"), *KUSTOMIZE.rglob("*.yaml")
]  # fmt: skip


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(DEPLOY)))
def test_every_setting_in_it_is_one_that_the_code_reads(file):
    read = set()
    for folder in ("shared", "services", "deploy"):
        for source in (DEPLOY.parent / folder).rglob("*.py"):
            read |= set(re.findall(r"SBS_[A-Z_]+", source.read_text("utf-8")))
    own = OF_COMPOSE if file.name == "compose.yaml" else OF_KUSTOMIZE

    named = set(re.findall(r"SBS_[A-Z_]+", file.read_text("utf-8")))

    assert {name.removesuffix("_FILE") for name in named} - read - own == set()
    told = re.findall(r"SBS_[A-Z_]+", (DEPLOY.parent / "README.md").read_text("utf-8"))
    assert {name.removesuffix("_FILE") for name in named} - own <= {
        name.removesuffix("_FILE") for name in told
    }


def test_compose_has_no_default_for_anything_and_no_secret_in_it():
    text = (DEPLOY / "compose.yaml").read_text("utf-8")

    assert set(re.findall(r"\$\{\w+([^}\w]{0,2})", text)) == {":?"}
    for part in COMPOSE["services"].values():
        for name, value in part.get("environment", {}).items():
            assert (
                not re.search("PASSWORD|SECRET|KEY|URL", name)
                or name.endswith("_FILE")
                or "{service}" in value
            )


def test_a_secret_that_compose_mounts_is_one_that_is_made(secrets):
    for name, secret in COMPOSE["secrets"].items():
        whose, _, file = secret["file"].partition("}/")
        assert (secrets / file).is_file() if file else whose.startswith("${SBS_CERTIFICATE"), name


def test_what_kustomize_names_is_there():
    for place in KUSTOMIZE.rglob("kustomization.yaml"):
        (built,) = documents(place)
        for resource in built["resources"]:
            assert (place.parent / resource).exists()
        for patch in built.get("patches", []):
            for change in yaml.safe_load(patch["patch"]):
                for target in _targets(patch["target"]):
                    _follow(target, change["path"])


def _targets(target):
    everything = [one for file in (KUSTOMIZE / "service").glob("*.yaml") for one in documents(file)]
    found = [
        one
        for one in everything
        if one["kind"] == target["kind"] and target.get("name") in (None, one["metadata"]["name"])
    ]
    assert found
    return found


def _follow(document, path):
    for step in path.strip("/").split("/"):
        document = document[int(step) if step.isdigit() else step]


def test_a_budget_leaves_fewer_than_there_are():
    for file in ("web", "worker"):
        things = {one["kind"]: one["spec"] for one in documents(KUSTOMIZE / "service" / f"{file}.yaml")}
        assert 0 < things["PodDisruptionBudget"]["minAvailable"] < things["Deployment"]["replicas"]


def test_the_image_is_made_of_what_is_there():
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    for source in re.findall(r"^COPY (\S+) ", text, re.MULTILINE):
        if not source.startswith("--from"):
            assert (DEPLOY.parent / source).exists()
    assert re.search(r"^USER 10001", text, re.MULTILINE)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed here.")
def test_systemd_understands_the_units(tmp_path):
    for file in (DEPLOY / "systemd").iterdir():
        text = file.read_text("utf-8").replace("/opt/sbs/sbs", "/bin/true")
        (tmp_path / file.name).write_text(text)
    names = [f"{unit.stem}registry.service" for unit in UNITS]
    for unit, name in zip(UNITS, names, strict=True):
        folder = tmp_path / f"{name}.d"
        folder.mkdir()
        shutil.copy2(tmp_path / "registry.conf", folder)
        shutil.copy2(tmp_path / unit.name, tmp_path / name)

    found = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *(str(tmp_path / name) for name in names)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert str(tmp_path) not in found.stderr, found.stderr


def test_secrets_are_made_once_and_kept_from_others(secrets):
    signing = (secrets / "signing_key").read_text()

    again = CliRunner().invoke(cli, ["secrets", str(secrets), "--database", "postgres:5432"])

    assert "Made" not in again.output
    assert (secrets / "signing_key").read_text() == signing
    assert secrets.stat().st_mode & 0o77 == 0
    assert (secrets / "pgpass").stat().st_mode & 0o77 == 0
