"""What is really in the recorded Massachusetts pages, read by hand; the recordings lie beside the repository."""

from pathlib import Path
from typing import Any

import pytest
from scrapy.http import Request

from crawler.items import ScrapedBill, ScrapedFile
from crawler.parse import lone_spider, parse_page, saved_response

pytestmark = pytest.mark.shared

SITE = "https://malegislature.gov"


TYPES = {".json": "application/json", ".html": "text/html", ".pdf": "application/pdf"}


def parse(path: Path, url: str) -> list[Any]:
    response = saved_response(url, path.read_bytes(), content_type=TYPES[path.suffix])
    return list(parse_page(lone_spider("ma", url), response))


def document(shared: Path, number: str) -> list[Any]:
    folder = shared / "recordings" / "states" / "ma" / "bhrutledge-ma-legislature-api"
    url = f"{SITE}/api/GeneralCourts/192/Documents/{number}"
    return parse(folder / f"dist__ma_bill_192_{number}.json", url)


# number, docket, title, primary sponsor, how many sponsors, what committees recommended
DOCUMENTS = [
    ("H3564", "HD3062", "An Act relative to automated license plate readers", "Sarah K. Peake", 8, ["Accompanied"]),
    ("H1519", "HD1511", "An Act relative to access to justice", "Michael S. Day", 14, ["Accompanied"]),
    (
        "H2264",
        "HD2536",
        "An Act to improve access to emergency contraception",
        "Marjorie C. Decker",
        39,
        ["Favorable", "Favorable"],
    ),
    (
        "S459",
        "SD1002",
        "An Act fostering voter opportunities, trust, equity and security",
        "Cynthia Stone Creem",
        39,
        ["Favorable", "Favorable with Amendment"],
    ),
    (
        "S46",
        "SD1726",
        "An Act establishing the Massachusetts Information Privacy Act",
        "Cynthia Stone Creem",
        2,
        ["Accompanied"],
    ),
    (
        "S1296",
        "SD1621",
        "An Act regarding consistent care for addiction rooted in evidence",
        "John F. Keenan",
        2,
        [],
    ),
]


@pytest.mark.parametrize(("number", "docket", "title", "sponsor", "sponsors", "recommended"), DOCUMENTS)
def test_recorded_documents_have_their_numbers_titles_and_sponsors(
    shared: Path, number: str, docket: str, title: str, sponsor: str, sponsors: int, recommended: list[str]
) -> None:
    bill = document(shared, number)[0]
    assert (bill.key, bill.identifier, bill.session) == (f"192:{docket}", number, "192nd")
    assert bill.title == title
    assert bill.aliases == [number, docket]
    assert bill.body == ("House" if number.startswith("H") else "Senate")
    assert bill.classification == "bill"
    assert [row.name for row in bill.sponsors if row.primary] == [sponsor]
    assert len(bill.sponsors) == sponsors
    words = [action.description.removeprefix("Committee recommendation: ") for action in bill.actions or []]
    assert [text.split(" (")[0] for text in words] == recommended


def test_every_recorded_document_is_one_bill_with_its_pdf_and_history_to_ask_for(shared: Path) -> None:
    folder = shared / "recordings" / "states" / "ma" / "bhrutledge-ma-legislature-api"
    numbers = [path.stem.rsplit("_", 1)[1] for path in sorted(folder.glob("*.json"))]
    assert len(numbers) == 39
    for number in numbers:
        bill, pdf, history = document(shared, number)
        assert isinstance(bill, ScrapedBill)
        # The recorder dropped the texts, which looks like a document without one.
        assert pdf.url == f"{SITE}/Bills/192/{number}.pdf"
        assert history.url == f"{SITE}/api/GeneralCourts/192/Documents/{number}/DocumentHistoryActions"


def test_the_page_of_senate_1262_has_the_sponsors_own_summary(shared: Path) -> None:
    folder = shared / "recordings" / "states" / "ma" / "arbowl-beacon-hill-compliance-tracker"
    bill, *rest = parse(folder / "unit__cassettes__test_summary_bill_tab_text.html", f"{SITE}/Bills/194/S1262")
    assert (bill.identifier, bill.session, bill.title) == ("S1262", "194th", "An Act relative to hate crimes")
    assert bill.status == "Referred to Senate Committee on Ways and Means"
    assert [(row.name, row.primary) for row in bill.sponsors] == [("Bruce E. Tarr", True)]
    assert bill.summary.startswith("By Mr. Tarr, a petition")
    assert "existing hate crime law, Section 39 of Chapter 265" in bill.summary
    assert [(row.identifier, row.session) for row in bill.lineage] == [
        ("S1026", "191st"),
        ("S1138", "192nd"),
        ("S1121", "193rd"),
        ("H1841", "194th"),
        ("H4064", "194th"),
    ]
    assert [row.url for row in bill.documents] == [f"{SITE}/Bills/194/S1262.pdf"]
    asked = [result.url.rsplit("/", 1)[1] for result in rest if isinstance(result, Request)]
    assert asked == ["S1262.pdf", "BillHistory", "Cosponsor", "CommitteeVote"]


def test_the_page_of_house_4844_has_the_committees_vote(shared: Path) -> None:
    folder = shared / "recordings" / "states" / "ma" / "arbowl-beacon-hill-compliance-tracker"
    url = f"{SITE}/Bills/194/H4844/CommitteeVote"
    bill = parse(folder / "unit__cassettes__test_votes_bill_embedded.html", url)[0]
    assert (bill.identifier, bill.session) == ("H4844", "194th")
    assert bill.title.startswith("An Act providing for the appointment and removal authority of the town administrator")
    assert bill.status == "Referred to House Committee on Bills in the Third Reading"
    assert bill.subjects == ["Wilbraham"]
    (vote,) = bill.votes
    assert (vote.motion, vote.date.isoformat()) == ("ought to pass", "2026-03-06")
    assert vote.identifier == "Joint Committee on Municipalities and Regional Government"
    assert vote.counts == {"favorable": 11, "adverse": 0, "reserve right": 0, "no action": 0}


def test_a_recorded_bill_text_is_a_document(shared: Path) -> None:
    folder = shared / "recordings" / "states" / "pdf-by-state" / "gofilipa-anti-trans-legislation"
    path = folder / "state_bills__bills_pdf__Massachusetts_H458.pdf"
    (file,) = parse(path, f"{SITE}/Bills/192/H458.pdf")
    assert isinstance(file, ScrapedFile)
    assert (file.media_type, file.size) == ("application/pdf", path.stat().st_size)


def test_recordings_that_are_no_page_of_the_site_are_not_taken_for_one(shared: Path) -> None:
    folder = shared / "recordings" / "states" / "ma"
    for path in (
        folder / "ascampos-ma-legislature-api" / "lib__openapi.json",
        folder / "arbowl-ma-legislature-stipends" / "data__raw__2025-2026__committee_roles_raw.json",
    ):
        (error,) = parse(path, f"{SITE}/api/swagger")
        assert error.reason == "unknown_page"
