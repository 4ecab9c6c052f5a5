"""`watchbill subscribers`: who gets mail, without showing who they are."""

from typing import Annotated

import typer

from cli.common import clock_of, context_of, put_json, put_table

app = typer.Typer(no_args_is_help=True, help="Who gets mail. Addresses are shown only with --show-addresses.")


@app.command("add")
def add(
    context: typer.Context,
    email: Annotated[str, typer.Argument()],
    state: Annotated[list[str] | None, typer.Option("--state", help="Two letters; repeatable; none means all")] = None,
    place: Annotated[
        list[str] | None, typer.Option("--place", help="OCD division id of a town or county; repeatable")
    ] = None,
    topic: Annotated[list[str] | None, typer.Option("--topic", help="Repeatable; none means all")] = None,
    cadence: Annotated[str, typer.Option("--cadence", help="weekly or daily")] = "weekly",
    weekday: Annotated[str, typer.Option("--weekday", help="Of a weekly mail")] = "monday",
    at: Annotated[str, typer.Option("--at", help="Time of day, like 08:00")] = "08:00",
    timezone: Annotated[str, typer.Option("--timezone", help="Of the reader")] = "America/New_York",
    neutral_subject: Annotated[
        bool, typer.Option("--neutral-subject", help="Subjects do not say what is inside")
    ] = False,
    confirmed: Annotated[
        bool, typer.Option("--confirmed", help="The address has confirmed by other means; else it gets no mail yet")
    ] = False,
    now: Annotated[str | None, typer.Option("--now", help="The clock, ISO with offset")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Add a subscription for an address."""
    from notifier.subscriptions import add_subscriber

    surroundings = context_of(context)
    private = surroundings.private
    with private.sessions.begin() as session:
        view = add_subscriber(
            session,
            private.vault,
            email,
            states=state or [],
            divisions=place or [],
            topics=topic or [],
            cadence=cadence,
            weekday=weekday,
            at=at,
            timezone=timezone,
            neutral_subject=neutral_subject,
            confirmed=confirmed,
            known_topics=[entry.slug for entry in surroundings.topics.topic],
            now=clock_of(now).now(),
        )
    if as_json:
        put_json(view.as_dict())
    else:
        print(f"{view.id}: {view.state}, {len(view.subscriptions)} subscription(s)")


@app.command("list")
def list_all(
    context: typer.Context,
    show_addresses: Annotated[bool, typer.Option("--show-addresses", help="Decrypt and print addresses")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """List subscribers by their opaque ids."""
    from notifier.subscriptions import list_subscribers

    private = context_of(context).private
    with private.sessions.begin() as session:
        views = list_subscribers(session, private.vault, show_addresses=show_addresses)
    if as_json:
        for view in views:
            put_json(view.as_dict())
        return
    put_table(
        ("subscriber", "state", "subscriptions", *(["address"] if show_addresses else [])),
        (
            (
                view.id,
                view.state,
                "; ".join(
                    f"{entry.cadence} {entry.weekday or ''} {entry.at} "
                    f"{', '.join(entry.divisions) or 'everywhere'} · {', '.join(entry.topics) or 'all topics'}"
                    for entry in view.subscriptions
                ),
                *([view.address] if show_addresses else []),
            )
            for view in views
        ),
    )


@app.command("remove")
def remove(
    context: typer.Context,
    email: Annotated[str, typer.Argument()],
    now: Annotated[str | None, typer.Option("--now")] = None,
) -> None:
    """End all subscriptions of an address; it stays known as one that left."""
    from notifier.subscriptions import remove as remove_address

    private = context_of(context).private
    with private.sessions.begin() as session:
        known = remove_address(session, private.vault, email, clock_of(now).now())
    print("removed" if known else "that address has no subscription")
    if not known:
        raise typer.Exit(1)


@app.command("erase")
def erase(
    context: typer.Context,
    email: Annotated[str, typer.Argument()],
    now: Annotated[str | None, typer.Option("--now")] = None,
) -> None:
    """Delete all that is known of an address, in the database and in its files."""
    from notifier.subscriptions import erase as erase_address

    private = context_of(context).private
    known = erase_address(private.sessions, private.vault, email, clock_of(now).now())
    print("erased" if known else "nothing was known of that address")
    if not known:
        raise typer.Exit(1)
