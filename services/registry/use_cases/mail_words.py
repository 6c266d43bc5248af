"""What an e-mail says, in each language: what kind of thing waits, and where to sign in."""

from collections import Counter
from collections.abc import Iterable, Mapping

from services.registry.domain.codes import NoticeKind
from shared.languages import later as _
from shared.languages import translated

KINDS: Mapping[NoticeKind, tuple[str, str]] = {
    NoticeKind.REFERRAL_CAME: (
        _("One referral came to your organisation."),
        _("%(count)s referrals came to your organisation."),
    ),
    NoticeKind.REFERRAL_ANSWERED: (
        _("One of your referrals was answered."),
        _("%(count)s of your referrals were answered."),
    ),
    NoticeKind.REFERRAL_ENDED: (
        _("One of your referrals has ended."),
        _("%(count)s of your referrals have ended."),
    ),
    NoticeKind.REFERRAL_INHERITED: (
        _("One referral has no ambassador any more, and is yours now."),
        _("%(count)s referrals have no ambassador any more, and are yours now."),
    ),
    NoticeKind.QUESTION_CAME: (
        _("Somebody asks you a question."),
        _("%(count)s questions are asked of you."),
    ),
    NoticeKind.QUESTION_ANSWERED: (
        _("Your question is answered."),
        _("%(count)s of your questions are answered."),
    ),
    NoticeKind.MENTEE_PROPOSED: (
        _("A mentee is proposed to you."),
        _("%(count)s mentees are proposed to you."),
    ),
    NoticeKind.READINESS_PROPOSED: (
        _("Somebody is proposed as work-ready, and waits for you to confirm it."),
        _("%(count)s men are proposed as work-ready, and wait for you to confirm it."),
    ),
    NoticeKind.READINESS_LAPSED: (
        _("One of your mentees is not work-ready any more: it was not confirmed again."),
        _("%(count)s of your mentees are not work-ready any more: it was not confirmed again."),
    ),
    NoticeKind.READINESS_DECLINED: (
        _("One of your mentees is not ready for work yet, says a second person. His page says why."),
        _("%(count)s of your mentees are not ready for work yet, says a second person. Their pages say why."),
    ),
    NoticeKind.REMINDED: (
        _("You are reminded of one referral that waits for you."),
        _("You are reminded of %(count)s referrals that wait for you."),
    ),
    NoticeKind.COVER_NAMED: (
        _("You are named to stand in for a colleague. Your account says at Stand-ins from which day."),
        _("You are named to stand in %(count)s times. Your account says at Stand-ins from which day."),
    ),
    NoticeKind.COVERED: (
        _("A stand-in is named for you. Your account says at Stand-ins who it is, and from which day."),
        _("Stand-ins are named for you %(count)s times. Your account says at Stand-ins who they are."),
    ),
    NoticeKind.COVER_ENDED: (
        _("Standing in was ended before its last day. Look at Stand-ins who stands in now."),
        _("Standing in was ended before its last day %(count)s times. Look at Stand-ins who stands in now."),
    ),
}
SUBJECT = _("Something waits for you in Step by Step")
LAST_LINES = _(
    "Sign in to see it: %(origin)s/\n\n"
    "You can choose there when you are told by e-mail, or never. Do not answer this e-mail: nobody reads it."
)


def text_of(language: str, kinds: Iterable[NoticeKind], origin: str) -> str:
    """What an e-mail says of what waits."""
    counted = Counter(kinds)
    lines = [
        translated(language, KINDS[kind][0] if count == 1 else KINDS[kind][1], count=count)
        for kind, count in sorted(counted.items())
    ]
    last = translated(language, LAST_LINES, origin=origin)
    return "\n".join([*(f"- {line}" for line in lines), "", last, ""])
