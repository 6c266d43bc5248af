"""Signing in with the certified `oidc-provider` (npm), which insists on PKCE, and names itself when it sends back."""

import re
import shutil
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

import pytest

from services.registry.settings import OPENID_CALLBACK
from shared.actor import Role
from tests import backends
from tests.openid import CLIENT_ID, CLIENT_SECRET, query_of, relying_on, wait_for

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).parent / "certified_provider.mjs"
PACKAGE = "oidc-provider@9.13.3"


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder where the provider is installed; where that cannot be, only `.ci/run` with node takes it amiss."""
    if not shutil.which("npm"):
        pytest.skip("npm is not there, so there is no certified provider to sign in with.")
    folder = tmp_path_factory.mktemp("provider")
    command = [
        "npm",
        "install",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        "--loglevel",
        "error",
        PACKAGE,
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode and not backends.ALL:
        pytest.skip(f"npm could not install {PACKAGE}.")
    assert done.returncode == 0, done.stderr
    shutil.copy(SCRIPT, folder)
    return folder


@pytest.fixture
def site(world, installed):
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    issuer = f"http://127.0.0.1:{port}"
    with relying_on(world, issuer) as site, running(installed, port, f"{site.origin}{OPENID_CALLBACK}"):
        yield site


@contextmanager
def running(folder, port, redirect_uri):
    command = ["node", SCRIPT.name, str(port), CLIENT_ID, CLIENT_SECRET, redirect_uri]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/.well-known/openid-configuration", process)
        yield
    finally:
        process.terminate()
        process.wait(10)


def through_its_pages(browser, place, subject):
    """Sign in and agree, as its own pages for development ask; where it sends the browser back to."""
    for _ in range(10):
        if place.startswith(browser.site.origin):
            return place
        answer = browser.get(place)
        if answer.status_code == 200:
            prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)[1]
            form = {"prompt": prompt, "login": subject, "password": "x"}
            answer = browser.session.post(place, data=form, allow_redirects=False, timeout=30)
        place = urljoin(place, answer.headers["Location"])
    raise AssertionError(place)


def test_somebody_signs_in_with_a_certified_provider(site):
    browser = site.browser()
    back = through_its_pages(browser, browser.leave("?next=/registry/docs"), "evaluator")

    answer = browser.get(back)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/registry/docs")
    assert query_of(back)["iss"] == site.world.programme.registry.settings.openid.registration.issuer
    (account,) = site.accounts()
    assert (account.role, account.name, account.openid_subject) == (
        Role.EVALUATOR,
        "The evaluator",
        "evaluator",
    )
    assert site.sign_in_of(browser.secret) is not None


def test_without_the_issuer_that_it_promised_the_same_answer_is_refused(site):
    browser = site.browser()
    back = through_its_pages(browser, browser.leave(), "evaluator")

    answer = browser.get(re.sub(r"&iss=[^&]*", "", back))

    assert (answer.status_code, browser.secret) == (401, None)


def test_its_code_is_worth_nothing_to_another_browser(site):
    victim, attacker = site.browser(), site.browser()
    stolen = query_of(through_its_pages(victim, victim.leave(), "evaluator"))["code"]
    back = through_its_pages(attacker, attacker.leave(), "evaluator")

    answer = attacker.get(back.replace(query_of(back)["code"], stolen))

    assert (answer.status_code, attacker.secret) == (401, None)
