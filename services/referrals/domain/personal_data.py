"""What referrals holds on a man, what becomes of it when he is erased, and how long it stays otherwise."""

from services.referrals.domain.lifecycles import ReferralState
from shared.holdings import SHARED_EXCUSED, Holding, Kind, PersonalData, history_of

PERSONAL_DATA = PersonalData(
    holdings=(
        Holding(
            "referral",
            "Referrals",
            blanked={
                "reason_in_words": None,
                "language": None,
                "neighbourhood": None,
                "disclosure": None,
                "sentence": None,
                "external_ref": None,
                "ref_owner": None,
            },
            kept=("answer_days", "promised_days", "clock_stood_still", "coded_reason"),
        ),
        history_of("referral", "What was done with them"),
        Holding("outcome", "What came of them", about="referral_id", through="referral"),
        Holding(
            "appointment",
            "Appointments",
            about="referral_id",
            through="referral",
            blanked={"place": None},
        ),
        history_of("appointment", "Appointments that were moved, kept or missed"),
        Holding("question", "Questions and answers", about="referral_id", through="referral", deleted=True),
        Holding(
            "answer_link",
            "Links by which the organisation could answer",
            about="referral_id",
            through="referral",
            deleted=True,
            secrets=("text", "secret_hash"),
        ),
        Holding("reminder", "When somebody was reminded of them", about="referral_id", through="referral"),
        Holding("known_membership", "The sheds you belonged to", deleted=True),
        Holding("known_consent", "What you consented to", deleted=True),
    ),
    excused={
        **SHARED_EXCUSED,
        "organisation": "the directory",
        "location": "the directory",
        "care_service": "the directory",
        "known_shed": "places, not men",
        "known_ambassador": "volunteers; they are not shedders",
        "known_ambassador_shed": "which ambassador serves which shed",
    },
)

_S = ReferralState
_CAME_TO_NOTHING = (_S.DECLINED, _S.FAILED, _S.WITHDRAWN, _S.EXPIRED, _S.ENTERED_IN_ERROR)

KINDS = (
    Kind(
        "referrals_that_came_to_nothing",
        "what was written and disclosed in referrals that were not completed",
        "referral",
        days=365,
        states=_CAME_TO_NOTHING,
    ),
    Kind(
        "completed_referrals",
        "why a completed referral was made, and what was disclosed",
        "referral",
        days=730,
        columns=("reason_in_words", "disclosure"),
        states=(_S.COMPLETED,),
    ),
    Kind("referral_remarks", "remarks on the steps of ended referrals", "referral_history", days=730),
    Kind("questions", "questions and answers on ended referrals", "question", days=365),
    Kind("appointment_places", "places of appointments of ended referrals", "appointment", days=365),
    Kind(
        "appointment_changes",
        "why appointments of ended referrals were moved, cancelled or taken back",
        "appointment_history",
        days=365,
    ),
)
