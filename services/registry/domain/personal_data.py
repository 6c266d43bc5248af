"""What the registry holds on a man, and what becomes of it when he is erased."""

from shared.holdings import NOTHING, SHARED_EXCUSED, Holding, Kind, PersonalData, history_of

SERVICES = frozenset({"registry", "referrals", "mentoring"})
"""Who must have answered before an erasure is complete."""

PERSONAL_DATA = PersonalData(
    holdings=(
        Holding(
            "shedder",
            "Who you are",
            about="id",
            blanked={
                "known_as": NOTHING,
                "search_name": NOTHING,
                "phone": None,
                "email": None,
                "address": None,
                "birth_year": None,
                "languages": [],
                "neighbourhood": None,
                "interests": None,
                "external_ref": None,
                "ref_owner": None,
            },
        ),
        Holding("membership", "The sheds you belonged to"),
        Holding("attendance", "The sessions you came to"),
        Holding("consent", "What you consented to", deleted=True),
        Holding("timeline_entry", "What happened, day by day", deleted=True),
        Holding(
            "referral_fact",
            "Referrals, as the figures count them",
            kept=("need_category", "state", "answer_days", "promised_days"),
        ),
        Holding("pathway_fact", "Pathways, as the figures count them"),
        Holding("job_fact", "Jobs, as the figures count them", kept=("weeks_13", "weeks_26")),
        Holding("mentorship_fact", "Who guided you", deleted=True),
        Holding("erasure", "That you asked to be erased", kept=("coded_reason",)),
        history_of("erasure", "What was done about it"),
        Holding(
            "erasure_receipt",
            "Which service has erased you",
            about="erasure_id",
            through="erasure",
            kept=("service",),
        ),
        Holding("legal_hold", "That your data had to stay for a time"),
        history_of("legal_hold", "That it was ended"),
        Holding(
            "emergency_access",
            "Who looked at this in an emergency, and why",
            blanked={"remark": NOTHING},
        ),
        history_of("emergency_access", "That it was ended"),
    ),
    excused={
        **SHARED_EXCUSED,
        "account": "people who work with the programme; they are not shedders",
        "sign_in": "when they signed in",
        "cover": "who stands in for whom among them",
        "client": "programs that call, of organisations; not men",
        "client_secret": "how a program proves who it is",
        "client_key": "how a program proves who it is",
        "used_assertion": "that a program proved who it is, for some minutes",
        "link": "links by which they are invited, as hashes",
        "link_mail": "e-mails to them with such a link, which go when they are sent",
        "recovery_code": "their recovery codes, as hashes",
        "passkey": "the public halves of their keys",
        "passkey_challenge": "random numbers that a device is asked to sign",
        "sign_in_attempts": "emails that could not sign in, as keyed hashes",
        "pending_sign_in": "that somebody of them is about to sign in, for ten minutes",
        "notice": "that something waits for one of them, as a code; about whom it is it does not say",
        "wish": "in which language they are told, and when",
        "mail": "e-mails to them, which say that something waits and no more",
        "partner": "organisations, not men",
        "shed": "places, not men",
        "ambassador": "volunteers; they are not shedders",
        "ambassador_shed": "which ambassador serves which shed",
        "activity": "what a shed offers",
        "session": "when it was held, and a head-count of those who gave no name",
        "mentor_fact": "mentors; they are not shedders",
    },
)

INACTIVE = Kind("inactive_shedders", "men of whom nothing was heard: they are erased", "shedder", days=1825)
