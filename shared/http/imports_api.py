"""Importing a CSV file by upload: `POST /<service>/imports`, the same checks as the command's."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from marshmallow import fields
from werkzeug.exceptions import UnsupportedMediaType

from shared.actor import Actor
from shared.errors import FieldError, InvalidInput
from shared.http.body import LONGEST_UPLOAD
from shared.http.routes import Route
from shared.http.schemas import Answer
from shared.importing import Importer, References, Report, run_import
from shared.permissions import Policy
from shared.references import KIND_OWNERS, ByOwner, HttpReferences, Kinds, OwnReferences
from shared.unit_of_work import Service, UnitOfWork


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
        request.max_content_length = LONGEST_UPLOAD
        if request.mimetype != "multipart/form-data":
            raise UnsupportedMediaType("Send the file as multipart/form-data.")
        importer, content = _uploaded(by_file)
        dry_run, skip_bad = _flag("dry_run"), _flag("skip_bad")
        report = run_import(
            service,
            actor,
            importer,
            content,
            lambda work: _references(work, service, kinds),
            skip_bad=skip_bad,
            dry_run=dry_run,
        )
        return shown(report, dry_run=dry_run)

    return Route("POST", "/imports", import_records, policy, ReportShown, upload=True, own_transactions=True)


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


def _references(work: UnitOfWork[Any], service: Service[Any], kinds: Kinds) -> References:
    own = OwnReferences(work, kinds)
    authorization = request.headers["Authorization"]
    return ByOwner(
        {
            kind: own
            if owner == service.name
            else HttpReferences(f"{service.settings.origin}/{owner}/references", authorization)
            for kind, owner in KIND_OWNERS.items()
        }
    )
