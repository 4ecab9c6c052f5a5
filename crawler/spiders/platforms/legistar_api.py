"""Legistar's Web API: JSON rows in pages of 1000; matters, and their parts, each an address of its own.

Rows are found by their ID field wherever they stand: in a list, alone, in an envelope, or nested in one another.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from scrapy.http import Request, Response

from crawler.errors import Truncated, WrongPage
from crawler.items import ScrapedBill, ScrapedSeen, ScrapedSkip
from crawler.select import json_of
from crawler.spiders.platforms.legistar_base import LegistarBase, without_token
from crawler.spiders.platforms.legistar_rows import (
    actions_of,
    attachments_of,
    bill_of,
    dated_steps,
    number_in,
    rows_of,
    sponsors_of,
    subjects_of,
    text_of_rows,
    version_rank,
)
from crawler.spiders.platforms.legistar_words import clean

PAGE = 1000
"""The Web API never sends more rows, and never says that there are more."""

PARTS = ("histories", "sponsors", "attachments", "versions", "texts")
"""A matter's parts in the order they are asked for; its change marker is kept only when the last one came."""

ABSENT = frozenset({404, 405, 410})
"""Statuses of a part that a client does not offer, or no longer has: no failure of the matter."""

ROW_IDS = ("EventId", "EventItemId", "MatterId", "VoteId")


class LegistarApi(LegistarBase):
    """What all answers share, and the roles of matters and their parts."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.begun: set[str] = set()
        """Keys of the matters whose parts this crawl asks for already: two lists and many agendas name the same."""

    def data_of(self, response: Response) -> Any:
        """Return the answer's JSON; WrongPage for an object that is an error's message."""
        data = json_of(response)
        message = data.get("Message") if isinstance(data, dict) else None
        if isinstance(message, str) and not rows_of(data, *ROW_IDS):
            raise WrongPage(f"the Web API says: {clean(message)}", reason="api_error", url=response.url)
        return data

    def rows(self, response: Response, *names: str) -> list[dict[str, Any]]:
        """Return the rows that bear an ID field; WrongPage if the answer holds only others."""
        return self.rows_in(self.data_of(response), response.url, *names)

    def rows_in(self, data: Any, url: str, *names: str) -> list[dict[str, Any]]:
        """Return the rows of an answer's data that bear an ID field; WrongPage if it holds only others."""
        found = rows_of(data, *names)
        if not found and data not in ([], {}, None, {"value": []}):
            raise WrongPage(f"no row has the field {names[0]}", reason="other_platform", url=url)
        return found

    def next_page(self, response: Response, rows: list[dict[str, Any]], name: str) -> Request | None:
        """Return the request for the next rows of a list that came full; Truncated if the last one changed nothing."""
        parts = urlsplit(response.url)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        size = int(query.get("$top") or PAGE)
        if not rows or len(rows) < size:
            return None
        facts = self.facts(response)
        if facts.get("first") == rows[0][name]:
            raise Truncated("the next page of the list is this one again", url=response.url)
        query["$skip"] = str(int(query.get("$skip") or 0) + size)
        address = parts._replace(query=urlencode(query, quote_via=quote, safe="$,'()")).geturl()
        return self.request(address, facts={**facts, "first": rows[0][name]}, headers={"Accept": "application/json"})

    # Matters

    def matters(self, response: Response) -> Iterator[Any]:
        """List matters, or read one; each changed one's parts follow."""
        rows, facts = self.rows(response, "MatterId"), self.facts(response)
        for row in rows:
            yield from self.matter(row, response.url, facts)
        if not rows:
            yield ScrapedSkip(reason="empty", url=response.url, what="no matters")
        following = self.next_page(response, rows, "MatterId")
        if following is not None:
            yield following

    def matter(self, row: Mapping[str, Any], url: str, facts: Mapping[str, Any]) -> Iterator[Any]:
        """Yield one matter and the request for its parts, unless the archive has this very version."""
        if row.get("MatterRestrictViewViaWeb"):
            yield ScrapedSkip(reason="not_public", url=without_token(url), what=clean(row.get("MatterFile")) or None)
            return
        bill = bill_of(row, url, self.matter_url(row["MatterId"]))
        bill.source_urls = self.own_address(f"matters/{row['MatterId']}")
        if self.unchanged(bill.key, bill.marker) and bill.key not in self.watched:
            yield ScrapedSeen(kind="bill", key=bill.key)
            return
        if bill.key in self.begun:
            return
        self.begun.add(bill.key)
        if facts.get("sweep"):
            # Lists told here would be told again with the parts, and differ; the marker waits for the last part.
            yield bill.model_copy(update={"marker": None, "actions": None, "sponsors": None, "documents": None})
        else:
            yield bill
        passed = {"bill": bill, "steps": dated_steps(row, url), "version": str(row.get("MatterVersion") or "")}
        yield self.part_request(PARTS[0], passed)

    def matter_url(self, number: object) -> str | None:
        """Return the address that leads to a matter's InSite page, whose own ID is another."""
        return f"{self.site}/gateway.aspx?m=l&id={number}" if self.site and str(number).isdigit() else None

    # Parts of a matter, one after another

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Any]:
        """Read one response; a part that a client does not offer is passed over, the others still come."""
        facts = self.facts(response)
        if response.status in ABSENT and facts.get("part"):
            yield ScrapedSkip(reason="part_absent", url=without_token(response.url), what=facts["part"])
            yield from self.following(facts, {})
            return
        yield from super().parse(response, **kwargs)

    def part_request(self, part: str, facts: Mapping[str, Any], name: str | None = None) -> Request:
        """Return the request for one part of the matter that `facts` carry."""
        number = facts["bill"].key.removeprefix("matter:")
        return self.api_request(f"matters/{number}/{name or part}", facts={**facts, "part": part})

    def part(self, response: Response, fields: Mapping[str, Any], number: object = None) -> Iterator[Any]:
        """Yield what a part tells: in a crawl with the parts after it, read alone as a bill of that part only."""
        facts = self.facts(response)
        if facts.get("bill") is not None:
            yield from self.following(facts, fields)
        elif not any(fields.values()):
            yield ScrapedSkip(reason="empty", url=response.url)
        else:
            native = str(number or number_in(response.url, "matters"))
            yield ScrapedBill(key=f"matter:{native}", identifier=native, url=self.matter_url(native), **fields)

    def following(self, facts: Mapping[str, Any], fields: Mapping[str, Any]) -> Iterator[Any]:
        """Yield the request for the next part, or after the last one the whole matter."""
        bill = facts["bill"].model_copy(update=dict(fields))
        rest = PARTS[PARTS.index(facts["part"]) + 1 :]
        if rest and rest[0] != "texts":
            yield self.part_request(rest[0], {**facts, "bill": bill})
        else:
            yield bill

    def histories(self, response: Response) -> Iterator[Any]:
        """Read a matter's steps."""
        steps = actions_of(self.rows(response, "MatterHistoryId"), response.url)
        yield from self.part(response, {"actions": [*self.facts(response).get("steps", ()), *steps]})

    def sponsors(self, response: Response) -> Iterator[Any]:
        """Read a matter's sponsors."""
        rows = self.rows(response, "MatterSponsorId", "MatterSponsorName")
        number = rows[0].get("MatterSponsorMatterId") if rows else None
        yield from self.part(response, {"sponsors": sponsors_of(rows)}, number)

    def attachments(self, response: Response) -> Iterator[Any]:
        """Read a matter's files."""
        rows = self.rows(response, "MatterAttachmentId", "MatterAttachmentHyperlink")
        yield from self.part(response, {"documents": attachments_of(rows)})

    def indexes(self, response: Response) -> Iterator[Any]:
        """Read a matter's subjects."""
        rows = self.rows(response, "MatterIndexId", "MatterIndexName")
        number = rows[0].get("MatterIndexMatterId") if rows else None
        yield from self.part(response, {"subjects": subjects_of(rows)}, number)

    def versions(self, response: Response) -> Iterator[Any]:
        """Read which versions of its text a matter has; the latest is asked for."""
        rows, facts = self.rows(response, "Key"), self.facts(response)
        current = [row for row in rows if str(row.get("Value")) == facts.get("version")] or rows
        if not current:
            yield ScrapedSkip(reason="empty", url=without_token(response.url), what="no versions")
            if facts.get("bill") is not None:
                yield from self.following(facts, {})
            return
        latest = max(current, key=lambda row: version_rank(str(row.get("Value") or "")))
        if facts.get("bill") is not None:
            yield self.part_request("texts", facts, f"texts/{latest['Key']}")
        else:
            yield ScrapedSkip(reason="reference", url=response.url, what=f"{len(rows)} versions")
            yield self.api_request(f"matters/{number_in(response.url, 'matters')}/texts/{latest['Key']}")

    def texts(self, response: Response) -> Iterator[Any]:
        """Read the text of one version."""
        rows = self.rows(response, "MatterTextId", "MatterTextPlain")
        number = rows[0].get("MatterTextMatterId") if rows else None
        yield from self.part(response, {"text": text_of_rows(rows) or None}, number)
