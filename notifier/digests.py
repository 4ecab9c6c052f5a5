"""Builds what is due: one digest per subscriber, cadence and local date, every change in at most one of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from notifier.archive import ArchiveReader, Filter
from notifier.crypto import Vault
from notifier.database import Sessions, check_key
from notifier.errors import LostRace, SubscriptionRefused, Withheld
from notifier.ledger import Standing, Stored, carried_since, standings, store_digest
from notifier.letterhead import Letterhead
from notifier.library import Library
from notifier.messages import links_of
from notifier.models import Digest, Subscriber
from notifier.periods import Due
from notifier.readers import Reader, confirmed, due_readers, filter_of, last_built, plan_of
from notifier.render import Rendered
from notifier.telling import Told
from notifier.wishes import Wanted

LOOK_BACK = timedelta(days=45)
"""How long before the last digest changes are looked for: far longer than a crawl's commit can be late."""
REMINDER = timedelta(days=1)
ATTEMPTS = 3


@dataclass
class BuildReport:
    """What a build did; `poisoned` names the records whose stored text is damaged."""

    built: int = 0
    empty: int = 0
    raced: int = 0
    withheld: int = 0
    changes: int = 0
    poisoned: set[str] = field(default_factory=set)


def build_due(
    sessions: Sessions, archive: ArchiveReader, vault: Vault, letterhead: Letterhead, *, now: datetime
) -> BuildReport:
    """Build and queue every digest that is due and not built yet; safe to repeat, and to run twice at once."""
    with sessions.begin() as session:
        check_key(session, vault)
        found = [(reader, look_back(session, reader)) for reader in due_readers(session, now)]
    # Readers with the same wishes come one after the other, so that few written digests need to be kept.
    found.sort(key=lambda pair: (repr(pair[0].filters), pair[0].zone.key, pair[0].neutral, pair[0].window))
    library = Library(archive, letterhead, now, earliest_of(found))
    report = BuildReport()
    for reader, start in found:
        build_one(sessions, library, vault, reader, start, report)
    return report


def look_back(session: Session, reader: Reader) -> datetime:
    """Return from when on changes are read: what commits late is found, what the ledger knows is left out."""
    start = reader.started
    if reader.last_built is not None:
        start = max(start, reader.last_built - LOOK_BACK)
    carried = carried_since(session, reader.subscriber_id)
    return min(start, carried) if carried else start


def earliest_of(found: Sequence[tuple[Reader, datetime]]) -> dict[Filter, datetime]:
    """Return how far back each filter must be read to serve all its readers."""
    earliest: dict[Filter, datetime] = {}
    for reader, start in found:
        for wanted, since in reader.wanted:
            needed = max(since, start)
            earliest[wanted] = min(needed, earliest.get(wanted, needed))
    return earliest


def build_one(
    sessions: Sessions, library: Library, vault: Vault, reader: Reader, start: datetime, report: BuildReport
) -> None:
    """Build one reader's digest; a faster builder or an unsubscribe in between wins, without harm."""
    for _ in range(ATTEMPTS):
        with sessions.begin() as session:
            ledger = standings(session, reader.subscriber_id, start)
        told = told_of(library, reader, ledger)
        content = library.content(reader, told)
        rendered = None
        if is_mailed(library, reader, told):
            links = links_of(vault, library.letterhead, reader.subscriber_id, library.now)
            rendered = library.mail(reader, told).signed(*links)
        stored = Stored(reader.subscriber_id, reader.due, library.now, told, ledger, rendered)
        try:
            with sessions.begin() as session:
                store_digest(session, vault, library.letterhead, stored)
        except Withheld:
            report.withheld += 1
            return
        except (IntegrityError, LostRace):
            # Another builder stored this period, or told one of these changes under another cadence.
            if is_built(sessions, reader):
                report.raced += 1
                return
            continue
        report.built += rendered is not None
        report.empty += rendered is None
        report.changes += len(told)
        report.poisoned |= set(content.poisoned)
        return
    # Lost three times to others who still left the period free: the next wake-up finds it due again.
    report.raced += 1


def told_of(library: Library, reader: Reader, ledger: dict[int, Standing]) -> tuple[Told, ...]:
    """Return the changes to tell: those that match and were not told yet, in the order they were observed."""
    told = [
        Told(change, ledger.get(change.id) is Standing.MAY_REPEAT)
        for change in library.matching(reader)
        if ledger.get(change.id) is not Standing.TOLD
    ]
    return tuple(sorted(told, key=lambda item: (item.change.observed_at, item.change.id)))


def is_mailed(library: Library, reader: Reader, told: Sequence[Told]) -> bool:
    """Whether a mail goes out: a weekly always does, a daily only with a change or a meeting today or tomorrow."""
    if reader.due.cadence != "daily" or told:
        return True
    last = (library.now.astimezone(reader.zone) + REMINDER).date().isoformat()
    events = (record.event for record in library.upcoming(reader))
    return any(
        event is not None and event.starts_at is not None and event.starts_at[:10] <= last
        for event in events
        if event is not None and event.status not in ("cancelled", "passed")
    )


def is_built(sessions: Sessions, reader: Reader) -> bool:
    """Whether the reader's digest of this period exists."""
    with sessions.begin() as session:
        known = select(Digest.id).where(
            Digest.subscriber_id == reader.subscriber_id,
            Digest.cadence == reader.due.cadence,
            Digest.period == reader.due.period,
        )
        return session.exec(known).first() is not None


def preview(
    archive: ArchiveReader,
    letterhead: Letterhead,
    wishes: Sequence[Wanted],
    *,
    timezone: str,
    since: datetime,
    now: datetime,
    neutral: bool = False,
) -> Rendered:
    """Return the digest that these wishes would bring now, for what was observed since then; stores nothing."""
    zone = ZoneInfo(timezone)
    due = Due(wishes[0].cadence, now.astimezone(zone).date(), now)
    reader = Reader("preview", zone, neutral, due, tuple((filter_of(wish), since) for wish in wishes), None)
    library = Library(archive, letterhead, now, earliest_of([(reader, since)]))
    mail = library.mail(reader, told_of(library, reader, {}))
    return mail.signed(letterhead.link("unsubscribe/preview"), letterhead.link("manage/preview"))


def preview_subscriber(
    sessions: Sessions,
    archive: ArchiveReader,
    letterhead: Letterhead,
    subscriber_id: str,
    cadence: str,
    *,
    now: datetime,
) -> Rendered:
    """Return the digest that a subscriber would get now, due or not; stores nothing. Raises SubscriptionRefused."""
    with sessions.begin() as session:
        known = {subscriber.id: (subscriber, rows) for subscriber, rows in confirmed(session)}
        subscriber, rows = known.get(subscriber_id, (Subscriber(id="", state="", timezone="", created_at=now), []))
        own = [(filter_of(row), plan_of(subscriber, row).since) for row in rows if row.cadence == cadence]
        if not own:
            raise SubscriptionRefused(f"{subscriber_id[:40]} has no confirmed {cadence[:20]} subscription")
        zone = ZoneInfo(subscriber.timezone)
        due = Due(cadence, now.astimezone(zone).date(), now)
        last = last_built(session, subscriber_id, cadence)
        reader = Reader(subscriber_id, zone, subscriber.neutral_subject, due, tuple(own), last)
        start = look_back(session, reader)
        ledger = standings(session, subscriber_id, start)
    library = Library(archive, letterhead, now, earliest_of([(reader, start)]))
    mail = library.mail(reader, told_of(library, reader, ledger))
    return mail.signed(letterhead.link("unsubscribe/preview"), letterhead.link("manage/preview"))
