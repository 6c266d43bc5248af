"""What the e-mail with a link says, in each language. At a wrong address, it tells a stranger no name."""

from collections.abc import Mapping
from datetime import datetime

from babel.dates import format_datetime

from services.registry.domain.codes import LinkPurpose
from shared.languages import later as _
from shared.languages import translated

SUBJECTS: Mapping[LinkPurpose, str] = {
    LinkPurpose.INVITATION: _("You are invited to Step by Step"),
    LinkPurpose.RESET: _("A new password for Step by Step"),
}
FIRST_LINES: Mapping[LinkPurpose, str] = {
    LinkPurpose.INVITATION: _("An administrator of the programme invites you to work with Step by Step."),
    LinkPurpose.RESET: _("An administrator of the programme lets you choose a new password."),
}
LAST_LINES = _(
    "Choose your password here, and then sign in with it:\n%(link)s\n\n"
    "The link works once, and until %(until)s. Whoever has it can come in as you, so do not pass this e-mail "
    "on. Did you not expect it? Then do nothing. Do not answer this e-mail: nobody reads it."
)


def text_of(language: str, purpose: LinkPurpose, link: str, until: datetime) -> str:
    """The e-mail with a link; `until` is told as the clock of its zone shows it."""
    moment = format_datetime(until, "d MMMM y, HH:mm", tzinfo=until.tzinfo, locale=language)
    last = translated(language, LAST_LINES, link=link, until=moment)
    return "\n".join([translated(language, FIRST_LINES[purpose]), "", last, ""])
