"""Finding a man by his name, however an apostrophe or a hyphen was typed, and one whose name is written otherwise."""

import importlib

import pytest
from sqlalchemy import create_engine, text

from services.registry.domain.names import may_be_one
from shared.text import fold

SEARCH = "/registry/shedders/search"


def found(caller, **terms):
    return [one["known_as"] for one in caller.post(SEARCH, terms, expect=200).json["items"]]


@pytest.mark.parametrize("typed", ["oneill", "O'Neill", "O’Neill", "Oʼneill k", "O`NEILL"])
def test_of_an_apostrophe_does_not_hang_who_is_found(programme, typed):
    programme.a_shedder(known_as="O'Neill K.")

    assert found(programme.ambassador, name=typed) == ["O'Neill K."]


@pytest.mark.parametrize("typed", ["jan willem", "Jan-Willem", "Jan‑Willem S", "willem s"])
def test_of_a_hyphen_neither(programme, typed):
    programme.a_shedder(known_as="Jan-Willem S.")

    assert found(programme.ambassador, name=typed) == ["Jan-Willem S."]


@pytest.mark.parametrize("typed", ["'", "-", "’ -"])
def test_what_holds_no_letter_finds_nobody(programme, typed):
    for term in ("name", "name_like"):
        assert programme.ambassador.post(SEARCH, {term: typed}, expect=422).problem_on() == [f"/{term}"]


def test_who_may_be_the_same_is_told_and_no_other_with_that_beginning(programme, world):
    for known_as in ("Gerrit H.", "Gerard", "Germaine"):
        programme.a_shedder(known_as=known_as)

    assert found(programme.ambassador, name_like="Gerit") == ["Gerrit H."]
    assert found(programme.ambassador, name="Gerit") == []


@pytest.mark.parametrize(
    ("one", "other"),
    [("Gerit", "Gerrit H."), ("janwillem", "Jan-Willem S."), ("Ahmed", "Ahmet B."), ("Jan B.", "Jan")],
)
def test_names_that_may_be_one(one, other):
    assert may_be_one(fold(one), fold(other))


@pytest.mark.parametrize(
    ("one", "other"), [("Gerrit", "Gerard"), ("Ali", "Ari"), ("Yusuf", "Youssouf B."), ("Man012", "Man013")]
)
def test_names_that_are_two(one, other):
    assert not may_be_one(fold(one), fold(other))


def test_names_of_before_are_searched_in_the_same_way(monkeypatch):
    """What the migration makes of a name is what `fold` makes of it now."""
    module = "services.registry.migrations.versions.0015_search_without_apostrophes_and_hyphens"
    engine = create_engine("sqlite://")
    names = {
        "o'neill k.": "O'Neill K.",
        "jan-willem s.": "Jan-Willem S.",
        "x - y": "X - Y",
        "’t hof": "’t Hof",
    }
    with engine.begin() as connection:
        connection.execute(text("create table shedder (search_name text, known_as text)"))
        for before, known_as in names.items():
            values = {"before": before, "known_as": known_as}
            connection.execute(text("insert into shedder values (:before, :known_as)"), values)
        migration = importlib.import_module(module)
        monkeypatch.setattr(migration.op, "execute", connection.execute, raising=False)
        migration.upgrade()
        for search_name, known_as in connection.execute(text("select * from shedder")):
            assert search_name == fold(known_as)
