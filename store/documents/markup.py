"""XML of any vocabulary: parsed without entities, read element by element."""

import re
from collections.abc import Iterator
from html.entities import html5

from lxml import etree

from store.documents.errors import Unreadable

_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def parse_xml(source: bytes | str) -> etree._Element:
    """Return the root element; entities stay unexpanded and nothing is fetched. Raises Unreadable."""
    # libxml2 refuses a str with an encoding declaration, and bytes are what that declaration is about.
    if isinstance(source, str):
        source = _DECLARATION.sub("", source, count=1).encode("utf-8", "replace")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=True,
        remove_pis=True,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(source, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if getattr(error, "code", None) == etree.ErrorTypes.ERR_NO_MEMORY:
            # libxml2 reports the limit on memory as a fault of the file.
            raise MemoryError from error
        raise Unreadable(f"the XML is broken ({error})") from error
    if root is None:
        raise Unreadable("the XML is empty")
    return root


def with_characters(text: str) -> str:
    """Return XML source with HTML's named characters as characters: without a DTD a parser drops them."""

    def character(found: re.Match[str]) -> str:
        name = found.group(1)
        if name in _XML_ENTITIES:
            return found.group()
        return html5.get(f"{name};", found.group())

    return _ENTITY.sub(character, text) if "&" in text else text


def local_name(element: etree._Element) -> str:
    """Return the element's name without its namespace; empty for an unexpanded entity."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: etree._Element, name: str) -> str | None:
    """Return an attribute by its local name, whatever its namespace."""
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return None


def walk(root: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """Yield ("start", element) and ("end", element) in document order, without recursion."""
    yield from etree.iterwalk(root, events=("start", "end"))
