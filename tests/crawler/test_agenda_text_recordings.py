"""What is really on the recorded agendas: lines counted and read by hand."""

import pytest

from crawler.agenda_text import agenda_header, split_agenda

pytestmark = pytest.mark.shared

SPLIT = [
    ("ct-ellington", "06092020-2139", 15, "Call to Order", "Adjournment"),
    ("ct-ellington", "06102020-2137", 14, "CALL TO ORDER:", "ADJOURNMENT:"),
    ("ct-ellingtonlibrary", "06092020-90", 12, "Call To Order", "Adjournment"),
    ("ct-enfield", "06092020-3966", 14, "Call to Order – 5:30 PM", "Adjournment"),
    ("ct-norwich", "06092020-4502", 6, "Call to Order", "Adjournment"),
    ("ct-woodbridge", "06092020-1696", 11, "BOARD OF POLICE COMMISSIONERS", "Adjournment"),
    ("ma-agawam", "06112020-1190", 10, None, None),
    (
        "ma-everett",
        "06092020-1583",
        6,
        "Roll Call of Members",
        "Next Meeting: June 23, 2020 (moved from June 22,, 2020)",
    ),
    ("ma-weston", "06092020-5450", 7, "Resident Comments", None),
    ("ma-weston", "06092020-5460", 6, "Resident Comments", None),
    ("me-rangeley", "06092020-422", 15, "OPEN MEETING", "EXECUTIVE SESSION"),
    ("nh-bedford", "06102020-2096", 14, "ROLL CALL", "ADJOURNMENT"),
    ("nh-nashua", "06102020-4981", 14, "Call to Order – Board Member", "Adjourn – Next Meeting - July 8, 2020"),
    ("ri-eastgreenwich", "06102020-643", 13, "Alicia Lekos", "Adjourn"),
    ("ri-northkingstown", "06092020-1913", 8, "Call to Order", "Adjournment"),
    ("vt-shelburne", "06102020-1594", 9, "Call to Order", "Adjourn"),
]
WHOLE = [
    ("ma-gardner", "06092020-2641", "no_numbering"),
    ("ma-everett", "06092020-1584", "no_numbering"),
    ("ma-oakbluffs", "06112020-2668", "no_numbering"),
    ("ma-lowell", "06092020-1595", "numbers_apart_from_text"),
    ("me-wells", "06152020-897", "numbers_apart_from_text"),
    ("vt-winooski", "06112020-665", "numbers_apart_from_text"),
]
HEADS = [
    ("ct-ellington", "06092020-2139", "2020-06-09", "7:00 p.m."),
    ("ct-bristol", "06092020-4263", "2020-06-09", "7:00 P.M."),
    ("il-peoriacounty", "06112020-830", "2020-06-11", "5:00 PM"),
    ("ma-agawam", "06112020-1190", "2020-06-11", "6:00 PM"),
    ("ma-oakbluffs", "06112020-2668", "2020-06-11", "5:00 pm"),
    ("me-wells", "06152020-897", "2020-06-15", "7:00 PM"),
    ("ri-bristol", "06102020-1537", "2020-06-10", "7:00 PM"),
]


def text_of(shared, town, number):
    folder = shared / "recordings" / "platforms" / "civicplus_agenda_text" / f"{town}.civicplus.com"
    return (folder / f"{town}_civicplus_{number}.txt").read_text(errors="replace")


@pytest.mark.parametrize(("town", "number", "count", "first", "last"), SPLIT)
def test_numbered_agendas_become_their_lines(shared, town, number, count, first, last):
    items = split_agenda([text_of(shared, town, number)]).items
    assert len(items) == count
    assert first in (None, items[0].title)
    assert last in (None, items[-1].title)


@pytest.mark.parametrize(("town", "number", "reason"), WHOLE)
def test_agendas_without_usable_numbers_stay_whole(shared, town, number, reason):
    text = text_of(shared, town, number)
    split = split_agenda([text])
    assert (split.items, split.reason) == ([], reason)
    assert split.preamble == text


@pytest.mark.parametrize(("town", "number", "day", "time"), HEADS)
def test_heads_print_day_and_time(shared, town, number, day, time):
    header = agenda_header([text_of(shared, town, number)])
    assert (str(header.date), header.time_text) == (day, time)


def test_no_agenda_text_loses_a_character_or_raises(shared):
    texts = sorted((shared / "recordings" / "platforms" / "civicplus_agenda_text").glob("*/*.txt"))
    assert texts
    for path in texts:
        text = path.read_text(errors="replace")
        split = split_agenda([text])
        middle = "".join(text[item.start : item.end] for item in split.items)
        assert split.preamble + middle + split.rest == text, path.name
        agenda_header([text])


def test_no_header_names_another_day_than_the_file_s(shared):
    wrong = []
    for path in sorted((shared / "recordings" / "platforms" / "civicplus_agenda_text").glob("*/*.txt")):
        digits = path.stem.rsplit("_", 1)[1][:8]
        found = agenda_header([path.read_text(errors="replace")]).date
        if found is not None and found.strftime("%m%d%Y") != digits:
            wrong.append(path.name)
    # This notice prints the day it was written, and no other date in full.
    assert wrong == ["me-york_civicplus_06112020-864.txt"]


def test_consent_lines_of_two_councils(shared):
    bristol = split_agenda([text_of(shared, "ct-bristol", "06092020-4263")]).items
    assert [item.number for item in bristol if item.consent] == ["5", "5.a", "5.b", "5.c", "5.d", "5.e", "5.f"]
    docket = split_agenda([text_of(shared, "ri-bristol", "06102020-1537")]).items
    marked = [item.number for item in docket if item.consent and item.level == 0 and item.number]
    assert (marked[0], marked[-1], len(marked)) == ("AA", "MM", 13)
