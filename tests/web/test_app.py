"""Pages show what the archive has, refuse nonsense in words, and change nothing on GET."""

from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from config.clock import FixedClock
from config.settings import CONFIG_FOLDER
from config.sources import Source, Sources
from config.topics import load_topics
from notifier.crypto import create_key_file, open_vault
from notifier.database import migrate as migrate_private
from notifier.database import open_sessions
from notifier.subscriptions import add_subscriber, list_subscribers
from notifier.tokens import timed_token, unsubscribe_token
from store import runs
from store.database import migrate, open_archive, session
from store.matching import Matcher
from store.observed import ObservedBill
from store.search import search
from store.upsert import store_run
from web.app import Desk, make_app

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
TITLE = "An Act on automated license plate readers <script>alert(1)</script>"
SOURCE = Source(
    slug="ma_legislature",
    platform="ma",
    jurisdiction="ocd-division/country:us/state:ma",
    name="General Court",
    url="https://malegislature.gov",
    timezone="America/New_York",
    status="active",
)


@pytest.fixture(scope="module")
def matcher():
    return Matcher(load_topics(CONFIG_FOLDER))


@pytest.fixture
def desk(tmp_path, matcher):
    migrate(f"sqlite:///{tmp_path}/archive.db")
    engine = open_archive(f"sqlite:///{tmp_path}/archive.db")
    bill = ObservedBill(
        key="194:H1",
        identifier="H1",
        title=TITLE,
        url="javascript:alert(1)",
        source_urls=["https://malegislature.gov/h1"],
    )
    with session(engine) as db:
        run = runs.open_run(db, SOURCE, NOW)
        store_run(
            db, source=SOURCE, run_id=run, observations=[bill], window=None, complete=True, now=NOW, matcher=matcher
        )
        runs.close_run(db, run, outcome="ok", listed=1, complete=True, now=NOW)
    create_key_file(tmp_path / "key")
    vault = open_vault(tmp_path / "key")
    migrate_private(f"sqlite:///{tmp_path}/private.db")
    sessions = open_sessions(f"sqlite:///{tmp_path}/private.db")
    return Desk(engine, Sources((SOURCE,), ()), FixedClock(NOW), sessions, vault, "demonstration data")


@pytest.fixture
def client(desk):
    return TestClient(make_app(desk), raise_server_exceptions=False)


def reader(desk) -> str:
    with desk.sessions.begin() as db:
        return add_subscriber(db, desk.vault, "reader@example.org", states=["MA"], confirmed=True, now=NOW).id


def active(desk) -> int:
    with desk.sessions.begin() as db:
        return sum(wish.active for view in list_subscribers(db, desk.vault) for wish in view.subscriptions)


def test_the_home_page_lists_records_with_their_sentence_and_the_banner(client):
    page = client.get("/")
    assert page.status_code == 200
    assert "demonstration data" in page.text
    assert "<mark>automated license plate readers</mark>" in page.text


def test_scraped_markup_never_becomes_markup_and_script_links_never_links(client, desk):
    with session(desk.engine) as db:
        (hit,) = search(db, "plate").hits
    for path in ("/", "/search?q=plate", f"/records/{hit.record.id}"):
        text = client.get(path).text
        assert "<script>alert" not in text
        assert 'href="javascript' not in text


@pytest.mark.parametrize("query", ['"', "O'Brien (x", "NEAR(", "a AND OR -", "\x00", "*", "%", "🚗" * 50])
def test_no_search_breaks_a_page(client, query):
    assert client.get("/search", params={"q": query}).status_code in (200, 400)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/search?since=2026-03-01", 200),
        ("/search?since=", 200),
        ("/search?since=yesterday", 400),
        ("/search?cursor=nonsense", 400),
        ("/search?state=Massachusetts", 400),
        ("/records/nothing", 404),
        ("/nowhere", 404),
        ("/coverage", 200),
        ("/healthz", 200),
        ("/api/v1/records/nothing", 404),
    ],
)
def test_what_can_not_be_shown_is_said_in_words(client, path, status):
    answer = client.get(path)
    assert answer.status_code == status
    if path.startswith("/api") and status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"


def test_every_page_forbids_scripts_frames_and_referrers(client):
    for path in ("/", "/coverage", "/records/nothing", "/unsubscribe/x"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["referrer-policy"] == "no-referrer"


def test_following_the_unsubscribe_link_changes_nothing_and_posting_ends_all_mail(client, desk):
    token = unsubscribe_token(desk.vault, reader(desk))
    for method in ("GET", "HEAD"):
        assert client.request(method, f"/unsubscribe/{token}").status_code == 200
    assert active(desk) == 1
    answer = client.post(f"/unsubscribe/{token}", data={"List-Unsubscribe": "One-Click"}, follow_redirects=False)
    assert answer.status_code == 200
    assert active(desk) == 0
    assert client.post(f"/unsubscribe/{token}").text == answer.text


def test_a_forged_link_gets_the_same_answer_and_changes_nothing(client, desk):
    token = unsubscribe_token(desk.vault, reader(desk))
    forged = client.post(f"/unsubscribe/{token[:-2]}xx")
    assert forged.status_code == 200
    assert active(desk) == 1
    good = client.post(f"/unsubscribe/{token}")
    assert good.text == forged.text


def test_the_manage_link_shows_the_wishes_without_the_address_and_dies_after_sixty_days(client, desk):
    who = reader(desk)
    page = client.get(f"/manage/{timed_token(desk.vault, 'manage', who, NOW)}")
    assert "weekly" in page.text
    assert "reader@example.org" not in page.text
    old = client.get(f"/manage/{timed_token(desk.vault, 'manage', who, NOW - timedelta(days=61))}")
    assert "This link shows nothing" in old.text
    crossed = client.get(f"/manage/{unsubscribe_token(desk.vault, who)}")
    assert "This link shows nothing" in crossed.text
