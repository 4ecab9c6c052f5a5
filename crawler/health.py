"""Was that a good run? One verdict from what a crawl brought, failed at, and used to bring.

The rule behind all others: a page that could not be read is never "nothing new". Only `ok` and `empty`
are good; a run is `complete` if it may also say that something is gone.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Literal

from config.sources import Expect
from crawler.items import Scraped, ScrapedAgendaItem, ScrapedBill, ScrapedEvent, ScrapedSeen, ScrapedSkip
from crawler.spiders.base import ScrapedError

Outcome = Literal["ok", "empty", "suspect", "blocked", "broken", "interrupted"]
GOOD: tuple[Outcome, ...] = ("ok", "empty")

TOLERATED_SHARE = 0.2
"""Share of detail pages that may fail in an `ok` run; single pages of big sites fail every day."""

DROP_SHARE = 0.5
"""A run that lists fewer than this share of the median of its last good runs is suspect."""

HISTORY = 8

BLOCKED_REASONS = frozenset(
    {"challenge", "rejected", "login", "forbidden", "robots_unavailable", "robots_disallowed", "blocked"}
    | {"too_many_requests"}
)
BROKEN_REASONS = frozenset(
    {"fetch_failed", "timeout", "dns_failed", "connection_refused", "server_error", "not_captured", "not_requested"}
    | {"private_address", "scheme_refused", "address_refused", "too_large", "not_configured"}
)


@dataclass(frozen=True)
class Verdict:
    """The outcome of a run, its reason in a short name, and a sentence for people."""

    outcome: Outcome
    reason: str | None
    message: str | None = None
    complete: bool = False
    listed: int = 0
    problems: tuple[str, ...] = ()
    skips: dict[str, int] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        return self.outcome in GOOD


def judge(
    items: Sequence[Scraped],
    result: dict[str, Any] | None,
    expect: Expect,
    listed_before: Sequence[int] = (),
) -> Verdict:
    """Judge one run from its items, its plain facts (None if the child died) and earlier good runs' counts."""
    errors = [item for item in items if isinstance(item, ScrapedError)]
    skips = Counter(item.reason for item in items if isinstance(item, ScrapedSkip))
    keys = {(type(item).__name__[7:], item.key) for item in items if isinstance(item, KEYED)}
    keys |= {(KIND_NAMES[item.kind], item.key) for item in items if isinstance(item, ScrapedSeen)}
    listed = len(keys)
    problems = tuple(describe(error) for error in errors)
    common: dict[str, Any] = {"listed": listed, "problems": problems, "skips": dict(skips)}

    if result is None:
        return Verdict("interrupted", "process_died", "the crawl's process ended before it was done", **common)
    if result["finish_reason"] in ("shutdown", "closespider_timeout"):
        return Verdict("interrupted", result["finish_reason"], "the crawl was ended before it was done", **common)
    fatal = [error for error in errors if not error.tolerated]
    if fatal:
        first = fatal[0]
        return Verdict(outcome_of(first.reason), first.reason, first.message, **common)
    if result["spider_exceptions"]:
        return Verdict("broken", "spider_exception", "the spider raised an error that is not a page's", **common)
    pages = max(result["responses"], 1)
    failed = [error for error in errors if error.reason != "not_captured"]
    if len(failed) > max(2, TOLERATED_SHARE * pages):
        reason = Counter(error.reason for error in failed).most_common(1)[0][0]
        return Verdict("broken", reason, f"{len(failed)} of {pages} pages failed", **common)
    if listed == 0:
        return nothing_listed(skips, errors, expect, listed_before, common)
    if listed < expect.min_records:
        message = f"{listed} records, the row expects at least {expect.min_records}"
        return Verdict("suspect", "too_few", message, **common)
    if expect.max_records is not None and listed > expect.max_records:
        message = f"{listed} records, the row expects at most {expect.max_records}"
        return Verdict("suspect", "too_many", message, **common)
    recent = list(listed_before)[:HISTORY]
    if len(recent) >= 3 and listed < DROP_SHARE * median(recent):
        message = f"{listed} records, the last good runs had {median(recent):g}"
        return Verdict("suspect", "count_dropped", message, **common)
    complete = not errors and not result["truncated"] and not result["not_captured"]
    return Verdict("ok", result["truncated"], None, complete=complete, **common)


KEYED = (ScrapedBill, ScrapedEvent, ScrapedAgendaItem)
KIND_NAMES = {"bill": "Bill", "event": "Event", "agenda_item": "AgendaItem"}


def nothing_listed(
    skips: Counter[str],
    errors: Sequence[ScrapedError],
    expect: Expect,
    listed_before: Sequence[int],
    common: dict[str, Any],
) -> Verdict:
    """A run without records: truly empty only if the site said so, or the row allows it."""
    if errors:
        first = errors[0]
        return Verdict(outcome_of(first.reason), first.reason, first.message, **common)
    if expect.min_records > 0:
        message = f"nothing was found, the row expects at least {expect.min_records}"
        return Verdict("suspect", "unexpectedly_empty", message, **common)
    if skips["empty"] or expect.may_be_empty:
        return Verdict("empty", "empty", "the site says that there is nothing", complete=not listed_before, **common)
    return Verdict("suspect", "unexpectedly_empty", "no page listed anything, and none said it was empty", **common)


def outcome_of(reason: str) -> Outcome:
    """The outcome that one untolerated error gives the run."""
    if reason in BLOCKED_REASONS:
        return "blocked"
    if reason in BROKEN_REASONS:
        return "broken"
    return "suspect"


def describe(error: ScrapedError) -> str:
    """One line about an error: role, reason, message and address."""
    return f"{error.role or 'page'}: {error.reason}: {error.message} ({error.url})"
