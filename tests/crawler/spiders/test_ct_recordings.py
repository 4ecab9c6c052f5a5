"""Connecticut's recorded pages, against what was read in them by eye."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from config.settings import CONFIG_FOLDER
from config.sources import load_sources
from crawler.items import ScrapedBill, ScrapedFile
from crawler.parse import lone_spider, parse_page, saved_response

pytestmark = pytest.mark.shared


def parsed(url: str, body: bytes) -> list[Any]:
    spider = lone_spider("ct", url, load_sources(CONFIG_FOLDER))
    return list(parse_page(spider, saved_response(url, body)))


@pytest.fixture
def bills(shared: Path) -> dict[str, ScrapedBill]:
    folder = next((shared / "recordings" / "states" / "ct").iterdir())
    # Of these only the year is known, so they are read page by page and not as a capture of one moment.
    rows = tomllib.loads((folder / "capture.toml").read_text(encoding="utf-8"))["response"]
    items = [item for row in rows for item in parsed(row["url"], (folder / row["file"]).read_bytes())]
    return {item.key: item for item in items if isinstance(item, ScrapedBill)}


def test_every_recorded_status_page_is_one_bill(bills: dict[str, ScrapedBill]) -> None:
    assert set(bills) == {"2026:HB05001", "2026:SB00298"}


def test_a_raised_bill_has_its_purpose_and_its_committee(bills: dict[str, ScrapedBill]) -> None:
    bill = bills["2026:HB05001"]
    assert bill.identifier == "HB 5001"
    assert bill.title == "AN ACT CONCERNING ABSENTEE VOTING FOR ALL."
    assert (bill.summary or "").startswith("To remove the statutory restrictions")
    assert [sponsor.name for sponsor in bill.sponsors or ()] == ["Government Administration and Elections Committee"]
    assert [(doc.kind, doc.name, doc.url) for doc in bill.documents or ()] == [
        ("version", "Raised Bill", "https://www.cga.ct.gov/2026/TOB/H/PDF/2026HB-05001-R00-HB.PDF")
    ]
    assert [(str(action.date), action.classification) for action in bill.actions or ()] == [
        ("2026-03-06", ["referral-committee"])
    ]


def test_a_public_act_has_its_whole_way_oldest_first(bills: dict[str, ScrapedBill]) -> None:
    bill = bills["2026:SB00298"]
    assert bill.summary is None
    assert [sponsor.name.split(",")[0] for sponsor in bill.sponsors or ()] == [
        "Sen. Martin M. Looney",
        "Rep. Matthew Ritter",
    ]
    assert [(str(action.date), action.chamber, action.classification) for action in bill.actions or ()] == [
        ("2026-02-25", "Senate", ["passage"]),
        ("2026-02-26", "House", ["passage"]),
        ("2026-02-26", "House", ["concurrence"]),
        ("2026-02-27", "House", ["executive-receipt"]),
        ("2026-03-03", "Executive", ["executive-signature"]),
        ("2026-03-05", None, []),
        ("2026-05-15", "Executive", []),
    ]
    assert bill.outcome == "Signed by Governor in Original"
    assert [(doc.kind, doc.name) for doc in bill.documents or ()] == [
        ("version", "Public Act No. 26-1"),
        ("version", "New Bill"),
        ("amendment", "House Schedule D LCO# 2413 (R)"),
    ]


def test_a_bills_pdf_is_a_file_of_one_page(shared: Path) -> None:
    body = next((shared / "recordings" / "states" / "pdf-by-state").rglob("*Connecticut*.pdf")).read_bytes()
    url = "https://www.cga.ct.gov/2023/TOB/H/PDF/2023HB-06331-R00-HB.PDF"
    items = parsed(url, body)
    assert [type(item) for item in items] == [ScrapedFile]
    assert items[0].media_type == "application/pdf"
