"""One matter is told once, with its meeting first, and in plain words that claim no more than is known."""

from datetime import timedelta

import pytest
from mail_linter import Mail
from mail_world import MONDAY, MemoryArchive, change, event, mention, record, source, town_item

from notifier.archive import Filter
from notifier.aspects import aspects_in_words
from notifier.lines import diff
from notifier.mentions import best_mention
from notifier.models import DigestChange

COUNCIL = event("ev2", name="City Council", body="City Council", starts_at="2026-11-24T17:30:00-05:00", testimony=None)
OPERATIVE = "The city shall delete what a license plate reader recorded after seven days."


def text_of(post, archive, **wishes):
    post.archive = archive
    post.add(**wishes)
    post.post()
    return " ".join(Mail(post.sender.sent[-1].message).text.split())


def marked(line):
    return [piece.text for piece in line if piece.mark]


def town_file(key="f1", **changes):
    return town_item(key, **({"kind": "bill", "status": "On agenda", "body": "City Council"} | changes))


def test_file_and_its_agenda_item_are_one_entry_and_all_their_changes_count_as_told(sqlite_post):
    papers = {"name": "Agreement", "url": "https://cambridgema.legistar.com/agreement.pdf"}
    item = town_item("t1", event=COUNCIL, aspects={"purposes": ["contract"]})
    file = town_file("f1", event=COUNCIL, aspects={"purposes": ["sharing"], "cameras": 1})
    archive = MemoryArchive(
        [
            change(1, "new", file),
            change(2, "attachment_added", file, after=papers),
            change(3, "agenda_item_added", item, event=COUNCIL),
            change(4, "attachment_added", item, after=papers),
        ],
        records=[file, item],
    )
    text = text_of(sqlite_post, archive)
    assert "NEW (1)" in text
    assert text.count("Attachment added: Agreement") == 1
    assert text.index("Added to an agenda already published: City Council, Tue, Nov 24") < text.index("New file, now")
    assert "contract or purchase · rules on sharing data · 1 camera" in text
    # Once among the coming meetings, once as news.
    assert text.count("2026-141: ") == 2
    assert text.count("https://watchbill.example/records/t1") == 2
    assert "https://watchbill.example/records/f1" not in text
    assert {row.change_id for row in sqlite_post.rows(DigestChange)} == {1, 2, 3, 4}
    again = sqlite_post.post(MONDAY + timedelta(days=7))
    assert again.sent == 1
    assert "2026-141" not in Mail(sqlite_post.sender.sent[-1].message).text.partition("NEW")[2]


def test_items_that_only_share_a_number_stay_apart(sqlite_post):
    archive = MemoryArchive(
        [
            change(1, of=town_item("a", identifier="7.a", title="License plate reader contract")),
            change(2, of=town_item("b", identifier="7.a", title="License plate reader policy")),
            change(3, of=town_item("c", identifier="7.a", title="License plate reader contract", source="ma_other")),
            change(4, of=record("d", identifier="H 1", session="193rd")),
            change(5, of=record("e", identifier="H 1", session="194th")),
        ]
    )
    assert "NEW (5)" in text_of(sqlite_post, archive)


def test_one_damaged_record_of_a_matter_does_not_hide_the_other(sqlite_post):
    broken = change(1, "action", town_file("f1"), after={"date": "never", "description": "x"})
    archive = MemoryArchive([broken, change(2, "agenda_item_added", town_item("t1"), event=COUNCIL)])
    text = text_of(sqlite_post, archive)
    assert "Added to an agenda already published" in text
    assert "https://watchbill.example/records/f1" in text
    assert "can’t be shown here" in text


def test_rewritten_section_is_shown_and_not_the_printers_line_above_it():
    same = "and the department shall keep a list of everyone who asked for data in that month and why they did"
    before, after = diff(
        f"Raised Bill No. 1 {same} data is deleted after 30 days {same} page 4",
        f"Substitute Bill No. 1 {same} data is never deleted and may be sold to anyone {same} page 5",
    )
    assert "30 days" in " ".join(marked(before))
    assert "may be sold to anyone" in " ".join(marked(after))
    assert "Substitute" not in "".join(piece.text for piece in after)
    assert "(and 2 more passages changed)" in "".join(piece.text for piece in after)


def test_end_that_was_only_cut_off_is_not_taken_for_a_change():
    body = [f"word{number}" for number in range(300)]
    added = [*body[:100], *(f"alpha{n}" for n in range(15)), *body[100:200], *(f"beta{n}" for n in range(20))]
    before, after = diff(" ".join(body) + "…", " ".join([*added, *body[200:265]]) + "…")
    assert not marked(before)
    assert "beta0" in " ".join(marked(after))


def test_text_that_names_an_agency_is_not_said_to_give_it_access():
    said = aspects_in_words(
        {
            "purposes": ["authorize", "ban", "moratorium", "retention", "warrant", "private_right_of_action", "end"],
            "cameras": 1, "retention_days": 1, "out_of_state": True, "federal": True, "immigration": True,
        }
    )  # fmt: skip
    assert said == (
        "authorizes or funds · ban or moratorium · rules on how long data is kept · warrant or court order"
        " · private right of action · ends or removes · 1 camera · data kept 1 day · names other states"
        " · names federal agencies · names immigration enforcement"
    )


def test_sentence_that_orders_something_is_quoted_before_the_title_and_definitions():
    title = "An Act concerning the use of license plate reader data by towns"
    of_title = mention(f"LCO No. 9. {title.upper()}.", term="LICENSE PLATE READER", field="document")
    definition = mention("In this act a license plate reader means a camera that shall be so called.", field="document")
    order = mention(OPERATIVE, field="document", page=2)
    summary = mention("A petition relative to a license plate reader.", field="summary")
    shown = record(title=title, mentions=(of_title, summary, definition, order))
    assert best_mention(shown, [Filter()]) == order
    assert best_mention(record(title=title, mentions=(of_title, summary)), [Filter()]) == summary


@pytest.mark.parametrize(
    ("topics", "heading"),
    [
        ({"shield-laws": "strong", "license-plate-readers": "strong"}, "TEXT OR AGENDA CHANGED (1)"),
        ({"shield-laws": "strong"}, "NEW (1)"),
        ({"shield-laws": "strong", "license-plate-readers": "possible"}, "NEW (1)"),
    ],
)
def test_record_that_was_followed_already_is_not_new_when_a_further_topic_enters(sqlite_post, topics, heading):
    entered = {"topic": "shield-laws", "strength": "strong", "term": "protected care"}
    archive = MemoryArchive([change(1, "mention_entered", record(topics=topics), after=entered)])
    assert heading in text_of(sqlite_post, archive)


def test_topic_that_nobody_asked_for_does_not_make_a_record_known(sqlite_post):
    topics = {"shield-laws": "strong", "license-plate-readers": "strong"}
    entered = {"topic": "shield-laws", "strength": "strong", "term": "protected care"}
    archive = MemoryArchive([change(1, "mention_entered", record(topics=topics), after=entered)])
    assert "NEW (1)" in text_of(sqlite_post, archive, topics=["shield-laws"])


def test_status_and_the_action_that_brought_it_are_one_line(sqlite_post):
    archive = MemoryArchive(
        [
            change(1, "status", before="Filed", after="Public Hearing 03/16"),
            change(2, "report", after={"date": "2026-11-20", "description": "PUBLIC HEARING, 03/16."}),
            change(3, "action", after={"date": "2026-11-21", "description": "Reported"}),
        ]
    )
    text = text_of(sqlite_post, archive)
    assert "Nov 20: Status: Filed → Public Hearing 03/16 Nov 21: Reported" in text
    assert text.lower().count("public hearing") == 1


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("City Council", " Cambridge · City Council Massachusetts"),
        ("City Council Regular Meeting", " Cambridge: City Council Regular Meeting Massachusetts"),
        ("Regular Meeting", " Cambridge · City Council: Regular Meeting Massachusetts"),
    ],
)
def test_meeting_says_whose_it_is_once(sqlite_post, name, said):
    council = event("ev2", name=name, body="City Council", starts_at="2026-11-24T17:30:00-05:00")
    assert said in text_of(sqlite_post, MemoryArchive(records=[town_item(event=council)]))


def test_legislatures_committee_counts_as_hearing_and_its_floor_session_does_not(sqlite_post):
    committee = event("c", name="Joint Committee on the Judiciary", body="Joint Committee on the Judiciary")
    floor = event("s", name="Senate Formal Session", body="Senate")
    town = event("t", name="Public Safety Committee", body="Public Safety Committee")
    archive = MemoryArchive(
        records=[
            record("a", identifier="H 1", event=committee),
            record("b", identifier="H 2", event=floor),
            town_item("t", event=town),
        ]
    )
    assert "In this mail: 1 hearing, 2 meetings coming up" in text_of(sqlite_post, archive)


def test_source_that_worked_when_it_was_last_looked_at_is_not_said_to_fail(sqlite_post):
    stale = source("s", name="Slow Council", reason="not checked in this time", last_ok_at=MONDAY - timedelta(days=9))
    text = text_of(sqlite_post, MemoryArchive(failing=(stale,)))
    assert "Slow Council, Massachusetts: last checked Nov 14 (not checked in this time)" in text
