"""Providers that lie in exactly one way, over real HTTP: nobody comes in, and it is told in plain words."""

import json
import time

import pytest
from sqlalchemy import select
from werkzeug.wrappers import Response

from shared.audit.records import AuditRecord
from shared.openid import outgoing, provider
from tests.openid import EVALUATOR, HandMade, b64, new_key, query_of, relying_on

OTHERS = new_key("RSA")


@pytest.fixture
def made():
    with HandMade().running() as made:
        yield made


@pytest.fixture
def site(world, made):
    with relying_on(world, made.issuer) as site:
        yield site


def changed(**claims):
    def forge(made, told):
        told = {name: value for name, value in (told | claims).items() if value is not None}
        return made.sign(told)

    return forge


def by(seconds, *names):
    def forge(made, told):
        return made.sign(told | {name: told[name] + seconds for name in names})

    return forge


def public_pem(made):
    return made.key.as_pem(private=False)


def with_other_payload(made, told):
    head, _payload, seal = made.sign(told).split(".")
    _head, payload, _seal = made.sign(told | {"groups": ["sbs-administrators"], "amr": ["mfa"]}).split(".")
    return f"{head}.{payload}.{seal}"


LIES = {
    "another nonce": changed(nonce="x"),
    "no nonce": changed(nonce=None),
    "a nonce that is no text": changed(nonce=["x"]),
    "it is over": by(-3600, "iat", "exp"),
    "it never ends": changed(exp=None),
    "it was issued in time to come": by(3600, "iat", "exp"),
    "it does not say when it was issued": changed(iat=None),
    "for another client": changed(aud="another"),
    "for nobody": changed(aud=None),
    "for others too, and not said to whom it was issued": changed(aud=["sbs", "another"]),
    "issued to another": changed(aud=["sbs", "another"], azp="another"),
    "issued to another, for us alone": changed(azp="another"),
    "of another issuer": changed(iss="https://accounts.example"),
    "of no issuer": changed(iss=None),
    "about nobody": changed(sub=None),
    "about a number": changed(sub=7),
    "about what is too long": changed(sub="a" * 256),
    "without a signature": lambda made, told: made.forged(told, "none", None),
    "HS256 with the public key": lambda made, told: made.forged(told, "HS256", public_pem(made)),
    "HS256 with the public key as it is served": lambda made, told: made.forged(
        told, "HS256", json.dumps(made.key.as_dict(private=False)).encode()
    ),
    "HS256 with the client's secret": lambda made, told: made.forged(
        told, "HS256", b"a secret + with % signs"
    ),
    "PS256, which is not among the fixed": lambda made, told: made.sign(told, alg="PS256"),
    "an unknown key": lambda made, told: made.sign(told, OTHERS),
    "another key by the name of a known one": lambda made, told: made.sign(told, OTHERS, kid=made.key.kid),
    "a key that comes along": lambda made, told: made.sign(
        told, OTHERS, kid=made.key.kid, jwk=OTHERS.as_dict(private=False)
    ),
    "an access token": lambda made, told: made.sign(told, typ="at+jwt"),
    "a token for signing out": lambda made, told: made.sign(told, typ="logout+jwt"),
    "other claims under a right signature": with_other_payload,
    "no token": lambda made, told: "nothing",
    "an empty one": lambda made, told: "",
    "what is no text": lambda made, told: {"a": 1},
    "a token without end": lambda made, told: made.sign(told | {"padding": "x" * 100_000}),
    "a header that must be understood and is not": lambda made, told: made.sealed(
        told, crit=["x-hold"], **{"x-hold": 1}
    ),
}


@pytest.fixture(params=LIES)
def lie(request):
    return LIES[request.param]


def outcome(world):
    with world.work("registry") as work:
        statement = select(AuditRecord.status, AuditRecord.reason, AuditRecord.actor_id).where(
            AuditRecord.operation == "finish_openid_sign_in"
        )
        return [tuple(row) for row in work.session.execute(statement.order_by(AuditRecord.id))]


def test_who_tells_the_truth_is_believed(world, site):
    browser = site.browser()

    answer = browser.get(browser.pass_through())

    assert answer.status_code == 303
    assert site.sign_in_of(browser.secret) is not None


def test_a_token_that_lies_lets_nobody_in(world, made, site, lie):
    made.forge = lie
    browser = site.browser()

    answer = browser.get(browser.pass_through())

    assert answer.status_code == 401
    assert answer.json()["type"] == "urn:sbs:problem:sign-in-failed"
    assert answer.json()["detail"] == "What the OpenID provider sent does not prove who you are."
    assert browser.secret is None
    assert site.accounts() == []
    assert outcome(world) == [(401, "sign-in-failed", None)]


@pytest.mark.parametrize(
    ("lie", "why"),
    [
        ("another nonce", "nonce"),
        ("for another client", "aud"),
        ("an unknown key", "signature"),
        ("it is over", "exp"),
    ],
)
def test_which_check_failed_is_told_to_the_operator_alone(made, site, capsys, lie, why):
    made.forge = LIES[lie]
    browser = site.browser()
    back = browser.pass_through()
    capsys.readouterr()

    answer = browser.get(back)

    (told,) = [line for line in capsys.readouterr().out.splitlines() if "openid.refused" in line]
    assert why in json.loads(told)["why"]
    assert why not in answer.json()["detail"]


def test_a_wrong_secret_is_told_to_the_operator(made, site, capsys):
    error = json.dumps({"error": "invalid_client", "error_description": "x"})
    made.instead["/token"] = Response(error, 401, content_type="application/json")
    browser = site.browser()

    assert browser.get(browser.pass_through()).status_code == 401
    assert '"why": "invalid_client"' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("kind", "alg"), [("EC", "ES256"), ("OKP", "Ed25519"), ("OKP", "EdDSA"), ("RSA", "RS256")]
)
def test_the_fixed_algorithms_are_taken_without_a_warning(world, kind, alg):
    with (
        HandMade(key=new_key(kind), alg=alg).running() as made,
        relying_on(world, made.issuer) as site,
    ):
        if alg == "EdDSA":
            made.forge = with_the_old_name
        browser = site.browser()
        answer = browser.get(browser.pass_through())

    assert answer.status_code == 303


def test_a_header_that_nobody_need_understand_does_no_harm(made, site):
    made.forge = lambda made, told: made.sealed(told, **{"x-region": "eu", "x5c": ["MIIB" * 300]})
    browser = site.browser()

    assert browser.get(browser.pass_through()).status_code == 303


def with_the_old_name(made, told):
    """`EdDSA`, as providers call it (RFC 8037): signed by hand, for the library warns of signing by it."""
    signed = made.forged(told, "EdDSA", None).rstrip(".")
    seal = made.key.private_key.sign(signed.encode())
    return f"{signed}.{b64(seal)}"


@pytest.mark.filterwarnings("ignore:Key size should be")
@pytest.mark.parametrize(("kind", "size"), [("RSA", 1024), ("EC", "P-384"), ("oct", 256)])
def test_a_key_that_is_too_weak_or_of_another_kind_proves_nothing(world, made, site, kind, size):
    key = new_key(kind, size)
    served = key.as_dict(private=kind == "oct") | {"kid": "k", "use": "sig"}
    made.instead["/jwks"] = Response(json.dumps({"keys": [served]}), content_type="application/json")
    alg = {"RSA": "RS256", "EC": "ES384", "oct": "HS256"}[kind]
    made.forge = lambda made, told: made.sign(told, key, alg=alg, kid="k")
    browser = site.browser()

    assert browser.get(browser.pass_through()).status_code == 401


def test_a_provider_may_change_its_keys(made, site):
    first, second = site.browser(), site.browser()
    first.get(first.pass_through())
    made.key = new_key("RSA")

    answer = second.get(second.pass_through())

    assert answer.status_code == 303


def test_unknown_keys_do_not_make_us_ask_without_end(made, site):
    browser = site.browser()
    browser.get(browser.pass_through())
    made.forge = lambda made, told: made.sign(told, new_key("RSA"))

    answers = [browser.get(browser.pass_through()) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [401] * 4
    assert made.asked.count("/jwks") == 2
    assert made.asked.count("/.well-known/openid-configuration") == 1


@pytest.mark.parametrize("methods", [None, ["client_secret_post"], ["client_secret_basic"]])
def test_the_secret_goes_where_the_provider_takes_it(world, made, site, methods):
    made.metadata = {"token_endpoint_auth_methods_supported": methods} if methods else {}
    browser = site.browser()

    assert browser.get(browser.pass_through()).status_code == 303


@pytest.mark.parametrize("named", ["https://accounts.example", " ", "itself", None])
def test_an_answer_of_another_provider_is_refused_before_its_code_is_used(made, site, named):
    """RFC 9207: a provider that says it names itself must, and may name nobody else."""
    made.metadata = {"authorization_response_iss_parameter_supported": True}
    made.sent_back = {"iss": made.issuer if named == "itself" else named}
    browser = site.browser()

    answer = browser.get(browser.pass_through())

    assert answer.status_code == (303 if named == "itself" else 401)
    assert ("/token" in made.asked) == (named == "itself")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("access_denied", "did not want to"),
        ("temporarily_unavailable", "cannot sign anybody in just now"),
        ("<b>made up</b>", "The OpenID provider did not sign you in."),
    ],
)
def test_what_a_provider_refuses_is_told_in_our_words(made, site, error, words):
    made.sent_back = {"code": None, "error": error, "error_description": "Call 555-1234 <b>now</b>"}
    browser = site.browser()

    answer = browser.get(browser.pass_through(), headers={"Accept": "text/html"})

    assert answer.status_code == 401
    assert words in answer.text
    assert "555" not in answer.text
    assert "made up" not in answer.text


def test_neither_a_code_nor_an_error_is_no_answer(made, site):
    made.sent_back = {"code": None}
    browser = site.browser()

    assert browser.get(browser.pass_through()).status_code == 401


def test_a_code_of_somebody_else_is_worth_nothing_in_this_browser(made, site):
    """PKCE: the code was given for another verifier."""
    victim, attacker = site.browser(), site.browser()
    stolen = query_of(victim.pass_through())["code"]
    back = attacker.pass_through()

    answer = attacker.get(back.replace(query_of(back)["code"], stolen))

    assert (answer.status_code, attacker.secret) == (401, None)


def answering(text, status=200, **headers):
    return Response(text, status, headers, content_type="application/json")


AWAY = {
    "an error": answering("{}", 503),
    "a page": answering("<html>"),
    "a list": answering("[]"),
    "nothing": answering(""),
    "too much": answering(json.dumps({"issuer": "x" * outgoing.LONGEST_ANSWER})),
    "what is nested without end": answering("[" * 100_000),
    "another place": answering("{}", 302, Location="/elsewhere"),
}


@pytest.mark.parametrize("place", ["/.well-known/openid-configuration", "/jwks", "/token"])
@pytest.mark.parametrize("instead", AWAY)
def test_a_provider_that_answers_wrongly_is_away_and_is_followed_nowhere(world, made, site, place, instead):
    browser = site.browser()
    made.instead[place] = AWAY[instead]

    left = browser.get("/registry/openid/sign-in")
    answer = (
        left
        if left.status_code != 302
        else browser.get(browser.get(left.headers["Location"]).headers["Location"])
    )

    assert answer.status_code == 503
    assert answer.json()["detail"] == outgoing.AWAY
    assert answer.headers["Retry-After"]
    assert "/elsewhere" not in made.asked
    assert site.accounts() == []
    made.instead.clear()
    assert browser.get(browser.pass_through()).status_code == 303


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://accounts.example"},
        {"issuer": None},
        {"token_endpoint": None},
        {"token_endpoint": 7},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
def test_a_provider_that_describes_itself_wrongly_is_away(made, site, metadata):
    made.metadata = metadata

    answer = site.browser().get("/registry/openid/sign-in")

    assert (answer.status_code, answer.json()["detail"]) == (503, outgoing.AWAY)


def test_a_provider_that_does_not_answer_is_away_and_a_page_says_so(world):
    with HandMade().running() as made:
        gone = made.issuer

    with relying_on(world, gone) as site:
        answer = site.browser().get("/registry/openid/sign-in", headers={"Accept": "text/html"})

    assert answer.status_code == 503
    assert outgoing.AWAY in answer.text


def test_a_provider_that_sends_a_byte_now_and_then_does_not_hold_us(made, site, monkeypatch):
    monkeypatch.setattr(outgoing, "WHOLE_WITHIN", 0.0)

    def drips():
        for _ in range(1000):
            time.sleep(0.001)
            yield b" "

    made.instead["/.well-known/openid-configuration"] = Response(drips(), content_type="application/json")

    assert site.browser().get("/registry/openid/sign-in").status_code == 503


def test_discovery_is_asked_again_after_an_hour(made, site, monkeypatch):
    browser = site.browser()
    browser.get(browser.pass_through())
    monkeypatch.setattr(provider, "KEPT_FOR", -1.0)

    browser.get(browser.pass_through())

    assert made.asked.count("/.well-known/openid-configuration") > 1
    assert made.asked.count("/jwks") == 2


def test_claims_as_a_provider_tells_them_make_a_name(made, site):
    made.claims = EVALUATOR | {"name": "  Jan\u0000", "preferred_username": " jan " + "x" * 300}
    browser = site.browser()

    browser.get(browser.pass_through())

    (account,) = site.accounts()
    assert account.name == ("jan " + "x" * 300)[:200]
