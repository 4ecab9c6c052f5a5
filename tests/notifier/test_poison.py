"""Scraped text is anything: it can't break a mail, forge a header or run in a reader's program."""

from dataclasses import replace

import pytest
from lxml import html as lxml_html
from mail_linter import Mail
from mail_world import MONDAY, MemoryArchive, change, event, mention, record, source

from notifier.plain import described, one_line, safe_link

XSS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>', "javascript:alert(1)",
    "'-alert(1)-'", "<iframe src=//evil.example>", "<a href='javascript:alert(1)'>x</a>", "</title><script>x</script>",
    "</style><script>x</script>", "<style>@import url(//evil.example)</style>", "<body onload=x>", "{{ 7*7 }}",
    "{% raw %}", "{{ config }}", "<!--", "-->", "]]>", "<![CDATA[x]]>", "&lt;script&gt;", "&#x3c;script&#x3e;",
    "<math><mtext></mtext></math>", "<base href=//evil.example>", "<meta http-equiv=refresh content=0>",
    "<form action=//evil.example>", "<link rel=stylesheet href=//evil.example>", "${7*7}", "<%= 7*7 %>",
    "\"onmouseover=alert(1) x=\"", "`onerror=alert(1)", "<table background=//evil.example>",
]  # fmt: skip
CONTROL = [
    "a\r\nBcc: evil@example.org", "a\nX-Evil: 1", "a\rb", "a\u2028b", "a\u2029b", "a\u0085b", "a\x00b", "a\x0bb",
    "a\x0cb", "a\x1bb[31m", "a\x7fb", "a\x9bb", "\ud800", "a\udfffb", "\ufeffa", "a\u202eb", "a\u2066b\u2069",
    "a\u200bb", "a\xadb", "\ue000u\ue001", "\ue000m\ue001", "\ufffe", "\uffff", "a\tb", "a\u00a0b", "\x02hyphen",
    "=?utf-8?b?QmNjOiB4?=", "a" * 1_000_000, "é" * 5000, "日本語" * 300, "🚗" * 500, "\U0010ffff",
    "a\u0301" * 500, "." , "..", "\r\n.\r\n", "\r\n\r\n<html>", "From me", "%0d%0aBcc: x", "\\r\\nBcc: x",
    "=3D" * 50, "x" * 2000, " ".join("word" for _ in range(5000)), "", " ", "\n", "*bold*", "_x_", "“”", "\u202e",
]  # fmt: skip
FIELDS = ("title", "identifier", "body", "place", "source_name", "status", "url", "session")
STRINGS = [*XSS, *CONTROL]


def poisoned_records():
    """One record for each string and field, and one with it everywhere in events, mentions and aspects."""
    changes = []
    for index, text in enumerate(STRINGS):
        whole = record(f"p{index}", **dict.fromkeys(FIELDS, text), aspects={"vendor": text, "purposes": [text]})
        whole = replace(whole, mentions=(mention(snippet=text, mark=(0, 5), field=text),), source_urls=(text,))
        whole = replace(whole, event=event(f"e{index}", name=text, body=text, location=text, testimony=text, url=text))
        changes.append(change(index * 10 + 1, "new", whole))
        changes.append(change(index * 10 + 2, "status", whole, before=text, after=text + "x"))
        changes.append(change(index * 10 + 3, "action", whole, after={"description": text, "date": "2026-11-20"}))
        changes.append(change(index * 10 + 4, "text_version", whole, after={"name": text, "url": text, "text": text}))
        changes.append(change(index * 10 + 5, "vote", whole, after={"motion": text, "counts": {text: text}}))
    return changes


def test_corpus_is_large():
    assert len(STRINGS) >= 80


def test_poison_in_every_field_gives_a_lawful_mail_and_leaves_other_readers_alone(sqlite_post):
    post = sqlite_post
    clean = MemoryArchive([change(5000, of=record("good", "ct", identifier="SB 10"))])
    post.archive = clean
    post.add("clean@example.org", states=["CT"])
    post.add("poisoned@example.org", states=["MA"])
    changes = poisoned_records()
    post.archive = MemoryArchive(
        [*clean.stored, *changes],
        records=[item.record for item in changes[::5]],
        failing=tuple(source(f"s{n}", name=text, reason=text) for n, text in enumerate(STRINGS[:20])),
    )
    assert post.post().sent == 2
    mails = {sent.to: Mail(sent.message) for sent in post.sender.sent}
    assert "SB 10" in mails["clean@example.org"].text
    poisoned = mails["poisoned@example.org"]
    assert "Bcc" not in poisoned.message
    assert "X-Evil" not in poisoned.message
    assert "evil.example" not in " ".join(poisoned.links())


@pytest.mark.parametrize("start", range(0, len(STRINGS), 8))
def test_each_poisoned_record_shown_whole_is_harmless(sqlite_post, start):
    post = sqlite_post
    changes = [item for item in poisoned_records() if start * 10 < item.id <= (start + 8) * 10]
    post.archive = MemoryArchive(changes, records=[item.record for item in changes[::5]])
    post.add(states=["MA"])
    report = post.build()
    assert report.built == 1
    assert post.send().sent == 1
    mail = Mail(post.sender.sent[0].message)
    tree = lxml_html.document_fromstring(mail.html)
    assert not tree.xpath("//script|//svg|//iframe|//form|//base|//img|//*[@onload or @onerror or @onmouseover]")
    assert all(link.startswith(("https://", "http://")) for link in mail.links())


SENSELESS = [
    {"event": event(starts_at="tomorrow"), "kind": "hearing_scheduled"},
    {"event": event(starts_at="2026-11-30T13:00:00"), "kind": "hearing_scheduled"},
    {"event": event(starts_at="2026-13-45"), "kind": "hearing_scheduled"},
    {"event": event(timezone="Mars/Olympus"), "kind": "hearing_scheduled"},
    {"event": event(timezone="../../etc"), "kind": "hearing_scheduled"},
    {"event": event(starts_at="9999-12-31T23:59:00-05:00"), "kind": "hearing_scheduled"},
    {"kind": "action", "after": {"date": "not a date", "description": "x"}},
    {"kind": "vote", "after": {"counts": ["a", "b"]}},
    {"kind": "reporting_date", "before": "2026-99-99", "after": "2026-11-30"},
]


@pytest.mark.parametrize("senseless", SENSELESS)
def test_senseless_stored_value_is_replaced_by_safe_words_and_reported(sqlite_post, senseless):
    post = sqlite_post
    damaged = change(1, of=record("damaged", identifier="H 666"), **senseless)
    post.archive = MemoryArchive([damaged, change(2, of=record("fine", identifier="H 2"))])
    post.add()
    report = post.build()
    assert report.poisoned == {"damaged"}
    assert post.send().sent == 1
    mail = Mail(post.sender.sent[0].message)
    assert "can’t be shown here" in " ".join(mail.text.split())
    assert "https://watchbill.example/records/damaged" in mail.text
    assert "H 2:" in mail.text


def test_senseless_meeting_is_left_out_and_reported(sqlite_post):
    post = sqlite_post
    broken = record("broken", event=event("e1", starts_at="2026-11-25Tnoon"))
    post.archive = MemoryArchive(records=[broken, record("fine", event=event("e2"))])
    post.add()
    assert post.build().poisoned == {"broken"}
    assert post.send().sent == 1
    assert "COMING UP (1)" in Mail(post.sender.sent[0].message).text


@pytest.mark.parametrize("kind", ["something_new", "x" * 500, "a\r\nb"])
def test_unknown_kind_of_change_is_told_by_its_values(sqlite_post, kind):
    post = sqlite_post
    post.archive = MemoryArchive([change(1, kind, before="left", after="right")])
    post.add()
    post.post()
    assert "left → right" in Mail(post.sender.sent[0].message).text


@pytest.mark.parametrize(
    "value", [None, True, 3, 2.5, "x", [], ["a", "b"], {}, {"a": 1}, {"name": None}, [{"name": "n"}]]
)
@pytest.mark.parametrize("kind", ["title", "action", "text_version", "hearing_moved", "vote", "outcome", "successor",
                                  "mention_entered", "mention_left", "sponsor_added", "removed", "new"])  # fmt: skip
def test_any_shape_of_before_and_after_is_put_into_words(kind, value):
    from zoneinfo import ZoneInfo

    from notifier.happenings import Reading, happening_of

    reading = Reading(ZoneInfo("America/New_York"), MONDAY.date())
    for before, after in ((value, None), (None, value), (value, value)):
        words = happening_of(change(1, kind, before=before, after=after, event=event()), reading).words
        assert words
        assert words.isprintable()


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "//evil.example", "https://",
     "https://a@evil.example/", "https://evil.example\\@good.example/", "http://[::1", "ftp://example.org/x",
     " javascript:x", "java\nscript:x", "https://example.org/\r\nBcc: x", "https://еxample.org/", None, 7, "",
     "x" * 2000,     'https://example.org/"onclick=x', "https://example.org/<script>"],
)  # fmt: skip
def test_only_plain_web_addresses_become_links(address):
    assert safe_link(address) is None


def test_addresses_with_blanks_and_accents_are_encoded():
    assert safe_link("https://example.org/agenda 1/é.pdf") == "https://example.org/agenda%201/%C3%A9.pdf"
    assert safe_link("https://example.org/a?b=c%20d&e[]=f#g") == "https://example.org/a?b=c%20d&e[]=f#g"


def test_text_becomes_one_clean_line():
    assert one_line("a\r\n b\u2028c\x00d\ud800e\u202ef") == "a b cdef"
    assert one_line("one two three", 9) == "one two…"
    assert one_line("x" * 1_000_000, 10) == "x" * 9 + "…"
    assert described({"name": "n", "x": 1}) == "n"
