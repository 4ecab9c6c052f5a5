"""topics.toml made ready to run: every phrase an expression, every name in a rule a number."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from config.phrases import parse_phrases
from config.topics import Case, Rule, Term, Topic, Topics
from store.matching.engine import Scanner
from store.matching.patterns import Expression, expressions

AnyOf = tuple[int, ...]


@dataclass(frozen=True)
class ReadyRule:
    """A rule whose signals are numbers; each entry holds when any of its signals is there."""

    strength: str
    reason: str
    words: int
    near: tuple[AnyOf, ...]
    not_near: tuple[AnyOf, ...]
    sentence: tuple[AnyOf, ...]
    not_sentence: tuple[AnyOf, ...]
    record: tuple[AnyOf, ...]
    not_record: tuple[AnyOf, ...]
    title: tuple[AnyOf, ...]
    not_title: tuple[AnyOf, ...]
    in_title: bool | None


@dataclass(frozen=True)
class ReadyTerm:
    """A term of a topic: the number of its own signal, and its rules in order."""

    topic: str
    name: str
    signal: int
    rules: tuple[ReadyRule, ...]


@dataclass(frozen=True)
class ReadyTopic:
    """When a mention of the topic is only passing."""

    slug: str
    text_words: int
    mentions: int
    operative: AnyOf
    words: int


@dataclass(frozen=True)
class Entry:
    """What one signal stands for: a context signal, a term, an aspect or a vendor."""

    case: Case
    unless_inside: AnyOf


class Lexicon:
    """All signals with their expressions, in an order that does not depend on the order in the file."""

    def __init__(self, topics: Topics, make: Callable[[Sequence[Expression]], Scanner]) -> None:
        self.entries: list[Entry] = []
        self._owners: dict[Expression, list[int]] = {}
        self._topics = topics
        names: dict[str, int] = {}
        for signal in sorted(topics.signal, key=lambda signal: signal.name):
            names[signal.name] = len(names)
        for signal in sorted(topics.signal, key=lambda signal: signal.name):
            self._add(signal.phrases, signal.case, _numbers(signal.unless_inside, names))
        self.terms = [
            self._term(topic, term, names)
            for topic in sorted(topics.topic, key=lambda topic: topic.slug)
            for term in sorted(topic.term, key=lambda term: term.name)
        ]
        self.topics = [_topic(topic, names) for topic in sorted(topics.topic, key=lambda topic: topic.slug)]
        self.aspects = {
            self._add(aspect.phrases, "any", _numbers(aspect.unless_inside, names)): aspect.name
            for aspect in sorted(topics.aspect, key=lambda aspect: aspect.name)
        }
        self.vendors = {
            self._add(vendor.phrases, vendor.case, ()): vendor.name
            for vendor in sorted(topics.vendor, key=lambda vendor: vendor.name)
        }
        self._all = list(self._owners)
        self._all_scanner = make(self._all)
        self._candidates = make(self._of({term.signal for term in self.terms}))
        self._asked = {number for term in self.terms for rule in term.rules for number in _recorded(rule)}
        self._recorded = self._of(self._asked)
        self._record_scanner = make(self._recorded)

    def ends(self, text: bytes) -> list[int]:
        """Where in a normalised text the phrases of terms end."""
        return self._candidates.ends(text)

    def spans(self, text: bytes, start: int, end: int) -> dict[int, list[tuple[int, int]]]:
        """All spans of all signals between two offsets, by signal."""
        found: dict[int, list[tuple[int, int]]] = {}
        for number, spans in self._all_scanner.spans(text, start, end).items():
            for signal in self._owners[self._all[number]]:
                found.setdefault(signal, []).extend(spans)
        return found

    def recorded(self, text: bytes) -> set[int]:
        """Which of the signals that rules look for in the whole record occur in a normalised text."""
        numbers = self._record_scanner.found(text) if self._recorded else set()
        return {signal for number in numbers for signal in self._owners[self._recorded[number]]} & self._asked

    def _of(self, signals: set[int]) -> list[Expression]:
        return [one for one, owners in self._owners.items() if not signals.isdisjoint(owners)]

    def _add(self, phrases: Sequence[str], case: Case, unless_inside: AnyOf) -> int:
        number = len(self.entries)
        self.entries.append(Entry(case, unless_inside))
        parsed = parse_phrases(phrases, self._topics.group)
        for one in sorted({one for phrase in parsed for one in expressions(phrase)}, key=lambda one: one.whole):
            self._owners.setdefault(one, []).append(number)
        return number

    def _term(self, topic: Topic, term: Term, names: dict[str, int]) -> ReadyTerm:
        signal = self._add(term.phrases, term.case, _numbers(term.unless_inside, names))
        return ReadyTerm(topic.slug, term.name, signal, tuple(_rule(rule, names) for rule in term.rule))


def _rule(rule: Rule, names: dict[str, int]) -> ReadyRule:
    return ReadyRule(
        strength=rule.strength,
        reason=rule.reason,
        words=rule.words,
        near=_entries(rule.near, names),
        not_near=_entries(rule.not_near, names),
        sentence=_entries(rule.sentence, names),
        not_sentence=_entries(rule.not_sentence, names),
        record=_entries(rule.record, names),
        not_record=_entries(rule.not_record, names),
        title=_entries(rule.title, names),
        not_title=_entries(rule.not_title, names),
        in_title=rule.in_title,
    )


def _topic(topic: Topic, names: dict[str, int]) -> ReadyTopic:
    passing = topic.passing
    operative = _numbers(passing.operative, names)
    return ReadyTopic(topic.slug, passing.text_words, passing.mentions, operative, passing.words)


def _recorded(rule: ReadyRule) -> set[int]:
    return {number for entry in (*rule.record, *rule.not_record) for number in entry}


def _entries(entries: Sequence[str], names: dict[str, int]) -> tuple[AnyOf, ...]:
    return tuple(_numbers(entry.split("|"), names) for entry in entries)


def _numbers(wanted: Sequence[str], names: dict[str, int]) -> AnyOf:
    return tuple(names[name] for name in wanted)
