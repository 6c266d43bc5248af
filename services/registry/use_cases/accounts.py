"""Accounts, as an administrator keeps them: inviting, resetting, changing, closing."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.registry.domain import permissions as may
from services.registry.domain.codes import LinkPurpose, MailWhen
from services.registry.domain.lifecycles import ACCOUNT, AccountAction, AccountState, AmbassadorState
from services.registry.models import Account, Ambassador, Partner, Wish
from services.registry.queries import visible
from services.registry.settings import Work
from services.registry.use_cases.account_steps import take_account_step
from services.registry.use_cases.factors import clear_factors
from services.registry.use_cases.link_mail import link_mail_state
from services.registry.use_cases.links import end_links, give_link
from services.registry.use_cases.sign_ins import end_sign_ins
from shared.actor import SPEAKS_FOR, Role
from shared.database.finding import assign, find, refuse_second
from shared.errors import Conflict, FieldError, Forbidden, InvalidInput

RELATIONS = tuple(SPEAKS_FOR.values())


def invite(work: Work, *, values: Mapping[str, Any]) -> Account:
    """Invite somebody: an account, and a link by which he chooses his password, given or sent to him."""
    work.require(may.KEEP_ACCOUNTS)
    in_use = select(Account).where(Account.email == values["email"], Account.state != AccountState.CLOSED)
    refuse_second(work.session, in_use, "There is an account with this email already.")
    relations = {name: values[name] for name in RELATIONS if name in values}
    _check_relations(work, values["role"], relations, whole=True)
    account = Account(
        email=values["email"],
        name=values["name"],
        role=values["role"],
        created_at=work.now,
        **relations,
    )
    work.session.add(account)
    work.session.flush()
    if "language" in values:
        work.session.add(Wish(account_id=account.id, language=values["language"], mail_when=MailWhen.AT_ONCE))
        work.session.flush()
    return give_link(work, account, LinkPurpose.INVITATION, by_email=values.get("by_email", False))


def read_account(work: Work, *, account_id: UUID) -> Account:
    """Read one account."""
    account = find(work.session, visible.accounts(work.actor), account_id)
    work.require(may.KEEP_ACCOUNTS)
    account.link_mail = link_mail_state(work, account)
    return account


def invite_again(work: Work, *, account_id: UUID, values: Mapping[str, Any]) -> Account:
    """Give a new link to who was invited and has not come; the earlier one works no more."""
    account = _to_keep(work, account_id)
    _refuse_unless(account, AccountState.INVITED)
    return give_link(work, account, LinkPurpose.INVITATION, by_email=values.get("by_email", False))


def reset_access(work: Work, *, account_id: UUID, values: Mapping[str, Any]) -> Account:
    """Give a link by which a new password is chosen; it can clear the second factors too.

    Nothing changes until it is used. Nobody resets his own: who has taken over a sign-in would keep it so.
    One that clears second factors goes by no e-mail: whoever reads his mailbox would need nothing else.
    """
    account = _to_keep(work, account_id)
    if account.id == work.actor.id:
        raise Forbidden("Another administrator resets your access.")
    _refuse_unless(account, AccountState.ACTIVE)
    if account.email is None:
        raise Conflict("He signs in with the OpenID provider, who keeps his password and second factors.")
    by_email, clears = values.get("by_email", False), values.get("clear_second_factors", False)
    if by_email and clears:
        raise InvalidInput.on(
            "by_email",
            "His second factor is lost too: give him the link yourself, once you know that it is he.",
        )
    return give_link(work, account, LinkPurpose.RESET, by_email=by_email, clears_second_factors=clears)


def change_account(work: Work, *, account_id: UUID, values: Mapping[str, Any]) -> Account:
    """Change a name, or whom the account speaks for; that ends its sign-ins. The role stays."""
    account = _to_keep(work, account_id)
    if account.state is AccountState.CLOSED:
        raise Conflict("This account is closed.")
    work.expect_version(account)
    relations = {name: values[name] for name in RELATIONS if name in values}
    _check_relations(work, account.role, relations)
    if any(getattr(account, name) != value for name, value in relations.items()):
        end_sign_ins(work.session, account.id, work.now)
    assign(account, values, ("name", *RELATIONS))
    return account


def close_account(work: Work, *, account_id: UUID, values: Mapping[str, Any]) -> Account:
    """Close an account for good: its sign-ins end at once, and no link or password opens it again."""
    administrators = _lock_administrators(work)
    account = find(work.session, visible.accounts(work.actor), account_id, for_change=True)
    step = work.step(ACCOUNT, account, AccountAction.CLOSE)
    if account.id == work.actor.id:
        raise Forbidden("Another administrator closes your account.")
    if administrators == [account.id]:
        raise Conflict("This is the last administrator: nobody could make accounts any more.")
    dict(values)  # nothing is asked for, but what was sent must be right
    account.password_hash = None
    clear_factors(work, account)
    end_links(work, account)
    end_sign_ins(work.session, account.id, work.now)
    take_account_step(work, account, step)
    return account


def _lock_administrators(work: Work) -> list[UUID]:
    """All active ones, locked in one order and before any other account: two cannot close each other."""
    active = select(Account.id).where(
        Account.role == Role.ADMINISTRATOR, Account.state == AccountState.ACTIVE
    )
    return list(work.session.scalars(active.order_by(Account.id).with_for_update()))


def _to_keep(work: Work, account_id: UUID) -> Account:
    account = find(work.session, visible.accounts(work.actor), account_id, for_change=True)
    work.require(may.KEEP_ACCOUNTS)
    return account


def _refuse_unless(account: Account, state: AccountState) -> None:
    if account.state is not state:
        raise Conflict(f"This account is {account.state.value}, not {state.value}.")


def _check_relations(work: Work, role: Role, relations: Mapping[str, UUID], *, whole: bool = False) -> None:
    """That a role speaks for whom it speaks for and for nobody else, and that he is known.

    Care organisations and mentors are other services' things: their ids cannot be looked up here. An id of
    nothing opens nothing, since every service looks up what a caller stands in relation to.
    """
    own = SPEAKS_FOR.get(role)
    spoken = role.value.replace("_", " ")
    faults = [
        FieldError((name,), f"An account in the role {spoken} does not speak for one.")
        for name in relations
        if name != own
    ]
    if whole and own and own not in relations:
        faults.append(FieldError((own,), f"Say for whom a {spoken} speaks."))
    if not faults and own and own in relations and not _is_known(work, own, relations[own]):
        faults.append(FieldError((own,), "There is no such one here."))
    if faults:
        raise InvalidInput(faults)


def _is_known(work: Work, relation: str, identity: UUID) -> bool:
    if relation == "partner_id":
        return work.session.get(Partner, identity) is not None
    if relation == "ambassador_id":
        ambassador = work.session.get(Ambassador, identity)
        return ambassador is not None and ambassador.state is not AmbassadorState.GONE
    return True
