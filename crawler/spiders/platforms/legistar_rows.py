"""Rows of Legistar's Web API turned into parts of Scraped items; pure functions, no requests."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from crawler.errors import LayoutChanged
from crawler.items import ScrapedAction, ScrapedBill, ScrapedDocument, ScrapedSponsor, ScrapedVote
from crawler.spiders.platforms.legistar_words import RESULTS, TAGS, action_classes, clean, distinct
from crawler.when import read_date

Row = Mapping[str, Any]
STEPS = (
    ("MatterIntroDate", "Introduced"),
    ("MatterAgendaDate", "On agenda"),
    ("MatterPassedDate", "Final action"),
    ("MatterEnactmentDate", "Enactment"),
)


def rows_of(data: Any, *names: str) -> list[dict[str, Any]]:
    """Return the objects that bear one of these ID fields, wherever they stand, but not those inside one another."""
    if isinstance(data, dict):
        if any(data.get(name) is not None for name in names):
            return [data]
        data = list(data.values())
    if isinstance(data, list):
        return [row for part in data if isinstance(part, dict | list) for row in rows_of(part, *names)]
    return []


def inner_rows(row: Row, name: str) -> list[dict[str, Any]]:
    """Return the rows of another kind that stand inside a row."""
    return rows_of(list(row.values()), name)


def day_of(printed: str, url: str | None = None) -> date:
    """Return the day of an API timestamp; LayoutChanged if it is none."""
    return read_date(printed.partition("T")[0], "%Y-%m-%d", url=url)


def number_in(url: str, collection: str) -> str:
    """Return the number that an address names behind a collection; LayoutChanged if it names none."""
    match = re.search(rf"/{collection}/([^/?#]+)", unquote(urlsplit(url).path), re.IGNORECASE)
    if match is None:
        raise LayoutChanged(f"the address names none of the {collection}", url=url)
    return match[1]


def attachments_of(rows: Sequence[Row]) -> list[ScrapedDocument]:
    """Return the files that attachment rows name, each address once; those kept from the public's pages left out."""
    documents = []
    for row in rows:
        address = row.get("MatterAttachmentHyperlink")
        if (
            not isinstance(address, str)
            or not address.strip()
            or row.get("MatterAttachmentShowOnInternetPage") is False
        ):
            continue
        name = clean(row.get("MatterAttachmentName")) or clean(row.get("MatterAttachmentFileName")) or None
        documents.append(ScrapedDocument(kind="attachment", url=urljoin("https://", address.strip()), name=name))
    return distinct(documents)


def votes_of(rows: Sequence[Row], motion: str, url: str, passed: object = None) -> list[ScrapedVote]:
    """Return one roll call from its members' rows; none if no member's vote has a value (consent agendas)."""
    counts: dict[str, int] = {}
    for row in rows:
        choice = clean(row.get("VoteValueName"))
        if choice:
            counts[choice] = counts.get(choice, 0) + 1
    return [ScrapedVote(motion=motion, passed=verdict(passed), counts=counts, url=url)] if counts else []


def verdict(flag: object) -> bool | None:
    """Return what a passed flag means, given as number, word or not at all."""
    if isinstance(flag, str):
        return RESULTS.get(flag.strip().lower())
    return bool(flag) if isinstance(flag, int) else None


def actions_of(rows: Sequence[Row], url: str) -> list[ScrapedAction]:
    """Return the steps that history rows tell, in order of time, each once (sources repeat a step's two halves)."""
    steps: list[ScrapedAction] = []
    for row in sorted(rows, key=lambda row: row.get("MatterHistoryActionDate") or "9999"):
        action = clean(row.get("MatterHistoryActionName")) or clean(row.get("MatterHistoryActionText"))
        if not action:
            continue  # Merely on an agenda, not yet acted upon.
        printed = row.get("MatterHistoryActionDate")
        passed = verdict(row.get("MatterHistoryPassedFlag"))
        step = ScrapedAction(
            date=day_of(printed, url) if printed else None,
            description=action,
            classification=action_classes(action, passed),
            chamber=clean(row.get("MatterHistoryActionBodyName")) or None,
        )
        if step not in steps:
            steps.append(step)
    return steps


def sponsors_of(rows: Sequence[Row]) -> list[ScrapedSponsor]:
    """Return the sponsors of the latest version in their order; earlier versions' may have withdrawn."""
    versions = {str(row.get("MatterSponsorMatterVersion") or "") for row in rows}
    latest = max(versions, key=version_rank, default="")
    current = [row for row in rows if str(row.get("MatterSponsorMatterVersion") or "") == latest]
    names: dict[str, None] = {}
    for row in sorted(current, key=lambda row: row.get("MatterSponsorSequence") or 0):
        names.setdefault(clean(row.get("MatterSponsorName")))
    return [ScrapedSponsor(name=name, primary=index == 0) for index, name in enumerate(filter(None, names))]


def version_rank(version: str) -> tuple[int, str]:
    """Return a sort key: numbers by value, letters (A, B) after each other."""
    return (int(version), "") if version.isdigit() else (0, version)


def text_of_rows(rows: Sequence[Row]) -> str:
    """Return the plain text of a version by lines; "" if it holds none."""
    plain = str(rows[-1].get("MatterTextPlain") or "") if rows else ""
    lines = (" ".join(TAGS.sub(" ", line).split()) for line in plain.splitlines())
    return "\n".join(line for line in lines if line)


def subjects_of(rows: Sequence[Row]) -> list[str]:
    """Return the subjects that index rows name, each once."""
    return list(dict.fromkeys(filter(None, (clean(row.get("MatterIndexName")) for row in rows))))


def dated_steps(row: Row, url: str) -> list[ScrapedAction]:
    """Return the steps that a matter's own dates tell."""
    return [
        ScrapedAction(date=day_of(row[name], url), description=label, classification=action_classes(label))
        for name, label in STEPS
        if row.get(name)
    ]


def bill_of(row: Row, url: str, page: str | None) -> ScrapedBill:
    """Return a matter's row as a bill with what stands in or inside it; its parts are pages of their own."""
    number = row["MatterId"]
    title, name = clean(row.get("MatterTitle")), clean(row.get("MatterName"))
    histories, sponsors = inner_rows(row, "MatterHistoryId"), inner_rows(row, "MatterSponsorId")
    attachments = inner_rows(row, "MatterAttachmentId")
    texts, indexes = inner_rows(row, "MatterTextId"), inner_rows(row, "MatterIndexId")
    enactment = clean(row.get("MatterEnactmentNumber"))
    marker = row.get("MatterRowVersion") or row.get("MatterLastModifiedUtc")
    return ScrapedBill(
        key=f"matter:{number}",
        identifier=clean(row.get("MatterFile")) or str(number),
        title=title or name or None,
        summary=name if title and name and name != title else None,
        body=clean(row.get("MatterBodyName")) or None,
        classification=clean(row.get("MatterTypeName")).lower() or None,
        status=clean(row.get("MatterStatusName")) or None,
        text=text_of_rows(texts) or None,
        url=page,
        marker=str(marker) if marker else None,
        aliases=[enactment] if enactment else None,
        subjects=subjects_of(indexes) if indexes else None,
        actions=dated_steps(row, url) + actions_of(histories, url) or None,
        sponsors=sponsors_of(sponsors) if sponsors else None,
        documents=attachments_of(attachments) if attachments else None,
    )
