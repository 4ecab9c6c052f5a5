"""Mentions are stored with the texts they were found in, and entering or leaving a topic is a change."""

import pytest
from archive_world import WordMatcher, World, bill, document, event, item
from sqlalchemy import select

from store import models
from store.changes import changes_observed, find_records
from store.check import check_archive
from store.database import session
from store.rematch import rematch
from store.views import ChangeView, RecordView


def record(world: World, name: str) -> RecordView:
    with session(world.engine) as db:
        (found,) = find_records(db, name)
    return found


def test_a_mention_knows_its_document_page_and_words(world: World) -> None:
    pages = ["An Act about roads", "Section 2. Every plate reader shall be listed."]
    world.crawl(bill("H2", documents=[document("https://l.example/h2.pdf", *pages)]))
    (mention,) = record(world, "H2").mentions
    assert (mention.field, mention.page, mention.document_url) == ("document", 2, "https://l.example/h2.pdf")
    assert mention.snippet[mention.mark[0] : mention.mark[1]] == "plate reader"
    assert record(world, "H2").topics == {"license-plate-readers": "strong"}


def test_every_text_of_a_record_is_matched(world: World) -> None:
    world.crawl(
        bill("H2", "A plate reader", summary="plate reader?", subjects=["Bees", "plate reader"]),
        event("E1"),
        item("I1", "E1", "Contract", text="for a plate reader", identifier="2026-9"),
    )
    assert sorted(mention.field for mention in record(world, "H2").mentions) == ["subject", "summary", "title"]
    assert [mention.field for mention in record(world, "2026-9").mentions] == ["text"]


def test_a_topic_that_enters_by_amendment_is_told_with_its_words(world: World) -> None:
    world.crawl(bill("H2", documents=[document("https://l.example/v1", "about roads")]))
    amended = document("https://l.example/v2", "about roads and every plate reader")
    world.crawl(bill("H2", documents=[document("https://l.example/v1", "about roads"), amended]))
    assert world.kinds() == ["text_version", "mention_entered"]
    after = world.last[1].after
    assert (after["topic"], after["term"], after["page"]) == ("license-plate-readers", "plate reader", 1)


def test_a_topic_that_leaves_still_reaches_its_readers(world: World) -> None:
    world.crawl(bill("H2", "An Act on plate readers"))
    world.crawl(bill("H2", "An Act on bees"))
    with session(world.engine) as db:
        told = changes_observed(db, since=world.now, topics=["license-plate-readers"])
    assert [change.kind for change in told] == ["title", "mention_left"]


def test_possible_becoming_strong_is_entering(world: World) -> None:
    world.crawl(bill("H2", "An Act on plate reader?"))
    assert record(world, "H2").topics == {"license-plate-readers": "possible"}
    world.crawl(bill("H2", "An Act on plate reader!"))
    assert world.kinds() == ["title", "mention_entered"]
    world.crawl(bill("H2", "An Act on plate reader?"))
    assert world.kinds() == ["title"]


def test_a_record_whose_texts_are_the_same_is_not_matched_again(world: World) -> None:
    world.crawl(bill("H2", status="Filed", documents=[document("https://l.example/v1", "a plate reader")]))
    before = world.matcher.calls
    world.crawl(bill("H2", status="Heard", documents=[document("https://l.example/v1", "a plate reader")]))
    assert world.kinds() == ["status"]
    assert world.matcher.calls == before


def test_an_agenda_item_about_a_bill_is_about_what_the_bill_is_about(world: World) -> None:
    world.crawl(
        bill("M1", "Purchase", identifier="2026-7", documents=[document("https://l.example/m1", "a plate reader")])
    )
    world.crawl(event("E1"), item("I1", "E1", "Purchase", bill_key="M1", identifier="Item 4"))
    topics = record(world, "Item 4").topics
    assert topics == {"license-plate-readers": "strong"}
    world.crawl(bill("M1", "Purchase", identifier="2026-7", documents=[document("https://l.example/m1", "bees")]))
    assert record(world, "Item 4").topics == {}
    assert sorted((change.kind, change.record.kind) for change in world.last) == [
        ("mention_left", "agenda_item"),
        ("mention_left", "bill"),
        ("text_version", "bill"),
    ]


def test_a_docket_that_becomes_a_bill_pulls_it_in_and_says_so(world: World) -> None:
    world.crawl(bill("HD5", "An Act on plate readers", identifier="HD5"))
    world.crawl(bill("H77", "An Act", aliases=["HD5"], status="Filed"))
    assert sorted((change.kind, change.record.identifier) for change in world.last) == [
        ("new", "H77"),
        ("successor", "HD5"),
    ]
    (successor,) = [change for change in world.last if change.kind == "successor"]
    assert successor.after["identifier"] == "H77"
    assert record(world, "H77").topics == {"license-plate-readers": "strong"}
    world.crawl(bill("H77", "An Act", aliases=["HD5"], status="Heard"))
    with session(world.engine) as db:
        told = changes_observed(db, since=world.now, topics=["license-plate-readers"])
    assert [change.kind for change in told] == ["status"]


@pytest.mark.parametrize("said_by", ["old", "new", "both"])
def test_a_new_draft_is_told_once_whoever_says_it(world: World, said_by: str) -> None:
    forward = [{"relation": "new_draft", "identifier": "H. 80"}] if said_by in ("old", "both") else []
    backward = [{"relation": "replaces", "identifier": "H7"}] if said_by in ("new", "both") else []
    world.crawl(bill("H7", "An Act on plate readers", lineage=[]))
    old = bill("H7", "An Act on plate readers", lineage=forward)
    world.crawl(old, bill("H80", "An Act", lineage=backward))
    assert sorted((change.kind, change.record.identifier) for change in world.last) == [
        ("new", "H80"),
        ("successor", "H7"),
    ]
    assert record(world, "H80").topics == {"license-plate-readers": "strong"}
    world.crawl(old, bill("H80", "An Act", lineage=backward))
    assert world.kinds() == []


def test_a_chain_of_successors_ends_even_if_it_bites_its_tail(world: World) -> None:
    world.crawl(
        bill("H7", "An Act on plate readers", lineage=[{"relation": "replaced_by", "identifier": "H8"}]),
        bill("H8", "An Act", lineage=[{"relation": "replaced_by", "identifier": "H9"}]),
        bill("H9", "An Act", lineage=[{"relation": "replaced_by", "identifier": "H7"}]),
    )
    assert record(world, "H9").topics == {"license-plate-readers": "strong"}
    world.crawl(
        bill("H7", "An Act on bees", lineage=[{"relation": "replaced_by", "identifier": "H8"}]),
    )
    assert record(world, "H9").topics == {}
    with session(world.engine) as db:
        assert check_archive(db) == []


def test_new_terms_look_back_over_stored_texts_without_a_crawl(world: World) -> None:
    world.crawl(
        bill("H2", "An Act on bees"), bill("H3", documents=[document("https://l.example/3", "honey and plate reader")])
    )
    world.crawl(bill("H4", "An Act on plate readers"))
    matcher = WordMatcher({"bees": "shield-laws", "honey": "shield-laws", "plate reader": "license-plate-readers"})
    lines: list[str] = []
    counts = rematch(world.engine, matcher, world.now, progress=lines.append)
    assert counts.changes == {"mention_entered": 2}
    assert lines == ["matched 4 of 4 records"]
    assert record(world, "H3").topics == {"license-plate-readers": "strong", "shield-laws": "strong"}
    calls = matcher.calls
    assert rematch(world.engine, matcher, world.now).changes == {}
    assert matcher.calls == calls
    assert rematch(world.engine, world.matcher, world.now).changes == {"mention_left": 2}
    with session(world.engine) as db:
        assert check_archive(db) == []


def test_terms_that_enter_very_many_records_are_counted_and_not_told_one_by_one(world: World) -> None:
    world.crawl(*(bill(f"H{number}", "An Act on bees") for number in range(10, 80)))
    counts = rematch(world.engine, WordMatcher({"bees": "shield-laws"}), world.now)
    assert counts.bulk == counts.changes["mention_entered"] == 70

    def told(include_bulk: bool) -> list[ChangeView]:
        with session(world.engine) as db:
            return changes_observed(
                db, since=world.now, topics=["shield-laws"], include_bulk=include_bulk, kinds=["mention_entered"]
            )

    assert told(include_bulk=False) == []
    assert len(told(include_bulk=True)) == 70


def test_other_reasons_for_the_same_topic_are_no_change(world: World) -> None:
    world.crawl(bill("H2", "An Act on plate readers"))
    matcher = WordMatcher({"plate reader": "license-plate-readers", "an act on": "license-plate-readers"})
    assert rematch(world.engine, matcher, world.now).changes == {}
    assert len(record(world, "H2").mentions) == 2


def test_looking_back_tells_nothing_of_a_source_that_has_no_baseline_yet(fresh: World) -> None:
    fresh.crawl(bill("H2", "An Act on bees"), outcome="suspect")
    counts = rematch(fresh.engine, WordMatcher({"bees": "shield-laws"}), fresh.now)
    assert (counts.changes, counts.unannounced) == ({}, 1)


def test_a_better_reading_of_the_same_file_is_matched_again(world: World) -> None:
    scan = document("https://l.example/scan.pdf", "")
    read = scan.model_copy(update={"text": scan.text.model_copy(update={"pages": ["a plate reader"], "how": "ocr"})})  # type: ignore[union-attr]
    world.crawl(bill("H2", documents=[scan]))
    world.crawl(bill("H2", documents=[read]))
    assert world.kinds() == ["mention_entered"]
    with session(world.engine) as db:
        assert db.scalar(select(models.document_texts.c.how)) == "ocr"
