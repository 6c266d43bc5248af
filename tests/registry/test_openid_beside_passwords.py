"""Where people sign in with an OpenID provider: what becomes of passwords, and of accounts that have none."""

import pytest
from sqlalchemy import select

from services.registry.domain.codes import SignInMethod
from services.registry.models import Account, SignIn
from services.registry.queries import visible
from services.registry.use_cases.sign_ins import actor_of
from shared.actor import Role
from tests.builders.accounts import ANOTHER, PASSWORD, an_account, invite, secret_of
from tests.builders.standing_in import an_account as a_row
from tests.builders.standing_in import sign_in
from tests.openid import relying_on

PLACE = "/registry/accounts"
NOBODY_ASKS = "https://provider.example.org"


@pytest.fixture
def by_provider(world):
    """The account of somebody who came by the provider, and himself."""
    account_id = a_row(
        world, Role.EVALUATOR, email=None, openid_issuer=NOBODY_ASKS, openid_subject="248289761001"
    )
    begun = sign_in(world, account_id)
    with world.work("registry") as work:
        row = work.session.get_one(SignIn, begun)
        row.method = SignInMethod.OPENID
        actor = actor_of(work.session.get_one(Account, account_id), row)
    return account_id, world.as_actor(actor)


def test_where_all_come_by_the_provider_no_password_and_no_link_lets_anybody_in(world):
    administrator = world.caller(Role.ADMINISTRATOR)
    noor = an_account(world)
    invited = invite(administrator, "new@example.org")

    with relying_on(world, NOBODY_ASKS, only=True):
        refused = noor.try_to_sign_in(expect=403)
        body = {"secret": secret_of(invited), "password": PASSWORD}
        world.anonymous().post("/registry/links/use", body, expect=403)
        administrator.post(PLACE, {"email": "n@example.org", "name": "N", "role": "evaluator"}, expect=403)

    assert "/registry/openid/sign-in" in refused.json["detail"]
    assert noor.try_to_sign_in().status == 200


def test_beside_the_provider_a_password_is_still_a_way_in(world):
    noor = an_account(world)

    with relying_on(world, NOBODY_ASKS):
        assert noor.try_to_sign_in().status == 200


def test_who_came_by_the_provider_has_no_password_that_could_be_reset_or_changed(world, by_provider):
    account_id, himself = by_provider
    administrator = world.caller(Role.ADMINISTRATOR)

    assert himself.get("/registry/me").json["email"] is None
    assert administrator.get(f"{PLACE}/{account_id}").json["email"] is None
    administrator.act(f"{PLACE}/{account_id}/reset", {}, expect=409)
    himself.post("/registry/me/password", {"old": PASSWORD, "new": ANOTHER}, expect=409)
    himself.post("/registry/me/totp", {"password": PASSWORD}, expect=409)


def test_where_all_come_by_the_provider_what_came_by_another_way_is_over(world):
    noor = an_account(world).sign_in()

    with relying_on(world, NOBODY_ASKS, only=True), world.work("registry", reading=True) as work:
        sign_in_there = work.session.get_one(SignIn, noor.actor.sign_in_id)
        over = visible.not_over(work.now, work.settings)
        stands = work.session.scalars(select(SignIn).where(SignIn.id == sign_in_there.id, *over)).all()

    assert stands == []
