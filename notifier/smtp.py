"""Hands mails to an SMTP server: encrypted unless on this machine, over one connection, every reply bounded."""

import ipaddress
import smtplib
import ssl
from collections.abc import Callable
from types import TracebackType
from typing import Self

from pydantic import SecretStr

from config.errors import ConfigError
from config.settings import Settings
from notifier.connection import COMMAND_SECONDS, BoundedSMTP, BoundedTLS
from notifier.errors import ServerRefused
from notifier.replies import Stage, outcome_of, plain_reply
from notifier.senders import Outcome

FINAL_SECONDS = 600.0
"""RFC 5321 asks for ten minutes after the last dot: a shorter wait makes duplicates."""
MOST_PER_CONNECTION = 100


class SmtpSender:
    """Sends over SMTP; the connection is kept for many mails and made anew when it breaks."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        security: str = "starttls",
        username: str | None = None,
        password: SecretStr | None = None,
        context: ssl.SSLContext | None = None,
        command_seconds: float = COMMAND_SECONDS,
        final_seconds: float = FINAL_SECONDS,
    ) -> None:
        if security == "none" and not is_loopback(host):
            raise ConfigError(
                "mail may leave this machine only encrypted",
                field="WATCHBILL_SMTP_SECURITY",
                remedy="Set it to starttls or tls",
            )
        self.host, self.port, self.security = host, port, security
        self.username, self.password = username, password
        self.context = context or ssl.create_default_context()
        self.command_seconds, self.final_seconds = command_seconds, final_seconds
        self.connection: BoundedSMTP | None = None
        self.carried = 0

    def __repr__(self) -> str:
        return f"<SmtpSender {self.host}:{self.port}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.connection is not None:
            self.end(self.connection, polite=kind is None)

    def send(
        self, message: bytes, envelope_from: str, to: str, *, name: str, on_data_started: Callable[[], None]
    ) -> Outcome:
        """Send one mail; raises ServerRefused when the server can't be used at all."""
        del name  # The Message-ID is what names a mail to a server.
        try:
            connection = self.ready()
        except (OSError, smtplib.SMTPException) as error:
            return Outcome("deferred", connection_words(error), stop=True)
        try:
            refused = self.announce(connection, envelope_from, to, on_data_started)
            if refused is None:
                connection.transmit(dotted(message))
                refused = self.spoken_before_the_end(connection, to)
        except (OSError, smtplib.SMTPException) as error:
            # Without the last dot no server may take the mail.
            self.end(connection, polite=False)
            return Outcome("deferred", connection_words(error))
        except BaseException:
            # Withheld or interrupted in the middle of a mail: the rest of the conversation must not continue it.
            self.end(connection, polite=False)
            raise
        return refused or self.finish(connection, to)

    def announce(
        self, connection: BoundedSMTP, envelope_from: str, to: str, on_data_started: Callable[[], None]
    ) -> Outcome | None:
        """Say who mails whom and ask to begin; returns the outcome of a refusal."""
        envelope = ((Stage.SENDER, f"MAIL FROM:<{envelope_from}>"), (Stage.RECIPIENT, f"RCPT TO:<{to}>"))
        for stage, command in envelope:
            code, text = connection.docmd(command)
            if not 200 <= code < 300:
                return self.refusal(connection, stage, code, text, to)
        # From here on the mail may arrive, so this is made durable first; it also asks a last time.
        on_data_started()
        code, text = connection.docmd("DATA")
        return None if code == 354 else self.refusal(connection, Stage.DATA, code, text, to)

    def spoken_before_the_end(self, connection: BoundedSMTP, to: str) -> Outcome | None:
        """Return the outcome when the server answered before the last dot: it has not taken the mail."""
        if not connection.has_spoken():
            return None
        code, text = connection.getreply()
        self.end(connection, polite=False)
        return outcome_of(Stage.DATA, code, text, to)

    def finish(self, connection: BoundedSMTP, to: str) -> Outcome:
        """Send the last dot and wait for the server's word; without it the mail is uncertain."""
        connection.reply_seconds = self.final_seconds
        try:
            connection.transmit(b".\r\n")
            code, text = connection.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self.end(connection, polite=False)
            return Outcome("uncertain", connection_words(error))
        connection.reply_seconds = self.command_seconds
        outcome = outcome_of(Stage.BODY, code, text, to)
        self.carried += 1
        if outcome.state != "sent" or self.carried >= MOST_PER_CONNECTION:
            self.end(connection, polite=outcome.state == "sent")
        return outcome

    def refusal(self, connection: BoundedSMTP, stage: Stage, code: int, text: bytes, to: str) -> Outcome:
        """Return what a refusal means, the connection left fit for the next mail or closed."""
        outcome = outcome_of(stage, code, text, to)
        if code <= 0 or code == 421 or outcome.stop:
            self.end(connection, polite=False)
            return outcome
        try:
            # The next mail must not inherit this one's sender and recipient.
            if connection.rset()[0] != 250:
                self.end(connection, polite=False)
        except (OSError, smtplib.SMTPException):
            self.end(connection, polite=False)
        return outcome

    def ready(self) -> BoundedSMTP:
        """Return the open connection, or a new one, greeted, encrypted and logged in; raises ServerRefused."""
        if self.connection is not None:
            return self.connection
        connection = BoundedTLS(self.context) if self.security == "tls" else BoundedSMTP()
        connection.timeout = connection.reply_seconds = self.command_seconds
        # The standard library checks a certificate against this name, and forgets to set it here.
        connection._host = self.host  # type: ignore[attr-defined]
        try:
            self.open(connection)
        except BaseException:
            connection.close()
            raise
        self.connection, self.carried = connection, 0
        return connection

    def open(self, connection: BoundedSMTP) -> None:
        """Bring a connection to where mails can be sent."""
        try:
            code, text = connection.connect(self.host, self.port)
            if code != 220:
                raise smtplib.SMTPConnectError(code, text)
            connection.ehlo_or_helo_if_needed()
            if self.security == "starttls":
                self.encrypt(connection)
        except ssl.SSLError as error:
            raise ServerRefused(
                f"the mail server's certificate is not accepted: {error.reason or 'TLS failed'}"
            ) from error
        if self.username is None:
            return
        try:
            connection.login(self.username, self.password.get_secret_value() if self.password else "")
        except smtplib.SMTPAuthenticationError as error:
            # The reply may quote what was sent; only its number is kept, and the cause is cut off with it.
            raise ServerRefused(f"the mail server refused the login ({error.smtp_code})") from None
        except smtplib.SMTPServerDisconnected:
            raise
        except smtplib.SMTPException as error:
            raise ServerRefused("a user name is set, but the mail server offers no login that we know") from error

    def encrypt(self, connection: BoundedSMTP) -> None:
        """Start TLS; a server without it is refused unless it is on this machine."""
        if not connection.has_extn("starttls"):
            if is_loopback(self.host):
                return
            raise ServerRefused("the mail server offers no STARTTLS, so nothing was sent to it")
        code, text = connection.starttls(context=self.context)
        if code != 220:
            raise ServerRefused(f"the mail server refused STARTTLS: {plain_reply(code, text)}")
        # What the server, or someone between, sent before encryption is never taken for what comes after it.
        connection.pending = b""
        connection.ehlo()

    def end(self, connection: BoundedSMTP, *, polite: bool) -> None:
        """Close a connection, with QUIT when the conversation is in order."""
        self.connection = None
        try:
            if polite:
                connection.docmd("QUIT")
        except (OSError, smtplib.SMTPException):
            return  # A server may hang up without an answer to QUIT; every mail has its outcome by then.
        finally:
            connection.close()


def smtp_sender(settings: Settings) -> SmtpSender:
    """Return the sender of the settings; raises ConfigError when they would send unencrypted."""
    return SmtpSender(
        settings.smtp_host,
        settings.smtp_port,
        security=settings.smtp_security,
        username=settings.smtp_username,
        password=settings.smtp_password,
    )


def is_loopback(host: str) -> bool:
    """Whether a host name is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def dotted(message: bytes) -> bytes:
    """Return a message with its lines ended by CRLF and leading dots doubled, without the last dot."""
    lines = message.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    return b"".join((b"." + line if line.startswith(b".") else line) + b"\r\n" for line in lines)


def connection_words(error: Exception) -> str:
    """Return what went wrong with a connection, without anything the server quoted."""
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error if isinstance(error.smtp_error, bytes) else str(error.smtp_error).encode()
        return plain_reply(error.smtp_code, text)
    if isinstance(error, TimeoutError):
        return "the mail server did not answer in time"
    if isinstance(error, (smtplib.SMTPServerDisconnected, ConnectionError)):
        return "the mail server closed the connection"
    if isinstance(error, smtplib.SMTPException):
        return "the mail server's answer is not SMTP"
    return f"the mail server can't be reached: {getattr(error, 'strerror', None) or type(error).__name__}"
