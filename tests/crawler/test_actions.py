import pytest

from crawler.actions import classify, rule

RULES = (
    rule(r"^hearing\b", last=True),
    rule(r"referred to", "referral-committee"),
    rule(r"read second", "reading-2"),
    rule(r"second reading", "reading-2", "passage"),
)


def test_a_line_of_several_steps_has_all_their_classes_in_the_tables_order() -> None:
    assert classify("Read  SECOND and\nreferred to Rules", RULES) == ["referral-committee", "reading-2"]


def test_a_class_that_two_rules_name_is_kept_once() -> None:
    assert classify("read second at its second reading", RULES) == ["reading-2", "passage"]


def test_a_last_rule_keeps_the_words_after_it_from_being_misread() -> None:
    assert classify("Hearing on a matter referred to Rules", RULES) == []


def test_an_unknown_line_has_no_class() -> None:
    assert classify("Placed in the orders of the day", RULES) == []


def test_a_misspelt_class_is_refused_where_it_is_written() -> None:
    with pytest.raises(ValueError, match="reading-4"):
        rule("read", "reading-4")
