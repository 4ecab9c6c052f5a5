"""Turns parsed phrases into the regular expressions that both engines understand alike."""

from collections.abc import Iterator
from dataclasses import dataclass

from config.phrases import Choice, Gap, Phrase, Word

# A margin number of a bill may stand between two words, and a broken-off hyphen may leave nothing between them.
BETWEEN = "[ 0-9]{0,5}"
AFTER_OPEN_WORD = " [ 0-9]{0,4}"


@dataclass(frozen=True)
class Expression:
    """A phrase as expressions: the whole, what it begins with, and a part of it that is rare.

    Gaps and optional endings make an automaton slow to build and large, so the pass over the text looks for what must
    stand before the first gap, or for the longest part between gaps; the whole is then tried where that was found.
    Without a gap the head proves the phrase.
    """

    whole: str
    head: str
    part: str
    gapped: bool


def expressions(phrase: Phrase) -> Iterator[Expression]:
    """Yield the expressions of one phrase; a phrase that is nothing but a choice is one for each of its options."""
    only = phrase.items[0]
    if len(phrase.items) == 1 and isinstance(only, Choice):
        for option in only.options:
            yield from expressions(option)
    else:
        yield _expression(phrase)


def _expression(phrase: Phrase) -> Expression:
    parts = [_bounded(part) for part in _parts(phrase)]
    rare = max(parts, key=lambda part: (len(part), part))
    return Expression(whole=_bounded(phrase), head=parts[0], part=rare, gapped=_has_gap(phrase))


def _bounded(phrase: Phrase) -> str:
    return rf"\b{_sequence(phrase)}\b"


def _parts(phrase: Phrase) -> list[Phrase]:
    """The phrase cut at its gaps; a choice with gaps inside is cut short in each of its options."""
    parts: list[list[Word | Gap | Choice]] = [[]]
    for item in phrase.items:
        if isinstance(item, Gap):
            parts.append([])
        elif isinstance(item, Choice) and any(_has_gap(option) for option in item.options):
            parts[-1].append(Choice(tuple(_parts(option)[0] for option in item.options), item.optional))
            parts.append([])
        else:
            parts[-1].append(item)
    for part in parts:
        while part and _optional(part[-1]):
            part.pop()
    return [Phrase(tuple(part)) for part in parts if part]


def _has_gap(phrase: Phrase) -> bool:
    return any(
        isinstance(item, Gap) or (isinstance(item, Choice) and any(_has_gap(option) for option in item.options))
        for item in phrase.items
    )


def _sequence(phrase: Phrase) -> str:
    first = next(index for index, item in enumerate(phrase.items) if not _optional(item))
    parts = [f"(?:{_item(item)}{_between(item)})?" for item in phrase.items[:first]]
    parts.append(_item(phrase.items[first]))
    before: Word | Gap | Choice = phrase.items[first]
    for item in phrase.items[first + 1 :]:
        joined = _item(item) if isinstance(item, Gap) else _between(before) + _item(item)
        parts.append(f"(?:{joined})?" if _optional(item) else joined)
        before = item
    return "".join(parts)


def _item(item: Word | Gap | Choice) -> str:
    if isinstance(item, Word):
        text = item.text.replace(".", r"\.").replace("$", r"\$").replace("(", "(?:")
        return f"{text[:-1]}[a-z]*" if text.endswith("*") else text
    if isinstance(item, Gap):
        return f"(?: [^ .;]+){{0,{item.words}}}"
    # Longer options first: an expression takes the first that fits, and the longest quotation says most.
    options = sorted((_sequence(option) for option in item.options), key=lambda option: (-len(option), option))
    return f"(?:{'|'.join(dict.fromkeys(options))})"


def _optional(item: Word | Gap | Choice) -> bool:
    return isinstance(item, Choice) and item.optional


def _between(item: Word | Gap | Choice) -> str:
    return AFTER_OPEN_WORD if any(_open(last) for last in _last_words(item)) else BETWEEN


def _open(item: Word | Gap) -> bool:
    return isinstance(item, Gap) or item.text.endswith("*")


def _last_words(item: Word | Gap | Choice) -> Iterator[Word | Gap]:
    if not isinstance(item, Choice):
        yield item
        return
    for option in item.options:
        yield from _last_words(option.items[-1])
