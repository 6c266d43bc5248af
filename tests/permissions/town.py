"""A town with two of everything: what one caller calls his own, and the same things of somebody else.

Built once, and left as it is: `undone` carries a request out in full and then takes back what it did.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import MetaData, select, update

from services.registry.domain.access import EMERGENCY_LASTS
from services.registry.domain.codes import EmergencyReason
from services.registry.models import Account, EmergencyAccess, Passkey
from services.registry.use_cases.passwords import hashed
from shared.actor import Role
from shared.messaging.parked import ParkedEvent, park_malformed
from tests.builders.accounts import PASSWORD, invite, secret_of
from tests.builders.answer_links import secret_for, wants_links
from tests.builders.clients import a_key
from tests.builders.people import ROADS, Programme101, a_programme
from tests.builders.standing_in import a_colleague, account_of, an_account, sign_in
from tests.world import Caller, World, days_ago

KEPT_PASSWORD = hashed(PASSWORD)
REFERRALS = ("draft", "requested", "received", "accepted", "in_progress", "declined")
MENTEES = ("proposed", "active", "paused", "enrolled", "ready", "work_ready", "employed")
COLUMNS = ("anonymous", "ambassador", "care_worker", "mentor", "coordinator", "evaluator", "administrator")
NOT_COMPARED = {"stored_answer", "request_count", "audit_record", "audit_subject", "audit_seal"}
UUID7 = re.compile(r"\b[0-9a-f]{8}-?[0-9a-f]{4}-?7[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}\b")
CLIENTS = {
    "client": (),
    "directory:read": ("directory:read",),
    "directory:write": ("directory:write",),
    "directory:write of one organisation": ("directory:write",),
    "events:read": ("events:read",),
    "figures:read": ("figures:read",),
    "import": ("import",),
    "referrals:read of one organisation": ("referrals:read",),
    "referrals:answer of one organisation": ("referrals:answer", "referrals:read"),
}
SPEAKS_AS = {
    "referrals:read of one organisation": "care_worker",
    "referrals:answer of one organisation": "care_worker",
}
"""A client of a care organisation sees of a referral what its care workers see."""


@dataclass
class Town:
    """Two programmes beside each other: `own` and `other` say what each has, `callers` are of the first.

    `identifiers` are all that stood in any table before the second programme came.
    """

    world: World
    own: dict[str, str]
    other: dict[str, str]
    callers: dict[str, Caller]
    strangers: dict[str, Caller]
    identifiers: list[str]


def a_town(world: World) -> Town:
    ours = a_programme(world, "De Mussen")
    own = _things(ours, "A")
    world.deliver()
    identifiers = _identifiers(world)
    theirs = a_programme(world, "De Merels")
    other = _things(theirs, "B")
    world.deliver()
    callers, strangers = _callers(ours), _callers(theirs)
    own |= _own(callers)
    other |= _own(strangers)
    return Town(world, own, other, callers, strangers, identifiers)


def dump(world: World) -> dict[str, list[str]]:
    """Every row of every table of the three services, as text; not what merely keeps count of requests."""
    rows = {}
    for name, service in world.programme.services.items():
        tables = MetaData()
        with service.database.engine.connect() as connection:
            tables.reflect(connection)
            for table in tables.sorted_tables:
                if table.name not in NOT_COMPARED:
                    found = connection.execute(select(table))
                    rows[f"{name}.{table.name}"] = sorted(repr(row) for row in found)
    return rows


def _identifiers(world: World) -> list[str]:
    """Every identifier in any table, however the database writes one."""
    written = {match for rows in dump(world).values() for match in UUID7.findall("".join(rows))}
    return sorted({str(UUID(match)) for match in written})


def _callers(programme: Programme101) -> dict[str, Caller]:
    world = programme.world
    people = {"anonymous": world.anonymous(), "evaluator": world.caller(Role.EVALUATOR)} | {
        name: getattr(programme, name)
        for name in ("ambassador", "care_worker", "mentor", "coordinator", "administrator")
    }
    relations: dict[str, Any] = {
        **{
            name: {"organisation_id": programme.organisation_id}
            for name in CLIENTS
            if name.endswith("organisation")
        },
        "import": {"partner_id": programme.partner_id},
    }
    clients = {
        name: world.caller(Role.INTEGRATOR, scopes=frozenset(scopes), **relations.get(name, {}))
        for name, scopes in CLIENTS.items()
    }
    return _signed_in(programme, people) | clients


def _signed_in(programme: Programme101, people: dict[str, Caller]) -> dict[str, Caller]:
    """The same people with accounts, a password, and a sign-in each; three of them have accounts by now."""
    world, signed_in = programme.world, dict(people)
    for name in COLUMNS[1:]:
        actor = people[name].actor
        if name in ("coordinator", "evaluator", "administrator"):
            account_of(world, people[name])
        signed_in[name] = world.as_actor(replace(actor, sign_in_id=sign_in(world, actor.id)))
    with world.work("registry") as work:
        theirs = update(Account).where(Account.id.in_([people[name].actor.id for name in COLUMNS[1:]]))
        work.session.execute(theirs.values(password_hash=KEPT_PASSWORD))
        for name in COLUMNS[1:]:
            work.session.add(_a_passkey(people[name].actor.id, world))
    return signed_in


def _a_passkey(account_id: UUID, world: World) -> Passkey:
    return Passkey(
        account_id=account_id,
        name="Telephone",
        credential_id=str(uuid4()),
        public_key="",
        sign_count=0,
        added_at=world.clock.now(),
    )


def _own(callers: dict[str, Caller]) -> dict[str, str]:
    """Each one's own sign-in and passkey; where nobody is named, the coordinator's."""
    own = {}
    for name in COLUMNS[1:]:
        own[f"sign_in@{name}"] = str(callers[name].actor.sign_in_id)
        own[f"passkey@{name}"] = callers[name].get("/registry/me/passkeys").json["items"][0]["id"]
    return own | {kind: own[f"{kind}@coordinator"] for kind in ("sign_in", "passkey")}


def _accounts(programme: Programme101, mark: str) -> dict[str, str]:
    """Somebody who was invited, with his link; and the email of an evaluator who knows his password."""
    invited = invite(programme.administrator, f"invited-{mark.lower()}@example.org")
    email = f"evaluator-{mark.lower()}@example.org"
    an_account(programme.world, Role.EVALUATOR, email=email, password_hash=KEPT_PASSWORD)
    return {"account": invited["id"], "link": secret_of(invited), "email": email}


def _things(programme: Programme101, mark: str) -> dict[str, str]:
    things = _of_registry(programme, mark)
    men = [programme.a_shedder(known_as=f"Man {mark}")["id"] for _ in REFERRALS]
    mentees = [
        things["shedder"],
        *(programme.a_shedder(known_as=f"Mentee {mark}")["id"] for _ in MENTEES[1:]),
    ]
    # One man is both: his open referral is the obstacle that shows on his pathway.
    men[REFERRALS.index("received")] = mentees[MENTEES.index("enrolled")]
    for man in men:
        programme.a_consent(man)
    for man in [*mentees, men[-1]]:
        programme.a_consent(man, "mentoring")
    programme.coordinator.patch(f"/mentoring/mentors/{programme.mentor_id}", {"capacity": 50})
    programme.world.deliver()
    things |= _of_referrals(programme, men, mark) | _of_mentoring(programme, mentees)
    ref = {"name": "Ref", "country": "NL", "municipality": "Den Haag", "capacity": 1}
    programme.coordinator.post("/mentoring/mentors", ref | {"external_ref": f"K-{mark}"})
    things |= _parked(programme)
    return things | {"free_man": men[-1], "mentor": str(programme.mentor_id), "mark": mark}


def _parked(programme: Programme101) -> dict[str, str]:
    """In each service, something that came from nobody and is no event."""
    things = {}
    for service in programme.world.programme.services:
        with programme.world.work(service) as work:
            park_malformed(work.session, "nobody", {}, "It says nothing.", work.now)
            work.session.flush()
            newest = select(ParkedEvent.id).order_by(ParkedEvent.id.desc()).limit(1)
            things[f"{service}.parked"] = str(work.session.scalar(newest))
    return things


def _of_registry(programme: Programme101, mark: str) -> dict[str, str]:
    coordinator, shed = programme.coordinator, str(programme.shed_id)
    partner = next(
        one
        for one in coordinator.get("/registry/partners").json["items"]
        if one["id"] == str(programme.partner_id)
    )
    second = {
        "name": f"Second of {mark}", "country": "NL", "municipality": "Den Haag", "focus": "digital",
        "opened_on": days_ago(programme.world, 400), "external_ref": f"S-{mark}",
    }  # fmt: skip
    shed2 = coordinator.post("/registry/sheds", second).json["id"]
    third = second | {"name": f"Third of {mark}", "external_ref": f"T-{mark}"}
    shed3 = coordinator.post("/registry/sheds", third).json["id"]
    ambassador = f"/registry/ambassadors/{programme.ambassador_id}"
    coordinator.act(f"{ambassador}/assign_shed", {"shed_id": shed2})
    man = programme.a_shedder(known_as=f"Omar {mark}", phone="+31612345678", external_ref=f"M-{mark}")["id"]
    consent = programme.a_consent(man)["id"]
    activity = coordinator.post("/registry/activities", {"shed_id": shed, "name": "Football"}).json["id"]
    session = coordinator.post("/registry/sessions", {"activity_id": activity, "present": [man]}).json["id"]
    asks = programme.a_shedder(known_as=f"Asks {mark}")["id"]
    erasure = coordinator.post(f"/registry/shedders/{asks}/erasures", {"asked_how": "spoken"}).json["id"]
    kept = {"name": f"Kept {mark}", "scopes": ["import"], "partner_id": str(programme.partner_id)}
    client = programme.administrator.post("/registry/clients", kept).json
    key = a_key().as_dict(private=False)
    keyed = programme.administrator.act(f"/registry/clients/{client['id']}/add_key", {"jwk": key}).json
    held = {"shedder_id": programme.a_shedder(known_as=f"Held {mark}")["id"], "reason": "complaint"}
    return _covers(programme) | _accounts(programme, mark) | {
        "emergency_access": _an_emergency_that_is_over(programme, man),
        "erasure": erasure, "hold": programme.administrator.post("/registry/holds", held).json["id"],
        "client": client["id"], "shown_secret": client["secret"], "secret": client["secrets"][0]["id"],
        "key": keyed["keys"][0]["id"],
        "partner": partner["id"], "partner_name": partner["name"], "shed": shed, "shed2": shed2, "shed3": shed3,
        "yesterday": days_ago(programme.world, 1), "tomorrow": days_ago(programme.world, -1),
        "ambassador": str(programme.ambassador_id), "shedder": man, "consent": consent,
        "activity": activity, "registry.session": session,
    }  # fmt: skip


def _covers(programme: Programme101) -> dict[str, str]:
    """Each of the three who may be covered has an account, a colleague, and a cover in a month's time."""
    world, things = programme.world, {}
    for name, mark in (("ambassador", ""), ("care_worker", "@care_worker"), ("mentor", "@mentor")):
        caller: Caller = getattr(programme, name)
        account, colleague = account_of(world, caller), a_colleague(programme, caller.actor.role)
        days = {"from_day": days_ago(world, -30), "until_day": days_ago(world, -40)}
        cover = caller.post("/registry/covers", {"stand_in_account_id": str(colleague), **days}).json["id"]
        things |= {f"covered_account{mark}": str(account), f"stand_in{mark}": str(colleague)}
        things[f"cover{mark}"] = cover
    return things


def _an_emergency_that_is_over(programme: Programme101, man: str) -> str:
    """Its hour has passed, and nobody has let it lapse yet."""
    begun_at = programme.world.clock.now() - timedelta(hours=2)
    with programme.world.work("registry") as work:
        access = EmergencyAccess(
            account_id=programme.coordinator.actor.id,
            shedder_id=UUID(man),
            reason=EmergencyReason.OTHER_EMERGENCY,
            remark="He was missed.",
            begun_at=begun_at,
            ends_at=begun_at + EMERGENCY_LASTS,
            created_at=begun_at,
        )
        work.session.add(access)
        work.session.flush()
        return str(access.id)


def _of_referrals(programme: Programme101, men: list[str], mark: str) -> dict[str, str]:
    organisation, service = str(programme.organisation_id), str(programme.service_id)
    place = {
        "organisation_id": organisation,
        "name": "House",
        "address": "Kade 1",
        "municipality": "Den Haag",
    }
    location = programme.coordinator.post("/referrals/locations", place).json["id"]
    ref = {"name": f"Ref {mark}", "country": "NL", "municipality": "Den Haag", "external_ref": f"O-{mark}"}
    programme.coordinator.post("/referrals/organisations", ref)
    things = {"organisation": organisation, "service": service, "location": location}
    wants_links(programme)
    for man, state in zip(men, REFERRALS, strict=True):
        draft = programme.a_draft(man, neighbourhood="Schilderswijk", language="nl")
        things[state] = draft["id"]
        for who, action, body in ROADS[state]:
            getattr(programme, who).act(f"/referrals/referrals/{draft['id']}/{action}", body)
    accepted = f"/referrals/referrals/{things['accepted']}"
    today = {"starts_at": programme.world.clock.now().isoformat(), "place": "Room 3"}
    appointments = f"{accepted}/appointments"
    things["appointment"], things["missed"] = (
        programme.care_worker.post(appointments, today).json["id"] for _ in range(2)
    )
    programme.care_worker.act(f"/referrals/appointments/{things['missed']}/miss")
    to_sender = programme.care_worker.post(f"{accepted}/questions", {"question": "Which days?"})
    to_organisation = programme.ambassador.post(f"{accepted}/questions", {"question": "How long?"})
    return things | {
        "question": to_sender.json["id"], "question@care_worker": to_organisation.json["id"],
        "answer_link": secret_for(programme.world, things["requested"]),
    }  # fmt: skip


def _of_mentoring(programme: Programme101, men: list[str]) -> dict[str, str]:
    mentor, coordinator, things = programme.mentor, programme.coordinator, {}
    long_ago = days_ago(programme.world, 100)
    for man, state in zip(men, MENTEES, strict=True):
        match = programme.a_mentorship("proposed" if state == "proposed" else "active", man, on=long_ago)[
            "id"
        ]
        things[state] = match
        if state == "paused":
            mentor.act(f"/mentoring/mentorships/{match}/pause", {"reason": "illness"})
        if state in MENTEES[3:]:
            body = {"mentorship_id": match, "enrolled_on": long_ago}
            things[state] = mentor.post("/mentoring/pathways", body).json["id"]
    for state in ("ready", "work_ready", "employed"):
        place = f"/mentoring/pathways/{things[state]}"
        programme.complete_steps(place)
        mentor.act(f"{place}/propose_readiness")
        if state != "ready":
            coordinator.act(f"{place}/confirm", {"confirmed_on": days_ago(programme.world, 90)})
    mentor.act(f"/mentoring/pathways/{things['work_ready']}/propose_readiness")
    job = programme.a_job(
        f"/mentoring/pathways/{things['employed']}", started_on=days_ago(programme.world, 80)
    )
    note = {"minutes": 30, "note": "He wants to drive."}
    session = mentor.post(f"/mentoring/mentorships/{things['active']}/sessions", note).json["id"]
    steps = mentor.get(f"/mentoring/pathways/{things['enrolled']}").json["steps"]
    done = mentor.get(f"/mentoring/pathways/{things['ready']}").json["steps"]
    definitions = mentor.get("/mentoring/step-definitions").json["items"]
    return things | {
        "job": job["id"], "mentoring.session": session, "step": steps[0]["id"],
        "step_done": next(step["id"] for step in done if step["state"] == "completed"),
        "definition": definitions[0]["id"],
    }  # fmt: skip


class _Undone:
    """A service's database whose writes are carried out, and taken back at the end of each."""

    def __init__(self, database: Any) -> None:
        self._database = database

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    @contextmanager
    def write(self) -> Iterator[Any]:
        with self._database._writers() as session:
            yield session
            session.flush()
            session.rollback()


@contextmanager
def undone(world: World) -> Iterator[None]:
    """For as long as it lasts, nothing that is done is kept."""
    services = world.programme.services.values()
    kept = [service.database for service in services]
    for service in services:
        service.database = _Undone(service.database)  # type: ignore[assignment]
    try:
        yield
    finally:
        for service, database in zip(services, kept, strict=True):
            service.database = database
