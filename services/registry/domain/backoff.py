"""How long an email must wait after failures: longer each time, and never for good.

A fixed lock-out would let anybody lock anybody out. The wait that begins at a second and doubles is the
exponential lockout of OWASP's Authentication Cheat Sheet ("Account Lockout").
"""

from datetime import timedelta

FREE = 2
"""So many failures cost no wait: people mistype."""
LONGEST = timedelta(minutes=5)
FORGOTTEN_AFTER = timedelta(hours=24)
"""After so long without a try, the failures count no more."""


def wait_after(failures: int) -> timedelta | None:
    """How long to wait after so many failures in a row; None when one may try again at once."""
    if failures <= FREE:
        return None
    doublings = min(failures - FREE - 1, 20)
    return min(timedelta(seconds=2**doublings), LONGEST)
