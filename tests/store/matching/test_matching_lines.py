"""One JSON object a line, in and out, in order, one at a time."""

import json
from collections.abc import Iterator

from store.matching import Matcher
from store.matching.jsonl import match_lines


def test_lines_come_out_in_order_with_the_names_of_the_contract(matcher: Matcher) -> None:
    lines = [
        json.dumps({"id": 7, "title": "Flock Safety", "text": "Purchase for $900."}),
        json.dumps({"id": "b", "title": None, "text": "Benches"}),
    ]
    (first, good), (second, fine) = match_lines(lines, matcher)
    assert good
    assert fine
    found = json.loads(first)
    assert found["id"] == 7
    assert found["topics"] == [{"topic": "license-plate-readers", "strength": "strong"}]
    assert set(found["mentions"][0]) == {"topic", "term", "field", "start", "end", "snippet", "strength", "reason"}
    assert set(found["aspects"]) == {
        "purposes", "vendor", "amounts", "retention_days", "cameras", "term", "out_of_state", "federal", "immigration", "quotes",
    }  # fmt: skip
    assert json.loads(second) | {"aspects": {}} == {"id": "b", "topics": [], "mentions": [], "aspects": {}}


def test_a_bad_line_names_its_number_and_stops_nothing(matcher: Matcher) -> None:
    lines = ['{"id": 1}', "", "{", "[]", '{"title": "x"}', '{"id": 2, "text": 3}', '{"id": 3}']
    answers = list(match_lines(lines, matcher))
    assert [good for _, good in answers] == [True, False, False, False, False, True]
    errors = [json.loads(line) for line, good in answers if not good]
    assert [error["line"] for error in errors] == [3, 4, 5, 6]
    assert "is not JSON" in errors[0]["error"]
    assert errors[2]["error"] == "has no id"
    assert errors[3]["error"] == "text must be a string"


def test_no_line_is_read_before_the_one_before_it_is_answered(matcher: Matcher) -> None:
    read: list[int] = []

    def lines() -> Iterator[str]:
        for number in range(5):
            read.append(number)
            yield json.dumps({"id": number})

    answers = match_lines(lines(), matcher)
    next(answers)
    next(answers)
    assert read == [0, 1]


def test_other_scripts_are_not_escaped(matcher: Matcher) -> None:
    ((line, _),) = match_lines([json.dumps({"id": "é", "text": "Flock Safety für Köln"})], matcher)
    assert "Flock Safety für Köln" in line
