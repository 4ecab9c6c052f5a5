"""`watchbill search`, `show` and `export`: the archive from the command line."""

import csv
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.common import context_of, moment_of, put_json, put_table
from config.clock import SystemClock
from config.errors import ConfigError, WatchbillError
from store.views import ChangeView, RecordView


def register(app: typer.Typer) -> None:
    app.command("search")(search)
    app.command("show")(show)
    app.command("export")(export)


State = Annotated[str | None, typer.Option("--state", help="Two letters, like MA")]
Topic = Annotated[str | None, typer.Option("--topic", help="license-plate-readers or shield-laws")]
Kind = Annotated[str | None, typer.Option("--kind", help="bill or agenda_item")]


def search(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help='Words, "phrases", OR, -not, prefix*')] = "",
    state: State = None,
    topic: Topic = None,
    kind: Kind = None,
    since: Annotated[str | None, typer.Option("--since", help="Changed since that date")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000)] = 50,
    form: Annotated[str, typer.Option("--format", help="table, json, jsonl or csv")] = "table",
) -> None:
    """Search titles, summaries and full texts; best match first."""
    from store import search as store_search
    from store.export import csv_columns, csv_row, export_record

    if form not in ("table", "json", "jsonl", "csv"):
        raise ConfigError(f"{form!r} is not a format", field="--format", remedy="Use table, json, jsonl or csv")
    check_filters(context, topic, kind)
    surroundings = context_of(context)
    with surroundings.archive(read_only=True) as db:
        found = store_search.search(
            db, query, state=state, topic=topic, kind=kind, since=moment_of(since, "--since"), limit=limit
        )
        if form != "table":
            records = [record for hit in found.hits if (record := export_record(db, hit.record.id))]
    if form == "table":
        put_table(
            ("record", "place", "identifier", "title", "topics", "sentence"),
            ([*row_of(hit.record), " ".join(hit.snippet.split())] for hit in found.hits),
        )
        if sys.stdout.isatty():
            print(f"{found.total} found" + (f", {len(found.hits)} shown" if found.total > len(found.hits) else ""))
    elif form == "json":
        put_json({"total": found.total, "records": records})
    elif form == "jsonl":
        for record in records:
            put_json(record)
    else:
        writer = csv.writer(sys.stdout)
        writer.writerow(csv_columns())
        writer.writerows(csv_row(record) for record in records)


def check_filters(context: typer.Context, topic: str | None, kind: str | None) -> None:
    """Refuse a topic or kind that does not exist, by name, instead of finding nothing."""
    if kind not in (None, "bill", "agenda_item"):
        raise ConfigError(f"{kind!r} is not a kind", field="--kind", remedy="Use bill or agenda_item")
    if topic is not None:
        slugs = [entry.slug for entry in context_of(context).topics.topic]
        if topic not in slugs:
            raise ConfigError(f"{topic!r} is not a topic", field="--topic", remedy=f"Use {' or '.join(slugs)}")


def row_of(record: RecordView) -> list[object]:
    """The columns of one record in a table."""
    topics = ", ".join(
        slug + (" (possible)" if strength == "possible" else "") for slug, strength in record.topics.items()
    )
    return [record.id, record.place, record.identifier, record.title, topics]


def show(
    context: typer.Context,
    record: Annotated[str, typer.Argument(help="A record's id, or its identifier, like H1234")],
    diff: Annotated[bool, typer.Option("--diff", help="With every observed change, before and after")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Print one record with its mentions, event, documents and changes."""
    from store.changes import find_records, record_changes
    from store.export import export_record

    surroundings = context_of(context)
    with surroundings.archive(read_only=True) as db:
        views = find_records(db, record, now=SystemClock().now())
        if len(views) != 1:
            listed = "; ".join(f"{view.id} {view.place} {view.identifier} {view.title[:60]}" for view in views[:10])
            raise WatchbillError(
                f"several records are called {record!r}: {listed}" if views else f"there is no record {record!r}"
            )
        facts = export_record(db, views[0].id, now=SystemClock().now())
        history = record_changes(db, views[0].id)
    assert facts is not None
    if as_json:
        put_json({**facts, "changes": [change_row(change) for change in history]} if diff else facts)
        return
    print_record(views[0], facts)
    for change in history if diff else []:
        print(f"\n{change.observed_at:%Y-%m-%d} {change.kind.replace('_', ' ')}")
        for sign, value in (("-", told(change.before, change.after)), ("+", told(change.after, change.before))):
            if value:
                print(f"  {sign} {value}")


def told(value: Any, other: Any) -> str:
    """One side of a change in words; of two objects only what differs."""
    from store.text import clean

    if isinstance(value, dict):
        differs = other if isinstance(other, dict) else {}
        parts = [f"{name}: {part}" for name, part in value.items() if part and differs.get(name) != part]
        return clean(", ".join(parts))
    return clean(str(value)) if value is not None else ""


def change_row(change: ChangeView) -> dict[str, Any]:
    """One change as JSON."""
    return {
        "kind": change.kind,
        "observed_at": change.observed_at.isoformat(),
        "before": change.before,
        "after": change.after,
    }


def print_record(view: RecordView, facts: dict[str, Any]) -> None:
    """One record for a person at a terminal."""
    from store.text import clean

    def line(label: str, value: object) -> None:
        if value:
            print(f"{label:<12}{clean(str(value))}")

    line("record", f"{view.id} ({view.kind.replace('_', ' ')})")
    line("place", " · ".join(part for part in (view.place, view.body, view.session) if part))
    line("identifier", view.identifier)
    line("title", view.title)
    line("status", view.status)
    line("topics", ", ".join(f"{slug} ({strength})" for slug, strength in view.topics.items()))
    if view.event:
        line(
            "event",
            " · ".join(
                str(part)
                for part in (view.event.name, view.event.starts_at, view.event.location, view.event.status)
                if part
            ),
        )
    for mention in view.mentions:
        where = f"{mention.field}{f', page {mention.page}' if mention.page else ''}"
        line("mention", f"[{where}] {mention.snippet}  ({mention.strength}: {mention.reason})")
    for document in facts["documents"]:
        proof = f"sha256 {str(document['sha256'])[:12]}, {document['pages'] or 0} pages"
        line("document", f"{document['kind']}: {document['url']} ({proof})")
    for action in facts["actions"]:
        line("action", f"{action['date']}: {action['description']}")
    line("sources", ", ".join(view.source_urls))
    line("seen", f"{view.first_seen_at:%Y-%m-%d} to {view.last_seen_at:%Y-%m-%d}")


def export(
    context: typer.Context,
    form: Annotated[str, typer.Option("--format", help="jsonl, csv or warc")] = "jsonl",
    all_records: Annotated[bool, typer.Option("--all", help="Records without a mention too")] = False,
    state: State = None,
    topic: Topic = None,
    output: Annotated[Path | None, typer.Option("--output", help="A file; needed for warc")] = None,
) -> None:
    """Write records, one JSON object or CSV row a line, or the WARC of what proves them."""
    from store.export import csv_columns, csv_row, export_records

    check_filters(context, topic, None)
    surroundings = context_of(context)
    if form == "warc":
        from crawler.proof import write_proof

        if output is None:
            raise ConfigError("is missing", field="--output", remedy="Name the .warc.gz file to write")
        with surroundings.archive(read_only=True) as db:
            written = write_proof(
                db, output, surroundings.settings.captures, all_records=all_records, state=state, topic=topic
            )
        print(f"{written} captures written to {output}", file=sys.stderr)
        return
    if form not in ("jsonl", "csv"):
        raise ConfigError(f"{form!r} is not a format", field="--format", remedy="Use jsonl, csv or warc")
    stream = output.open("w", encoding="utf-8", newline="") if output else sys.stdout
    try:
        with surroundings.archive(read_only=True) as db:
            records = export_records(db, all_records=all_records, state=state, topic=topic)
            if form == "csv":
                writer = csv.writer(stream)
                writer.writerow(csv_columns())
                writer.writerows(csv_row(record) for record in records)
            else:
                import json

                for record in records:
                    stream.write(json.dumps(record, ensure_ascii=False, default=str) + "\n")
    finally:
        if output:
            stream.close()
