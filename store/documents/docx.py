"""Text of Word files: paragraphs as lines, tables row by row, deletions and struck runs marked."""

import io
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

from store.documents.errors import Unreadable
from store.documents.layout import TextBuilder
from store.documents.limits import Limits
from store.documents.markup import attribute, local_name, parse_xml, walk
from store.documents.reading import Reading
from store.documents.struck import without_marks

_PARTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")
_STYLES = "word/styles.xml"
# Twice the largest file: real documents pack their XML tenfold, and are far from the limit when packed.
_LARGEST_PART = 100_000_000
_STRUCK_SCOPES = frozenset({"p", "r", "del", "moveFrom"})
_TEXT = frozenset({"t", "delText"})
_DELETIONS = frozenset({"del", "moveFrom"})
# What zipfile and zlib raise for damaged, encrypted or exotic archives.
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)
_OFF = frozenset({"0", "false", "off", "none"})


def read_docx(data: bytes, limits: Limits) -> Reading:
    """Read a Word file; raises Unreadable if it is broken, encrypted or expands beyond measure."""
    builder = TextBuilder(limits.max_characters)
    warnings: list[str] = []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            struck_styles = _struck_styles(_part(archive, _STYLES)) if _STYLES in names else frozenset()
            for name in _PARTS:
                if name in names:
                    _read_part(_part(archive, name), builder, struck_styles)
                    builder.line()
    except _BROKEN as error:
        raise Unreadable(f"the Word file is broken ({error})") from error
    if builder.full:
        warnings.append(f"text cut at {limits.max_characters} characters")
    return Reading(pages=[builder.text()], warnings=warnings)


def _part(archive: zipfile.ZipFile, name: str) -> etree._Element:
    if archive.getinfo(name).file_size > _LARGEST_PART:
        raise Unreadable(f"{name} of the Word file expands to more than {_LARGEST_PART} bytes")
    with archive.open(name) as file:
        # The declared size may lie, so that what is read is bounded as well.
        content = file.read(_LARGEST_PART + 1)
    if len(content) > _LARGEST_PART:
        raise Unreadable(f"{name} of the Word file expands to more than {_LARGEST_PART} bytes")
    return parse_xml(content)


def _struck_styles(root: etree._Element) -> frozenset[str]:
    """Ids of the styles that strike their text out."""
    names = set()
    for style in root:
        if local_name(style) == "style" and any(_strikes(item) for item in style.iter()):
            names.add(attribute(style, "styleId") or "")
    return frozenset(names)


def _strikes(element: etree._Element) -> bool:
    return local_name(element) in ("strike", "dstrike") and _is_on(element)


def _is_on(element: etree._Element) -> bool:
    return (attribute(element, "val") or "true").lower() not in _OFF


def _read_part(root: etree._Element, builder: TextBuilder, struck_styles: frozenset[str]) -> None:
    hidden = 0
    struck: list[bool] = []
    for event, element in walk(root):
        name = local_name(element)
        start = event == "start"
        # Word repeats what it draws in a form for older versions.
        if name == "Fallback" or (name == "r" and _is_hidden(element)):
            hidden += 1 if start else -1
        elif hidden:
            continue
        if name in _STRUCK_SCOPES:
            if start:
                struck.append(_is_struck(element, name, struck_styles))
            _strike(builder, struck[-1] if start else struck.pop(), start=start)
        _break(builder, element, name, start=start)
        if start and name in _TEXT:
            builder.add(without_marks(element.text or "").replace("\u00ad", ""))


def _break(builder: TextBuilder, element: etree._Element, name: str, *, start: bool) -> None:
    if name == "p" or (start and name in ("br", "cr")):
        builder.line()
    elif name == "tr":
        if start:
            builder.row()
        else:
            builder.end_row()
    elif start and name == "tc":
        builder.cell()
    elif start and name in ("tab", "ptab") and _in_run(element):
        builder.add(" ")
    elif start and name == "noBreakHyphen":
        builder.add("-")


def _in_run(element: etree._Element) -> bool:
    """Tell a tab in text from a tab stop, which is a property of the same name."""
    parent = element.getparent()
    return parent is not None and local_name(parent) == "r"


def _strike(builder: TextBuilder, is_struck: bool, *, start: bool) -> None:
    if is_struck:
        if start:
            builder.strike()
        else:
            builder.unstrike()


def _is_struck(element: etree._Element, name: str, struck_styles: frozenset[str]) -> bool:
    if name in _DELETIONS:
        return True
    for item in _properties(element):
        kind = local_name(item)
        if _strikes(item):
            return True
        if kind in ("rStyle", "pStyle") and attribute(item, "val") in struck_styles:
            return True
    return False


def _is_hidden(run: etree._Element) -> bool:
    return any(local_name(item) == "vanish" and _is_on(item) for item in _properties(run))


def _properties(element: etree._Element) -> Iterator[etree._Element]:
    for child in element:
        if local_name(child) in ("rPr", "pPr"):
            yield from child
