"""`python -m deploy`: the commands."""

from deploy.cli import cli

cli(prog_name="sbs")
