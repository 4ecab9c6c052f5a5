"""Plain text, and JSON read as the lines of its strings."""

import json
import re
from collections.abc import Iterator

from store.documents.encoding import decode
from store.documents.hyphens import joined_lines
from store.documents.limits import Limits
from store.documents.margins import without_margin_numbers
from store.documents.reading import Reading
from store.documents.sniff import declared_charset
from store.documents.struck import without_marks

_BLANKS = re.compile(r"[ \t]+")


def read_plain(data: bytes, media_type: str | None, limits: Limits) -> Reading:
    """Read text; form feeds divide its pages."""
    text, warnings = decode(data, declared_charset(media_type))
    if len(text) > limits.max_characters:
        warnings.append(f"text cut at {limits.max_characters} characters")
    text = without_marks(text[: limits.max_characters]).replace("\r\n", "\n").replace("\r", "\n")
    pages = [page.split("\n") for page in text.strip("\f").split("\f")]
    lines = without_margin_numbers(pages)
    joined = joined_lines(["\n".join(_BLANKS.sub(" ", line).strip() for line in page) for page in lines])
    return Reading(pages=joined, warnings=warnings)


def read_json(data: bytes, media_type: str | None, limits: Limits) -> Reading:
    """Read the strings of a JSON document, one a line; what is not JSON is read as plain text."""
    text, warnings = decode(data, declared_charset(media_type))
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        plain = read_plain(data, media_type, limits)
        return Reading(pages=plain.pages, warnings=["not valid JSON; read as plain text", *plain.warnings])
    whole = without_marks("\n".join(_strings(document)))
    if len(whole) > limits.max_characters:
        warnings.append(f"text cut at {limits.max_characters} characters")
    return Reading(pages=[whole[: limits.max_characters]], warnings=warnings)


def _strings(document: object) -> Iterator[str]:
    waiting: list[object] = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            waiting.extend(reversed(value))
        elif isinstance(value, dict):
            waiting.extend(reversed(value.values()))
