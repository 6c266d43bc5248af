"""What mentoring holds on a man, what becomes of it when he is erased, and how long it stays otherwise."""

from shared.holdings import SHARED_EXCUSED, Holding, Kind, PersonalData, history_of

PERSONAL_DATA = PersonalData(
    holdings=(
        Holding("mentorship", "Who guided you", kept=("coded_reason",)),
        history_of("mentorship", "How that went"),
        Holding(
            "mentoring_session",
            "Meetings with your mentor",
            about="mentorship_id",
            through="mentorship",
            blanked={"note": None, "next_action": None, "next_on": None},
            kept=("minutes",),
        ),
        Holding(
            "pathway",
            "Your way to work",
            blanked={"external_ref": None, "ref_owner": None},
            kept=("coded_reason",),
        ),
        history_of("pathway", "What was done on it"),
        Holding(
            "step",
            "The steps on it",
            about="pathway_id",
            through="pathway",
            blanked={"why": None},
            kept=("code", "title", "place"),
        ),
        history_of("step", "What was done about them"),
        Holding("evidence", "What showed that you made them", about="step_id", through="step", deleted=True),
        Holding("job", "Jobs", blanked={"employer": None}, kept=("sector", "hours_per_week")),
        history_of("job", "How they ended"),
        Holding("checkpoint", "How long they lasted", about="job_id", through="job", kept=("weeks",)),
        Holding("obstacle", "Open referrals, as obstacles to work", deleted=True),
        Holding("known_membership", "The sheds you belonged to", deleted=True),
        Holding("known_consent", "What you consented to", deleted=True),
    ),
    excused={
        **SHARED_EXCUSED,
        "mentor": "mentors; they are not shedders",
        "step_definition": "the programme's list of steps",
        "known_shed": "places, not men",
    },
)

KINDS = (
    Kind("mentoring_notes", "notes of meetings in ended mentorships", "mentoring_session", days=365),
    Kind("mentorship_remarks", "remarks on the steps of ended mentorships", "mentorship_history", days=730),
    Kind("pathway_remarks", "remarks on the steps of ended pathways", "pathway_history", days=730),
    Kind("step_reasons", "why a step of an ended pathway was waived or reopened", "step", days=730),
    Kind("step_remarks", "the same, in the history of the step", "step_history", days=730),
    Kind("evidence", "evidence on ended pathways", "evidence", days=730),
)
