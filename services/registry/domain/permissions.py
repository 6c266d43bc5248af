"""Who may do what in the registry (DOMAIN: Who uses it). The relations are enforced in `queries.visible`."""

from shared.actor import Role
from shared.permissions import policy

AMBASSADOR, COORDINATOR = Role.AMBASSADOR, Role.COORDINATOR
ADMINISTRATOR, EVALUATOR, MENTOR = Role.ADMINISTRATOR, Role.EVALUATOR, Role.MENTOR

OWN_SHED = "of his own sheds; a coordinator of his partner's"

SEE_PARTNERS = policy(
    "see partners", AMBASSADOR, COORDINATOR, ADMINISTRATOR, EVALUATOR, MENTOR, scope="directory:read"
)
KEEP_PARTNERS = policy("keep the list of partners", ADMINISTRATOR)
SEE_SHEDS = policy(
    "see sheds", AMBASSADOR, COORDINATOR, ADMINISTRATOR, EVALUATOR, relation=OWN_SHED, scope="directory:read"
)
OPEN_SHED = policy("open a shed", COORDINATOR, relation="for his own partner")
CHANGE_SHED = policy("change a shed", COORDINATOR, relation="of his own partner")
SEE_AMBASSADORS = policy(
    "see ambassadors", AMBASSADOR, COORDINATOR, relation="himself; a coordinator his partner's"
)
KEEP_AMBASSADORS = policy("keep the list of ambassadors", COORDINATOR, relation="of his own partner")
SEE_SHEDDERS = policy(
    "see shedders", AMBASSADOR, COORDINATOR, MENTOR, relation=OWN_SHED + "; a mentor his own mentees"
)
REGISTER_SHEDDER = policy("register a shedder", AMBASSADOR, COORDINATOR, relation=OWN_SHED)
CHANGE_SHEDDER = policy("change what is known of a shedder", AMBASSADOR, COORDINATOR, relation=OWN_SHED)
SEE_TIMELINE = policy("see a timeline", AMBASSADOR, COORDINATOR, relation=OWN_SHED)
SEE_CONSENTS = policy("see consents", AMBASSADOR, COORDINATOR, relation=OWN_SHED)
RECORD_CONSENT = policy("record a consent", AMBASSADOR, COORDINATOR, relation=OWN_SHED)
SEE_ACTIVITIES = policy("see activities and sessions", AMBASSADOR, COORDINATOR, relation=OWN_SHED)
KEEP_ACTIVITIES = policy("keep activities", AMBASSADOR, COORDINATOR, relation=OWN_SHED)
TAKE_ATTENDANCE = policy("take attendance", AMBASSADOR, COORDINATOR, relation=OWN_SHED)
READ_FIGURES = policy("read figures", COORDINATOR, EVALUATOR, ADMINISTRATOR, scope="figures:read")
IMPORT_RECORDS = policy("import records", COORDINATOR, relation="of his own partner", scope="import")

SMALLEST_SHOWN = 5
"""Counts below this are hidden from those who may not know any person (domain research, section 4)."""

SEES_SMALL_NUMBERS = frozenset({COORDINATOR, Role.SYSTEM})
"""Who reads figures unsuppressed: those who may see the men themselves."""
