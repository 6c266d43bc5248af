"""Signing in with an OpenID provider: the whole way over real HTTP, at `oidc-provider-mock` as a process of its own."""

import itertools
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from services.registry.domain.codes import SignInMethod
from services.registry.domain.lifecycles import AccountState
from services.registry.models import Account, PendingSignIn
from services.registry.use_cases.forgetting import forget_what_is_over
from services.registry.use_cases.sign_ins import end_sign_ins
from shared.actor import Role
from shared.audit.records import AuditRecord
from shared.history import HistoryEntry
from tests.openid import EVALUATOR, PARTNER, is_told, mock_provider, query_of, relying_on

_numbers = itertools.count()
PLACE = "/registry/openid/sign-in"


@pytest.fixture(scope="module")
def issuer():
    with mock_provider() as issuer:
        yield issuer


@pytest.fixture
def subject():
    """The mock provider outlives a test, so each has people of its own."""
    return f"person-{next(_numbers)}"


@pytest.fixture
def site(world, issuer):
    with relying_on(world, issuer) as site:
        yield site


def records(world, operation):
    with world.work("registry") as work:
        found = work.session.scalars(
            select(AuditRecord).where(AuditRecord.operation == operation).order_by(AuditRecord.id)
        ).all()
        return [(one.status, one.reason, one.actor_id, one.object_kind, one.object_id) for one in found]


def waiting(world):
    with world.work("registry") as work:
        return work.session.scalar(select(func.count()).select_from(PendingSignIn))


def test_somebody_signs_in_and_has_an_account_from_then_on(world, site, issuer, subject):
    is_told(issuer, subject, **EVALUATOR)
    browser = site.browser()

    answer = browser.sign_in(subject)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    sign_in, account = site.sign_in_of(browser.secret)
    assert (account.openid_issuer, account.openid_subject) == (issuer, subject)
    assert (account.role, account.state, account.name) == (Role.EVALUATOR, AccountState.ACTIVE, "Eva Luator")
    assert account.email is None
    assert account.password_hash is None
    assert sign_in.method is SignInMethod.OPENID
    assert browser.pending is None
    assert waiting(world) == 0
    assert "account.activated" in world.told_types("registry")
    with world.work("registry") as work:
        steps = work.session.scalars(select(HistoryEntry).where(HistoryEntry.thing_id == account.id)).all()
    assert [(step.source, step.target) for step in steps] == [("invited", "active")]


def test_he_is_known_in_every_service_then_and_no_more_once_his_sign_in_is_ended(
    world, site, issuer, subject
):
    is_told(issuer, subject, groups=["sbs-administrators"], amr=["mfa"])
    browser = site.browser()
    browser.sign_in(subject)
    places = ["/registry/audit", "/referrals/audit", "/mentoring/audit"]

    (account,) = site.accounts()

    known = [browser.get(place).status_code for place in places]
    with world.work("registry") as work:
        end_sign_ins(work.session, account.id, work.now)
    after = [browser.get(place).status_code for place in places]

    assert (known, after) == ([200] * 3, [401] * 3)


def test_coming_and_going_are_on_record(world, site, issuer, subject):
    is_told(issuer, subject, **EVALUATOR)

    site.browser().sign_in(subject)

    (account,) = site.accounts()
    assert records(world, "start_openid_sign_in") == [(302, None, None, None, None)]
    assert records(world, "finish_openid_sign_in") == [(303, None, account.id, "account", account.id)]


def test_the_second_time_it_is_the_same_account_and_the_browser_has_one_sign_in(site, issuer, subject):
    is_told(issuer, subject, **EVALUATOR)
    browser = site.browser()
    browser.sign_in(subject)
    first = browser.secret

    browser.sign_in(subject)

    assert len(site.accounts()) == 1
    assert browser.secret != first
    assert site.sign_in_of(first) is None
    assert site.sign_in_of(browser.secret) is not None


def test_another_browser_has_a_sign_in_of_its_own_beside_it(site, issuer, subject):
    is_told(issuer, subject, **EVALUATOR)
    here, there = site.browser(), site.browser()
    here.sign_in(subject)

    there.sign_in(subject)

    assert site.sign_in_of(here.secret) is not None
    assert site.sign_in_of(there.secret) is not None


def test_the_cookies_are_kept_from_scripts_and_from_other_sites(site, issuer, subject):
    is_told(issuer, subject, **EVALUATOR)
    browser = site.browser()

    left = browser.get(PLACE)
    came = browser.get(browser.authorize(left.headers["Location"], subject))

    for answer in (left, came):
        assert "HttpOnly" in answer.headers["Set-Cookie"]
        assert "SameSite=Lax" in answer.headers["Set-Cookie"]
    assert "Max-Age=600" in left.headers["Set-Cookie"]


def test_who_speaks_for_somebody_does_so_by_the_claims(site, issuer, subject):
    ambassador = uuid4()
    is_told(issuer, subject, groups=["sbs-ambassadors"], ambassador_id=str(ambassador))
    coordinator = f"{subject}-coordinator"
    is_told(issuer, coordinator, groups=["sbs-coordinators"], employer="De Mussen", amr=["pwd", "mfa"])

    site.browser().sign_in(subject)
    site.browser().sign_in(coordinator)

    first, second = site.accounts()
    assert (first.role, first.ambassador_id, first.partner_id) == (Role.AMBASSADOR, ambassador, None)
    assert (second.role, second.ambassador_id, second.partner_id) == (Role.COORDINATOR, None, UUID(PARTNER))


def test_a_second_factor_is_noted_as_the_provider_tells_it(site, issuer, subject):
    is_told(issuer, subject, **EVALUATOR)
    careful = f"{subject}-careful"
    is_told(issuer, careful, groups=["sbs-administrators"], acr="mfa")
    one, two = site.browser(), site.browser()

    one.sign_in(subject)
    two.sign_in(careful)

    assert site.sign_in_of(one.secret)[0].second_factor is False
    assert site.sign_in_of(two.secret)[0].second_factor is True


def test_a_role_that_needs_a_second_factor_is_not_given_without_one(world, site, issuer, subject):
    is_told(issuer, subject, groups=["sbs-administrators"], amr=["pwd"])
    browser = site.browser()

    answer = browser.sign_in(subject)

    assert (answer.status_code, browser.secret) == (403, None)
    assert "second factor" in answer.json()["detail"]
    assert site.accounts() == []


def test_another_role_ends_the_old_sign_ins_also_when_the_new_one_is_not_given(world, site, issuer, subject):
    is_told(issuer, subject, **EVALUATOR)
    browser = site.browser()
    browser.sign_in(subject)
    is_told(issuer, subject, groups=["sbs-administrators"], amr=["pwd"])

    refused = site.browser().sign_in(subject)

    assert refused.status_code == 403
    assert site.sign_in_of(browser.secret) is None


def test_where_the_provider_always_asks_for_a_second_factor_nothing_need_tell_of_it(world, issuer, subject):
    is_told(issuer, subject, groups=["sbs-administrators"])

    with relying_on(world, issuer, second_factor=frozenset({"always"})) as site:
        browser = site.browser()
        answer = browser.sign_in(subject)
        sign_in, _account = site.sign_in_of(browser.secret)

    assert answer.status_code == 303
    assert sign_in.second_factor is True


@pytest.mark.parametrize("claims", [{}, {"groups": []}, {"groups": ["others"]}, {"groups": {"a": 1}}])
def test_nobody_comes_in_without_a_role(world, site, issuer, subject, claims):
    is_told(issuer, subject, name="No One", **claims)
    browser = site.browser()

    answer = browser.sign_in(subject)

    assert (answer.status_code, browser.secret) == (403, None)
    assert "gives you no role" in answer.json()["detail"]
    assert site.accounts() == []
    assert records(world, "finish_openid_sign_in")[0][:3] == (403, "forbidden", None)


def test_two_roles_at_once_are_none(site, issuer, subject):
    is_told(issuer, subject, groups=["sbs-evaluators", "sbs-administrators"], amr=["mfa"])

    answer = site.browser().sign_in(subject)

    assert answer.status_code == 403
    assert answer.json()["detail"].endswith("more than one role in this programme: administrator, evaluator.")
    assert site.accounts() == []


def test_a_role_that_was_taken_away_ends_every_sign_in(world, site, issuer, subject):
    is_told(issuer, subject, **EVALUATOR)
    before, after = site.browser(), site.browser()
    before.sign_in(subject)
    (account,) = site.accounts()
    is_told(issuer, subject, name="Eva Luator", groups=[])

    answer = after.sign_in(subject)

    assert (answer.status_code, after.secret) == (403, None)
    assert site.sign_in_of(before.secret) is None
    assert records(world, "finish_openid_sign_in")[1] == (403, "forbidden", None, "account", account.id)


def test_a_changed_role_ends_what_was_given_by_the_old_one(world, site, issuer, subject):
    is_told(issuer, subject, **EVALUATOR)
    before, after = site.browser(), site.browser()
    before.sign_in(subject)
    is_told(issuer, subject, name="Ad Ministrator", groups=["sbs-administrators"], amr=["mfa"])

    after.sign_in(subject)

    (account,) = site.accounts()
    assert (account.role, account.name) == (Role.ADMINISTRATOR, "Ad Ministrator")
    assert site.sign_in_of(before.secret) is None
    assert site.sign_in_of(after.secret) is not None
    assert records(world, "change_role_by_claims")[0][3:] == ("account", account.id)


def test_a_changed_relation_does_too(site, issuer, subject):
    here, there = uuid4(), uuid4()
    is_told(issuer, subject, groups=["sbs-ambassadors"], ambassador_id=str(here))
    before, after = site.browser(), site.browser()
    before.sign_in(subject)
    is_told(issuer, subject, groups=["sbs-ambassadors"], ambassador_id=str(there))

    after.sign_in(subject)

    assert site.sign_in_of(before.secret) is None
    assert site.sign_in_of(after.secret)[1].ambassador_id == there


def test_a_closed_account_stays_out(world, site, issuer, subject):
    is_told(issuer, subject, **EVALUATOR)
    site.browser().sign_in(subject)
    (account,) = site.accounts()
    with world.work("registry") as work:
        work.session.get(Account, account.id).state = AccountState.CLOSED
        end_sign_ins(work.session, account.id, work.now)

    browser = site.browser()
    answer = browser.sign_in(subject)

    assert (answer.status_code, browser.secret) == (403, None)
    assert "closed" in answer.json()["detail"]
    assert site.open_sign_ins() == []
    assert len(site.accounts()) == 1


def a_local_account(world, email):
    with world.work("registry") as work:
        account = Account(
            email=email, name="Local", role=Role.ADMINISTRATOR, state=AccountState.ACTIVE, created_at=work.now
        )
        work.session.add(account)
        work.session.flush()
        return account.id


def test_an_account_with_a_password_is_not_taken_over_by_its_email(world, site, issuer, subject):
    local = a_local_account(world, "eva@example.org")
    is_told(issuer, subject, **EVALUATOR, email="Eva@example.org", email_verified=True)
    browser = site.browser()

    answer = browser.sign_in(subject)

    assert (answer.status_code, browser.secret) == (403, None)
    assert "administrator closes it" in answer.json()["detail"]
    (account,) = site.accounts()
    assert (account.id, account.openid_subject, account.role) == (local, None, Role.ADMINISTRATOR)


@pytest.mark.parametrize("verified", [None, False, "true"])
def test_an_email_that_is_not_verified_says_nothing(world, site, issuer, subject, verified):
    local = a_local_account(world, "eva@example.org")
    is_told(issuer, subject, **EVALUATOR, email="eva@example.org", email_verified=verified)
    browser = site.browser()

    browser.sign_in(subject)

    _sign_in, account = site.sign_in_of(browser.secret)
    assert account.id != local
    assert account.email is None


def test_where_passwords_are_refused_an_old_account_is_in_nobodys_way(world, issuer, subject):
    local = a_local_account(world, "eva@example.org")
    is_told(issuer, subject, **EVALUATOR, email="eva@example.org", email_verified=True)

    with relying_on(world, issuer, only=True) as site:
        browser = site.browser()
        browser.sign_in(subject)
        _sign_in, account = site.sign_in_of(browser.secret)

    assert account.id != local


def test_it_goes_on_where_he_was_going(site, issuer, subject):
    is_told(issuer, subject, **EVALUATOR)

    answer = site.browser().sign_in(subject, "?next=/registry/docs%3Fa=b")

    assert answer.headers["Location"] == "/registry/docs?a=b"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "evil.example", "",
        "/%09/evil.example", "/%0d%0aSet-Cookie:a=b", "javascript:alert(1)", "/a b", "/" + "a" * 500, "/%00",
    ],
)  # fmt: skip
def test_it_goes_on_nowhere_but_to_this_origin(world, site, elsewhere):
    answer = site.browser().get(f"{PLACE}?next={elsewhere.replace(' ', '%20')}")

    assert answer.status_code == 422
    assert waiting(world) == 0


def test_who_does_not_agree_is_told_so_in_plain_words(world, site, subject):
    browser = site.browser()
    left = browser.leave()
    back = browser.authorize(left, subject, action="deny")

    # The mock leaves `state` out when somebody says no; a provider may not (RFC 6749, 4.1.2.1).
    answer = browser.get(f"{back}&state={query_of(left)['state']}")

    assert answer.status_code == 401
    assert "did not want to" in answer.json()["detail"]
    assert browser.secret is None
    assert records(world, "finish_openid_sign_in")[0][:2] == (401, "sign-in-failed")


def test_a_browser_that_asks_for_a_page_gets_one(world, site, issuer, subject):
    is_told(issuer, subject, name="<script>", groups=[])
    browser = site.browser()
    back = browser.authorize(browser.leave(), subject)

    answer = browser.get(back, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})

    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "gives you no role" in answer.text
    assert query_of(back)["code"] not in answer.text
    assert records(world, "finish_openid_sign_in")[0][:2] == (403, "forbidden")


def test_a_state_that_was_tampered_with_is_refused(site, issuer, subject):
    is_told(issuer, subject, **EVALUATOR)
    browser = site.browser()
    back = browser.authorize(browser.leave(), subject)

    answer = browser.get(back.replace("state=", "state=x"))

    assert (answer.status_code, browser.secret) == (401, None)
    assert site.accounts() == []


def test_what_came_back_once_does_not_come_back_again(site, issuer, subject):
    is_told(issuer, subject, **EVALUATOR)
    browser = site.browser()
    back = browser.authorize(browser.leave(), subject)
    pending = dict(browser.session.cookies)
    assert browser.get(back).status_code == 303
    thief = site.browser()
    thief.session.cookies.update(pending)

    again, stolen = browser.get(back), thief.get(back)

    assert (again.status_code, stolen.status_code) == (401, 401)
    assert len(site.open_sign_ins()) == 1
    assert thief.secret is None


def test_without_the_cookie_it_is_refused_and_used_up(site, issuer, subject):
    is_told(issuer, subject, **EVALUATOR)
    browser = site.browser()
    back = browser.authorize(browser.leave(), subject)
    elsewhere = site.browser()

    first, second = elsewhere.get(back), browser.get(back)

    assert (first.status_code, second.status_code) == (401, 401)
    assert site.accounts() == []


def test_nobody_is_signed_in_to_somebody_elses_account(site, issuer, subject):
    """Login CSRF: an attacker has his own sign-in finished by the browser of somebody who began one too."""
    is_told(issuer, subject, **EVALUATOR)
    attacker, victim = site.browser(), site.browser()
    planted = attacker.authorize(attacker.leave(), subject)
    victim.leave()

    answer = victim.get(planted)

    assert (answer.status_code, victim.secret) == (401, None)
    assert "began in another browser" in answer.json()["detail"]
    assert site.open_sign_ins() == []


def test_what_waited_more_than_ten_minutes_is_too_late_and_is_thrown_away(world, site, issuer, subject):
    is_told(issuer, subject, **EVALUATOR)
    browser = site.browser()
    back = browser.authorize(browser.leave(), subject)
    site.browser().leave()
    world.clock.advance(minutes=10)
    site.browser().leave()

    assert browser.get(back).status_code == 401
    assert waiting(world) == 2
    with world.work("registry") as work:
        forget_what_is_over(work)
    assert waiting(world) == 1


def test_what_is_kept_of_a_pending_sign_in_finishes_none(world, site):
    browser = site.browser()
    left = query_of(browser.leave())

    with world.work("registry") as work:
        row = work.session.scalars(select(PendingSignIn)).one()
        kept = " ".join(str(getattr(row, column.name)) for column in PendingSignIn.__table__.columns)

    for secret in (left["state"], left["nonce"], left["code_challenge"], browser.pending):
        assert secret not in kept


def test_neither_codes_nor_states_nor_names_stand_in_the_log(site, issuer, subject, capsys):
    is_told(issuer, subject, **EVALUATOR)
    browser = site.browser()
    capsys.readouterr()

    left = browser.leave()
    back = browser.authorize(left, subject)
    browser.get(back)
    browser.get(back)

    logged = "".join(capsys.readouterr())
    assert "finish_openid_sign_in" in logged
    for secret in (*query_of(back).values(), query_of(left)["nonce"], browser.secret, subject, "Luator"):
        assert secret not in logged


@pytest.mark.parametrize("place", [PLACE, "/registry/openid/callback?state=x"])
def test_without_a_provider_there_is_nothing_to_sign_in_with(world, place):
    answer = world.anonymous().get(place, expect=404)

    assert "no OpenID provider" in answer.json["detail"]
