"""A stored record's plain columns against what was observed: the new values, and the changes that they are."""

from typing import Any

from sqlalchemy import select

from store import models
from store.upsert.context import Storing
from store.upsert.meetings import shown
from store.upsert.merge import SOURCE_URL_LIMIT, Draft, plain_value, united

BOTH = ("body", "identifier", "status", "outcome", "url")
BILL = (*BOTH, "session", "classification", "summary", "marker", "subjects", "reporting_date")
AGENDA_ITEM = (*BOTH, "event_key", "bill_key", "number", "position", "section", "text")
COLUMNS = {"bill": BILL, "agenda_item": AGENDA_ITEM}
EVERY = tuple(dict.fromkeys((*BILL, *AGENDA_ITEM)))
LISTS = ("actions", "sponsors", "documents", "votes", "lineage")


def compare_columns(storing: Storing, row: Any, draft: Draft, event_pks: dict[str, int]) -> dict[str, Any]:
    """Return the columns that differ, and note their changes; what was not observed stays as it is."""
    to = {name: draft[name] for name in COLUMNS[row["kind"]] if draft[name] is not None and draft[name] != row[name]}
    compare_title(row, draft, to)
    seen = sorted({*row["lists_seen"], *(name for name in LISTS if draft.get(name) is not None)})
    if seen != sorted(row["lists_seen"]):
        to["lists_seen"] = seen
    urls = united(row["source_urls"], draft["source_urls"], plain_value)[-SOURCE_URL_LIMIT:]
    if urls != row["source_urls"]:
        to["source_urls"] = urls
    if row["kind"] == "bill":
        tell_bill(storing, row, to)
    else:
        tell_item(storing, row, to)
        if "event_key" in to:
            move_item(storing, row, to, event_pks)
    return to


def compare_title(row: Any, draft: Draft, to: dict[str, Any]) -> None:
    """Take over an observed title; a record without one goes on bearing its identifier."""
    if draft["title"] is not None:
        if draft["title"] != row["title"]:
            to["title"] = draft["title"]
        if not row["title_seen"]:
            to["title_seen"] = True
    elif not row["title_seen"] and "identifier" in to:
        to["title"] = to["identifier"]


def tell_bill(storing: Storing, row: Any, to: dict[str, Any]) -> None:
    """Note what changed of a bill."""
    pk = row["pk"]
    # A list page tells little; what its detail page adds later was there before and is no news.
    known = bool(row["lists_seen"])
    if "identifier" in to and row["identifier"] is not None:
        after = {"relation": "replaced_by", "identifier": to["identifier"], "title": to.get("title", row["title"])}
        storing.change(pk, "successor", {"identifier": row["identifier"]}, after)
    if "title" in to and row["title_seen"]:
        storing.change(pk, "title", row["title"], to["title"])
    if "status" in to and (known or row["status"] is not None):
        storing.change(pk, "status", row["status"], to["status"])
    if "reporting_date" in to and (known or row["reporting_date"] is not None):
        before = row["reporting_date"].isoformat() if row["reporting_date"] is not None else None
        storing.change(pk, "reporting_date", before, to["reporting_date"].isoformat())
    if "outcome" in to and (known or row["outcome"] is not None):
        storing.change(pk, "outcome", row["outcome"], to["outcome"])


def tell_item(storing: Storing, row: Any, to: dict[str, Any]) -> None:
    """Note what changed of an agenda item."""
    pk, event_pk = row["pk"], row["event_pk"]
    worded = [name for name in ("title", "text") if name in to and row[name] is not None]
    if "title" in worded and row["title_seen"]:
        storing.change(pk, "agenda_item_reworded", row["title"], to["title"], event_pk)
    elif "text" in worded:
        storing.change(pk, "agenda_item_reworded", row["text"], to["text"], event_pk)
    if "status" in to:
        storing.change(pk, "status", row["status"], to["status"], event_pk)
    if "outcome" in to:
        storing.change(pk, "outcome", row["outcome"], to["outcome"], event_pk)


def move_item(storing: Storing, row: Any, to: dict[str, Any], event_pks: dict[str, int]) -> None:
    """Put an item that now stands on another meeting's agenda there."""
    assert storing.source is not None
    table = models.events
    pk = event_pks.get(to["event_key"])
    if pk is None:
        where = (table.c.source == storing.source.slug, table.c.key == to["event_key"])
        pk = storing.session.scalar(select(table.c.pk).where(*where))
    to["event_pk"] = pk
    events = {
        event["pk"]: event
        for event in storing.session.execute(select(table).where(table.c.pk.in_((pk, row["event_pk"])))).mappings()
    }
    before, after = events.get(row["event_pk"]), events.get(pk)
    storing.change(row["pk"], "hearing_moved", shown(before) if before else None, shown(after) if after else None, pk)
