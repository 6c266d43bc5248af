"""Taking a step in an account's lifecycle: state, history and event together."""

from services.registry.domain.lifecycles import ACCOUNT, AccountAction, AccountState
from services.registry.models import Account
from services.registry.settings import Work
from shared.history import entry
from shared.lifecycle import Transition


def take_account_step(work: Work, account: Account, step: Transition, *, himself: bool = False) -> None:
    """Move an account on. `himself`: the system takes his step for him, and history says he."""
    taken = entry(work, account.id, step, account.state)
    if himself:
        taken.actor_id, taken.actor_role = account.id, account.role
    work.session.add(taken)
    account.state = AccountState(step.target)
    # Neither whose it is nor in which role.
    told = {"account_id": account.id, "state": account.state, "on": work.today}
    work.record(step.event, account.id, told)


def activate(work: Work, account: Account) -> None:
    """Its owner has come in for the first time."""
    take_account_step(work, account, work.step(ACCOUNT, account, AccountAction.ACTIVATE), himself=True)
