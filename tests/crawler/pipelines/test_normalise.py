"""Scraped items become clean observations: nothing that breaks a database, a mail or a link gets through."""

from datetime import UTC, datetime

from config.sources import Source
from crawler.items import ScrapedAgendaItem, ScrapedBill, ScrapedCoverage, ScrapedDocument, ScrapedEvent, ScrapedSkip
from crawler.pipelines.meetings import meeting_records
from crawler.pipelines.normalise import normalise, web_address, window_of
from store.observed import ObservedText

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
SOURCE = Source(
    slug="ma_exampleville_council",
    platform="legistar",
    jurisdiction="ocd-division/country:us/state:ma/place:exampleville",
    name="Exampleville City Council",
    url="https://exampleville.legistar.com",
    timezone="America/New_York",
    options={"client": "exampleville"},
)
AGENDA = "https://exampleville.gov/a.pdf"
TEXT = ObservedText(pages=["page one"], sha256="ab", media_type="application/pdf")


def test_control_characters_and_lone_surrogates_are_gone():
    bill = ScrapedBill(key="k", identifier="H1", title="An Act\u0000 on\ud800 plates\u0007", actions=[])
    (observed,) = normalise([bill], SOURCE, {}, NOW)
    assert observed.title == "An Act on plates"
    assert observed.source_urls == [SOURCE.url]


def test_text_that_stands_in_the_page_becomes_the_version():
    bill = ScrapedBill(key="k", identifier="H1", title="T", text="SECTION 1.", url="https://example.gov/h1")
    (observed,) = normalise([bill], SOURCE, {}, NOW)
    (version,) = observed.documents
    assert (version.kind, version.url, version.text.pages) == ("version", "https://example.gov/h1", ["SECTION 1."])


def test_only_web_links_survive_and_each_once():
    documents = [ScrapedDocument(kind="agenda", url=url) for url in (AGENDA, "javascript:alert(1)", AGENDA, "data:x,y")]
    (observed,) = normalise([ScrapedEvent(key="e", name="Council", documents=documents)], SOURCE, {AGENDA: TEXT}, NOW)
    (document,) = observed.documents
    assert (document.url, document.text, document.fetched_at) == (AGENDA, TEXT, NOW)


def test_a_link_with_spaces_is_encoded_not_lost():
    assert web_address("https://example.gov/June 3 agenda.pdf") == "https://example.gov/June%203%20agenda.pdf"
    assert web_address("HTTPS://example.gov/x") is not None
    assert [web_address(bad) for bad in ("javascript:x", "//example.gov", "", None, "mailto:a@b.c")] == [None] * 5


def test_not_told_is_not_empty():
    told, untold = normalise(
        [ScrapedEvent(key="a", name="x", documents=[]), ScrapedEvent(key="b", name="x")], SOURCE, {}, NOW
    )
    assert (told.documents, untold.documents) == ([], None)


def test_an_overlong_title_keeps_its_wording_in_the_text():
    words = "plate reader " * 400
    (observed,) = normalise([ScrapedAgendaItem(key="i", event_key="e", title=words)], SOURCE, {}, NOW)
    assert len(observed.title) <= 2000
    assert observed.text.startswith(words.strip())


def test_a_meetings_own_files_become_one_record():
    event = ScrapedEvent(
        key="event:1",
        name="City Council",
        starts_at="2026-03-09T18:00:00-04:00",
        documents=[ScrapedDocument(kind="agenda", url=AGENDA)],
    )
    observations = normalise([event, ScrapedSkip(reason="empty")], SOURCE, {AGENDA: TEXT}, NOW)
    (record,) = meeting_records(observations)
    assert (record.event_key, record.title) == ("event:1", "City Council on 2026-03-09 (documents)")
    assert record.documents[0].text == TEXT


def test_a_hearing_with_bills_is_told_through_its_bills_alone():
    file = [ScrapedDocument(kind="agenda", url=AGENDA)]
    calendar = ScrapedEvent(key="hearing:1", name="Hearing", documents=file)
    agenda = ScrapedEvent(key="hearing:1", name="Hearing", documents=file, bills=["H1"])
    assert meeting_records(normalise([calendar, agenda], SOURCE, {AGENDA: TEXT}, NOW)) == []
    assert len(meeting_records(normalise([calendar], SOURCE, {AGENDA: TEXT}, NOW))) == 1


def test_a_file_that_an_item_has_is_not_told_twice():
    file = [ScrapedDocument(kind="attachment", url=AGENDA)]
    items = [
        ScrapedEvent(key="event:1", name="Council", documents=file),
        ScrapedAgendaItem(key="i", event_key="event:1", title="Award", documents=file),
    ]
    assert meeting_records(normalise(items, SOURCE, {AGENDA: TEXT}, NOW)) == []


def test_a_meeting_whose_files_were_not_read_keeps_its_record():
    event = ScrapedEvent(key="event:1", name="Council", documents=[ScrapedDocument(kind="agenda", url=AGENDA)])
    (seen,) = meeting_records(normalise([event], SOURCE, {}, NOW))
    assert (seen.kind, seen.key) == ("agenda_item", "event:1:documents")


def test_coverage_of_several_pages_is_joined():
    import datetime as dt

    first, last = dt.date(2026, 3, 1), dt.date(2026, 4, 1)
    window = window_of(
        [ScrapedCoverage(sessions=["194"]), ScrapedCoverage(events_from=first, events_to=last, agendas=["e"])]
    )
    assert (window.sessions, window.events_from, window.events_to, window.agendas) == (["194"], first, last, ["e"])
    assert window_of([ScrapedSkip(reason="x")]) is None
