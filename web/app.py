"""The pages and the small JSON API: each route reads its parameters, calls the store, and renders."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, PackageLoader, StrictUndefined
from sqlalchemy import Engine

from config.clock import Clock
from config.errors import WatchbillError
from config.sources import Sources
from notifier.crypto import Vault
from notifier.database import Sessions
from store import changes, runs
from store.database import session
from store.export import export_record
from store.search import search
from web import words
from web.leave import leave_routes

FOLDER = Path(__file__).parent

HEADERS: Mapping[str, str] = {
    # Scraped text is escaped by the templates; should one ever miss, nothing of it can run or be framed.
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def midnight(day: str) -> datetime | None:
    """The moment a day like 2026-03-09 begins, in UTC; None for ""; raises WatchbillError."""
    try:
        return datetime.combine(date.fromisoformat(day), time(), tzinfo=UTC) if day else None
    except ValueError as error:
        raise WatchbillError(f"{day!r} is not a date like 2026-03-09") from error


@dataclass(frozen=True)
class Desk:
    """What the pages show: an archive, its source rows, the clock, and a banner for demonstrations."""

    engine: Engine
    sources: Sources
    clock: Clock
    sessions: Sessions
    vault: Vault
    banner: str | None = None


def make_app(desk: Desk) -> FastAPI:
    """Build the application over one archive."""
    app = FastAPI(title="watchbill", docs_url=None, redoc_url=None)
    templates = Environment(loader=PackageLoader("web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    templates.filters.update(words.FILTERS)

    def page(name: str, status: int = 200, **values: Any) -> HTMLResponse:
        html = templates.get_template(name).render(banner=desk.banner, **values)
        return HTMLResponse(html, status_code=status)

    @app.middleware("http")
    async def add_headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call_next(request)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    @app.exception_handler(WatchbillError)
    def refused(request: Request, error: WatchbillError) -> Response:
        if request.url.path.startswith("/api/"):
            problem = {"type": "about:blank", "title": error.message, "status": 400}
            return JSONResponse(problem, status_code=400, media_type="application/problem+json")
        return page("error.html", 400, title="That can't be shown", message=error.message)

    @app.exception_handler(RequestValidationError)
    def unreadable(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        return refused(request, WatchbillError(f"{first['loc'][-1]}: {first['msg']}"))

    @app.exception_handler(404)
    def missing(request: Request, _error: Exception) -> Response:
        if request.url.path.startswith("/api/"):
            problem = {"type": "about:blank", "title": "There is no such thing here", "status": 404}
            return JSONResponse(problem, status_code=404, media_type="application/problem+json")
        return page("error.html", 404, title="Not here", message="There is no such page or record.")

    @app.get("/healthz")
    def healthz() -> dict[str, bool]:
        return {"ok": True}

    @app.get("/", response_class=HTMLResponse)
    @app.get("/search", response_class=HTMLResponse)
    def records(
        q: Annotated[str, Query(max_length=1000)] = "",
        state: Annotated[str, Query(max_length=2)] = "",
        topic: Annotated[str, Query(max_length=60)] = "",
        kind: Annotated[str, Query(max_length=20)] = "",
        since: Annotated[str, Query(max_length=10)] = "",
        cursor: Annotated[str | None, Query(max_length=200)] = None,
    ) -> HTMLResponse:
        with session(desk.engine, read_only=True) as db:
            found = search(
                db,
                q,
                state=state or None,
                topic=topic or None,
                kind=kind or None,
                since=midnight(since),
                limit=25,
                cursor=cursor,
            )
            now = desk.clock.now()
            coming = changes.upcoming(db, now=now, until=words.days_ahead(now, 21))
        chosen = {"q": q, "state": state, "topic": topic, "kind": kind, "since": since}
        states = sorted({row.state for row in desk.sources.rows})
        return page(
            "records.html", found=found, coming=coming, chosen=chosen, states=states, following=cursor is not None
        )

    @app.get("/records/{record_id}", response_class=HTMLResponse)
    def record(record_id: str) -> HTMLResponse:
        with session(desk.engine, read_only=True) as db:
            view = changes.record_view(db, record_id, now=desk.clock.now())
            if view is None:
                raise HTTPException(404)
            facts = export_record(db, record_id, now=desk.clock.now())
            history = changes.record_changes(db, record_id)
        return page("record.html", record=view, facts=facts, history=history)

    @app.get("/coverage", response_class=HTMLResponse)
    def coverage() -> HTMLResponse:
        with session(desk.engine, read_only=True) as db:
            rows = runs.sources_view(db, desk.sources.rows)
        return page("coverage.html", rows=words.failing_first(rows))

    @app.get("/api/v1/records/{record_id}")
    def record_json(record_id: str) -> dict[str, Any]:
        with session(desk.engine, read_only=True) as db:
            facts = export_record(db, record_id, now=desk.clock.now())
        if facts is None:
            raise HTTPException(404)
        return facts

    app.include_router(leave_routes(page, desk.sessions, desk.vault, desk.clock))
    app.mount("/static", StaticFiles(directory=FOLDER / "static"), name="static")
    return app
