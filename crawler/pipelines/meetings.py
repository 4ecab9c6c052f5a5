"""A meeting whose agenda is only a file becomes records: what a text says must hang on something searchable.

Events themselves match no topic; records do. Where the source gives agenda lines as data, its files
still join one record, "the meeting's documents", so that no text is dropped.
"""

from collections.abc import Sequence

from store.observed import Observation, ObservedAgendaItem, ObservedDocument, ObservedEvent, ObservedSeen


def meeting_records(observations: Sequence[Observation]) -> list[ObservedAgendaItem | ObservedSeen]:
    """One agenda item for each event that brought readable files of its own: its documents, whole.

    An event that still lists files of which none was read in this run keeps its record as it is: without
    a word about it, two such runs would call the record gone.
    """
    claimed = {
        document.url
        for observation in observations
        if isinstance(observation, ObservedAgendaItem)
        for document in observation.documents or ()
    }
    # A legislature's hearing is told through the bills on its agenda; told as a record too, it would be told twice.
    # The calendar tells the hearing, and its agenda, another page, the bills: they are joined by the event's key.
    by_bills = {event.key for event in observations if isinstance(event, ObservedEvent) and event.bills}
    records: list[ObservedAgendaItem | ObservedSeen] = []
    for event in observations:
        if not isinstance(event, ObservedEvent) or event.key in by_bills:
            continue
        files = [document for document in event.documents or () if document.url not in claimed]
        if any(document.text is not None for document in files):
            records.append(documents_record(event, files))
        elif files:
            records.append(ObservedSeen(kind="agenda_item", key=documents_key(event)))
    return records


def documents_key(event: ObservedEvent) -> str:
    """The key of the record that carries an event's own files."""
    return f"{event.key}:documents"


def documents_record(event: ObservedEvent, files: Sequence[ObservedDocument]) -> ObservedAgendaItem:
    """The record that carries an event's own files: agenda, packet, minutes."""
    day = (event.starts_at or "")[:10]
    # The kinds of files stay out of the title: minutes that arrive later would look like a reworded item.
    title = " ".join(part for part in (event.name, day and f"on {day}", "(documents)") if part)
    return ObservedAgendaItem(
        key=documents_key(event),
        event_key=event.key,
        title=title,
        body=event.body,
        url=event.url or files[0].url,
        source_urls=event.source_urls,
        documents=list(files),
    )
