"""Which of a record's sentences is quoted: the one that says what it does, not the title over again."""

import re
from collections.abc import Sequence

from notifier.archive import Filter
from notifier.plain import one_line
from store.views import MentionView, RecordView

HEADINGS = ("title", "subject", "summary")
LONG_TITLE = 5
"""From how many words on a title found in a sentence is a repetition, and not merely the subject's name."""
WORDS = re.compile(r"[^\W_]+")
OPERATIVE = re.compile(
    r"\b(shall|must|may|ordered|resolved|authoriz\w+|prohibit\w*|unlawful|appropriat\w+|not to exceed)\b", re.IGNORECASE
)
DEFINING = re.compile(r"\b(means|shall mean|following meanings?|is defined as)\b", re.IGNORECASE)


def best_mention(record: RecordView, wanted: Sequence[Filter]) -> MentionView | None:
    """Return the mention that tells most: of a wanted topic, strong, and what the text orders rather than its name."""
    topics = {topic for filter_ in wanted for topic in filter_.topics}
    title = plain_words(record.title)
    ranked = sorted(
        enumerate(record.mentions),
        key=lambda pair: (
            bool(topics) and pair[1].topic not in topics,
            pair[1].strength != "strong",
            pair[1].field == "title" or repeats(pair[1].snippet, title),
            pair[1].field in HEADINGS,
            not is_operative(pair[1].snippet),
            pair[0],
        ),
    )
    return ranked[0][1] if ranked else None


def repeats(snippet: str, title: str) -> bool:
    """Return whether a sentence holds a whole long title, or is itself a part of the title."""
    sentence = plain_words(snippet)
    return f" {sentence} " in f" {title} " or (title.count(" ") >= LONG_TITLE - 1 and f" {title} " in f" {sentence} ")


def is_operative(snippet: str) -> bool:
    """Return whether a sentence orders, forbids or pays something; a definition does not."""
    text = one_line(snippet, 4000)
    return bool(OPERATIVE.search(text)) and not DEFINING.search(text)


def plain_words(text: str) -> str:
    """Return the words of a text alone, small, for comparing."""
    return " ".join(WORDS.findall(one_line(text, 4000).lower()))


def found_in(mention: MentionView) -> str:
    """Return where a sentence stands: "in its title", "in the packet, page 143"."""
    field = one_line(mention.field, 40).replace("_", " ")
    return f"in the {field}" + (f", page {mention.page}" if mention.page else "")
