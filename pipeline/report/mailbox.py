"""The mail server during one run: called when there is something to send, and left alone once it cannot be reached."""

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from types import TracebackType
from typing import NamedTuple, Self

from pipeline.report.post import PASSWORD, Mail

PATIENCE_SECONDS = 30
SMTP_ERROR, FINAL = 400, 500
"""From the first answer on a server says that it cannot now, from the second that it will not."""


class Undelivered(NamedTuple):
    """Why a place did not get a page. is_final: the server has judged, and another try would change nothing soon."""

    why: str
    is_final: bool = False


class Mailbox:
    """Use it in a `with` statement."""

    def __init__(self, mail: Mail, password: str) -> None:
        self.mail = mail
        self._password = password
        self._server: smtplib.SMTP | None = None
        self._out_of_reach: OSError | ValueError | None = None

    def send(self, message: EmailMessage, addresses: list[str]) -> dict[str, Undelivered]:
        """Send it; the addresses that did not get it, each with the reason."""
        try:
            server = self._connected()
            refused = server.send_message(message, self.mail.sender, addresses)
        except smtplib.SMTPRecipientsRefused as error:  # nobody got it, also those whom the server was not asked about
            said = [*error.recipients.values()][-1]
            refused = {address: error.recipients.get(address, said) for address in addresses}
            refused = {address: said if answer[0] < SMTP_ERROR else answer for address, answer in refused.items()}
        except (OSError, ValueError) as error:  # all of smtplib's and of ssl's are OSErrors
            if isinstance(error, TimeoutError) and self._server:  # it would let the next message wait as long
                self._server.close()
                self._out_of_reach, self._server = error, None
            return dict.fromkeys(addresses, self._told(error))
        return {address: self._told(smtplib.SMTPResponseException(*answer)) for address, answer in refused.items()}

    def _told(self, error: Exception) -> Undelivered:
        is_final = isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= FINAL
        return Undelivered(f"mail by {self.mail.host}:{self.mail.port}: {_reason(error)}", is_final)

    def _connected(self) -> smtplib.SMTP:
        """The server, with which we have spoken before or now begin to; one that hung up is called again, one out of reach is not."""
        if self._server and getattr(self._server, "sock", None):
            return self._server
        if self._out_of_reach:
            raise self._out_of_reach
        if self.mail.user and not self._password:
            raise ValueError(f"user {self.mail.user} needs a password; set {PASSWORD} in the environment")
        server = None
        try:
            server = smtplib.SMTP(self.mail.host, self.mail.port, timeout=PATIENCE_SECONDS)
            if self.mail.starttls:
                server.starttls(context=ssl.create_default_context())
            if self.mail.user:
                self._log_in(server)
        except (OSError, ValueError) as error:
            if server:
                server.close()
            self._out_of_reach = error
            raise
        self._server = server
        return server

    def _log_in(self, server: smtplib.SMTP) -> None:
        try:
            server.login(self.mail.user, self._password)
        except UnicodeError:  # its text quotes the password
            raise ValueError("user or password has letters beyond ASCII, which it cannot be told") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server:
            with suppress(OSError):
                self._server.quit()


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _said(error.smtp_code, error.smtp_error)
    return str(error) or type(error).__name__


def _said(code: int, text: bytes | str) -> str:
    """A server's answer on one line."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"it said {code} {' '.join(words.split())}"
