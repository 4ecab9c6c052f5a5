"""The one transaction that stores a run: observations in, rows and typed changes out."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.sources import Source
from store import models
from store.database import lock
from store.errors import Conflict
from store.observed import Observation, Window
from store.runs import ensure_source
from store.upsert.agendas import link_bills, schedule
from store.upsert.context import Storing
from store.upsert.counts import Counts
from store.upsert.files import store_texts
from store.upsert.gone import mark_gone
from store.upsert.items import store_records
from store.upsert.matching import MatchesText, match_records
from store.upsert.meetings import StoredEvents, records_of, store_events, tell_hearings
from store.upsert.merge import merge
from store.upsert.succession import tell_successors
from store.upsert.telling import write_changes
from store.upsert.topics import inherit_topics, tell_topics


def store_run(
    session: Session,
    *,
    source: Source,
    run_id: int,
    observations: Sequence[Observation],
    window: Window | None,
    complete: bool,
    now: datetime,
    matcher: MatchesText,
) -> Counts:
    """Store what a run observed and return what that came to; the caller's transaction commits or undoes all of it.

    `complete` says that the run will end `ok` and covered its `window` whole: only then may something be gone.
    Raises Conflict if the run was closed meanwhile.
    """
    lock(session, source.jurisdiction)
    check_running(session, source.slug, run_id)
    ensure_source(session, source)
    drafts = merge(observations)
    storing = Storing(
        session=session,
        source=source,
        run_id=run_id,
        now=now,
        baseline=is_baseline(session, source.slug),
        complete=complete and not drafts.empty,
        window=window,
    )
    storing.counts.baseline = storing.baseline
    # Texts first: the documents of events and of records both point at them.
    reread = store_texts(storing, (*drafts.records.values(), *drafts.events.values()))
    events = store_events(storing, drafts)
    records = store_records(storing, drafts, events.pks, reread)
    told = link_bills(storing, events, records.new_norms)
    tell_hearings(storing, events, told)
    tell_restored(storing, events, told)
    tell_successors(storing)
    if storing.complete:
        mark_gone(storing)
    differing = match_records(storing, matcher, storing.retext)
    inherit_topics(storing, differing | storing.inserted | storing.updated)
    tell_topics(storing)
    storing.update_all(models.records, storing.updated, last_changed_at=now)
    write_changes(storing)
    storing.counts.mentions = count_mentions(session, source.slug, run_id)
    return storing.counts


def check_running(session: Session, slug: str, run_id: int) -> None:
    """Refuse to store for a run that is not open: another process has taken its place."""
    table = models.crawl_runs
    # The row stays locked, so that nobody closes the run while it is being stored.
    query = select(table.c.source, table.c.outcome).where(table.c.id == run_id).with_for_update()
    row = session.execute(query).one_or_none()
    if row is None or row.source != slug:
        raise Conflict(f"there is no run {run_id} of this source", source=slug)
    if row.outcome != "running":
        raise Conflict(f"run {run_id} was closed as {row.outcome}; nothing of it is stored", source=slug)


def is_baseline(session: Session, slug: str) -> bool:
    """Whether no run of the source has ended well yet."""
    query = select(models.sources.c.baseline_at).where(models.sources.c.slug == slug)
    return session.scalar(query) is None


def tell_restored(storing: Storing, events: StoredEvents, told: set[tuple[int, int]]) -> None:
    """Note for bills that the hearing which had vanished is listed again; agenda items are restored themselves."""
    for event_pk in sorted(events.restored):
        event = storing.session.execute(select(models.events).where(models.events.c.pk == event_pk)).mappings().one()
        items = select(models.records.c.pk).where(models.records.c.event_pk == event_pk)
        own = set(storing.session.scalars(items))
        for record_pk in records_of(storing, event_pk):
            if record_pk not in own and (event_pk, record_pk) not in told:
                schedule(storing, record_pk, event)


def count_mentions(session: Session, slug: str, run_id: int) -> int:
    """How many mentions the records have that this run saw."""
    mentions, records = models.mentions, models.records
    query = (
        select(func.count())
        .select_from(mentions)
        .join(records, records.c.pk == mentions.c.record_pk)
        .where(records.c.source == slug, records.c.last_seen_run == run_id)
    )
    return session.scalar(query) or 0
