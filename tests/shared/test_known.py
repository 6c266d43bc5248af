"""What other services know of consents holds in whatever order they hear of it."""

from services.referrals.models import KNOWN
from shared.identifiers import new_id
from shared.messaging.events import Event


def hear(world, name, told):
    handler = next(one for one in KNOWN.handlers() if one.name == name)
    with world.work("referrals") as work:
        event = Event(
            id=new_id(),
            name=name,
            version=1,
            producer="registry",
            subject=told["consent_id"],
            time=work.now,
            position=1,
            epoch="",
            data={},
        )
        handler.handle(work, event, dict(told))


def test_a_withdrawal_stands_though_it_is_heard_of_first(world):
    told = {
        "consent_id": new_id(),
        "shedder_id": new_id(),
        "purpose": "referral",
        "organisation_id": new_id(),
    }
    day = world.clock.today()

    hear(world, "consent.withdrawn", told | {"withdrawn_on": day})
    hear(world, "consent.given", told | {"given_on": day, "expires_on": None, "replaces": None})

    with world.work("referrals") as work:
        man, organisation = told["shedder_id"], told["organisation_id"]
        assert not KNOWN.consents(work.session, man, "referral", organisation, day)
