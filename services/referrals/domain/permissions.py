"""Who may do what with referrals and the directory, and which fields each sees.

Who may take a step in a lifecycle stands in its row; relations are enforced in `queries.visible`.
"""

from uuid import UUID

from services.referrals.domain.codes import Side
from services.referrals.domain.lifecycles import DISCLOSED, ReferralState
from shared.actor import ANSWER_AS_AN_ORGANISATION, SEE_AS_AN_ORGANISATION, Actor, Role
from shared.permissions import policy

AMBASSADOR, CARE_WORKER, COORDINATOR = Role.AMBASSADOR, Role.CARE_WORKER, Role.COORDINATOR
ADMINISTRATOR, MENTOR = Role.ADMINISTRATOR, Role.MENTOR

OWN = "of his own; a coordinator of his partner's sheds"
ADDRESSED = OWN + "; a care worker of his organisation's, and so its client"
SEE, ANSWER = SEE_AS_AN_ORGANISATION, ANSWER_AS_AN_ORGANISATION

SEE_DIRECTORY = policy(
    "see the directory", AMBASSADOR, CARE_WORKER, COORDINATOR, MENTOR, ADMINISTRATOR,
    scope="directory:read", personal=False,
)  # fmt: skip
KEEP_ORGANISATIONS = policy(
    "keep care organisations", COORDINATOR, ADMINISTRATOR, CARE_WORKER,
    relation="a care worker his own organisation", scope="directory:write",
)  # fmt: skip
LET_ANSWER_BY_LINK = policy(
    "let an organisation answer by link", CARE_WORKER, ADMINISTRATOR,
    relation="a care worker his own organisation", scope=ANSWER,
)  # fmt: skip
"""Whoever reads that mailbox answers as the organisation, and is told how to reach a man. So who sees that
anyhow says where links go, or who gives out accounts; not everybody who keeps the directory."""
ADD_ORGANISATION = policy("add a care organisation", COORDINATOR, ADMINISTRATOR, scope="directory:write")
SEE_REFERRALS = policy(
    "see referrals", AMBASSADOR, CARE_WORKER, COORDINATOR, relation=ADDRESSED, scope=SEE, emergency=True
)
DRAFT_REFERRAL = policy("draft a referral", AMBASSADOR, COORDINATOR, relation="of a man of his sheds")
CHANGE_DRAFT = policy("change a draft", AMBASSADOR, COORDINATOR, relation=OWN)
SEE_LOG = policy("see a man's log", COORDINATOR, relation="of his partner's sheds")
SEE_HISTORY = policy(
    "see a referral's history", CARE_WORKER, COORDINATOR, AMBASSADOR,
    relation=ADDRESSED, scope=SEE, emergency=True,
)  # fmt: skip
BOOK_APPOINTMENT = policy(
    "book an appointment", CARE_WORKER, relation="his organisation's referrals", scope=ANSWER
)
SEE_APPOINTMENTS = policy(
    "see appointments", AMBASSADOR, CARE_WORKER, COORDINATOR, relation=ADDRESSED, scope=SEE, emergency=True
)
ASK_QUESTION = policy(
    "ask a question", AMBASSADOR, CARE_WORKER, COORDINATOR, relation=ADDRESSED, scope=ANSWER
)
ANSWER_QUESTION = policy(
    "answer a question", AMBASSADOR, CARE_WORKER, COORDINATOR, relation=ADDRESSED, scope=ANSWER
)
SEE_QUESTIONS = policy(
    "see questions", AMBASSADOR, CARE_WORKER, COORDINATOR, relation=ADDRESSED, scope=SEE, emergency=True
)
REMIND = policy("remind who is to act", COORDINATOR, relation="of his partner's sheds")
EXPORT_SUBJECT = policy("export what is held on a man", COORDINATOR, relation="of his partner's sheds")
IMPORT_RECORDS = policy("import records", COORDINATOR, relation="of his own partner", scope="import")

_DISCLOSURE = frozenset({"disclosure", "reason_in_words"})
_ABOUT_HIM = _DISCLOSURE | {"need_category", "urgency", "language", "neighbourhood", "sentence", "outcomes"}
_CLINICAL = frozenset({"outcomes"})
_WHERE = frozenset({"starts_at", "place"})
_WORDS = frozenset({"question", "answer"})
_REMARK = frozenset({"remark"})
_HOURS = frozenset({"details"})
_NOTHING: frozenset[str] = frozenset()


def speaks_as(actor: Actor) -> Role:
    """As whom a caller speaks about a referral: the one rule of who speaks for an organisation.

    A client of a care organisation that may see referrals speaks as its care workers do: which rows, which
    fields, which side. What it may do there, its scopes say. Every other caller speaks in his own role.
    """
    is_client = actor.role is Role.INTEGRATOR and SEE in actor.scopes
    return Role.CARE_WORKER if is_client and actor.organisation_id is not None else actor.role


def keeps_organisation(actor: Actor, organisation_id: UUID) -> bool:
    """Whether a caller keeps an entry of the directory: who speaks for an organisation that one alone."""
    if not KEEP_ORGANISATIONS.allows(actor):
        return False
    has_one = actor.organisation_id is not None or actor.role is Role.CARE_WORKER
    return not has_one or actor.organisation_id == organisation_id


def hidden_fields(
    role: Role, state: ReferralState, *, accepted: bool, consent_withdrawn: bool
) -> frozenset[str]:
    """The fields of a referral that a caller who may see it does not see.

    The receiver sees need, urgency, language and neighbourhood, the disclosure from acceptance on, and
    none of all that once consent is withdrawn: it keeps only that there was a referral, and its days. The
    sender's side never sees what is clinical: only the state, the day, and the sentence meant for it.
    """
    if role is Role.CARE_WORKER and consent_withdrawn:
        return _ABOUT_HIM
    if role is Role.CARE_WORKER and not (accepted and state in DISCLOSED):
        return _DISCLOSURE
    return _CLINICAL if role is Role.AMBASSADOR else _NOTHING


def hidden_of_appointment(role: Role, *, consent_withdrawn: bool) -> frozenset[str]:
    """An ambassador sees the day, not the hour and the place; so does a receiver once consent is gone."""
    withheld = role is Role.AMBASSADOR or _lost(role, consent_withdrawn=consent_withdrawn)
    return _WHERE if withheld else _NOTHING


def hidden_of_question(role: Role, *, consent_withdrawn: bool) -> frozenset[str]:
    """What the sides wrote to each other about him is not the receiver's any more once consent is gone."""
    return _WORDS if _lost(role, consent_withdrawn=consent_withdrawn) else _NOTHING


def hidden_of_step(role: Role, taken_by: Role, *, consent_withdrawn: bool) -> frozenset[str]:
    """A remark stays on the side that made it, and is not the receiver's any more once consent is gone.

    Nor are an appointment's hours, which an ambassador never learns.
    """
    if _lost(role, consent_withdrawn=consent_withdrawn):
        return _REMARK | _HOURS
    same_side = role is Role.SYSTEM or side_of(role) is side_of(taken_by)
    return (_NOTHING if same_side else _REMARK) | (_HOURS if role is Role.AMBASSADOR else _NOTHING)


def _lost(role: Role, *, consent_withdrawn: bool) -> bool:
    return role is Role.CARE_WORKER and consent_withdrawn


def side_of(role: Role) -> Side:
    """On which side of a referral a role stands. A client that takes a step takes it for an organisation.

    (One that imports past referrals writes no remark, which is all that a side keeps to itself.)
    """
    return Side.ORGANISATION if role in (Role.CARE_WORKER, Role.INTEGRATOR) else Side.SENDER
