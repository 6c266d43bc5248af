"""Importing a folder of CSV files into the three services, in the order in which they name each other."""

import itertools
import sys
import time
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from deploy.deliver import deliver_all, told
from deploy.programme import Programme
from deploy.rehearsal import rehearsal
from services.mentoring.api import imports as mentoring
from services.referrals.api import imports as referrals
from services.registry.api import imports as registry
from shared.actor import system_actor
from shared.audit.deed import Action, by_command
from shared.imported_rows import References, Report
from shared.importing import Importer, run_import
from shared.references import KIND_OWNERS, ByOwner, LocalReferences, Lookup

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

    A file that is refused stops those that come after it, for they name what is in it; a dry run goes on.
    """
    files = _in_order(place)
    if not files:
        print(f"There is nothing to import in {place}: files are called {', '.join(f for _, f in ORDER)}.")
        return False
    if place.is_dir():
        _tell_unknown(place)
    if not dry_run:
        return _import_all(programme, files, whole_folder=place.is_dir(), dry_run=False, skip_bad=skip_bad)
    with rehearsal(programme) as copy:
        return _import_all(copy, files, whole_folder=place.is_dir(), dry_run=True, skip_bad=skip_bad)


def _in_order(place: Path) -> list[tuple[str, Path]]:
    """The files to import, each with its service; a single one may be the mended rest of another."""
    if place.is_dir():
        return [(service, place / file) for service, file in ORDER if (place / file).exists()]
    return [(service, place) for service, file in ORDER if _holds(place) == file]


def _holds(path: Path) -> str:
    """What a file holds: `sheds.csv` sheds, and so does `sheds.bad.csv`."""
    return f"{path.name.partition('.')[0]}{path.suffix}"


def _tell_unknown(folder: Path) -> None:
    known = [file for _, file in ORDER] + list(NOT_KEPT)
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() == ".csv" and path.name not in known and ".bad" not in path.suffixes:
            meant = get_close_matches(path.name.lower(), known, 1)
            hint = f" Did you mean {meant[0]}?" if meant else ""
            print(f"{path.name:<20} left alone: no file is called so.{hint}")


def _import_all(
    programme: Programme,
    files: Sequence[tuple[str, Path]],
    *,
    whole_folder: bool,
    dry_run: bool,
    skip_bad: bool,
) -> bool:
    began, before = time.monotonic(), told(programme)
    went_well = True
    for service, path in files:
        if path.name in NEEDS_WHAT_WAS_TOLD:
            deliver_all(programme)
        report = _import(programme, service, path, dry_run=dry_run, skip_bad=skip_bad)
        went_well = went_well and not report.refused
        if report.refused and not dry_run:
            print("Nothing of this file was taken. Mend it and import again.", flush=True)
            return False
    if whole_folder:
        _tell_left_out(files[0][1].parent)
    _tell_end(programme, began, before, dry_run=dry_run)
    return went_well


def _tell_left_out(folder: Path) -> None:
    for file, why in NOT_KEPT.items():
        if (folder / file).exists():
            print(f"{file:<20} left out: {why}")


def _tell_end(programme: Programme, began: float, before: int, *, dry_run: bool) -> None:
    if dry_run:
        print("Nothing was changed.", flush=True)
    else:
        delivered = deliver_all(programme, tell=True) - before
        took = time.monotonic() - began
        print(f"Done in {took:.1f} s; {delivered:,} events delivered, figures complete.", flush=True)


def _import(programme: Programme, service_name: str, path: Path, *, dry_run: bool, skip_bad: bool) -> Report:
    importer = _importer(service_name, _holds(path))
    began = time.monotonic()
    if sys.stdout.isatty():
        print(f"{path.name:<20} reading ...", end="\r", flush=True)
    report = run_import(
        programme.services[service_name],
        system_actor(),
        importer,
        path.read_bytes(),
        Lookup(MODULES[service_name].KINDS, _elsewhere(programme)),
        deed=by_command("import_records", Action.CREATE),
        skip_bad=skip_bad,
    )
    _print(report, time.monotonic() - began, dry_run=dry_run)
    if report.bad_rows and not dry_run:
        to_mend = _unused(path)
        to_mend.write_text(report.bad_rows, encoding="utf-8", newline="")
        print(f"{'':<20} the rows left out are in {to_mend}")
    return report


def _unused(path: Path) -> Path:
    """Where bad rows are written: never over a file that somebody may be mending."""
    name = path.name.partition(".")[0]
    numbered = (path.with_name(f"{name}.bad{nth or ''}.csv") for nth in itertools.count())
    return next(place for place in numbered if not place.exists())


def _print(report: Report, took: float, *, dry_run: bool) -> None:
    if report.refused:
        wrong = (
            f"{report.bad_lines} of {report.rows:,} rows are not right"
            if report.rows
            else "not as it should be"
        )
        print(f"{report.file:<20} refused: {wrong}.")
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


def _elsewhere(programme: Programme) -> References:
    """The references of all services, looked up where they are."""
    return ByOwner(
        {
            kind: LocalReferences(programme.services[owner], MODULES[owner].KINDS, system_actor())
            for kind, owner in KIND_OWNERS.items()
        }
    )
