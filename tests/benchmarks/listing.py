"""Lists at 1,000 referrals and at many: a page must cost the same, however much lies behind it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from werkzeug.test import Client

from services.referrals.app import create_app, create_service
from services.referrals.models import Referral
from tests.backends import Backend
from tests.benchmarks.cost import Ratio, Spent, by_turns, meter, ratio, twin, typical
from tests.benchmarks.rows import NEW, copies, settle
from tests.builders.people import a_programme
from tests.world import World

FEW = 1_000
LISTS = {
    "care worker's inbox": ("care_worker", ""),
    "his inbox, of one state": ("care_worker", "?state=requested"),
    "his inbox, overdue": ("care_worker", "?overdue=true"),
    "ambassador's list": ("ambassador", ""),
    "coordinator's list": ("coordinator", ""),
}


def measure(rounds: int, each: int, many: int) -> Iterator[Ratio]:
    """All of one organisation, one ambassador and one partner, which is the worst case for each."""
    backend = Backend("postgresql-rabbitmq", "bench")
    try:
        programme = a_programme(World(backend))
        one = programme.a_referral("requested").rsplit("/", 1)[1]
        engine = backend.programme.referrals.database.engine
        fill = {
            "id": NEW,
            "shedder_id": NEW,
            "answer_due_on": "one.answer_due_on - 30 + n % 300",
            "created_at": "one.created_at + n * interval '1 second'",
        }
        copies(engine, Referral.__table__, FEW - 1, fill, id=one)
        settle(engine)
        backend.programme.dispose()
        database = f"{backend.database}_referrals"
        with twin(database, f"{database}_few") as few:
            copies(engine, Referral.__table__, many - FEW, fill, id=one)
            settle(engine)
            settings = backend.programme.referrals.settings
            url = settings.database_url.replace(database, few)
            small = create_service(replace(settings, database_url=url))
            sides = {few: Client(create_app(small)), database: Client(backend.origin)}
            for name, (who, query) in LISTS.items():
                token = getattr(programme, who)._token
                asked = [asker(side, client, token, query, each) for side, client in sides.items()]
                at_few, at_many = by_turns(rounds, *asked)
                yield Ratio(
                    f"{name}, {many:,} : {FEW:,}",
                    f"{typical(at_many) / each * 1e3:.2f} ms",
                    f"{typical(at_few) / each * 1e3:.2f} ms",
                    ratio(at_many, at_few),
                    "<= 1.30",
                )
            small.database.dispose()
    finally:
        backend.close()


def asker(database: str, client: Client, token: str | None, query: str, each: int) -> Any:
    def ask(_round: int) -> Spent:
        headers = {"Authorization": f"Bearer {token}"}
        with meter(database) as spent:
            for _ in range(each):
                answer = client.get(f"/referrals/referrals{query}", headers=headers)
                assert len(answer.get_json()["items"]) == 50
        return spent

    return ask
