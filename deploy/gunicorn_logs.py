"""What gunicorn itself logs: of an address without the secret of a link, which stands in its path."""

import logging

from gunicorn.config import Config  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from shared.secrets import without_secrets

_plain = logging.Formatter()


class Discreet(Logger):  # type: ignore[misc]
    """gunicorn's logger. It names the address where a request broke down outside of any application."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        self.error_log.addFilter(_mask)


def _mask(record: logging.LogRecord) -> bool:
    """Let every record pass, without secrets in its words or in those of its exception."""
    record.msg, record.args = without_secrets(record.getMessage()), ()
    if record.exc_info:
        record.exc_text = without_secrets(_plain.formatException(record.exc_info))
    return True
