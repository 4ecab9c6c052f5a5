"""`watchbill extract`: a file's text by page, how it was read, and what was wrong with it."""

from pathlib import Path
from typing import Annotated

import typer

from cli.common import put_json


def register(app: typer.Typer) -> None:
    app.command("extract")(extract)


def extract(
    file: Annotated[Path, typer.Argument(help="A PDF, HTML, DOCX, RTF or text file")],
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Print a file's text by page; exit 1 if it can't be read."""
    from store.documents.report import as_text, extract_json

    report = extract_json(file)
    if as_json:
        put_json(report)
    else:
        print(as_text(report))
    if not report["readable"]:
        raise typer.Exit(1)
