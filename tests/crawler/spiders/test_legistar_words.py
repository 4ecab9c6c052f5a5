"""Legistar's free words: states of meetings, kinds of files, classes of steps."""

import datetime as dt

import pytest

from crawler.spiders.platforms.legistar_status import meeting_status, place_of
from crawler.spiders.platforms.legistar_words import action_classes, document_kind


@pytest.mark.parametrize(
    ("remark", "state"),
    [
        ("", "confirmed"),
        ("CANCELLED", "cancelled"),
        ("***CANCELED***", "cancelled"),
        ("Notice of Cancellation", "cancelled"),
        ("Meeting cancelled due to lack of quorum", "cancelled"),
        ("Due to weather, this meeting has been cancelled", "cancelled"),
        ("Cancelled on June 3", "cancelled"),
        ("CANCELLED - rescheduled to June 17", "cancelled"),
        ("The June 10 meeting is cancelled", "cancelled"),
        ("NO MEETING", "cancelled"),
        ("The board will not meet", "cancelled"),
        ("Rescheduled to June 17", "rescheduled"),
        ("Postponed", "rescheduled"),
        ("Deferred", "rescheduled"),
        ("NOTE: CHANGE OF TIME", "rescheduled"),
        ("Time changed to 3:00 PM", "rescheduled"),
        ("Moved to Thursday", "rescheduled"),
        ("In lieu of the cancelled June 3 meeting", "confirmed"),
        ("This meeting replaces the cancelled meeting of May 27", "confirmed"),
        ("The June 3 meeting was cancelled", "confirmed"),
        ("Cancellation of the June 3, 2026 meeting was approved", "confirmed"),
        ("Rescheduled from June 3", "confirmed"),
        ("To consider items postponed from May 27", "confirmed"),
        ("This meeting has not been cancelled", "confirmed"),
        ("If cancelled, a notice will be posted", "confirmed"),
        ("The meeting may be cancelled without notice", "confirmed"),
        ("Executive session cancelled", "confirmed"),
        ("Cancellation of contracts", "confirmed"),
        ("Moved to Room 5", "confirmed"),
        ("RECESSED", "confirmed"),
        ("Adjourned Meeting", "confirmed"),
        ("Joint meeting with the School Committee", "confirmed"),
        ("Special Meeting", "confirmed"),
        ("Tentative", "tentative"),
        ("Tentatively scheduled", "tentative"),
        ("Draft", "tentative"),
        ("Draft Agenda", "tentative"),
        ("Tentative Budget Hearing", "confirmed"),
        ("Draft Minutes", "confirmed"),
        ("Adjourned", "passed"),
        ("Meeting adjourned at 9:05 PM", "passed"),
        ("CONCLUDED", "passed"),
        ("The meeting has been completed.", "passed"),
        ("Starts when the June 9 meeting has adjourned", "confirmed"),
    ],
)
def test_state_is_read_from_a_remark_about_this_meeting_alone(remark: str, state: str) -> None:
    day = dt.date(2026, 6, 10)
    assert meeting_status(day, name="City Council", remarks=[remark], agenda_status="Final") == state


def test_body_with_deferred_in_its_name_is_not_deferred() -> None:
    day = dt.date(2026, 6, 10)
    name = "Deferred Compensation Committee"
    assert meeting_status(day, name=name, remarks=[]) == "confirmed"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("*** CANCELLED ***", None),
        ("Meeting cancelled", None),
        ("Rescheduled to Tuesday, June 17", None),
        ("Room 2", "Room 2"),
        ("", None),
        ("Council Chamber\r\n1 Main Street", "Council Chamber, 1 Main Street"),
        ("Council Chamber,\r\n1 Main Street", "Council Chamber, 1 Main Street"),
        ("Council Chamber\n\nCANCELLED\n1 Main Street", "Council Chamber, 1 Main Street"),
        ("*** CANCELLED *** Council Chamber", "Council Chamber"),
        ("CANCELLED - Council Chamber", "Council Chamber"),
        ("Council Chamber - MEETING CANCELLED", "Council Chamber"),
        ("Council Chamber (POSTPONED)", "Council Chamber"),
        ("Council Chamber (cancelled), 1 Main Street", "Council Chamber, 1 Main Street"),
        ("Council Chambers - City Hall", "Council Chambers - City Hall"),
        ("Deferred Compensation Room", "Deferred Compensation Room"),
        ("Office of Cancelled Permits, Room 4", "Office of Cancelled Permits, Room 4"),
    ],
)
def test_place_is_one_line_without_the_state_that_stands_apart_in_it(text: str, place: str | None) -> None:
    assert place_of(text) == place


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("Agenda", "agenda"),
        ("Published agenda", "agenda"),
        ("Accessible Agenda", "agenda"),
        ("Agenda Addendum", "agenda"),
        ("Agenda Packet", "packet"),
        ("ePacket", "packet"),
        ("Minutes", "minutes"),
        ("Recap/Minutes", "minutes"),
        ("Minutes Packet", "minutes"),
        ("Action Summary", "summary"),
        ("Cancellation Notice", "notice"),
        ("Agenda Analysis", "attachment"),
        ("Fiscal note", "attachment"),
        ("Video", None),
        ("Multimedia", None),
        ("eComment", None),
        ("ics", None),
    ],
)
def test_kind_of_a_file_is_read_from_its_label(label: str, kind: str | None) -> None:
    assert document_kind(label) == kind


@pytest.mark.parametrize(
    ("words", "passed", "classes"),
    [
        ("Adopted", True, ["passage"]),
        ("Approved on First Reading", False, ["reading-1", "failure"]),
        ("Recommended to Pass", None, ["committee-passage-favorable"]),
        ("Referred", None, ["referral-committee"]),
        ("Vetoed", None, ["executive-veto"]),
        ("Received and Filed", None, ["filing", "receipt"]),
        ("Held and Closed", None, ["deferral"]),
        ("Considered", None, []),
    ],
)
def test_steps_are_classified_by_words_and_vote(words: str, passed: bool | None, classes: list[str]) -> None:
    assert action_classes(words, passed) == classes
