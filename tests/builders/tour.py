"""Every route of every service, carried out once with success: for what must hold whenever something is done."""

from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from services.registry.models import Passkey
from shared.actor import Role
from shared.messaging.parked import park_malformed
from shared.permissions import PUBLIC
from tests.builders.accounts import ANOTHER, PASSWORD, Holder, invite, secret_of, sign_in_id, use
from tests.builders.answer_links import secret_for, wants_links
from tests.builders.authenticator import Device, at_a_name
from tests.builders.clients import a_key, ask_token, by_form
from tests.builders.people import Programme101
from tests.builders.standing_in import a_colleague, account_of, caller_now, sign_in
from tests.contracts.every_route import ROUTES, url_of
from tests.openid import HandMade, relying_on
from tests.world import Caller, days_ago

KINDS = {"registry": "sheds", "referrals": "organisations", "mentoring": "mentors"}
Places = dict[str, str]
"""By the name of a path variable, the id of a thing that there is."""


def tour(programme: Programme101) -> None:
    """Do everything that can be done, then read everything that can be read."""
    named = {
        "registry": registry(programme),
        "referrals": referrals(programme),
        "mentoring": mentoring(programme),
    }
    for service, places in named.items():
        programme.coordinator.post(
            f"/{service}/references", {"kind": KINDS[service], "refs": ["x"]}, expect=200
        )
        retry_what_is_parked(programme, service)
        read_everything(programme, service, places)


def retry_what_is_parked(programme: Programme101, service: str) -> None:
    with programme.world.work(service) as work:
        park_malformed(work.session, "elsewhere", "no event", "It is none.", work.now)
    for one in programme.administrator.get(f"/{service}/parked").json["items"]:
        programme.administrator.post(f"/{service}/parked/{one['id']}/retry", expect=200)


def read_everything(programme: Programme101, service: str, places: Places) -> None:
    follower = programme.world.caller(Role.INTEGRATOR, scopes=frozenset({"events:read"}))
    for owner, route in ROUTES:
        if owner == service and route.method == "GET" and route.policy is not PUBLIC:
            variable = next((name for name in places if f":{name}>" in route.path), None)
            assert variable or "<" not in route.path, route.path
            people = (programme.coordinator, programme.administrator, follower)
            caller = next(one for one in people if route.policy.allows(one.actor))
            caller.get(url_of(service, route, places[variable] if variable else None))


def upload(caller: Caller, service: str, file: str, *lines: str, expect: int = 200, **options: str) -> Any:
    data = {"file": (BytesIO("\n".join(lines).encode()), file), **options}
    return caller.send("POST", f"/{service}/imports", data=data, expect=expect)


def registry(programme: Programme101) -> Places:
    coordinator, day = programme.coordinator, days_ago(programme.world, 1)
    coordinator.get("/registry/.well-known/oauth-authorization-server")
    programme.administrator.patch(f"/registry/partners/{programme.partner_id}", {"country": "NL"})
    coordinator.patch(f"/registry/sheds/{programme.shed_id}", {"capacity": 30})
    other = coordinator.post("/registry/sheds", SHED).json["id"]
    ambassador = f"/registry/ambassadors/{programme.ambassador_id}"
    coordinator.patch(ambassador, {"name": "Mehmet"})
    coordinator.act(f"{ambassador}/assign_shed", {"shed_id": other})
    coordinator.act(f"{ambassador}/release_from_shed", {"shed_id": other})
    leaver = coordinator.post("/registry/ambassadors", {"name": "Jan", "shed_id": other}).json["id"]
    coordinator.act(f"/registry/ambassadors/{leaver}/leave")
    man = programme.a_shedder(joined_on=day)["id"]
    coordinator.patch(f"/registry/shedders/{man}", {"birth_year": 1960})
    coordinator.act(f"/registry/shedders/{man}/join_shed", {"shed_id": other, "joined_on": day})
    coordinator.act(f"/registry/shedders/{man}/leave_shed", {"shed_id": other})
    coordinator.act(f"/registry/sheds/{other}/close")
    coordinator.post("/registry/shedders/search", {"name": "Yusuf"}, expect=200)
    consent = programme.a_consent(man, "evaluation")["id"]
    coordinator.act(f"/registry/consents/{consent}/withdraw")
    weekly = coordinator.post(
        "/registry/activities", {"name": "Sport", "shed_id": str(programme.shed_id)}
    ).json["id"]
    coordinator.patch(f"/registry/activities/{weekly}", {"name": "Football"})
    session = coordinator.post("/registry/sessions", {"activity_id": weekly, "present": [man]}).json["id"]
    place = f"/registry/sessions/{session}"
    coordinator.put(f"{place}/attendance", {"present": [man], "anonymous_headcount": 2}, at=place)
    upload(coordinator, "registry", "shedders.csv", "shedder_ref,known_as,shed_ref,joined_on")
    hold = programme.administrator.post("/registry/holds", {"shedder_id": man, "reason": "complaint"}).json[
        "id"
    ]
    programme.administrator.act(f"/registry/holds/{hold}/lift")
    come_with_openid(programme)
    return {
        **accounts(programme),
        **a_cover(programme),
        "emergency_access_id": an_emergency(programme),
        "client_id": a_client(programme),
        "erasure_id": an_erasure(programme),
        "hold_id": hold,
        "partner_id": str(programme.partner_id),
        "shed_id": str(programme.shed_id),
        "ambassador_id": str(programme.ambassador_id),
        "shedder_id": man,
        "consent_id": consent,
        "activity_id": weekly,
        "session_id": session,
    }


def come_with_openid(programme: Programme101) -> None:
    """Somebody signs in with an OpenID provider."""
    now = programme.world.clock.moment
    with HandMade().running() as provider, relying_on(programme.world, provider.issuer) as site:
        browser = site.browser()
        assert browser.get(browser.pass_through()).status_code == 303
    programme.world.clock.moment = now


def an_erasure(programme: Programme101) -> str:
    """Asked for, refused, asked for again, and confirmed by a second person."""
    place = f"/registry/shedders/{programme.a_shedder(known_as='Gone')['id']}/erasures"
    second = programme.world.caller(Role.COORDINATOR, partner_id=programme.partner_id)
    for action, body in (("refuse", {"reason": "other"}), ("confirm", {})):
        asked: str = programme.coordinator.post(place, {"asked_how": "spoken"}).json["id"]
        second.act(f"/registry/erasures/{asked}/{action}", body)
    return asked


def accounts(programme: Programme101) -> Places:
    """Invited twice, changed, reset, signed in, an app set up and removed, signed out, closed."""
    world, administrator = programme.world, programme.administrator
    account_of(world, programme.coordinator)
    place = f"/registry/accounts/{invite(administrator, 'tour@example.org')['id']}"
    administrator.patch(place, {"name": "Somebody"})
    again = administrator.post(f"{place}/invite_again", expect=200).json
    world.anonymous().post("/registry/links/look", {"secret": secret_of(again)}, expect=200)
    use(world, again)
    use(world, administrator.post(f"{place}/reset", expect=200).json)
    holder = Holder(world, again["id"], "tour@example.org")
    other = sign_in_id(holder.sign_in())
    signed_in = holder.sign_in()
    signed_in.post(f"/registry/me/sign-ins/{other}/end", expect=204)
    signed_in.post("/registry/me/sign-ins/end_others", expect=204)
    signed_in.get("/registry/me/wish")
    signed_in.post("/registry/me/wish", {"language": "nl", "mail_when": "daily"}, expect=200)
    signed_in.post("/registry/me/password", {"old": PASSWORD, "new": ANOTHER}, expect=204)
    holder.password = ANOTHER
    holder.set_up_totp()
    signed_in = holder.sign_in()
    signed_in.post("/registry/me/recovery-codes", {"password": ANOTHER}, expect=200)
    signed_in.post("/registry/me/totp/remove", {"password": ANOTHER}, expect=204)
    passkeys(holder, signed_in)
    signed_in.post("/registry/sign-out", expect=204)
    administrator.act(f"{place}/close")
    with world.work("registry") as work:
        own = Passkey(
            account_id=programme.coordinator.actor.id, name="Key", credential_id="x", public_key="",
            sign_count=0, added_at=work.now,
        )  # fmt: skip
        work.session.add(own)
    return {"account_id": again["id"], "passkey_id": str(own.id)}


def passkeys(holder: Holder, signed_in: Caller) -> None:
    """One is added, named, signed in with and removed."""
    world, device, place = holder.world, Device(), "/registry/me/passkeys"
    with at_a_name(world):
        shown = {"password": holder.password}
        options = signed_in.post(f"{place}/options", shown, expect=200).json["options"]
        body = {"name": "Key", "credential": device.make(options)}
        added = signed_in.post(place, body).headers["Location"]
        signed_in.post(f"{added}/rename", {"name": "Telephone"}, expect=200)
        asked = world.anonymous().post("/registry/sign-ins/passkey/options", expect=200).json["options"]
        world.anonymous().post("/registry/sign-ins/passkey", {"credential": device.sign(asked)}, expect=200)
        signed_in.post(f"{added}/remove", shown, expect=204)


def a_cover(programme: Programme101) -> Places:
    """Named, taken up, laid down and ended; gives it and the account of who was absent."""
    world = programme.world
    absent = account_of(world, programme.world.caller(Role.AMBASSADOR, ambassador_id=programme.ambassador_id))
    colleague = a_colleague(programme, Role.AMBASSADOR)
    body = {"absent_account_id": str(absent), "stand_in_account_id": str(colleague)}
    days = {"until_day": days_ago(world, -7)}
    cover: str = programme.coordinator.post("/registry/covers", body | days).json["id"]
    begun = sign_in(world, colleague)
    caller_now(world, begun).post(f"/registry/covers/{cover}/take_up", expect=200)
    caller_now(world, begun).post("/registry/covers/lay_down", expect=200)
    programme.coordinator.post(f"/registry/covers/{cover}/end", expect=200)
    return {"cover_id": cover, "account_id": str(absent)}


def an_emergency(programme: Programme101) -> str:
    """The coordinator looks at a man of another partner, and is done within the hour."""
    world = programme.world
    partner = {"name": f"Elsewhere {uuid4()}", "country": "NL"}
    partner_id = programme.administrator.post("/registry/partners", partner).json["id"]
    there = world.caller(Role.COORDINATOR, partner_id=UUID(partner_id))
    shed = there.post("/registry/sheds", SHED).json["id"]
    man = there.post("/registry/shedders", {"known_as": "Elsewhere", "shed_id": shed}).json["id"]
    place = "/registry/emergency-accesses"
    body = {"shedder_id": man, "reason": "medical_emergency", "remark": "He fell."}
    access: str = programme.coordinator.post(place, body).json["id"]
    programme.coordinator.post(f"{place}/{access}/end", expect=200)
    return access


def a_client(programme: Programme101) -> str:
    """Registered, with another secret and a key, each of them used and retired; changed, and revoked."""
    administrator = programme.administrator
    told = {"name": "Their system", "scopes": ["referrals:read"], "organisation_id": str(uuid4())}
    client = administrator.post("/registry/clients", told).json
    place = f"/registry/clients/{client['id']}"
    administrator.act(f"{place}/add_secret")
    assert ask_token(programme.world, **by_form(client)).status == 200
    keyed = administrator.act(f"{place}/add_key", {"jwk": a_key().as_dict(private=False)}).json
    for way in (f"keys/{keyed['keys'][0]['id']}", f"secrets/{keyed['secrets'][0]['id']}"):
        etag = administrator.get(place).etag
        administrator.post(f"{place}/{way}/retire", expect=200, If_Match=etag)
    administrator.patch(place, {"scopes": ["referrals:answer", "referrals:read"]})
    administrator.act(f"{place}/revoke")
    identity: str = client["id"]
    return identity


SHED = {
    "name": "Shed 2",
    "country": "NL",
    "municipality": "Den Haag",
    "neighbourhood": "Loosduinen",
    "focus": "sport",
    "opened_on": "2020-01-01",
}


def referrals(programme: Programme101) -> Places:
    coordinator, ambassador, carer = programme.coordinator, programme.ambassador, programme.care_worker
    organisation = f"/referrals/organisations/{programme.organisation_id}"
    coordinator.patch(organisation, {"name": "Centrum"})
    where = {"organisation_id": str(programme.organisation_id), "name": "Main", "municipality": "Den Haag"}
    location = coordinator.post("/referrals/locations", {"address": "Plein 1", **where}).json["id"]
    coordinator.patch(f"/referrals/locations/{location}", {"name": "Side"})
    coordinator.patch(f"/referrals/services/{programme.service_id}", {"promised_days": 12})
    draft = f"/referrals/referrals/{programme.a_draft()['id']}"
    ambassador.patch(draft, {"urgency": "soon"})
    coordinator.post(f"{draft}/remind", expect=200)
    for state in ("waitlisted", "failed", "withdrawn", "entered_in_error", "completed"):
        programme.a_referral(state)
    declined = programme.a_referral("declined")
    ambassador.post(f"{declined}/send_on", {"service_id": str(programme.service_id)})
    carer.act(f"{programme.a_referral('declined')}/reopen", {"reason": "place_available"})
    going_on = programme.a_referral("accepted")
    when = {"starts_at": "2026-03-02T08:00:00+00:00"}
    moved = {"asked_by": "shedder", "why": "Ill."}
    booked = [carer.post(f"{going_on}/appointments", when).json["id"] for _ in range(3)]
    carer.act(f"/referrals/appointments/{booked[0]}/reschedule", when | moved)
    for identity, action in zip(booked, ("attend", "miss", "cancel"), strict=True):
        carer.act(f"/referrals/appointments/{identity}/{action}", moved if action == "cancel" else {})
    carer.act(f"/referrals/appointments/{booked[1]}/take_back", {"why": "It was another man."})
    searched = {"referral_ids": [going_on.rsplit("/", 1)[1]]}
    carer.post("/referrals/appointments/search", searched, expect=200)
    question = carer.post(f"{going_on}/questions", {"question": "When?"}).json["id"]
    ambassador.act(f"/referrals/questions/{question}/answer", {"answer": "Now."})
    upload(coordinator, "referrals", "organisations.csv", ORGANISATIONS)
    by_links(programme)
    return {
        "organisation_id": str(programme.organisation_id),
        "location_id": location,
        "service_id": str(programme.service_id),
        "referral_id": going_on.rsplit("/", 1)[1],
        "appointment_id": booked[0],
        "question_id": question,
        "shedder_id": coordinator.get(going_on).json["shedder_id"],
    }


def by_links(programme: Programme101) -> None:
    """An organisation answers three referrals by links, each in another way."""
    wants_links(programme)
    stranger, place = programme.world.anonymous(), "/referrals/answer-links"
    for what, said in (
        ("accept", {}),
        ("decline", {"reason": "no_capacity"}),
        ("ask", {"question": "When?"}),
    ):
        secret = {"secret": secret_for(programme.world, programme.a_referral())}
        stranger.post(f"{place}/look", secret, expect=200)
        stranger.post(f"{place}/{what}", secret | said, expect=204)


ORGANISATIONS = "organisation_ref,name,country,municipality,service_ref,service_name,need_category,promised_days,taking_referrals"


def mentoring(programme: Programme101) -> Places:
    coordinator, mentor = programme.coordinator, programme.mentor
    coordinator.patch(f"/mentoring/mentors/{programme.mentor_id}", {"capacity": 50})
    rejected = f"/mentoring/mentorships/{programme.a_mentorship('proposed')['id']}"
    coordinator.act(f"{rejected}/reject", {"rejected_by": "shedder", "reason": "no_click"})
    match = f"/mentoring/mentorships/{programme.a_mentorship()['id']}"
    mentor.act(f"{match}/pause", {"reason": "illness"})
    mentor.act(f"{match}/resume")
    mentor.act(f"{match}/stop", {"reason": "no_contact"})
    completed = programme.a_mentorship()["id"]
    session = mentor.post(f"/mentoring/mentorships/{completed}/sessions", {"minutes": 30}).json["id"]
    mentor.act(f"/mentoring/mentorships/{completed}/complete")
    walk_steps(programme)
    place = programme.a_pathway("work_ready", days_ago(programme.world, 150))
    mentor.act(f"{place}/propose_readiness")
    mentor.act(f"{place}/take_back_readiness")
    mentor.act(f"{place}/propose_readiness")
    coordinator.act(f"{place}/decline_readiness", {"why": "He can do more."})
    mentor.act(f"{place}/propose_readiness")
    coordinator.act(f"{place}/reconfirm")
    job = f"/mentoring/jobs/{programme.a_job(place, started_on=days_ago(programme.world, 100))['id']}"
    mentor.put(f"{job}/checkpoints/4", {"status": "unknown"}, at=job)
    mentor.act(f"{job}/end", {"ended_on": days_ago(programme.world, 1)})
    shown = coordinator.get(place).json
    entry = {"code": "driving", "title": "Driving licence", "required": False, "place": 200}
    listed = programme.administrator.post("/mentoring/step-definitions", entry).json["id"]
    programme.administrator.patch(f"/mentoring/step-definitions/{listed}", {"in_use": False})
    upload(coordinator, "mentoring", "mentors.csv", "mentor_ref,name,country,municipality,capacity")
    return {
        "mentor_id": str(programme.mentor_id),
        "mentorship_id": completed,
        "session_id": session,
        "pathway_id": shown["id"],
        "step_id": shown["steps"][0]["id"],
        "definition_id": listed,
        "job_id": job.rsplit("/", 1)[1],
        "shedder_id": shown["shedder_id"],
    }


def walk_steps(programme: Programme101) -> None:
    """A pathway that is prepared, whose step is taken every way, and that is stopped."""
    place = programme.a_pathway()
    programme.mentor.act(f"{place}/prepare")
    step = f"/mentoring/steps/{programme.mentor.get(place).json['steps'][0]['id']}"
    programme.mentor.act(f"{step}/start")
    programme.mentor.act(f"{step}/add_evidence", {"what": "Seen."})
    programme.coordinator.act(f"{step}/waive", {"why": "Not needed."})
    programme.mentor.act(f"{step}/reopen", {"why": "Needed."})
    programme.mentor.act(f"{step}/complete", {"evidence": {"what": "Done."}})
    programme.mentor.act(f"{place}/stop", {"reason": "other"})
