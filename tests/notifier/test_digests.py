"""What is built, for whom, and that nothing is told twice or lost."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

from mail_linter import Mail
from mail_world import MONDAY, MemoryArchive, change, event, mention, record, source, town_item

from notifier.digests import build_due, preview, preview_subscriber
from notifier.models import Delivery, Digest, DigestChange
from notifier.subscriptions import remove
from notifier.wishes import wanted

WEEK = timedelta(days=7)


def texts(post):
    return [Mail(sent.message).text for sent in post.sender.sent]


def subjects(post):
    return [str(message_from_bytes(sent.message, policy=policy.default)["Subject"]) for sent in post.sender.sent]


def test_weekly_digest_says_everything_in_order(post):
    post.add()
    assert post.post().sent == 1
    text = texts(post)[0]
    order = ["COMING UP (2)", "NEW (3)", "MOVED (2)", "TEXT OR AGENDA CHANGED (1)", "DECIDED (1)", "WHAT WAS CHECKED"]
    places = [text.index(heading) for heading in order]
    assert places == sorted(places)
    assert "46 of 49 sources checked; not checked:" in text
    assert "Maine committee calendar: failing since Nov 17 (blocked: challenge page)" in text
    assert "contract or purchase · Flock Group, Inc. · $76,500 · 24 cameras · 2 years" in " ".join(text.split())
    assert "*license plate reader*" in text
    assert subjects(post)[0].startswith("watchbill weekly: 1 hearing, 1 meeting coming up, 3 new")


def test_building_and_sending_again_mails_nothing(post):
    post.add()
    post.post()
    again = post.build()
    assert (again.built, again.empty, again.raced) == (0, 0, 0)
    assert post.send().sent == 0
    assert len(post.sender.sent) == 1


def test_the_next_week_tells_only_what_came_since(post):
    post.add()
    post.post()
    post.archive.stored.append(
        change(
            50,
            "title",
            record("late"),
            before="An old name",
            after="A new name",
            observed_at=MONDAY + timedelta(days=2),
        )
    )
    post.archive.records = []
    post.post(MONDAY + WEEK)
    assert "1 text changed" in subjects(post)[1]
    assert "SB 10" not in texts(post)[1]


def test_change_observed_before_confirmation_is_not_mailed(post):
    post.archive = MemoryArchive([change(1, of=record("old"), observed_at=MONDAY - timedelta(days=6, hours=1))])
    post.add(now=MONDAY - timedelta(days=6))
    post.post()
    assert "nothing new" in subjects(post)[0]


def test_change_committed_late_with_an_old_date_is_still_told(post):
    post.add(now=MONDAY - timedelta(days=10))
    post.archive = MemoryArchive()
    post.post()
    # A slow transaction: observed before the last digest was built, visible only after it.
    post.archive.stored.append(change(9, of=record("slow", identifier="H 9"), observed_at=MONDAY - timedelta(hours=1)))
    post.post(MONDAY + WEEK)
    assert "1 new" in subjects(post)[1]


def test_change_arriving_during_build_is_in_the_next_digest(post):
    post.add("a@example.org")
    late = change(77, of=record("late", identifier="H 77777"), observed_at=MONDAY)

    class Slow(MemoryArchive):
        def changes(self, wanted, *, since, until):
            seen = super().changes(wanted, since=since, until=until)
            if late not in self.stored:
                self.stored.append(late)
            return seen

    post.archive = Slow([change(1, of=record("first", identifier="H 1"))])
    post.post()
    post.post(MONDAY + WEEK)
    first, second = texts(post)
    assert "H 1:" in first
    assert "H 77777" not in first
    assert "H 77777" in second
    assert "H 1:" not in second


def test_person_with_two_states_and_topics_gets_one_mail_with_each_record_once(post):
    post.add(states=["MA"])
    post.add(states=["MA", "CT"], topics=["license-plate-readers"])
    post.post()
    assert len(post.sender.sent) == 1
    assert texts(post)[0].count("H 900: ") == 1


def test_daily_and_weekly_reader_is_told_each_change_once(post):
    post.add(cadence="daily", states=["MA", "CT"])
    post.add(cadence="weekly")
    post.post()
    ledger = post.rows(DigestChange)
    assert len({row.change_id for row in ledger}) == len(ledger) == 10


def test_sources_and_places_not_asked_for_are_left_out(post):
    post.add(divisions=["ocd-division/country:us/state:ma/place:cambridge"], states=[])
    post.post()
    text = texts(post)[0]
    assert "2026-141" in text
    assert "H 900" not in text
    assert "SB 10" not in text


def test_possible_matches_are_mailed_only_to_who_asked(post):
    post.archive = MemoryArchive([change(1, of=record("p", topics={"license-plate-readers": "possible"}))])
    post.add("a@example.org")
    post.add("b@example.org", strength="possible")
    post.post()
    assert sorted("nothing new" in subject for subject in subjects(post)) == [False, True]


def test_kinds_of_change_not_asked_for_are_left_out(post):
    post.add(kinds=["vote"])
    post.post()
    assert "1 decided" in subjects(post)[0]
    assert " new" not in subjects(post)[0]


def test_weekly_with_nothing_new_is_a_short_heartbeat(post):
    post.archive = MemoryArchive(
        checked=(source(),), failing=(source("x", name="Broken Council", outcome="broken", last_ok_at=None),)
    )
    post.add()
    post.post()
    assert "nothing new" in subjects(post)[0]
    assert "Nothing new was found" in texts(post)[0]
    assert "1 of 2 sources checked" in texts(post)[0]
    assert len(post.sender.sent[0].message) < 20_000


def test_daily_with_nothing_new_is_not_sent_and_not_built_again_that_day(post):
    post.archive = MemoryArchive()
    post.add(cadence="daily")
    report = post.build()
    assert (report.built, report.empty) == (0, 1)
    post.archive.stored.append(change(1, observed_at=MONDAY + timedelta(hours=1)))
    assert post.build(MONDAY + timedelta(hours=2)).built == 0
    assert post.build(MONDAY + timedelta(days=1)).built == 1


def test_daily_without_changes_reminds_of_a_meeting_tomorrow(post):
    tomorrow = event(starts_at="2026-11-24T18:00:00-05:00")
    post.archive = MemoryArchive(records=[record("r", event=tomorrow)])
    post.add(cadence="daily")
    assert post.post().sent == 1
    assert "1 hearing coming up" in subjects(post)[0]


def test_daily_is_silent_about_a_meeting_next_week(post):
    post.archive = MemoryArchive(records=[record("r", event=event(starts_at="2026-12-01T18:00:00-05:00"))])
    post.add(cadence="daily")
    assert post.build().empty == 1


def test_ten_days_asleep_bring_one_late_digest_with_everything(post):
    post.add(cadence="daily", now=MONDAY - timedelta(days=11))
    post.archive = MemoryArchive(
        [
            change(n, of=record(f"r{n}", identifier=f"H {n}"), observed_at=MONDAY - timedelta(days=n))
            for n in range(1, 11)
        ]
    )
    now = MONDAY + timedelta(hours=8)
    assert post.post(now).sent == 1
    assert "10 new" in subjects(post)[0]
    assert "This mail is late: it was due Mon, Nov 23, 8:00 AM EST" in texts(post)[0]
    assert post.post(now + timedelta(minutes=5)).sent == 0


def test_clock_set_back_sends_nothing_twice(post):
    post.add(cadence="daily")
    post.post()
    post.post(MONDAY - timedelta(days=1))
    told = post.rows(DigestChange)
    assert len(told) == len({row.change_id for row in told})
    post.post(MONDAY)
    assert len([row for row in post.rows(Digest) if row.period == MONDAY.date()]) == 1


def test_hour_that_comes_twice_in_autumn_brings_one_digest(post):
    post.archive = MemoryArchive([change(1, observed_at=datetime(2026, 10, 31, 20, tzinfo=UTC))])
    post.add(cadence="daily", at="01:30", now=datetime(2026, 10, 31, 12, tzinfo=UTC))
    first, second = datetime(2026, 11, 1, 5, 30, tzinfo=UTC), datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert post.build(first).built == 1
    assert post.build(second).built == 0


def test_hour_that_spring_skips_brings_one_digest(post):
    post.archive = MemoryArchive([change(1, observed_at=datetime(2026, 3, 7, 20, tzinfo=UTC))])
    post.add(cadence="daily", at="02:30", now=datetime(2026, 3, 7, 12, tzinfo=UTC))
    assert post.build(datetime(2026, 3, 8, 6, 59, tzinfo=UTC)).built == 0
    assert post.build(datetime(2026, 3, 8, 7, 31, tzinfo=UTC)).built == 1
    assert post.build(datetime(2026, 3, 8, 8, 31, tzinfo=UTC)).built == 0


def test_two_builders_at_once_store_each_digest_once(post):
    for number in range(6):
        post.add(f"reader{number}@example.org")
    barrier = threading.Barrier(2)
    reports = []

    class Together(MemoryArchive):
        def changes(self, wanted, *, since, until):
            if self.asked == 0:
                barrier.wait(timeout=30)
            return super().changes(wanted, since=since, until=until)

    def run():
        archive = Together(**vars(post.archive))
        reports.append(build_due(post.sessions, archive, post.vault, post.letterhead, now=MONDAY))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(reports) == 2
    assert sum(report.built for report in reports) == 6
    assert sum(report.raced for report in reports) == 6
    assert len(post.rows(Digest)) == len(post.rows(Delivery)) == 6
    assert len(post.rows(DigestChange)) == 60


def test_readers_with_the_same_wishes_cost_one_look_at_the_archive(post):
    for number in range(5):
        post.add(f"reader{number}@example.org")
    post.build()
    assert post.archive.asked == 1


def test_unsubscribed_reader_gets_no_digest(post):
    post.add()
    with post.sessions.begin() as session:
        assert remove(session, post.vault, "Reader@example.org", MONDAY)
    assert post.build().built == 0


def test_older_records_of_a_repaired_source_are_counted_not_listed(post):
    post.archive = MemoryArchive(bulk=[change(n, of=record(f"b{n}")) for n in range(300)])
    post.add()
    post.post()
    assert "300 older records came with sources that are new or were repaired" in " ".join(texts(post)[0].split())


def test_five_thousand_entries_fit_and_are_all_accounted_for(post):
    post.archive = MemoryArchive(
        [change(n, of=record(f"r{n}", identifier=f"H {n}")) for n in range(1, 4001)]
        + [
            change(
                4000 + n,
                "vote",
                of=town_item(f"t{n}", identifier=f"2026-{n}"),
                after={"motion": "Adopt", "passed": True},
            )
            for n in range(1, 1001)
        ],
        records=[record(f"r{n}", identifier=f"H {n}", event=event(f"e{n % 40}")) for n in range(1, 200)],
    )
    post.add()
    assert post.post().sent == 1
    assert "4000 new, 1000 decided" in subjects(post)[0]
    assert "more new: https://watchbill.example/search?since=2026-11-17" in texts(post)[0]
    assert len(post.rows(DigestChange)) == 5000
    assert post.post(MONDAY + WEEK).sent == 1
    assert "4000" not in subjects(post)[1]


def test_neutral_subject_tells_nothing(post):
    post.add(neutral_subject=True)
    post.post()
    assert subjects(post)[0] == "Your weekly update (Nov 17–23)"


def test_reader_in_another_zone_reads_both_times(post):
    post.add(timezone="America/Chicago", at="06:00")
    post.post()
    assert "Mon, Nov 30, 1:00 PM EST (12:00 PM CST for you)" in texts(post)[0]


def test_banner_is_in_subject_text_and_html(post):
    post.letterhead = replace(post.letterhead, banner="demonstration data, not real bills")
    post.add()
    post.post()
    mail = Mail(post.sender.sent[0].message)
    assert "demonstration data, not real bills" in subjects(post)[0]
    assert "*** demonstration data, not real bills ***" in mail.text
    assert "demonstration data, not real bills" in mail.words()


def test_preview_stores_nothing(post):
    wishes = [wanted(states=["MA"], cadence="weekly")]
    mail = preview(post.archive, post.letterhead, wishes, timezone="America/New_York", since=MONDAY - WEEK, now=MONDAY)
    assert "2 new" in mail.subject
    assert post.rows(Digest) == []


def test_preview_of_a_subscriber_shows_what_is_not_told_yet(post):
    key = post.add()
    post.post()
    post.archive.stored.append(
        change(60, of=record("fresh", identifier="H 606"), observed_at=MONDAY + timedelta(days=1))
    )
    mail = preview_subscriber(
        post.sessions, post.archive, post.letterhead, key, "weekly", now=MONDAY + timedelta(days=2)
    )
    assert "H 606" in mail.text
    assert "SB 10" not in mail.text


def test_sentence_of_a_followed_topic_is_quoted_first(post):
    shield = mention("No agency shall assist.", term="assist", topic="shield-laws")
    post.archive = MemoryArchive(
        [
            change(
                1,
                of=record(
                    "r",
                    topics={"license-plate-readers": "strong", "shield-laws": "strong"},
                    mentions=(mention(), shield),
                ),
            )
        ]
    )
    post.add(topics=["shield-laws"])
    post.post()
    assert "No agency shall *assist*." in texts(post)[0]
    assert "Why you got this: shield laws in Massachusetts" in texts(post)[0]
