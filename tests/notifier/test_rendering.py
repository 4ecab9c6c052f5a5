"""What a reader sees: words, times, sentences; HTML and text with the same facts."""

import random
import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from mail_linter import Mail, lint
from mail_world import LETTERHEAD, MONDAY, MemoryArchive, change, event, record, source, town_item

from config.errors import ConfigError
from config.settings import Settings
from notifier.aspects import aspects_in_words
from notifier.happenings import Reading, happening_of
from notifier.letterhead import load_letterhead
from notifier.lines import diff, marked_snippet
from notifier.periods import Plan, due_periods
from notifier.times import meeting_time, span_words

EAST = ZoneInfo("America/New_York")
READING = Reading(EAST, MONDAY.date())


def words(kind, **values):
    return happening_of(change(1, kind, **values), READING).words


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        ("status", {"before": "Filed", "after": "In committee"}, "Status: Filed → In committee"),
        ("action", {"after": {"date": "2026-11-18", "description": "Read twice"}}, "Nov 18: Read twice"),
        (
            "referral",
            {"after": {"date": "2026-11-18", "description": "Referred to Ways and Means"}},
            "Nov 18: Referred to Ways and Means",
        ),
        (
            "reporting_date",
            {"before": "2026-12-01", "after": "2027-02-01"},
            "Committee's reporting date: Tue, Dec 1, 2026 → Mon, Feb 1, 2027",
        ),
        (
            "vote",
            {"after": {"motion": "Adopt", "passed": False, "counts": {"yes": 3, "no": 6}}},
            "Adopt: failed (3 yes, 6 no)",
        ),
        ("vote", {"after": {"motion": "Adopt"}}, "Adopt: result not recorded"),
        ("outcome", {"after": None}, "Outcome: not recorded"),
        ("sponsor_added", {"after": {"name": "Rep. Example"}}, "Sponsor added: Rep. Example"),
        ("sponsor_removed", {"before": {"name": "Rep. Example"}}, "Sponsor withdrawn: Rep. Example"),
        ("successor", {"after": {"relation": "replaced_by", "identifier": "H 4000"}}, "Replaced by H 4000"),
        ("mention_entered", {"after": {"topic": "t", "term": "ALPR"}}, "Its text now mentions what you follow: ALPR"),
        (
            "attachment_added",
            {"after": {"name": "Contract.pdf", "kind": "attachment"}},
            "Attachment added: Contract.pdf",
        ),
        ("removed", {"before": {"title": "x"}}, "No longer listed by its source"),
        (
            "hearing_cancelled",
            {"before": {"name": "Hearing", "starts_at": "2026-11-30"}, "after": {"status": "cancelled"}},
            "Hearing or meeting cancelled: Hearing, Mon, Nov 30, time not given",
        ),
        (
            "hearing_cancelled",
            {"before": {"name": "Hearing", "starts_at": "2026-11-30"}, "after": {"status": "no longer listed"}},
            "Hearing or meeting no longer listed: Hearing, Mon, Nov 30, time not given",
        ),
        (
            "hearing_scheduled",
            {"event": event(location="Room A-1")},
            "Hearing or meeting set: Public hearing on surveillance bills, Mon, Nov 30, 1:00 PM EST, Room A-1",
        ),
    ],
)
def test_change_is_said_in_plain_words(kind, values, said):
    assert words(kind, **values) == said


def test_moved_hearing_shows_both_times():
    told = happening_of(
        change(
            1,
            "hearing_moved",
            before={"starts_at": "2026-11-25T10:00:00-05:00", "timezone": "America/New_York"},
            after={"starts_at": "2026-11-30T13:00:00-05:00", "timezone": "America/New_York"},
        ),
        READING,
    )
    assert told.before[0].text == "Wed, Nov 25, 10:00 AM EST"
    assert told.after[0].text == "Mon, Nov 30, 1:00 PM EST"


@pytest.mark.parametrize(
    ("starts_at", "start_text", "zone", "said"),
    [
        ("2026-11-30T13:00:00-05:00", None, "America/New_York", "Mon, Nov 30, 1:00 PM EST"),
        ("2026-11-30", None, "America/New_York", "Mon, Nov 30, time not given"),
        ("2026-11-30", "upon adjournment", None, "Mon, Nov 30, upon adjournment"),
        ("2027-01-04T00:30:00-05:00", None, "America/New_York", "Mon, Jan 4, 2027, 12:30 AM EST"),
        ("2026-11-30T12:00:00-06:00", None, "America/Chicago", "Mon, Nov 30, 12:00 PM CST (1:00 PM EST for you)"),
        (
            "2026-11-30T22:30:00-08:00",
            None,
            "America/Los_Angeles",
            "Mon, Nov 30, 10:30 PM PST (Tue, Dec 1, 1:30 AM EST for you)",
        ),
        ("2026-11-30T13:00:00-05:00", None, None, "Mon, Nov 30, 1:00 PM UTC -05:00"),
        (None, "at the call of the chair", None, "at the call of the chair"),
        (None, None, None, "date not given"),
    ],
)
def test_time_of_a_meeting_is_told_as_printed_and_never_made_up(starts_at, start_text, zone, said):
    told = meeting_time(event(starts_at=starts_at, start_text=start_text, timezone=zone), EAST, MONDAY.date())
    assert told.words.replace("UTC-", "UTC -") == said


def test_spans_of_dates_are_brief():
    assert span_words(date(2026, 11, 17), date(2026, 11, 23)) == "Nov 17–23"
    assert span_words(date(2026, 11, 30), date(2026, 12, 6)) == "Nov 30–Dec 6"
    assert span_words(date(2026, 12, 28), date(2027, 1, 3)) == "Dec 28, 2026–Jan 3, 2027"
    assert span_words(date(2026, 11, 23), date(2026, 11, 23)) == "Nov 23"


def test_two_lines_show_where_texts_differ():
    before, after = diff("data kept for 30 days in all cases", "data kept for 21 days in all cases")
    assert [(piece.text, piece.mark) for piece in before if piece.mark] == [("30", "cut")]
    assert [(piece.text, piece.mark) for piece in after if piece.mark] == [("21", "added")]
    assert "".join(piece.text for piece in after) == "data kept for 21 days in all cases"
    assert diff("same", "same") == ((), ())
    assert diff("", "new") == ((), ())


def test_long_sentence_is_cut_around_the_matched_words():
    sentence = "word " * 300 + "license plate reader" + " word" * 300
    start = sentence.index("license")
    pieces = marked_snippet(sentence, (start, start + 20))
    assert [piece.text for piece in pieces if piece.mark] == ["license plate reader"]
    assert len("".join(piece.text for piece in pieces)) < 360


@pytest.mark.parametrize("mark", [(5, 2), (-4, 900), (900, 950), (0, 0)])
def test_mark_that_lies_outside_its_sentence_is_harmless(mark):
    assert "".join(piece.text for piece in marked_snippet("a short sentence", mark))


def test_aspects_are_said_as_people_say_them():
    aspects = {
        "purposes": ["contract", "limit-sharing"], "vendor": "Flock Group, Inc.", "amounts": ["$76,500"], "cameras": 24,
        "term": "2 years", "retention_days": 30, "out_of_state": True, "federal": False, "quotes": {"vendor": "x"},
    }  # fmt: skip
    assert aspects_in_words(aspects) == (
        "contract or purchase · limit sharing · Flock Group, Inc. · $76,500 · 24 cameras · 2 years · data kept 30 days"
        " · names other states"
    )
    assert aspects_in_words({}) == ""


def test_facts_are_the_same_in_both_parts(sqlite_post):
    post = sqlite_post
    post.add()
    post.post()
    sent = post.sender.sent[0]
    facts = (
        "Tue, Nov 24, 5:30 PM EST", "Sullivan Chamber, City Hall, 795 Massachusetts Avenue", "sign up to speak online",
        "Status: In committee → House Ways and Means", "Adopt as amended: passed (7 yes, 2 no)", "Outcome: adopted",
        "24 license plate reader cameras.", "in the packet, page 143", "46 of 49 sources checked",
        "Town of Example Select Board, Massachusetts: never worked yet (broken: layout changed)",
        "12 more sources are on trial", "You get this mail because this address is subscribed, weekly",
        "was: Wed, Nov 25, 10:00 AM EST, Room B-2", "Example Coalition, 1 Main Street, Springfield",
    )  # fmt: skip
    hosts = {"malegislature.gov", "cambridgema.legistar.com", "www.cga.ct.gov"}
    assert lint(sent.message, letterhead=LETTERHEAD, to=sent.to, now=MONDAY, facts=facts, source_hosts=hosts) == []


def test_linter_sees_what_is_wrong(sqlite_post):
    post = sqlite_post
    post.add()
    post.post()
    raw = post.sender.sent[0].message
    spoiled = [
        (raw.replace(b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", b""), "11"),
        (raw.replace(b"To: reader@example.org", b"To: reader@example.org, b@example.org"), "3"),
        (raw.replace(b"\r\n", b"\n"), "18"),
        (raw.replace(b"</h1>", b"</h1><img src=3D'https://x.example/p.gif'>"), "32"),
        (raw.replace(b"Auto-Submitted: auto-generated\r\n", b""), "12"),
        (raw.replace(b"MIME-Version", b"Bcc: x@example.org\r\nMIME-Version"), "2"),
        (raw + b"x" * 1200, "19"),
        (raw.replace(b"12 more sources", b"12 more sources\xe9"), "20"),
        (re.sub(rb"Subject: .*\r\n( .*\r\n)*", b"Subject: watchbill weekly: 9 new\r\n", raw), "17"),
        (raw.replace(b'lang=3D"en"', b""), "31"),
    ]
    for mail, rule in spoiled:
        broken = {entry.split()[0] for entry in lint(mail, letterhead=LETTERHEAD)}
        assert rule in broken, rule


def test_reader_without_any_source_is_told_so(sqlite_post):
    post = sqlite_post
    post.archive = MemoryArchive(checked=())
    post.add(states=["VT"])
    post.post()
    assert "Nothing was checked: no source in Vermont is watched yet." in " ".join(
        Mail(post.sender.sent[0].message).text.split()
    )


def test_many_failing_sources_are_counted(sqlite_post):
    post = sqlite_post
    post.archive = MemoryArchive(failing=tuple(source(f"s{n}", name=f"Council {n}") for n in range(40)))
    post.add()
    post.post()
    text = Mail(post.sender.sent[0].message).text
    assert "1 of 41 sources checked" in text
    assert "- and 28 more" in text


def test_towns_come_after_the_legislature_and_numbers_sort_as_numbers(sqlite_post):
    post = sqlite_post
    post.archive = MemoryArchive(
        [
            change(1, of=town_item("t")),
            change(2, of=record("h10", identifier="H 10")),
            change(3, of=record("h9", identifier="H 9")),
        ]
    )
    post.add()
    post.post()
    text = Mail(post.sender.sent[0].message).text
    assert text.index("H 9:") < text.index("H 10:") < text.index("2026-141:")


@pytest.mark.parametrize("size", [1, 5, 20, 60, 130, 400])
def test_mail_of_any_size_stays_under_the_limit_and_says_how_much_it_left_out(sqlite_post, size):
    post = sqlite_post
    title = "An Act " + "concerning the collection, retention and sharing of data " * 4
    post.archive = MemoryArchive([change(n, of=record(f"r{n}", identifier=f"H {n}", title=title)) for n in range(size)])
    post.add()
    assert post.post().sent == 1
    mail = Mail(post.sender.sent[0].message)
    shown = len({link for link in mail.links() if "/records/" in link})
    assert f"NEW ({size})" in mail.text
    if shown < size:
        assert f"And {size - shown} more new" in mail.text


def test_every_zone_and_hour_brings_one_digest_a_day_through_a_year():
    rng = random.Random(4)
    zones = [
        "America/New_York",
        "America/Chicago",
        "America/Denver",
        "America/Phoenix",
        "America/Los_Angeles",
        "Pacific/Honolulu",
    ]
    for name in zones:
        for at in ("00:30", "01:30", "02:30", "08:00"):
            zone, start = ZoneInfo(name), datetime(2026, 1, 1, 12, tzinfo=UTC)
            plan = Plan("daily", None, at, start)
            now, seen = start, []
            while now < start + timedelta(days=370):
                now += timedelta(minutes=rng.randint(20, 70))
                seen += [due.period for due in due_periods(now, zone, [plan]) if due.period not in seen[-3:]]
            days = [first + timedelta(days=1) for first in seen[:-1]]
            assert days == seen[1:]
            assert len(seen) in (369, 370, 371)


def test_weekly_comes_on_its_day_only():
    plan = Plan("weekly", 4, "17:30", MONDAY - timedelta(days=30))
    due = due_periods(datetime(2026, 11, 27, 22, 31, tzinfo=UTC), EAST, [plan])
    assert [(item.period, item.due_at) for item in due] == [
        (date(2026, 11, 27), datetime(2026, 11, 27, 22, 30, tzinfo=UTC))
    ]
    before = due_periods(datetime(2026, 11, 27, 22, 29, tzinfo=UTC), EAST, [plan])
    assert before[0].period == date(2026, 11, 20)


def test_first_digest_comes_after_the_reader_confirmed():
    plan = Plan("weekly", 0, "08:00", MONDAY + timedelta(hours=1))
    assert due_periods(MONDAY + timedelta(days=2), EAST, [plan]) == []
    assert len(due_periods(MONDAY + timedelta(days=7), EAST, [plan])) == 1


def test_letterhead_comes_from_the_settings_and_is_checked(monkeypatch):
    settings = Settings(mail_from="Watch Bill <digest@example.org>", base_url="https://example.org/")
    head = load_letterhead(settings, banner="demonstration data")
    assert (head.name, head.address, head.domain, head.base_url) == (
        "Watch Bill", "digest@example.org", "example.org", "https://example.org",
    )  # fmt: skip
    with pytest.raises(ConfigError, match="WATCHBILL_MAIL_FROM"):
        load_letterhead(Settings(mail_from="nobody"))
    with pytest.raises(ConfigError, match="WATCHBILL_BASE_URL"):
        load_letterhead(Settings(base_url="javascript:alert(1)"))
