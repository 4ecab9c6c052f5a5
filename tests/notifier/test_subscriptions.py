"""Subscribers: added, listed, gone; and nothing of an address where it should not be."""

import logging
import traceback
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mail_world import MONDAY
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from notifier.addresses import address_hash, clean_address
from notifier.crypto import Vault, create_key_file, open_vault
from notifier.database import check_key, migrate, open_sessions
from notifier.errors import AddressRefused, BadToken, KeyTrouble, SubscriptionRefused
from notifier.models import Digest, DigestChange, Journal, Private, Subscriber, Subscription, Suppression
from notifier.retention import prune
from notifier.subscriptions import erase, list_subscribers, remove
from notifier.suppression import suppress
from notifier.tokens import (
    message_id,
    read_return_address,
    read_timed_token,
    read_unsubscribe_token,
    return_address,
    timed_token,
    unsubscribe_token,
)
from notifier.wishes import wanted


def listed(post, **options):
    with post.sessions() as session:
        return list_subscribers(session, post.vault, **options)


def test_states_become_divisions_and_wishes_are_kept(post):
    post.add(states=["MA", "connecticut"], topics=["shield-laws"], weekday="Friday", at="17:30")
    subscription = listed(post)[0].subscriptions[0]
    assert subscription.divisions == ("ocd-division/country:us/state:ct", "ocd-division/country:us/state:ma")
    assert (subscription.weekday, subscription.at, subscription.cadence) == ("friday", "17:30", "weekly")


def test_adding_the_same_twice_changes_nothing(post):
    first, second = post.add(), post.add("READER@Example.org")
    assert first == second
    assert len(post.rows(Subscription)) == 1


def test_second_subscription_joins_the_same_subscriber(post):
    post.add(states=["MA"])
    post.add(states=["CT"], cadence="daily")
    assert [len(view.subscriptions) for view in listed(post)] == [2]


def test_unconfirmed_subscriber_is_not_mailed(post):
    post.add(confirmed=False)
    assert listed(post)[0].state == "pending"
    assert post.build().built == 0


def test_list_shows_addresses_only_when_asked(post):
    post.add("canary@example.org")
    assert "canary" not in str([view.as_dict() for view in listed(post)])
    assert listed(post, show_addresses=True)[0].as_dict()["address"] == "canary@example.org"
    assert "canary" not in repr(listed(post, show_addresses=True))


@pytest.mark.parametrize(
    "wishes",
    [
        {"states": ["XX"]},
        {"divisions": ["ocd-division/country:us/state:zz"]},
        {"divisions": ["Cambridge"]},
        {"topics": ["No Such Topic"]},
        {"topics": ["plates"], "known_topics": {"shield-laws"}},
        {"kinds": ["everything"]},
        {"cadence": "monthly"},
        {"cadence": "instant"},
        {"weekday": "mon"},
        {"at": "8:00"},
        {"at": "24:00"},
        {"timezone": "Mars/Olympus"},
        {"timezone": "../../etc/passwd"},
        {"strength": "weak"},
    ],
)
def test_wish_that_can_not_be_met_is_refused(post, wishes):
    with pytest.raises(SubscriptionRefused):
        post.add(**wishes)
    assert post.rows(Subscriber) == []


BAD = [
    "", "x", "@example.org", "a@", "a b@example.org", "a@example.org\r\nBcc: b@example.org", "a@example.org\n",
    " a@example.org", "a@exa mple.org", "<a@example.org>", "Name <a@example.org>", '"quoted one"@example.org',
    "a@example.org,b@example.org", "a@example.org\u2028", "a\x00@example.org", "a@localhost", "a@[127.0.0.1]",
    "a" * 65 + "@example.org", "a@" + "b" * 250 + ".org", "é@example.org", "a..b@example.org", "a@-example.org",
    "a@example.org\u0085", "a@ex\u202eample.org",
]  # fmt: skip


@pytest.mark.parametrize("email", BAD)
def test_what_is_no_address_is_refused_and_not_repeated(email):
    with pytest.raises(AddressRefused) as caught:
        clean_address(email)
    assert len(email) < 4 or email not in str(caught.value)


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=60), st.sampled_from(["", "@example.org", "@bücher.example.org", "\r\nBcc: x@example.org"]))
def test_accepted_address_is_always_one_safe_line(local, rest):
    try:
        address = clean_address(local + rest)
    except AddressRefused:
        return
    assert address.isascii()
    assert address.isprintable()
    assert not set(address) & set(' <>,;:"\\()[]')


def test_international_domain_is_written_in_ascii():
    assert clean_address("a@bücher.example.org") == "a@xn--bcher-kva.example.org"


def test_suppressed_address_can_not_be_added_again(post):
    with post.sessions.begin() as session:
        suppress(session, address_hash(post.vault, "reader@example.org"), "complaint", MONDAY)
    with pytest.raises(AddressRefused, match="complaint"):
        post.add()


def test_who_left_and_comes_back_starts_anew(post):
    post.add(now=MONDAY - timedelta(days=6))
    with post.sessions.begin() as session:
        assert remove(session, post.vault, "reader@example.org", MONDAY - timedelta(days=4))
        assert not remove(session, post.vault, "reader@example.org", MONDAY - timedelta(days=4))
    post.add(now=MONDAY - timedelta(hours=2))
    post.post()
    assert "H 900" not in post.sender.sent[0].message.decode()
    assert [entry.kind for entry in post.rows(Journal)] == ["unsubscribed"]


def test_erasing_leaves_only_the_opaque_id_and_the_journals_hash(post):
    post.add()
    post.post()
    assert erase(post.sessions, post.vault, "reader@example.org", MONDAY)
    assert not erase(post.sessions, post.vault, "nobody@example.org", MONDAY)
    for table in Private.metadata.sorted_tables:
        with post.sessions() as session:
            count = session.execute(text(f"SELECT count(*) FROM {table.name}")).scalar()
        assert count == (1 if table.name in ("subscriber", "journal", "key_check") else 0), table.name
    left = post.rows(Subscriber)[0]
    assert (left.address, left.address_hash, left.state) == (None, None, "erased")
    assert listed(post) == []


def test_erased_bytes_are_gone_from_the_files(sqlite_post, tmp_path):
    post = sqlite_post
    post.add("canary.reader@example.org")
    post.build()
    subscriber, digest = post.rows(Subscriber)[0], post.rows(Digest)[0]
    traces = [b"canary.reader", subscriber.address, digest.content, digest.content[500:700]]
    before = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert subscriber.address in before
    assert b"canary" not in before
    assert erase(post.sessions, post.vault, "canary.reader@example.org", MONDAY)
    files = [path for path in tmp_path.iterdir() if path.name.startswith("subscribers")]
    after = b"".join(path.read_bytes() for path in files)
    for trace in traces:
        assert trace not in after
    assert after.count(subscriber.address_hash.encode()) == 1


def test_erasing_can_bar_an_address_for_good(post):
    post.add()
    erase(post.sessions, post.vault, "reader@example.org", MONDAY, keep_suppressed=True)
    assert [row.reason for row in post.rows(Suppression)] == ["erased"]
    with pytest.raises(AddressRefused):
        post.add()


def test_erased_reader_may_subscribe_again(post):
    first = post.add()
    erase(post.sessions, post.vault, "reader@example.org", MONDAY)
    assert post.add() != first
    assert len(listed(post)) == 1


def test_stored_bytes_hold_no_address_in_the_clear(sqlite_post, tmp_path):
    sqlite_post.add("canary.reader@example.org")
    sqlite_post.post()
    everything = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"canary" not in everything.lower()
    assert b"H 900" not in everything


def test_errors_and_logs_tell_no_address(sqlite_post, caplog):
    caplog.set_level(logging.DEBUG)
    sqlite_post.add("canary@example.org")
    row = sqlite_post.rows(Subscriber)[0]
    with pytest.raises(IntegrityError) as caught, sqlite_post.sessions.begin() as session:
        session.add(Subscriber(**{**row.model_dump(), "id": "sub_2"}))
    shown = "".join(traceback.format_exception(caught.value))
    assert row.address_hash not in shown
    assert "canary" not in shown + caplog.text


def test_sealed_value_opens_only_in_its_place_and_with_its_key():
    vault = Vault(b"k" * 32)
    sealed = vault.seal("text", "address a")
    assert vault.open(sealed, "address a") == "text"
    for other, place in ((vault, "address b"), (Vault(b"x" * 32), "address a")):
        with pytest.raises(KeyTrouble):
            other.open(sealed, place)
    assert "k" * 8 not in repr(vault)


def test_key_file_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    path = tmp_path / "new" / "secret.key"
    with pytest.raises(KeyTrouble, match="no key file"):
        open_vault(path)
    assert create_key_file(path)
    assert path.stat().st_mode & 0o777 == 0o600
    first = path.read_text()
    assert not create_key_file(path)
    assert path.read_text() == first
    assert open_vault(path).keyed_hash("p", "x") == open_vault(Path("nowhere"), first).keyed_hash("p", "x")
    path.chmod(0o644)
    with pytest.raises(KeyTrouble, match="chmod 600"):
        open_vault(path)


@pytest.mark.parametrize("text", ["", "short", "é", "!" * 44])
def test_broken_key_is_refused_without_showing_it(text):
    with pytest.raises(KeyTrouble) as caught:
        open_vault(Path("nowhere"), text)
    assert not text or text not in str(caught.value)


def test_store_remembers_its_key(post):
    with post.sessions.begin() as session:
        check_key(session, post.vault)
    with post.sessions.begin() as session, pytest.raises(KeyTrouble):
        check_key(session, Vault(b"z" * 32))


def test_migrating_twice_is_harmless_and_the_schema_is_the_models(database_url):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    migrate(database_url)
    migrate(database_url)
    engine = open_sessions(database_url).kw["bind"]
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "subscriber_version"})
        assert compare_metadata(context, Private.metadata) == []
    engine.dispose()


def test_pending_and_left_subscribers_are_forgotten_in_time(post):
    post.add("pending@example.org", confirmed=False, now=MONDAY - timedelta(days=8))
    post.add("left@example.org", now=MONDAY - timedelta(days=60))
    post.add("here@example.org", now=MONDAY - timedelta(days=60))
    with post.sessions.begin() as session:
        remove(session, post.vault, "left@example.org", MONDAY - timedelta(days=29))
    done = prune(post.sessions, MONDAY)
    assert (done.pending, done.left) == (1, 1)
    assert len(listed(post)) == 1


def test_old_history_is_dropped_and_nothing_is_told_again(post):
    post.add(now=MONDAY - timedelta(days=6))
    post.post()
    later = MONDAY + timedelta(days=364)
    post.archive.records = []
    post.post(later)
    assert prune(post.sessions, MONDAY + timedelta(days=366)).digests == 1
    assert post.rows(DigestChange) == []
    post.post(later + timedelta(days=7))
    assert "H 900" not in post.sender.sent[-1].message.decode()


def test_tokens_open_only_for_their_purpose_and_time():
    vault, now = Vault(b"k" * 32), MONDAY
    token = unsubscribe_token(vault, "sub_1")
    assert read_unsubscribe_token(vault, token) == "sub_1"
    manage = timed_token(vault, "manage", "sub_1", now)
    assert read_timed_token(vault, "manage", manage, now + timedelta(days=59)) == "sub_1"
    attempts = [
        lambda: read_unsubscribe_token(vault, manage),
        lambda: read_unsubscribe_token(vault, token[:-1]),
        lambda: read_unsubscribe_token(vault, token + "x"),
        lambda: read_unsubscribe_token(Vault(b"z" * 32), token),
        lambda: read_timed_token(vault, "manage", token, now),
        lambda: read_timed_token(vault, "confirm", manage, now),
        lambda: read_timed_token(vault, "manage", manage, now + timedelta(days=61)),
        lambda: read_timed_token(vault, "manage", "", now),
    ]
    for attempt in attempts:
        with pytest.raises(BadToken):
            attempt()


def test_return_address_names_its_digest_and_can_not_be_forged():
    vault = Vault(b"k" * 32)
    address = return_address(vault, "dg0123", "watchbill.example")
    assert read_return_address(vault, address.upper()) == "dg0123"
    for forged in ("bounce+dg0124." + address.split(".", 1)[1], "bounce+dg0123@watchbill.example", "", "x@y"):
        with pytest.raises(BadToken):
            read_return_address(vault, forged)
    assert message_id(vault, "dg0123", "watchbill.example") == message_id(vault, "dg0123", "watchbill.example")
    assert "dg0123" not in message_id(vault, "dg0123", "watchbill.example")


def test_wishes_without_places_or_topics_mean_all():
    wish = wanted()
    assert (wish.divisions, wish.topics, wish.kinds) == ((), (), ())
