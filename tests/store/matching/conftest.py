"""A matcher with the topics that ship, built once: compiling its phrases takes longer than any test."""

from collections.abc import Callable
from pathlib import Path

import pytest

from config.topics import Topics, load_topics
from store.matching import Match, Matcher, TextField

Look = Callable[..., Match]


@pytest.fixture(scope="session")
def topics() -> Topics:
    return load_topics(Path(__file__).parents[3] / "config")


@pytest.fixture(scope="session")
def matcher(topics: Topics) -> Matcher:
    return Matcher(topics)


@pytest.fixture(scope="session")
def look(matcher: Matcher) -> Look:
    """Match one text, which may have a title."""

    def match(text: str, title: str = "") -> Match:
        return matcher.match([TextField(name, words) for name, words in (("title", title), ("text", text)) if words])

    return match


@pytest.fixture(scope="session")
def strengths(look: Look) -> Callable[..., dict[str, str]]:
    """The topics of one text with their strengths."""

    def found(text: str, title: str = "") -> dict[str, str]:
        return {topic.topic: topic.strength for topic in look(text, title).topics}

    return found
