"""Who may do what with referrals and the directory, and which fields each sees (DOMAIN: Who uses it).

Who may take a step in a lifecycle stands in its row; relations are enforced in `queries.visible`.
"""

from services.referrals.domain.codes import Side
from services.referrals.domain.lifecycles import DISCLOSED, ReferralState
from shared.actor import Role
from shared.permissions import policy

AMBASSADOR, CARE_WORKER, COORDINATOR = Role.AMBASSADOR, Role.CARE_WORKER, Role.COORDINATOR
ADMINISTRATOR, MENTOR = Role.ADMINISTRATOR, Role.MENTOR

OWN = "of his own; a coordinator of his partner's sheds"
ADDRESSED = OWN + "; a care worker of his organisation's"

SEE_DIRECTORY = policy(
    "see the directory", AMBASSADOR, CARE_WORKER, COORDINATOR, MENTOR, ADMINISTRATOR, scope="directory:read"
)
KEEP_ORGANISATIONS = policy(
    "keep care organisations", COORDINATOR, ADMINISTRATOR, CARE_WORKER,
    relation="a care worker his own organisation", scope="directory:write",
)  # fmt: skip
ADD_ORGANISATION = policy("add a care organisation", COORDINATOR, ADMINISTRATOR, scope="directory:write")
SEE_REFERRALS = policy("see referrals", AMBASSADOR, CARE_WORKER, COORDINATOR, relation=ADDRESSED)
DRAFT_REFERRAL = policy("draft a referral", AMBASSADOR, COORDINATOR, relation="of a man of his sheds")
CHANGE_DRAFT = policy("change a draft", AMBASSADOR, COORDINATOR, relation=OWN)
SEE_HISTORY = policy("see a referral's history", CARE_WORKER, COORDINATOR, AMBASSADOR, relation=ADDRESSED)
BOOK_APPOINTMENT = policy("book an appointment", CARE_WORKER, relation="his organisation's referrals")
SEE_APPOINTMENTS = policy("see appointments", AMBASSADOR, CARE_WORKER, COORDINATOR, relation=ADDRESSED)
ASK_QUESTION = policy("ask a question", AMBASSADOR, CARE_WORKER, COORDINATOR, relation=ADDRESSED)
ANSWER_QUESTION = policy("answer a question", AMBASSADOR, CARE_WORKER, COORDINATOR, relation=ADDRESSED)
SEE_QUESTIONS = policy("see questions", AMBASSADOR, CARE_WORKER, COORDINATOR, relation=ADDRESSED)
IMPORT_RECORDS = policy("import records", COORDINATOR, relation="of his own partner", scope="import")

_DISCLOSURE = frozenset({"disclosure", "reason_in_words"})
_CLINICAL = frozenset({"outcomes"})


def hidden_fields(role: Role, state: ReferralState, *, consent_withdrawn: bool) -> frozenset[str]:
    """The fields of a referral that a caller who may see it does not see.

    The receiver sees the disclosure from acceptance on, and no more once consent is withdrawn. The
    sender's side never sees what is clinical: only the state, the day, and the sentence meant for it.
    """
    if role is Role.CARE_WORKER and (consent_withdrawn or state not in DISCLOSED):
        return _DISCLOSURE
    if role is Role.AMBASSADOR:
        return _CLINICAL
    return frozenset()


def side_of(role: Role) -> Side:
    """On which side of a referral a role stands."""
    return Side.ORGANISATION if role is Role.CARE_WORKER else Side.SENDER
