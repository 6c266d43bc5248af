"""From the invitation to the last sign-out, over HTTP through the edge, as a coordinator's browser does it."""

import pyotp
import pytest

from tests.builders.accounts import PASSWORD, invite, secret_of
from tests.edge.people import PLACES
from tests.edge.ways import ask

OURS = ("Sec-Fetch-Site", "same-origin")


class Browser:
    """Keeps the cookie it is given, and sends it back."""

    def __init__(self, way):
        self.way, self.cookie = way, None

    def send(self, method, path, body=None):
        kept = [("Cookie", self.cookie)] if self.cookie else []
        answer = ask(self.way, method, path, OURS, *kept, body=body)
        given = answer.headers.get("Set-Cookie")
        if given:
            self.cookie = given.partition(";")[0]
        return answer

    def get(self, path):
        return self.send("GET", path)

    def post(self, path, body=None):
        return self.send("POST", path, {} if body is None else body)

    def statuses(self):
        return [self.get(place).status for place in PLACES]


@pytest.fixture
def invited(programme):
    return invite(
        programme.administrator, "nadia@example.org", "coordinator", partner_id=str(programme.partner_id)
    )


@pytest.fixture
def browser(way, invited):
    """Signed in with the password alone, for the first time."""
    browser = Browser(way)
    assert (
        browser.post("/registry/links/use", {"secret": secret_of(invited), "password": PASSWORD}).status
        == 204
    )
    signed_in = browser.post("/registry/sign-ins", {"email": "nadia@example.org", "password": PASSWORD})
    assert signed_in.json["must_set_up_second_factor"]
    return browser


def set_up_an_app(world, browser):
    made = browser.post("/registry/me/totp", {"password": PASSWORD}).json
    app = pyotp.TOTP(made["secret"])
    confirmed = browser.post("/registry/me/totp/confirm", {"code": app.at(world.clock.now())})
    assert confirmed.status == 200
    return app


def test_a_coordinator_comes_in_with_two_factors_and_is_out_everywhere_when_he_signs_out(world, browser):
    assert browser.statuses() == [403] * 3
    app = set_up_an_app(world, browser)
    world.clock.advance(minutes=1)
    body = {"email": "nadia@example.org", "password": PASSWORD, "code": app.at(world.clock.now())}
    assert browser.post("/registry/sign-ins", body).status == 200

    assert browser.statuses() == [200] * 3
    before = browser.cookie
    assert browser.post("/registry/sign-out").status == 204
    browser.cookie = before

    assert browser.statuses() == [401] * 3


def test_until_the_second_factor_is_set_up_nothing_is_open_but_setting_it_up(browser):
    refused = browser.get("/registry/shedders")

    assert refused.json["type"] == "urn:sbs:problem:second-factor-missing"
    assert browser.get("/registry/me").status == 200
    assert browser.get("/registry/me/sign-ins").status == 200
    for path in ("/registry/mentors", "/registry/me-too", "/registry/me/../sheds", "//registry/sheds"):
        assert browser.get(path).status in (403, 404), path
