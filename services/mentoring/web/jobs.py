"""Jobs by pages: that one began, what is known of it after some weeks, and that it ended."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.mentoring.api.jobs import EndJob, RecordCheckpoint, StartJob
from services.mentoring.domain.codes import CHECKPOINT_WEEKS, KnownBy
from services.mentoring.web.forming import GUIDES, PATHWAY_PAGE, whom
from shared.web.client import Told
from shared.web.form_pages import FormPage, pages_of
from shared.web.form_starts import Start, starts_today
from shared.web.forms import Ask, codes_in_words
from shared.web.language import gettext
from shared.web.language import later as _
from shared.web.pages import Visit

ONE = "/mentoring/jobs/{job_id}"
OF = "/pathways/{pathway_id}/jobs/{job_id}"
AFTER_WEEKS = {
    4: _("After 4 weeks"),
    13: _("After 13 weeks"),
    26: _("After 26 weeks"),
    52: _("After 52 weeks"),
}


def _checking(_visit: Visit, _thing: Told | None) -> Sequence[Ask]:
    # Not known has a choice of its own: one cannot take back a press on the others.
    known_by = [*codes_in_words(KnownBy), ("", gettext("It is not known"))]
    return (
        Ask("status", _("Does he still have this job?"), thing="checkpoint"),
        Ask("known_by", _("How do you know?"), choices=known_by, needed=True),
        Ask("recorded_on", _("Which day?")),
    )


def _known(weeks: int) -> Start:
    """What is recorded already, to be corrected; else the day of today alone."""

    def start(visit: Visit, thing: Told | None) -> Mapping[str, Any]:
        assert thing is not None
        found = next((one for one in thing.document["checkpoints"] if one["weeks"] == weeks), None)
        if found is None:
            return starts_today("recorded_on")(visit, thing)
        return {name: found[name] for name in ("status", "known_by", "recorded_on")}

    return start


def _checkpoint(weeks: int) -> FormPage:
    return FormPage(
        f"checkpoint_{weeks}", f"{OF}/checkpoints/{weeks}", f"{ONE}/checkpoints/{weeks}", RecordCheckpoint,
        AFTER_WEEKS[weeks], _("Record it"), GUIDES, PATHWAY_PAGE, asks=_checking, about=ONE, whom=whom,
        method="PUT", starts_with=_known(weeks),
    )  # fmt: skip


FORMS = [
    FormPage(
        "start_job", "/pathways/{pathway_id}/jobs/new", "/mentoring/pathways/{pathway_id}/jobs", StartJob,
        _("He has a job"), _("Record it"), GUIDES, PATHWAY_PAGE, about="/mentoring/pathways/{pathway_id}",
        whom=whom, starts_with=starts_today("started_on"),
        asks=(
            Ask("sector", _("In which sector?"), _("Such as care, retail or construction.")),
            Ask("hours_per_week", _("How many hours a week?")),
            Ask("contract", _("Which contract?"), thing="contract"),
            Ask("started_on", _("From which day?")),
            Ask("employer", _("Who is the employer?")),
        ),
    ),
    *(_checkpoint(weeks) for weeks in CHECKPOINT_WEEKS),
    FormPage(
        "end_job", f"{OF}/end", f"{ONE}/end", EndJob, _("The job has ended"), _("Note that it ended"), GUIDES,
        PATHWAY_PAGE, about=ONE, whom=whom, starts_with=starts_today("ended_on"),
        asks=(Ask("ended_on", _("What was the last day?")),),
        lead=_("Without another job he is looking for work again, and is still ready for it."),
    ),
]  # fmt: skip

PAGES = pages_of(FORMS)
