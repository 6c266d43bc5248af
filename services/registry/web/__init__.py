"""The pages of the registry, a module per task that a person does."""

from services.registry.web import (
    account,
    ambassadors,
    attendance,
    consents,
    covers,
    demonstration,
    figures,
    man,
    men,
    parked,
    sheds,
    sign_in,
)

PAGES = [
    *sign_in.PAGES,
    *demonstration.PAGES,
    *account.PAGES,
    *men.PAGES,
    *man.PAGES,
    *consents.PAGES,
    *attendance.PAGES,
    *sheds.PAGES,
    *ambassadors.PAGES,
    *covers.PAGES,
    *figures.PAGES,
    *parked.PAGES,
]
