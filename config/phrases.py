"""The small language in which topics.toml writes phrases: words, [optional], (this|that), {group}, ...3 for a gap."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from config.errors import ConfigError

TOKEN = re.compile(
    r"\s+|\{(?P<group>[a-z0-9_]+)\}|\.\.\.(?P<gap>\d)|(?P<mark>[\[\]()|])|(?P<word>[^\s{}\[\]()|]+(?:\([a-z|]+\)[a-z?*]*)*)"
)
WORD = re.compile(r"^[a-z0-9&$](?:[a-z0-9&$.]|(?<=[a-z)])\?|\([a-z]+(?:\|[a-z]+)*\))*\*?$")


@dataclass(frozen=True)
class Word:
    """One word; `?` makes the letter or bracket before it optional, `*` at the end lets the word go on."""

    text: str


@dataclass(frozen=True)
class Gap:
    """Up to `words` words of the same sentence."""

    words: int


@dataclass(frozen=True)
class Choice:
    """One of several phrases, which may also be absent when optional."""

    options: tuple["Phrase", ...]
    optional: bool


@dataclass(frozen=True)
class Phrase:
    """A sequence that must have at least one item which is not optional."""

    items: tuple[Word | Gap | Choice, ...]


def parse_phrases(phrases: Sequence[str], groups: Mapping[str, Sequence[str]]) -> tuple[Phrase, ...]:
    """Return the parsed phrases with their groups filled in; ConfigError says which phrase is wrong and why."""
    return tuple(parse_phrase(phrase, groups) for phrase in phrases)


def parse_phrase(text: str, groups: Mapping[str, Sequence[str]], inside: tuple[str, ...] = ()) -> Phrase:
    """Return one parsed phrase; `inside` are the groups being filled in, so that a circle is found."""
    tokens = [match for match in TOKEN.finditer(spoken(text)) if not match[0].isspace()]
    if sum(len(match[0]) for match in TOKEN.finditer(spoken(text))) != len(spoken(text)):
        raise ConfigError(f"the phrase {text!r} has a brace that is not a {{group}}")
    items, rest = _sequence(tokens, 0, text, groups, inside)
    if rest != len(tokens):
        raise ConfigError(f"the phrase {text!r} closes a bracket that it did not open")
    return _checked(Phrase(items), text)


def spoken(text: str) -> str:
    """Return the phrase as matching sees text: small letters, hyphens as spaces, no apostrophes."""
    plain = text.lower().replace("'", "").replace("’", "")
    return re.sub(r"[-‐-―]", " ", plain)


def _sequence(
    tokens: list[re.Match[str]], at: int, text: str, groups: Mapping[str, Sequence[str]], inside: tuple[str, ...]
) -> tuple[tuple[Word | Gap | Choice, ...], int]:
    items: list[Word | Gap | Choice] = []
    while at < len(tokens) and tokens[at]["mark"] not in ("|", "]", ")"):
        token = tokens[at]
        if token["mark"]:
            choice, at = _choice(tokens, at, text, groups, inside)
            items.append(choice)
            continue
        if token["group"]:
            items.append(_group(token["group"], text, groups, inside))
        elif token["gap"]:
            items.append(Gap(int(token["gap"])))
        else:
            if not WORD.match(token["word"]):
                raise ConfigError(
                    f"the phrase {text!r} has the word {token['word']!r}, which is not letters and digits"
                )
            items.append(Word(token["word"]))
        at += 1
    return tuple(items), at


def _choice(
    tokens: list[re.Match[str]], at: int, text: str, groups: Mapping[str, Sequence[str]], inside: tuple[str, ...]
) -> tuple[Choice, int]:
    optional = tokens[at]["mark"] == "["
    closing = "]" if optional else ")"
    options: list[Phrase] = []
    while True:
        items, at = _sequence(tokens, at + 1, text, groups, inside)
        options.append(_checked(Phrase(items), text))
        if at == len(tokens):
            raise ConfigError(f"the phrase {text!r} lacks a {closing!r}")
        if tokens[at]["mark"] != "|":
            break
    if tokens[at]["mark"] != closing:
        raise ConfigError(f"the phrase {text!r} mixes its brackets")
    return Choice(tuple(options), optional), at + 1


def _group(name: str, text: str, groups: Mapping[str, Sequence[str]], inside: tuple[str, ...]) -> Choice:
    if name not in groups:
        raise ConfigError(f"the phrase {text!r} names the group {name!r}, which does not exist")
    if name in inside:
        raise ConfigError(f"the group {name!r} contains itself")
    return Choice(tuple(parse_phrase(option, groups, (*inside, name)) for option in groups[name]), optional=False)


def _checked(phrase: Phrase, text: str) -> Phrase:
    kinds = [isinstance(item, Choice) and item.optional for item in phrase.items]
    if not phrase.items or all(kinds):
        raise ConfigError(f"the phrase {text!r} may be nothing at all")
    solid = [index for index, optional in enumerate(kinds) if not optional]
    for index, item in enumerate(phrase.items):
        if isinstance(item, Gap) and not solid[0] < index < solid[-1]:
            raise ConfigError(f"the phrase {text!r} has a gap at its edge")
    return phrase
