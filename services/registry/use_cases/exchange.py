"""What a sign-in is exchanged for at the edge, at every request: a token of seconds, which all services know.

No token is made for a sign-in that was ended, so it ends everywhere at once; a token that was seen by
somebody on its way is worth nothing soon after.
"""

from datetime import datetime, timedelta

from sqlalchemy import update

from services.registry.models import Account, SignIn
from services.registry.settings import Settings, Work
from services.registry.use_cases import covers, emergencies, sign_ins
from shared.actor import Actor, system_actor
from shared.audit.deed import Action, Deed, Via
from shared.errors import CrossSite, Forbidden, SecondFactorMissing, Unauthenticated
from shared.same_origin import is_ours
from shared.unit_of_work import Service

LASTS = timedelta(seconds=30)
CHANGES_NOTHING = frozenset({"GET", "HEAD", "OPTIONS"})
SEEN_EVERY = timedelta(minutes=1)
IDLE_SHARE = 10


def exchange(
    service: Service[Settings],
    secret: str,
    *,
    method: str,
    path: str,
    site: str | None,
    origin: str | None,
    remote_address: str | None,
) -> str:
    """A token for whoever's sign-in this secret stands for; `site` and `origin` are what the browser says.

    Raises `Unauthenticated` when it stands for none, or for one that is over; `CrossSite` when it is not one
    of our own pages that asks for a change. A refusal of somebody who is known is put on record.
    """
    deed = Deed("exchange", Action.EXECUTE, Via.HTTP, object_kind="sign_in", remote_address=remote_address)
    try:
        with service.begin(system_actor(), reading=True) as work:
            sign_in, account = _sign_in_of(work, secret)
            deed.actor, deed.object_id = sign_ins.actor_of(account, sign_in), sign_in.id
            _refuse_other_sites(service.settings.origin, method, site, origin)
            caller = caller_of(work, sign_in, account, path)
    except Forbidden as refusal:
        deed.status, deed.reason = 403, refusal.kind
        service.put_on_record(deed)
        raise
    _note_seen(service, sign_in, work.now)
    return service.settings.issuer.issue(caller, work.now, LASTS)


def caller_of(work: Work, sign_in: SignIn, account: Account, path: str) -> Actor:
    """Who somebody is while he asks for this path: himself, or on whose behalf; whom he may look at.

    Raises `Forbidden` when he may not go there as he is.
    """
    if not sign_ins.may_go_on(account, sign_in) and not sign_ins.is_open_to_all_sign_ins(path):
        raise SecondFactorMissing
    himself = sign_ins.actor_of(account, sign_in)
    caller = covers.standing_in(work.session, sign_in, himself, work.today)
    return emergencies.in_emergency(work.session, caller, work.now)


def _sign_in_of(work: Work, secret: str) -> tuple[SignIn, Account]:
    found = sign_ins.sign_in_of(work.session, secret, work.now, work.settings)
    if found is None:
        raise Unauthenticated
    return found


def _refuse_other_sites(own: str, method: str, site: str | None, origin: str | None) -> None:
    """Refuse a change that no page of ours asked for."""
    if method not in CHANGES_NOTHING and not is_ours(own, site, origin):
        raise CrossSite


def _note_seen(service: Service[Settings], sign_in: SignIn, now: datetime) -> None:
    """Note that it is in use, at most once a minute: else every read were a write.

    So it lapses up to that much sooner than its idle limit says, and never later.
    """
    often = min(SEEN_EVERY, service.settings.sign_in_idle / IDLE_SHARE)
    if now - sign_in.seen_at < often:
        return
    with service.database.write() as session:
        session.execute(
            update(SignIn).where(SignIn.id == sign_in.id, SignIn.seen_at < now).values(seen_at=now)
        )
