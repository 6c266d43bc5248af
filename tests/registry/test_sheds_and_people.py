"""Partners, sheds, ambassadors and shedders: who keeps them, who sees them, and that nobody is entered twice."""

import pytest

from shared.actor import Role
from tests.builders.people import a_programme
from tests.world import days_ago


@pytest.fixture
def neighbours(world, programme):
    return a_programme(world, "Haagse Buurt")


def search(caller, **terms):
    items = caller.post("/registry/shedders/search", terms, expect=200).json["items"]
    return [man["known_as"] for man in items]


class TestSearchingBeforeRegistering:
    def test_a_man_is_found_by_part_of_his_name_his_phone_or_his_reference(self, programme):
        programme.a_shedder(known_as="Zoë's Piet", phone="+31612345678", external_ref="M7")
        programme.a_shedder(known_as="Yusuf E.")

        assert search(programme.ambassador, name="piet") == ["Zoë's Piet"]
        assert search(programme.ambassador, name="ZOE") == ["Zoë's Piet"]
        assert search(programme.ambassador, phone="0031 6 12 34 56 78") == ["Zoë's Piet"]
        assert search(programme.ambassador, external_ref="M7") == ["Zoë's Piet"]
        assert search(programme.ambassador, name="suf", phone="+31612345678") == ["Yusuf E.", "Zoë's Piet"]
        assert search(programme.ambassador, name="nobody") == []

    def test_it_says_when_there_are_more(self, programme):
        for nth in range(4):
            programme.a_shedder(known_as=f"Ali {nth}")

        answer = programme.ambassador.post(
            "/registry/shedders/search", {"name": "ali", "limit": 3}, expect=200
        )

        assert len(answer.json["items"]) == 3
        assert answer.json["more"] is True

    def test_it_finds_only_whom_one_may_know(self, programme, neighbours):
        programme.a_shedder(known_as="Ours", phone="+31612345678")

        assert search(neighbours.ambassador, phone="+31612345678") == []
        assert search(neighbours.coordinator, name="ours") == []

    def test_nothing_personal_stands_in_a_url(self, programme):
        programme.ambassador.get("/registry/shedders?name=piet", 422)

    def test_a_reference_is_used_once_by_its_owner(self, programme, neighbours):
        first = programme.a_shedder(external_ref="M7")
        body = {"known_as": "Other", "shed_id": str(programme.shed_id), "external_ref": "M7"}

        assert (
            programme.coordinator.post("/registry/shedders", body, expect=409).json["existing"] == first["id"]
        )
        neighbours.a_shedder(external_ref="M7")


class TestShedders:
    def test_a_name_and_a_shed_are_all_that_is_asked(self, programme):
        man = programme.a_shedder(known_as="Ray")

        assert man["memberships"] == [
            {"shed_id": str(programme.shed_id), "joined_on": "2026-03-02", "left_on": None}
        ]

    def test_nobody_is_born_in_a_year_to_come(self, programme, world):
        year = world.clock.today().year
        man = programme.a_shedder(birth_year=year)["id"]
        body = {"known_as": "Omar", "shed_id": str(programme.shed_id), "birth_year": year + 1}

        refused = programme.ambassador.post("/registry/shedders", body, 422)
        assert refused.json["errors"][0]["pointer"] == "/birth_year"
        programme.ambassador.patch(f"/registry/shedders/{man}", {"birth_year": year + 1}, 422)
        assert programme.ambassador.get(f"/registry/shedders/{man}").json["birth_year"] == year

    def test_he_may_belong_to_several_sheds_over_time(self, programme, world):
        other = programme.coordinator.post(
            "/registry/sheds",
            {
                "name": "Second",
                "country": "NL",
                "municipality": "Den Haag",
                "focus": "digital",
                "opened_on": days_ago(world, 30),
            },
        ).json["id"]
        man = programme.a_shedder()
        place = f"/registry/shedders/{man['id']}"

        programme.coordinator.act(f"{place}/join_shed", {"shed_id": other})
        programme.coordinator.act(f"{place}/join_shed", {"shed_id": other}, expect=409)
        left = programme.coordinator.act(f"{place}/leave_shed", {"shed_id": str(programme.shed_id)}).json

        assert [m["left_on"] for m in left["memberships"]] == ["2026-03-02", None]
        programme.coordinator.act(f"{place}/leave_shed", {"shed_id": str(programme.shed_id)}, expect=422)

    def test_nobody_registers_in_anothers_shed_or_a_closed_one(self, programme, neighbours):
        body = {"known_as": "Ray", "shed_id": str(programme.shed_id)}

        assert neighbours.ambassador.post("/registry/shedders", body, expect=422).problem_on() == ["/shed_id"]
        programme.coordinator.act(f"/registry/sheds/{programme.shed_id}/close")
        assert programme.coordinator.post("/registry/shedders", body, expect=422).problem_on() == ["/shed_id"]

    def test_an_ambassador_of_another_shed_gets_404(self, programme, neighbours):
        man = programme.a_shedder()
        place = f"/registry/shedders/{man['id']}"

        for who in (neighbours.ambassador, neighbours.coordinator, neighbours.mentor):
            who.get(place, 404)
        neighbours.ambassador.patch(place, {"known_as": "X"}, expect=404, If_Match='"1"')
        for below in ("timeline", "attendance", "consents"):
            neighbours.ambassador.get(f"{place}/{below}", 404)
        neighbours.ambassador.post(
            f"{place}/consents",
            {"purpose": "evaluation", "wording_version": "1", "language": "nl", "method": "spoken"},
            expect=404,
        )

    @pytest.mark.parametrize("role", [Role.CARE_WORKER, Role.EVALUATOR, Role.ADMINISTRATOR, Role.INTEGRATOR])
    def test_roles_that_know_no_man_see_none(self, programme, world, role):
        man = programme.a_shedder()
        caller = world.caller(
            role, organisation_id=programme.organisation_id, scopes=frozenset({"directory:read", "import"})
        )

        caller.get(f"/registry/shedders/{man['id']}", 404)
        caller.get("/registry/shedders", 403)

    def test_two_who_change_him_at_once_do_not_overwrite_each_other(self, programme):
        place = f"/registry/shedders/{programme.a_shedder()['id']}"
        etag = programme.ambassador.get(place).etag
        programme.coordinator.patch(place, {"neighbourhood": "Laak"}, If_Match=etag)

        programme.ambassador.patch(place, {"known_as": "Joe"}, expect=412, If_Match=etag)

        assert programme.ambassador.get(place).json["known_as"] == "Yusuf E."

    def test_a_new_name_is_found_and_the_old_one_not(self, programme):
        place = f"/registry/shedders/{programme.a_shedder(known_as='Old')['id']}"
        programme.ambassador.patch(place, {"known_as": "New"})

        assert search(programme.ambassador, name="new") == ["New"]
        assert search(programme.ambassador, name="old") == []


class TestSheds:
    def test_a_coordinator_opens_sheds_of_his_own_partner(self, programme):
        assert programme.coordinator.get(f"/registry/sheds/{programme.shed_id}").json["partner_id"] == str(
            programme.partner_id
        )
        body = {"name": "X", "country": "NL", "municipality": "Y", "focus": "sport"}
        for who in (programme.ambassador, programme.administrator, programme.mentor):
            who.post("/registry/sheds", body, expect=403)

    def test_what_can_be_told_of_a_shed_is_kept(self, programme):
        body = {
            "opening_hours": [{"rrule": "FREQ=WEEKLY;BYDAY=MO", "opens_at": "10:00", "closes_at": "16:00"}],
            "capacity": 20,
            "new_men": "limited",
            "neighbourhood": None,
        }

        changed = programme.coordinator.patch(f"/registry/sheds/{programme.shed_id}", body).json

        assert {name: changed[name] for name in body} == body

    def test_a_shed_closes_once_and_not_before_it_opened(self, programme, world):
        place = f"/registry/sheds/{programme.shed_id}"

        early = {"closed_on": days_ago(world, 500)}
        assert programme.coordinator.act(f"{place}/close", early, expect=422).problem_on() == ["/closed_on"]
        programme.coordinator.act(f"{place}/close")
        programme.coordinator.act(f"{place}/close", expect=409)

    def test_sheds_are_listed_by_place_and_state(self, programme, neighbours, world):
        evaluator = world.caller(Role.EVALUATOR)
        programme.coordinator.act(f"/registry/sheds/{programme.shed_id}/close")

        assert len(evaluator.get("/registry/sheds").json["items"]) == 2
        assert len(evaluator.get("/registry/sheds?state=open").json["items"]) == 1
        assert evaluator.get("/registry/sheds?country=FR").json["items"] == []
        assert len(programme.coordinator.get("/registry/sheds").json["items"]) == 1

    def test_only_an_administrator_keeps_partners(self, programme):
        body = {"name": "New", "country": "FR"}
        programme.coordinator.post("/registry/partners", body, expect=403)
        made = programme.administrator.post("/registry/partners", body).json
        programme.administrator.post("/registry/partners", body, expect=409)
        renamed = programme.administrator.patch(f"/registry/partners/{made['id']}", {"name": "Newer"}).json
        assert renamed["name"] == "Newer"
        assert len(programme.coordinator.get("/registry/partners").json["items"]) == 2


class TestAmbassadors:
    def test_one_who_was_released_sees_the_men_of_that_shed_no_more(self, programme):
        man = programme.a_shedder()
        place = f"/registry/shedders/{man['id']}"
        assert programme.ambassador.get(place)
        own = f"/registry/ambassadors/{programme.ambassador_id}"

        programme.coordinator.act(f"{own}/release_from_shed", {"shed_id": str(programme.shed_id)})

        programme.ambassador.get(place, 404)
        assert programme.ambassador.get("/registry/shedders").json["items"] == []
        programme.coordinator.act(f"{own}/assign_shed", {"shed_id": str(programme.shed_id)})
        programme.coordinator.act(f"{own}/assign_shed", {"shed_id": str(programme.shed_id)}, expect=409)
        programme.ambassador.get(place)

    def test_one_who_has_left_sees_nothing(self, programme):
        man = programme.a_shedder()
        own = f"/registry/ambassadors/{programme.ambassador_id}"

        programme.coordinator.act(f"{own}/leave")

        programme.ambassador.get(f"/registry/shedders/{man['id']}", 404)
        programme.ambassador.get(own, 404)
        programme.coordinator.act(f"{own}/leave", expect=409)
        programme.coordinator.act(f"{own}/assign_shed", {"shed_id": str(programme.shed_id)}, expect=409)

    def test_he_sees_himself_and_the_coordinator_all_of_his_partner(self, programme, neighbours):
        second = {"name": "Second", "shed_id": str(programme.shed_id)}
        programme.coordinator.post("/registry/ambassadors", second)

        assert len(programme.ambassador.get("/registry/ambassadors").json["items"]) == 1
        by_shed = f"/registry/ambassadors?shed_id={programme.shed_id}"
        assert len(programme.coordinator.get(by_shed).json["items"]) == 2
        programme.ambassador.post("/registry/ambassadors", second, expect=403)
        neighbours.coordinator.get(f"/registry/ambassadors/{programme.ambassador_id}", 404)


def test_men_are_searched_by_their_identifiers_among_ones_own(programme, world):
    man = programme.a_shedder()
    programme.a_shedder(known_as="Somebody else")
    theirs = a_programme(world, "Elsewhere").a_shedder()
    ids = [man["id"], theirs["id"]]

    found = programme.ambassador.post("/registry/shedders/search", {"ids": ids}, expect=200).json["items"]

    assert [one["id"] for one in found] == [man["id"]]
