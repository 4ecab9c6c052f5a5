"""Quotes sentences of the original text as a mail or a page can show them."""

import re

from store.matching.engine import Span
from store.matching.page import Page

LONGEST = 240
"""How many characters of a sentence are quoted before and after the words that matter."""

# One blank for white space and for what extraction leaves that can't be printed.
UNPRINTABLE = re.compile("[\\s\\x00-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\ue000\\ue001\\ufffe\\uffff]+")
INVISIBLE = re.compile("[\\xad\\u200b-\\u200d\\u2060\\ufeff]+")
BROKEN = re.compile("(?<=[A-Za-z])(?:[-\\xad\\x02\\ufffe][ \\t]*\\r?\\n\\s*|[\\x02\\ufffe])(?=[a-z])")


def snippet(page: Page, span: Span) -> tuple[str, Span]:
    """Return the sentence of the span in the page's original text, and where the span's words stand in it."""
    original = page.source.text
    start, end = page.original(span)
    before, after = sentence(page, span)
    before_cut, after_cut = max(before, start - LONGEST), min(after, end + LONGEST)
    head = plain(original[before_cut:start]).lstrip()
    tail = plain(original[end:after_cut]).rstrip()
    if before_cut > before:
        head = "…" + head[head.find(" ") + 1 :]
    if after_cut < after:
        tail = tail[: max(tail.rfind(" "), 0)] + "…"
    words = plain(original[start:end])
    return head + words + tail, (len(head), len(head) + len(words))


def sentence(page: Page, span: Span) -> Span:
    """Return where the original text has the sentence of the span."""
    start, end = page.sentence(span)
    text = page.text[start:end]
    lead = len(text) - len(text.lstrip())
    return page.original((start + lead, start + len(text.rstrip())))


def plain(text: str) -> str:
    """Return the text with broken words joined, and one blank for whatever can't be printed."""
    return UNPRINTABLE.sub(" ", INVISIBLE.sub("", BROKEN.sub("", text)))
