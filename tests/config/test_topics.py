"""topics.toml is checked whole when it is loaded, and what is wrong is named by file, row and field."""

from pathlib import Path

import pytest

from config.errors import ConfigError
from config.phrases import Choice, Gap, Word, parse_phrase
from config.topics import load_topics

GOOD = """
[group]
care = ["health care", "healthcare"]

[[signal]]
name = "police"
phrases = ["police", "sheriffs?"]

[[topic]]
slug = "demonstration"
name = "Demonstration data"
passing = { text_words = 100, mentions = 2, operative = ["police"], words = 10 }

[[topic.term]]
name = "beekeeping"
phrases = ["bee ...2 keepers?", "{care} [for] bees"]

  [[topic.term.rule]]
  strength = "strong"
  reason = "names beekeeping"
  near = ["police"]

[[aspect]]
name = "ban"
phrases = ["bans?"]

[[vendor]]
name = "Hive Works"
phrases = ["hive works"]
"""


def load(folder: Path, text: str):
    (folder / "topics.toml").write_text(text)
    return load_topics(folder)


def test_the_topics_that_ship_load_and_have_both_slugs() -> None:
    topics = load_topics(Path(__file__).parents[2] / "config")
    assert {topic.slug for topic in topics.topic} == {"license-plate-readers", "shield-laws"}


def test_a_right_file_loads(tmp_path: Path) -> None:
    topics = load(tmp_path, GOOD)
    assert topics.topic[0].term[0].rule[0].near == ("police",)
    assert topics.vendor[0].case == "capital"


@pytest.mark.parametrize(
    ("old", "new", "row", "field", "message"),
    [
        ('strength = "strong"', 'strength = "sure"', "topic demonstration / term beekeeping / rule 1", "strength", "Input should be"),
        ('reason = "names', 'raeson = "names', "topic demonstration / term beekeeping / rule 1", None, ""),
        ('near = ["police"]', 'near = ["bees"]', "topic demonstration / term beekeeping / rule 1", "near", "no signal 'bees'"),
        ('operative = ["police"]', 'operative = ["shall"]', "topic demonstration", "passing.operative", "no signal 'shall'"),
        ('"bee ...2 keepers?"', '"bee ...2"', "topic demonstration / term beekeeping", "phrases", "gap at its edge"),
        ('"bee ...2 keepers?"', '"bee (a|b"', "topic demonstration / term beekeeping", "phrases", "lacks a ')'"),
        ('"bee ...2 keepers?"', '"{hives}"', "topic demonstration / term beekeeping", "phrases", "group 'hives'"),
        ('"health care", ', '"{care}", ', "group care", "group", "contains itself"),
        ('name = "ban"', 'name = "bann"', "aspect bann", "name", "Input should be"),
        ('phrases = ["hive works"]', "phrases = []", "vendor Hive Works", "phrases", "at least 1"),
        ('slug = "demonstration"', "", "topic Demonstration data", "slug", "is missing"),
        ('slug = "demonstration"', 'slug = "Demo Data"', "topic Demo Data", "slug", "should match pattern"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, row: str, field: str | None, message: str) -> None:
    assert old in GOOD
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, GOOD.replace(old, new))
    assert (caught.value.file, caught.value.row) == ("topics.toml", row)
    if field:
        assert caught.value.field == field
    assert message in str(caught.value)
    assert caught.value.remedy


def test_an_unknown_field_is_a_spelling_mistake(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"field nere: is not a field of this table\. Remove it, or mend its spelling"
    ):
        load(tmp_path, GOOD.replace("near =", "nere ="))


def test_an_unknown_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="field topcis: is not a table of this file"):
        load(tmp_path, GOOD + '\n[[topcis]]\nname = "x"\n')


def test_a_signal_that_is_there_twice_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="row signal police: is there twice"):
        load(tmp_path, GOOD + '\n[[signal]]\nname = "police"\nphrases = ["x"]\n')


def test_two_topics_of_one_slug_are_refused(tmp_path: Path) -> None:
    again = GOOD[GOOD.index("[[topic]]") : GOOD.index("[[aspect]]")]
    with pytest.raises(ConfigError, match="the same slug"):
        load(tmp_path, GOOD + again)


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"there is no such file\. Give --config"):
        load_topics(tmp_path)


def test_a_phrase_is_words_gaps_and_choices() -> None:
    phrase = parse_phrase("Gender-affirming [health] ...2 (care|service's)", {})
    assert [type(item) for item in phrase.items] == [Word, Word, Choice, Gap, Choice]
    assert phrase.items[0] == Word("gender")
    assert [option.items for option in phrase.items[4].options] == [(Word("care"),), (Word("services"),)]


@pytest.mark.parametrize(
    ("phrase", "message"),
    [
        ("[a|b] [c]", "may be nothing at all"),
        ("", "may be nothing at all"),
        ("a) b", "closes a bracket that it did not open"),
        ("(a|b]", "mixes its brackets"),
        ("a {b", "brace that is not"),
        ("a b!c", "not letters and digits"),
    ],
)
def test_a_wrong_phrase_says_why(phrase: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        parse_phrase(phrase, {})
