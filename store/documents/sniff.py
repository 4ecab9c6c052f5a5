"""Which format a file really has: by its first bytes, and only then by what the server declared."""

import codecs
import re

from store.documents.encoding import wide_codec

PDF = "application/pdf"
HTML = "text/html"
XML = "application/xml"
JSON = "application/json"
RTF = "application/rtf"
PLAIN = "text/plain"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DOC = "application/msword"
OLE = "application/x-ole-storage"
ZIP = "application/zip"
BINARY = "application/octet-stream"

_HEAD = 4096
_MAGIC = (
    (b"\x89PNG\r\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!", "application/vnd.rar"),
    (b"\xffWPC", "application/vnd.wordperfect"),
    (b"%!PS", "application/postscript"),
)
_HTML_START = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)*(?:<!doctype\s+html|<(?:html|head|body|meta|title|style)\b)",
    re.IGNORECASE | re.DOTALL,
)
_HTML_TAG = re.compile(
    rb"</?(?:html|body|p|br|div|table|tr|td|center|span|font|ul|ol|li|b|i|u|s|em|strong|strike|h[1-6]|style|pre|a|main|article|section|header|footer|nav)(?:\s[^<>]{0,500})?/?>",
    re.IGNORECASE,
)
_XML_START = re.compile(rb"\s*<(?:\?xml\b|!DOCTYPE\b|[A-Za-z_][\w.:-]*[\s>/])")
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_SOME_TAGS = 3


def declared_type(media_type: str | None) -> str | None:
    """Return the bare, lower-case type of a Content-Type header."""
    return (media_type or "").partition(";")[0].strip().lower() or None


def declared_charset(media_type: str | None) -> str | None:
    """Return the charset parameter of a Content-Type header."""
    found = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", media_type or "", re.IGNORECASE)
    return found.group(1) if found else None


def sniff(data: bytes, media_type: str | None) -> str:
    """Return the media type of `data`; servers call PDFs text, error pages PDFs, and RTF files Word."""
    head = data[:_HEAD]
    # Mail gateways and old servers put bytes before the header; the format allows a kilobyte.
    if b"%PDF-" in head[:1024]:
        return PDF
    if head.startswith(b"PK\x03\x04"):
        return DOCX if b"word/document.xml" in data else ZIP
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return DOC if "WordDocument".encode("utf-16-le") in data else OLE
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    return _sniff_text(data, head, declared_type(media_type))


def _sniff_text(data: bytes, head: bytes, declared: str | None) -> str:
    wide = wide_codec(head)
    if wide:
        head = head.decode(wide, "replace").encode()
    head = head.removeprefix(codecs.BOM_UTF8)
    start = head.lstrip()
    if start.startswith(b"{\\rtf"):
        return RTF
    if _HTML_START.match(head):
        return HTML
    if start.startswith(b"<?xml"):
        return XML
    # Fragments of bills come without <html>; their elements tell them from XML of another vocabulary.
    if _HTML_TAG.match(start):
        return HTML
    if _XML_START.match(head):
        return HTML if declared == HTML else XML
    if not wide and len(_HTML_TAG.findall(data[: 16 * _HEAD])) >= _SOME_TAGS:
        return HTML
    if len(_CONTROLS.findall(head)) > len(head) // 50:
        return BINARY
    if start[:1] in (b"{", b"[") and declared == JSON:
        return JSON
    return HTML if declared == HTML else PLAIN
