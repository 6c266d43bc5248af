"""The men of today in a demonstration: who they are, and what happened to each, day by day. All are made up.

Their telephone numbers are of the range that France keeps for fiction (+33 6 39 98 ...): nobody has one.
The Netherlands keep none.
"""

from dataclasses import dataclass, field
from typing import Any

AMBASSADOR, COORDINATOR, CARE_WORKER = "ambassador", "coordinator", "care_worker"
ADMINISTRATOR = "administrator"
MENTOR, OTHER_MENTOR = "mentor", "other_mentor"
LATE = "late"
"""A day by which the answer was promised some days ago, however many days were promised."""


@dataclass(frozen=True)
class Man:
    """A man, who registers him, and since how many days he has been coming."""

    ref: str
    known_as: str
    language: str = "nl"
    by: str = AMBASSADOR
    since: int = 100

    @property
    def phone(self) -> str:
        return f"+336399800{int(self.ref.removeprefix('DEMO-')):02}"


@dataclass(frozen=True)
class Happened:
    """One step on the way of a referral: how many days ago, who took it, and what he sent with it."""

    days_ago: int
    who: str
    what: str
    body: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Referred:
    """A man who was referred: when and why, when he is best called, and what has happened since.

    What is no step of the lifecycle (an appointment, a question) comes last. It is to the care worker's
    organisation or, `by_link`, to a small one without accounts, which answers by the link of an e-mail.
    """

    man: Man
    sent: int | str
    reason: str
    best_time_to_call: str
    urgency: str = "routine"
    then: tuple[Happened, ...] = ()
    by_link: bool = False


@dataclass(frozen=True)
class Guided:
    """A man with a mentor: since how many days, which steps were made when, and how far he is on his way."""

    man: Man
    matched: int
    steps: tuple[int, ...]
    begun: int | None = None
    proposed: int | None = None
    confirmed: int | None = None
    in_a_job: int | None = None
    met: tuple[tuple[int, str], ...] = ()
    by: str = MENTOR


@dataclass(frozen=True)
class Waiting:
    """A man who agreed to mentoring so many days ago, and has no mentor yet."""

    man: Man
    agreed: int


def _by_organisation(days_ago: int, what: str, **body: Any) -> Happened:
    return Happened(days_ago, CARE_WORKER, what, body)


REFERRED = (
    Referred(
        Man("DEMO-1", "Hassan B."),
        0,
        "He sleeps badly since he lost his job. He would like to talk with somebody about it.",
        "After ten in the morning",
    ),
    Referred(
        Man("DEMO-2", "Piet V."),
        1,
        "His wife died in spring. He hardly goes out any more, and says himself that he wants help soon.",
        "At any time",
        urgency="soon",
    ),
    Referred(
        Man("DEMO-3", "Kofi A.", "en", by=COORDINATOR),
        3,
        "He worries about letters that he does not dare to open. He asked us to find him someone to talk to.",
        "In the evening",
    ),
    Referred(
        Man("DEMO-4", "Driss O.", "ar"),
        5,
        "He gets angry quickly at home, and it troubles him. He wants to learn to handle it.",
        "On weekdays, before noon",
        then=(_by_organisation(4, "open"),),
    ),
    Referred(
        Man("DEMO-5", "Rinus K."),
        LATE,
        "He feels low, and comes to sit with us every day. He wants to speak with someone who has the time.",
        "In the afternoon",
    ),
    Referred(
        Man("DEMO-6", "Osman Y.", "tr", by=COORDINATOR),
        9,
        "He cares for his mother day and night and is worn out. He wants a place to tell of it.",
        "Between two and four",
        then=(_by_organisation(8, "open"), _by_organisation(6, "waitlist", expected_on=24)),
    ),
    Referred(
        Man("DEMO-7", "Anton P."),
        11,
        "He moved here alone and says that his head is never quiet. He agreed to one talk, to see.",
        "After five",
        then=(
            _by_organisation(10, "open"),
            _by_organisation(4, "accept"),
            _by_organisation(2, "appointments", starts_at=1, place="Room 2, ground floor"),
        ),
    ),
    Referred(
        Man("DEMO-8", "Farid L.", "fr"),
        8,
        "He is afraid of the tram since an accident, so he stays in. He wants to get over it.",
        "In the morning",
        urgency="soon",
        then=(
            _by_organisation(7, "open"),
            _by_organisation(2, "accept"),
            _by_organisation(1, "appointments", starts_at=2, place="Room 5, first floor"),
        ),
    ),
    Referred(
        Man("DEMO-9", "Ibrahim T.", "ar"),
        6,
        "He has not felt like himself since he stopped working. He wants to know what could help.",
        "At any time",
        then=(
            _by_organisation(5, "open"),
            _by_organisation(1, "questions", question="Could somebody come with him the first time?"),
        ),
    ),
    Referred(
        Man("DEMO-10", "Sjaak N."),
        41,
        "He lives alone since his divorce and drinks coffee with us to get through the day. He wants more.",
        "In the morning",
        then=(
            _by_organisation(40, "open"),
            _by_organisation(38, "accept"),
            _by_organisation(30, "start"),
            _by_organisation(
                5, "complete", sentence="He came every week, and knows now whom to call when it gets heavy."
            ),
        ),
    ),
    Referred(
        Man("DEMO-15", "Wim T."),
        1,
        "He has three letters from a debt collector in his pocket, and wants somebody to read them with him.",
        "In the morning",
        by_link=True,
    ),
)
SMALL: dict[str, Any] = {
    "name": "De Luifel",
    "country": "NL",
    "municipality": "Den Haag",
    "email": "post@de-luifel.invalid",
    "languages": ["nl"],
    "answers_by_link": True,
}
"""A small organisation without accounts: a kitchen table, and somebody who reads letters along."""

GUIDED = (
    Guided(
        Man("DEMO-11", "Tariq M."),
        matched=45,
        steps=(30, 21, 12),
        begun=6,
        met=((13, "Bring the letter of the last employer."), (6, "Practise one interview together.")),
    ),
    Guided(
        Man("DEMO-12", "Jan-Willem S."),
        matched=90,
        steps=(70, 55, 41, 27, 13, 3),
        met=((17, "Send the form for the house to the municipality."), (3, "Propose that he is work-ready.")),
    ),
    Guided(
        Man("DEMO-13", "Stanley W.", "en", since=130),
        matched=120,
        steps=(110, 104, 98, 92, 86, 82),
        proposed=80,
        confirmed=78,
        in_a_job=33,
        met=((12, "Call him after his first month."),),
    ),
    Guided(
        Man("DEMO-14", "Bilal R.", "ar"),
        matched=84,
        steps=(60, 50, 40, 30, 20, 9),
        proposed=2,
        met=((2, "Wait for the coordinator's yes."),),
        by=OTHER_MENTOR,
    ),
)

WAITING = (
    Waiting(Man("DEMO-16", "Yusuf E.", "tr", since=50), agreed=16),
    Waiting(Man("DEMO-17", "Gerrit H.", since=60), agreed=4),
)

MEN = tuple(one.man for one in (*REFERRED, *GUIDED, *WAITING))

EVIDENCE = {
    "cv": "His CV is written, with his last three jobs.",
    "interview_practice": "We practised two interviews; he looks people in the eye.",
    "language_level": "He made himself understood on the telephone.",
    "digital_skills": "He sent his CV by e-mail himself.",
    "papers_in_order": "I saw his passport and his bank card.",
    "health_and_housing": "He has his own room, and nothing keeps him from working.",
}

HELD = (("Open table", "10:00", "12:00", (14, 7, 0)), ("Walking group", "14:00", "16:00", (14, 7)))
"""Two activities on this day of the week, and how many days ago they were held.

Attendance of today is taken for the first, and not yet for the second.
"""
A_DOZEN = 12
