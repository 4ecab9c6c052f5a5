"""The verdict on a run: a page that could not be read is never "nothing new"."""

import pytest

from config.sources import Expect
from crawler.health import judge
from crawler.items import ScrapedEvent, ScrapedSeen, ScrapedSkip
from crawler.spiders.base import ScrapedError

RESULT = {
    "finish_reason": "finished", "responses": 10, "requests": 10, "not_captured": 0, "truncated": None,
    "spider_exceptions": 0,
}  # fmt: skip


def events(number: int) -> list[ScrapedEvent]:
    return [ScrapedEvent(key=f"event:{n}", name="Council") for n in range(number)]


def error(reason: str, *, tolerated: bool = False) -> ScrapedError:
    return ScrapedError(
        reason=reason, message="it failed", url="https://example.gov/x", role="list", tolerated=tolerated
    )


def test_a_healthy_run_is_ok_and_complete():
    verdict = judge(events(5), RESULT, Expect(min_records=1))
    assert (verdict.outcome, verdict.complete, verdict.listed) == ("ok", True, 5)


def test_unchanged_rows_count_as_listed():
    verdict = judge(
        [*events(2), ScrapedSeen(kind="event", key="event:1"), ScrapedSeen(kind="bill", key="b")], RESULT, Expect()
    )
    assert verdict.listed == 3


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        ("challenge", "blocked"), ("login", "blocked"), ("robots_unavailable", "blocked"), ("too_many_requests", "blocked"),
        ("maintenance", "suspect"), ("soft_404", "suspect"), ("layout_changed", "suspect"), ("truncated", "suspect"),
        ("parked", "suspect"), ("not_json", "suspect"), ("needs_javascript", "suspect"),
        ("timeout", "broken"), ("server_error", "broken"), ("dns_failed", "broken"),
    ],
)  # fmt: skip
def test_a_list_that_fails_fails_the_run_whatever_else_came(reason, outcome):
    verdict = judge([*events(5), error(reason)], RESULT, Expect())
    assert (verdict.outcome, verdict.reason, verdict.complete) == (outcome, reason, False)


def test_one_failed_detail_page_is_tolerated_but_the_run_may_not_call_anything_gone():
    verdict = judge([*events(5), error("server_error", tolerated=True)], RESULT, Expect())
    assert (verdict.outcome, verdict.complete) == ("ok", False)
    assert "https://example.gov/x" in verdict.problems[0]


def test_many_failed_detail_pages_break_the_run():
    verdict = judge([*events(5), *[error("server_error", tolerated=True)] * 3], RESULT, Expect())
    assert (verdict.outcome, verdict.reason) == ("broken", "server_error")


def test_what_a_replay_did_not_capture_makes_the_run_incomplete_not_broken():
    items = [*events(5), *[error("not_captured", tolerated=True)] * 9]
    verdict = judge(items, {**RESULT, "not_captured": 9}, Expect())
    assert (verdict.outcome, verdict.complete) == ("ok", False)


def test_nothing_listed_without_the_sites_own_word_is_suspect():
    assert judge([], RESULT, Expect()).outcome == "suspect"
    assert judge([ScrapedSkip(reason="empty")], RESULT, Expect()).outcome == "empty"
    assert judge([ScrapedSkip(reason="empty")], RESULT, Expect(min_records=1)).outcome == "suspect"
    assert judge([], RESULT, Expect(may_be_empty=True)).outcome == "empty"


def test_a_fall_below_half_of_the_last_good_runs_is_suspect():
    assert judge(events(4), RESULT, Expect(), [10, 9, 11]).reason == "count_dropped"
    assert judge(events(5), RESULT, Expect(), [10, 9, 11]).outcome == "ok"
    assert judge(events(1), RESULT, Expect(), [10, 9]).outcome == "ok"


@pytest.mark.parametrize(("number", "reason"), [(2, "too_few"), (21, "too_many")])
def test_the_rows_bounds_are_kept(number, reason):
    verdict = judge(events(number), RESULT, Expect(min_records=3, max_records=20))
    assert (verdict.outcome, verdict.reason) == ("suspect", reason)


def test_a_child_that_died_is_interrupted():
    assert judge(events(5), None, Expect()).outcome == "interrupted"
    assert judge(events(5), {**RESULT, "finish_reason": "shutdown"}, Expect()).outcome == "interrupted"


def test_a_truncated_run_is_never_complete():
    verdict = judge(events(5), {**RESULT, "truncated": "request_budget"}, Expect())
    assert (verdict.outcome, verdict.reason, verdict.complete) == ("ok", "request_budget", False)
