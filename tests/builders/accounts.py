"""Accounts as people come by them: invited, the link used, signed in; with a second factor where asked."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pyotp
from sqlalchemy import select

from services.registry.models import Account, SignIn
from services.registry.use_cases.sign_ins import actor_of
from shared.actor import Role
from shared.http.sign_in_cookie import name_of
from shared.secrets import hash_of
from tests.world import Answer, Caller, World

PASSWORD = "vier oude fietsen in het gras"
ANOTHER = "zeven natte regenjassen buiten"


@dataclass
class Holder:
    """Somebody with an active account, and how to sign in as him."""

    world: World
    id: str
    email: str
    password: str = PASSWORD
    totp: pyotp.TOTP | None = None

    def code(self) -> str:
        """What his app shows now; the clock moves on first, since each code works once."""
        assert self.totp is not None
        self.world.clock.advance(seconds=60)
        return self.totp.at(self.world.clock.now())

    def try_to_sign_in(self, expect: int | None = 200, **values: Any) -> Answer:
        body = {"email": self.email, "password": self.password} | values
        return self.world.anonymous().post("/registry/sign-ins", body, expect=expect)

    def sign_in(self, **values: Any) -> Caller:
        """Sign in, with his code if he has an app; gives a caller with a token of that sign-in."""
        if self.totp is not None:
            values.setdefault("code", self.code())
        return caller_of(self.world, self.try_to_sign_in(**values))

    def set_up_totp(self) -> list[str]:
        """Set up an app; gives the recovery codes."""
        signed_in = self.sign_in()
        made = signed_in.post("/registry/me/totp", {"password": self.password}, expect=200).json
        self.totp = pyotp.TOTP(made["secret"])
        confirmed = signed_in.post("/registry/me/totp/confirm", {"code": self.code()}, expect=200)
        codes: list[str] = confirmed.json["codes"]
        return codes


def invite(administrator: Caller, email: str, role: str = "evaluator", **values: Any) -> dict[str, Any]:
    body = {"email": email, "name": "Noor de Wit", "role": role} | values
    invited: dict[str, Any] = administrator.post("/registry/accounts", body).json
    return invited


def secret_of(answer: dict[str, Any]) -> str:
    return str(answer["link"]).rpartition("/")[2]


def an_account(
    world: World,
    role: str = "evaluator",
    email: str = "noor@example.org",
    password: str = PASSWORD,
    **values: Any,
) -> Holder:
    """An active account; `values` say for whom its role speaks."""
    invited = invite(world.caller(Role.ADMINISTRATOR), email, role, **values)
    use(world, invited, password)
    return Holder(world, invited["id"], email, password)


def use(world: World, given: dict[str, Any], password: str = PASSWORD, expect: int = 204) -> Answer:
    """Use the link that an administrator was given."""
    body = {"secret": secret_of(given), "password": password}
    return world.anonymous().post("/registry/links/use", body, expect=expect)


def cookie_in(answer: Answer, origin: str) -> str:
    """The secret that an answer sets in its cookie."""
    name, _, rest = answer.headers["Set-Cookie"].partition("=")
    assert name == name_of(origin)
    return rest.partition(";")[0]


def caller_of(world: World, answer: Answer) -> Caller:
    """Who has signed in, with a token as the edge gives for his cookie."""
    secret = cookie_in(answer, world.programme.registry.settings.origin)
    with world.work("registry") as work:
        sign_in = work.session.scalars(select(SignIn).where(SignIn.secret_hash == hash_of(secret))).one()
        account = work.session.get_one(Account, sign_in.account_id)
        actor = actor_of(account, sign_in)
    return world.as_actor(actor)


def sign_in_id(caller: Caller) -> str:
    assert isinstance(caller.actor.sign_in_id, UUID)
    return str(caller.actor.sign_in_id)
