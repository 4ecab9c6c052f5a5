"""What a record does, in plain words: "contract or purchase · Flock Group, Inc. · $76,500 · 24 cameras · 2 years"."""

from collections.abc import Mapping
from typing import Any

from notifier.plain import described, one_line

PURPOSES = {
    "authorize": "authorizes or funds",
    "contract": "contract or purchase",
    "restrict": "limits use",
    "ban": "ban or moratorium",
    "moratorium": "ban or moratorium",
    "sharing": "rules on sharing data",
    "retention": "rules on how long data is kept",
    "warrant": "warrant or court order",
    "audit": "audits or reports",
    "study": "study",
    "private_right_of_action": "private right of action",
    "end": "ends or removes",
}
FIELDS = (
    ("purposes", "{}", "{}"),
    ("vendor", "{}", "{}"),
    ("amounts", "{}", "{}"),
    ("cameras", "{} camera", "{} cameras"),
    ("term", "{}", "{}"),
    ("retention_days", "data kept {} day", "data kept {} days"),
)
"""Name, wording for exactly one, and wording for everything else."""
# The text may as well forbid what it names.
FLAGS = (
    ("out_of_state", "names other states"),
    ("federal", "names federal agencies"),
    ("immigration", "names immigration enforcement"),
)
MOST_VALUES = 4


def aspects_in_words(aspects: Mapping[str, Any]) -> str:
    """Return the aspects that a reader scans for, or nothing when none is known."""
    parts: list[str] = []
    for name, one, many in FIELDS:
        values = values_in_words(name, aspects.get(name))
        parts += [(one if words == "1" else many).format(words) for words in values if words]
    parts += [words for name, words in FLAGS if aspects.get(name) is True]
    return one_line(" · ".join(dict.fromkeys(parts)), 400)


def values_in_words(name: str, value: Any) -> list[str]:
    """Return each of a field's values in words; all purposes, of the others at most a few."""
    if value in (None, "", [], {}):
        return []
    values = list(value) if isinstance(value, (list, tuple)) else [value]
    return [value_in_words(name, item) for item in values[: len(PURPOSES) if name == "purposes" else MOST_VALUES]]


def value_in_words(name: str, value: Any) -> str:
    """Return one value; a bare number is written with its thousands, an amount with its dollars."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"${value:,.0f}" if name == "amounts" else f"{value:,}"
    words = described(value, 80)
    if name != "purposes":
        return words
    return PURPOSES.get(words, words.replace("_", " ").replace("-", " "))
