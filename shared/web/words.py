"""The words of the codes, as people read them; and what is said after something was done.

A code has one word, whatever it is a value of. Where a thing needs another one, it stands as `thing.code`.
"""

from collections.abc import Mapping

from shared.web import words_of_mentoring, words_of_places
from shared.web.language import gettext
from shared.web.language import later as _
from shared.web.words_of_timelines import WHAT_HAPPENED

WORDS: Mapping[str, str] = {
    # how somebody is told
    "mail_when.at_once": _("At once"),
    "mail_when.daily": _("Once a day, in the morning"),
    "mail_when.never": _("Never"),
    # what became of an e-mail
    "link_mail.waiting": _("It waits to be sent"),
    "link_mail.sent": _("Sent"),
    "link_mail.not_taken": _("It could not be delivered. Look whether the address is right"),
    "spoken.nl": "Nederlands",
    "spoken.fr": "Français",
    "spoken.en": "English",
    # roles
    "ambassador": _("Ambassador"),
    "care_worker": _("Care worker"),
    "mentor": _("Mentor"),
    "coordinator": _("Coordinator"),
    "evaluator": _("Evaluator"),
    "administrator": _("Administrator"),
    "integrator": _("Machine client"),
    "system": _("The system"),
    # an account
    "account.invited": _("Invited"),
    "account.active": _("In use"),
    "account.closed": _("Closed"),
    "account.activate": _("Came in for the first time"),
    "account.close": _("The account was closed"),
    # needs
    "mental_health": _("Mental health"),
    "physical_health": _("Physical health"),
    "loneliness": _("Loneliness"),
    "debt": _("Debt"),
    "housing": _("Housing"),
    "addiction": _("Addiction"),
    "language": _("Language"),
    "work": _("Work"),
    "other": _("Another one"),
    "need.other": _("Something else"),
    # how soon
    "routine": _("Not urgent"),
    "soon": _("Soon"),
    "urgent": _("Urgent"),
    # a referral
    "draft": _("Draft"),
    "requested": _("New"),
    "sender.requested": _("Sent"),
    "received": _("Received"),
    "waitlisted": _("On the waiting list"),
    "accepted": _("Accepted"),
    "declined": _("Declined"),
    "in_progress": _("In progress"),
    "completed": _("Done"),
    "failed": _("Came to nothing"),
    "withdrawn": _("Withdrawn"),
    "expired": _("Never answered"),
    "entered_in_error": _("Entered in error"),
    # its actions
    "send": _("Send"),
    "open": _("Mark as received"),
    "accept": _("Accept"),
    "waitlist": _("Put on the waiting list"),
    "decline": _("Decline"),
    "start": _("Start"),
    "complete": _("Report how it ended"),
    "fail": _("It came to nothing"),
    "withdraw": _("Withdraw"),
    "expire": _("Never answered"),
    "reopen": _("Take up again"),
    "correct": _("Mark as entered in error"),
    "change_draft": _("Change the draft"),
    "send_on": _("Try another service"),
    # whether a service takes referrals now
    "taking.yes": _("Takes referrals now"),
    "taking.waiting_list": _("Has a waiting list"),
    "taking.no": _("Takes no referrals now"),
    # reasons
    "reason.other": _("Another reason"),
    "not_eligible": _("He is not one of those whom we may help"),
    "no_capacity": _("We have no place"),
    "service_not_offered": _("We do not offer this"),
    "already_helped": _("He is helped already"),
    "participant_declined": _("He did not want it"),
    "could_not_reach": _("We could not reach him"),
    "did_not_come": _("He did not come"),
    "no_longer_eligible": _("He is not one of those whom we may help any more"),
    "consent_withdrawn": _("He withdrew his consent"),
    "participant_changed_his_mind": _("He changed his mind"),
    "helped_elsewhere": _("He is helped elsewhere"),
    "moved_away": _("He moved away"),
    "participant_erased": _("What was held on him was erased"),
    "participant_came_back": _("He came back"),
    "place_available": _("There is a place now"),
    "answered_by_mistake": _("It was answered by mistake"),
    "wrong_person": _("It is the wrong man"),
    "wrong_service": _("It is the wrong service"),
    "entered_twice": _("It was entered twice"),
    # what came of a need
    "achieved": _("Achieved"),
    "partly": _("Partly achieved"),
    "not": _("Not achieved"),
    # appointments
    "booked": _("Booked"),
    "rescheduled": _("Moved"),
    "attended": _("He came"),
    "missed": _("He did not come"),
    "cancelled": _("Cancelled"),
    "reschedule": _("Move"),
    "attend": _("He came"),
    "miss": _("He did not come"),
    "cancel": _("Cancel"),
    "take_back": _("Noted by mistake"),
    # what is known of a first job
    "checkpoint.employed": _("In work"),
    "checkpoint.not_employed": _("Not in work"),
    "checkpoint.unknown": _("Not known"),
    "checkpoint.not_recorded": _("Nobody has said yet"),
    "checkpoint.not_yet_due": _("Too early to say"),
    # what keeps a mentor from a match
    "is_full": _("He guides as many men as he wants to"),
    "has_left": _("He has left"),
    "training_missing": _("No training is noted"),
    "training_out_of_date": _("His training is too long ago"),
    "vog_missing": _("No certificate of conduct is noted"),
    "vog_out_of_date": _("His certificate of conduct is too old"),
    # the services
    "service.registry": _("Sheds and men"),
    "service.referrals": _("Referrals"),
    "service.mentoring": _("Mentoring"),
    # what a man agrees to
    "purpose.referral": _("Referring him"),
    "purpose.mentoring": _("A mentor"),
    "purpose.health_measurement": _("Measuring his health"),
    "purpose.evaluation": _("Learning from what was noted"),
    "agree.mentoring": _("That a mentor guides him to work"),
    "agree.health_measurement": _("That we measure his health"),
    "agree.evaluation": _("That we learn from what was noted of him, without his name"),
    # how he said yes
    "spoken": _("He said so"),
    "signed": _("He signed"),
    "digital": _("On a screen"),
    # where a session was
    "session.in_shed": _("In the shed"),
    "session.online": _("Online"),
    "session.telephone": _("By telephone"),
    # who
    "shedder": _("The man himself"),
    "organisation": _("The organisation"),
    "sender": _("Who referred him"),
    **words_of_mentoring.WORDS,
    **words_of_places.WORDS,
    **WHAT_HAPPENED,
}

SAID: Mapping[str, str] = {
    "signed_out": _("You have signed out."),
    "link_used": _("Your password is chosen. Sign in with it."),
    "change_account": _("The account is changed."),
    "close_account": _("The account is closed."),
    "ended_others": _("You are signed out everywhere else."),
    "password": _("Your password is changed."),
    "wish": _("It is kept how you want to be told."),
    "open": _("It is marked as received. Who sent it can see that."),
    "accept": _("Accepted. Who sent it can see that."),
    "accept_by_link": _("Accepted. Who sent it can see that. Write down now how to reach him."),
    "decline_by_link": _("Declined. Who sent it can see that, and why."),
    "ask_by_link": _("Your question is sent. With the answer, you are sent a new link."),
    "waitlist": _("He is on the waiting list. Who sent it can see that."),
    "decline": _("Declined. Who sent it can see that, and why."),
    "start": _("It has started."),
    "complete": _("It is done. Who sent it can read your sentence."),
    "fail": _("It is noted that it came to nothing."),
    "reopen": _("It is taken up again."),
    "register": _("He is registered."),
    "change_man": _("It is changed."),
    "give_consent": _("His consent is recorded."),
    "withdraw_consent": _("His consent is withdrawn, everywhere at once."),
    "take_attendance": _("Attendance is taken."),
    "retake_attendance": _("Attendance is changed."),
    "send": _("It is sent. You can follow here what comes of it."),
    "withdraw": _("The referral is withdrawn."),
    "correct": _("It is marked as entered in error."),
    "ask": _("Your question is sent. Until it is answered, your days do not count."),
    "answer": _("Your answer is sent."),
    "remind": _("The reminder is sent."),
    "remind_all": _("The reminders are sent."),
    "book": _("The appointment is booked."),
    "reschedule": _("The appointment is moved."),
    "attend": _("It is noted that he came."),
    "miss": _("It is noted that he did not come."),
    "cancel": _("The appointment is cancelled."),
    "take_back": _("The appointment stands as booked again."),
    **words_of_mentoring.SAID,
    **words_of_places.SAID,
    "match": _("The match is proposed. At their first meeting both say yes, or no."),
    "parked_retried": _("It is tried again in a moment. Look again shortly: when it is gone, it worked."),
    "parked_gone": _("It is not parked any more: it was taken in meanwhile."),
    "name_cover": _("The stand-in is named."),
    "end_cover": _("Nobody stands in any more."),
    "take_up": _("From now on you stand in. What you do is noted as done for the other."),
    "lay_down": _("You do your own work again."),
}
"""What a page says after something was done."""


def word(code: str | None, thing: str = "") -> str:
    """What a code is called in the visitor's language."""
    if not code:
        return ""
    text = WORDS.get(f"{thing}.{code}") or WORDS.get(code)
    return gettext(text) if text else code.replace("_", " ")
