"""Nothing about a man is forgotten: every column has a decision, every table is exported or excused."""

import json

import pytest
from sqlalchemy import JSON, Enum, Integer, String, select

from deploy.erasures import HELD
from deploy.retention import KINDS
from services.mentoring.models import Base as MentoringBase
from services.referrals.models import Base as ReferralsBase
from services.registry.models import Base as RegistryBase
from shared.database.columns import SharedBase
from shared.database.shared_tables import metadata as shared
from tests.builders.lives import erase
from tests.contracts.write import CATALOGUES, HANDLERS

BASES = {"registry": RegistryBase, "referrals": ReferralsBase, "mentoring": MentoringBase}
SERVICES = list(BASES)
AUDIT_SUBJECT = "audit_subject"
"""The one table that names him and stays: whom the record of who saw what is about, for him to ask."""


def tables(service):
    return {**BASES[service].metadata.tables, **shared.tables}


def may_tell_of_him(column):
    """Words and numbers; an id, a code, a day or a yes tells nothing once the words are gone."""
    if column.name == "version" or isinstance(column.type, Enum):
        return False
    return isinstance(column.type, String | JSON | Integer) or column.type.python_type in (str, dict, list)


@pytest.mark.parametrize("service", SERVICES)
def test_every_table_is_held_or_excused_with_a_reason_and_none_is_both(service):
    data = HELD[service].data

    assert data.tables | set(data.excused) == set(tables(service))
    assert not data.tables & set(data.excused)
    assert all(len(reason) > 10 for reason in data.excused.values())


@pytest.mark.parametrize("service", SERVICES)
def test_every_column_with_words_or_numbers_about_a_man_has_a_decision(service):
    undecided = [
        f"{holding.table}.{column.name}"
        for holding in HELD[service].data.holdings
        if not holding.deleted
        for column in tables(service)[holding.table].columns
        if may_tell_of_him(column) and column.name not in holding.leaves
    ]

    assert undecided == []


@pytest.mark.parametrize("service", SERVICES)
def test_no_decision_is_about_a_column_that_is_not_there(service):
    strange = [
        f"{holding.table}.{name}"
        for holding in HELD[service].data.holdings
        for name in (*holding.leaves, holding.about)
        if name not in tables(service)[holding.table].columns
    ]

    assert strange == []


@pytest.mark.parametrize("service", SERVICES)
def test_no_table_that_names_a_man_is_excused(service):
    """Neither one with his id, nor one that hangs on a table that is held."""
    data = HELD[service].data
    held = data.tables
    forgotten = [
        name
        for name in data.excused
        if name != AUDIT_SUBJECT
        if "shedder_id" in tables(service)[name].columns
        or {key.column.table.name for key in tables(service)[name].foreign_keys} & held
    ]

    assert forgotten == []


@pytest.mark.parametrize("service", SERVICES)
def test_what_hangs_on_a_row_comes_after_it(service):
    """A row is changed before what hangs on it is deleted, or somebody could add to it in between."""
    met: set[str] = set()
    for holding in HELD[service].data.holdings:
        assert holding.through is None or holding.through in met
        met.add(holding.name)


def test_every_event_that_is_consumed_names_the_man_it_is_about():
    """By `shedder_id`, for what is told of an erased man is passed over by it; the others are about no man."""
    about_nobody = {
        "shed.opened", "shed.closed", "ambassador.added", "ambassador.assigned", "ambassador.released",
        "ambassador.left", "mentor.trained",
        # Read for whom to tell that something waits; nothing of it is kept but that.
        "question.asked", "question.answered",
    }  # fmt: skip
    silent = set()
    for producers in HANDLERS.values():
        for producer, handlers in producers.items():
            for kind in CATALOGUES[producer].types:
                family = f"{kind.name.partition('.')[0]}.*"
                consumed = any(handler.name in (kind.name, family) for handler in handlers)
                if consumed and "shedder_id" not in kind.schema().fields:
                    silent.add(kind.name)

    assert silent == about_nobody


def test_every_kind_is_named_once():
    assert len({kind.name for kind in KINDS}) == len(KINDS)


def everything_stored(world):
    """Every row of every table of every database, as text."""
    stored = {}
    for name, service in world.programme.services.items():
        with service.database.read() as session:
            for table in (*BASES[name].metadata.sorted_tables, *SharedBase.metadata.sorted_tables):
                stored[f"{name}.{table.name}"] = repr([tuple(row) for row in session.execute(select(table))])
    return stored


def where_marked(world, life):
    return {
        place for place, text in everything_stored(world).items() if any(mark in text for mark in life.marks)
    }


@pytest.fixture
def second(world, programme):
    """Another coordinator of the same partner."""
    return world.caller(programme.coordinator.actor.role, partner_id=programme.partner_id)


def test_a_whole_life_leaves_a_mark_in_every_holding_that_has_words(programme, world, life):
    """Or the test after this one would prove less than it says."""

    marked = where_marked(world, life)

    assert marked >= {
        "registry.shedder", "referrals.referral", "referrals.history", "referrals.appointment",
        "referrals.question", "mentoring.history", "mentoring.mentoring_session", "mentoring.step",
        "mentoring.evidence", "mentoring.job", "registry.emergency_access",
    }  # fmt: skip


def test_erasing_a_man_leaves_no_mark_in_any_table_of_any_service(programme, world, second, life):
    key = {"Idempotency_Key": "kept-for-a-day"}
    body = {"purpose": "evaluation", "wording_version": life.mark, "language": "nl", "method": "spoken"}
    programme.coordinator.post(f"/registry/shedders/{life.shedder_id}/consents", body, **key)
    world.deliver()
    assert "registry.stored_answer" in where_marked(world, life)

    place = erase(programme, second, life.shedder_id)

    assert where_marked(world, life) == set()
    assert second.get(place).json["state"] == "complete"
    assert second.get(place).json["waits_for"] == []


def test_what_erasing_keeps_is_what_the_table_says(programme, world, second, life):
    """Rows that figures count stay; those that nobody counts go."""
    before = {name: held(world, name, life) for name in SERVICES}

    erase(programme, second, life.shedder_id)

    after = {name: held(world, name, life) for name in SERVICES}
    for name in SERVICES:
        for holding in HELD[name].data.holdings:
            rows = after[name][holding.name]["rows"]
            if holding.deleted:
                assert rows == [], holding.table
            else:
                assert len(rows) >= len(before[name][holding.name]["rows"]), holding.table
            for row in rows:
                assert {column: row[column] for column in holding.blanked} == holding.blanked


def held(world, name, life):
    from uuid import UUID  # noqa: PLC0415

    with world.programme.services[name].database.read() as session:
        found = HELD[name].export(session, UUID(life.shedder_id))
    assert json.dumps(found)
    return found
