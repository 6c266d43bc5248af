"""What the pages of the directory say after something was done: see `words`."""

from collections.abc import Mapping

from shared.web.language import later as _

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
}
