"""Text of XML bills: each element's text, the vocabulary's own struck elements marked."""

import re

from lxml import etree

from store.documents.encoding import decode
from store.documents.errors import Unreadable
from store.documents.html import read_markup
from store.documents.layout import TextBuilder
from store.documents.limits import Limits
from store.documents.markup import attribute, local_name, parse_xml, walk, with_characters
from store.documents.reading import Reading
from store.documents.sniff import declared_charset
from store.documents.struck import is_struck_class, without_marks

_STRUCK = frozenset({"s", "strike", "del", "deleted", "delete", "strikethrough", "stricken", "strikeout"})
_SKIPPED = frozenset({"script", "style"})
_CELLS = frozenset({"td", "th", "entry"})
_ROWS = frozenset({"tr", "row"})
_BLOCKS = frozenset({
    "p", "div", "br", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "section", "subsection", "paragraph",
    "title", "caption",
})  # fmt: skip
_DECLARED = re.compile(rb"^\s*<\?xml[^>]*encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)
_EMBEDDED = re.compile(
    r"<(?:p|br|u|b|i|s|strike|font|table|pre|div|span|center|basefont|style)\b[^>]{0,500}>", re.IGNORECASE
)


def read_xml(data: bytes, media_type: str | None, limits: Limits) -> Reading:
    """Read XML; what is not well-formed is read as HTML, and says so."""
    found = _DECLARED.match(data[:300])
    text, warnings = decode(data, found.group(1).decode("ascii") if found else declared_charset(media_type))
    source = without_marks(text)
    try:
        root = parse_xml(with_characters(source))
    except Unreadable as error:
        reading = read_markup(source, limits)
        if not reading.pages[0]:
            raise
        return Reading(pages=reading.pages, warnings=[*warnings, f"{error.message}; read as HTML", *reading.warnings])
    walked = _Walk(limits)
    walked.read(root)
    if walked.undefined:
        warnings.append("entities that the file defines itself were not expanded")
    if walked.builder.full:
        warnings.append(f"text cut at {limits.max_characters} characters")
    return Reading(pages=[walked.builder.text()], warnings=warnings)


class _Walk:
    """One pass over the tree; lines are broken where elements stand apart, not where they stand in running text."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.builder = TextBuilder(limits.max_characters)
        self.undefined = False

    def read(self, root: etree._Element) -> None:
        """Add the text of `root` and all below it."""
        mixed = [False]
        skipped = 0
        for event, element in walk(root):
            name = local_name(element)
            if event == "start":
                inline = mixed[-1] and name not in _BLOCKS
                self.undefined = self.undefined or not name
                skipped += name in _SKIPPED
                self._enter(element, name, inline=inline)
                if not skipped and name:
                    self._text(element.text)
                mixed.append(_is_mixed(element))
            else:
                mixed.pop()
                inline = mixed[-1] and name not in _BLOCKS
                skipped -= name in _SKIPPED
                self._leave(element, name, inline=inline)
                if not skipped and element is not root:
                    self._text(element.tail)

    def _enter(self, element: etree._Element, name: str, *, inline: bool) -> None:
        if name in _CELLS:
            self.builder.cell()
        elif name in _ROWS:
            self.builder.row()
        elif not inline:
            self.builder.line()
        if _is_struck(element, name):
            self.builder.strike()

    def _leave(self, element: etree._Element, name: str, *, inline: bool) -> None:
        if _is_struck(element, name):
            self.builder.unstrike()
        if name in _ROWS:
            self.builder.end_row()
        elif name not in _CELLS and not inline:
            self.builder.line()

    def _text(self, text: str | None) -> None:
        if not text:
            return
        if _EMBEDDED.search(text):
            # Some legislatures send the printed bill as HTML inside of CDATA.
            self.builder.add_verbatim(read_markup(text, self.limits).pages[0])
        else:
            self.builder.add(text.replace("\u00ad", ""))


def _is_mixed(element: etree._Element) -> bool:
    """Whether text stands beside the element's children: then they are parts of a line."""
    return bool((element.text or "").strip()) or any((child.tail or "").strip() for child in element)


def _is_struck(element: etree._Element, name: str) -> bool:
    if name in _STRUCK or is_struck_class(name):
        return True
    if not element.attrib:
        return False
    if "line-through" in (attribute(element, "style") or ""):
        return True
    return is_struck_class(attribute(element, "class") or "")
