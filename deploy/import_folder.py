"""Importing a folder of CSV files into the three services, in the order in which they name each other."""

import sys
import time
from pathlib import Path
from typing import Any

from deploy.deliver import deliver_all
from deploy.programme import Programme
from services.mentoring.api import imports as mentoring
from services.referrals.api import imports as referrals
from services.registry.api import imports as registry
from shared.actor import system_actor
from shared.importing import Importer, References, Report, run_import
from shared.references import KIND_OWNERS, ByOwner, LocalReferences, OwnReferences
from shared.unit_of_work import Service, UnitOfWork

MODULES: dict[str, Any] = {"registry": registry, "referrals": referrals, "mentoring": mentoring}
ORDER = (
    ("registry", "sheds.csv"),
    ("registry", "shedders.csv"),
    ("registry", "ambassadors.csv"),
    ("referrals", "organisations.csv"),
    ("registry", "consents.csv"),
    ("registry", "sessions.csv"),
    ("referrals", "referrals.csv"),
    ("mentoring", "mentors.csv"),
    ("mentoring", "pathways.csv"),
)
NEEDS_WHAT_WAS_TOLD = frozenset({"referrals.csv", "pathways.csv"})
NOT_KEPT = {
    "measurements.csv": "no consents for health measurement come with it, and this release keeps none."
}


def import_folder(programme: Programme, place: Path, *, dry_run: bool, skip_bad: bool) -> bool:
    """Import a folder, or one file of it; print what came of each file. True when nothing was refused.

    A file that is refused stops those that come after it, for they name what is in it.
    """
    folder, chosen = (place, None) if place.is_dir() else (place.parent, place.name)
    present = [
        (service, file) for service, file in ORDER if chosen in (None, file) and (folder / file).exists()
    ]
    if not present:
        print(f"There is nothing to import in {place}: files are called {', '.join(f for _, f in ORDER)}.")
        return False
    began = time.monotonic()
    for service, file in present:
        if file in NEEDS_WHAT_WAS_TOLD:
            deliver_all(programme)
        report = _import(programme, service, folder / file, dry_run=dry_run, skip_bad=skip_bad)
        if report.refused:
            print("Nothing of this file was taken. Mend it and import again.", flush=True)
            return False
    _tell_end(programme, folder, began, whole_folder=chosen is None, dry_run=dry_run)
    return True


def _tell_end(programme: Programme, folder: Path, began: float, *, whole_folder: bool, dry_run: bool) -> None:
    for file, why in NOT_KEPT.items():
        if whole_folder and (folder / file).exists():
            print(f"{file:<20} left out: {why}")
    if not dry_run:
        delivered = deliver_all(programme, tell=True)
        took = time.monotonic() - began
        print(f"Done in {took:.1f} s; {delivered:,} events delivered, figures complete.", flush=True)


def _import(programme: Programme, service_name: str, path: Path, *, dry_run: bool, skip_bad: bool) -> Report:
    importer = _importer(service_name, path.name)
    began = time.monotonic()
    if sys.stdout.isatty():
        print(f"{path.name:<20} reading ...", end="\r", flush=True)
    report = run_import(
        programme.services[service_name],
        system_actor(),
        importer,
        path.read_bytes(),
        lambda work: _references(programme, programme.services[service_name], work),
        skip_bad=skip_bad,
        dry_run=dry_run,
    )
    _print(report, time.monotonic() - began, dry_run=dry_run)
    if report.bad_rows and not dry_run:
        to_mend = path.with_suffix(".bad.csv")
        to_mend.write_text(report.bad_rows, encoding="utf-8", newline="")
        print(f"{'':<20} the rows left out are in {to_mend}")
    return report


def _print(report: Report, took: float, *, dry_run: bool) -> None:
    if report.refused:
        print(f"{report.file:<20} refused: {report.bad_lines} of {report.rows:,} rows are not right.")
    else:
        would = "would be " if dry_run else ""
        there = f", {report.already_there:,} there already" if report.already_there else ""
        skipped = f", {report.bad_lines:,} left out" if report.bad else ""
        print(f"{report.file:<20} {report.new:>7,} {would}new{there}{skipped}   {took:.1f} s", flush=True)
    for cell in report.bad[:50]:
        print(f"  {cell.said(report.file)}")
    if len(report.bad) > 50:
        print(f"  ... and {len(report.bad) - 50} more.")
    reasons: dict[str, int] = {}
    for cell in report.warnings:
        reasons[cell.reason] = reasons.get(cell.reason, 0) + 1
    for reason, count in reasons.items():
        first = next(cell.line for cell in report.warnings if cell.reason == reason)
        print(f"{'':<20} note: {count} rows (first: line {first}): {reason}", flush=True)


def _importer(service: str, file: str) -> Importer:
    importers: list[Importer] = MODULES[service].IMPORTERS
    return next(importer for importer in importers if importer.file == file)


def _references(programme: Programme, own: Service[Any], work: UnitOfWork[Any]) -> References:
    """References of the service being imported into are looked up in the same transaction."""
    by_service: dict[str, Any] = {
        name: OwnReferences(work, MODULES[name].KINDS)
        if service is own
        else LocalReferences(service, MODULES[name].KINDS, system_actor())
        for name, service in programme.services.items()
    }
    return ByOwner({kind: by_service[owner] for kind, owner in KIND_OWNERS.items()})
