"""Digests from a real archive: stored by the store's own functions, read by its own queries."""

from datetime import timedelta
from pathlib import Path

import pytest
from mail_linter import Mail
from mail_world import MONDAY

from config.settings import CONFIG_FOLDER
from config.sources import Source
from config.topics import load_topics
from notifier.database import open_sessions
from notifier.digests import build_due
from notifier.stored_archive import StoredArchive
from store import database, runs
from store.matching.matcher import Matcher
from store.observed import ObservedAction, ObservedBill, ObservedEvent
from store.upsert import store_run

STATE = "ocd-division/country:us/state:ma"


def make_source(slug, status="active"):
    return Source(
        slug=slug,
        platform="ma",
        jurisdiction=STATE,
        name=f"Legislature {slug}",
        url="https://legislature.example",
        timezone="America/New_York",
        status=status,
    )


def bill(key, title, **values):
    given = {"identifier": key, "session": "194th", "source_urls": [f"https://legislature.example/{key}"]}
    return ObservedBill(key=key, title=title, **{**given, **values})


class Archive:
    """An archive that is crawled by hand."""

    def __init__(self, url):
        database.migrate(url)
        self.engine = database.open_archive(url)
        self.matcher = Matcher(load_topics(CONFIG_FOLDER))

    def crawl(self, source, now, *observations, outcome="ok"):
        with database.session(self.engine) as session:
            run = runs.open_run(session, source, now)
        with database.session(self.engine) as session:
            store_run(
                session,
                source=source,
                run_id=run,
                observations=observations,
                window=None,
                complete=False,
                now=now,
                matcher=self.matcher,
            )
            runs.close_run(session, run, outcome=outcome, now=now)


@pytest.fixture
def archive(tmp_path: Path):
    world = Archive(f"sqlite:///{tmp_path / 'archive.db'}")
    yield world
    world.engine.dispose()


def test_what_moved_in_the_archive_is_in_the_mail_once(archive, post):
    active, trial = make_source("ma_legislature"), make_source("ma_trial", status="trial")
    title = "An Act regulating automated license plate readers (demonstration data)"
    before, after = MONDAY - timedelta(days=5), MONDAY - timedelta(days=2)
    first = {"status": "Filed", "actions": [ObservedAction(date=before.date(), description="Filed")]}
    archive.crawl(active, before, bill("H1", title, **first))
    archive.crawl(trial, before, bill("H7", title, **first))
    post.add(states=["MA"], now=before + timedelta(hours=1))
    moved = {
        "status": "Reported",
        "actions": [*first["actions"], ObservedAction(date=after.date(), description="Reported favorably")],
    }
    hearing = ObservedEvent(
        key="e1",
        name="Public hearing",
        starts_at="2026-11-30T13:00:00-05:00",
        timezone="America/New_York",
        location="Room A-1",
        status="confirmed",
        source_urls=["https://legislature.example/e1"],
        bills=["H1"],
        testimony="In writing by noon the day before",
    )
    archive.crawl(active, after, bill("H1", title, **moved), bill("H2", title, **first), bill("H3", "Roads"), hearing)
    archive.crawl(trial, after, bill("H7", title, **moved))
    for now in (MONDAY, MONDAY + timedelta(days=7)):
        with database.session(archive.engine, read_only=True) as session:
            reader = StoredArchive(session, [active, trial])
            build_due(post.sessions, reader, post.vault, post.letterhead, now=now)
        post.send(now)
    first_mail, second_mail = (Mail(sent.message) for sent in post.sender.sent)
    text = " ".join(first_mail.text.split())
    assert "1 hearing coming up, 1 new, 1 moved" in text
    assert "Mon, Nov 30, 1:00 PM EST" in text
    assert "To testify: In writing by noon the day before" in text
    assert "Status: Filed → Reported" in text
    assert "Nov 21: Reported favorably" in text
    assert "Hearing or meeting set: Public hearing, Mon, Nov 30, 1:00 PM EST, Room A-1" in text
    assert "*automated license plate readers*" in text
    assert "H7" not in text
    assert "Roads" not in text
    assert "1 of 1 sources checked." in text
    assert "1 more source is on trial" in text
    assert "nothing new" in str(second_mail.message["Subject"]) or "1 hearing" in str(second_mail.message["Subject"])
    assert "Status: Filed" not in second_mail.text


def test_reader_elsewhere_hears_nothing_of_it(archive, post):
    source = make_source("ma_legislature")
    archive.crawl(source, MONDAY - timedelta(days=5), bill("H3", "Roads"))
    post.add(states=["VT"])
    archive.crawl(source, MONDAY - timedelta(days=2), bill("H9", "An Act on license plate readers"))
    with database.session(archive.engine, read_only=True) as session:
        build_due(post.sessions, StoredArchive(session, [source]), post.vault, post.letterhead, now=MONDAY)
    post.send()
    assert "Nothing was checked: no source in Vermont" in " ".join(Mail(post.sender.sent[0].message).text.split())


def test_store_addresses_that_are_none_are_refused_without_repeating_them():
    from notifier.errors import NotifyError

    for url in ("nonsense", "mysql://root:secret@host/x", "sqlite://", "sqlite:///:memory:"):
        with pytest.raises(NotifyError) as caught:
            open_sessions(url)
        assert "secret" not in str(caught.value)
