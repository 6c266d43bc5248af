"""The shape that a newcomer relies on: one home for each thing, nothing grown too long to read."""

import ast
import re
from pathlib import Path

import pytest

from shared.http.routes import Route
from shared.permissions import PUBLIC, Policy
from tests.contracts.every_route import ROUTES

ROOT = Path(__file__).parents[2]
SOURCES = [
    path
    for folder in ("services", "shared", "deploy")
    for path in (ROOT / folder).rglob("*.py")
    if "versions" not in path.parts
]
LONGEST_FILE = 250
LONGEST_FUNCTION = 35


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_short_enough_to_read_in_one_sitting(source):
    text = source.read_text("utf-8")
    long = [
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= LONGEST_FUNCTION
    ]

    assert len(text.splitlines()) <= LONGEST_FILE
    assert long == []


@pytest.mark.parametrize("service", ["registry", "referrals", "mentoring"])
def test_services_have_the_same_shape(service):
    folder = ROOT / "services" / service
    expected = {"README.md", "__init__.py", "app.py", "settings.py", "worker.py"}
    folders = {"api", "domain", "messaging", "migrations", "models", "queries", "use_cases", "web"}

    assert {path.name for path in folder.iterdir() if path.is_file()} == expected
    assert {path.name for path in folder.iterdir() if path.is_dir()} - {"__pycache__"} == folders


@pytest.mark.parametrize(("service", "route"), ROUTES, ids=lambda value: getattr(value, "name", value))
def test_every_route_names_its_policy(service, route: Route):
    assert isinstance(route.policy, Policy)
    assert route.policy is PUBLIC or route.policy.roles or route.policy.scope


@pytest.mark.parametrize("service", ["registry", "referrals", "mentoring"])
def test_where_a_rule_is_said_to_live_there_is_something(service):
    folder = ROOT / "services" / service
    rules = (folder / "README.md").read_text("utf-8").partition("## Lifecycles")[0]
    named = re.findall(r"`([\w/]+(?:/|\.py|\*))`", rules)
    gone = [place for place in named if not [*folder.glob(place), *ROOT.glob(place)]]

    assert named
    assert gone == []


def test_links_in_the_pages_lead_somewhere():
    pages = [ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("services/*/README.md")]
    broken = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]

    assert broken == []


def test_every_setting_that_the_code_reads_stands_in_the_readme():
    read = {
        name for source in SOURCES for name in re.findall(r"\bSBS_[A-Z_]+[A-Z]\b", source.read_text("utf-8"))
    }
    told = set(re.findall(r"`(SBS_[A-Z_]+?)(?:_FILE)?`", (ROOT / "README.md").read_text("utf-8")))

    assert {name.removesuffix("_FILE") for name in read} == told


def test_no_two_things_wait_for_the_same_lock_of_the_database():
    """An advisory lock is a number that anybody may take: the relay once held the one of erasing."""
    numbers = [
        number
        for source in SOURCES
        for number in re.findall(r"^\w*LOCK = (\d[\d_]*)$", source.read_text("utf-8"), re.MULTILINE)
    ]

    assert len(numbers) >= 5
    assert len(numbers) == len(set(numbers))
