"""`watchbill status` and `watchbill check`: does everything run that should, and do both databases hold together?"""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from cli.common import Context, clock_of, context_of, put_json, put_table
from config.sources import Source
from store.views import SourceView

LATE = 2
"""A source is late when its last good run is older than so many of its cadences."""


def register(app: typer.Typer) -> None:
    app.command("status")(status)
    app.command("check")(check)


def status(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json")] = False,
    now: Annotated[str | None, typer.Option("--now", help="The clock, ISO with offset")] = None,
) -> None:
    """Say what runs and what does not, failing first; exit 0 only when everything that should run does."""
    report = status_report(context_of(context), clock_of(now).now())
    if as_json:
        put_json(report)
    else:
        put_table(
            ("source", "state", "outcome", "reason", "last good run", "silent days"),
            (
                (row["slug"], row["state"], row["outcome"], row["reason"], row["last_ok_at"], row["silent_days"])
                for row in report["sources"]
            ),
        )
        queue = report["queue"]
        print(f"mail: {queue['queued']} queued, {queue['uncertain']} uncertain, {queue['failed']} failed")
        print("everything runs" if report["ok"] else "NOT everything runs")
    if not report["ok"]:
        raise typer.Exit(1)


def status_report(surroundings: Context, moment: datetime) -> dict[str, Any]:
    """The object of `status --json`."""
    from notifier.deliveries import list_deliveries
    from store.runs import sources_view

    rows = {row.slug: row for row in surroundings.sources.rows}
    with surroundings.archive(read_only=True) as db:
        views = sources_view(db, surroundings.sources.rows)
    with surroundings.private.sessions.begin() as session:
        states = [view.state for view in list_deliveries(session)]
    sources = [source_row(view, rows[view.slug], moment) for view in views]
    sources.sort(key=lambda row: (row["ok"], row["slug"]))
    queue = {
        "queued": sum(state in ("queued", "deferred", "claimed") for state in states),
        "uncertain": states.count("uncertain"),
        "failed": states.count("failed"),
    }
    running = [row for row in sources if rows[row["slug"]].status != "paused"]
    return {
        "ok": bool(running) and all(row["ok"] for row in running) and not queue["uncertain"] and not queue["failed"],
        "checked_at": moment.isoformat(),
        "sources": sources,
        "jobs": [],
        "queue": queue,
        "hold": False,
    }


def source_row(view: SourceView, row: Source, moment: datetime) -> dict[str, Any]:
    """One source of the report; `ok` only if its last run was good and not long ago."""
    late = view.last_ok_at is None or moment - view.last_ok_at > LATE * row.every + timedelta(hours=1)
    silent = (moment - view.newest_record_at).days if view.newest_record_at else None
    quiet = row.expect.silent_after_days is not None and (silent is None or silent > row.expect.silent_after_days)
    reason = view.reason or ("late" if late and view.outcome else "silent" if quiet and view.outcome else None)
    next_at = (view.last_run_at or datetime.min.replace(tzinfo=UTC)) + row.every if view.last_run_at else None
    return {
        "slug": view.slug,
        "state": view.state,
        "status": row.status,
        "ok": view.outcome in ("ok", "empty") and not late and not quiet,
        "outcome": view.outcome,
        "reason": reason,
        "last_ok_at": view.last_ok_at.isoformat() if view.last_ok_at else None,
        "newest_record_at": view.newest_record_at.isoformat() if view.newest_record_at else None,
        "silent_days": silent,
        "next_check_at": next_at.isoformat() if next_at else None,
        "counts": view.counts,
    }


def check(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Check the invariants of both databases; each thing wrong is a line, and exit is 1."""
    from notifier.check import check_private
    from store.check import check_archive

    surroundings = context_of(context)
    with surroundings.archive(read_only=True) as db:
        wrong = check_archive(db)
    private = surroundings.private
    with private.sessions.begin() as session:
        wrong += check_private(session, private.vault)
    if as_json:
        put_json({"ok": not wrong, "wrong": wrong})
    else:
        for line in wrong:
            print(line)
        print(f"{len(wrong)} things are wrong" if wrong else "both databases hold together")
    if wrong:
        raise typer.Exit(1)
