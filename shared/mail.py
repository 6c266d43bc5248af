"""Sending an e-mail by the operator's server (SMTP), encrypted wherever it leaves the machine."""

import smtplib
import ssl
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

PORTS = {"smtp": 587, "smtps": 465}
LONGEST_WAIT = 20
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


class MailRefused(Exception):
    """The server will not take this e-mail, now or ever: trying it again changes nothing."""


class MailUnavailable(Exception):
    """The server does not answer, or asks to be tried again."""


@dataclass(frozen=True)
class MailServer:
    """Where e-mail is handed in, and from whom it comes."""

    host: str
    port: int
    sender: str
    encrypted: bool
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def at(cls, url: str, sender: str) -> "MailServer":
        """From a URL: `smtp://user:password@host:587` (STARTTLS) or `smtps://...`. Raises `ValueError`."""
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError("it must begin with smtp:// or smtps:// and name a host")
        user = unquote(parts.username) if parts.username else None
        password = unquote(parts.password) if parts.password else None
        port = parts.port or PORTS[parts.scheme]
        return cls(parts.hostname, port, sender, parts.scheme == "smtps", user, password)

    def send(self, to: str, subject: str, text: str, identity: str) -> None:
        """Hand in one e-mail. The same `identity` twice is the same e-mail to who receives it.

        Raises `MailRefused` when it will never be taken, `MailUnavailable` when it may be later.
        """
        message = self._written(to, subject, text, identity)
        try:
            with self._connected() as server:
                server.send_message(message)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as error:
            raise _outcome(error) from None
        except (OSError, smtplib.SMTPException) as error:
            raise MailUnavailable(type(error).__name__) from None

    def _written(self, to: str, subject: str, text: str, identity: str) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["Subject"] = self.sender, subject
        try:
            message["To"] = Address(addr_spec=to)
        except (ValueError, LookupError, AttributeError, HeaderParseError) as error:
            # The library fails in many ways at what is no address, and never says what it was.
            raise MailRefused(f"no address: {type(error).__name__}") from None
        message["Message-ID"] = f"<{identity}@{self.sender.rpartition('@')[2].strip('>') or 'sbs'}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        return message

    def _connected(self) -> smtplib.SMTP:
        trusted = ssl.create_default_context()
        if self.encrypted:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=LONGEST_WAIT, context=trusted
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=LONGEST_WAIT)
            if self.host not in THIS_MACHINE:
                server.starttls(context=trusted)
        if self.user is not None:
            server.login(self.user, self.password or "")
        return server


def _outcome(error: smtplib.SMTPRecipientsRefused | smtplib.SMTPResponseException) -> Exception:
    """What a server's answer means: 5xx is for good, all else may pass. Its words may name the address."""
    if isinstance(error, smtplib.SMTPResponseException):
        codes = [error.smtp_code]
    else:
        codes = [code for code, _ in error.recipients.values()]
    kind = MailRefused if all(500 <= code < 600 for code in codes) else MailUnavailable
    return kind(", ".join(str(code) for code in codes))
