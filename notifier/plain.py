"""Scraped text made safe for mails: one line, no control characters, links only to the web."""

import re
import unicodedata
from typing import Any
from urllib.parse import quote, urlsplit

# Controls, surrogates, private and unassigned code points; formats include the bidirectional overrides that
# can turn a line around, and the zero-width characters that hide in words.
UNWANTED = {"Cc", "Cs", "Co", "Cn", "Cf"}
BLANKS = re.compile(r"\s+")
MAXIMUM_SCANNED = 20_000
MAXIMUM_LINK = 1000
FORBIDDEN_IN_LINKS = re.compile(r'[<>"\\^`{|}]')


def one_line(value: object, limit: int = 400) -> str:
    """Return any scraped value as one clean line of at most `limit` characters, cut at a word with "…"."""
    # A megabyte of title costs no more than its beginning.
    text = str(value)[:MAXIMUM_SCANNED]
    text = BLANKS.sub(" ", text)
    text = "".join(letter for letter in text if letter == " " or unicodedata.category(letter) not in UNWANTED)
    return shortened(BLANKS.sub(" ", text).strip(), limit)


def shortened(text: str, limit: int) -> str:
    """Return the text cut at a word so that it has at most `limit` characters."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    head, blank, _ = cut.rpartition(" ")
    return (head if blank and len(head) > limit // 2 else cut).rstrip(" ,;:") + "…"


def safe_link(value: object) -> str | None:
    """Return a web address that may become a link, blanks and accents encoded, or None for anything else."""
    if not isinstance(value, str) or len(value) > MAXIMUM_LINK or not all(letter.isprintable() for letter in value):
        return None
    text = value.strip()
    if FORBIDDEN_IN_LINKS.search(text):
        return None
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return None
    # A name before an @ in a host only serves to mislead the reader; so do letters that look like others.
    if parts.scheme not in ("http", "https") or not host or not parts.netloc.isascii() or "@" in parts.netloc:
        return None
    return quote(text, safe="%/:=&?~#+!$,;'@()*[]-._")


def host_of(link: str) -> str:
    """Return the host of a safe link, for showing where it leads."""
    return (urlsplit(link).hostname or "").removeprefix("www.")


def described(value: Any, limit: int = 300) -> str:
    """Return a change's before or after in plain words, whatever shape it was stored in."""
    if value is None or value == "" or value == [] or value == {}:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        for key in ("description", "text", "title", "name", "status", "identifier", "value"):
            if value.get(key):
                return described(value[key], limit)
        pairs = (f"{key}: {described(item)}" for key, item in value.items() if item not in (None, "", [], {}))
        return one_line("; ".join(pairs), limit)
    if isinstance(value, (list, tuple)):
        return one_line("; ".join(described(item) for item in value), limit)
    return one_line(value, limit)
