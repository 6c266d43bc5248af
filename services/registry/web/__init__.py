"""The pages of the registry, a module per task that a person does."""

from services.registry.web import account, attendance, consents, demonstration, man, men, sign_in

PAGES = [
    *sign_in.PAGES,
    *demonstration.PAGES,
    *account.PAGES,
    *men.PAGES,
    *man.PAGES,
    *consents.PAGES,
    *attendance.PAGES,
]
