"""Names of the Massachusetts General Court: courts, dockets, bill numbers, record keys and addresses."""

import html
import re
from typing import Any

from crawler.select import squeeze

SITE = "https://malegislature.gov"
API = f"{SITE}/api"
ZONE = "America/New_York"

NUMBER = re.compile(r"\b(?P<type>[HS](?:D|Res|RES)?)\.?\s*(?:No\.?\s*)?0*(?P<number>\d{1,5})\b")
COURT_IN_URL = re.compile(r"/(?:GeneralCourts|Bills|Committees/Detail/[A-Z]+\d+)/(\d{3})\b", re.IGNORECASE)
NUMBER_IN_URL = re.compile(r"/(?:Documents|Bills/\d+)/([HS](?:D|Res)?\d+)(?=[/?#.]|$)", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\ufeff]")
TAG = re.compile(r"<(/?[a-zA-Z][a-zA-Z0-9]*)\b[^<>]*>|<!--.*?-->", re.DOTALL)
BLOCK_TAGS = frozenset({"p", "br", "div", "li", "tr", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6"})


def bill_number(text: str | None) -> str | None:
    """Return a docket or bill number without dots, spaces and zeros ("S.1262" is "S1262"), or None."""
    match = NUMBER.search(text or "")
    if match is None:
        return None
    kind = "SRes" if match["type"].lower().endswith("res") else match["type"]
    return f"{kind}{int(match['number'])}"


def bill_numbers(text: str) -> list[str]:
    """Return every docket or bill number a text names, in its order, each once."""
    found = (bill_number(match.group()) for match in NUMBER.finditer(text))
    return list(dict.fromkeys(number for number in found if number))


def is_docket(number: str) -> bool:
    """Whether a number is a docket's: filed, and not yet given its bill number."""
    return number[1:2] == "D"


def ordinal(court: int) -> str:
    """Return a court's session identifier: 192 is "192nd"."""
    if court % 100 in (11, 12, 13):
        return f"{court}th"
    return f"{court}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(court % 10, 'th') }"


def record_key(court: int, bill: str | None, docket: str | None) -> str:
    """Return the key of a bill within this source.

    A docket keeps its number for life while the bill number comes weeks later, so the docket is the key
    where there is one: the bill stays one record when it is numbered. New drafts and committee bills never
    had a docket; their own number is the key. The list and the document of the API carry both numbers,
    so both give the same key; a web page shows only one of them and is keyed by the list that led to it.
    """
    return f"{court}:{docket or bill}"


def chamber_of(number: str) -> str:
    """Return the branch a number was filed in; it never changes between docket and bill."""
    return "House" if number.startswith("H") else "Senate"


def court_of(url: str) -> int | None:
    """Return the number of the General Court in an address, or None where it names none."""
    match = COURT_IN_URL.search(url)
    return int(match[1]) if match else None


def number_of(url: str) -> str | None:
    """Return the docket or bill number in an address of the site or of its API, or None."""
    match = NUMBER_IN_URL.search(url)
    return bill_number(match[1][:1].upper() + match[1][1:]) if match else None


def page_url(court: int, number: str) -> str:
    """Return the address of a bill's page, for readers."""
    return f"{SITE}/Bills/{court}/{number}"


def document_url(court: int, number: str) -> str:
    """Return the address of a bill's document in the API."""
    return f"{API}/GeneralCourts/{court}/Documents/{number}"


def secure(url: str | None) -> str | None:
    """Return a link of the API (printed without TLS, or relative) as an https address."""
    if not url or not url.strip():
        return None
    url = url.strip()
    if url.startswith("/"):
        return SITE + url
    return re.sub(r"^http://", "https://", url, flags=re.IGNORECASE)


def pascal(value: Any) -> Any:
    """Return parsed JSON with every field name in the API's own spelling.

    The service answers in "BillNumber" while its own description promises "billNumber": read both.
    """
    if isinstance(value, dict):
        return {key[:1].upper() + key[1:]: pascal(part) for key, part in value.items()}
    if isinstance(value, list):
        return [pascal(part) for part in value]
    return value


def line(value: Any) -> str | None:
    """Return a text field on one line, white space folded; None for null and blank."""
    text = squeeze(CONTROL.sub(" ", value)) if isinstance(value, str) else ""
    return text or None


def prose(value: Any) -> str | None:
    """Return a long text with its paragraphs, without markup and control characters; None if nothing is left."""
    if not isinstance(value, str):
        return None
    text = TAG.sub(lambda tag: "\n" if (tag[1] or "").strip("/").lower() in BLOCK_TAGS else " ", value)
    text = html.unescape(CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")))
    lines = [squeeze(row) for row in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() or None
