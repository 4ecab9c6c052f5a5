"""Sort the steps of a bill into Open Civic Data's classes by a state's table of rules.

A table is data: each row is a pattern and the classes it means. An action may carry several classes,
because sources put several steps into one line ("Read second, amended and ordered to a third reading").
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

CLASSES = frozenset(
    {
        "filing",
        "introduction",
        "enrolled",
        "reading-1",
        "reading-2",
        "reading-3",
        "referral",
        "referral-committee",
        "receipt",
        "committee-passage",
        "committee-passage-favorable",
        "committee-passage-unfavorable",
        "committee-failure",
        "passage",
        "failure",
        "withdrawal",
        "deferral",
        "carried-over",
        "substitution",
        "amendment-introduction",
        "amendment-passage",
        "amendment-failure",
        "amendment-withdrawal",
        "amendment-deferral",
        "amendment-amendment",
        "became-law",
        "concurrence",
        "executive-receipt",
        "executive-signature",
        "executive-veto",
        "executive-veto-line-item",
        "veto-override-passage",
        "veto-override-failure",
    }
)
"""The classes a rule may name; readers of the archive filter on them, so a typing error must not make a new one."""


@dataclass(frozen=True)
class Rule:
    """One row of a table: `pattern` is searched in the description, in any case, with any white space.

    `last` ends the search when the rule matches: for lines whose words would also match a later, wrong rule.
    """

    pattern: str
    classes: tuple[str, ...]
    last: bool = False
    expression: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        unknown = set(self.classes) - CLASSES
        if unknown:
            raise ValueError(f"{min(unknown)!r} is not an action class of Open Civic Data")
        object.__setattr__(self, "expression", re.compile(self.pattern, re.IGNORECASE))


def rule(pattern: str, *classes: str, last: bool = False) -> Rule:
    """One row of a table; no classes means "a known step that is none of them". ValueError for an unknown class."""
    return Rule(pattern, classes, last)


def classify(description: str, rules: Sequence[Rule]) -> list[str]:
    """Return the classes of one action in the table's order, each once; an empty list when no rule knows it."""
    text = " ".join(description.split())
    found: dict[str, None] = {}
    for row in rules:
        if row.expression.search(text):
            found.update(dict.fromkeys(row.classes))
            if row.last:
                break
    return list(found)
