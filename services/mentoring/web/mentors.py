"""Mentors by pages: one whole, who joins, what is known of him, and who leaves."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Response

from services.mentoring.api.mentors import AddMentor, ChangeMentor
from services.mentoring.web.matching import COORDINATOR, MATCHING, MENTORS
from shared.web.client import Told
from shared.web.form_pages import FormPage, pages_of
from shared.web.form_starts import called, starts_today
from shared.web.forms import Ask
from shared.web.language import later as _
from shared.web.pages import Page, Visit
from shared.web.spoken import countries, languages
from shared.web.words import WORDS, word

MENTOR = "/mentoring/pages/mentors/{mentor_id}"
SECTORS = [name.removeprefix("sector.") for name in WORDS if name.startswith("sector.")]
"""The kinds of work that have a word in each language; any other is kept as it is written."""


def mentor(visit: Visit, mentor_id: UUID) -> Response:
    """One mentor, with what he brings, the room that he has, and what keeps him from a match."""
    return visit.show("mentor.html", mentor=visit.ask(f"{MENTORS}/{mentor_id}").document)


def _of_him(country: str, spoken: Sequence[str] = ()) -> tuple[Ask, ...]:
    """What can be said of a mentor, and changed later."""
    return (
        Ask("phone", _("Telephone"), country=country, autocomplete="off"),
        Ask("capacity", _("How many men does he guide at most?"), needed=True),
        Ask("languages", _("Languages that he speaks"), choices=languages(spoken)),
        Ask(
            "sectors", _("Which kinds of work does he know?"),
            _("Such as care, retail, construction. With a comma between them."),
        ),
        Ask("applied_on", _("When did he apply?")),
        Ask("interviewed_on", _("When was he interviewed?")),
        Ask("trained_on", _("When was he trained?")),
        Ask("training_course", _("In which course?")),
        Ask("vog_on", _("Of which day is his certificate of conduct?")),
    )  # fmt: skip


_NAME = Ask("name", _("What is he called?"), needed=True, autocomplete="off")
_WHERE = Ask("municipality", _("In which municipality?"), needed=True)


def _of_new(visit: Visit, _thing: Told | None) -> Sequence[Ask]:
    country = visit.typed.get("country", "")
    return (_NAME, Ask("country", _("In which country?"), choices=countries()), _WHERE, *_of_him(country))


def _of_known(_visit: Visit, thing: Told | None) -> Sequence[Ask]:
    assert thing is not None
    return (_NAME, _WHERE, *_of_him(thing.document["country"], thing.document["languages"]))


def _in_words(_visit: Visit, thing: Told | None) -> Mapping[str, Any]:
    """A mentor as he is known, the kinds of work that have a word by that."""
    assert thing is not None
    sectors = [word(code, "sector") if code in SECTORS else code for code in thing.document["sectors"]]
    return {**thing.document, "sectors": sectors}


def _as_codes(values: dict[str, Any]) -> None:
    """The kinds of work that have a code by that, whatever language they were written in."""
    codes = {word(code, "sector").casefold(): code for code in SECTORS}
    written = values.get("sectors", [])
    values["sectors"] = list(dict.fromkeys(codes.get(one.casefold(), one) for one in written))


def _left(visit: Visit, thing: Told | None) -> Mapping[str, Any]:
    """The day on which he left, when it is known; else today."""
    assert thing is not None
    known = thing.document["left_on"]
    return {"left_on": known} if known else starts_today("left_on")(visit, thing)


def _to_him(_visit: Visit, told: Told) -> str:
    return MENTOR.format(mentor_id=told.document["id"])


_ONE = f"{MENTORS}/{{mentor_id}}"
FORMS = [
    FormPage(
        "add_mentor", "/mentors/add", MENTORS, AddMentor, _("Add a mentor"), _("Add him"),
        COORDINATOR, MATCHING, asks=_of_new, goes_to=_to_him, completes=_as_codes,
        lead=_("He can be matched when he is trained and has a certificate of conduct."),
    ),
    FormPage(
        "change_mentor", "/mentors/{mentor_id}/change", _ONE, ChangeMentor, _("Change what is known of him"),
        _("Keep it so"), COORDINATOR, MENTOR, about=_ONE, method="PATCH", asks=_of_known,
        starts_with=_in_words, completes=_as_codes,
    ),
    FormPage(
        "mentor_leaves", "/mentors/{mentor_id}/leave", _ONE, ChangeMentor, _("He leaves the programme"),
        _("Keep it so"), COORDINATOR, MENTOR, about=_ONE, method="PATCH", whom=called, starts_with=_left,
        asks=(Ask("left_on", _("On which day?"), _("Empty it when he has not left.")),), warns=True,
        lead=_("The men whom he guides wait for another mentor then."),
    ),
]  # fmt: skip

PAGES = [Page("/mentors/<uuid:mentor_id>", mentor, COORDINATOR), *pages_of(FORMS)]
