"""A subscriber store on both databases, and short ways to build, send and lint."""

import random
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from mail_linter import lint
from mail_world import LETTERHEAD, MONDAY, MemoryArchive, busy_week

from config.clock import FixedClock
from notifier import subscriptions
from notifier.crypto import Vault
from notifier.database import migrate, open_sessions
from notifier.deliveries import list_deliveries, send_due
from notifier.digests import build_due
from notifier.senders import MemorySender


class Post:
    """Everything a mail needs, in one place; every mail that goes out of it is linted."""

    def __init__(self, sessions, url):
        self.sessions = sessions
        self.url = url
        self.vault = Vault(b"k" * 32)
        self.letterhead = LETTERHEAD
        self.archive: MemoryArchive = busy_week()
        self.sender = MemorySender()

    def add(self, email="reader@example.org", *, now=None, **wishes):
        given = {"states": ["MA", "CT"], "confirmed": True} | wishes
        with self.sessions.begin() as session:
            view = subscriptions.add_subscriber(
                session, self.vault, email, now=now or MONDAY - timedelta(days=6), **given
            )
        return view.id

    def build(self, now=MONDAY):
        return build_due(self.sessions, self.archive, self.vault, self.letterhead, now=now)

    def send(self, now=MONDAY, sender=None):
        before = len(self.sender.sent)
        report = send_due(
            self.sessions,
            self.vault,
            self.letterhead,
            sender or self.sender,
            clock=FixedClock(now),
            rng=random.Random(7),
        )
        for mail in self.sender.sent[before:]:
            broken = lint(
                mail.message,
                letterhead=self.letterhead,
                to=mail.to,
                envelope_from=mail.envelope_from,
                now=now,
                neutral="Your " in str(message_from_bytes(mail.message, policy=policy.default)["Subject"]),
            )
            assert broken == []
        return report

    def post(self, now=MONDAY):
        self.build(now)
        return self.send(now)

    def deliveries(self, *states):
        with self.sessions() as session:
            return list_deliveries(session, states)

    def rows(self, model):
        from sqlmodel import select

        with self.sessions() as session:
            return session.exec(select(model)).all()


@pytest.fixture
def post(database_url):
    migrate(database_url)
    sessions = open_sessions(database_url)
    yield Post(sessions, database_url)
    sessions.kw["bind"].dispose()


@pytest.fixture
def sqlite_post(tmp_path):
    url = f"sqlite:///{tmp_path / 'subscribers.db'}"
    migrate(url)
    sessions = open_sessions(url)
    yield Post(sessions, url)
    sessions.kw["bind"].dispose()


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)
