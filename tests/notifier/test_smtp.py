"""Real SMTP over loopback: what servers say and do, and what it means for a mail."""

import socket
import ssl
import time

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from mail_linter import lint
from mail_world import LETTERHEAD, MONDAY
from pydantic import SecretStr
from smtp_servers import DROP, SILENCE, ScriptedServer, certificate

from config.errors import ConfigError
from notifier.errors import ServerRefused, Withheld
from notifier.smtp import SmtpSender, dotted

MESSAGE = b"From: a@example.org\r\nSubject: x\r\n\r\n.leading dot\r\nend\r\n"


class Sink:
    """An aiosmtpd handler that keeps what it accepts."""

    def __init__(self):
        self.envelopes = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.envelopes.append((envelope.mail_from, envelope.rcpt_tos, envelope.original_content))
        return "250 2.0.0 taken"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.fixture
def sink():
    handler = Sink()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    handler.port = controller.server.sockets[0].getsockname()[1]
    yield handler
    controller.stop()


def sender_for(port, **options):
    given = {"security": "none", "command_seconds": 3.0, "final_seconds": 1.0} | options
    return SmtpSender("127.0.0.1", port, **given)


def attempt(port, to="reader@example.org", message=MESSAGE, started=None, **options):
    with sender_for(port, **options) as sender:
        return sender.send(message, "bounce@example.net", to, name="x", on_data_started=started or (lambda: None))


def test_digest_arrives_whole_over_one_connection(post, sink):
    for number in range(3):
        post.add(f"r{number}@example.org")
    post.build()
    report = post.send(sender=sender_for(sink.port))
    assert (report.sent, report.ok) == (3, True)
    assert len(sink.envelopes) == 3
    for mail_from, rcpt_tos, content in sink.envelopes:
        to = rcpt_tos[0]
        assert len(rcpt_tos) == 1
        assert lint(content, letterhead=LETTERHEAD, to=to, envelope_from=mail_from, now=MONDAY) == []


def test_connection_is_kept_for_many_mails():
    with ScriptedServer() as server, sender_for(server.port) as sender:
        for _ in range(5):
            assert sender.send(MESSAGE, "b@x.org", "r@x.org", name="x", on_data_started=lambda: None).state == "sent"
    assert server.connections == 1
    assert len(server.mails) == 5


def test_lines_with_leading_dots_and_bare_newlines_arrive_as_they_were(sink):
    attempt(sink.port, message=b"Subject: x\n\n.\n..two\nlast")
    assert sink.envelopes[0][2] == b"Subject: x\r\n\r\n.\r\n..two\r\nlast\r\n"
    assert dotted(b".\r\n") == b"..\r\n"


CASES = [
    # what the server says, where; what becomes of the mail; does the run stop; is the mailbox dead
    ("GREETING", b"421 4.3.2 too busy\r\n", "deferred", True, False),
    ("GREETING", b"554 no service for you\r\n", "deferred", True, False),
    ("GREETING", b"220-a\r\n220-b\r\n220 c\r\n", "sent", False, False),
    ("GREETING", DROP, "deferred", True, False),
    ("GREETING", b"hello there\r\n", "deferred", True, False),
    ("MAIL", b"421 4.7.0 going down\r\n", "deferred", True, False),
    ("MAIL", b"451 4.3.0 try later\r\n", "deferred", False, False),
    ("MAIL", b"452 4.3.1 no room\r\n", "deferred", False, False),
    ("MAIL", b"550 5.7.1 sender blocked\r\n", "deferred", True, False),
    ("MAIL", b"553 5.1.8 sender domain does not exist\r\n", "deferred", True, False),
    ("MAIL", b"530 5.7.0 log in first\r\n", "deferred", True, False),
    ("MAIL", DROP, "deferred", False, False),
    ("RCPT", b"421 closing\r\n", "deferred", True, False),
    ("RCPT", b"450 4.2.1 greylisted\r\n", "deferred", False, False),
    ("RCPT", b"451 4.7.1 greylisted, come back\r\n", "deferred", False, False),
    ("RCPT", b"452 4.5.3 too many\r\n", "deferred", False, False),
    ("RCPT", b"454 4.7.0 throttled\r\n", "deferred", False, False),
    ("RCPT", b"550 5.1.1 unknown\r\n", "failed", False, True),
    ("RCPT", b"550 5.1.10 null mx\r\n", "failed", False, True),
    ("RCPT", b"550 5.1.2 bad domain\r\n", "failed", False, True),
    ("RCPT", b"550 5.2.1 mailbox disabled\r\n", "failed", False, True),
    ("RCPT", b"550-5.1.1 The account\r\n550-5.1.1 does not\r\n550 5.1.1 exist\r\n", "failed", False, True),
    ("RCPT", b"550 No such user here\r\n", "failed", False, True),
    ("RCPT", b"550 requested action not taken\r\n", "failed", False, False),
    ("RCPT", b"551 user not local\r\n", "failed", False, False),
    ("RCPT", b"553 mailbox name invalid\r\n", "failed", False, False),
    ("RCPT", b"552 5.2.2 mailbox full\r\n", "deferred", False, False),
    ("RCPT", b"552 mailbox full\r\n", "deferred", False, False),
    ("RCPT", b"550 5.7.1 you are blocked, see http://list.example\r\n", "deferred", True, False),
    ("RCPT", b"554 5.7.1 Service unavailable; client host blocked\r\n", "deferred", True, False),
    ("RCPT", b"550 blocked by our blacklist\r\n", "deferred", True, False),
    ("RCPT", b"554 relay access denied\r\n", "deferred", True, False),
    ("RCPT", b"554 delivery error\r\n", "deferred", True, False),
    ("RCPT", b"250 2.1.5 ok\r\n", "sent", False, False),
    ("RCPT", b"251 will forward\r\n", "sent", False, False),
    ("RCPT", DROP, "deferred", False, False),
    ("RCPT", b"\xff\xfe\x00garbage\r\n", "deferred", False, False),
    ("RCPT", b"9999 what\r\n", "deferred", False, False),
    ("DATA", b"421 4.3.0 shutting down\r\n", "deferred", True, False),
    ("DATA", b"451 4.3.0 later\r\n", "deferred", False, False),
    ("DATA", b"503 5.5.1 no recipients\r\n", "failed", False, False),
    ("DATA", b"554 5.7.1 blocked\r\n", "deferred", True, False),
    ("DATA", b"554 no valid recipients\r\n", "failed", False, False),
    ("DATA", b"250 odd\r\n", "deferred", False, False),
    ("BODY", b"250 ok\r\n", "sent", False, False),
    ("BODY", b"250-queued\r\n250 as 7\r\n", "sent", False, False),
    ("BODY", b"252 will try\r\n", "sent", False, False),
    ("BODY", b"421 4.3.2 going down\r\n", "deferred", True, False),
    ("BODY", b"451 4.7.1 scanner busy\r\n", "deferred", False, False),
    ("BODY", b"452 4.3.1 no space\r\n", "deferred", False, False),
    ("BODY", b"550 5.6.0 content refused\r\n", "failed", False, False),
    ("BODY", b"552 5.3.4 too big\r\n", "failed", False, False),
    ("BODY", b"554 5.6.1 not wanted\r\n", "failed", False, False),
    ("BODY", b"550 5.7.1 looks like spam\r\n", "deferred", True, False),
    ("BODY", b"354 again?\r\n", "uncertain", False, False),
    ("BODY", b"nonsense\r\n", "uncertain", False, False),
    ("BODY", b"\x00\xff\r\n", "uncertain", False, False),
    ("BODY", b"2\r\n", "uncertain", False, False),
    ("BODY", DROP, "uncertain", False, False),
    ("BODY", SILENCE, "uncertain", False, False),
    ("BODY", b"250 " + b"x" * 1_000_000 + b"\r\n", "uncertain", False, False),
    ("RCPT", b"550 " + b"x" * 1_000_000 + b"\r\n", "deferred", False, False),
    ("BODY", b"250-more\r\n" * 100_000, "uncertain", False, False),
    ("RCPT", b"250-more\r\n" * 100_000, "deferred", False, False),
]  # fmt: skip


def test_a_line_cut_within_the_body_is_never_called_sent_or_failed():
    # Whether the cut is noticed before or after our last dot is a race of packets; both words are honest.
    with ScriptedServer({"MIDWAY": DROP}) as server:
        assert attempt(server.port).state in ("deferred", "uncertain")


@pytest.mark.parametrize(("stage", "said", "state", "stop", "suppress"), CASES)
def test_each_thing_a_server_may_say_is_read_right(stage, said, state, stop, suppress):
    with ScriptedServer({stage: said}) as server:
        outcome = attempt(server.port)
    assert (outcome.state, outcome.stop, outcome.suppress) == (state, stop, suppress)
    assert len(outcome.reply) <= 200
    assert outcome.reply.isprintable()


def test_there_are_at_least_sixty_cases():
    assert len(CASES) >= 60


def drip(connection, stop):
    """Send a reply a byte at a time, never finishing it."""
    for _ in range(200):
        if stop.wait(0.05):
            return False
        connection.sendall(b"2")
    return False


def test_reply_that_drips_for_ever_ends_in_time():
    with ScriptedServer({"RCPT": drip}) as server:
        start = time.monotonic()
        outcome = attempt(server.port, command_seconds=0.5)
    assert outcome.state == "deferred"
    assert time.monotonic() - start < 5


def test_silent_server_ends_in_time():
    with ScriptedServer({"GREETING": SILENCE}) as server:
        outcome = attempt(server.port, command_seconds=0.3)
    assert (outcome.state, outcome.stop) == ("deferred", True)
    assert outcome.reply == "the mail server did not answer in time"


def test_closed_port_defers_and_stops():
    outcome = attempt(free_port())
    assert (outcome.state, outcome.stop) == ("deferred", True)


def test_refusal_that_quotes_the_address_is_kept_without_it():
    said = b"550 5.1.1 <Canary.Reader@example.org>: canary.reader has no mailbox here\r\n"
    with ScriptedServer({"RCPT": said}) as server:
        outcome = attempt(server.port, to="canary.reader@example.org")
    assert "canary" not in outcome.reply.lower()
    assert outcome.reply.startswith("550 5.1.1")


def test_one_readers_refusal_leaves_the_next_ones_mail_alone():
    with ScriptedServer({"RCPT": [b"550 5.1.1 unknown\r\n"]}) as server, sender_for(server.port) as sender:
        first = sender.send(MESSAGE, "b@x.org", "dead@x.org", name="x", on_data_started=lambda: None)
        second = sender.send(MESSAGE, "b@x.org", "alive@x.org", name="y", on_data_started=lambda: None)
    assert (first.state, second.state) == ("failed", "sent")
    assert server.connections == 1
    assert "rset" in [command.lower() for command in server.commands]


def test_reader_refused_at_the_last_check_gets_nothing_of_the_mail():
    def refuse():
        raise Withheld("unsubscribed")

    with ScriptedServer() as server, sender_for(server.port) as sender:
        with pytest.raises(Withheld):
            sender.send(MESSAGE, "b@x.org", "left@x.org", name="x", on_data_started=refuse)
        assert sender.send(MESSAGE, "b@x.org", "next@x.org", name="y", on_data_started=lambda: None).state == "sent"
    assert len(server.mails) == 1
    assert "DATA" not in server.commands[: server.commands.index("RCPT TO:<left@x.org>") + 2]


def test_body_is_marked_before_data_is_said():
    with ScriptedServer() as server:
        attempt(server.port, started=lambda: server.commands.append("MARKED"))
    verbs = [command.split()[0].upper() for command in server.commands]
    assert verbs.index("MARKED") < verbs.index("DATA")
    assert verbs.index("RCPT") < verbs.index("MARKED")


def test_server_that_goes_away_after_a_mail_is_met_again():
    with ScriptedServer({"BODY": [b"250 ok\r\n", DROP, b"250 ok\r\n"]}) as server, sender_for(server.port) as sender:
        states = [
            sender.send(MESSAGE, "b@x.org", f"r{n}@x.org", name="x", on_data_started=lambda: None).state
            for n in range(3)
        ]
    assert states == ["sent", "uncertain", "sent"]
    assert server.connections == 2


def tls_sink(tmp_path, **options):
    server, client = certificate(tmp_path)
    handler = Sink()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port(), tls_context=server, **options)
    controller.start()
    return handler, controller, controller.server.sockets[0].getsockname()[1], client


def test_starttls_is_used_with_a_certificate_that_is_checked(tmp_path):
    handler, controller, port, client = tls_sink(tmp_path, require_starttls=True)
    try:
        assert attempt(port, security="starttls", context=client).state == "sent"
        assert len(handler.envelopes) == 1
        with pytest.raises(ServerRefused, match="certificate"):
            attempt(port, security="starttls", context=ssl.create_default_context())
        assert len(handler.envelopes) == 1
    finally:
        controller.stop()


def test_encryption_from_the_first_byte_works(tmp_path):
    server, client = certificate(tmp_path)
    handler = Sink()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port(), ssl_context=server)
    controller.start()
    try:
        port = controller.server.sockets[0].getsockname()[1]
        assert attempt(port, security="tls", context=client).state == "sent"
        with pytest.raises(ServerRefused, match="certificate"):
            attempt(port, security="tls", context=ssl.create_default_context())
    finally:
        controller.stop()


class Elsewhere(SmtpSender):
    """A sender that reaches the test's server by another name than this machine's."""

    def __init__(self, port, **options):
        super().__init__("mail.example.org", port, **options)

    def open(self, connection):
        connection.connect = lambda _host, port: type(connection).connect(connection, "127.0.0.1", port)
        super().open(connection)


def test_server_without_starttls_is_refused_unless_it_is_this_machine():
    with ScriptedServer() as server:
        with pytest.raises(ServerRefused, match="no STARTTLS"):
            Elsewhere(server.port, command_seconds=3.0).send(
                MESSAGE, "b@x.org", "r@x.org", name="x", on_data_started=lambda: None
            )
        assert server.mails == []
        assert attempt(server.port, security="starttls").state == "sent"


def test_words_slipped_in_before_encryption_are_not_believed():
    script = {"EHLO": b"250-test\r\n250 STARTTLS\r\n", "STARTTLS": b"220 go\r\n250 injected\r\n"}
    with ScriptedServer(script) as server:
        try:
            outcome = attempt(server.port, security="starttls")
        except ServerRefused:
            outcome = None
        assert outcome is None or outcome.state == "deferred"
        assert server.mails == []


def test_unencrypted_mail_to_another_machine_is_a_wrong_setting():
    with pytest.raises(ConfigError, match="encrypted"):
        SmtpSender("mail.example.org", 25, security="none")


def test_login_is_used_and_a_refused_one_tells_no_password(tmp_path):
    def check(server, session, envelope, mechanism, data):
        known = data.login == b"user" and data.password == b"canary-secret"
        return AuthResult(success=known, handled=known)

    handler, controller, port, client = tls_sink(
        tmp_path, require_starttls=True, authenticator=check, auth_required=True
    )
    try:
        good = {"username": "user", "password": SecretStr("canary-secret")}
        assert attempt(port, security="starttls", context=client, **good).state == "sent"
        wrong = {"username": "user", "password": SecretStr("canary-wrong")}
        with pytest.raises(ServerRefused) as caught:
            attempt(port, security="starttls", context=client, **wrong)
        assert "canary" not in str(caught.value)
        assert caught.value.__cause__ is None
        assert len(handler.envelopes) == 1
    finally:
        controller.stop()


def test_login_that_the_server_does_not_offer_is_said_plainly():
    with ScriptedServer() as server, pytest.raises(ServerRefused, match="login"):
        attempt(server.port, username="user", password=SecretStr("secret"))


def test_refused_login_stops_the_run_without_costing_attempts(post):
    post.add("a@example.org")
    post.add("b@example.org")
    post.build()
    script = {"EHLO": b"250-test\r\n250 AUTH PLAIN\r\n", "AUTH": b"535 5.7.8 no\r\n"}
    with ScriptedServer(script) as server:
        report = post.send(sender=sender_for(server.port, username="u", password=SecretStr("p")))
    assert report.stopped == "the mail server refused the login (535)"
    assert [(d.state, d.attempts) for d in post.deliveries()] == [("queued", 0), ("queued", 0)]
    assert server.connections == 1
