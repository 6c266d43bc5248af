"""The programme figures at many men: how long whoever asks for them waits."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import text

from services.registry.models import Shedder
from tests.backends import Backend
from tests.benchmarks.cost import Ratio, Spent, by_turns, meter, typical
from tests.benchmarks.rows import NEW, copies, settle
from tests.builders.people import a_programme
from tests.world import World

SOMEDAY = "date '2021-01-01' + (random() * 900)::int"
ROWS = {
    "membership (id, shedder_id, shed_id, joined_on)": f"{NEW}, id, :shed, {SOMEDAY}",
    "referral_fact": f"{NEW}, id, :shed, 'mental_health', 'accepted', {SOMEDAY}, date '2024-01-01', 7, 10",
    "pathway_fact": f"{NEW}, id, {SOMEDAY}, date '2024-01-01'",
    "job_fact": f"{NEW}, id, date '2024-02-01', true, 'employed', 'employed'",
}
"""A man in a shed, with a referral, a pathway and a job. Nobody's attendance."""


def measure(rounds: int, men: int) -> Iterator[Ratio]:
    backend = Backend("postgresql-rabbitmq", "bench")
    try:
        programme = a_programme(World(backend))
        one = programme.a_shedder()["id"]
        engine = backend.programme.registry.database.engine
        copies(engine, Shedder.__table__, men - 1, {"id": NEW}, id=one)
        with engine.begin() as connection:
            for table, values in ROWS.items():
                select = f"select {values} from shedder where id <> :himself"
                made = f"insert into {table} {select}".replace(":shed", f"uuid '{programme.shed_id}'")
                connection.execute(text(made), {"himself": UUID(one)})
        settle(engine)

        def ask(_round: int) -> Spent:
            with meter(f"{backend.database}_registry") as spent:
                programme.administrator.get("/registry/figures")
            return spent

        (took,) = by_turns(rounds, ask)
        wall = typical(took, "wall")
        yield Ratio(f"figures of {men:,} men", f"{wall * 1e3:,.0f} ms", "", None, "< 200 ms", "by the clock")
    finally:
        backend.close()
