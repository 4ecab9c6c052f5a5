"""`watchbill sources`: list, check and lint the source rows."""

from pathlib import Path
from typing import Annotated

import typer

from cli.common import context_of, note, put_json, put_table
from config.clock import SystemClock

app = typer.Typer(no_args_is_help=True, help="The places that are watched.")


@app.command("list")
def list_sources(
    context: typer.Context,
    state: Annotated[str | None, typer.Option("--state", help="Only that state")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a row")] = False,
) -> None:
    """Print every row; what was never verified is shown as such."""
    sources = context_of(context).sources
    rows = sources.of_state(state) if state else sources.rows
    if as_json:
        for row in rows:
            put_json({**row.model_dump(mode="json"), "state": row.state})
        return
    put_table(
        ("slug", "platform", "name", "cadence", "status", "verified"),
        ((row.slug, row.platform, row.name, row.cadence, row.status, row.verified) for row in rows),
    )


@app.command("lint")
def lint(context: typer.Context) -> None:
    """Load every row and its options; the first thing wrong is named with file, row, field and remedy."""
    sources = context_of(context).sources
    print(f"{len(sources.rows)} sources and {len(sources.sessions)} sessions, all well-formed")


@app.command("check")
def check(
    context: typer.Context,
    slug: Annotated[str, typer.Argument()],
    replay: Annotated[Path | None, typer.Option("--replay", help="Answer from a capture; no network")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Crawl one source into a scratch archive and show what came; nothing is written to the real one."""
    from cli.check_source import dry_run
    from cli.crawl import capture_of

    surroundings = context_of(context)
    source = surroundings.sources.get(slug)
    report, records = dry_run(source, surroundings, SystemClock(), capture_of(replay, slug), note)
    if as_json:
        put_json({**report.as_dict(), "found": records})
    else:
        put_table(
            ("kind", "identifier", "title", "event", "topics"),
            (
                (
                    record["kind"],
                    record["identifier"],
                    record["title"],
                    (record["event"] or {}).get("starts_at"),
                    ", ".join(f"{topic['topic']} ({topic['strength']})" for topic in record["topics"]),
                )
                for record in records
            ),
        )
        print(f"{report.outcome}: {report.message or report.reason or 'healthy'}; {report.requests} requests")
        for problem in report.problems:
            print(f"  {problem}")
    if not report.good:
        raise typer.Exit(1)
