"""What becomes of each mail: never lost, never knowingly twice, every ambiguous one listed."""

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from mail_linter import Mail, lint
from mail_world import MONDAY, MemoryArchive, change, record
from sqlalchemy import update
from sqlmodel import select

from notifier.crypto import Vault
from notifier.database import sending_lock
from notifier.errors import KeyTrouble, ServerRefused
from notifier.models import Delivery, Digest, DigestChange, Subscriber, Subscription, Suppression
from notifier.senders import EmlSender, MemorySender, Outcome
from notifier.subscriptions import erase, remove
from notifier.suppression import suppress, unsubscribe

WEEK = timedelta(days=7)
BLOCKED = Outcome("deferred", "554 5.7.1 you are blocked", stop=True)


def states(post):
    return [delivery.state for delivery in post.deliveries()]


def words(sent):
    return Mail(sent.message).text


def test_deliveries_list_tells_no_address(post):
    key = post.add()
    post.post()
    row = post.deliveries()[0].as_dict()
    assert list(row) == ["id", "subscriber", "cadence", "period", "state", "attempts", "message_id", "last_reply"]
    assert (row["subscriber"], row["cadence"], row["period"]) == (key, "weekly", "2026-11-23")
    assert (row["state"], row["attempts"]) == ("sent", 1)
    assert "example.org" not in json.dumps(row)


def test_deferred_mail_goes_later_with_the_same_message_id(post):
    post.add()
    post.build()
    post.sender.outcomes = [Outcome("deferred", "451 4.3.0 later")]
    report = post.send()
    assert (report.deferred, report.ok) == (1, True)
    first = post.deliveries()[0].message_id
    assert post.send(MONDAY + timedelta(minutes=3)).sent == 0
    assert post.send(MONDAY + timedelta(minutes=7)).sent == 1
    assert post.deliveries()[0].attempts == 2
    assert str(Mail(post.sender.sent[0].message).message["Message-ID"]) == first


def test_waits_grow_up_to_hours(post):
    post.add()
    post.build()
    now, gaps = MONDAY, []
    for _ in range(9):
        post.sender.outcomes = [Outcome("deferred", "451 later")]
        post.send(now)
        then = post.rows(Delivery)[0].next_at
        gaps.append((then - now) / timedelta(minutes=1))
        now = then
    assert gaps[0] < gaps[2] < gaps[5]
    assert max(gaps) <= 6 * 60 * 1.2


def test_after_five_days_it_is_given_up_and_its_changes_are_told_in_the_next(post):
    post.add()
    post.build()
    post.sender.outcomes = [Outcome("deferred", "451 later")] * 2
    post.send()
    report = post.send(MONDAY + timedelta(days=5, hours=1))
    assert (report.failed, report.ok) == (1, False)
    assert post.deliveries()[0].last_reply == "gave up after 5 days: 451 later"
    post.post(MONDAY + WEEK)
    assert "H 900" in words(post.sender.sent[0])
    assert "may repeat" not in words(post.sender.sent[0])


def test_refused_mailbox_is_suppressed_and_others_are_mailed(post):
    post.add("gone@example.org")
    post.add("here@example.org")
    post.build()
    post.sender.outcomes = [Outcome("failed", "550 5.1.1 no such user", suppress=True)]
    report = post.send()
    assert (report.failed, report.sent) == (1, 1)
    assert post.rows(Suppression)[0].reason == "hard bounce"
    assert post.build(MONDAY + WEEK).built == 1


def test_being_blocked_stops_the_run_and_blames_no_reader(post):
    for number in range(4):
        post.add(f"r{number}@example.org")
    post.build()
    post.sender.outcomes = [BLOCKED]
    report = post.send()
    assert report.stopped == "554 5.7.1 you are blocked"
    assert not report.ok
    assert sorted(states(post)) == ["deferred", "queued", "queued", "queued"]
    assert post.rows(Suppression) == []
    assert post.send(MONDAY + timedelta(hours=1)).sent == 4


def test_server_that_defers_everything_is_left_alone_after_ten(post):
    for number in range(14):
        post.add(f"r{number}@example.org")
    post.build()
    post.sender.outcomes = [Outcome("deferred", "454 4.7.0 throttled")] * 14
    report = post.send()
    assert report.deferred == 10
    assert "10 mails in a row" in report.stopped
    assert states(post).count("queued") == 4


class Refusing(MemorySender):
    def send(self, message, envelope_from, to, *, name, on_data_started):
        raise ServerRefused("the mail server offers no STARTTLS")


def test_server_that_can_not_be_used_costs_no_attempt(post):
    post.add()
    post.build()
    report = post.send(sender=Refusing())
    assert report.stopped == "the mail server offers no STARTTLS"
    assert (states(post), post.deliveries()[0].attempts) == (["queued"], 0)


class Dying(MemorySender):
    """A sender whose process ends in the middle of a mail."""

    moment = "after"

    def send(self, message, envelope_from, to, *, name, on_data_started):
        if self.moment == "after":
            on_data_started()
        raise KeyboardInterrupt


def interrupted(post, moment):
    sender = Dying()
    sender.moment = moment
    with pytest.raises(KeyboardInterrupt):
        post.send(sender=sender)


def test_run_that_died_before_the_body_sends_it_after_all(post):
    post.add()
    post.build()
    interrupted(post, "before")
    assert states(post) == ["claimed"]
    report = post.send()
    assert (report.requeued, report.sent, report.uncertain) == (1, 1, 0)


def test_run_that_died_in_the_body_leaves_an_uncertain_mail_that_is_listed_and_not_resent(post):
    post.add()
    post.build()
    interrupted(post, "after")
    assert states(post) == ["data_started"]
    report = post.send()
    assert (report.sent, report.uncertain, report.ok) == (0, 1, False)
    assert post.deliveries("uncertain")[0].last_reply == "the run ended before the server's answer was known"
    assert post.send().uncertain == 0


def test_changes_of_an_uncertain_mail_reappear_marked_in_the_next_digest(post):
    post.add()
    post.build()
    post.sender.outcomes = [Outcome("uncertain", "connection lost after the dot")]
    post.send()
    post.archive.stored.append(
        change(70, of=record("fresh", identifier="H 70"), observed_at=MONDAY + timedelta(days=1))
    )
    post.post(MONDAY + WEEK)
    text = words(post.sender.sent[0])
    assert "House Ways and Means (may repeat)" in " ".join(text.split())
    fresh = text[text.index("H 70: ") :]
    assert "may repeat" not in fresh[: fresh.index("Why you got this")]
    post.post(MONDAY + 2 * WEEK)
    assert "H 900" not in words(post.sender.sent[1])
    ledger = post.rows(DigestChange)
    assert all(row.digest_id for row in ledger)
    assert len(ledger) == len({row.change_id for row in ledger})


def test_unsubscribe_between_queue_and_send_is_honoured(post):
    post.add()
    post.build()
    with post.sessions.begin() as session:
        remove(session, post.vault, "reader@example.org", MONDAY)
    report = post.send()
    assert (report.sent, report.failed) == (0, 0)
    assert post.deliveries()[0].last_reply == "not sent: unsubscribed"


class Barrier(MemorySender):
    """Lets something happen at the last moment before the mail's body."""

    def __init__(self, happens):
        super().__init__()
        self.happens = happens

    def send(self, message, envelope_from, to, *, name, on_data_started):
        self.happens()
        return super().send(message, envelope_from, to, name=name, on_data_started=on_data_started)


def leave(post):
    with post.sessions.begin() as session:
        remove(session, post.vault, "reader@example.org", MONDAY)


def be_suppressed(post):
    with post.sessions.begin() as session:
        hashed = session.exec(select(Subscriber)).one().address_hash
        suppress(session, hashed, "complaint", MONDAY)


def be_erased(post):
    erase(post.sessions, post.vault, "reader@example.org", MONDAY)


@pytest.mark.parametrize("happens", [leave, be_suppressed, be_erased])
def test_reader_who_leaves_at_the_last_moment_is_not_mailed(post, happens):
    post.add()
    post.build()
    sender = Barrier(lambda: happens(post))
    report = post.send(sender=sender)
    assert (report.sent, report.failed, report.withheld) == (0, 0, 1)
    assert sender.sent == []


def test_second_run_at_the_same_time_stands_by(post):
    post.add()
    post.build()
    with sending_lock(post.sessions.kw["bind"]) as free:
        assert free
        report = post.send()
    assert (report.standby, report.sent) == (True, 0)
    assert post.send().sent == 1


def test_altered_row_fails_alone(post):
    post.add("a@example.org")
    post.add("b@example.org")
    post.build()
    first = post.rows(Digest)[0].id
    with post.sessions.begin() as session:
        session.execute(update(Digest).where(Digest.id == first).values(content=b"x" * 40))
    report = post.send()
    assert (report.sent, report.failed) == (1, 1)


def test_content_is_dropped_when_a_mail_is_done(post):
    post.add()
    post.build()
    assert post.rows(Digest)[0].content is not None
    post.send()
    assert post.rows(Digest)[0].content is None


def test_another_stores_key_is_refused_before_anything_is_sent(post):
    post.add()
    post.build()
    post.vault = Vault(b"z" * 32)
    with pytest.raises(KeyTrouble):
        post.send()


def test_eml_files_hold_a_mail_each_and_tell_no_address_in_their_names(post, tmp_path):
    post.add("a@example.org")
    post.add("b@example.org")
    post.build()
    folder = tmp_path / "outbox"
    assert post.send(sender=EmlSender(folder)).sent == 2
    files = sorted(folder.iterdir())
    assert len(files) == 2
    digests = {digest.id for digest in post.rows(Digest)}
    assert {path.name for path in files} == {f"2026-11-23-weekly-{key}.eml" for key in digests}
    for path in files:
        assert lint(path.read_bytes(), letterhead=post.letterhead, now=MONDAY) == []
        assert path.stat().st_mode & 0o077 == 0


def test_full_disk_defers_and_leaves_no_half_file(post, tmp_path):
    post.add()
    post.build()
    folder = tmp_path / "outbox"
    sender = EmlSender(folder)
    key = post.rows(Digest)[0].id
    (folder / f".2026-11-23-weekly-{key}.draft").mkdir(parents=True)
    report = post.send(sender=sender)
    assert (report.deferred, report.sent) == (1, 0)
    assert list(folder.glob("*.eml")) == []


def test_same_mail_is_the_same_bytes_on_every_attempt(post):
    post.add()
    post.build()
    seen = []

    class Keeping(MemorySender):
        def send(self, message, envelope_from, to, *, name, on_data_started):
            seen.append((message, envelope_from))
            return Outcome("deferred", "451 later")

    post.send(sender=Keeping())
    post.send(MONDAY + timedelta(hours=1), sender=Keeping())
    first, second = (message.split(b"\r\n") for message, _ in seen)
    differing = [a for a, b in zip(first, second, strict=True) if a != b]
    assert [line[:5] for line in differing] == [b"Date:"]
    assert seen[0][1] == seen[1][1]


def test_nothing_that_is_printed_tells_an_address(post):
    post.add("canary.reader@example.org")
    post.build()
    post.send()
    things = [*post.rows(Subscriber), *post.rows(Subscription), *post.rows(Delivery), post.vault, *post.sender.sent]
    assert "canary" not in repr(things)
    assert "canary" not in str(things)


KILLED = """
import os, random, sys
sys.path[:0] = {path!r}
from config.clock import FixedClock
from notifier.crypto import Vault
from notifier.database import open_sessions
from notifier.deliveries import send_due
from notifier.senders import EmlSender
from mail_world import LETTERHEAD, MONDAY
class Killed(EmlSender):
    def send(self, message, envelope_from, to, *, name, on_data_started):
        outcome = super().send(message, envelope_from, to, name=name, on_data_started=on_data_started)
        os.kill(os.getpid(), 9)
        return outcome
from pathlib import Path
send_due(open_sessions({url!r}), Vault(b"k" * 32), LETTERHEAD, Killed(Path({folder!r})),
         clock=FixedClock(MONDAY), rng=random.Random(1))
"""


def test_killed_process_gives_its_lock_back_and_its_mail_is_uncertain(post, tmp_path):
    post.add("a@example.org")
    post.add("b@example.org")
    post.build()
    folder = tmp_path / "outbox"
    path = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]
    script = KILLED.format(path=path, url=post.url, folder=str(folder))
    done = subprocess.run([sys.executable, "-c", script], env=dict(os.environ), check=False, timeout=60)
    assert done.returncode == -9
    assert len(list(folder.glob("*.eml"))) == 1
    report = post.send()
    assert (report.standby, report.uncertain, report.requeued, report.sent) == (False, 1, 1, 1)


def test_reader_whose_stored_address_was_damaged_is_withheld(post):
    post.add()
    post.build()
    with post.sessions.begin() as session:
        subscriber = session.exec(select(Subscriber)).one()
        subscriber.address = post.vault.seal("a@example.org\r\nBcc: x@example.org", f"address {subscriber.id}")
        session.add(subscriber)
    report = post.send()
    assert (report.withheld, report.sent) == (1, 0)


def test_banner_of_the_letterhead_is_in_every_mail(post):
    post.letterhead = replace(post.letterhead, banner="demonstration data")
    post.archive = MemoryArchive([change(1)])
    post.add()
    post.post()
    assert "[demonstration data]" in str(Mail(post.sender.sent[0].message).message["Subject"])


def test_empty_queue_is_fine(post):
    report = post.send()
    assert (report.ok, report.sent) == (True, 0)


def test_unsubscribe_that_is_being_committed_is_waited_for(post):
    key = post.add()
    post.build()
    began = threading.Event()

    def unsubscribing():
        with post.sessions.begin() as session:
            unsubscribe(session, key, MONDAY)
            session.flush()
            began.set()
            time.sleep(0.7)

    thread = threading.Thread(target=unsubscribing)

    class Late(MemorySender):
        def send(self, message, envelope_from, to, *, name, on_data_started):
            thread.start()
            assert began.wait(10)
            return super().send(message, envelope_from, to, name=name, on_data_started=on_data_started)

    sender = Late()
    report = post.send(sender=sender)
    thread.join()
    assert (report.withheld, sender.sent) == (1, [])
