"""Accounts over HTTP, as an administrator keeps them."""

from marshmallow import fields, validate

from services.registry.api.account_fields import Email
from services.registry.domain import permissions as may
from services.registry.domain.codes import LinkMailState, SpokenLanguage
from services.registry.domain.lifecycles import ACCOUNT, AccountAction, AccountState
from services.registry.queries import lists, visible
from services.registry.use_cases import accounts
from shared.actor import PEOPLE, Role
from shared.http.fields import Code, Line, YesOrNo
from shared.http.history_api import history_route
from shared.http.routes import Route, change, create, listing, read, transition
from shared.http.schemas import Input, LifecycleAnswer, Nothing, Paged


class InviteAgain(Input):
    by_email = YesOrNo(
        metadata={"description": "Send him the link by e-mail; else it is in the answer, to be given to him."}
    )


class Invite(InviteAgain):
    email = Email(new=True, required=True)
    name = Line(required=True)
    role = Code(Role, required=True, validate=validate.OneOf(PEOPLE, error="No person has this role."))
    ambassador_id = fields.UUID()
    organisation_id = fields.UUID()
    mentor_id = fields.UUID()
    partner_id = fields.UUID()
    language = Code(
        SpokenLanguage, metadata={"description": "In which he is written to; else the programme's."}
    )


class ChangeAccount(Input):
    name = Line()
    ambassador_id = fields.UUID()
    organisation_id = fields.UUID()
    mentor_id = fields.UUID()
    partner_id = fields.UUID()


class Reset(InviteAgain):
    clear_second_factors = YesOrNo(
        metadata={"description": "When his device is lost too; then the link is not sent by e-mail."}
    )


class Account(LifecycleAnswer):
    lifecycle = ACCOUNT
    path = "/registry/accounts/{id}"

    id = fields.UUID(required=True)
    email = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)
    role = Code(Role, required=True)
    ambassador_id = fields.UUID(allow_none=True)
    organisation_id = fields.UUID(allow_none=True)
    mentor_id = fields.UUID(allow_none=True)
    partner_id = fields.UUID(allow_none=True)
    state = Code(AccountState, required=True)
    created_at = fields.AwareDateTime(required=True)


class OneAccount(Account):
    link_mail = Code(
        LinkMailState,
        required=True,
        allow_none=True,
        metadata={"description": "Of the link that he has; null where he has none, or not by e-mail."},
    )


class AccountWithLink(Account):
    link = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Give it to him. Shown this once; null where it is sent by e-mail."},
    )
    works_until = fields.AwareDateTime(required=True)


class AccountQuery(Paged):
    state = Code(AccountState)
    role = Code(Role)


_ONE = "/accounts/<uuid:account_id>"
_TOO_MANY = "Or so many links were sent by e-mail that this one must be given by hand, or wait."

ROUTES = [
    listing("/accounts", lists.list_accounts, may.KEEP_ACCOUNTS, Account, AccountQuery),
    create(
        "/accounts",
        accounts.invite,
        may.KEEP_ACCOUNTS,
        Invite,
        AccountWithLink,
        confidential=True,
        conflict=f"There is an account with this email already. {_TOO_MANY}",
    ),
    read(_ONE, accounts.read_account, may.KEEP_ACCOUNTS, OneAccount),
    change(_ONE, accounts.change_account, may.KEEP_ACCOUNTS, ChangeAccount, Account),
    Route(
        "POST",
        f"{_ONE}/invite_again",
        accounts.invite_again,
        may.KEEP_ACCOUNTS,
        AccountWithLink,
        InviteAgain,
        confidential=True,
        conflict=f"The account is not invited. {_TOO_MANY}",
    ),
    Route(
        "POST",
        f"{_ONE}/reset",
        accounts.reset_access,
        may.KEEP_ACCOUNTS,
        AccountWithLink,
        Reset,
        confidential=True,
        conflict=f"The account is not active, or has no email. {_TOO_MANY}",
    ),
    transition(f"{_ONE}/close", accounts.close_account, ACCOUNT, AccountAction.CLOSE, Nothing, Account),
    history_route(_ONE, ACCOUNT, visible.accounts, may.KEEP_ACCOUNTS),
]
