"""`watchbill serve`: the pages, on this machine."""

from typing import Annotated

import typer

from cli.common import Context, context_of, note
from config.clock import Clock, SystemClock


def register(app: typer.Typer) -> None:
    app.command("serve")(serve)


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option("--host")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535)] = 8000,
) -> None:
    """Serve the pages until Ctrl-C."""
    serve_pages(context_of(context), SystemClock(), host, port)


def serve_pages(surroundings: Context, clock: Clock, host: str, port: int, banner: str | None = None) -> None:
    """Serve the pages over this archive and its subscriber store."""
    import uvicorn

    from web.app import Desk, make_app

    private = surroundings.private
    desk = Desk(surroundings.engine, surroundings.sources, clock, private.sessions, private.vault, banner)
    note(f"serving http://{host}:{port} – Ctrl-C ends it")
    uvicorn.run(make_app(desk), host=host, port=port, log_level="warning", access_log=False, server_header=False)
