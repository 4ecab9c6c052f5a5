"""What typesetting puts inside phrases does not hide them, and the original words are what is quoted."""

import pytest

from config.topics import Topics
from store.matching import Matcher, TextField


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("use of license\n 14 plate readers by police", "license\n 14 plate readers"),
        ("use of license-plate readers", "license-plate readers"),
        ("use of license plate read-\n 7 ers by police", "license plate read-\n 7 ers"),
        ("use of li\u00adcense plate readers", "li\u00adcense plate readers"),
        ("use of license plate recog\u00ad\nnition", "license plate recog\u00ad\nnition"),
        ("use of license\u00a0plate\u2011readers", "license\u00a0plate\u2011readers"),
        ("use of license plate read\u200bers", "license plate read\u200bers"),
        ("use of L I C E N S E  P L A T E  R E A D E R S", "L I C E N S E  P L A T E  R E A D E R S"),
        ("use of license plate recog\ufffe\nnition", "license plate recog\ufffe\nnition"),
        ("use of LICENSE\tPLATE\r\nREADERS", "LICENSE\tPLATE\r\nREADERS"),
    ],
    ids=["number", "hyphen", "broken", "soft", "soft break", "no-break", "zero width", "spaced", "pdf", "tabs"],
)
def test_phrases_are_found_through_typesetting(look, text: str, quoted: str) -> None:
    (mention,) = look(text).mentions
    assert text[mention.start : mention.end] == quoted


def test_ligatures_are_read_as_their_letters(look) -> None:
    text = "The o\ufb03ce grants no extradition over gender-a\ufb03rming care, and \ufb01nes nobody."
    (mention,) = look(text).mentions
    assert text[mention.start : mention.end] == "gender-a\ufb03rming care"


def test_struck_text_is_marked_and_proves_nothing(look) -> None:
    text = "Police may use \ue000license plate readers\ue001 binoculars."
    match = look(text)
    (mention,) = match.mentions
    assert text[mention.start : mention.end] == "license plate readers"
    assert (mention.strength, mention.reason) == (
        "possible",
        "only in text that the source shows as struck through or repealed",
    )
    assert [topic.strength for topic in match.topics] == ["possible"]


def test_struck_words_do_not_part_a_phrase_that_stands(look) -> None:
    text = "Police may use license \ue000number \ue001plate readers."
    (mention,) = look(text).mentions
    assert mention.strength == "strong"


def test_struck_context_does_not_count(look) -> None:
    assert look("LPR \ue000cameras of the police\ue001 form.").topics == ()


def test_the_mark_stands_on_the_quoted_words(look) -> None:
    (mention,) = look("First line.\n  Use of   license\n plate   readers today. Last line.").mentions
    assert mention.snippet == "Use of license plate readers today."
    assert mention.snippet[slice(*mention.mark)] == "license plate readers"


def test_a_repeated_vendor_in_one_field_and_another_are_both_told(matcher: Matcher, topics: Topics) -> None:
    fields = [TextField("title", "Flock Safety"), TextField("summary", "Flock Safety"), TextField("text", "")]
    assert [mention.field for mention in matcher.match(fields).mentions] == ["title", "summary"]
