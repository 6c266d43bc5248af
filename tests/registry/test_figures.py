"""The programme figures: those of the example computed once more from its files alone, and their rules."""

import csv
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from uuid import UUID, uuid4

import pytest

from deploy.import_folder import import_folder
from services.registry.domain.suppression import hide_small
from services.registry.models import MentorFact
from services.registry.queries.figures import figures_of
from services.registry.queries.figures_hidden import kept_and_late
from services.registry.queries.participation import weeks_in_quarter
from services.registry.queries.scope import Scope
from shared.actor import Role
from tests.world import days_ago

EXAMPLE = Path(__file__).parents[2] / "deploy" / "example"


def read(name):
    with (EXAMPLE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_hand(country=None, partner=None, shed=None, since="0000", until="9999", today=date.max):
    """Every figure from the files alone, in plain Python, by the words of their definitions."""
    sheds = {
        row["shed_ref"]: row
        for row in read("sheds")
        if country in (None, row["country"])
        and partner in (None, row["partner"])
        and shed in (None, row["shed_ref"])
    }
    all_men = {row["shedder_ref"]: row for row in read("shedders")}
    men = {ref: row for ref, row in all_men.items() if row["shed_ref"] in sheds}

    def within(day):
        return bool(day) and since <= day <= until

    last = min(until, today.isoformat())
    taking_part = [
        row
        for row in men.values()
        if row["joined_on"] <= until and (not row["left_on"] or row["left_on"] >= since)
    ]
    weeks, unnamed, attended = defaultdict(set), Counter(), defaultdict(set)
    for row in read("sessions"):
        if row["shed_ref"] in sheds and within(row["held_on"]):
            day = date.fromisoformat(row["held_on"])
            monday = day - timedelta(days=day.weekday())
            unnamed[monday] += int(row["anonymous_headcount"])
            thursday = monday + timedelta(days=3)
            quarter = f"{thursday.year}-Q{(thursday.month - 1) // 3 + 1}"
            for ref in filter(None, row["shedder_refs"].split(";")):
                weeks[monday].add(ref)
                attended[quarter, ref].add(monday)
    steady = Counter({quarter: 0 for quarter, _ in attended})
    for (quarter, _), mondays in attended.items():
        steady[quarter] += 2 * len(mondays) >= thursdays(quarter)
    promised = {row["service_ref"]: int(row["promised_days"]) for row in read("organisations")}
    requested = [row for row in read("referrals") if row["shed_ref"] in sheds and within(row["sent_on"])]
    days = [
        (date.fromisoformat(row["answered_on"]) - date.fromisoformat(row["sent_on"])).days
        for row in requested
        if row["answered_on"]
    ]
    kept = [
        row
        for row in requested
        if row["answered_on"]
        and (date.fromisoformat(row["answered_on"]) - date.fromisoformat(row["sent_on"])).days
        <= promised[row["service_ref"]]
    ]
    pathways = [row for row in read("pathways") if row["shedder_ref"] in men]
    jobs = [row for row in pathways if within(row["job_started_on"])]
    mentors = [
        row for row in read("mentors") if country in (None, row["country"]) and within(row["trained_on"])
    ]
    of_none = [row for row in mentors if row["country"] in {shed["country"] for shed in sheds.values()}]
    return {
        "sheds": {
            "opened": sum(within(row["opened_on"]) for row in sheds.values()),
            "open_at_end": sum(
                row["opened_on"] <= last and not (row["closed_on"] and row["closed_on"] <= last)
                for row in sheds.values()
            ),
        },
        "men": {
            "taking_part": len(taking_part),
            "by_neighbourhood": dict(Counter(sheds[row["shed_ref"]]["neighbourhood"] for row in taking_part)),
        },
        "participation": {
            "weeks": [
                {
                    "week": "{}-W{:02}".format(*monday.isocalendar()),
                    "monday": monday,
                    "men": len(weeks[monday]),
                    "anonymous_headcount": unnamed[monday],
                }
                for monday in sorted(unnamed)
            ],
            "quarters": [
                {"quarter": quarter, "weeks": thursdays(quarter), "men_in_half_the_weeks": steady[quarter]}
                for quarter in sorted(steady)
            ],
        },
        "referrals": {
            "requested": len(requested),
            "by_state": dict(Counter(state_of(row) for row in requested)),
            "by_need": dict(Counter(row["need_category"] for row in requested)),
            "answer_time": {
                "answered": len(days),
                "median_days": float(median(days)) if days else None,
                "within_promise": len(kept),
            },
        },
        "mentors": {"trained": None if shed or (partner and of_none) else 0 if partner else len(mentors)},
        "work_ready": {"men": sum(within(row["work_ready_on"]) for row in pathways)},
        "jobs": {
            "men": len(jobs),
            "all": len(jobs),
            "at_13_weeks": checkpoints(jobs, "checkpoint_13w", 13, today),
            "at_26_weeks": checkpoints(jobs, "checkpoint_26w", 26, today),
        },
    }


def thursdays(quarter):
    year, number = int(quarter[:4]), int(quarter[-1])
    first = date(year, 3 * number - 2, 1)
    every = (first + timedelta(days=n) for n in range(93))
    return sum(
        day.weekday() == 3 and day.year == year and (day.month - 1) // 3 + 1 == number for day in every
    )


def state_of(row):
    if row["outcome"] == "failed":
        return "failed"
    return "completed" if row["outcome"] else {"none": "requested"}.get(row["answer"], row["answer"])


def checkpoints(jobs, column, weeks, today):
    counts = dict.fromkeys(("employed", "not_employed", "unknown", "not_recorded", "not_yet_due"), 0)
    for row in jobs:
        due = date.fromisoformat(row["job_started_on"]) + timedelta(weeks=weeks)
        counts[row[column] or ("not_recorded" if due <= today else "not_yet_due")] += 1
    return counts


@pytest.mark.slow_on("postgresql-rabbitmq")
def test_the_example_gives_the_figures_of_the_report_and_of_its_files(world, capsys):
    """Loaded through the front door, its events delivered, in every scope: all figures are as in the files."""
    assert import_folder(world.programme, EXAMPLE, dry_run=False, skip_bad=False)
    today = world.clock.today()
    evaluator = world.caller(Role.EVALUATOR)
    partners = {p["name"]: p["id"] for p in evaluator.get("/registry/partners").json["items"]}
    shed = next(
        s for s in evaluator.get("/registry/sheds?limit=200").json["items"] if s["external_ref"] == "S00001"
    )

    with world.work("registry") as work:
        whole = figures_of(work.session, Scope(), today)
        scopes = [
            ({}, {}),
            ({"country": "GB"}, {"country": "GB"}),
            ({"country": "ES"}, {"country": "ES"}),
            ({"partner_id": partners["De Mussen"]}, {"partner": "De Mussen"}),
            ({"shed_id": shed["id"]}, {"shed": "S00001"}),
            (
                {"since": date(2019, 4, 1), "until": date(2020, 6, 30)},
                {"since": "2019-04-01", "until": "2020-06-30"},
            ),
            (
                {"country": "NL", "since": date(2021, 1, 1), "until": date(2021, 12, 31)},
                {"country": "NL", "since": "2021-01-01", "until": "2021-12-31"},
            ),
        ]
        for asked, files in scopes:
            ids = {k: UUID(v) if k.endswith("_id") else v for k, v in asked.items()}
            assert figures_of(work.session, Scope(**ids), today) == by_hand(**files, today=today), asked

    assert whole["sheds"]["opened"] == 101
    assert whole["men"]["taking_part"] == 2000
    assert whole["men"]["by_neighbourhood"]["Schilderswijk"] == 220
    assert whole["mentors"]["trained"] == 25
    assert whole["work_ready"]["men"] == 220
    assert whole["jobs"]["men"] == 34

    again = import_folder(world.programme, EXAMPLE, dry_run=False, skip_bad=False)
    with world.work("registry") as work:
        assert again
        assert figures_of(work.session, Scope(), today) == whole
    assert "measurements.csv" in capsys.readouterr().out


def test_a_man_of_two_sheds_is_counted_once(programme, world):
    other = programme.coordinator.post(
        "/registry/sheds",
        {
            "name": "2",
            "country": "NL",
            "municipality": "Den Haag",
            "focus": "sport",
            "opened_on": days_ago(world, 9),
        },
    ).json["id"]
    man = programme.a_shedder()
    programme.coordinator.act(f"/registry/shedders/{man['id']}/join_shed", {"shed_id": other})

    with world.work("registry") as work:
        men = figures_of(work.session, Scope(), world.clock.today())["men"]

    assert men == {"taking_part": 1, "by_neighbourhood": {"Schilderswijk": 1}}


def test_attendance_in_two_sheds_in_a_week_is_one_man_who_came(programme, world):
    man = programme.a_shedder()["id"]
    for name in ("sport", "cooking"):
        body = {"shed_id": str(programme.shed_id), "name": name}
        activity = programme.ambassador.post("/registry/activities", body).json["id"]
        programme.ambassador.post("/registry/sessions", {"activity_id": activity, "present": [man]})

    with world.work("registry") as work:
        (week,) = figures_of(work.session, Scope(), world.clock.today())["participation"]["weeks"]

    assert week["men"] == 1


@pytest.mark.parametrize(
    ("country", "of_partner", "of_all"), [("NL", None, 2), ("GB", 1, 2)], ids=["here", "abroad"]
)
def test_the_mentors_of_a_partner_are_not_known_where_one_of_none_is_trained(
    programme, world, country, of_partner, of_all
):
    world.deliver()
    asked = f"/registry/figures?partner_id={programme.partner_id}"
    assert programme.coordinator.get(asked).json["mentors"] == {"trained": 1}
    with world.work("registry") as work:
        today = world.clock.today()
        work.session.add(MentorFact(mentor_id=uuid4(), partner_id=None, country=country, trained_on=today))

    assert programme.coordinator.get(asked).json["mentors"] == {"trained": of_partner}
    assert programme.coordinator.get("/registry/figures").json["mentors"] == {"trained": of_all}
    earlier = f"{asked}&until={days_ago(world, 1)}"
    assert programme.coordinator.get(earlier).json["mentors"]["trained"] is not None
    shed = f"/registry/figures?shed_id={programme.shed_id}"
    assert programme.coordinator.get(shed).json["mentors"] == {"trained": None}


def test_every_figure_has_its_definition_in_the_answer(programme):
    answer = programme.coordinator.get("/registry/figures").json

    assert {name.split(".")[0] for name in answer["definitions"]} == {
        "sheds",
        "men",
        "participation",
        "referrals",
        "mentors",
        "work_ready",
        "jobs",
    }


@pytest.mark.parametrize(
    "query", ["since=2026-02-01&until=2026-01-01", "country=Holland", "shed_id=1", "since=x"]
)
def test_a_scope_that_cannot_be_is_refused(programme, query):
    programme.coordinator.get(f"/registry/figures?{query}", 422)


class TestSmallNumbers:
    def test_who_may_know_no_man_sees_no_small_number(self, programme, world):
        for _ in range(3):
            programme.a_shedder()
        evaluator = world.caller(Role.EVALUATOR)

        hidden = evaluator.get("/registry/figures").json
        shown = programme.coordinator.get(f"/registry/figures?partner_id={programme.partner_id}").json
        abroad = programme.coordinator.get("/registry/figures").json

        assert hidden["men"] == {"taking_part": None, "by_neighbourhood": {"Schilderswijk": None}}
        assert hidden["hidden_below"] == 5
        assert shown["men"]["taking_part"] == 3
        assert "hidden_below" not in shown
        assert abroad["men"]["taking_part"] is None

    def test_a_single_hidden_cell_takes_another_with_it(self):
        cells = {"a": 3, "b": 7, "c": 40, "d": 0}

        assert hide_small(cells, 5) == {"a": None, "b": None, "c": 40, "d": 0}

    def test_two_small_cells_hide_each_other(self):
        assert hide_small({"a": 3, "b": 2, "c": 40}, 5) == {"a": None, "b": None, "c": 40}

    @pytest.mark.parametrize("small", [1, 4])
    def test_two_that_their_sum_would_tell_are_hidden_behind_a_third(self, small):
        assert set(hide_small({"a": small, "b": small, "c": 40}, 5).values()) == {None}

    def test_nothing_small_hides_nothing(self):
        assert hide_small({"a": 5, "b": 0}, 5) == {"a": 5, "b": 0}


@pytest.mark.parametrize("year", range(2016, 2032))
def test_the_quarters_of_a_year_have_all_its_weeks(year):
    weeks = date(year, 12, 28).isocalendar().week

    assert sum(weeks_in_quarter(year, number) for number in (1, 2, 3, 4)) == weeks


class TestNoTwoQuestionsTellOfOneMan:
    """Who may know no man asks about whole partners and whole quarters."""

    @pytest.mark.parametrize(
        ("query", "refused"),
        [
            ("since=2026-01-02", ["since"]),
            ("until=2026-03-30", ["until"]),
            ("since=2026-02-01&until=2026-02-28", ["since", "until"]),
            ("since=2026-01-01&until=2026-03-31", []),
            ("country=NL", []),
        ],
    )
    def test_a_period_is_made_of_quarters(self, programme, world, query, refused):
        answer = world.caller(Role.EVALUATOR).get(f"/registry/figures?{query}", 422 if refused else 200)

        assert [entry["query"] for entry in answer.json.get("errors", [])] == refused

    def test_one_shed_is_for_its_coordinator(self, programme, world):
        place = f"/registry/figures?shed_id={programme.shed_id}"

        world.caller(Role.EVALUATOR).get(place, 422)
        programme.coordinator.get(f"{place}&since=2026-01-05")

    def test_few_who_were_late_are_not_told_by_the_many_who_were_not(self):
        shown = kept_and_late({"answered": 14, "median_days": 3.0, "within_promise": 13}, 5)

        assert shown == {"answered": 14, "median_days": 3.0, "within_promise": None}
        many = {"answered": 30, "median_days": 3.0, "within_promise": 20}
        assert kept_and_late(many, 5) == many


def test_a_shed_with_no_neighbourhood_and_one_called_unknown_are_counted_together(programme, world):
    for neighbourhood in (None, "unknown"):
        shed = {"name": f"In {neighbourhood}", "country": "NL", "municipality": "Gent", "focus": "sport"}
        shed |= {"opened_on": days_ago(world, 30), "neighbourhood": neighbourhood}
        made = programme.coordinator.post("/registry/sheds", shed).json["id"]
        programme.a_shedder(shed_id=made)

    figures = programme.coordinator.get(f"/registry/figures?partner_id={programme.partner_id}").json

    assert figures["men"] == {"taking_part": 2, "by_neighbourhood": {"unknown": 2}}


def test_what_was_entered_in_error_is_not_counted(programme, world):
    programme.a_referral("entered_in_error")
    programme.a_referral("requested")
    world.deliver()

    figures = programme.coordinator.get(f"/registry/figures?partner_id={programme.partner_id}").json

    assert figures["referrals"]["by_state"] == {"requested": 1}
    assert figures["referrals"]["requested"] == 1
