"""Everything in the repository that is made from the code: OpenAPI documents, event schemas, service pages.

`make docs` writes them; a test compares, so that what is committed is what the code says.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from deploy.erasures import HELD
from deploy.retention import KINDS
from services.mentoring import worker as mentoring_worker
from services.mentoring.domain.lifecycles import JOB, MENTORSHIP, PATHWAY, STEP
from services.mentoring.messaging.events import CATALOGUE as MENTORING
from services.referrals import worker as referrals_worker
from services.referrals.domain.lifecycles import APPOINTMENT, REFERRAL
from services.referrals.messaging.events import CATALOGUE as REFERRALS
from services.registry import worker as registry_worker
from services.registry.domain.access import COVER, EMERGENCY_ACCESS
from services.registry.domain.clients import CLIENT
from services.registry.domain.lifecycles import (
    ACCOUNT,
    AMBASSADOR,
    CONSENT,
    ERASURE,
    HOLD,
    SHED,
)
from services.registry.messaging.events import CATALOGUE as REGISTRY
from shared.http import audit_api, events_api, parked_api
from shared.http.application import VERSION
from shared.http.openapi import describe
from shared.lifecycle import Lifecycle
from shared.messaging.event_schemas import json_schemas
from shared.messaging.handlers import Handler
from tests.contracts.every_route import BY_SERVICE

ROOT = Path(__file__).parents[2]
CONTRACTS = Path(__file__).parent
CATALOGUES = {"registry": REGISTRY, "referrals": REFERRALS, "mentoring": MENTORING}
HANDLERS = {
    "registry": registry_worker.HANDLERS,
    "referrals": referrals_worker.HANDLERS,
    "mentoring": mentoring_worker.HANDLERS,
}
LIFECYCLES: dict[str, Sequence[Lifecycle]] = {
    "registry": (CONSENT, SHED, AMBASSADOR, ERASURE, HOLD, ACCOUNT, COVER, EMERGENCY_ACCESS, CLIENT),
    "referrals": (REFERRAL, APPOINTMENT),
    "mentoring": (MENTORSHIP, PATHWAY, STEP, JOB),
}


def openapi(service: str) -> dict[str, Any]:
    """The description that the service itself serves."""
    routes = [*BY_SERVICE[service], *events_api.ROUTES, *audit_api.ROUTES, *parked_api.ROUTES]
    return describe(service, f"SBS {service}", VERSION, routes)


def files() -> Iterator[tuple[Path, str]]:
    """Each file with what it should hold."""
    for service in BY_SERVICE:
        yield CONTRACTS / "openapi" / f"{service}.json", _json(openapi(service))
        for kind, schema in json_schemas(CATALOGUES[service]).items():
            yield CONTRACTS / "events" / service / f"{kind}.json", _json(schema)
        page = ROOT / "services" / service / "README.md"
        text = page.read_text(encoding="utf-8")
        for name, make in SECTIONS.items():
            text = filled(text, name, make(service))
        yield page, text
    page = ROOT / "docs" / "personal-data.md"
    text = page.read_text(encoding="utf-8")
    for name, made in (("what is held", _held()), ("kinds", _kinds())):
        text = filled(text, name, made)
    yield page, text


def filled(text: str, name: str, made: str) -> str:
    """The text with what stands between the marks of a section made anew. Raises when a mark is missing."""
    begin, end = f"<!-- {name}: made by `make docs` -->\n", f"<!-- end of {name} -->"
    before, found_begin, rest = text.partition(begin)
    _, found_end, after = rest.partition(end)
    if not found_begin or not found_end:
        raise ValueError(f"There is no section {name} to fill.")
    return f"{before}{begin}{made}\n{end}{after}"


def _lifecycles(service: str) -> str:
    return "\n\n".join(
        f"### {lifecycle.name.capitalize()}\n\n```mermaid\n{lifecycle.as_mermaid()}\n```"
        for lifecycle in LIFECYCLES[service]
    )


def _published(service: str) -> str:
    """A row per set of fields: most events of a thing tell the same."""
    names: dict[str, list[str]] = {}
    for kind in CATALOGUES[service].types:
        told = ", ".join(f"`{name}`" for name in kind.schema().fields)
        names.setdefault(told, []).append(
            f"`{kind.name}`" + (f" v{kind.version}" if kind.version > 1 else "")
        )
    rows = [f"| {'<br>'.join(kinds)} | {told} |" for told, kinds in names.items()]
    return "\n".join(["| event | data |", "|---|---|", *rows])


def _consumed(service: str) -> str:
    rows = ["| from | event | what it then does |", "|---|---|---|"]
    rows += [
        f"| {producer} | `{handler.name}` | {_deed(handler)} |"
        for producer, handlers in HANDLERS[service].items()
        for handler in handlers
    ]
    return "\n".join(rows)


def _deed(handler: Handler) -> str:
    assert handler.handle.__doc__, f"The handler of {handler.name} does not say what it does."
    return handler.handle.__doc__.strip().partition("\n")[0]


def _held() -> str:
    rows = ["| table | what it holds on him | when he is erased |", "|---|---|---|"]
    for service, held in HELD.items():
        for holding in held.data.holdings:
            blanked = ", ".join(f"`{name}`" for name in holding.blanked)
            fate = (
                "deleted" if holding.deleted else f"blanked: {blanked}" if blanked else "kept: ids and codes"
            )
            rows.append(f"| {service} `{holding.table}` | {holding.title} | {fate} |")
    return "\n".join(rows)


def _kinds() -> str:
    rows = ["| kind | what goes | days |", "|---|---|---|"]
    return "\n".join([*rows, *(f"| `{kind.name}` | {kind.says} | {kind.days} |" for kind in KINDS)])


SECTIONS: dict[str, Callable[[str], str]] = {
    "lifecycles": _lifecycles,
    "published events": _published,
    "consumed events": _consumed,
}


def _json(document: Any) -> str:
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def main() -> None:
    """Write every file anew, and delete the schemas of events that are no more."""
    wanted = dict(files())
    for stale in set(CONTRACTS.glob("events/*/*.json")) - wanted.keys():
        stale.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
