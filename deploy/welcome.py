"""What a newcomer sees after `make start`: the example programme loading, then where to look."""

import os
import time
from datetime import timedelta
from pathlib import Path

import requests
from sqlalchemy import select

from deploy.environment import home
from deploy.import_folder import import_folder
from deploy.programme import SERVICES, Programme
from deploy.tokens import demo_people, issue
from services.registry.models import Shed
from services.registry.queries.figures import Scope, figures_of
from shared.actor import system_actor

EXAMPLE = Path(__file__).parent / "example"
UNFINISHED = "example.loading"
TOKENS_LAST = timedelta(days=7)


def welcome_newcomer(programme: Programme) -> None:
    """Wait until everything answers, load the example if nothing is loaded, and tell where to look."""
    origin = programme.registry.settings.origin
    try:
        if _wait_until_ready(origin):
            _load_example(programme)
            _write_tokens(programme)
            _tell(programme, origin)
    except KeyboardInterrupt:
        # Every file is taken whole or not at all, so stopping here loses nothing.
        print("\nStopped. What was loaded is kept; the rest is loaded at the next start.")


def _wait_until_ready(origin: str) -> bool:
    for _ in range(200):
        try:
            if all(requests.get(f"{origin}/{name}/readyz", timeout=5).ok for name in SERVICES):
                return True
        except requests.RequestException:
            pass
        time.sleep(0.1)
    print(f"Nothing answers at {origin}. The lines above say why.")
    return False


def _load_example(programme: Programme) -> None:
    unfinished = home() / UNFINISHED
    if _is_empty(programme):
        unfinished.touch()
    if unfinished.exists():
        print("Nothing is loaded yet. Loading the example programme; nobody in it exists.")
        if import_folder(programme, EXAMPLE, dry_run=False, skip_bad=False):
            unfinished.unlink()


def _is_empty(programme: Programme) -> bool:
    with programme.registry.begin(system_actor(), reading=True) as work:
        return work.session.scalar(select(Shed.id).limit(1)) is None


def _write_tokens(programme: Programme) -> None:
    folder = home() / "tokens"
    folder.mkdir(exist_ok=True, mode=0o700)
    for name, actor in demo_people(programme).items():
        descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(issue(actor, TOKENS_LAST))


def _tell(programme: Programme, origin: str) -> None:
    with programme.registry.begin(system_actor(), reading=True) as work:
        figures = figures_of(work.session, Scope(), work.today)
    tokens = os.path.relpath(home() / "tokens")
    print(
        f"""
{figures["sheds"]["opened"]} sheds, {figures["men"]["taking_part"]:,} men, \
{figures["work_ready"]["men"]} work-ready, {figures["jobs"]["men"]} in a job.

  Look      {origin}/           the three services and their API pages
  Tokens    {tokens}/           one per role, good for {TOKENS_LAST.days} days

Paste one of these into another terminal:

  curl -H "Authorization: Bearer $(cat {tokens}/coordinator)" "{origin}/registry/figures?country=NL"
  curl -H "Authorization: Bearer $(cat {tokens}/care_worker)" "{origin}/referrals/referrals?limit=3"
  curl -H "Authorization: Bearer $(cat {tokens}/mentor)" "{origin}/mentoring/pathways?limit=3"
  curl -H "Authorization: Bearer $(cat {tokens}/integrator)" "{origin}/referrals/events?limit=3"

  make story      one man's way through all of it, step by step

Ctrl-C stops everything; `make start` goes on where it stopped.""",
        flush=True,
    )
