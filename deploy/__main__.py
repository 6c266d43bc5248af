"""`python -m deploy`: the commands."""

import sys

try:
    from deploy.cli import cli
except KeyboardInterrupt:
    # Ctrl-C while Python still loads: what click says to it once a command runs.
    sys.exit("Aborted!")

cli(prog_name="sbs")
