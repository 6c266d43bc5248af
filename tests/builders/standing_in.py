"""People who have accounts, sign in and stand in for each other, as the edge sees them at every request."""

from typing import Any
from uuid import UUID, uuid4

from services.registry.domain.codes import SignInMethod
from services.registry.domain.lifecycles import AccountState
from services.registry.models import Account, SignIn
from services.registry.use_cases.exchange import caller_of
from services.registry.use_cases.sign_ins import Browser, begin_sign_in
from shared.actor import Actor, Role
from tests.builders.people import Programme101, a_mentor
from tests.world import Caller, World


def an_account(world: World, role: Role, account_id: UUID | None = None, **values: Any) -> UUID:
    """An account that is in use; gives its id."""
    account_id = account_id or uuid4()
    called = {"name": f"Somebody {account_id}", "email": f"{account_id}@example.org"}
    whole = called | {"state": AccountState.ACTIVE} | values
    with world.work("registry") as work:
        work.session.add(Account(id=account_id, role=role, created_at=work.now, **whole))
    return account_id


def account_of(world: World, caller: Caller, **values: Any) -> UUID:
    """The account of a caller who has only a token so far."""
    actor = caller.actor
    names = ("ambassador_id", "organisation_id", "mentor_id", "partner_id")
    relations = {name: getattr(actor, name) for name in names}
    return an_account(world, actor.role, actor.id, **relations | values)


def a_colleague(programme: Programme101, role: Role, **values: Any) -> UUID:
    """The account of another who may stand in for the programme's own ambassador, care worker or mentor."""
    world, coordinator = programme.world, programme.coordinator
    if role is Role.AMBASSADOR:
        body = {"name": "Colleague", "shed_id": str(programme.shed_id)}
        added = coordinator.post("/registry/ambassadors", body).json["id"]
        relations = {"ambassador_id": UUID(added)}
    elif role is Role.MENTOR:
        relations = {"mentor_id": a_mentor(world, coordinator, name="Colleague")}
    else:
        relations = {"organisation_id": programme.organisation_id}
    world.deliver()
    return an_account(world, role, **relations | values)


def sign_in(world: World, account_id: UUID) -> UUID:
    """A sign-in of an account; gives its id."""
    with world.work("registry") as work:
        account = work.session.get_one(Account, account_id)
        begun, _ = begin_sign_in(
            work.session,
            account,
            SignInMethod.PASSWORD,
            Browser(None, None),
            second_factor=True,
            now=work.now,
        )
        return begun.id


def actor_now(world: World, sign_in_id: UUID) -> Actor:
    """Who speaks in a sign-in at this moment."""
    with world.work("registry", reading=True) as work:
        begun = work.session.get_one(SignIn, sign_in_id)
        return caller_of(work, begun, work.session.get_one(Account, begun.account_id), "/")


def caller_now(world: World, sign_in_id: UUID) -> Caller:
    """A caller with the token that his sign-in is given at this moment."""
    return world.as_actor(actor_now(world, sign_in_id))
