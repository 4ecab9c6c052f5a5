"""Text of PDFs by page: pdfium's text, cleaned of what breaks phrases, and OCR for pages that are pictures."""

import ctypes
from collections.abc import Callable
from typing import Any

from store.documents.errors import Unreadable
from store.documents.heads import without_running_heads
from store.documents.hyphens import MARK, joined_lines
from store.documents.limits import Limits
from store.documents.margins import without_margin_numbers
from store.documents.ocr import page_list, read_by_ocr
from store.documents.pdf_struck import mark_struck
from store.documents.reading import Reading
from store.documents.struck import CLOSE, OPEN, joined

_FEW_CHARACTERS = 50
_STAMP_CHARACTERS = 250
_WHOLE_PAGE = 0.6
_LOOK_PIXELS = 400
_LEAST_INK = 0.005
_DARK = bytes(1 if grey < 128 else 0 for grey in range(256))
# A space keeps the length, so that places on the page still point into the text.
_FOREIGN_MARKS = str.maketrans({OPEN: " ", CLOSE: " "})
_LETTERS = (
    ("\r\n", "\n"), ("\x02", MARK), ("\ufb00", "ff"), ("\ufb01", "fi"), ("\ufb02", "fl"), ("\ufb03", "ffi"),
    ("\ufb04", "ffl"), ("\ufb05", "st"), ("\ufb06", "st"), ("\uf001", "fi"), ("\uf002", "fl"),
)  # fmt: skip


def read_pdf(data: bytes, limits: Limits, *, ocr: bool, before_ocr: Callable[[int], None]) -> Reading:
    """Read a PDF; raises Unreadable if it is encrypted or no PDF can be made of it."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise Unreadable(_reason(error)) from error
    try:
        return _read_pages(document, limits, ocr=ocr, before_ocr=before_ocr)
    finally:
        document.close()


def _reason(error: Any) -> str:
    import pypdfium2.raw as pdfium

    if error.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
        return "the PDF is encrypted and needs a password"
    return "the PDF is broken and could not be repaired"


def _read_pages(document: Any, limits: Limits, *, ocr: bool, before_ocr: Callable[[int], None]) -> Reading:
    warnings: list[str] = []
    count = len(document)
    if count > limits.max_pages:
        warnings.append(f"only the first {limits.max_pages} of {count} pages were read")
        count = limits.max_pages
    texts: list[str] = []
    broken: list[int] = []
    pictures: dict[int, float] = {}
    left = limits.max_characters
    for index in range(count):
        text = _page_text(document, index, pictures)
        if text is None:
            broken.append(index + 1)
        if left <= 0:
            warnings.append(f"text cut at {limits.max_characters} characters, on page {index}")
            break
        texts.append((text or "")[:left])
        left -= len(text or "")
    if broken:
        warnings.append(f"text not readable on {page_list(broken)}: broken in the file")
    pages = _cleaned(texts)
    scanned = [index for index, coverage in pictures.items() if index < len(pages) and _is_scan(pages[index], coverage)]
    if not scanned:
        return Reading(pages=pages, warnings=warnings, readable=len(broken) < len(pages))
    return _with_ocr(document, pages, scanned, warnings, limits, ocr=ocr, before_ocr=before_ocr)


def _with_ocr(
    document: Any,
    pages: list[str],
    scanned: list[int],
    warnings: list[str],
    limits: Limits,
    *,
    ocr: bool,
    before_ocr: Callable[[int], None],
) -> Reading:
    has_text = any(page.strip() for index, page in enumerate(pages) if index not in set(scanned))
    if not ocr:
        numbers = [index + 1 for index in scanned]
        warnings.append(f"text not readable on {page_list(numbers)}: scanned, and OCR was not asked for")
        return Reading(pages=pages, warnings=warnings, readable=has_text)
    found, notes = read_by_ocr(document, scanned, limits, before_ocr)
    for index, text in found.items():
        stamp = pages[index].strip()
        seen = joined_lines([_lines_kept(text)])[0]
        pages[index] = f"{stamp}\n{seen}" if stamp and stamp not in seen else seen
    how = "text" if not found else "text+ocr" if has_text else "ocr"
    return Reading(pages=pages, how=how, warnings=warnings + notes, readable=has_text or bool(found))


def _page_text(document: Any, index: int, pictures: dict[int, float]) -> str | None:
    """Return the raw text of one page with struck words marked; note in `pictures` a page that may be a scan."""
    import pypdfium2

    try:
        page = document[index]
        text_page = page.get_textpage()
        text = text_page.get_text_range()
        if OPEN in text or CLOSE in text:
            text = text.translate(_FOREIGN_MARKS)
    except pypdfium2.PdfiumError:
        return None
    try:
        if len(text) < _STAMP_CHARACTERS:
            coverage = _picture_coverage(page)
            if coverage > 0:
                pictures[index] = coverage
        return mark_struck(page, text_page, text)
    finally:
        text_page.close()
        page.close()


def _picture_coverage(page: Any) -> float:
    """Return how much of the page its largest picture covers; what is drawn counts as a whole page."""
    import pypdfium2.raw as pdfium

    width, height = page.get_size()
    area = max(1.0, width * height)
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    coverage = 0.0
    drawn = 0
    for item in page.get_objects(max_depth=3):
        if item.type == pdfium.FPDF_PAGEOBJ_IMAGE and pdfium.FPDFPageObj_GetBounds(item.raw, left, bottom, right, top):
            size = (right.value - left.value) * (top.value - bottom.value) / area
            coverage = max(coverage, min(1.0, abs(size)), 0.01)
        elif item.type not in (pdfium.FPDF_PAGEOBJ_TEXT, pdfium.FPDF_PAGEOBJ_FORM):
            drawn += 1
    if coverage == 0 and drawn and _has_ink(page):
        # Letters drawn as outlines, and scans that are the pattern of a filled box, are pictures all the same.
        return 1.0
    return coverage


def _has_ink(page: Any) -> bool:
    width, height = page.get_size()
    bitmap = page.render(scale=min(1.0, _LOOK_PIXELS / max(1.0, width, height)), grayscale=True, may_draw_forms=False)
    try:
        # Grey values under 128 in one look: bytes.translate maps them to one value that is quick to count.
        dark = bytes(bitmap.buffer).translate(_DARK).count(1)
        return bool(dark > _LEAST_INK * bitmap.width * bitmap.height)
    finally:
        bitmap.close()


def _is_scan(text: str, coverage: float) -> bool:
    length = len(text.strip())
    # Packets stamp their scanned attachments with a line of text; the picture below it is the page.
    return length < _FEW_CHARACTERS or (length < _STAMP_CHARACTERS and coverage >= _WHOLE_PAGE)


def _plain_letters(text: str) -> str:
    for printed, letters in _LETTERS:
        # A search is many times quicker than a replacement, and few pages have ligatures.
        if printed in text:
            text = text.replace(printed, letters)
    return text


def _lines_kept(text: str) -> str:
    return "\n".join(line.strip() for line in text.split("\n") if line.strip())


def _cleaned(texts: list[str]) -> list[str]:
    # pdfium puts its mark in the place of the line break, and the next line's number right behind it.
    lines = [_plain_letters(text).replace(MARK, f"{MARK}\n").split("\n") for text in texts]
    bodies = without_running_heads(without_margin_numbers(lines))
    return joined_lines([joined("\n".join(line.strip() for line in body)) for body in bodies])
