"""How sure a find is, and that it says why."""

from config.topics import Topics
from store.matching import Matcher, TextField

PLATES, SHIELD = "license-plate-readers", "shield-laws"
FILLER = "The parks department reports on benches, paths and ponds. "


def test_plate_recognition_for_parking_alone_is_possible(strengths) -> None:
    assert strengths("License plate recognition for the parking garage permits.") == {PLATES: "possible"}
    assert strengths("Toll gates with license plate recognition.") == {PLATES: "possible"}


def test_police_sharing_or_a_vendor_beside_parking_makes_it_strong(strengths) -> None:
    assert strengths("License plate recognition in the parking garage, open to police.") == {PLATES: "strong"}
    assert strengths("Retention of data from license plate recognition in the parking garage.") == {PLATES: "strong"}
    assert strengths("License plate recognition by Flock Safety in the parking garage.") == {PLATES: "strong"}


def test_a_passing_mention_in_a_long_text_is_possible(look) -> None:
    text = FILLER * 80 + "Somebody at the fair asked about license plate readers. " + FILLER * 80
    (topic,) = look(text, "Notes of the month").topics
    assert (topic.topic, topic.strength) == (PLATES, "possible")
    assert "passing mention in a long text" in topic.reason


def test_an_operative_line_in_a_long_text_is_strong(look) -> None:
    text = FILLER * 80 + "Award of contract for license plate readers, $76,500. " + FILLER * 80
    (topic,) = look(text, "Notes of the month").topics
    assert topic.strength == "strong"
    assert "decides, spends or regulates" in topic.reason


def test_mentions_throughout_a_long_text_are_strong(look) -> None:
    line = "Somebody at the fair asked about license plate readers. "
    (topic,) = look((FILLER * 40 + line) * 3, "Notes of the month").topics
    assert topic.strength == "strong"
    assert "3 mentions" in topic.reason


def test_a_mention_in_the_title_is_strong_however_long_the_text_is(look) -> None:
    (topic,) = look(FILLER * 200, "An Act relating to license plate readers").topics
    assert (topic.strength, topic.reason) == ("strong", "names license plate readers (in the title)")


def test_every_mention_says_why_in_words(look) -> None:
    match = look("License plate readers of Flock Safety. A telehealth shield law for abortion providers.")
    assert {mention.topic for mention in match.mentions} == {PLATES, SHIELD}
    assert all(len(mention.reason.split()) > 2 for mention in match.mentions)


def test_an_explanation_names_the_rule_that_held(look) -> None:
    (mention,) = look("License plate recognition for the parking garage.").mentions
    assert mention.reason == "plate recognition, but only for parking, tolls or gates"
    assert mention.term == "license plate reader"


def test_a_mention_far_into_a_packet_keeps_its_page(matcher: Matcher) -> None:
    pages = [TextField("document", FILLER * 30, "https://town.example/packet.pdf", number) for number in range(1, 401)]
    line = "Renewal of the contract for license plate readers."
    pages[211] = TextField("document", FILLER * 10 + line, "https://town.example/packet.pdf", 212)
    (mention,) = matcher.match(pages).mentions
    assert (mention.page, mention.document_url) == (212, "https://town.example/packet.pdf")
    assert pages[211].text[mention.start : mention.end] == "license plate readers"


def test_the_version_changes_with_the_topics(topics: Topics, matcher: Matcher) -> None:
    assert Matcher(topics).version == matcher.version
    renamed = topics.topic[0].model_copy(update={"name": "Readers of plates"})
    changed = topics.model_copy(update={"topic": (renamed, *topics.topic[1:])})
    assert Matcher(changed).version != matcher.version
