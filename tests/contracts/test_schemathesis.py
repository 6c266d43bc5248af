"""Schemathesis asks everything that the OpenAPI documents say may be asked, and much that they say may not.

All its checks are on. It runs as the people with the widest reach, on the identifiers of a real programme
beside those it makes up, for without them it would never come further than a 404.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import Client

pytestmark = pytest.mark.slow

EXAMPLES = int(os.environ.get("SBS_TEST_EXAMPLES", "10"))
# The same questions every time, so that a red run is of what was changed; `make hunt` asks others.
SEED = os.environ.get("SBS_TEST_SEED", "101")
# A day to come, a man who is there already, a state that does not allow it, a wait after a wrong password: no
# JSON Schema can say these.
ACCEPTED = "[200, 201, 204, 304, 401, 403, 404, 409, 412, 415, 422, 428, 429]"
# That a client proves itself in one way at a time, neither; RFC 6749 calls two a bad request.
ONE_WAY = "[200, 400, 401]"
REFUSED = "[400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429]"


@pytest.mark.parametrize(
    ("service", "who"),
    [
        ("registry", "coordinator"),
        ("registry", "ambassador"),
        ("referrals", "coordinator"),
        ("referrals", "ambassador"),
        ("referrals", "care_worker"),
        ("mentoring", "coordinator"),
        ("mentoring", "mentor"),
        ("registry", "administrator"),
    ],
)
def test_schemathesis_finds_nothing(world, programme, tmp_path, service, who):
    caller = getattr(programme, who)
    config = tmp_path / "schemathesis.toml"
    config.write_text(configuration(identifiers(programme)), "utf-8")

    with serving(world.origin) as origin:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(config)),
                *("run", f"{origin}/{service}/openapi.json", "--checks", "all"),
                *("--seed", SEED, "--max-examples", str(EXAMPLES), "--no-color", "--warnings", "off"),
                *("--header", f"Authorization: Bearer {world.token(caller.actor)}"),
                *("--generation-database", "none", "--suppress-health-check", "all"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]


def configuration(known):
    """What schemathesis is told besides: our identifiers, and which answers a domain rule may give."""
    lines = ["[parameters]", *(f'"path.{name}" = "{value}"' for name, value in known.items())]
    lines.append('"header.If-Match" = \'"0"\'')
    lines += ["[checks.positive_data_acceptance]", f"expected-statuses = {ACCEPTED}"]
    for check in ("negative_data_rejection", "missing_required_header"):
        lines += [f"[checks.{check}]", f"expected-statuses = {REFUSED}"]
    lines += ["[[operations]]", 'include-path = "/registry/oauth/token"']
    lines += ["[operations.checks.positive_data_acceptance]", f"expected-statuses = {ONE_WAY}"]
    return "\n".join(lines) + "\n"


def identifiers(programme):
    """One real thing of each kind, by the name that paths give it."""
    shedder = programme.a_shedder()["id"]
    place = programme.a_referral("accepted")
    mentorship = programme.a_mentorship()
    return {
        "partner_id": programme.partner_id,
        "shed_id": programme.shed_id,
        "shedder_id": shedder,
        "ambassador_id": programme.ambassador_id,
        "organisation_id": programme.organisation_id,
        "service_id": programme.service_id,
        "referral_id": place.rsplit("/", 1)[1],
        "mentor_id": programme.mentor_id,
        "mentorship_id": mentorship["id"],
    }


class Silent(WSGIRequestHandler):
    def log_request(self, *args):
        pass


def knowing_versions(origin):
    """The origin, asked with the present version wherever schemathesis says that it has version 0."""

    def ask(environ, start_response):
        if environ.get("HTTP_IF_MATCH") == '"0"':
            path = environ["PATH_INFO"]
            place = path if environ["REQUEST_METHOD"] == "PATCH" else path.rpartition("/")[0]
            token = {"Authorization": environ.get("HTTP_AUTHORIZATION", "")}
            environ["HTTP_IF_MATCH"] = Client(origin).get(place, headers=token).headers.get("ETag", '"0"')
        return origin(environ, start_response)

    return ask


@contextmanager
def serving(origin) -> Iterator[str]:
    """The programme over real HTTP, on a free port, for as long as the block lasts."""
    server = make_server("127.0.0.1", 0, knowing_versions(origin), threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
