"""One search on both databases: the same records for the same words, and never a database's error."""

from datetime import timedelta

import pytest
from archive_world import World, bill, document, event, item, make_source
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from store.database import session
from store.errors import BadQuery
from store.query import fts5, parse_query, tsquery
from store.search import SearchPage, search

TITLES = {
    "H1": "An Act regulating automated license plate readers",
    "H2": "An Act protecting reproductive health care providers out of state",
    "H3": "An Act relative to license-plate reader data and/or retention",
    "H4": "An Act honoring O'Brien (x) of the café",
    "H5": "An Act on plates for readers of licensing manuals",
    "H6": "An Act about state roads and the outing of states",
}
PACKET = "Contract with Flock Group, Inc. for cameras@25 at $3,000/year; see flock-safety.com/terms."


@pytest.fixture
def library(fresh: World) -> World:
    fresh.crawl(*(bill(key, title) for key, title in TITLES.items()))
    fresh.crawl(
        event("E1"),
        item(
            "I1",
            "E1",
            "Advanced public safety technology",
            documents=[document("https://l.example/p", "Cover", PACKET)],
        ),
        source=make_source("ct_hartford", "ocd-division/country:us/state:ct/place:hartford"),
    )
    return fresh


def ask(world: World, query: str, **how: object) -> SearchPage:
    with session(world.engine, read_only=True) as db:
        return search(db, query, **how)  # type: ignore[arg-type]


def keys(world: World, query: str, **how: object) -> list[str]:
    return sorted(hit.record.identifier or "I1" for hit in ask(world, query, **how).hits)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("license plate reader", ["H1", "H3", "H5"]),
        ('"license plate reader"', ["H1", "H3"]),
        ("license-plate readers", ["H1", "H3"]),
        ("LICENSES", ["H1", "H3", "H5"]),
        ("readers -retention", ["H1", "H5"]),
        ('reader -"plate reader"', ["H5"]),
        ("reader NOT retention", ["H1", "H5"]),
        ("retention OR reproductive", ["H2", "H3"]),
        ("retention OR reproductive health", ["H2", "H3"]),
        ("data and retention", ["H3"]),
        ("data AND retention", ["H3"]),
        ("repro*", ["H2"]),
        ('"license plate read*"', ["H1", "H3"]),
        ("flock", ["I1"]),
        ("cameras", ["I1"]),
        ("flock safety", ["I1"]),
        ("3,000", ["I1"]),
        ('"out of state"', ["H2", "H6"]),
        ("retention", ["H3"]),
        ("o'brien", ["H4"]),
        ("cafe", ["H4"]),
        ("café", ["H4"]),
        ("cafés", ["H4"]),
        ("H3", ["H3"]),
        ("H.3", ["H3"]),
        ("h 3", ["H3"]),
        ("nothingness", []),
        ("-act", ["I1"]),
        ('"license', ["H1", "H3", "H5"]),
        ("license)) AND ((", ["H1", "H3", "H5"]),
        ("NEAR(license plate, 2)", []),
        ("title:license", []),
        ("license & ! plate | :*", ["H1", "H3", "H5"]),
        ("a*", []),
    ],
)
def test_a_query_finds_the_same_records_on_both_databases(library: World, query: str, expected: list[str]) -> None:
    page = ask(library, query)
    assert sorted(hit.record.identifier or "I1" for hit in page.hits) == expected
    assert page.total == len(expected)


def test_a_word_in_the_title_outranks_one_deep_in_a_text(library: World) -> None:
    library.crawl(
        bill("H7", "An Act on bees", documents=[document("https://l.example/7", "honey " * 50 + "retention")]),
        bill("H1", TITLES["H1"]),
    )
    hits = ask(library, "retention").hits
    assert [hit.record.identifier for hit in hits] == ["H3", "H7"]
    assert hits[0].rank > hits[1].rank


def test_filters_narrow_a_search_and_stand_alone_too(library: World) -> None:
    assert keys(library, "plate OR flock", state="CT") == ["I1"]
    assert keys(library, "", kind="agenda_item") == ["I1"]
    assert keys(library, "", topic="license-plate-readers") == ["H1", "H3"]
    assert keys(library, "reader", topic="shield-laws") == []
    assert keys(library, "", since=library.now) == ["I1"]
    assert keys(library, "", since=library.now.date() + timedelta(days=1)) == []


def test_without_a_query_the_newest_change_comes_first(library: World) -> None:
    library.crawl(bill("H2", TITLES["H2"] + " again"))
    assert [hit.record.identifier for hit in ask(library, "", limit=2).hits] == ["H2", None]


@pytest.mark.parametrize("query", ["", "act", "-flock"])
def test_pages_follow_each_other_without_gap_or_repetition(library: World, query: str) -> None:
    whole = [hit.record.id for hit in ask(library, query).hits]
    found: list[str] = []
    cursor = None
    for _ in range(10):
        page = ask(library, query, limit=2, cursor=cursor)
        found += [hit.record.id for hit in page.hits]
        assert page.total == len(whole)
        cursor = page.next
        if cursor is None:
            break
    assert found == whole


def test_the_found_words_are_marked_in_their_passage(library: World) -> None:
    (hit,) = ask(library, "flock contract").hits
    marked = [hit.snippet[begin:end].lower() for begin, end in hit.marks]
    assert marked == ["contract", "flock", "flock"]
    (hit,) = ask(library, '"license plate reader" retention').hits
    assert [hit.snippet[begin:end] for begin, end in hit.marks] == ["license-plate reader", "retention"]


def test_a_passage_far_into_a_long_text_is_the_one_shown(fresh: World) -> None:
    fresh.crawl(
        bill(
            "H1",
            "An Act",
            documents=[document("https://l.example/1", "words " * 5000, "the zebra crossing " + "end " * 99)],
        )
    )
    (hit,) = ask(fresh, "zebras").hits
    assert "the zebra crossing" in hit.snippet
    assert len(hit.snippet) <= 240


def test_what_a_mention_says_is_found_even_beyond_what_is_indexed(fresh: World) -> None:
    long = [f"page{number} " * 400 for number in range(300)]
    fresh.crawl(
        bill("H1", "An Act", documents=[document("https://l.example/1", *long, "a plate reader for Zanesville")])
    )
    assert keys(fresh, "zanesville") == ["H1"]


def test_a_text_of_only_different_words_is_not_too_much_for_the_index(fresh: World) -> None:
    words = " ".join(f"w{number:x}-{number}" for number in range(150_000))
    fresh.crawl(bill("H1", "An Act", documents=[document("https://l.example/1", words)]))
    assert keys(fresh, "w1f") == ["H1"]


def test_a_changed_text_is_found_by_its_new_words_only(library: World) -> None:
    library.crawl(bill("H1", "An Act on honey"))
    assert keys(library, "honey") == ["H1"]
    assert keys(library, '"plate readers"') == ["H3"]


@pytest.mark.parametrize(
    "query", ["!!!", "***", "\x00", "()", "-", "OR", "- -", "x" * 1001, " ".join(["word"] * 41), "a OR -b"]
)
def test_what_can_not_be_searched_is_said_in_words(library: World, query: str) -> None:
    if query == "\x00":
        assert ask(library, query).total == 7
        return
    with pytest.raises(BadQuery):
        ask(library, query)


@pytest.mark.parametrize("cursor", ["", "x", "é", "bm90IGpzb24", "WzEsMl0", "WyIyMDI2IiwgMV0", "W10", "\x00"])
def test_a_cursor_that_is_not_ours_is_refused(library: World, cursor: str) -> None:
    for query in ("", "act"):
        with pytest.raises(BadQuery):
            ask(library, query, cursor=cursor if cursor != "WzEsMl0" or query == "" else "WyJhIiwyXQ")


def test_an_unknown_kind_is_refused(library: World) -> None:
    with pytest.raises(BadQuery, match="kind"):
        ask(library, "", kind="law")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=60) | st.text(alphabet="\"'()*-:^{}+~|&!<>ORANDNE ab\x00\\%_", max_size=40))
@example("\ud800")
@example('"' * 100)
@example("'; DROP TABLE record; --")
@example('NEAR/3 "a" * ^b {c}: -d')
@example("\u0130\u0149 ﬁ ǆ ß ०१")
def test_any_text_is_a_search_or_a_clear_refusal(library: World, query: str) -> None:
    try:
        page = ask(library, query)
    except BadQuery:
        return
    assert page.total >= len(page.hits)


def test_every_word_is_quoted_for_the_database() -> None:
    query = parse_query('NEAR "or not" drop* -table')
    assert fts5(query) == '(("NEAR" AND "or not" AND "drop"*) NOT ("table"))'
    assert tsquery(query) == "((('NEAR') & ('or' <-> 'not') & ('drop':*)) & ! (('table')))"
