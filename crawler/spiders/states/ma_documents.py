"""The General Court's JSON documents as scraped bills: rows of the list, and single documents."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scrapy.http import Response

from crawler.actions import Rule, classify, rule
from crawler.errors import LayoutChanged, SkipRow
from crawler.items import (
    ScrapedAction,
    ScrapedBill,
    ScrapedDocument,
    ScrapedLineage,
    ScrapedSkip,
    ScrapedSponsor,
    ScrapedVote,
)
from crawler.select import json_of
from crawler.spiders.states.ma_history import day_of
from crawler.spiders.states.ma_names import (
    bill_number,
    chamber_of,
    is_docket,
    line,
    ordinal,
    page_url,
    pascal,
    prose,
    record_key,
    secure,
)

RECOMMENDATIONS: tuple[Rule, ...] = (
    # "Favorable with Amendment", "Adverse, placed in the orders of the day": the first word decides.
    rule(r"^favorable", "committee-passage-favorable"),
    rule(r"^adverse|^ought not", "committee-passage-unfavorable"),
    rule(r"^discharge", "referral-committee"),
)
VOTE_OPTIONS: Mapping[str, str] = {
    "Favorable": "favorable",
    "Adverse": "adverse",
    "ReserveRight": "reserve right",
    "NoVoteRecorded": "no vote recorded",
}


@dataclass(frozen=True)
class Numbers:
    """The identity of a bill: court, bill number, docket number; at least one of the two is there."""

    court: int
    bill: str | None
    docket: str | None

    @property
    def identifier(self) -> str:
        """Read the number people use: the bill's, else the docket's."""
        number = self.bill or self.docket
        assert number is not None  # numbers_of lets no row without a number in
        return number

    @property
    def key(self) -> str:
        return record_key(self.court, self.bill, self.docket)

    @property
    def aliases(self) -> list[str]:
        return [number for number in (self.bill, self.docket) if number]

    @property
    def url(self) -> str:
        return page_url(self.court, self.identifier)

    @property
    def lineage(self) -> list[ScrapedLineage]:
        """Read the docket that the bill came from."""
        if not (self.bill and self.docket):
            return []
        return [ScrapedLineage(relation="replaces", identifier=self.docket, session=ordinal(self.court))]


def numbers_of(row: Mapping[str, Any], court: int | None, url: str) -> Numbers:
    """Return the numbers of a list row or document; SkipRow if it has none, LayoutChanged if its court is unknown."""
    bill, docket = bill_number(row.get("BillNumber")), bill_number(row.get("DocketNumber"))
    if bill and is_docket(bill):
        # Some answers repeat the docket number in both fields until the bill is numbered.
        bill, docket = None, docket or bill
    if not bill and not docket:
        raise SkipRow("no_number")
    number = row.get("GeneralCourtNumber") or court
    if not isinstance(number, int):
        raise LayoutChanged("neither the row nor the address names a General Court", url=url)
    return Numbers(number, bill, docket)


def identified(
    rows: Iterable[dict[str, Any]], court: int | None, url: str
) -> tuple[list[tuple[Numbers, dict[str, Any]]], list[ScrapedSkip]]:
    """Return rows with their numbers, and a skip for each that has none (the list has such leftovers)."""
    found: list[tuple[Numbers, dict[str, Any]]] = []
    skips: list[ScrapedSkip] = []
    for row in rows:
        try:
            found.append((numbers_of(row, court, url), row))
        except SkipRow as skip:
            skips.append(ScrapedSkip(reason=skip.reason, url=url, what=line(row.get("Title"))))
    return found, skips


def row_digest(row: Mapping[str, Any]) -> str:
    """Return a hash of what a list row says, whatever the order of its sponsors: the only change marker there is."""
    names = sorted(
        str(person.get("Id") or person.get("Name") or "")
        for field in ("PrimarySponsor", "JointSponsor", "Cosponsors")
        for person in people_of(row.get(field))
    )
    parts = [line(row.get(field)) or "" for field in ("BillNumber", "DocketNumber", "Title")]
    parts.append(str(bool(row.get("IsDocketBookOnly"))))
    return hashlib.sha256("\x1f".join([*parts, *names]).encode()).hexdigest()[:16]


def listed_bill(row: Mapping[str, Any], numbers: Numbers, marker: str | None) -> ScrapedBill:
    """Return what one row of the list tells of a bill."""
    book_only = bool(row.get("IsDocketBookOnly"))
    return ScrapedBill(
        key=numbers.key,
        identifier=numbers.identifier,
        title=line(row.get("Title")),
        session=ordinal(numbers.court),
        body=chamber_of(numbers.identifier),
        classification=None if numbers.bill else "proposed bill",
        url=numbers.url,
        marker=marker,
        aliases=numbers.aliases,
        # A row names only some sponsors, so it is believed only for dockets that have no document to ask.
        sponsors=sponsors_of(row) if book_only else None,
    )


def document_bill(data: Mapping[str, Any], numbers: Numbers) -> ScrapedBill:
    """Return what one document of the API tells of a bill, history excepted."""
    preamble, text = prose(data.get("EmergencyPreamble")), prose(data.get("DocumentText"))
    whole = "\n\n".join(part for part in (preamble, text) if part) if text else None
    kind = line(data.get("LegislationTypeName"))
    return ScrapedBill(
        key=numbers.key,
        identifier=numbers.identifier,
        # For days a new document has no title while the list has one: None keeps the list's.
        title=line(data.get("Title")),
        session=ordinal(numbers.court),
        body=chamber_of(numbers.identifier),
        classification="proposed bill" if not numbers.bill else kind.lower() if kind else None,
        summary=line(data.get("Pinslip")),
        text=whole,
        url=numbers.url,
        aliases=numbers.aliases,
        sponsors=sponsors_of(data) if "PrimarySponsor" in data else None,
        documents=documents_of(data, numbers, readable=whole is not None),
    )


def people_of(value: Any) -> list[Mapping[str, Any]]:
    """Return a sponsor field as a list: the API has one object, a list, or null."""
    rows = value if isinstance(value, list) else [value]
    return [row for row in rows if isinstance(row, dict)]


def sponsors_of(data: Mapping[str, Any]) -> list[ScrapedSponsor]:
    """Return primary, joint and co-sponsors, each once: the primary sponsor is listed again among the others."""
    found: dict[str, ScrapedSponsor] = {}
    for field, kind in (("PrimarySponsor", "primary"), ("JointSponsor", "joint"), ("Cosponsors", "cosponsor")):
        for person in people_of(data.get(field)):
            name = line(person.get("Name"))
            if name:
                sponsor = ScrapedSponsor(name=name, classification=kind, primary=kind != "cosponsor")
                found.setdefault(name.casefold(), sponsor)
    return list(found.values())


def documents_of(data: Mapping[str, Any], numbers: Numbers, *, readable: bool) -> list[ScrapedDocument]:
    """Return the bill's PDF (read only if the answer has no text: budgets and scans), attachments and amendments."""
    documents = [
        ScrapedDocument(
            kind="version",
            url=f"{numbers.url}.pdf",
            name="Bill text",
            media_type="application/pdf",
            fetch=not readable,
        )
    ]
    for row in data.get("Attachments") or ():
        url = secure(row.get("DownloadUrl"))
        if url:
            documents.append(ScrapedDocument(kind="attachment", url=url, name=line(row.get("Description"))))
    for row in data.get("Amendments") or ():
        url = secure(row.get("Details"))
        number = line(str(row.get("AmendmentNumber") or row.get("Number") or ""))
        if url:
            words = (line(row.get("Branch")), "amendment", number, line(row.get("Title")))
            # The API's amendment is JSON: a link for readers and a reason for an amendment change, not a file.
            documents.append(
                ScrapedDocument(kind="amendment", url=url, name=" ".join(filter(None, words)), fetch=False)
            )
    return list({document.url: document for document in documents}.values())


def recommendations_of(data: Mapping[str, Any]) -> list[ScrapedAction]:
    """Return committee recommendations as undated steps."""
    actions = []
    for row in data.get("CommitteeRecommendations") or ():
        words = line(row.get("Action"))
        if words:
            code = line((row.get("Committee") or {}).get("CommitteeCode"))
            name = line((row.get("Committee") or {}).get("FullName")) or (f"committee {code}" if code else None)
            actions.append(
                ScrapedAction(
                    date=None,
                    description=f"Committee recommendation: {words}" + (f" ({name})" if name else ""),
                    classification=classify(words, RECOMMENDATIONS),
                )
            )
    return actions


def committee_votes_of(data: Mapping[str, Any], url: str) -> list[ScrapedVote]:
    """Return the votes that committees published with their recommendations, as counts."""
    votes = []
    for row in data.get("CommitteeRecommendations") or ():
        for vote in row.get("Votes") or ():
            counts: dict[str, int] = {}
            for record in people_of(vote.get("Vote")):
                for field, option in VOTE_OPTIONS.items():
                    if record.get(field) is not None:
                        counts[option] = counts.get(option, 0) + len(record[field])
            committee = vote.get("Committee") or row.get("Committee") or {}
            day = vote.get("Date")
            votes.append(
                ScrapedVote(
                    motion=line(vote.get("Question")) or line(row.get("Action")) or "Committee vote",
                    date=day_of(day, url) if day else None,
                    counts=counts,
                    identifier=f"Committee {committee['CommitteeCode']}" if committee.get("CommitteeCode") else None,
                )
            )
    return votes


def rows_of(response: Response) -> list[dict[str, Any]]:
    """Return the rows of a JSON list; LayoutChanged if it is something else."""
    data = pascal(json_of(response))
    if data is None:
        return []
    if isinstance(data, list) and all(isinstance(row, dict) for row in data):
        return data
    raise LayoutChanged("the answer is not a list of rows", url=response.url)


def row_of(response: Response) -> dict[str, Any]:
    """Return one JSON object, which the API at times wraps in a list of one; {} for null or an empty list."""
    data = pascal(json_of(response))
    if isinstance(data, list) and len(data) <= 1:
        data = data[0] if data else None
    if data is None:
        return {}
    if isinstance(data, dict):
        return data
    raise LayoutChanged("the answer is not one object", url=response.url)
