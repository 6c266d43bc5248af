"""Making an administrator by command: the first one, or one more when none can come in any more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from deploy.programme import Programme
from services.registry.api.accounts import Invite
from services.registry.domain.codes import LinkPurpose
from services.registry.domain.lifecycles import AccountState
from services.registry.models import Account
from services.registry.settings import Work
from services.registry.use_cases.accounts import invite
from services.registry.use_cases.links import give_link
from shared.actor import Role, system_actor
from shared.audit.deed import Action, by_command
from shared.errors import InvalidInput, SbsError
from shared.http.body import load


class NotMade(Exception):
    """No administrator was made; the message says why."""


@dataclass(frozen=True)
class Given:
    """The link by which he chooses his password, shown this once, and until when it works."""

    link: str
    works_until: datetime


def make_administrator(programme: Programme, email: str, name: str, *, another: bool) -> Given:
    """Invite an administrator; who was invited before and has not come gets a new link. Raises `NotMade`."""
    try:
        values = load(Invite(), {"email": email, "name": name, "role": Role.ADMINISTRATOR.value})
        with programme.registry.begin(system_actor()) as work:
            account = _made(work, values, another=another)
            deed = by_command(
                "make_administrator", Action.CREATE, object_kind="account", object_id=account.id
            )
            work.session.flush()
            work.put_on_record(deed)
            assert account.link is not None
            assert account.works_until is not None
            return Given(account.link, account.works_until)
    except InvalidInput as error:
        raise NotMade("; ".join(f"{entry.path[0]}: {entry.reason}" for entry in error.errors)) from None
    except SbsError as error:
        raise NotMade(error.detail) from None


def _made(work: Work, values: Mapping[str, Any], *, another: bool) -> Account:
    active = select(Account.id).where(
        Account.role == Role.ADMINISTRATOR, Account.state == AccountState.ACTIVE
    )
    if not another and work.session.scalars(active.limit(1)).first() is not None:
        raise NotMade(
            "There is an administrator, who can invite others. Say --another to make one all the same."
        )
    waiting = select(Account).where(
        Account.email == values["email"],
        Account.role == Role.ADMINISTRATOR,
        Account.state == AccountState.INVITED,
    )
    account = work.session.scalars(waiting.with_for_update()).one_or_none()
    if account is not None:
        return give_link(work, account, LinkPurpose.INVITATION)
    return invite(work, values=values)
