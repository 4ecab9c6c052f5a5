"""Text of PDFs: what lines, margins and pen strokes do to a phrase."""

import shutil

import pytest
from made_files import LEFT, LINE_HEIGHT, SIZE, TOP, Page, lines_page, pdf, scanned_pdf, text_pdf

from store.documents import extract_inline
from store.documents.limits import Limits
from store.observed import ObservedText

BILL = [
    "Be it enacted by the General Assembly of this demonstration",
    "state that no agency may use an automated license",
    "plate reader for any purpose other than those that",
    "this section names, and that captured data shall be",
    "deleted after seven days unless a warrant is",
    "issued by a court; and that each agency shall publish",
    "a policy, and report to the Attorney General how",
    "many vehicles were read, how many alerts were given",
    "and with whom the data was shared; and that whoever",
    "shares such data outside of the state without a",
    "warrant commits a violation; and that this section",
    "takes effect on the first day of the month that",
    "follows its passage, demonstration data only.",
]


def read(data: bytes, **options: object) -> ObservedText:
    return extract_inline(data, "application/pdf", **options)


def test_pages_come_in_order_with_their_text() -> None:
    text = read(text_pdf(["First page"], ["Second page"], ["Third page"]))
    assert text.readable
    assert text.how == "text"
    assert text.media_type == "application/pdf"
    assert text.pages == ["First page", "Second page", "Third page"]


def test_line_numbers_in_the_margin_do_not_break_a_phrase() -> None:
    text = read(pdf([lines_page(BILL, numbers=range(1, len(BILL) + 1))]))
    assert "automated license\nplate reader" in text.pages[0]
    assert text.pages[0] == "\n".join(BILL)


def test_line_numbers_that_count_on_from_the_page_before_are_taken_out() -> None:
    pages = [lines_page(BILL, numbers=range(1, 14)), lines_page(BILL[:3], numbers=range(14, 17))]
    assert read(pdf(pages)).pages == ["\n".join(BILL), "\n".join(BILL[:3])]


def test_line_numbers_drawn_after_the_text_are_taken_out() -> None:
    page = lines_page(BILL)
    page.texts += [(40, TOP - index * LINE_HEIGHT, str(index + 1)) for index in range(len(BILL))]
    assert read(pdf([page])).pages == ["\n".join(BILL)]


def test_line_numbers_in_a_block_of_their_own_are_taken_out() -> None:
    # Drawn as a column far from the text and at other heights: pdfium gives one line for each number.
    page = lines_page(BILL)
    page.texts += [(20, 300 - index * 20, str(index + 1)) for index in range(13)]
    assert read(pdf([page])).pages == ["\n".join(BILL)]


def test_numbers_of_every_fifth_line_are_taken_out() -> None:
    page = lines_page([*BILL, *BILL[:9]])
    page.texts = [
        text
        for index, line in enumerate(page.texts)
        for text in ([(40, line[1], str(index + 1)), line] if (index + 1) % 5 == 0 else [line])
    ]
    text = read(pdf([page])).pages[0]
    assert text == "\n".join([*BILL, *BILL[:9]])


def test_numbered_agenda_items_keep_their_numbers() -> None:
    items = [f"{number}. Approval of contract {number * 7}" for number in range(1, 15)]
    assert read(text_pdf(items)).pages == ["\n".join(items)]


def test_a_list_of_four_numbered_titles_keeps_its_numbers() -> None:
    items = ["1 Call to order", "2 Roll call", "3 License plate readers", "4 Adjournment"]
    assert read(text_pdf(items)).pages == ["\n".join(items)]


def test_years_in_a_table_are_not_line_numbers() -> None:
    rows = [f"{year} Budget of the department" for year in range(2010, 2026)]
    assert read(text_pdf(rows)).pages == ["\n".join(rows)]


def test_street_addresses_at_line_starts_stay() -> None:
    lines = ["301 North Street, at the corner of", "1020 Southside Court, and north of", "5 Main Street are rezoned."]
    assert read(text_pdf(lines)).pages == ["\n".join(lines)]


def test_running_heads_stay_only_on_the_page_that_has_them_first() -> None:
    pages = [
        [
            "City of Example Regular Meeting",
            f"Item {number}: {word} purchase",
            f"The {word} text.",
            f"Page {number} of 4",
        ]
        for number, word in enumerate(["first", "second", "third", "fourth"], start=1)
    ]
    text = read(text_pdf(*pages))
    assert text.pages[0].startswith("City of Example Regular Meeting\nItem 1")
    assert text.pages[1] == "Item 2: second purchase\nThe second text."
    assert text.pages[3] == "Item 4: fourth purchase\nThe fourth text."


def test_equal_lines_in_the_middle_of_pages_stay() -> None:
    pages = [
        [f"Item {n * n}", "a", "b", "c", "d", "Action requested", "e", "f", "g", f"End {n * n}"] for n in (1, 2, 3)
    ]
    text = read(text_pdf(*pages))
    assert all("Action requested" in page for page in text.pages)


def test_amounts_at_the_foot_of_pages_are_not_page_numbers() -> None:
    pages = [["Invoice for cameras", f"Total ${amount},500.00"] for amount in (76, 12, 930)]
    assert [page.split("\n")[-1] for page in read(text_pdf(*pages)).pages] == [
        "Total $76,500.00",
        "Total $12,500.00",
        "Total $930,500.00",
    ]


def test_a_word_divided_at_the_line_end_is_whole_again() -> None:
    text = read(text_pdf(["The department bought auto-", "mated readers with federal infor-", "mation grants."]))
    assert "bought automated readers with federal information grants" in text.pages[0]


def test_a_compound_divided_at_its_hyphen_keeps_it() -> None:
    text = read(text_pdf(["providers of gender-", "affirming care and out-of-", "state investigations"]))
    assert "gender-affirming care and out-of-state investigations" in text.pages[0]


def test_what_the_document_writes_elsewhere_decides_on_the_hyphen() -> None:
    lines = ["The multi-", "jurisdictional task force met. A multijurisdictional force."]
    assert "The multijurisdictional task" in read(text_pdf(lines)).pages[0]


def test_a_hyphen_before_a_line_number_is_joined_too() -> None:
    lines = list(BILL)
    lines[1], lines[2] = (
        "state that no agency may use an auto-",
        "mated license plate reader for any use but those that",
    )
    text = read(pdf([lines_page(lines, numbers=range(1, 14))]))
    assert "an automated license plate reader" in text.pages[0]


def test_two_columns_drawn_one_after_the_other_are_not_mixed() -> None:
    left = [(LEFT, TOP - i * LINE_HEIGHT, words) for i, words in enumerate(["Left one", "left two", "left three"])]
    right = [(330, TOP - i * LINE_HEIGHT, words) for i, words in enumerate(["Right one", "right two", "right three"])]
    text = read(pdf([Page(texts=left + right)])).pages[0]
    assert "Left one\nleft two\nleft three" in text
    assert "Right one\nright two\nright three" in text


def test_text_with_a_line_drawn_through_it_is_marked_as_struck() -> None:
    # Helvetica at 11 points: the strike stands at a quarter of the letters' height, over the first word alone.
    page = Page(texts=[(LEFT, 700, "shall"), (110, 700, "may share the data")], rules=[(LEFT, 97, 700 + SIZE * 0.27)])
    assert read(pdf([page])).pages == ["\ue000shall\ue001 may share the data"]


def test_underlined_text_is_live() -> None:
    page = Page(texts=[(LEFT, 700, "shall share the data")], rules=[(LEFT, 200, 698.5)])
    assert read(pdf([page])).pages == ["shall share the data"]


def test_rules_of_a_table_strike_nothing() -> None:
    page = lines_page(["Row one of the table", "Row two of the table", "Row three of the table"])
    page.rules = [(60, 400, TOP + 10 - index * LINE_HEIGHT) for index in range(9)]
    assert read(pdf([page])).pages == ["Row one of the table\nRow two of the table\nRow three of the table"]


def test_struck_lines_that_follow_each_other_are_one_passage() -> None:
    page = lines_page(["the agency may use", "the reader freely"])
    page.rules = [(LEFT, 300, TOP + 3), (LEFT, 300, TOP + 3 - LINE_HEIGHT)]
    assert read(pdf([page])).pages == ["\ue000the agency may use\nthe reader freely\ue001"]


def test_more_pages_than_the_limit_are_cut_and_told() -> None:
    text = read(text_pdf(["One"], ["Two"], ["Three"]), limits=Limits(max_pages=2))
    assert text.pages == ["One", "Two"]
    assert text.warnings == ["only the first 2 of 3 pages were read"]


def test_more_characters_than_the_limit_are_cut_and_told() -> None:
    text = read(text_pdf(["abcdefgh"], ["ijkl"], ["mnop"]), limits=Limits(max_characters=10))
    assert text.pages == ["abcdefgh", "ij"]
    assert text.warnings == ["text cut at 10 characters, on page 2"]


def test_a_blank_page_is_no_scan() -> None:
    text = read(pdf([lines_page(["Words on a page"]), Page()]))
    assert text.pages == ["Words on a page", ""]
    assert text.warnings == []


def test_a_scan_without_ocr_says_so() -> None:
    text = read(scanned_pdf(["Automated license plate readers"]), ocr=False)
    assert not text.readable
    assert text.pages == []
    assert text.warnings == ["text not readable on page 1: scanned, and OCR was not asked for"]


def test_a_scan_without_tesseract_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    text = read(scanned_pdf(["Automated license plate readers"]))
    assert not text.readable
    assert text.warnings == ["text not readable: scanned pages and no tesseract"]


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="needs tesseract")
class TestOcr:
    def test_a_scan_is_read_by_ocr(self) -> None:
        text = read(scanned_pdf(["Automated license plate readers", "bought from Flock Safety"]))
        assert text.how == "ocr"
        assert "Automated license plate readers" in text.pages[0]
        assert "Flock Safety" in text.pages[0]

    def test_a_stamped_scan_among_text_pages_is_read_beside_its_stamp(self) -> None:
        scan = scanned_pdf(["Contract for license plate readers"], stamp="Packet page 2 of 2, attachment B to item 14")
        text = read(scan)
        assert "Packet page 2 of 2" in text.pages[0]
        assert "Contract for license plate readers" in text.pages[0]

    def test_more_scans_than_the_limit_are_told(self) -> None:
        text = read(scanned_pdf(["Page of words"], ["Another page"]), limits=Limits(ocr_pages=1))
        assert "Page of words" in text.pages[0]
        assert text.pages[1] == ""
        assert text.warnings == ["text not readable on page 2: more scanned pages than are read from one file"]
