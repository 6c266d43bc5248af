"""The pages of the registry, a module per task that a person does."""

from services.registry.web import account, covers, demonstration, figures, parked, sign_in

PAGES = [*sign_in.PAGES, *demonstration.PAGES, *account.PAGES, *covers.PAGES, *figures.PAGES, *parked.PAGES]
