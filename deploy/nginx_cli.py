"""The command that writes nginx's configuration."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from shared import secrets
from shared.settings import Environment, SettingsError, origin


def _settings(environ: Mapping[str, str]) -> dict[str, Any]:
    """Raises `SettingsError` when the origin or the secret is missing or wrong."""
    environment = Environment(environ)
    found = {
        "origin": environment.read("SBS_ORIGIN", origin),
        "edge_secret": environment.read("SBS_EDGE_SECRET", secrets.edge_secret),
    }
    environment.check()
    return found


def _place(port: int) -> Any:
    return {"default": f"127.0.0.1:{port}", "show_default": True, "metavar": "ADDRESS:PORT"}


@click.command("nginx")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--certificate", type=click.Path(), help="The certificate with its chain (PEM).")
@click.option("--key", type=click.Path(), help="Its private key (PEM).")
@click.option("--listen", multiple=True, default=("443", "[::]:443"), show_default=True)
@click.option("--listen-plain", multiple=True, default=("80", "[::]:80"), show_default=True)
@click.option("--requests-per-second", default=50, show_default=True, help="That one address may ask.")
@click.option("--registry", **_place(8001))
@click.option("--referrals", **_place(8002))
@click.option("--mentoring", **_place(8003))
@click.option("--log", default="/var/log/nginx/sbs.log", show_default=True)
@click.option("--error-log", default="/var/log/nginx/sbs-errors.log", show_default=True)
def nginx(out: Path, **options: Any) -> None:
    """Write nginx's configuration for SBS_ORIGIN and SBS_EDGE_SECRET to the file OUT, for its owner alone."""
    from deploy.proxy import Proxy, configuration, public_paths  # noqa: PLC0415 (help should not wait for it)

    if bool(options["certificate"]) != bool(options["key"]):
        raise click.UsageError("A certificate has a key: give both, or neither.")
    try:
        text = configuration(Proxy(**_settings(os.environ), **options), public_paths())
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}.") from None
