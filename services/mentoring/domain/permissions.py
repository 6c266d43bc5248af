"""Who may do what in mentoring.

Who may take a step in a lifecycle stands in its row; relations are enforced in `queries.visible`.
"""

from shared.actor import Role
from shared.permissions import policy

MENTOR, COORDINATOR, ADMINISTRATOR = Role.MENTOR, Role.COORDINATOR, Role.ADMINISTRATOR

OWN_MENTEES = "of his own mentees; a coordinator of his partner's sheds"

SEE_MENTORS = policy("see mentors", MENTOR, COORDINATOR, relation="himself; a coordinator his partner's")
KNOW_MENTORS = policy("know mentors by name, to make accounts for them", ADMINISTRATOR)
KEEP_MENTORS = policy("keep the list of mentors", COORDINATOR, relation="of his own partner")
SEE_MENTORSHIPS = policy("see mentorships", MENTOR, COORDINATOR, relation=OWN_MENTEES, emergency=True)
PROPOSE_MENTORSHIP = policy("propose a mentorship", COORDINATOR, relation="of a man of his partner's sheds")
NOTE_SESSION = policy("note a mentoring session", MENTOR, COORDINATOR, relation=OWN_MENTEES)
SEE_PATHWAYS = policy("see pathways", MENTOR, COORDINATOR, relation=OWN_MENTEES, emergency=True)
ENROL = policy("enrol a man on a pathway", MENTOR, COORDINATOR, relation=OWN_MENTEES)
PROPOSE_READINESS = policy("propose that a man is work-ready", MENTOR, COORDINATOR, relation=OWN_MENTEES)
DECLINE_READINESS = policy(
    "say that a man is not work-ready yet", MENTOR, COORDINATOR, relation="whoever may confirm it"
)
TAKE_BACK_READINESS = policy(
    "take back that a man is work-ready", MENTOR, COORDINATOR, relation="who proposed it, or on whose behalf"
)
ADD_EVIDENCE = policy("add evidence to a step", MENTOR, COORDINATOR, relation=OWN_MENTEES)
RECORD_JOB = policy("record a job", MENTOR, COORDINATOR, relation=OWN_MENTEES)
RECORD_CHECKPOINT = policy("record a checkpoint", MENTOR, COORDINATOR, relation=OWN_MENTEES)
SEE_LOG = policy("see a man's log", COORDINATOR, relation="of his partner's sheds")
SEE_STEP_LIST = policy("see the list of steps", MENTOR, COORDINATOR, ADMINISTRATOR, personal=False)
KEEP_STEP_LIST = policy("keep the list of steps", ADMINISTRATOR)
EXPORT_SUBJECT = policy("export what is held on a man", COORDINATOR, relation="of his partner's sheds")
IMPORT_RECORDS = policy("import records", COORDINATOR, relation="of his own partner", scope="import")
