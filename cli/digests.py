"""`watchbill digest` and `watchbill deliveries`: what is due, what went out, what needs a person's look."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import Context, clock_of, context_of, moment_of, put_json, put_table
from config.clock import Clock
from config.errors import ConfigError

if TYPE_CHECKING:
    from notifier.digests import BuildReport
    from notifier.letterhead import Letterhead
    from notifier.senders import Sender
    from notifier.sending import SendReport
    from notifier.stored_archive import StoredArchive

app = typer.Typer(no_args_is_help=True, help="Build and send digests.")

Now = Annotated[str | None, typer.Option("--now", help="The clock, ISO with offset; the same gives the same")]


def register(root: typer.Typer) -> None:
    root.command("deliveries")(deliveries)


@app.command("preview")
def preview(
    context: typer.Context,
    state: Annotated[list[str] | None, typer.Option("--state", help="Two letters; repeatable; none means all")] = None,
    topic: Annotated[list[str] | None, typer.Option("--topic", help="Repeatable; none means all")] = None,
    cadence: Annotated[str, typer.Option("--cadence", help="weekly or daily")] = "weekly",
    timezone: Annotated[str, typer.Option("--timezone")] = "America/New_York",
    since: Annotated[str | None, typer.Option("--since", help="Changes since then [default: 7 days]")] = None,
    form: Annotated[str, typer.Option("--format", help="text or html")] = "text",
    now: Now = None,
) -> None:
    """Print the digest that a new subscription would bring now; stores and sends nothing."""
    from datetime import timedelta

    from notifier.digests import preview as preview_digest
    from notifier.wishes import wanted

    if form not in ("text", "html"):
        raise ConfigError(f"{form!r} is not a format", field="--format", remedy="Use text or html")
    surroundings = context_of(context)
    moment = clock_of(now).now()
    known = [entry.slug for entry in surroundings.topics.topic]
    wishes = wanted(states=state or [], topics=topic or [], cadence=cadence, known_topics=known)
    begin = moment_of(since, "--since") or moment - timedelta(days=7)
    with mail_side(surroundings) as (archive, letterhead):
        rendered = preview_digest(archive, letterhead, [wishes], timezone=timezone, since=begin, now=moment)
    print(rendered.html if form == "html" else f"Subject: {rendered.subject}\n\n{rendered.text}")


@app.command("build")
def build(context: typer.Context, now: Now = None) -> None:
    """Build and queue every digest that is due; what was missed is caught up once."""
    surroundings = context_of(context)
    report = build_digests(surroundings, clock_of(now))
    print(f"{report.built} built with {report.changes} changes, {report.empty} had nothing to say")
    for record in sorted(report.poisoned):
        print(f"the text of record {record} could not be shown and was replaced")
    if report.poisoned:
        raise typer.Exit(1)


@app.command("send")
def send(
    context: typer.Context,
    sender: Annotated[str, typer.Option("--sender", help="eml or smtp")] = "eml",
    now: Now = None,
) -> None:
    """Send what is queued; exit 1 if any delivery failed or is uncertain."""
    report = send_digests(context_of(context), clock_of(now), sender)
    if report.standby:
        print("another run is sending")
        return
    print(
        f"{report.sent} sent, {report.deferred} deferred, {report.failed} failed, {report.uncertain} uncertain, "
        f"{report.withheld} withheld"
    )
    if report.stopped:
        print(f"stopped: {report.stopped}")
    if not report.ok:
        raise typer.Exit(1)


def deliveries(
    context: typer.Context,
    state: Annotated[list[str] | None, typer.Option("--state", help="Only in that state; repeatable")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """List deliveries, newest first; an uncertain one may have arrived, and its changes are carried over."""
    from notifier.deliveries import list_deliveries

    with context_of(context).private.sessions.begin() as session:
        views = list_deliveries(session, state or [])
    if as_json:
        for view in views:
            put_json(view.as_dict())
        return
    put_table(
        ("delivery", "subscriber", "cadence", "period", "state", "attempts", "last reply"),
        (
            (view.id, view.subscriber, view.cadence, view.period, view.state, view.attempts, view.last_reply)
            for view in views
        ),
    )


@contextmanager
def mail_side(surroundings: Context, banner: str = "") -> "Iterator[tuple[StoredArchive, Letterhead]]":
    """The archive as digests read it, and the letterhead."""
    from notifier.letterhead import load_letterhead
    from notifier.stored_archive import StoredArchive

    letterhead = load_letterhead(surroundings.settings, banner)
    with surroundings.archive(read_only=True) as db:
        yield StoredArchive(db, surroundings.sources.rows), letterhead


def build_digests(surroundings: Context, clock: Clock, banner: str = "") -> "BuildReport":
    """Build what is due at that clock's moment."""
    from notifier.digests import build_due

    private = surroundings.private
    with mail_side(surroundings, banner) as (archive, letterhead):
        return build_due(private.sessions, archive, private.vault, letterhead, now=clock.now())


def send_digests(surroundings: Context, clock: Clock, kind: str, banner: str = "") -> "SendReport":
    """Send what is queued with the named sender."""
    from notifier.deliveries import send_due
    from notifier.letterhead import load_letterhead

    private = surroundings.private
    return send_due(
        private.sessions,
        private.vault,
        load_letterhead(surroundings.settings, banner),
        sender_of(surroundings, kind),
        clock=clock,
        rng=random.Random(),  # noqa: S311 - spreads retries, keeps no secret
    )


def sender_of(surroundings: Context, kind: str) -> "Sender":
    """The sender of that name."""
    from notifier.senders import EmlSender
    from notifier.smtp import smtp_sender

    settings = surroundings.settings
    if kind == "eml":
        return EmlSender(settings.outbox)
    if kind == "smtp":
        return smtp_sender(settings)
    raise ConfigError(f"{kind!r} is not a sender", field="--sender", remedy="Use eml or smtp")
