"""What a newcomer sees after `make start`: the example programme loading, then where to look."""

import logging
import os
import shlex
import time
from datetime import date, timedelta
from pathlib import Path

import requests
from sqlalchemy import select

from deploy.demonstration import MEN, NotAdded, add_what_is_of_today
from deploy.demonstration.colleagues import colleagues_of
from deploy.environment import home
from deploy.import_folder import import_folder
from deploy.programme import Programme
from deploy.tokens import demo_people, issue
from services.registry.models import Shed, Shedder
from services.registry.queries.figures import figures_of
from services.registry.queries.scope import Scope
from services.registry.use_cases.demonstration import NAMES, keep_person
from shared.actor import system_actor
from shared.tokens import SERVICES

EXAMPLE = Path(__file__).parent / "example"
EXAMPLE_ENDS = date(2022, 12, 31)
UNFINISHED = "example.loading"
TOKENS_LAST = timedelta(days=7)


def welcome_newcomer(programme: Programme, *, with_example: bool) -> None:
    """Wait until everything answers, load the example if nothing is loaded, and tell where to look."""
    origin = programme.registry.settings.origin
    # Ctrl-C may come in the middle of a statement: that its cursor was cut off is no news to anybody.
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)
    try:
        if _wait_until_ready(origin):
            if with_example:
                _load_example(programme)
            _let_people_in(programme)
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
            _add_what_is_of_today(programme)
            unfinished.unlink()


def _add_what_is_of_today(programme: Programme) -> None:
    """Once, after the example: it ends in 2022, and nobody would find anything to do."""
    try:
        add_what_is_of_today(programme, demo_people(programme))
    except NotAdded as error:
        print(f"What is of today could not all be added; the example is whole. {error}")


def _is_empty(programme: Programme) -> bool:
    with programme.registry.begin(system_actor(), reading=True) as work:
        return work.session.scalar(select(Shed.id).limit(1)) is None


def _let_people_in(programme: Programme) -> None:
    """An account of each person, to enter as with one press, and a token of each, to call the API with."""
    folder = home() / "tokens"
    folder.mkdir(exist_ok=True, mode=0o700)
    people = demo_people(programme)
    colleagues = list(colleagues_of(programme, people))
    if programme.registry.settings.is_demonstration:
        with programme.registry.begin(system_actor()) as work:
            for actor in people.values():
                if actor.role in NAMES:
                    keep_person(work, actor)
            for colleague in colleagues:
                keep_person(work, colleague, is_colleague=True)
    for name, actor in people.items():
        descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(issue(actor, TOKENS_LAST))


def _tell(programme: Programme, origin: str) -> None:
    tokens = os.path.relpath(home() / "tokens")
    print(
        f"""
{_figures(programme)}

  Look      {origin}/           enter as each person, with one press
  API       {origin}/registry/docs   and so of referrals and mentoring
  Tokens    {tokens}/           one per role, good for {TOKENS_LAST.days} days
  Sign in   {_as_started()}./sbs administrator you@example.org --name "Your name"

Paste one of these into another terminal, in this folder:

  {_call("coordinator", f"{origin}/registry/figures?country=NL&since=2021-01-01")}
  {_call("care_worker", f"{origin}/referrals/referrals?limit=3")}
  {_call("mentor", f"{origin}/mentoring/pathways?limit=3")}
  {_call("integrator", f"{origin}/referrals/events?limit=3")}

  {_as_started()}make story      one man's way through all of it, step by step

Ctrl-C stops everything; `make start` goes on where it stopped.""",
        flush=True,
    )


def _figures(programme: Programme) -> str:
    """What the programme came to: the example's own figures first, then who came on top of it."""
    with programme.registry.begin(system_actor(), reading=True) as work:
        now = figures_of(work.session, Scope(), work.today)
        is_added = work.session.scalar(select(Shedder.id).where(Shedder.external_ref == MEN[0].ref).limit(1))
        to_its_end = Scope(until=EXAMPLE_ENDS) if is_added else Scope()
        then = figures_of(work.session, to_its_end, work.today)
    since = now["men"]["taking_part"] - then["men"]["taking_part"]
    on_top = f"\nOn top of these, which are to the end of {EXAMPLE_ENDS.year}, come {since} men of today."
    return (
        f"{now['sheds']['opened']} sheds were opened ({now['sheds']['open_at_end']} are open now) and "
        f"{then['men']['taking_part']:,} men took part;\n"
        f"{then['work_ready']['men']} were confirmed work-ready and {then['jobs']['men']} found a job."
        f"{on_top if is_added else ''}"
    )


def _call(role: str, url: str) -> str:
    token = os.path.relpath(home() / "tokens" / role)
    return f'curl -sH "Authorization: Bearer $(cat {token})" "{url}" | python3 -m json.tool'


def _as_started() -> str:
    """What was said of where to listen and where to keep things, to be said again in another terminal."""
    said = (name for name in ("SBS_BIND", "SBS_HOME") if name in os.environ)
    return "".join(f"{name}={shlex.quote(os.environ[name])} " for name in said)
