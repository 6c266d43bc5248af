"""The services of the directory that a man can be referred to, the nearest and soonest first."""

from collections.abc import Mapping
from typing import Any

from services.referrals.domain.codes import TakingReferrals
from shared.database.paging import LARGEST_LIMIT
from shared.web.lists import named, shed_he_is_in
from shared.web.pages import Visit

SOONEST = list(TakingReferrals)


def services_for(
    visit: Visit, man: Mapping[str, Any], need: str, neighbourhood: str | None = None
) -> list[dict[str, Any]]:
    """The services for a need where his shed is; in the whole country where there are none so near.

    Each is with its organisation and its place; first those in his neighbourhood, or else in that of his
    shed, then those that take referrals now.
    """
    shed = shed_he_is_in(visit, man)
    where = {name: shed[name] for name in ("country", "municipality")} if shed else {}
    by_need = {"need_category": need or None, "limit": LARGEST_LIMIT}
    found = visit.ask("/referrals/services", **by_need, **where).document["items"]
    if not found and where:
        found = visit.ask("/referrals/services", **by_need, country=where["country"]).document["items"]
    organisations = named(visit, "/referrals/organisations", (one["organisation_id"] for one in found))
    places = (one["location_id"] for one in found)
    nearby = named(visit, "/referrals/locations", places, "neighbourhood")
    whole = [
        {
            **one,
            "organisation": organisations.get(one["organisation_id"], "–"),
            "near": nearby.get(one["location_id"]),
        }
        for one in found
    ]
    here = neighbourhood or (shed["neighbourhood"] if shed else None)
    return sorted(
        whole,
        # Where no neighbourhood is known, a service without a place is not near for that.
        key=lambda one: (here is not None and one["near"] != here, SOONEST.index(one["taking_referrals"])),
    )
