"""The one cleaner of ingested text: what it lets through, both databases can store and a phrase can match."""

import re

# PostgreSQL refuses NUL, both drivers refuse lone surrogates, and invisible characters split phrases.
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # C0 and C1 controls, without tab and line ends
    "\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"  # zero-width and direction marks
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
    + "]"
)


def clean(text: str) -> str:
    """Return `text` without control characters, lone surrogates and noncharacters, lines ended by line feeds alone."""
    # What can be printed holds none of it: most text passes at a fraction of the search's cost.
    if text.replace("\n", "").replace("\t", "").isprintable():
        return text
    return _UNWANTED.sub("", _LINE_ENDS.sub("\n", text))
