"""SMTP servers for tests: a raw one that says what its script says, and a certificate of our own."""

import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
import threading
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DROP = object()
"""A script's answer that closes the connection."""
SILENCE = object()
"""A script's answer that never comes."""


DEFAULTS = {
    "GREETING": b"220 test ESMTP\r\n", "EHLO": b"250 test\r\n", "MAIL": b"250 ok\r\n", "RCPT": b"250 ok\r\n",
    "DATA": b"354 go on\r\n", "BODY": b"250 2.0.0 taken\r\n", "RSET": b"250 ok\r\n", "QUIT": b"221 bye\r\n",
}  # fmt: skip


@dataclass
class ScriptedServer:
    """Answers each stage with bytes of a script; what is not scripted is answered as a good server would."""

    script: dict[str, object] = field(default_factory=dict)
    mails: list[bytes] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.stop = threading.Event()
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.listener.close()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.connections += 1
                threading.Thread(target=self.converse, args=(connection,), daemon=True).start()

    def answer(self, connection, stage):
        """Send a stage's answer; a list is used up one by one. Returns False when the conversation is over."""
        answer = self.script.get(stage, DEFAULTS.get(stage, b"500 what\r\n"))
        if isinstance(answer, list):
            answer = answer.pop(0) if answer else DEFAULTS[stage]
        if answer is SILENCE:
            self.stop.wait(20)
            return False
        if answer is DROP:
            return False
        if callable(answer):
            return answer(connection, self.stop)
        connection.sendall(answer)
        return not answer.startswith(b"421")

    def converse(self, connection):
        with contextlib.suppress(OSError), connection, connection.makefile("rb") as lines:
            if not self.answer(connection, "GREETING"):
                return
            for line in lines:
                verb = line.split()[0].decode("ascii", "replace").upper() if line.split() else ""
                self.commands.append(line.decode("ascii", "replace").strip())
                if not self.answer(connection, verb):
                    return
                if verb == "QUIT":
                    return
                if verb == "DATA" and self.script.get("DATA", b"354").startswith(b"354"):
                    if self.script.get("MIDWAY") is DROP:
                        return
                    body = b""
                    for part in lines:
                        if part == b".\r\n":
                            break
                        body += part[1:] if part.startswith(b".") else part
                    else:
                        return
                    self.mails.append(body)
                    if not self.answer(connection, "BODY"):
                        return


def certificate(folder, host="127.0.0.1"):
    """Write a self-signed certificate for a host; return server context and a client context that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + built.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cafile=str(pem))
