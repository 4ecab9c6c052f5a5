"""A selector that finds another number than it must is an error, never a silent nothing."""

import pytest
from parsel import Selector
from scrapy.http import TextResponse

from crawler.errors import LayoutChanged, Truncated, WrongPage
from crawler.select import json_of, one, optional, own_text, some, text_of

PAGE = Selector(
    "<ul id=a><li>One <b>bold</b></li><li>Two\u00a0\u00a0words</li></ul><p>only<script>var x</script></p>", type="html"
)


def answer(body: bytes) -> TextResponse:
    return TextResponse("https://example.com/api", body=body, encoding="utf-8")


def test_one_wants_exactly_one():
    assert text_of(one(PAGE, "p")) == "only"
    for query in ("li", "table", "//table"):
        with pytest.raises(LayoutChanged, match="exactly one"):
            one(PAGE, query)


def test_some_wants_a_minimum():
    assert len(some(PAGE, "li", minimum=2)) == 2
    with pytest.raises(LayoutChanged, match="at least 3"):
        some(PAGE, "li", minimum=3)


def test_optional_may_be_absent_but_not_doubled():
    assert optional(PAGE, "table") is None
    with pytest.raises(LayoutChanged):
        optional(PAGE, "li")


def test_text_is_in_reading_order_with_white_space_folded():
    first, second = some(PAGE, "li")
    assert (text_of(first), own_text(first), text_of(second)) == ("One bold", "One", "Two words")
    assert text_of(None) == ""


@pytest.mark.parametrize(
    ("body", "error", "reason"),
    [
        (b"", WrongPage, "empty_body"),
        (b"  \n", WrongPage, "empty_body"),
        (b"<html>Just a moment</html>", WrongPage, "not_json"),
        (b'[{"a": 1}, {"b"', Truncated, "truncated"),
        (b'[{"a": 1}, {"b": "cut in the mid', Truncated, "truncated"),
        (b'{"a": nope}', LayoutChanged, "layout_changed"),
        (b'{"a": "\xff\xfe"}', LayoutChanged, "layout_changed"),
    ],
)
def test_what_is_not_json_is_named(body, error, reason):
    with pytest.raises(error) as raised:
        json_of(answer(body))
    assert raised.value.reason == reason
