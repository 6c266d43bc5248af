"""The men of one's sheds: a search first, then registering who is not there yet."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote

from flask import Response, request

from services.registry.api.shedders import RegisterShedder, SearchShedders
from shared.actor import Role
from shared.http.sign_in_cookie import attributes, name_of
from shared.web.addresses import only_shows
from shared.web.client import Refusal, Told
from shared.web.form_pages import Asking, FormPage, Sending
from shared.web.forms import Ask, errors_of, shown
from shared.web.language import later as _
from shared.web.lists import whole_list
from shared.web.pages import Page, Visit
from shared.web.spoken import languages
from shared.web.typed import international

SENDERS = frozenset({Role.AMBASSADOR, Role.COORDINATOR})
MEN = "/registry/pages/men"
MAN = "/registry/pages/men/{shedder_id}"
A_SCREEN = 25
SEARCHED, KEPT_SECONDS, MOST_KEPT = "-searched", 600, 250
"""The cookie with the name that was searched for, how long a browser keeps it, and how much of it."""
SEARCH = (Ask("name", _("His name, or part of it"), needed=True, autocomplete="off"),)
NAME = Ask("known_as", _("The name he goes by"), needed=True, autocomplete="off")


def of_himself(country: str, spoken: Sequence[str] = ()) -> tuple[Ask, ...]:
    """What a man may tell of himself, all of it optional. `country` is where his shed is."""
    return (
        Ask("phone", _("Telephone"), country=country, autocomplete="off"),
        Ask("birth_year", _("Year of birth")),
        Ask("neighbourhood", _("Neighbourhood"), autocomplete="off"),
        Ask("address", _("Address"), autocomplete="off"),
        Ask("email", _("E-mail address"), autocomplete="off"),
        Ask("languages", _("Languages that he speaks"), choices=languages(spoken)),
        Ask("interests", _("What he likes to do"), rows=2),
    )


def sheds_of(visit: Visit, **query: str) -> dict[str, str]:
    """The names of the visitor's sheds by their ids, in the order of the names."""
    return {one["id"]: one["name"] for one in whole_list(visit, "/registry/sheds", **query)}


def men(visit: Visit) -> Response:
    """The men of one's sheds, and the question whom one looks for; or who is called as one searched for."""
    name = _searched_for(visit)
    if name is not None:
        return _found(visit, name)
    told = visit.ask("/registry/shedders", limit=A_SCREEN, cursor=request.args.get("cursor"))
    return _show(visit, found=told.document["items"], more=told.cursor)


def send_search(visit: Visit) -> Response:
    """On to who is called like this. The name stands in no address: the browser keeps it for some minutes."""
    origin, name = visit.service.settings.origin, request.form.get("name", "").strip()
    answer = visit.go(f"{MEN}?searched=true")
    kept = quote(name[:MOST_KEPT])
    answer.set_cookie(name_of(origin) + SEARCHED, kept, max_age=KEPT_SECONDS, **attributes(origin))
    return answer


def forget_search(answer: Response, origin: str) -> None:
    """Whoever uses the browser next need not read whom somebody looked for."""
    answer.delete_cookie(name_of(origin) + SEARCHED, **attributes(origin))


def _searched_for(visit: Visit) -> str | None:
    kept = request.cookies.get(name_of(visit.service.settings.origin) + SEARCHED)
    return unquote(kept) if kept is not None and request.args.get("searched") else None


def _found(visit: Visit, name: str) -> Response:
    """Who is called like this; and the form to register him by, with the name that was searched for."""
    try:
        found = _search(visit, name=name)
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        by_field, others = errors_of(refusal.problem, SEARCH)
        return _show(visit, name, status=422, by_field=by_field, others=others)
    alike = [] if found else look_alikes(visit, name)
    asks = _asks(visit, None)
    fields = shown(RegisterShedder(), asks, {**_start(visit, None), "known_as": name}, {})
    return _show(visit, name, found=found, alike=alike, searched=name, register=fields)


def look_alikes(visit: Visit, name: str, phone: str = "") -> list[dict[str, Any]]:
    """Men who may be the same one: by his name, written otherwise perhaps, or by his telephone."""
    terms = {"name_like": name, "phone": phone}
    try:
        return _search(visit, **{term: value for term, value in terms.items() if value})
    except Refusal as refusal:
        if refusal.status == 422:
            return []  # What is wrong with it is said when he is registered.
        raise


def _search(visit: Visit, **terms: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = visit.send("/registry/shedders/search", terms).document["items"]
    return found


def _show(
    visit: Visit,
    name: str = "",
    status: int = 200,
    by_field: Mapping[str, str] | None = None,
    others: Sequence[str] = (),
    **besides: Any,
) -> Response:
    """The page as it is before anybody was searched for, but for what is said otherwise."""
    nothing: dict[str, Any] = {"found": [], "alike": [], "more": None, "searched": None, "register": []}
    return visit.show(
        "men.html",
        status,
        fields=shown(SearchShedders(), SEARCH, {"name": name}, by_field or {}),
        others=others,
        errors=by_field or others,
        form=REGISTER,
        sheds=sheds_of(visit),
        **(nothing | besides),
    )


def _open_sheds(visit: Visit) -> list[dict[str, Any]]:
    return whole_list(visit, "/registry/sheds", state="open")


def _country_chosen(visit: Visit, sheds: Sequence[Mapping[str, Any]]) -> str:
    """In which country the shed is that was chosen for him; nothing while none is."""
    chosen = visit.typed.get("shed_id")
    return next((str(one["country"]) for one in sheds if one["id"] == chosen), "")


def _asks(visit: Visit, _thing: Told | None) -> Sequence[Ask]:
    sheds = _open_sheds(visit)
    choices = [(one["id"], one["name"]) for one in sheds]
    shed = Ask("shed_id", _("His shed"), choices=choices, hidden=len(sheds) == 1)
    return (
        NAME,
        shed,
        *of_himself(_country_chosen(visit, sheds)),
        Ask("joined_on", _("Came here for the first time on")),
    )


def _start(visit: Visit, _thing: Told | None) -> dict[str, Any]:
    sheds = _open_sheds(visit)
    return {"shed_id": sheds[0]["id"]} if len(sheds) == 1 else {}


def _no_look_alikes(visit: Visit, _thing: Told | None) -> dict[str, Any]:
    return {"alike": [], "seen": visit.typed.get("_seen", ""), "sheds": {}}


def _to_man(_visit: Visit, told: Told) -> str:
    return MAN.format(shedder_id=told.document["id"])


REGISTER = FormPage(
    "register", "/men/register", "/registry/shedders", RegisterShedder,
    _("Register a man"), _("Register him"), SENDERS, MEN,
    asks=_asks, starts_with=_start, shows=_no_look_alikes, goes_to=_to_man, template="register.html",
    lead=_("A name to call him by is enough. He may tell the rest later, or never."),
)  # fmt: skip


class _Asking(Asking):
    """Asks, and shows who may be the same man, as he is now: of him nothing is kept with what was typed."""

    def show(self, visit: Visit, *given: Any, **said: Any) -> Response:
        return super().show(visit, *given, **_with_look_alikes(visit, said))


class _Sending(Sending):
    """Registers him; but whoever may be the same man is shown first, once for each name."""

    def show(self, visit: Visit, *given: Any, **said: Any) -> Response:
        return super().show(visit, *given, **_with_look_alikes(visit, said))

    def sent(self, visit: Visit, variables: Mapping[str, Any], version: str) -> Response:
        name = _name(visit)
        if not name or only_shows() or visit.typed.get("_seen") == name or not _look_alikes(visit):
            return super().sent(visit, variables, version)
        return self.show_again(visit, variables, version, shows_alike=True)


def _with_look_alikes(visit: Visit, said: Mapping[str, Any]) -> dict[str, Any]:
    """What the page says, with those who may be the same man where it is to show them."""
    if not said.get("shows_alike"):
        return dict(said)
    besides = {"alike": _look_alikes(visit), "seen": _name(visit), "sheds": sheds_of(visit)}
    return {name: value for name, value in said.items() if name != "shows_alike"} | {"besides": besides}


def _look_alikes(visit: Visit) -> list[dict[str, Any]]:
    """Who may be the man that was typed."""
    phone = international(visit.typed.get("phone", "").strip(), _country_chosen(visit, _open_sheds(visit)))
    return look_alikes(visit, _name(visit), phone)


def _name(visit: Visit) -> str:
    return visit.typed.get("known_as", "").strip()


PAGES = [
    Page("/men", men, SENDERS),
    Page("/men", send_search, SENDERS, "POST"),
    Page("/men/register", _Asking(REGISTER), SENDERS),
    Page("/men/register", _Sending(REGISTER), SENDERS, "POST"),
]
