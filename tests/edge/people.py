"""Somebody who has signed in, made without the password that he would type."""

from dataclasses import dataclass
from uuid import UUID

from services.registry.domain.codes import SignInMethod
from services.registry.models import Account
from services.registry.use_cases.sign_ins import Browser, begin_sign_in
from shared.actor import Role
from shared.http.sign_in_cookie import name_of
from tests.builders.people import Programme101
from tests.builders.standing_in import an_account
from tests.edge.ways import Answer, Way, ask
from tests.world import World

PLACES = ("/registry/sheds", "/referrals/referrals", "/mentoring/mentorships")
"""In each service, what a coordinator may read."""


@dataclass
class Person:
    """Somebody at his browser."""

    way: Way
    account_id: UUID
    sign_in_id: UUID
    secret: str
    origin: str

    @property
    def cookie(self) -> tuple[str, str]:
        return ("Cookie", f"{name_of(self.origin)}={self.secret}")

    def get(self, path: str, *headers: tuple[str, str]) -> Answer:
        return ask(self.way, "GET", path, self.cookie, *headers)

    def post(self, path: str, *headers: tuple[str, str], body: object = None) -> Answer:
        return ask(self.way, "POST", path, self.cookie, *headers, body={} if body is None else body)

    def statuses(self, *headers: tuple[str, str]) -> list[int]:
        """What the three services answer him."""
        return [self.get(place, *headers).status for place in PLACES]


def signed_in(world: World, way: Way, account_id: UUID) -> Person:
    """Whoever an account is, at his browser."""
    with world.work("registry") as work:
        sign_in, secret = begin_sign_in(
            work.session,
            work.session.get_one(Account, account_id),
            SignInMethod.PASSWORD,
            Browser(None, None),
            second_factor=True,
            now=work.now,
        )
        return Person(way, account_id, sign_in.id, secret, work.settings.origin)


def a_coordinator_signed_in(programme: Programme101, way: Way) -> Person:
    world = programme.world
    return signed_in(world, way, an_account(world, Role.COORDINATOR, partner_id=programme.partner_id))
