"""Struck-through text is kept between two private characters: matching does not count it as live."""

import re

OPEN = "\ue000"
CLOSE = "\ue001"
_MARKS = re.compile(f"[{OPEN}{CLOSE}]")
# Between two lines of a struck passage stand a line break, and perhaps the hyphen of a divided word.
_NEIGHBOURS = re.compile(f"{CLOSE}([\\s\ufffe-]*){OPEN}")
_WORDS = re.compile(r"(?:^|[-_\s])(?:strike|striked|strikeout|strikethrough|struck|stricken|line-?through)(?:$|[-_\s])")
_DELETED = re.compile(r"(?:^|[-_\s])(?:del|deleted|deletion|delete)(?:$|[-_\s])")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def without_marks(text: str) -> str:
    """Return `text` without the two characters, which a source could print to hide live text as struck."""
    return _MARKS.sub("", text)


def joined(text: str) -> str:
    """Return `text` with struck passages that touch each other made one."""
    return _NEIGHBOURS.sub(r"\1", text)


def is_struck_class(names: str) -> bool:
    """Tell whether an element's class attribute says that its text is struck out."""
    words = _CAMEL.sub("-", names).lower()
    return bool(_WORDS.search(words) or _DELETED.search(words))
