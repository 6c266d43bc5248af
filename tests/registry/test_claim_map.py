"""The claim map: what it makes of claims, and that a wrong one is refused whole, with all its faults named."""

from uuid import UUID

import pytest

from services.registry.domain.claim_map import ClaimMap
from shared.actor import SPEAKS_FOR, Role
from shared.errors import Forbidden

ID = "019a2f6e-7a54-7c3e-9d3b-0a4f5b6c7d8e"
MAP = """
groups = "realm_access.roles"
several = "first"

[[roles]]
role = "administrator"
groups = ["admins"]

[[roles]]
role = "care_worker"
groups = ["care", "care-south"]
speaks_for = "https://example.org/department"
means = { south = "019a2f6e-7a54-7c3e-9d3b-0a4f5b6c7d8e" }

[[roles]]
role = "mentor"
groups = ["mentors"]
speaks_for = "mentor"
"""


def told(*groups, **claims):
    return {"realm_access": {"roles": list(groups)}} | claims


def test_a_dot_reaches_into_a_claim_unless_the_whole_name_is_one():
    flat = MAP.replace("several", "# several")

    inside = ClaimMap.parse(MAP).given_by(told("admins"))
    whole = ClaimMap.parse(flat).given_by({"realm_access.roles": "admins", "realm_access": {"roles": ["x"]}})

    assert inside.role is whole.role is Role.ADMINISTRATOR


@pytest.mark.parametrize("group", ["care", "care-south"])
def test_an_own_word_stands_for_an_identifier(group):
    given = ClaimMap.parse(MAP).given_by(told(group, **{"https://example.org/department": "south"}))

    assert (given.role, given.speaks_for) == (Role.CARE_WORKER, {"organisation_id": UUID(ID)})


@pytest.mark.parametrize("said", [None, "north", ID, ["south"], 7, {"south": 1}])
def test_a_word_that_stands_for_nothing_gives_no_role(said):
    with pytest.raises(Forbidden, match="for whom you speak as care worker"):
        ClaimMap.parse(MAP).given_by(told("care", **{"https://example.org/department": said}))


@pytest.mark.parametrize("said", ["", "x", None, [ID], 7])
def test_neither_does_what_is_no_identifier(said):
    with pytest.raises(Forbidden, match="for whom you speak as mentor"):
        ClaimMap.parse(MAP).given_by(told("mentors", mentor=said))


def test_the_first_counts_where_the_map_says_so_and_only_there():
    careful = ClaimMap.parse(MAP.replace('"first"', '"refuse"'))

    assert ClaimMap.parse(MAP).given_by(told("mentors", "admins", mentor=ID)).role is Role.ADMINISTRATOR
    with pytest.raises(Forbidden, match="more than one role in this programme: administrator, mentor"):
        careful.given_by(told("mentors", "admins", mentor=ID))


@pytest.mark.parametrize(
    "claims",
    [{}, told(), told("others"), {"realm_access": "admins"}, {"realm_access": {"roles": {"admins": 1}}},
     {"realm_access": {"roles": [["admins"], 1, None]}}, {"roles": ["admins"]}],
)  # fmt: skip
def test_other_claims_give_no_role(claims):
    with pytest.raises(Forbidden, match="gives you no role"):
        ClaimMap.parse(MAP).given_by(claims)


def test_every_role_of_a_person_may_stand_in_a_map():
    rows = [f'[[roles]]\nrole = "{role}"\ngroups = ["{role}"]\n' for role in Role if role not in NOBODYS]
    relations = [
        row + 'speaks_for = "x"\n' if any(f'"{role}"' in row for role in SPEAKS_FOR) else row for row in rows
    ]

    whole = ClaimMap.parse('groups = "groups"\n' + "".join(relations))

    assert {entry.role for entry in whole.entries} == set(Role) - NOBODYS


NOBODYS = {Role.SYSTEM, Role.INTEGRATOR}
ONE = '[[roles]]\nrole = "evaluator"\ngroups = ["e"]\n'


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("groups = ", "Invalid value"),
        (ONE, "which claim holds the groups"),
        ('groups = " "\n' + ONE, "which claim holds the groups"),
        ('groups = "g"', "at least one"),
        ('groups = "g"\nroles = "x"', "at least one"),
        ('groups = "g"\nseveral = "last"\n' + ONE, "several"),
        ('groups = "g"\ngroup = "g"\n' + ONE, "no setting 'group'"),
        ('groups = "g"\n' + ONE.replace("evaluator", "boss"), "Role 'boss': a role is one of"),
        ('groups = "g"\n' + ONE.replace("evaluator", "system"), "Role 'system'"),
        ('groups = "g"\n' + ONE.replace("evaluator", "integrator"), "Role 'integrator'"),
        ('groups = "g"\n' + ONE.replace('"evaluator"', "7"), "Role 7"),
        ('groups = "g"\n' + ONE.replace('["e"]', "[]"), "groups is a list"),
        ('groups = "g"\n' + ONE.replace('["e"]', '"e"'), "groups is a list"),
        ('groups = "g"\n' + ONE + 'speaks_for = "x"', "it speaks for nobody"),
        ('groups = "g"\n' + ONE + 'color = "x"', "no setting 'color'"),
        ('groups = "g"\n' + ONE.replace("evaluator", "mentor"), "which claim holds its mentor_id"),
        ('groups = "g"\n' + ONE.replace("evaluator", "mentor") + 'speaks_for = "x"\nmeans = {a = "b"}', "means"),
    ],
)  # fmt: skip
def test_a_wrong_map_is_refused(text, fault):
    with pytest.raises(ValueError, match=fault):
        ClaimMap.parse(text)


def test_all_faults_are_named_together():
    with pytest.raises(ValueError, match="boss") as error:
        ClaimMap.parse('several = "x"\n' + ONE.replace("evaluator", "boss") + ONE.replace('["e"]', "[]"))

    for fault in ("which claim", "several", "groups is a list"):
        assert fault in str(error.value)
