"""The texts of the pages and the e-mails: what there is to translate, and the PO files brought up to it.

`make texts` (this module) adds what is new, empty, and takes out what nobody says any more; a test fails until
every text of every language is filled in.
"""

import ast
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from shared.languages import LANGUAGES, SOURCE, TRANSLATIONS

ROOT = Path(__file__).parents[2]
SAID_BY = {"_": None, "gettext": None, "ngettext": (1, 2), "later": None}
TRANSLATED = [language for language in LANGUAGES if language != SOURCE]
REASONS = {
    "ValidationError": 0,
    "on": 1,
    "FieldError": 1,
    "Conflict": 0,
    "TransitionNotAllowed": 0,
    "Duplicate": 0,
    "refuse_second": 2,
    "ConsentMissing": 0,
    "Forbidden": 0,
}
"""What refuses a value or an action, and which of its arguments is the sentence that says why."""
NAMED = ("reason", "title")
"""What such a sentence is called where it is kept first."""


def said() -> dict[str, str]:
    """Every text that people may read, and the file in which it is said."""
    found: dict[str, str] = {}
    for path in sorted([*(ROOT / "shared").rglob("*"), *(ROOT / "services").rglob("*")]):
        if path.suffix in (".py", ".html") and "migrations" not in path.parts:
            for text in [*_texts(path), *_reasons(path)]:
                found.setdefault(text, str(path.relative_to(ROOT)))
    return found


def _reasons(path: Path) -> Iterator[str]:
    """The sentences with which the API refuses something: a page says them in its visitor's language."""
    if path.suffix != ".py" or "imports" in path.name:
        return
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            at = REASONS.get(name, len(node.args))
            yield from _sentence(node.args[at] if at < len(node.args) else None)
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in NAMED:
            yield from _sentence(node.value)


def _sentence(node: ast.AST | None) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith((".", "?")):
        yield node.value


def _texts(path: Path) -> Iterator[str]:
    method = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
    options = {"trimmed": "false", "silent": "false"}
    for _, message, _, _ in extract(method, BytesIO(path.read_bytes()), keywords=SAID_BY, options=options):
        yield from message if isinstance(message, tuple) else [message]


def catalogue(language: str) -> Catalog:
    """What is translated into a language."""
    with (TRANSLATIONS / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def placeholders(text: str) -> set[str]:
    """What is filled into a text."""
    return set(re.findall(r"%\((\w+)\)s", text))


def bring_up_to_date(language: str) -> None:
    """Let the PO file of a language have exactly the texts that are said."""
    path = TRANSLATIONS / f"{language}.po"
    kept = {}
    if path.exists() and path.stat().st_size:
        kept = {message.id: message.string for message in catalogue(language) if message.id}
    new = Catalog(locale=language, project="Step by Step", charset="utf-8")
    for text, place in sorted(said().items(), key=lambda one: (one[1], one[0])):
        new.add(text, kept.get(text, ""), locations=[(place, None)])
    with path.open("wb") as file:
        write_po(file, new, width=110, omit_header=True, include_lineno=False)


if __name__ == "__main__":
    for one in TRANSLATED:
        bring_up_to_date(one)
