"""A form as two pages: one asks, the other sends what was typed to the API, once.

Each form that is shown has a key of its own (`Idempotency-Key`), so that pressing twice does a thing once;
and the version of the thing it is about (`If-Match`), so that nobody writes over what he has not seen. A
change that is pressed twice finds that it is so already, and needs no key (`pressed_twice`). The key stands
for the form's address, so that who goes back has the same one again, whether it was done or no answer came.
What was typed is never lost: whatever the API says against it, it is shown again, beside the reason, on the
page that asks (`kept_forms`).
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias
from uuid import uuid4
from zoneinfo import ZoneInfo

from flask import Response, request
from werkzeug.datastructures import MultiDict

from shared.actor import Role
from shared.http.idempotency import KEY
from shared.http.schemas import Input
from shared.web import pressed_twice
from shared.web.addresses import back_page, of_kept, only_shows, with_a_key
from shared.web.against import said_against
from shared.web.client import Refusal, Told
from shared.web.doubts import Doubts, asked_before, to_ask
from shared.web.form_starts import Start
from shared.web.forms import Ask, secrets_of, shown
from shared.web.kept_forms import AT, Keeping
from shared.web.language import gettext
from shared.web.language import later as _
from shared.web.pages import ALWAYS_SECRET, Page, Visit, typed_here
from shared.web.typed import emptied, filled

Values: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class FormPage:
    """A form. `path`, `to` and `after` have the variables of its path in braces; ids are named `..._id`.

    `about` reads the thing that it changes, for its version and for what the page says of it. `asks` may be a
    function of the visit and of that thing, where what is asked depends on them; `starts_with` likewise is
    what is filled in already, and `whom` says whom it is about, under the title. `shows` is what its template
    shows besides the fields; `completes` adds to a body what follows from what was typed. `answers` makes a
    page of what the API told, in place of going on: for what is shown this once. `existing_at` is the page of
    the thing that there is already, where that is what is against it. `in_address` names what of the form
    stands in its address too. `is_over` says that the thing is past this: who goes back to it is led on.
    `doubts` says what of a body that is right is asked about first.
    """

    name: str
    path: str
    to: str
    schema: type[Input]
    title: str
    button: str
    roles: Iterable[Role] | None
    after: str
    asks: Sequence[Ask] | Callable[[Visit, Told | None], Sequence[Ask]] = ()
    about: str | None = None
    lead: str = ""
    warns: bool = False
    method: str = "POST"
    template: str = "form.html"
    starts_with: Start | None = None
    goes_to: Callable[[Visit, Told], str] | None = None
    whom: Callable[[Visit, Told | None], str] | None = None
    shows: Callable[[Visit, Told | None], Mapping[str, Any]] | None = None
    completes: Callable[[dict[str, Any]], None] | None = None
    answers: Callable[[Visit, Told], Response] | None = None
    existing_at: str = ""
    in_address: Sequence[str] = ()
    is_over: Callable[[Told], bool] | None = None
    doubts: Doubts | None = None

    @property
    def pages(self) -> tuple[Page, Page]:
        """The page that asks, and the one that sends."""
        asking, sending = Asking(self), Sending(self)
        rule = re.sub(r"{(\w+_id)}", r"<uuid:\1>", self.path).replace("{", "<").replace("}", ">")
        roles = None if self.roles is None else frozenset(self.roles)
        return Page(rule, asking, roles), Page(rule, sending, roles, "POST", self._secrets)

    @property
    def holds_secrets(self) -> bool:
        """Whether something is typed here that no page gives back."""
        asks = () if callable(self.asks) else self.asks
        return bool(self._secrets) or any(ask.name in ALWAYS_SECRET for ask in asks)

    @property
    def _secrets(self) -> frozenset[str]:
        return secrets_of(self.schema(), () if callable(self.asks) else self.asks)


def pages_of(forms: Iterable[FormPage]) -> list[Page]:
    """The pages of several forms."""
    return [page for form in forms for page in form.pages]


class _View:
    def __init__(self, form: FormPage) -> None:
        self.form = form
        self.__name__ = form.name
        self.schema = form.schema()

    def asks(self, visit: Visit, thing: Told | None) -> Sequence[Ask]:
        return self.form.asks(visit, thing) if callable(self.form.asks) else self.form.asks

    def thing(self, visit: Visit, variables: Values) -> Told | None:
        return visit.ask(self.form.about.format(**variables)) if self.form.about else None

    def keeping(self, visit: Visit, variables: Values, key: str) -> Keeping:
        """Where the form is kept when it is shown again: by its page that asks."""
        path = f"/{visit.service.name}/pages{self.form.path.format(**variables)}"
        return Keeping(visit.service, visit.actor, path, key)

    def show(
        self, visit: Visit, variables: Values, typed: Values, status: int = 200, **said: Any
    ) -> Response:
        """The form; `said` is what is wrong, the key that its address has, and what is shown besides."""
        thing = said.pop("thing", None) or self.thing(visit, variables)
        by_field = said.pop("by_field", {})
        shows = self.form.shows(visit, thing) if self.form.shows and "besides" not in said else {}
        return visit.show(
            self.form.template,
            status,
            form=self.form,
            fields=shown(self.schema, self.asks(visit, thing), typed, by_field),
            thing=thing.document if thing else None,
            whom=self.form.whom(visit, thing) if self.form.whom else "",
            version=said.pop("version", None) or (thing.version if thing else None) or "",
            back=back_page(self.form.after.format(**variables)),
            came_from=back_page(),
            takes_along=not self.form.holds_secrets,
            at=said.pop("at"),
            others=said.pop("others", []),
            changed=said.pop("changed", None),
            existing=said.pop("existing", None),
            asked=said.pop("asked", asked_before(visit)),
            **{**said.pop("besides", shows), **({"here": request.path} if self.form.holds_secrets else {})},
        )


class Asking(_View):
    """The page that asks."""

    def __call__(self, visit: Visit, **variables: Any) -> Response:
        key = request.args.get("key", "")
        if not KEY.match(key):
            return visit.go(with_a_key(str(uuid4())))
        kept = self.keeping(visit, variables, key).find()
        if kept is not None:
            back = replace(visit, kept=kept.typed)
            return self.show(back, variables, kept.typed, kept.status, at=key, **kept.said)
        thing = self.thing(visit, variables)
        if thing is not None and self.form.is_over is not None and self.form.is_over(thing):
            return visit.go(self.form.after.format(**variables))
        start = self.form.starts_with(visit, thing) if self.form.starts_with else {}
        return self.show(visit, variables, start, thing=thing, at=key)

    def is_kept(self, visit: Visit, **variables: Any) -> bool:
        """Whether something was typed into it that was not done."""
        return self.keeping(visit, variables, request.args.get("key", "")).find() is not None


class Sending(_View):
    """The page that sends."""

    def __call__(self, visit: Visit, **variables: Any) -> Response:
        return self.sent(visit, variables, request.form.get("_version", "").strip("*"))

    def sent(self, visit: Visit, variables: Values, version: str) -> Response:
        """What came of what was typed, where the thing is still of this version."""
        form, typed = self.form, request.form
        if only_shows():
            self.thing(visit, variables)  # to whom it may be shown, before anything is kept
            return self.show_again(visit, variables, version, asked="")  # in another language, anew
        # What is asked may depend on the thing; what it has become since must not lose what was typed.
        thing = self.thing(visit, variables) if callable(form.asks) else None
        asks = self.asks(visit, thing)
        values = self.body(asks, typed, visit.service.settings.zone)
        doubt = to_ask(form.doubts, self.schema, visit, values)
        if doubt is not None:
            return self.show_again(visit, variables, version, 422, **doubt.said)
        known = {"Idempotency-Key": typed.get("_key", ""), "If-Match": version}
        try:
            told = visit.send(form.to.format(**variables), values, method=form.method, **known)
        except Refusal as refusal:
            changed = refusal.status == 412 and form.method == "PATCH"
            now = self.thing(visit, variables) if changed else None
            if now is None or not pressed_twice.is_so_already(self.schema, values, now):
                return self._refused(visit, variables, version, refusal, asks)
            told = now
        return self._done(visit, variables, told, version)

    def _done(self, visit: Visit, variables: Values, told: Told, version: str) -> Response:
        """On to what became of it; unless that was done before, and changed since."""
        form = self.form
        if pressed_twice.is_of_before((form.about or "").format(**variables), told, version):
            return self.show_again(visit, variables, None, 409, changed=gettext(_DONE_BEFORE))
        self.forget(visit, variables)
        if form.answers:
            return form.answers(visit, told)
        after = form.goes_to(visit, told) if form.goes_to else form.after.format(**variables)
        return visit.go(after, form.name)

    def show_again(
        self, visit: Visit, variables: Values, version: str | None, status: int = 200, **said: Any
    ) -> Response:
        """The page that asks, with what was typed; `said` is what is said there against it (`show`).

        It goes on at its address with the version that was read; anew at another one, where that is None.
        """
        typed, at = MultiDict(typed_here(visit.forgets)), request.form.get(AT, "")
        if version is None or not KEY.match(at):
            self.forget(visit, variables)
            at = str(uuid4())
        kept = self.keeping(visit, variables, at)
        said |= {"version": version}
        if not kept.keep(typed, status, said):
            return self.show(visit, variables, typed, status, at=at, **said)
        return visit.go(of_kept(kept.path, kept.key, typed, self.form.in_address))

    def forget(self, visit: Visit, variables: Values) -> None:
        """What was kept of this form when it was shown before is kept no longer."""
        self.keeping(visit, variables, request.form.get(AT, "")).forget()

    def body(self, asks: Sequence[Ask], typed: MultiDict[str, str], zone: ZoneInfo) -> dict[str, Any]:
        """What is sent. What was emptied in a change is taken away, where it may be."""
        values = emptied(self.schema, asks) if self.form.method == "PATCH" else {}
        values |= filled(self.schema, asks, typed, zone)
        if self.form.completes:
            self.form.completes(values)
        return values

    def _refused(
        self, visit: Visit, variables: Values, version: str, refusal: Refusal, asks: Sequence[Ask]
    ) -> Response:
        """The form again, with what was typed and what is against it."""
        if refusal.status in (401, 403, 404):
            raise refusal
        said = said_against(refusal, asks, self.form.existing_at)
        read = None if "changed" in said else version
        return self.show_again(visit, variables, read, refusal.status, **said)


_DONE_BEFORE = _("You did this before; then it was changed. To do it again, press the button once more.")
