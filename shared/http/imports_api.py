"""Importing a CSV file by upload: `POST /<service>/imports`, the same checks as the command's."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from flask import request
from marshmallow import fields
from werkzeug.exceptions import UnsupportedMediaType

from shared.actor import Actor
from shared.audit.deed import Action
from shared.errors import FieldError, FileRefused, Forbidden, InvalidInput, Unavailable
from shared.http import recording
from shared.http.body import LONGEST_UPLOAD
from shared.http.routes import Route
from shared.http.schemas import Answer
from shared.imported_rows import References, Report
from shared.importing import Importer, run_import
from shared.permissions import Policy
from shared.references import KIND_OWNERS, ByOwner, HttpReferences, Kinds, Lookup
from shared.unit_of_work import Service

MOST_TOLD = 1000
_AT_ONCE = threading.BoundedSemaphore(2)


class BadCellShown(Answer):
    line = fields.Integer(required=True)
    column = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True)


class ReportShown(Answer):
    file = fields.String(required=True)
    rows = fields.Integer(required=True)
    new = fields.Integer(required=True)
    already_there = fields.Integer(required=True)
    refused = fields.Boolean(required=True, metadata={"description": "Nothing of the file was taken."})
    bad = fields.List(fields.Nested(BadCellShown), required=True)
    warnings = fields.List(fields.Nested(BadCellShown), required=True)
    bad_rows = fields.String(required=True, metadata={"description": "The rows left out, as CSV, to mend."})
    dry_run = fields.Boolean(required=True)


def imports_route(importers: Sequence[Importer], kinds: Kinds, policy: Policy) -> Route:
    """The upload route of a service that imports these files and owns these kinds of thing."""
    by_file = {importer.file: importer for importer in importers}

    def import_records(service: Service[Any], actor: Actor) -> dict[str, Any]:
        """Import a CSV file; its name says what it holds."""
        if actor.partner_id is None:
            raise Forbidden("Records are imported for a partner, and this client speaks for none.")
        importer, content = _uploaded(by_file)
        dry_run, skip_bad = _flag("dry_run"), _flag("skip_bad")
        with _one_of_few():
            report = run_import(
                service,
                actor,
                importer,
                content,
                Lookup(kinds, _elsewhere(service)),
                deed=recording.current(dry_run=dry_run),
                skip_bad=skip_bad,
                dry_run=dry_run,
            )
        if report.refused and not dry_run:
            raise _refusal(report)
        return shown(report, dry_run=dry_run)

    return Route(
        "POST",
        "/imports",
        import_records,
        policy,
        ReportShown,
        upload=True,
        own_transactions=True,
        does=Action.CREATE,
    )


def _refusal(report: Report) -> FileRefused:
    faults = [
        {"line": cell.line, "column": cell.column, "detail": cell.reason} for cell in report.bad[:MOST_TOLD]
    ]
    said = f"{report.bad_lines} of {report.rows} rows are not right."
    return FileRefused(said, file=report.file, errors=faults)


def shown(report: Report, *, dry_run: bool) -> dict[str, Any]:
    """The report as it is answered."""
    return {
        "file": report.file,
        "rows": report.rows,
        "new": report.new,
        "already_there": report.already_there,
        "refused": report.refused,
        "bad": report.bad,
        "warnings": report.warnings,
        "bad_rows": report.bad_rows,
        "dry_run": dry_run,
    }


def _uploaded(by_file: Mapping[str, Importer]) -> tuple[Importer, bytes]:
    request.max_content_length = LONGEST_UPLOAD
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType("Send the file as multipart/form-data.")
    known = ", ".join(by_file)
    unknown = [name for name in request.form if name not in ("dry_run", "skip_bad")]
    if unknown:
        raise InvalidInput([FieldError((name,), "Unknown field.") for name in unknown])
    file = request.files.get("file")
    if file is None or len(request.files) > 1:
        raise InvalidInput.on("file", f"Send one file, called as one of: {known}.")
    importer = by_file.get(file.filename or "")
    if importer is None:
        raise InvalidInput.on("file", f"The file's name must be one of: {known}.")
    return importer, file.read()


def _flag(name: str) -> bool:
    value = request.form.get(name, "false")
    if value not in ("true", "false"):
        raise InvalidInput.on(name, "Write true or false.")
    return value == "true"


def _elsewhere(service: Service[Any]) -> References:
    """The other services' references, asked for with the caller's own token."""
    authorization = request.headers["Authorization"]
    return ByOwner(
        {
            kind: HttpReferences(f"{service.settings.origin}/{owner}/references", authorization)
            for kind, owner in KIND_OWNERS.items()
        }
    )


@contextmanager
def _one_of_few() -> Iterator[None]:
    """An import holds threads and the database for long: some at a time. Raises `Unavailable`."""
    if not _AT_ONCE.acquire(blocking=False):
        raise Unavailable("Other files are being imported just now. Try again in a moment.")
    try:
        yield
    finally:
        _AT_ONCE.release()
