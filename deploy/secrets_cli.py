"""The command that makes the secrets of a production set-up."""

from pathlib import Path

import click


@click.command("secrets")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--database", default="127.0.0.1:5432", show_default=True, metavar="HOST:PORT")
@click.option("--broker", default="127.0.0.1:5672", show_default=True, metavar="HOST:PORT")
@click.option("--vhost", default="sbs", show_default=True, help="RabbitMQ's virtual host.")
@click.option("--name", default="sbs", show_default=True, help="What databases, roles and queues begin with.")
def secrets(folder: Path, database: str, broker: str, vhost: str, name: str) -> None:
    """Make every secret that a production set-up needs and FOLDER has not yet, each in a file of its own."""
    from deploy.secrets_folder import Servers, write_secrets  # noqa: PLC0415 (help should not wait for it)

    try:
        made = write_secrets(folder, Servers(database, broker, vhost, name))
    except OSError as error:
        raise click.ClickException(f"{folder} cannot be used: {error.strerror}.") from None
    for one in made:
        click.echo(f"Made {one}.")
    click.echo(f"{folder} is complete. Whoever reads it is whoever he likes: keep it, and keep it closed.")
