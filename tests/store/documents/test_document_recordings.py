"""Real files: each is read or says why not, and what a person saw on a page is on that page."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.documents import Extractor
from store.observed import ObservedText

NASHVILLE_AGENDA = "View.ashx_M_A_ID_922861_GUID_087889E9-512A-403A-AF2D-DC7F1E80842D.pdf"
NASHVILLE_MINUTES = "View.ashx_M_M_ID_922861_GUID_087889E9-512A-403A-AF2D-DC7F1E80842D.pdf"
ALAMOGORDO_DRAFT = "2024-12-03_Regular_Meeting_Minutes_DRAFT.pdf"
ALAMOGORDO_SCAN = "2025-05-06_Budget_Workshop_Minutes_FINAL.pdf"

# Counted and read in a viewer: the pages of a file, and words that stand on one of them.
PAGES = {
    NASHVILLE_AGENDA: 48,
    NASHVILLE_MINUTES: 28,
    ALAMOGORDO_DRAFT: 13,
    "huntsvilleal_2026-05-14_agenda.pdf": 14,
    "SanJose_Legistar2.pdf": 27,
    "state_bills__bills_pdf__Kentucky_SB102.pdf": 27,
    "state_bills__bills_pdf__North_Carolina_S636.pdf": 11,
}
WORDS = [
    (NASHVILLE_AGENDA, 38, "License Plate Scanner (LPR) technology to add a definition"),
    (NASHVILLE_AGENDA, 39, "License Plate Scanner (LPR) technology to exclude assisting with immigration enforcement"),
    (NASHVILLE_MINUTES, 23, "pertaining to the use of License Plate Scanner (LPR) technology"),
    (ALAMOGORDO_DRAFT, 6, "We are in the process of purchasing license plate readers and live-view"),
    (ALAMOGORDO_DRAFT, 7, "the Falcon License Plate Reader"),
    # Of line-numbered bills: words that run over the end of a numbered line.
    ("state_bills__bills_pdf__Connecticut_HB06331.pdf", 1, "amended to require public school educators to recognize"),
    ("state_bills__bills_pdf__Vermont_H0183.pdf", 2, "respect and protect the fundamental right of conscience"),
    ("state_bills__bills_pdf__Missouri_HB916.pdf", 4, "provision of cross-sex hormones to any individual"),
    ("state_bills__bills_pdf__Nebraska_LB575.pdf", 2, "known and may be cited as the Sports and Spaces Act. Sec. 2."),
    ("state_bills__bills_pdf__Montana_HB359.pdf", 3, "apply to [sections 1 and 2]. (2) [Section 3] is intended"),
    ("state_bills__bills_pdf__Utah_HB0209.pdf", 2, "participation in extracurricular activities in a public school."),
    ("state_bills__bills_pdf__Oklahoma_SB26.pdf", 2, "access to a single-occupancy restroom"),
    ("state_bills__bills_pdf__Idaho_H0071.pdf", 2, "shall not be a violation of this section"),
    ("state_bills__bills_pdf__Arkansas_HB1738.pdf", 5, "well-being with the student's"),
    ("state_bills__bills_pdf__New_Mexico_HB490.pdf", 2, "- 2 - .223807.2"),
    # Web pages that were saved as PDFs.
    ("state_bills__bills_pdf__Iowa_HF325.pdf", 1, "sex under the Iowa civil rights Act. BE IT ENACTED"),
    ("state_bills__bills_pdf__Florida_S1320.pdf", 1, "public school from being required to refer to a person"),
]
STRUCK = [
    ("state_bills__bills_pdf__North_Carolina_S636.pdf", 2, "attendance requirements,"),
    ("state_bills__bills_pdf__Oklahoma_SB26.pdf", 2, "circumstance"),
    ("state_bills__bills_pdf__Kentucky_SB102.pdf", 26, "[including]"),
    ("state_bills__bills_pdf__Utah_HB0209.pdf", 2, "within whose"),
    ("state_bills__bills_pdf__Texas_HB4129.pdf", 1, "CERTAIN ACTIVITIES BY"),
]


@pytest.fixture(scope="module")
def files(shared: Path) -> dict[str, Path]:
    return {path.name: path for path in sorted((shared / "recordings").rglob("*.pdf")) if path.is_file()}


@pytest.fixture(scope="module")
def texts(files: dict[str, Path]) -> Iterator[dict[str, ObservedText]]:
    with Extractor() as extractor:
        yield {name: extractor.extract(path.read_bytes(), "application/pdf", ocr=False) for name, path in files.items()}


def on_one_line(page: str) -> str:
    return re.sub(r"\s+", " ", page)


@pytest.mark.shared
def test_every_real_file_is_read_or_says_why_not(texts: dict[str, ObservedText]) -> None:
    assert len(texts) >= 100
    for name, text in texts.items():
        assert any(page.strip() for page in text.pages) or text.warnings, name
        assert text.readable or "text not readable" in text.warnings[0], name
        assert not any("crashed" in warning or "failed" in warning for warning in text.warnings), name
        assert not re.search("[\x00-\x08\x0e-\x1f\ufffe\uffff\u00ad]", "".join(text.pages)), name


@pytest.mark.shared
def test_only_scans_are_unreadable_without_ocr(texts: dict[str, ObservedText]) -> None:
    assert {name for name, text in texts.items() if not text.readable} == {ALAMOGORDO_SCAN, "palmdale_agenda_1.pdf"}


@pytest.mark.shared
@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_counted(texts: dict[str, ObservedText], name: str) -> None:
    assert len(texts[name].pages) == PAGES[name]


@pytest.mark.shared
@pytest.mark.parametrize(("name", "page", "words"), WORDS)
def test_words_are_whole_on_the_page_that_prints_them(
    texts: dict[str, ObservedText], name: str, page: int, words: str
) -> None:
    assert words in on_one_line(texts[name].pages[page - 1])


@pytest.mark.shared
@pytest.mark.parametrize(("name", "page", "words"), STRUCK)
def test_words_that_a_bill_strikes_are_marked(texts: dict[str, ObservedText], name: str, page: int, words: str) -> None:
    assert words in re.findall("\ue000([^\ue001]*)\ue001", texts[name].pages[page - 1])


@pytest.mark.shared
def test_an_agenda_without_struck_words_has_none(texts: dict[str, ObservedText]) -> None:
    assert "\ue000" not in "".join(texts[NASHVILLE_AGENDA].pages + texts["huntsvilleal_2026-05-14_agenda.pdf"].pages)


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.skipif(shutil.which("tesseract") is None, reason="needs tesseract")
def test_the_scanned_minutes_are_read_by_ocr(files: dict[str, Path]) -> None:
    with Extractor() as extractor:
        text = extractor.extract(files[ALAMOGORDO_SCAN].read_bytes(), "application/pdf")
    assert text.how == "ocr"
    assert len(text.pages) == 7
    assert text.warnings == []
    assert "Flock Safety implementation is about forty-six percent live" in on_one_line(text.pages[3])
