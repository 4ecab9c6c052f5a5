"""What storing a run writes: nothing when nothing differs, one typed change for each difference."""

import datetime as dt

import pytest
from archive_world import START, World, action, bill, document, event, item, make_source, seen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from store import models, runs
from store.check import check_archive
from store.database import session
from store.errors import Conflict, StoreError
from store.upsert import store_run


def test_the_first_run_is_stored_and_not_told(fresh: World) -> None:
    counts = fresh.crawl(bill("H1"), bill("H2"), event("E1", bills=["H1"]), item("I1", "E1"))
    assert counts.records == {"insert": 3, "update": 0, "noop": 0}
    assert counts.baseline
    assert counts.unannounced == 4
    assert fresh.kinds() == []


def test_a_first_run_that_ended_badly_is_no_baseline(fresh: World) -> None:
    fresh.crawl(bill("H1"), outcome="suspect")
    assert fresh.crawl(bill("H1"), bill("H2")).baseline
    assert fresh.kinds() == []
    fresh.crawl(bill("H3"))
    assert fresh.kinds() == ["new"]


def test_the_same_run_twice_changes_nothing(world: World) -> None:
    observed = [
        bill(
            "H2",
            status="Referred",
            summary="Roads",
            subjects=["Transport"],
            actions=[action("2026-02-01", "Referred to Ways and Means", "referral-committee")],
            sponsors=[{"name": "Doe"}],
            documents=[document("https://l.example/h2", "A plate reader here")],
            votes=[{"motion": "Pass", "counts": {"yes": 4, "no": 1}}],
            lineage=[{"relation": "similar", "identifier": "S9"}],
            aliases=["HD9"],
            reporting_date="2026-04-01",
        ),
        event("E1", bills=["H2"], documents=[document("https://l.example/agenda", kind="agenda")]),
        item("I1", "E1", text="A contract", documents=[document("https://l.example/i1", "Memo", kind="attachment")]),
    ]
    world.crawl(*observed)
    assert world.kinds() == ["new", "new", "hearing_scheduled"]
    counts = world.crawl(*observed)
    assert counts.records == {"insert": 0, "update": 0, "noop": 2}
    assert world.told() == []
    with session(world.engine) as db:
        assert check_archive(db) == []


def test_a_value_that_changes_and_changes_back_is_told_both_times(world: World) -> None:
    world.crawl(bill("H2", status="In committee"))
    for before, after in (("In committee", "Reported"), ("Reported", "In committee"), ("In committee", "Reported")):
        world.crawl(bill("H2", status=after))
        assert world.told() == [("status", before, after)]


def test_what_was_not_observed_keeps_what_is_stored(world: World) -> None:
    world.crawl(bill("H2", "An Act on bees", status="Filed", sponsors=[{"name": "Doe"}], body="House"))
    counts = world.crawl(bill("H2", title=None))
    assert world.told() == []
    assert counts.records == {"insert": 0, "update": 0, "noop": 2 - 1}
    world.crawl(bill("H2", "An Act on bees", status="Heard"))
    assert world.told() == [("status", "Filed", "Heard")]


def test_a_list_observed_to_be_empty_is_empty(world: World) -> None:
    world.crawl(bill("H2", sponsors=[{"name": "Doe"}]))
    world.crawl(bill("H2", sponsors=[]))
    assert world.told() == [("sponsor_removed", {"name": "Doe", "classification": "sponsor", "primary": False}, None)]


def test_what_a_detail_page_tells_first_is_no_news(world: World) -> None:
    world.crawl(bill("H2"))
    world.crawl(
        bill(
            "H2",
            status="Filed",
            reporting_date="2026-05-01",
            actions=[action("2026-01-01", "Filed", "filing")],
            sponsors=[{"name": "Doe"}],
            documents=[document("https://l.example/h2", "text")],
        )
    )
    assert world.told() == []
    world.crawl(bill("H2", reporting_date="2026-06-01"))
    assert world.told() == [("reporting_date", "2026-05-01", "2026-06-01")]


def test_a_bill_without_a_title_bears_its_number_until_one_is_told(world: World) -> None:
    world.crawl(bill("H2", title=None))
    assert world.last[0].record.title == "H2"
    world.crawl(bill("H2", "An Act on a plate reader"))
    assert world.kinds() == ["mention_entered"]
    world.crawl(bill("H2", "An Act on two plate readers"))
    assert world.kinds() == ["title"]


@pytest.mark.parametrize(
    ("classification", "kind"),
    [
        ((), "action"),
        (("introduction",), "action"),
        (("passage",), "action"),
        (("referral-committee",), "referral"),
        (("committee-passage-favorable",), "report"),
        (("committee-passage", "referral-committee"), "report"),
        (("became-law",), "outcome"),
        (("executive-veto",), "outcome"),
        (("failure", "reading-3"), "outcome"),
    ],
)
def test_a_new_action_is_told_by_its_classification(world: World, classification: tuple[str, ...], kind: str) -> None:
    first = action("2026-01-05", "Filed")
    world.crawl(bill("H2", actions=[first]))
    world.crawl(bill("H2", actions=[first, action("2026-02-01", "Something", *classification)]))
    assert world.kinds() == [kind]
    assert world.last[0].after["date"] == "2026-02-01"


def test_each_new_action_is_one_change(world: World) -> None:
    world.crawl(bill("H2", actions=[]))
    world.crawl(
        bill("H2", actions=[action("2026-02-01", "Read"), action("2026-02-02", "Read"), action("2026-02-02", "Read")])
    )
    assert [change.after["date"] for change in world.last] == ["2026-02-01", "2026-02-02"]


def test_documents_are_told_by_their_kind_and_by_what_happened_to_them(world: World) -> None:
    version = document("https://l.example/v1", "one")
    memo = document("https://l.example/memo", "memo", kind="attachment", name="Memo")
    world.crawl(bill("H2", documents=[version, memo]))
    world.crawl(bill("H2", documents=[version, memo, document("https://l.example/v2", "two")]))
    assert world.kinds() == ["text_version"]
    amendment = document("https://l.example/a1", "new words", kind="amendment")
    world.crawl(bill("H2", documents=[version, memo, document("https://l.example/v2", "two more"), amendment]))
    assert sorted(world.kinds()) == ["amendment", "text_version"]
    both = [version, document("https://l.example/v2", "two more"), amendment]
    world.crawl(bill("H2", documents=[*both, document("https://l.example/memo", "memo, amended", kind="attachment")]))
    assert world.kinds() == ["attachment_replaced"]
    moved = document("https://l.example/memo-final", "memo, final", kind="attachment", name="Memo")
    world.crawl(bill("H2", documents=[*both, moved]))
    assert [(c.kind, c.before["url"], c.after["url"]) for c in world.last] == [
        ("attachment_replaced", "https://l.example/memo", "https://l.example/memo-final")
    ]
    world.crawl(bill("H2", documents=[*both, moved, document("https://l.example/p", kind="packet")]))
    assert world.kinds() == ["attachment_added"]


def test_an_amended_text_is_told_with_the_words_that_differ(world: World) -> None:
    same = "Be it enacted by the people. " * 200
    world.crawl(bill("H2", documents=[document("https://l.example/v1", same + "Data is kept 90 days.")]))
    first = document("https://l.example/v1", same + "Data is kept 21 days.")
    world.crawl(bill("H2", documents=[first]))
    (change,) = world.last
    assert change.before["excerpt"].endswith("Data is kept 90 days.")
    assert change.after["excerpt"].endswith("Data is kept 21 days.")
    assert len(change.after["excerpt"].split()) < 40
    world.crawl(bill("H2", documents=[first, document("https://l.example/v2", same + "Data is kept 3 days.")]))
    assert (world.last[0].before["url"], world.last[0].after["url"]) == ("https://l.example/v1", "https://l.example/v2")
    assert world.last[0].before["excerpt"].endswith("Data is kept 21 days.")


def test_a_document_whose_link_moved_is_the_same_document(world: World) -> None:
    world.crawl(item("I1", "E1", documents=[document("https://l.example/View?ID=1&GUID=a", "same", kind="attachment")]))
    world.crawl(item("I1", "E1", documents=[document("https://l.example/View?ID=1&GUID=b", "same", kind="attachment")]))
    assert world.told() == []
    with session(world.engine) as db:
        assert list(db.scalars(select(models.documents.c.url))) == ["https://l.example/View?ID=1&GUID=b"]


def test_a_document_read_for_the_first_time_is_no_new_version(world: World) -> None:
    world.crawl(bill("H2", documents=[document("https://l.example/v1")]))
    world.crawl(bill("H2", documents=[document("https://l.example/v1", "the plate reader")]))
    assert world.kinds() == ["mention_entered"]


def test_a_document_that_was_not_fetched_again_keeps_its_text(world: World) -> None:
    world.crawl(bill("H2", documents=[document("https://l.example/v1", "the plate reader")]))
    world.crawl(bill("H2", documents=[document("https://l.example/v1")]))
    assert world.told() == []
    with session(world.engine) as db:
        assert db.scalar(select(models.documents.c.sha256)) is not None
        assert db.scalar(select(models.mentions.c.term)) == "plate reader"


def test_a_roll_call_and_an_outcome_are_told_when_they_come(world: World) -> None:
    world.crawl(item("I1", "E1", sponsors=[]))
    vote = {"motion": "Approve", "counts": {"yes": 5, "no": 2}, "passed": True, "date": "2026-03-03"}
    world.crawl(item("I1", "E1", votes=[vote], outcome="adopted"))
    assert sorted(world.kinds()) == ["outcome", "vote"]
    world.crawl(item("I1", "E1", votes=[vote], outcome="reconsidered"))
    assert world.told() == [("outcome", "adopted", "reconsidered")]


def test_sponsors_that_come_and_go_are_told(world: World) -> None:
    world.crawl(bill("H2", sponsors=[{"name": "Doe"}, {"name": "Roe"}]))
    world.crawl(bill("H2", sponsors=[{"name": "Roe"}, {"name": "Poe", "primary": True}]))
    assert [(c.kind, (c.before or c.after)["name"]) for c in world.last] == [
        ("sponsor_added", "Poe"),
        ("sponsor_removed", "Doe"),
    ]


def test_one_record_seen_on_several_pages_is_one_record(world: World) -> None:
    counts = world.crawl(
        bill("H2", title=None, status="Filed", source_urls=["https://l.example/list"], sponsors=[{"name": "Doe"}]),
        bill("H2", "An Act on bees", source_urls=["https://l.example/H2"], sponsors=[{"name": "Doe"}, {"name": "Roe"}]),
        seen("H2"),
    )
    assert counts.records == {"insert": 1, "update": 0, "noop": 0}
    record = world.last[0].record
    assert (record.title, record.status) == ("An Act on bees", "Filed")
    assert record.source_urls == ("https://l.example/list", "https://l.example/H2")


def test_a_page_at_another_address_is_not_another_record(world: World) -> None:
    world.crawl(bill("H2", url="https://l.example/a", source_urls=["https://l.example/a"]))
    counts = world.crawl(bill("H2", url="https://l.example/b", source_urls=["https://l.example/b"]))
    assert counts.records["insert"] == 0
    assert world.told() == []


def test_an_agenda_item_that_names_two_meetings_is_refused_loudly(world: World) -> None:
    with pytest.raises(StoreError, match="two events"):
        world.crawl(event("E1"), event("E2"), item("I1", "E1"), item("I1", "E2"))


def test_a_reworded_agenda_item_is_told_with_both_wordings(world: World) -> None:
    world.crawl(event("E1"), item("I1", "E1", "Award a contract", text="For cameras"))
    world.crawl(event("E1"), item("I1", "E1", "Award a contract to Acme", text="For cameras"))
    assert world.told() == [("agenda_item_reworded", "Award a contract", "Award a contract to Acme")]
    world.crawl(event("E1"), item("I1", "E1", "Award a contract to Acme", text="For 20 cameras"))
    assert world.told() == [("agenda_item_reworded", "For cameras", "For 20 cameras")]


def test_an_item_added_to_a_published_agenda_is_told_as_such(world: World) -> None:
    world.crawl(event("E1"), item("I1", "E1"), item("I2", "E1"))
    assert world.kinds() == ["new", "new"]
    world.crawl(event("E1"), item("I1", "E1"), item("I2", "E1"), item("I3", "E1"), event("E2"), item("J1", "E2"))
    assert sorted(world.kinds()) == ["agenda_item_added", "new"]


def test_text_that_a_database_would_refuse_is_stored_without_what_it_refuses(world: World) -> None:
    title = "An Act on \ud800 a plate\x00 reader \u2028now"
    world.crawl(bill("H\x002", title, identifier="H\x002", sponsors=[{"name": "D\x00oe\udfff"}]))
    assert world.kinds() == ["new"]
    assert "\x00" not in world.last[0].record.title
    assert (
        world.crawl(bill("H\x002", title, identifier="H\x002", sponsors=[{"name": "D\x00oe\udfff"}])).records["noop"]
        == 1
    )


def test_a_key_too_long_for_an_index_still_names_its_record(world: World) -> None:
    key = "https://l.example/" + "x" * 5000
    world.crawl(bill(key + "1", identifier="H1"), bill(key + "2", identifier="H2" * 3000))
    counts = world.crawl(bill(key + "1", identifier="H1"), bill(key + "2", identifier="H2" * 3000))
    assert counts.records == {"insert": 0, "update": 0, "noop": 2}


def test_a_number_that_replaces_a_docket_in_place_is_told_as_its_successor(world: World) -> None:
    world.crawl(bill("D5", identifier="HD5"))
    world.crawl(bill("D5", identifier="H77", aliases=["HD5"]))
    assert world.kinds() == ["successor"]
    assert world.last[0].before == {"identifier": "HD5"}
    assert world.last[0].after["identifier"] == "H77"


def test_a_flood_from_a_repaired_source_is_stored_but_not_told_one_by_one(world: World) -> None:
    counts = world.crawl(event("E1", "2026-03-30"), item("I1", "E1"), *(bill(f"H{n}") for n in range(10, 400)))
    assert counts.changes["new"] == 391
    assert counts.bulk == 390
    told = {change.record.kind for change in world.last}
    assert told == {"bill", "agenda_item"}
    counts = world.crawl(*(bill(f"H{n}") for n in range(400, 500)))
    assert counts.bulk == 0


def test_a_run_that_was_overtaken_stores_nothing(world: World) -> None:
    with session(world.engine) as db:
        old = runs.open_run(db, world.source, world.now)
        new = runs.open_run(db, world.source, world.now)
    values = {"window": None, "complete": False, "now": world.now, "matcher": world.matcher, "source": world.source}
    with pytest.raises(Conflict), session(world.engine) as db:
        store_run(db, run_id=old, observations=[bill("H9")], **values)
    with session(world.engine) as db:
        assert store_run(db, run_id=new, observations=[bill("H9")], **values).records["insert"] == 1
    with pytest.raises(Conflict), session(world.engine) as db:
        store_run(db, run_id=new + 100, observations=[], **values)


def test_the_same_key_in_two_sources_is_two_records(world: World) -> None:
    other = make_source("ct_legislature", "ocd-division/country:us/state:ct")
    world.crawl(bill("H1"), source=other)
    with session(world.engine) as db:
        ids = list(db.scalars(select(models.records.c.id).where(models.records.c.key == "H1")))
    assert len(set(ids)) == 2


def test_a_corrected_jurisdiction_moves_the_records_with_it(world: World) -> None:
    place = "ocd-division/country:us/state:ma/place:cambridge"
    world.crawl(bill("H1"), source=make_source(jurisdiction=place))
    with session(world.engine) as db:
        assert list(db.scalars(select(models.records.c.jurisdiction))) == [place]


def test_seen_records_stay_as_they_are_and_unknown_ones_are_counted(world: World) -> None:
    counts = world.crawl(seen("H1"), seen("H404"))
    assert counts.records == {"insert": 0, "update": 0, "noop": 1}
    assert counts.unknown_seen == 1
    with session(world.engine) as db:
        assert db.scalar(select(models.records.c.last_seen_at)) == world.now


texts = st.text(max_size=12)
bills = st.builds(
    lambda key, title, status, names, days: bill(
        key,
        title,
        status=status,
        sponsors=None if names is None else [{"name": name} for name in names],
        actions=None if days is None else [action(f"2026-01-{day:02d}", f"Step {day}") for day in days],
    ),
    st.sampled_from(["H1", "H2", "H3"]),
    st.none() | texts,
    st.none() | texts,
    st.none() | st.lists(texts, max_size=3),
    st.none() | st.lists(st.integers(1, 5), max_size=4),
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(bills, max_size=4), min_size=1, max_size=4))
def test_whatever_is_observed_a_repetition_is_no_change(fresh: World, batches: list[list[object]]) -> None:
    for batch in batches:
        fresh.crawl(*batch)
        assert fresh.crawl(*batch).records["update"] == 0
        assert fresh.told() == []
    with session(fresh.engine) as db:
        assert check_archive(db) == []


def test_changes_say_which_run_and_moment_observed_them(world: World) -> None:
    world.crawl(bill("H2"), hours=12)
    with session(world.engine) as db:
        row = db.execute(select(models.changes)).one()
        assert row.observed_at == START + dt.timedelta(hours=18)
        assert db.scalar(select(models.crawl_runs.c.outcome).where(models.crawl_runs.c.id == row.run_id)) == "ok"
