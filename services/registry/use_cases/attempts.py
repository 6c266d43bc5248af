"""Attempts to sign in, counted by email whether it is anybody's or not; a failure makes the next one wait.

An attempt counts as failed from its beginning, in a transaction of its own, and is forgiven when it succeeds:
so two guesses at once count twice, and a request that is refused leaves its count.
"""

import math
from dataclasses import dataclass

from sqlalchemy import delete, update

from services.registry.domain.backoff import FORGOTTEN_AFTER, wait_after
from services.registry.models import SignInAttempts
from services.registry.settings import Work
from services.registry.use_cases.keys import keyed_hash
from shared.database.upsert import insert_once
from shared.errors import TooManyRequests


@dataclass(frozen=True)
class Attempt:
    """One attempt with an email: the how-manieth in a row without success it is, if it fails."""

    email_hash: str
    nth: int


def begin_attempt(work: Work, email: str) -> Attempt:
    """Count an attempt. Raises `TooManyRequests` while the email must wait; that one does not count."""
    row = _locked(work, keyed_hash(work.settings, email))
    if row.retry_at is not None and row.retry_at > work.now:
        raise TooManyRequests(retry_after=math.ceil((row.retry_at - work.now).total_seconds()))
    row.failures = row.failures + 1 if work.now - row.last_at < FORGOTTEN_AFTER else 1
    row.last_at = work.now
    wait = wait_after(row.failures)
    row.retry_at = work.now + wait if wait else None
    return Attempt(row.email_hash, row.failures)


def forgive(work: Work, attempt: Attempt) -> None:
    """Take one attempt back, unless another came since: it was right as far as it went."""
    back = update(SignInAttempts).where(
        SignInAttempts.email_hash == attempt.email_hash, SignInAttempts.failures == attempt.nth
    )
    work.session.execute(back.values(failures=attempt.nth - 1, retry_at=None))


def forget_attempts(work: Work, email: str) -> None:
    """Begin anew with an email: whose it is has shown that it is he."""
    own = SignInAttempts.email_hash == keyed_hash(work.settings, email)
    work.session.execute(delete(SignInAttempts).where(own))


def forget_old_attempts(work: Work) -> None:
    """Delete the counts that count no more."""
    old = SignInAttempts.last_at < work.now - FORGOTTEN_AFTER
    work.session.execute(delete(SignInAttempts).where(old))


def _locked(work: Work, email_hash: str) -> SignInAttempts:
    """The row of an email, made if need be, and locked until this transaction ends."""
    insert_once(work.session, SignInAttempts, {"email_hash": email_hash, "failures": 0, "last_at": work.now})
    return work.session.get_one(SignInAttempts, email_hash, with_for_update=True, populate_existing=True)
