"""What the lines of a Massachusetts history mean."""

import pytest

from crawler.items import ScrapedAction
from crawler.spiders.states.ma_history import (
    action_of,
    in_order,
    lineage_of,
    outcome_of,
    reporting_date_of,
    status_of,
    vote_of,
)


def act(text: str, day: str = "2026-03-04T00:00:00", branch: str = "House") -> ScrapedAction:
    return action_of(day, branch, text, "https://malegislature.gov/api/x")


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("Referred to the committee on The Judiciary", ["referral-committee"]),
        ("Discharged to the committee on House Rules", ["referral-committee"]),
        ("House concurred", []),
        ("Hearing scheduled for 04/04/2023 from 10:00 AM-01:00 PM in A-1", []),
        (
            "Hearing rescheduled (Joint Committee on Health, referred to) to 05/01/2026 from 01:00 PM-05:00 PM in B-1",
            [],
        ),
        ("Reporting date extended to Wednesday, March 18, 2026, pending concurrence", []),
        (
            "Bill reported favorably by committee and referred to the committee on Senate Ways and Means",
            ["referral-committee", "committee-passage-favorable"],
        ),
        ("Committee recommended ought to pass with an amendment", ["committee-passage-favorable"]),
        ("Committee recommended ought NOT to pass", ["committee-passage-unfavorable"]),
        ("Read; and referred to the committee on House Ways and Means", ["referral-committee", "reading-1"]),
        ("Rules suspended, read second and ordered to a third reading", ["reading-2"]),
        ("Read third and passed to be engrossed", ["reading-3", "passage"]),
        ("Amendment #12 (Demo) adopted", ["amendment-passage"]),
        ("Amendment #12 (Demo) rejected", ["amendment-failure"]),
        ("Amendment #3 withdrawn", ["amendment-withdrawal"]),
        ("Amendment 4 pending", ["amendment-introduction"]),
        ("Emergency preamble adopted", []),
        ("Enacted and laid before the Governor", ["passage", "executive-receipt"]),
        ("Signed by the Governor, Chapter 139 of the Acts of 2024", ["executive-signature"]),
        ("Passed over veto", ["veto-override-passage"]),
        ("New draft substituted, see H4241", ["substitution"]),
        ("Accompanied a study order, see H5000", []),
    ],
)
def test_lines_have_the_classes_of_open_civic_data(text: str, classes: list[str]) -> None:
    assert act(text).classification == classes


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Accompanied a new draft, see S2500", [("replaced_by", "S2500")]),
        ("Accompanied a study order, see H5000", [("study_order", "H5000")]),
        ("Accompanied H4000", [("accompanies", "H4000")]),
        ("New draft of S26, S30 and H76", [("replaces", "S26"), ("replaces", "S30"), ("replaces", "H76")]),
        ("New draft substituted, see H4241", [("replaced_by", "H4241")]),
        ("Reprinted, as amended, see S2891", [("replaced_by", "S2891")]),
        ("Reported (in part) by S2884", [("replaced_by", "S2884")]),
        ("Reported, in part, by H3107", [("replaced_by", "H3107")]),
        ("Reported by S3097", [("replaced_by", "S3097")]),
        ("Reported on a part of H4496", [("replaces", "H4496")]),
        ("Substituted as a new text for H58", [("replaces", "H58")]),
        ("For text of amendment, see H4891", [("amended_by", "H4891")]),
        (
            "Amended by striking out all after the enacting clause and inserting in place thereof the text of S2888",
            [("text_from", "S2888")],
        ),
        ("See H58", [("related", "H58")]),
        (
            "Signed by the Governor, Chapter 139 of the Acts of 2024",
            [("became_law", "Chapter 139 of the Acts of 2024")],
        ),
        ("Reported favorably, with the amendment (H4879) pending", []),
        ("Hearing scheduled for 04/04/2023 from 10:00 AM-01:00 PM in H1", []),
    ],
)
def test_lines_that_name_other_bills_are_lineage(text: str, links: list[tuple[str, str]]) -> None:
    assert [(row.relation, row.identifier) for row in lineage_of([act(text)], 194, "H1")] == links


@pytest.mark.parametrize(
    ("text", "motion", "counts", "passed", "identifier"),
    [
        (
            "Passed to be engrossed -see Roll Call #114 [YEAS 40 - NAYS 0]",
            "Passed to be engrossed",
            (40, 0),
            True,
            "Senate No. 114",
        ),
        (
            "Passed to be engrossed - see Senate Roll Call #25 [39 yeas to 1 nays]",
            "Passed to be engrossed",
            (39, 1),
            True,
            "Senate No. 25",
        ),
        (
            "Enacted - 153 YEAS to 3 NAYS (See YEA and NAY in Supplement, No. 123)",
            "Enacted",
            (153, 3),
            True,
            "House No. 123",
        ),
        (
            "Amendment #5 rejected - 26 YEAS to 129 NAYS (See Yea and Nay No. 45)",
            "Amendment #5 rejected",
            (26, 129),
            False,
            "House No. 45",
        ),
        ("Rules suspended - YEA 150 NAY 5 - Supplement No. 7", "Rules suspended", (150, 5), None, "House No. 7"),
    ],
)
def test_roll_calls_are_read_in_the_wordings_of_both_branches(
    text: str, motion: str, counts: tuple[int, int], passed: bool | None, identifier: str
) -> None:
    vote = vote_of(act(text), 194)
    assert vote is not None
    assert vote.motion == motion
    assert (vote.counts["yes"], vote.counts["no"]) == counts
    assert vote.passed is passed
    assert vote.identifier == identifier


def test_a_line_that_points_at_a_roll_call_without_counts_is_no_vote() -> None:
    assert vote_of(act("Ordered to a third reading -- see Senate Roll Call #25 and House Roll Call 56"), 194) is None


def test_a_history_printed_from_the_newest_down_is_turned_round() -> None:
    rows = [act("c", "3/9/2026"), act("b", "3/5/2026"), act("a", "3/5/2026")]
    assert [row.description for row in in_order(rows)] == ["a", "b", "c"]


def test_lines_of_one_day_keep_the_order_of_the_source() -> None:
    rows = [act("a", "2026-03-05T10:00:00.1234567"), act("b", "2026-03-05T09:00:00"), act("c", "2026-03-06T00:00:00")]
    assert [row.description for row in in_order(rows)] == ["a", "b", "c"]


def test_the_last_milestone_is_the_status_and_hearings_are_none() -> None:
    rows = [
        act("Referred to the committee on Education"),
        act("Hearing scheduled for 04/04/2026 from 10:00 AM-01:00 PM in A-1"),
    ]
    assert status_of(rows) == "Referred to committee on Education"
    assert status_of([]) is None


def test_an_outcome_is_only_told_when_the_history_records_it() -> None:
    assert outcome_of([act("Passed to be engrossed")]) is None
    assert outcome_of([act("Accompanied a study order, see H5000")]) == "Accompanied a study order"
    assert outcome_of([act("Signed by the Governor, Chapter 9 of the Acts of 2026")]) == "Chapter 9 of the Acts of 2026"


def test_the_last_extension_is_the_reporting_date() -> None:
    rows = [
        act("Reporting date extended to Monday, March 16, 2026"),
        act("Reporting date extended to Friday May 1, 2026, pending concurrence"),
        act("House concurred"),
    ]
    day = reporting_date_of(rows, "https://malegislature.gov")
    assert day is not None
    assert day.isoformat() == "2026-05-01"
