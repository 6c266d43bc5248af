"""What is against what was typed, as its form says it when it is shown again."""

from collections.abc import Iterable
from typing import Any

from shared.web.client import Refusal
from shared.web.forms import Ask, errors_of
from shared.web.language import gettext
from shared.web.language import later as _
from shared.web.reasons import why_not_done

STALE = (409, 412, 428)


def said_against(refusal: Refusal, asks: Iterable[Ask], existing_at: str) -> dict[str, Any]:
    """What is wrong at its fields, or with `others` than those; or what `changed`, so that it is asked anew.

    `existing` is the page of the thing that there is already, where that is what is against it.
    """
    if refusal.kind == "idempotency-key-reused":
        return {"changed": gettext(_ALREADY_SENT)}
    if refusal.status == 422:
        by_field, others = errors_of(refusal.problem, asks)
        return {"by_field": by_field, "others": others}
    if refusal.status not in STALE:
        return {"others": [gettext(_NOT_NOW)]}
    said = {"changed": why_not_done(refusal)}
    if "existing" in refusal.problem and existing_at:
        said["existing"] = existing_at.format(existing=refusal.problem["existing"])
    return said


_ALREADY_SENT = _("This form was sent already, with something else in it. Look at what came of it first.")
_NOT_NOW = _("Just now it does not answer. Nothing was changed; what you typed is still here. Try again.")
