"""The pages of the registry, a module per task that a person does."""

from services.registry.web import (
    account,
    accounts,
    attendance,
    consents,
    covers,
    demonstration,
    figures,
    inviting,
    links,
    man,
    men,
    parked,
    sign_in,
)

PAGES = [
    *sign_in.PAGES,
    *links.PAGES,
    *demonstration.PAGES,
    *account.PAGES,
    *men.PAGES,
    *man.PAGES,
    *consents.PAGES,
    *attendance.PAGES,
    *covers.PAGES,
    *figures.PAGES,
    *accounts.PAGES,
    *inviting.PAGES,
    *parked.PAGES,
]
