"""What was checked and what was not: the state of each source, and the last block of every digest."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.sources import Source
from store import models
from store.views import CoverageView, SourceView

GOOD = ("ok", "empty")
LATE = 1.5
"""How many cadences may lie between two looks at a source before it counts as not checked."""
NUMBERS = ("insert", "update", "noop")


def sources_view(session: Session, rows: Sequence[Source], *, now: datetime | None = None) -> list[SourceView]:
    """Return the state of each configured source, in the order of the rows, as it was at `now` if one is given."""
    runs, records = models.crawl_runs, models.records
    finished = runs.c.outcome != "running"
    if now is not None:
        finished &= runs.c.finished_at <= now
    numbered = select(
        runs.c.source,
        runs.c.outcome,
        runs.c.reason,
        runs.c.finished_at,
        runs.c.counts,
        func.row_number()
        .over(partition_by=runs.c.source, order_by=(runs.c.started_at.desc(), runs.c.id.desc()))
        .label("place"),
    ).where(finished)
    ranked = numbered.subquery()
    last = {row.source: row for row in session.execute(select(ranked).where(ranked.c.place == 1))}
    well = (
        select(runs.c.source, func.max(runs.c.finished_at).label("moment"))
        .where(finished, runs.c.outcome.in_(GOOD))
        .group_by(runs.c.source)
    )
    last_ok = {row.source: row.moment for row in session.execute(well)}
    newest = {
        row.source: row.moment
        for row in session.execute(
            select(records.c.source, func.max(records.c.first_seen_at).label("moment")).group_by(records.c.source)
        )
    }
    return [view_of(row, last.get(row.slug), last_ok.get(row.slug), newest.get(row.slug)) for row in rows]


def view_of(row: Source, run: Any, last_ok_at: datetime | None, newest: datetime | None) -> SourceView:
    """Put a config row and its last run together."""
    return SourceView(
        slug=row.slug,
        name=row.name,
        state=row.state,
        status=row.status,
        outcome=run.outcome if run else None,
        reason=row.reason if row.status == "paused" else (run.reason if run else None),
        last_run_at=run.finished_at if run else None,
        last_ok_at=last_ok_at,
        newest_record_at=newest,
        verified=row.verified,
        counts=numbers(run.counts) if run else {},
    )


def numbers(report: dict[str, Any]) -> dict[str, int]:
    """Return the plain numbers of a run's report."""
    records = report.get("records") or {}
    found = {f"records_{name}": records.get(name, 0) for name in NUMBERS}
    found |= {name: report.get(name, 0) for name in ("events", "documents", "mentions", "requests")}
    found["changes"] = sum((report.get("changes") or {}).values())
    return found


def coverage(session: Session, rows: Sequence[Source], since: datetime, now: datetime) -> CoverageView:
    """Sort the sources into checked, failing and never checked between two moments.

    Checked means that the last run ended well, in that time or so little before it that the next one is not overdue.
    A paused source is failing, with its reason: it is configured and nobody looks at it.
    """
    checked, failing, never = [], [], []
    for row, view in zip(rows, sources_view(session, rows, now=now), strict=True):
        if view.outcome is None:
            never.append(view)
        elif view.status == "paused" or view.outcome not in GOOD:
            failing.append(view)
        elif view.last_ok_at is None or view.last_ok_at < since - row.every * LATE:
            failing.append(replace(view, reason=view.reason or "not checked in this time"))
        else:
            checked.append(view)
    return CoverageView(tuple(checked), tuple(failing), tuple(never))
