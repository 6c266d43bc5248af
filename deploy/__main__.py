"""`python -m deploy`: the commands."""

import sys

try:
    from deploy.cli import cli
    from shared.observability import configure_logging
except KeyboardInterrupt:
    # Ctrl-C while Python still loads: what click says to it once a command runs.
    sys.exit("Aborted!")

configure_logging(otherwise="WARNING")  # a command says itself what it did; what serves and works says more
cli(prog_name="sbs")
