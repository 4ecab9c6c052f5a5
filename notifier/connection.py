"""An SMTP connection that a hostile or broken server can't hold up or fill with words."""

import smtplib
import socket
import ssl
import time

COMMAND_SECONDS = 60.0
MOST_REPLY_BYTES = 16_384


class BadReply(smtplib.SMTPException):
    """Raised when a server's answer is too long to be one."""


class BoundedSMTP(smtplib.SMTP):
    """An SMTP connection whose replies are bounded in bytes and time, however slowly they drip."""

    reply_seconds = COMMAND_SECONDS
    pending = b""

    def getreply(self) -> tuple[int, bytes]:
        """Return one reply, its code -1 when it is none; raises BadReply if endless, TimeoutError if it stays away."""
        deadline = time.monotonic() + self.reply_seconds
        lines: list[bytes] = []
        size = 0
        while True:
            line = self.reply_line(deadline)
            size += len(line)
            if size > MOST_REPLY_BYTES:
                self.close()
                raise BadReply("the reply is too long")
            code, mark = line[:3], line[3:4]
            if not code.isdigit() or mark not in (b" ", b"-", b"\r", b"\n"):
                return -1, line.strip()
            lines.append(line[4:].strip())
            if mark != b"-":
                return int(code), b"\n".join(lines)

    def reply_line(self, deadline: float) -> bytes:
        """Return the next line of the server's."""
        while b"\n" not in self.pending:
            left = deadline - time.monotonic()
            if left <= 0:
                self.close()
                raise TimeoutError("the reply did not come")
            self.receive(left)
            if len(self.pending) > MOST_REPLY_BYTES:
                self.close()
                raise BadReply("the reply is too long")
        line, _, self.pending = self.pending.partition(b"\n")
        return line + b"\n"

    def receive(self, seconds: float) -> None:
        """Add what the server sends to what is pending; raises OSError or SMTPServerDisconnected."""
        sock = self.live_socket()
        sock.settimeout(seconds)
        chunk = sock.recv(4096)
        sock.settimeout(self.reply_seconds)
        if not chunk:
            self.close()
            raise smtplib.SMTPServerDisconnected("the server closed the connection")
        self.pending += chunk

    def has_spoken(self) -> bool:
        """Whether the server said something that was not asked for; raises when it has hung up."""
        try:
            self.receive(0)
        except (BlockingIOError, ssl.SSLWantReadError):
            self.live_socket().settimeout(self.reply_seconds)
        return bool(self.pending)

    def transmit(self, body: bytes) -> None:
        """Send bytes as they are; raises OSError or SMTPServerDisconnected."""
        self.live_socket().sendall(body)

    def live_socket(self) -> socket.socket:
        """Return the connection's socket; raises SMTPServerDisconnected after it was closed."""
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        return self.sock


class BoundedTLS(BoundedSMTP):
    """A connection that is encrypted from its first byte."""

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__()
        self.context = context

    def _get_socket(self, host: str, port: int, timeout: float) -> ssl.SSLSocket:
        plain = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        return self.context.wrap_socket(plain, server_hostname=host)
