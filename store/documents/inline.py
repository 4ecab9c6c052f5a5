"""Reads one file in this process: for the child, which is limited, and for input that is trusted."""

import hashlib
import re
from collections.abc import Callable

from store.documents.docx import read_docx
from store.documents.errors import Unreadable
from store.documents.html import read_html
from store.documents.limits import Limits
from store.documents.pdf import read_pdf
from store.documents.plain import read_json, read_plain
from store.documents.reading import Reading
from store.documents.rtf import read_rtf
from store.documents.sniff import BINARY, DOC, DOCX, HTML, JSON, OLE, PDF, PLAIN, RTF, XML, ZIP, sniff
from store.documents.xml import read_xml
from store.observed import ObservedText
from store.text import clean

NOT_READABLE = "text not readable"
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_NAMES = {
    DOC: "Word 97-2003 (.doc) files",
    OLE: "Microsoft Office 97-2003 files",
    ZIP: "archives and Office files other than Word",
    BINARY: "files of an unknown binary format",
}


def _no_ocr_yet(pages: int) -> None:
    """Nobody waits for this process, so nobody need know that OCR begins."""


def extract_inline(
    data: bytes,
    media_type: str | None,
    *,
    limits: Limits | None = None,
    ocr: bool = True,
    before_ocr: Callable[[int], None] = _no_ocr_yet,
) -> ObservedText:
    """Return the text of `data` by page, read without a child process; bad files come back as not readable."""
    limits = limits or Limits()
    kind = sniff(data, media_type)
    try:
        reading = _read(data, kind, media_type, limits, ocr=ocr, before_ocr=before_ocr)
    except Unreadable as error:
        return unreadable(data, media_type, error.message)
    warnings = list(reading.warnings)
    if reading.readable and not any(page.strip() for page in reading.pages):
        warnings.append("the file holds no text")
    pages = [_plain_spaces(clean(page)) for page in reading.pages] if reading.readable else []
    return ObservedText(
        pages=pages,
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=kind,
        readable=reading.readable,
        how=reading.how,
        warnings=[clean(warning) for warning in warnings],
    )


def _plain_spaces(text: str) -> str:
    return text if text.isascii() else _SPACES.sub(" ", text)


def unreadable(data: bytes, media_type: str | None, reason: str) -> ObservedText:
    """Return what is stored for a file without text, the reason in its warning."""
    return ObservedText(
        pages=[],
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=sniff(data, media_type),
        readable=False,
        how="none",
        warnings=[clean(f"{NOT_READABLE}: {reason}")],
    )


def _read(
    data: bytes, kind: str, media_type: str | None, limits: Limits, *, ocr: bool, before_ocr: Callable[[int], None]
) -> Reading:
    if not data:
        raise Unreadable("the file is empty")
    if len(data) > limits.max_bytes:
        raise Unreadable(f"the file has {len(data)} bytes, more than {limits.max_bytes}")
    if kind == PDF:
        return read_pdf(data, limits, ocr=ocr, before_ocr=before_ocr)
    if kind == DOCX:
        return read_docx(data, limits)
    if kind == RTF:
        return read_rtf(data, limits)
    flowing = {HTML: read_html, XML: read_xml, JSON: read_json, PLAIN: read_plain}.get(kind)
    if flowing is None:
        raise Unreadable(f"{_NAMES.get(kind, f'files of type {kind}')} are not supported")
    return flowing(data, media_type, limits)
