"""What a person does with his own account: looking, changing his password, ending his sign-ins."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.registry.domain import permissions as may
from services.registry.domain.codes import MailWhen
from services.registry.models import SignIn, Wish
from services.registry.queries import visible
from services.registry.settings import Settings, Work
from services.registry.use_cases import passwords
from services.registry.use_cases.own import Person, own_account, own_sign_in, person, prove_password
from services.registry.use_cases.sign_ins import end_sign_ins
from shared.actor import Actor
from shared.audit.deed import Deed
from shared.database.finding import assign, find
from shared.database.paging import Page, page_of
from shared.errors import Conflict
from shared.unit_of_work import Service


def read_me(work: Work) -> Person:
    """Read who you are here: your account, and whether you still lack a second factor."""
    account = own_account(work)
    return person(work, account, own_sign_in(work))


def change_password(
    service: Service[Settings], actor: Actor, deed: Deed, *, values: Mapping[str, Any]
) -> None:
    """Change your password; every other sign-in of yours ends. Raises `InvalidInput` for a wrong old one."""
    old, new = values["old"], values["new"]
    proved = prove_password(service, actor, old, "old")
    passwords.refuse_weak(new, (proved.email, proved.name), "new")
    renewed = passwords.hashed(new)
    with service.begin(actor) as work:
        account = own_account(work, for_change=True)
        if account.password_hash != proved.password_hash:
            raise Conflict("Your password was changed a moment ago.")
        account.password_hash = renewed
        end_sign_ins(work.session, account.id, work.now, but=actor.sign_in_id)
        deed.object_kind, deed.object_id = "account", account.id
        work.session.flush()
        work.put_on_record(deed)


def list_sign_ins(work: Work, *, query: Mapping[str, Any]) -> Page:
    """List your sign-ins that still stand, newest first: where, since when, with what."""
    own_account(work)
    statement = visible.own_sign_ins(work.actor, work.now, work.settings)
    by = [SignIn.started_at, SignIn.id]
    page = page_of(work.session, statement, by, query, newest_first=True)
    for one in page.items:
        one.is_this = one.id == work.actor.sign_in_id
    return page


def end_sign_in(work: Work, *, sign_in_id: UUID) -> None:
    """End one of your sign-ins, at once."""
    standing = visible.own_sign_ins(work.actor, work.now, work.settings)
    sign_in = find(work.session, standing, sign_in_id, for_change=True)
    work.require(may.KEEP_OWN_ACCOUNT)
    sign_in.ended_at = work.now


def end_other_sign_ins(work: Work) -> None:
    """End every sign-in of yours but the one you came by."""
    own_account(work)
    end_sign_ins(work.session, work.actor.id, work.now, but=work.actor.sign_in_id)


def read_wish(work: Work) -> Wish:
    """Read how you are told what waits for you: in which language, and when."""
    account = own_account(work)
    return work.session.get(Wish, account.id) or Wish(account_id=account.id, mail_when=MailWhen.AT_ONCE)


def say_wish(work: Work, *, values: Mapping[str, Any]) -> Wish:
    """Say in which language you are told what waits for you, and when; what you leave out stays."""
    account = own_account(work, for_change=True)
    wish = work.session.get(Wish, account.id)
    if wish is None:
        wish = Wish(account_id=account.id, mail_when=MailWhen.AT_ONCE)
        work.session.add(wish)
    assign(wish, values, ("language", "mail_when"))
    return wish


def sign_out(work: Work) -> None:
    """Sign out: the sign-in you came by ends at once, everywhere."""
    own_account(work)
    sign_in = own_sign_in(work)
    if sign_in is not None:
        sign_in.ended_at = work.now
