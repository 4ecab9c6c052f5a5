"""`watchbill demo`: a recorded, invented world through the functions that the other commands call; no network."""

import email
import email.policy
import re
import sys
import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cli.common import context_of
from cli.demo_world import (
    BANNER,
    FIRST,
    LATER_AT,
    SECOND,
    SUBSCRIBED_AT,
    USUAL_PORT,
    DemoContext,
    Week,
    demo_folder,
    free_port,
)
from cli.digests import build_digests, send_digests
from cli.serve import serve_pages
from config.clock import FixedClock

if TYPE_CHECKING:
    from config.sources import Source
    from crawler.run import RunReport

STAFF, PARTNER = "staff@example.org", "partner@example.org"
LOOKALIKES = 'poultry OR "press shield" OR "distinctive registration"'
FALSE_FRIENDS = frozenset({"H9178", "S9277", "26-0110"})
"""Records that those words find and that no topic may take."""

EXPECTED = frozenset(
    {
        "new",
        "status",
        "action",
        "report",
        "text_version",
        "hearing_scheduled",
        "hearing_moved",
        "hearing_cancelled",
        "agenda_item_added",
        "attachment_replaced",
        "mention_entered",
        "vote",
        "outcome",
        "successor",
    }
)
"""Kinds of change that the second week shows; one that is missing means that the program is broken."""

IN_THIS_MAIL = re.compile(r"^In this mail: (.+?)(?=\n\n)", re.MULTILINE | re.DOTALL)
WIDTH = 76


def register(app: typer.Typer) -> None:
    app.command("demo")(demo)


def demo(context: typer.Context) -> None:
    """Show it all on invented data: two crawls, the digests they bring, and on a terminal the pages.

    Makes its data folder anew each time and refuses one that holds a real archive. No network.
    """
    settings = context_of(context).settings
    serving = sys.stdout.isatty()
    with demo_folder(settings.data_dir) as wiped:
        surroundings = DemoContext(settings, free_port() if serving else USUAL_PORT)
        say(f"watchbill demo: {BANNER}")
        anew = " (an earlier demo's, made anew)" if wiped else ""
        say(f"No network is used. Data folder: {settings.data_dir}{anew}")
        problems = tell_story(surroundings)
        if problems:
            for problem in problems:
                print(f"watchbill demo: {problem}", file=sys.stderr)
            raise typer.Exit(1)
        say("", "Everything went as it should.")
        if serving:
            serve(surroundings)
        else:
            say("On a terminal, the demo goes on and serves these records as pages: try `watchbill demo` there.")


def tell_story(surroundings: DemoContext) -> list[str]:
    """Run the two weeks and say what each step means; what did not go as it should is returned."""
    heading("Sunday, March 1, 2026: two people subscribe, and have confirmed")
    subscribe(surroundings)

    heading("Monday, March 2, 2026: the first look")
    step("Crawling four sources. A first crawl is a baseline: stored and searchable, and mailed to nobody as news.")
    problems = crawl(surroundings, FIRST, [])
    step("8:00 in Boston: building and sending what is due. Nothing is news yet, but meetings are coming up.")
    mails = send(surroundings, FIRST.mailed_at)
    problems += summaries(mails)
    problems += [] if len(mails) == 2 else [f"the first Monday brought {len(mails)} mails, not 2"]

    heading("Monday, March 9, 2026: a week later")
    step("Crawling the same four sources again. Every observed difference becomes a typed change.")
    kinds: list[str] = []
    problems += crawl(surroundings, SECOND, kinds)
    problems += [f"no change of the kind {kind} was found" for kind in sorted(EXPECTED - set(kinds))]
    step("Left out by their context, though their words look alike:")
    problems += show_lookalikes(surroundings)
    step("8:00 in Boston, an hour earlier in UTC since clocks went forward on Sunday: building and sending.")
    mails = send(surroundings, SECOND.mailed_at)
    problems += summaries(mails)
    problems += print_weekly(mails)

    heading("The same day at noon: nothing has changed")
    step("Crawling the same captures a third time.")
    again: list[str] = []
    problems += crawl(surroundings, SECOND, again)
    mails = send(surroundings, LATER_AT)
    say(f"    {len(again)} changes, {len(mails)} mails: what was told once is never told again.")
    problems += [f"the third crawl brought {len(again)} changes"] if again else []
    problems += [f"the third crawl brought {len(mails)} mails"] if mails else []
    return problems


def crawl(surroundings: DemoContext, week: Week, kinds: list[str]) -> list[str]:
    """Crawl every source from a week's captures; adds the kinds of the watched changes to `kinds`."""
    from crawler.run import crawl_source
    from store.changes import changes_observed

    world = surroundings.world(FixedClock(week.mailed_at))
    with surroundings.archive(read_only=True) as db:
        known = {change.id for change in changes_observed(db, since=SUBSCRIBED_AT)}

    def crawl_one(source: "Source") -> "RunReport":
        return crawl_source(source, world, replay=week.captures / source.slug)

    problems = []
    # The children of two crawls start side by side; storing waits for the database's one writer.
    with ThreadPoolExecutor(max_workers=2) as pool:
        for source, report in zip(world.sources.rows, pool.map(crawl_one, world.sources.rows), strict=True):
            say(f"    {source.name}: {crawl_words(report)}")
            if report.outcome != "ok" or not report.complete:
                problems.append(f"{source.slug} ended {report.outcome}: {'; '.join(report.problems) or report.message}")
    with surroundings.archive(read_only=True) as db:
        found = [change for change in changes_observed(db, since=SUBSCRIBED_AT) if change.id not in known]
    kinds += [change.kind for change in found]
    if kinds:
        told = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in sorted(Counter(kinds).items()))
        say(*wrapped(f"{len(kinds)} changes concern what is watched: {told}."))
    return problems


def crawl_words(report: "RunReport") -> str:
    """Return what one crawl brought, in a few words."""
    if report.outcome != "ok":
        return f"{report.outcome}: {report.message or report.reason or 'no reason given'}"
    records = report.records
    if report.baseline:
        return f"{records['insert']} records, {report.events} meetings, {report.mentions} mentions of what is watched"
    if not records["insert"] and not records["update"]:
        return f"{records['noop']} records, none new or changed"
    return f"{records['insert']} new, {records['update']} changed, {records['noop']} as they were"


def subscribe(surroundings: DemoContext) -> None:
    """Add the two subscribers, confirmed, as `watchbill subscribers add` does."""
    from notifier.subscriptions import add_subscriber

    private = surroundings.private
    topics = [topic.slug for topic in surroundings.topics.topic]
    wishes = (
        (STAFF, ["MA", "CT"], "weekly", "08:00", "policy staff: Mondays at 8:00, Massachusetts and Connecticut"),
        (PARTNER, ["CT"], "daily", "07:30", "a coalition partner: any day at 7:30 if there is news, Connecticut"),
    )
    with private.sessions.begin() as session:
        for address, states, cadence, at, words in wishes:
            add_subscriber(
                session,
                private.vault,
                address,
                states=states,
                topics=topics,
                cadence=cadence,
                at=at,
                confirmed=True,
                known_topics=topics,
                now=SUBSCRIBED_AT,
            )
            say(f"    {address}, {words}")


def send(surroundings: DemoContext, moment: datetime) -> list[tuple[Path, EmailMessage]]:
    """Build and send what is due at a moment; returns the mails that this wrote."""
    outbox = surroundings.settings.outbox
    before = set(outbox.glob("*.eml"))
    build_digests(surroundings, FixedClock(moment), BANNER)
    send_digests(surroundings, FixedClock(moment), "eml", BANNER)
    parser = email.policy.default
    return [
        (path, email.message_from_bytes(path.read_bytes(), policy=parser))
        for path in sorted(set(outbox.glob("*.eml")) - before)
    ]


def summaries(mails: Iterable[tuple[Path, EmailMessage]]) -> list[str]:
    """Print to whom each mail goes, what it is about, and its file; a mail without the banner is a problem."""
    problems = []
    for path, mail in mails:
        subject, text = str(mail["Subject"]), text_of(mail)
        say(f"    To {mail['To']}", *wrapped(subject, "      "))
        brings = IN_THIS_MAIL.search(text)
        # A long subject counts all changes together; the mail itself counts them by kind.
        if brings and " ".join(brings[1].split()) not in subject:
            say(*wrapped(brings[0], "      "))
        say(f"      {path}")
        if BANNER not in text or BANNER not in subject:
            problems.append(f"{path.name} does not say that it is {BANNER}")
    return problems


def print_weekly(mails: Sequence[tuple[Path, EmailMessage]]) -> list[str]:
    """Print the text part of the staff's digest whole."""
    weekly = [mail for _, mail in mails if mail["To"] == STAFF]
    for mail in weekly:
        say("", "What policy staff read on Monday morning (its text part; the file has HTML too):", "")
        say(*(f"  | {line}".rstrip() for line in text_of(mail).splitlines()))
    return [] if len(weekly) == 1 else [f"the second Monday brought {len(weekly)} weekly digests, not 1"]


def text_of(mail: EmailMessage) -> str:
    """Return the plain text of a mail."""
    part = mail.get_body(("plain",))
    return "\n".join(str(part.get_content()).splitlines()) if part is not None else ""


def show_lookalikes(surroundings: DemoContext) -> list[str]:
    """Print the records whose words resemble the topics' and that no topic took; one that was taken is a problem."""
    from store.search import search

    with surroundings.archive(read_only=True) as db:
        found = [hit.record for hit in search(db, LOOKALIKES).hits]
    # A council's matter and its line on the agenda are two records of one number.
    left = {record.identifier: record for record in found if record.identifier and not record.topics}
    for number, record in left.items():
        say(*wrapped(f"{record.place} {number}: {record.title}"))
    return [f"{number} was not left out" for number in sorted(FALSE_FRIENDS - left.keys())]


def serve(surroundings: DemoContext) -> None:
    """Serve the pages until Ctrl-C, which is how a demo ends well."""
    say("", f"Records, search and coverage: {surroundings.settings.base_url}  (Ctrl-C ends the demo)")
    port = int(surroundings.settings.base_url.rpartition(":")[2])
    try:
        serve_pages(surroundings, FixedClock(SECOND.mailed_at), "127.0.0.1", port, BANNER)
    except KeyboardInterrupt:
        say("")


def heading(words: str) -> None:
    """Print the heading of a part of the story."""
    say("", words, "-" * len(words))


def step(words: str) -> None:
    """Print one step."""
    say(*wrapped(words, "  "))


def wrapped(words: str, indent: str = "    ") -> list[str]:
    """Return words in lines that fit a terminal."""
    return textwrap.wrap(words, WIDTH, initial_indent=indent, subsequent_indent=indent)


def say(*lines: str) -> None:
    """Print lines at once, also into a pipe: whoever waits sees that it goes on."""
    for line in lines:
        print(line, flush=True)
