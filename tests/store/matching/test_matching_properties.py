"""What holds for every text: it never raises, offsets point at the words, and how a phrase is set does not matter."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.topics import Topics
from store.matching import Match, Matcher, TextField
from store.matching.engine import PlainScanner

PHRASES = [
    "license plate readers", "LPR cameras of the police", "Flock Safety", "flock of hens", "lawful permanent resident LPR",
    "legally protected health care activity", "gender-affirming care", "abortion", "extradition", "another state",
    "shall not", "subpoena", "shield law", "reporters", "parking", "police", "contract", "$1,250.50", "30 days", "deleted",
    "twelve (12) cameras", "H.B. 12", "U.S. Department of Homeland Security", "mifepristone label", "prescriber's name",
]  # fmt: skip
NOISE = st.text(alphabet=st.characters(codec=None), max_size=12)
JOINTS = st.sampled_from(
    [" ", "  ", "\n", "\r\n 7 ", "-", "-\n", "\u00ad", "\u00a0", ". ", "\ue000", "\ue001", "\ufb01", "\x02\n", ""]
)
TEXTS = st.lists(st.one_of(st.sampled_from(PHRASES), NOISE, JOINTS), max_size=30).map("".join)
BLANKS = st.sampled_from([" ", "  ", "\n", "\t", " \r\n  ", "\u00a0", "-", "\u2011"])
QUIET = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


def read(matcher: Matcher, text: str, title: str = "") -> Match:
    return matcher.match([TextField("title", title), TextField("text", text)])


@QUIET
@given(TEXTS, TEXTS)
def test_no_text_makes_matching_raise_and_offsets_stay_inside(matcher: Matcher, text: str, title: str) -> None:
    match = read(matcher, text, title)
    for mention in match.mentions:
        whole = {"title": title, "text": text}[mention.field]
        assert 0 <= mention.start < mention.end <= len(whole)
        first, last = mention.mark
        assert 0 <= first < last <= len(mention.snippet)
        assert mention.strength in ("strong", "possible")
        assert mention.reason
    assert {topic.topic for topic in match.topics} == {mention.topic for mention in match.mentions}


@QUIET
@given(
    st.text(max_size=200),
    st.sampled_from(["license plate readers", "ALPRs", "Flock Safety cameras"]),
    st.text(max_size=200),
)
def test_offsets_point_at_the_quoted_words(matcher: Matcher, before: str, phrase: str, after: str) -> None:
    text = f"{before} . {phrase} . {after}"
    quoted = {text[mention.start : mention.end] for mention in read(matcher, text).mentions}
    if "\ue000" not in before:
        assert phrase in quoted


@QUIET
@given(st.data(), st.sampled_from(["automated license plate reader", "legally protected health care activity"]))
def test_white_space_case_and_hyphens_do_not_matter(matcher: Matcher, data: st.DataObject, phrase: str) -> None:
    words = phrase.split()
    varied = words[0]
    for word in words[1:]:
        varied += data.draw(BLANKS) + word
    varied = data.draw(st.sampled_from([str.lower, str.upper, str.title, str]))(varied)
    text = f"See: {varied}."
    (plain,) = read(matcher, f"See: {phrase}.").mentions
    (mention,) = read(matcher, text).mentions
    assert (mention.topic, mention.term, mention.strength) == (plain.topic, plain.term, plain.strength)
    assert text[mention.start : mention.end] == varied


HALVES = [(word[:at], word[at:]) for word in ("readers", "recognition") for at in range(1, len(word))]
BREAKS = ["-\n", "-\r\n  ", "-\n 12 ", "\u00ad", "\u00ad\n", "\u200b", "\x02\n"]


@QUIET
@given(st.sampled_from(HALVES), st.sampled_from(BREAKS))
def test_a_word_broken_anywhere_matches_alike(matcher: Matcher, halves: tuple[str, str], between: str) -> None:
    text = f"A license plate {between.join(halves)} rule."
    (mention,) = read(matcher, text).mentions
    assert text[mention.start : mention.end] == f"license plate {between.join(halves)}"
    assert mention.strength == "strong"


def shuffled(topics: Topics, seed: int) -> Topics:
    """The same topics in another order of topics, terms, phrases, signals, aspects and vendors."""
    dice = random.Random(seed)

    def mixed(entries):
        return tuple(dice.sample(entries, len(entries)))

    def phrased(entries):
        return mixed([entry.model_copy(update={"phrases": mixed(entry.phrases)}) for entry in entries])

    return topics.model_copy(
        update={
            "topic": mixed([topic.model_copy(update={"term": phrased(topic.term)}) for topic in topics.topic]),
            "signal": phrased(topics.signal),
            "aspect": phrased(topics.aspect),
            "vendor": phrased(topics.vendor),
        }
    )


@pytest.fixture(scope="module")
def mixed_up(topics: Topics) -> Matcher:
    return Matcher(shuffled(topics, 7))


@QUIET
@given(TEXTS)
def test_the_order_of_terms_in_the_file_does_not_matter(matcher: Matcher, mixed_up: Matcher, text: str) -> None:
    assert read(matcher, text) == read(mixed_up, text)


@pytest.fixture(scope="module")
def plain(topics: Topics) -> Matcher:
    return Matcher(topics, PlainScanner)


@settings(QUIET, max_examples=40)
@given(TEXTS, TEXTS)
def test_the_fallback_finds_the_same(matcher: Matcher, plain: Matcher, text: str, title: str) -> None:
    pytest.importorskip("hyperscan")
    assert read(matcher, text, title) == read(plain, text, title)


def test_without_hyperscan_the_fallback_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from store.matching.engine import scanner

    monkeypatch.setitem(sys.modules, "hyperscan", None)
    assert isinstance(scanner([]), PlainScanner)
