"""Matching: the men who wait for a mentor, the mentors who have room, and proposing that two meet."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Response, request

from services.mentoring.api.mentorships import ProposeMentorship
from services.mentoring.domain.lifecycles import TAKES_ROOM, MentorshipState
from shared.actor import Role
from shared.web.client import Told
from shared.web.doubts import Doubt
from shared.web.form_pages import FormPage, pages_of
from shared.web.forms import Ask
from shared.web.language import gettext, language_name
from shared.web.language import later as _
from shared.web.lists import men_called, whole_list
from shared.web.pages import Page, Visit
from shared.web.words import word

MATCHING = "/mentoring/pages/matching"
MENTORS = "/mentoring/mentors"
A_SCREEN = 25
COORDINATOR = frozenset({Role.COORDINATOR})


def matching(visit: Visit) -> Response:
    """Who waits and which matches have not begun, the longest first; the mentors by language and sector."""
    told = visit.ask("/mentoring/mentorships/waiting", limit=A_SCREEN, cursor=request.args.get("cursor"))
    every = whole_list(visit, MENTORS)
    asked = {name: request.args[name] for name in ("language", "sector") if request.args.get(name)}
    mentors = whole_list(visit, MENTORS, **asked) if asked else every
    proposed = whole_list(visit, "/mentoring/mentorships", state=MentorshipState.PROPOSED.value)
    # The API tells the newest first; those who wait longest are asked about.
    proposed.sort(key=lambda one: (one["proposed_on"], one["id"]))
    longest = proposed[:A_SCREEN]
    men = [one["shedder_id"] for one in [*told.document["items"], *longest]]
    return visit.show(
        "matching.html",
        waiting=told.document["items"],
        more=told.cursor,
        proposed=longest,
        more_proposed=len(proposed) > len(longest),
        names=men_called(visit, men),
        mentors={one["id"]: one["name"] for one in every},
        free=[one for one in mentors if not one["not_matchable"]],
        others=[one for one in mentors if one["not_matchable"] and one["left_on"] is None],
        gone=[one for one in mentors if one["left_on"] is not None],
        asked=asked,
        languages_spoken=_choices(every, "languages", language_name),
        sectors=_choices(every, "sectors", lambda sector: word(sector, "sector")),
    )


def _choices(
    mentors: Sequence[Mapping[str, Any]], field: str, called: Callable[[str], str]
) -> list[tuple[str, str]]:
    """What some mentor speaks or knows, each once, by what it is called."""
    found = {value for mentor in mentors for value in mentor[field]}
    return sorted(((value, called(value)) for value in found), key=lambda choice: choice[1])


def _asks(visit: Visit, thing: Told | None) -> Sequence[Ask]:
    """The man, who is chosen already, and the mentors with room: who speaks his language stands first."""
    assert thing is not None
    man = thing.document
    free = [one for one in whole_list(visit, MENTORS) if not one["not_matchable"]]
    free.sort(key=lambda one: (not set(one["languages"]) & set(man["languages"]), one["name"], one["id"]))
    return (
        Ask("shedder_id", "", hidden=True),
        Ask(
            "mentor_id", _("Which mentor?"), choices=[(one["id"], _described(one)) for one in free] or _NOBODY
        ),
    )


def _described(mentor: Mapping[str, Any]) -> str:
    """A mentor in a list to choose from: where he is, what he speaks, knows and has room for."""
    parts = [
        f"{mentor['name']} ({mentor['municipality']})",
        ", ".join(language_name(code) for code in mentor["languages"]),
        ", ".join(word(sector, "sector") for sector in mentor["sectors"]),
        gettext(_("room for %(count)s"), count=mentor["capacity"] - mentor["mentees"]),
    ]
    return " – ".join(part for part in parts if part)


def _has_another(visit: Visit, values: Mapping[str, Any]) -> Doubt | None:
    """That somebody is proposed to him or guides him already, perhaps since the page was opened."""
    his = whole_list(visit, "/mentoring/mentorships", shedder_id=values["shedder_id"])
    others = {
        one["mentor_id"]
        for one in his
        if one["state"] in TAKES_ROOM and one["mentor_id"] != values["mentor_id"]
    }
    if not others:
        return None
    names = sorted(one["name"] for one in whole_list(visit, MENTORS) if one["id"] in others)
    words = gettext(_HAS_ANOTHER, mentors=", ".join(names).rstrip("."))
    return Doubt("mentor_id", ",".join(sorted(others)), words)


_HAS_ANOTHER = _(
    "He has somebody already: %(mentors)s. To propose this mentor beside, press the button once more."
)


def _whom(_visit: Visit, thing: Told | None) -> str:
    assert thing is not None
    return str(thing.document["known_as"])


def _chosen(_visit: Visit, thing: Told | None) -> Mapping[str, Any]:
    assert thing is not None
    return {"shedder_id": thing.document["id"]}


_NOBODY = (("", "–"),)

FORMS = [
    FormPage(
        "match", "/matching/{shedder_id}", "/mentoring/mentorships", ProposeMentorship,
        _("Propose a mentor"), _("Propose this mentor"), COORDINATOR, MATCHING,
        asks=_asks, about="/registry/shedders/{shedder_id}", starts_with=_chosen, template="match.html",
        whom=_whom, doubts=_has_another,
        lead=_("The two then meet. It becomes a match when both say yes."),
    ),
]  # fmt: skip

PAGES = [Page("/matching", matching, COORDINATOR), *pages_of(FORMS)]
