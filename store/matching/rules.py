"""Judges one mention by its rules and a record by its mentions; every verdict comes with its reason."""

from collections.abc import Sequence
from functools import cached_property

from store.matching.engine import Span
from store.matching.lexicon import AnyOf, Lexicon, ReadyRule, ReadyTerm, ReadyTopic
from store.matching.model import Mention, TopicMatch
from store.matching.page import Page

TITLES = frozenset({"title", "summary", "subject"})
STRUCK_REASON = "only in text that the source shows as struck through or repealed"


class Record:
    """All texts of one record; what rules ask of the whole of it is looked up once."""

    def __init__(self, lexicon: Lexicon, pages: Sequence[Page]) -> None:
        self._lexicon = lexicon
        self._pages = pages
        self.titles = [page for page in pages if page.source.field in TITLES]
        for page in self.titles:
            page.scan(lexicon, [(0, len(page.text))])

    def in_title(self, signals: AnyOf) -> bool:
        """Whether a title, summary or subject has one of the signals."""
        return any(signal in page.spans for page in self.titles for signal in signals)

    def anywhere(self, signals: AnyOf) -> bool:
        """Whether any text has one of the signals."""
        return not self._seen.isdisjoint(signals)

    @cached_property
    def words(self) -> int:
        """How many words all texts have."""
        return sum(page.text.count(b" ") + 1 for page in self._pages)

    @cached_property
    def _seen(self) -> set[int]:
        return {signal for page in self._pages for signal in self._lexicon.recorded(page.text)}


def verdict(term: ReadyTerm, span: Span, page: Page, record: Record) -> ReadyRule | None:
    """Return the first rule of the term that holds for this span; None where none does."""
    return next((rule for rule in term.rules if _holds(rule, span, page, record)), None)


def _holds(rule: ReadyRule, span: Span, page: Page, record: Record) -> bool:
    # The cheap questions come first: most rules are settled by the words beside the mention.
    return (
        (rule.in_title is None or rule.in_title == (page.source.field in TITLES))
        and all(page.near(span, entry, rule.words) for entry in rule.near)
        and not any(page.near(span, entry, rule.words) for entry in rule.not_near)
        and all(page.in_sentence(span, entry) for entry in rule.sentence)
        and not any(page.in_sentence(span, entry) for entry in rule.not_sentence)
        and all(record.in_title(entry) for entry in rule.title)
        and not any(record.in_title(entry) for entry in rule.not_title)
        and all(record.anywhere(entry) for entry in rule.record)
        and not any(record.anywhere(entry) for entry in rule.not_record)
    )


def topic_match(topic: ReadyTopic, found: Sequence[tuple[Page, Span, Mention]], record: Record) -> TopicMatch | None:
    """Return how surely the record is about the topic; None without a mention of it."""
    own = [entry for entry in found if entry[2].topic == topic.slug]
    if not own:
        return None
    strong = [entry for entry in own if entry[2].strength == "strong"]
    if not strong:
        return TopicMatch(topic.slug, "possible", own[0][2].reason)
    titled = next((mention for page, _, mention in strong if page.source.field in TITLES), None)
    if titled:
        return TopicMatch(topic.slug, "strong", f"{titled.reason} (in the {titled.field})")
    first = strong[0][2]
    if record.words <= topic.text_words:
        return TopicMatch(topic.slug, "strong", first.reason)
    if len(strong) >= topic.mentions:
        return TopicMatch(topic.slug, "strong", f"{first.reason}; {len(strong)} mentions")
    for page, span, mention in strong:
        if page.near(span, topic.operative, topic.words):
            return TopicMatch(topic.slug, "strong", f"{mention.reason}, in a line that decides, spends or regulates")
    return TopicMatch(topic.slug, "possible", f"a passing mention in a long text ({first.reason})")
