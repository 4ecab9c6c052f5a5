"""`watchbill match` and `watchbill rematch`: the topics' terms on texts, and again on all that is stored."""

import sys
from typing import Annotated

import typer

from cli.common import clock_of, context_of, note, put_json


def register(app: typer.Typer) -> None:
    app.command("match")(match)
    app.command("rematch")(rematch)


def match(
    context: typer.Context,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a line, in and out")] = False,
) -> None:
    """Match texts from standard input. With --jsonl: {"id","title","text"} a line; else the whole input is one text."""
    from store.matching.jsonl import match_lines

    matcher = context_of(context).matcher
    failed = False
    if not jsonl:
        import json

        text = sys.stdin.read()
        lines = iter([json.dumps({"id": None, "title": "", "text": text})])
    else:
        lines = iter(sys.stdin)
    for line, good in match_lines(lines, matcher):
        sys.stdout.write(line.rstrip("\n") + "\n")
        failed = failed or not good
    if failed:
        raise typer.Exit(1)


def rematch(
    context: typer.Context,
    now: Annotated[str | None, typer.Option("--now", help="The clock, ISO with offset")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Match every stored text again, after the topics changed; asks no site."""
    from store.rematch import rematch as rematch_archive

    surroundings = context_of(context)
    counts = rematch_archive(surroundings.engine, surroundings.matcher, clock_of(now).now(), progress=note)
    if as_json:
        put_json({"records": counts.records, "mentions": counts.mentions, "changes": counts.changes})
    else:
        changes = ", ".join(f"{number} {kind}" for kind, number in sorted(counts.changes.items())) or "no change"
        print(f"matched again: {sum(counts.records.values())} records, {counts.mentions} mentions, {changes}")
