"""Who may do what in the registry. The relations are enforced in `queries.visible` and `queries.covering`."""

from shared.actor import PEOPLE, Role
from shared.permissions import OWN_ACCOUNT, policy

AMBASSADOR, COORDINATOR = Role.AMBASSADOR, Role.COORDINATOR
ADMINISTRATOR, EVALUATOR, MENTOR = Role.ADMINISTRATOR, Role.EVALUATOR, Role.MENTOR
CARE_WORKER = Role.CARE_WORKER

OWN_SHED = "of his own sheds; a coordinator of his partner's"

SEE_PARTNERS = policy(
    "see partners", AMBASSADOR, COORDINATOR, ADMINISTRATOR, EVALUATOR, MENTOR,
    scope="directory:read", personal=False,
)  # fmt: skip
KEEP_PARTNERS = policy("keep the list of partners", ADMINISTRATOR)
SEE_SHEDS = policy(
    "see sheds", AMBASSADOR, COORDINATOR, ADMINISTRATOR, EVALUATOR,
    relation=OWN_SHED, scope="directory:read", personal=False,
)  # fmt: skip
OPEN_SHED = policy("open a shed", COORDINATOR, relation="for his own partner")
CHANGE_SHED = policy("change a shed", COORDINATOR, relation="of his own partner")
SEE_AMBASSADORS = policy(
    "see ambassadors", AMBASSADOR, COORDINATOR, relation="himself; a coordinator his partner's"
)
KEEP_AMBASSADORS = policy("keep the list of ambassadors", COORDINATOR, relation="of his own partner")
SEE_SHEDDERS = policy(
    "see shedders", AMBASSADOR, COORDINATOR, MENTOR,
    relation=OWN_SHED + "; a mentor his own mentees", emergency=True,
)  # fmt: skip
REGISTER_SHEDDER = policy("register a shedder", AMBASSADOR, COORDINATOR, relation=OWN_SHED)
CHANGE_SHEDDER = policy("change what is known of a shedder", AMBASSADOR, COORDINATOR, relation=OWN_SHED)
SEE_LOG = policy("see a man's log", COORDINATOR, relation="of his partner's sheds")
SEE_TIMELINE = policy("see a timeline", AMBASSADOR, COORDINATOR, relation=OWN_SHED, emergency=True)
SEE_CONSENTS = policy("see consents", AMBASSADOR, COORDINATOR, relation=OWN_SHED, emergency=True)
RECORD_CONSENT = policy("record a consent", AMBASSADOR, COORDINATOR, relation=OWN_SHED)
SEE_ACTIVITIES = policy("see activities and sessions", AMBASSADOR, COORDINATOR, relation=OWN_SHED)
KEEP_ACTIVITIES = policy("keep activities", AMBASSADOR, COORDINATOR, relation=OWN_SHED)
TAKE_ATTENDANCE = policy("take attendance", AMBASSADOR, COORDINATOR, relation=OWN_SHED)
READ_FIGURES = policy("read figures", COORDINATOR, EVALUATOR, ADMINISTRATOR, scope="figures:read")
IMPORT_RECORDS = policy("import records", COORDINATOR, relation="of his own partner", scope="import")
ASK_ERASURE = policy("record that a man asks to be erased", COORDINATOR, relation=OWN_SHED)
SEE_ERASURES = policy(
    "see erasures", COORDINATOR, ADMINISTRATOR, relation="of his partner's men; an administrator all, by id"
)
KEEP_HOLDS = policy("place legal holds", ADMINISTRATOR, relation="by id")
NAME_COVER = policy(
    "name a stand-in", AMBASSADOR, CARE_WORKER, MENTOR, COORDINATOR,
    relation="for oneself; a coordinator for his partner's ambassadors and mentors",
)  # fmt: skip
SEE_COVERS = policy(
    "see who stands in for whom", AMBASSADOR, CARE_WORKER, MENTOR, COORDINATOR,
    relation="one's own; a coordinator his partner's ambassadors' and mentors'",
)  # fmt: skip
TAKE_UP_COVER = policy("stand in", AMBASSADOR, CARE_WORKER, MENTOR, relation="for whom one was named")
BEGIN_EMERGENCY = policy(
    "begin emergency access", COORDINATOR, relation="to one man, for an hour, with the reason"
)
SEE_EMERGENCIES = policy(
    "see emergency accesses", COORDINATOR, ADMINISTRATOR, relation="one's own; an administrator all, by id"
)
KEEP_CLIENTS = policy("keep machine clients", ADMINISTRATOR)
KEEP_ACCOUNTS = policy("keep accounts", ADMINISTRATOR)
KEEP_OWN_ACCOUNT = policy("keep one's own account", *PEOPLE, relation=OWN_ACCOUNT)
EXPORT_SUBJECT = policy("export what is held on a man", COORDINATOR, relation="of his partner's sheds")

NEEDS_SECOND_FACTOR = frozenset({COORDINATOR, ADMINISTRATOR, CARE_WORKER})
"""Who sees many men, or can let others in, does nothing with a password alone. A coordinator sees all men of
his partner, a care worker all who were referred to his organisation, with their need of care; an
administrator makes accounts and keys. The others may have one: they see the few men they meet, or none."""

SMALLEST_SHOWN = 5
"""Counts below this are hidden from those who may not know any person (domain research, section 4)."""
