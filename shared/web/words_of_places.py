"""The words of sheds, and what the pages of places and people say after something was done: see `words`."""

from collections.abc import Mapping

from shared.web.language import later as _

WORDS: Mapping[str, str] = {
    # what a shed is mostly for
    "focus.sport": _("Sport"),
    "focus.digital": _("Computers and telephones"),
    "focus.language": _("Language"),
    "focus.social": _("Company"),
    "focus.crafts": _("Crafts"),
    "focus.other": _("Something else"),
    # whether it takes new men
    "new_men.open": _("Takes new men"),
    "new_men.limited": _("Takes a few new men"),
    "new_men.full": _("Is full"),
}

SAID: Mapping[str, str] = {
    "add_organisation": _("It is in the directory. Now add what it offers."),
    "change_organisation": _("It is kept. Everybody who may see the directory reads it so."),
    "add_location": _("The place is added."),
    "change_location": _("The place is changed."),
    "add_service": _("The service is added. It can be referred to from now on."),
    "change_service": _("The service is changed."),
    "taking_yes": _("It says now that it takes referrals."),
    "taking_waiting_list": _("It says now that there is a waiting list."),
    "taking_no": _("It says now that it takes no referrals."),
    "open_shed": _("The shed is open. Now add who serves it, and what is held there."),
    "change_shed": _("The shed is changed."),
    "close_shed": _("The shed is closed."),
    "add_activity": _("The activity is added. Attendance can be taken for it."),
    "change_activity": _("The activity is changed."),
    "add_ambassador": _("He is added. An administrator can give him an account."),
    "change_ambassador": _("It is changed."),
    "assign_shed": _("He serves this shed now, and sees its men."),
    "release_from_shed": _("He does not serve this shed any more."),
    "leave": _("It is noted that he has left."),
    "add_mentor": _("The mentor is added."),
    "change_mentor": _("It is changed."),
    "mentor_leaves": _("It is kept when he left."),
}
