"""Strict selectors: each says how many elements there must be, and anything else is LayoutChanged.

A selector that silently finds nothing is how a redesign becomes "no news"; these make it an error.
"""

import json
import re
from typing import Any

from parsel import Selector, SelectorList
from scrapy.http import Response

from crawler.errors import LayoutChanged, Truncated, WrongPage

SPACES = re.compile(r"[\s\u00a0\u200b\ufeff]+")


def some(root: Any, query: str, minimum: int = 1) -> SelectorList[Selector]:
    """Return the elements of a CSS (or, starting with "/" or ".//", XPath) query: at least `minimum`."""
    found = select(root, query)
    if len(found) < minimum:
        raise LayoutChanged(f"{query!r} found {len(found)} elements, expected at least {minimum}", url=url_of(root))
    return found


def one(root: Any, query: str) -> Selector:
    """Return the one element of a query; none or several is LayoutChanged."""
    found = select(root, query)
    if len(found) != 1:
        raise LayoutChanged(f"{query!r} found {len(found)} elements, expected exactly one", url=url_of(root))
    return found[0]


def optional(root: Any, query: str) -> Selector | None:
    """Return the element of a query or None; several is LayoutChanged. Say at the call why it may be absent."""
    found = select(root, query)
    if len(found) > 1:
        raise LayoutChanged(f"{query!r} found {len(found)} elements, expected at most one", url=url_of(root))
    return found[0] if found else None


def select(root: Any, query: str) -> SelectorList[Selector]:
    """Run a CSS or XPath query without an expectation; for elements that may be absent or many."""
    if query.startswith(("/", "./", "(", "..", "ancestor", "following", "preceding", "descendant")):
        return root.xpath(query)
    return root.css(query)


def text_of(node: Selector | None) -> str:
    """All text below an element in reading order, white space folded; "" for None."""
    if node is None:
        return ""
    return squeeze(" ".join(node.xpath(".//text()[not(ancestor::script or ancestor::style)]").getall()))


def own_text(node: Selector) -> str:
    """The element's own text, without its children's."""
    return squeeze(" ".join(node.xpath("./text()").getall()))


def squeeze(text: str) -> str:
    """Fold every run of white space, no-break and zero-width spaces included, into one space."""
    return SPACES.sub(" ", text).strip()


def json_of(response: Response) -> Any:
    """The response's JSON; HTML in its place is WrongPage, a cut file is Truncated."""
    body = response.body.lstrip()
    if not body:
        raise WrongPage("the answer is empty where JSON was expected", reason="empty_body", url=response.url)
    try:
        return json.loads(body)
    except UnicodeDecodeError as error:
        raise LayoutChanged(f"the JSON is not UTF-8: {error}", url=response.url) from error
    except json.JSONDecodeError as error:
        if body[:1] == b"<":
            raise WrongPage("a page stands where JSON was expected", reason="not_json", url=response.url) from error
        if body[:1] in (b"{", b"[") and error.pos >= len(body.decode("utf-8", "replace")) - 1:
            raise Truncated(f"the JSON ends in the middle: {error}", url=response.url) from error
        if body[:1] in (b"{", b"[") and body.rstrip()[-1:] not in (b"}", b"]"):
            raise Truncated(f"the JSON ends in the middle: {error}", url=response.url) from error
        raise LayoutChanged(f"the JSON can't be read: {error}", url=response.url) from error


def field(row: dict[str, Any], name: str, url: str | None = None) -> Any:
    """A field that every row of a JSON source has; its absence is LayoutChanged (its null is not)."""
    try:
        return row[name]
    except (KeyError, TypeError) as error:
        raise LayoutChanged(f"the field {name!r} is missing from a row", url=url) from error


def url_of(root: Any) -> str | None:
    """The address of the page an element came from, when it is known."""
    url = getattr(root, "url", None)
    return url if isinstance(url, str) else None
