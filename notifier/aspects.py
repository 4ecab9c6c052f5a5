"""What a record does, in plain words: "contract · Flock Group, Inc. · $76,500 · 24 cameras · 2 years"."""

from collections.abc import Mapping
from typing import Any

from notifier.plain import described, one_line

FIELDS = (
    ("purposes", "{}"),
    ("vendor", "{}"),
    ("amounts", "{}"),
    ("cameras", "{} cameras"),
    ("term", "{}"),
    ("retention_days", "data kept {} days"),
)
FLAGS = (
    ("out_of_state", "out-of-state access"),
    ("federal", "federal access"),
    ("immigration", "immigration enforcement"),
)
MOST_VALUES = 4


def aspects_in_words(aspects: Mapping[str, Any]) -> str:
    """Return the aspects that a reader scans for, or nothing when none is known."""
    parts: list[str] = []
    for name, form in FIELDS:
        parts += [form.format(words) for words in values_in_words(name, aspects.get(name)) if words]
    parts += [words for name, words in FLAGS if aspects.get(name) is True]
    return one_line(" · ".join(dict.fromkeys(parts)), 240)


def values_in_words(name: str, value: Any) -> list[str]:
    """Return each of a field's values in words, at most a few."""
    if value in (None, "", [], {}):
        return []
    values = list(value) if isinstance(value, (list, tuple)) else [value]
    return [value_in_words(name, item) for item in values[:MOST_VALUES]]


def value_in_words(name: str, value: Any) -> str:
    """Return one value; a bare number is written with its thousands, an amount with its dollars."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"${value:,.0f}" if name == "amounts" else f"{value:,}"
    words = described(value, 80)
    return words.replace("_", " ").replace("-", " ") if name == "purposes" else words
