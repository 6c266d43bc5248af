"""Every page that somebody comes to from where he begins, by links alone: added ones are walked as they come."""

import re
from collections import Counter, defaultdict
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Error

from shared.actor import PEOPLE, Role
from shared.web.navigation import ACCOUNT, is_a_page_of_ours, places

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LANGUAGES = ("nl", "fr", "en")
OF_ONE_KIND = 2
"""So many pages of one kind are looked at: the same page of two things shows two states."""
MOST = 180
"""More pages that a role comes to would be a sign of something wrong."""


def kind_of(link):
    """What a page has in common with those of its kind: its path without ids; and what is chosen on it."""
    parts = urlsplit(link)
    chosen = [name if UUID.search(value) or name == "cursor" else f"{name}={value}" for name, value in parse_qsl(parts.query)]  # fmt: skip
    return UUID.sub("{}", parts.path), sorted(chosen)


class Seen:
    """What was looked at: some pages of each kind, and each choice on them once; not all choices together."""

    def __init__(self):
        self.links, self.paths, self.choices = set(), Counter(), defaultdict(set)

    def is_new(self, link):
        path, chosen = kind_of(link)
        if link in self.links:
            return False
        if chosen:
            return not self.choices[path].issuperset(chosen)
        return self.paths[path] < (OF_ONE_KIND if UUID.search(link) else 1)

    def add(self, link):
        """Remember it; gives a name for its picture."""
        path, chosen = kind_of(link)
        self.links.add(link)
        self.paths[path] += not chosen
        self.choices[path].update(chosen)
        words = re.sub("[^a-z]+", "-", " ".join([path, *chosen])).strip("-")
        return f"{words[:80]}-{self.paths[path]}"


def links_of(somebody):
    """Where the page leads on to, within our pages."""
    found = somebody.find("a[href^='/']").evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )
    return [link for link in found if is_a_page_of_ours(urlsplit(link).path)]


def comes_to_a_page(somebody, link):
    """Go where a link leads: to a page, or else to a file that there is."""
    try:
        somebody.go(link)
    except Error as error:
        if "Download is starting" not in error.message:
            raise
        assert somebody.context.request.get(link).status == 200, f"{somebody.path} leads to {link}"
        return False
    return True


@pytest.mark.parametrize("role", sorted(PEOPLE, key=str))
def test_every_page_that_he_comes_to(demonstration, person, role):
    if role is Role.CARE_WORKER:
        demonstration.a_referral()
    language = LANGUAGES[sorted(PEOPLE, key=str).index(role) % len(LANGUAGES)]
    somebody = person(role, 390, language)
    ahead, seen = [*(path for _text, path in places(role)), ACCOUNT], Seen()
    while ahead:
        link = ahead.pop(0)
        if seen.is_new(link):
            name = seen.add(link)
            if comes_to_a_page(somebody, link):
                somebody.check(f"{role.value}-{name}")
                somebody.check_at(320)
                ahead += links_of(somebody)
        assert len(seen.links) <= MOST
    assert {path for _text, path in places(role)} <= seen.paths.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_of_somebody_who_has_not_signed_in(look, language):
    somebody = look(320, language)
    somebody.go("/registry/pages/sign-in")
    somebody.check("sign-in")
    somebody.fill({"email": "nobody@example.org", "password": "wrong"})
    somebody.press("main form:has(#email)", 401)
    somebody.check("sign-in-refused")
    somebody.go("/registry/pages/nowhere", 404)
    somebody.check("nowhere")


def test_the_language_is_chosen_with_a_press_and_stays(person):
    somebody = person(Role.CARE_WORKER, 390, "en", javascript=False)
    somebody.press('footer form:has(input[value="fr"])')
    somebody.language = "fr"
    somebody.check("in-french")
    somebody.go("/registry/pages/me")
    somebody.check("account-in-french")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read_by_day_and_by_night(person, scheme):
    somebody = person(Role.CARE_WORKER, 390, "en")
    somebody.page.emulate_media(color_scheme=scheme)
    for path in ("/referrals/pages/inbox", "/registry/pages/me", "/registry/pages/me/password"):
        somebody.go(path)
        somebody.check(f"{path.rpartition('/')[2]}-{scheme}")
