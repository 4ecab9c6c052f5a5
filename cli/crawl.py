"""`watchbill crawl`: crawl sources and say what each brought."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.common import clock_of, context_of, note, put_json, put_table
from config.errors import ConfigError
from config.sources import Source, Sources


def register(app: typer.Typer) -> None:
    app.command("crawl")(crawl)


def crawl(
    context: typer.Context,
    slugs: Annotated[list[str] | None, typer.Argument(help="Slugs of sources", metavar="SLUG")] = None,
    state: Annotated[list[str] | None, typer.Option("--state", help="All sources of a state, like MA")] = None,
    all_sources: Annotated[bool, typer.Option("--all", help="Every source that is not paused")] = False,
    replay: Annotated[
        Path | None, typer.Option("--replay", help="Answer from a capture folder or WARC; no network")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per source")] = False,
    now: Annotated[str | None, typer.Option("--now", help="The clock, ISO with offset")] = None,
) -> None:
    """Crawl sources; exit 1 if any did not end well. A failed crawl changes no record."""
    from crawler.run import crawl_source

    surroundings = context_of(context)
    chosen = choose(surroundings.sources, slugs or [], state or [], all_sources)
    world = surroundings.world(clock_of(now))
    reports = []
    for number, source in enumerate(chosen, start=1):
        note(f"[{number}/{len(chosen)}] {source.slug}")
        folder = capture_of(replay, source.slug)
        report = crawl_source(source, world, replay=folder, progress=lambda line: note(f"    {line}"))
        reports.append(report)
        if as_json:
            put_json(report.as_dict())
            sys.stdout.flush()
    if not as_json:
        put_table(
            ("source", "outcome", "reason", "requests", "new", "changed", "same", "mentions", "changes", "seconds"),
            (
                (
                    report.slug,
                    report.outcome,
                    report.message or report.reason,
                    report.requests,
                    report.records["insert"],
                    report.records["update"],
                    report.records["noop"],
                    report.mentions,
                    "baseline" if report.baseline else ", ".join(f"{n} {k}" for k, n in sorted(report.changes.items())),
                    report.seconds,
                )
                for report in reports
            ),
        )
        for report in reports:
            for problem in report.problems[:5]:
                print(f"{report.slug}: {problem}", file=sys.stderr)
    if not all(report.good for report in reports):
        raise typer.Exit(1)


def choose(sources: Sources, slugs: list[str], states: list[str], everything: bool) -> list[Source]:
    """The rows that were asked for, each once; paused ones only by name. ConfigError if that is none."""
    chosen = [sources.get(slug) for slug in slugs]
    for state in states:
        rows = sources.of_state(state)
        if not rows:
            raise ConfigError(f"there is no source in {state!r}", field="--state", remedy="`watchbill sources list`")
        chosen += [row for row in rows if row.status != "paused"]
    if everything:
        chosen += [row for row in sources.rows if row.status != "paused"]
    if not chosen:
        raise ConfigError("no source was named", remedy="Give slugs, --state MA or --all")
    return list({row.slug: row for row in chosen}.values())


def capture_of(replay: Path | None, slug: str) -> Path | None:
    """The capture of one source: a folder of several sources has one subfolder per slug."""
    if replay is not None and not (replay / "capture.toml").exists() and (replay / slug).is_dir():
        return replay / slug
    return replay
