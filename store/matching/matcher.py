"""Reads a record's texts and says which topics it is about, how surely, where, and why."""

import hashlib
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from config.topics import Topics
from store.matching.aspects import AspectReader
from store.matching.engine import Scanner, Span, scanner
from store.matching.lexicon import Lexicon, ReadyRule, ReadyTerm
from store.matching.model import Match, Mention, TextField
from store.matching.normalise import STRUCK, STRUCK_FROM, Normal
from store.matching.page import Page
from store.matching.patterns import Expression
from store.matching.rules import STRUCK_REASON, TITLES, Record, topic_match, verdict
from store.matching.snippets import snippet

Found = tuple[Page, Span, Mention]


class Matcher:
    """Built once from the topics, used for every record; holds nothing of any of them."""

    def __init__(self, topics: Topics, make: Callable[[Sequence[Expression]], Scanner] = scanner) -> None:
        self._lexicon = Lexicon(topics, make)
        self._aspects = AspectReader(self._lexicon)
        self.version = version_of(topics)
        """Another whenever the topics or this package's code are: texts matched under another are matched again."""

    def match(self, fields: Sequence[TextField]) -> Match:
        """Return what the record's texts say about the topics; never raises, whatever the texts hold."""
        pages = [Page(field, Normal(field.text)) for field in fields]
        candidates = [(page, ends) for page in pages if (ends := self._lexicon.ends(page.text))]
        struck = [page for field in fields if STRUCK_FROM in field.text for page in self._struck(field)]
        if not candidates and not struck:
            return Match(aspects=self._aspects.empty())
        record = Record(self._lexicon, pages)
        found: list[Found] = []
        for page, ends in candidates:
            if page.source.field not in TITLES:
                page.scan(self._lexicon, page.around(ends))
            found += self._mentions(page, record)
        for page in struck:
            found += self._struck_mentions(page, record)
        topics = [topic_match(topic, found, record) for topic in self._lexicon.topics]
        return Match(
            topics=tuple(topic for topic in topics if topic),
            mentions=tuple(mention for _, _, mention in found),
            aspects=self._aspects.read([(page, span) for page, span, _ in found], record),
        )

    def _struck(self, field: TextField) -> list[Page]:
        page = Page(field, Normal(field.text, struck=True))
        ends = self._lexicon.ends(page.text)
        if not ends:
            return []
        page.scan(self._lexicon, page.around(ends))
        return [page]

    def _struck_mentions(self, page: Page, record: Record) -> list[Found]:
        """The mentions that stand wholly inside struck-through text; they are told, but prove nothing."""
        ranges = [match.span() for match in STRUCK.finditer(page.source.text)]
        return [
            (found, span, replace(mention, strength="possible", reason=STRUCK_REASON))
            for found, span, mention in self._mentions(page, record)
            if any(start <= mention.start and mention.end <= end for start, end in ranges)
        ]

    def _mentions(self, page: Page, record: Record) -> list[Found]:
        """The page's mentions in order; of two that overlap in a topic the stronger, then the longer one is kept."""
        judged: list[tuple[tuple[bool, int, int], Span, ReadyTerm, ReadyRule]] = []
        for term in self._lexicon.terms:
            for span in page.spans.get(term.signal, ()):
                rule = verdict(term, span, page, record)
                if rule and rule.strength != "ignore":
                    rank = (rule.strength != "strong", span[0] - span[1], span[0])
                    judged.append((rank, span, term, rule))
        judged.sort(key=lambda entry: (*entry[0], entry[2].topic, entry[2].name))
        taken: dict[str, list[Span]] = {}
        kept: list[Found] = []
        for _, span, term, rule in judged:
            others = taken.setdefault(term.topic, [])
            at = bisect_left(others, span)
            if (at and others[at - 1][1] > span[0]) or (at < len(others) and others[at][0] < span[1]):
                continue
            others.insert(at, span)
            kept.append((page, span, mention(term, rule, page, span)))
        return sorted(kept, key=lambda entry: (entry[1], entry[2].topic))


def mention(term: ReadyTerm, rule: ReadyRule, page: Page, span: Span) -> Mention:
    """Return what is told about one span: its words in their sentence, and why they count."""
    start, end = page.original(span)
    quoted, mark = snippet(page, span)
    return Mention(
        topic=term.topic,
        term=term.name,
        field=page.source.field,
        start=start,
        end=end,
        snippet=quoted,
        mark=mark,
        strength="strong" if rule.strength == "strong" else "possible",
        reason=rule.reason,
        document_url=page.source.document_url,
        page=page.source.page,
    )


def version_of(topics: Topics) -> str:
    """Return the hash of the topics and of the code that reads them."""
    digest = hashlib.blake2b(topics.model_dump_json().encode(), digest_size=8)
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
