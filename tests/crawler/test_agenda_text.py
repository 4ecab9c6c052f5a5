"""Agenda text to items, headers and keys: what each rule prevents."""

import datetime as dt

import pytest

from crawler.agenda_status import meeting_status
from crawler.agenda_text import AgendaHeader, agenda_header, match_items, split_agenda, stable_keys

TOWN = """Town of Millbrook Falls (demonstration data)
TOWN COUNCIL REGULAR MEETING AGENDA
Tuesday, March 10, 2026 at 7:00 PM
Town Hall, 12 Mill Street

I. CALL TO ORDER
II. CONSENT CALENDAR
A. Minutes of February 24, 2026
B. Tax refunds
III. NEW BUSINESS
A. Agreement with Flock Group Inc. for twelve automated license plate readers and the
software that goes with them
1. Police Department
2. Finance Department
B. Library roof
IV. ADJOURNMENT
Join Zoom Meeting
1. Open the link
2. Enter the password
"""


def numbers(text, *more):
    return [item.number for item in split_agenda([text, *more]).items]


def titles(text, *more):
    return [item.title for item in split_agenda([text, *more]).items]


def test_nested_numbering_becomes_paths():
    assert numbers(TOWN) == ["I", "II", "II.A", "II.B", "III", "III.A", "III.A.1", "III.A.2", "III.B", "IV"]


def test_a_title_that_runs_on_is_joined():
    assert titles(TOWN)[5] == (
        "Agreement with Flock Group Inc. for twelve automated license plate readers and the "
        "software that goes with them"
    )


def test_consent_lines_are_marked_and_no_others():
    assert [item.title for item in split_agenda([TOWN]).items if item.consent] == [
        "CONSENT CALENDAR",
        "Minutes of February 24, 2026",
        "Tax refunds",
    ]


def test_items_name_their_section():
    by_title = {item.title: item.section for item in split_agenda([TOWN]).items}
    assert by_title["Library roof"] == "NEW BUSINESS"
    assert by_title["CALL TO ORDER"] is None


def test_the_zoom_instructions_after_adjournment_become_no_items():
    split = split_agenda([TOWN])
    assert split.items[-1].title == "ADJOURNMENT"
    assert split.rest.startswith("Join Zoom Meeting")


@pytest.mark.parametrize("pages", [[TOWN], [TOWN[:330], TOWN[330:]], ["no numbers here"], [""], ["", TOWN, ""]])
def test_every_character_belongs_to_preamble_items_or_rest(pages):
    whole = "\f".join(pages)
    split = split_agenda(pages)
    ends = [len(split.preamble), *(item.end for item in split.items)]
    assert [item.start for item in split.items] == ends[:-1]
    assert whole == split.preamble + "".join(whole[item.start : item.end] for item in split.items) + split.rest


def test_numbers_on_lines_of_their_own_take_the_title_below():
    assert titles("AGENDA\n1.\nCall to Order\n2.\nPublic Comment\n3.\nAdjournment\n") == [
        "Call to Order",
        "Public Comment",
        "Adjournment",
    ]


def test_bare_numbers_count_where_nothing_else_numbers():
    assert numbers("AGENDA\n1\nCall to Order\n2\nMinutes\n2.a\nMay 26, 2026\n3\nAdjournment\n") == [
        "1",
        "2",
        "2.a",
        "3",
    ]


def test_agenda_item_words_and_dotted_labels_are_labels():
    text = "ITEM 1: Roll Call\nItem No. 2 - Public hearing on zoning\n2.1 Staff report\n2.2 Comment\nItem 3. Adjourn\n"
    assert numbers(text) == ["1", "2", "2.1", "2.2", "3"]


def test_addresses_phone_numbers_and_initials_are_text():
    text = (
        "AGENDA\n1. Roll Call\n2. Permit for\n23 Union Street\n"
        "J. Smith, applicant\n203.891.2122 extension 4\n3. Minutes\n"
        "4. Adjournment\n"
    )
    assert numbers(text) == ["1", "2", "3", "4"]


def test_join_instructions_before_the_agenda_are_preamble():
    text = (
        "1. To join online, use this link\n2. To join by phone, dial in\nAGENDA\n"
        "1. Call to Order\n2. Minutes\n3. Adjourn\n"
    )
    assert titles(text) == ["Call to Order", "Minutes", "Adjourn"]


def test_minutes_in_the_packet_are_no_items():
    minutes = "TOWN COUNCIL\nMINUTES\nAttendees: five members\n1. Director's report\ni. Testing goes on\n2. Welfare\n"
    split = split_agenda(["1. Call to Order\n2. Minutes\n3. Adjourn\n", minutes])
    assert [item.title for item in split.items] == ["Call to Order", "Minutes", "Adjourn"]
    assert "Testing goes on" in split.rest


def test_a_second_session_begins_its_own_list():
    text = (
        "1. CALL TO ORDER\n2. CLOSED SESSION\n3. ADJOURN TO OPEN SESSION\n"
        "1. CALL TO ORDER\n2. PUBLIC COMMENT\n3. ADJOURNMENT\n"
    )
    assert [item.level for item in split_agenda([text]).items] == [0] * 6


def test_numbering_that_goes_on_through_unnumbered_headings_keeps_them_as_sections():
    text = (
        "1. Roll Call\nCONSENT CALENDAR\n2. Minutes of May 5\n3. Warrant\n"
        "NEW BUSINESS\n4. Plate readers\n5. Roof\nADJOURNMENT\n"
    )
    items = split_agenda([text]).items
    assert [(item.number, item.section, item.consent) for item in items] == [
        ("1", None, False),
        (None, None, True),
        ("2", "CONSENT CALENDAR", True),
        ("3", "CONSENT CALENDAR", True),
        (None, None, False),
        ("4", "NEW BUSINESS", False),
        ("5", "NEW BUSINESS", False),
        (None, None, False),
    ]


def test_page_numbers_and_running_heads_are_left_out_of_texts():
    pages = [
        "Millbrook Falls Council\n1. Call to Order\n2. Plate readers, a contract with a long name that\nPage 1 of 3\n",
        "Millbrook Falls Council\ngoes over the page\n3. Roof\nPage 2 of 3\n",
        "Millbrook Falls Council\n4. Adjournment\nPage 3 of 3\n",
    ]
    items = split_agenda(pages).items
    assert [item.page for item in items] == [1, 1, 2, 3]
    assert "Page" not in " ".join(item.text for item in items)
    assert "Millbrook" not in " ".join(item.text for item in items)


def test_times_divide_an_agenda_without_numbers():
    text = "AGENDA\n7:00 PM\nResident comments\n7:10 PM Meet the candidates\n7:35 PM\nApprove the police agreement\n"
    assert [(item.number, item.title) for item in split_agenda([text]).items] == [
        ("7:00 PM", "Resident comments"),
        ("7:10 PM", "Meet the candidates"),
        ("7:35 PM", "Approve the police agreement"),
    ]


def test_a_time_after_a_number_stays_in_the_title():
    text = "1. 6:00 PM - Call to Order\n2. 7:05 PM Public hearing on plate readers\n3. Adjournment\n"
    assert titles(text)[1] == "7:05 PM Public hearing on plate readers"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no_text"),
        ("Notice is hereby given of a meeting on plate readers.\nAll are welcome.\n", "no_numbering"),
        ("Call to Order\nMinutes\nPlate readers\nRoof\nAdjourn\n1.\n2.\n3.\n4.\n5.\n", "numbers_apart_from_text"),
        (
            "STAFF REPORT\nTO: Council\nFROM: Chief\nRECOMMENDATION\n1. Yes\nBACKGROUND\nText\nFISCAL IMPACT\n2. No\n",
            "not_an_agenda",
        ),
    ],
)
def test_what_cannot_be_split_stays_whole_and_says_why(text, reason):
    split = split_agenda([text])
    assert (split.items, split.preamble, split.reason) == ([], text, reason)


def test_a_number_skipped_or_printed_twice_loses_no_line():
    assert numbers("1. Roll Call\n2. Minutes\n4. Roof\n4. Bridge\n5. Adjourn\n") == ["1", "2", "4", "4", "5"]


def test_header_reads_what_is_plainly_printed():
    assert agenda_header([TOWN]) == AgendaHeader(dt.date(2026, 3, 10), "7:00 PM", "Town Hall, 12 Mill Street", None)


def test_header_reads_labelled_lines():
    text = (
        "Planning Board\nPosted: June 1, 2026 10:00 AM\nDate: June 9, 2026\n"
        "Time: 6:30 p.m.\nLocation: Senior Center\n1. Roll\n"
    )
    assert agenda_header([text]) == AgendaHeader(dt.date(2026, 6, 9), "6:30 p.m.", "Senior Center", None)


@pytest.mark.parametrize(
    "text",
    [
        "Meetings on Tuesday, June 9, 2026 and on Thursday, June 11, 2026\n1. Roll Call\n",
        "Agenda posted June 1, 2026\n1. Roll Call\n",
        "2 of 9 12/21/22, 5:56 PM\n1. Roll Call\n",
    ],
)
def test_header_invents_no_date(text):
    assert agenda_header([text]).date is None


def test_header_takes_the_start_of_a_range_and_neither_of_two_times():
    assert agenda_header(["Tuesday, June 9, 2026, 6:00 PM - 8:00 PM\n"]).time_text == "6:00 PM"
    assert agenda_header(["Tuesday, June 9, 2026, executive session 6:00 PM, regular 7:00 PM\n"]).time_text is None


def test_header_does_not_take_the_letterhead_for_the_place():
    assert agenda_header(["Town Hall, 12 Mill Street\nTown Council\nTuesday, June 9, 2026 7:00 PM\n"]).location is None


def test_header_reads_a_cancellation_of_this_meeting_only():
    assert agenda_header(["TOWN COUNCIL\nTuesday, June 9, 2026\nMEETING CANCELLED\n"]).status == "cancelled"
    assert agenda_header(["SPECIAL MEETING\nin lieu of the cancelled meeting of June 2\n"]).status is None


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("City Council - CANCELED", "cancelled"),
        ("Notice of Cancellation", "cancelled"),
        ("Regular Meeting of the Council-Cancellation", "cancelled"),
        ("Finance Committee rescheduled to June 10", "rescheduled"),
        ("Meeting postponed", "rescheduled"),
        ("Regular Meeting (rescheduled from June 3)", None),
        ("Special meeting replacing the cancelled meeting of June 2", None),
        ("Discussion of the cancellation of the contract", None),
        ("Amended agenda", None),
    ],
)
def test_status_words_count_for_this_meeting_only(text, status):
    assert meeting_status(text) == status


OLD = [
    "Call to Order",
    "Minutes of May 5",
    "Plate reader agreement with Flock Group Inc.",
    "Library roof bids",
    "Adjourn",
]


def known():
    return list(zip(stable_keys("agenda-7", OLD), OLD, strict=True))


def test_keys_survive_renumbering_and_a_late_addition():
    keys = stable_keys("agenda-7", [*OLD[:2], "Pension board appointment", *OLD[2:]], known())
    assert [*keys[:2], *keys[3:]] == [key for key, _ in known()]
    assert keys[2] not in dict(known())


def test_a_reworded_line_keeps_its_key():
    new = [*OLD[:2], "Plate reader agreement with Flock Group Inc., two years", "Award of library roof bids", "Adjourn"]
    assert stable_keys("agenda-7", new, known()) == [key for key, _ in known()]


def test_a_withdrawn_line_disappears_and_its_key_goes_to_no_other():
    keys = stable_keys("agenda-7", [OLD[0], OLD[1], "Sale of a fire engine", OLD[3], OLD[4]], known())
    assert known()[2][0] not in keys


def test_lines_that_differ_in_their_figures_are_two_lines():
    assert match_items([("k1", "Permit for 12 Mill Street")], ["Permit for 14 Mill Street"]) == [None]


def test_equal_titles_get_distinct_keys_that_stay_in_order():
    first = stable_keys("e", ["Public Comment", "Roof", "Public Comment"])
    assert len(set(first)) == 3
    again = stable_keys(
        "e",
        ["Public Comment", "Bridge", "Public Comment"],
        list(zip(first, ["Public Comment", "Roof", "Public Comment"], strict=True)),
    )
    assert (again[0], again[2]) == (first[0], first[2])


def test_a_new_line_never_takes_the_key_of_a_removed_one_with_the_same_words():
    keys = stable_keys("e", ["Roof", "Roof"], [("e/other", "Roof")])
    assert keys[0] == "e/other"
    assert keys[1] != "e/other"


def test_two_meetings_do_not_share_keys():
    assert set(stable_keys("a", OLD)).isdisjoint(stable_keys("b", OLD))
