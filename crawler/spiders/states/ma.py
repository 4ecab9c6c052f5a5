"""Massachusetts General Court: bills, dockets and histories, and hearings, from the site's JSON API.

Domain: malegislature.gov. API description: malegislature.gov/api/swagger. No key.
Reading order: the list of all documents (one answer), the documents and histories that `ma_sweep`
chooses, the hearings from the newest back to the past ones. The site's own pages are in `ma_site`.
Caveats: browsers get XML, so JSON is asked for; single bills answer 500 for days; titles come late;
a redraft is a new number; hearings are changed without a new time stamp.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from scrapy.http import Request, Response

from config.errors import ConfigError
from crawler.errors import LayoutChanged, SkipRow, Truncated
from crawler.items import (
    ScrapedBill,
    ScrapedCoverage,
    ScrapedEvent,
    ScrapedLineage,
    ScrapedSeen,
    ScrapedSkip,
)
from crawler.spiders.base import Role, ScrapedError
from crawler.spiders.states import ma_documents, ma_hearings, ma_history, ma_pages, ma_sweep
from crawler.spiders.states.ma_documents import Numbers, row_of, rows_of
from crawler.spiders.states.ma_names import API, SITE, ZONE, court_of, document_url, line, ordinal
from crawler.spiders.states.ma_site import JSON, CourtOptions, SitePages, told
from crawler.spiders.states.ma_sweep import LISTED, READ, Listed, Marker

IN_API = r"malegislature\.gov/api/(?:GeneralCourts/\d+/)?"


class MassachusettsSpider(SitePages):
    """The General Court of Massachusetts."""

    platform = "ma"

    Options = CourtOptions
    options: CourtOptions

    roles: ClassVar[tuple[Role, ...]] = (
        Role("documents", IN_API + r"(?:Cities/[^/]+/)?Documents/?(?:\?|$)", "documents"),
        Role("history", IN_API + r"Documents/[^/]+/DocumentHistoryActions", "history", tolerant=True),
        Role("similar", IN_API + r"Documents/[^/]+/Similar", "similar", tolerant=True),
        Role("document", IN_API + r"Documents/[HS](?:D|Res)?\d+/?(?:\?|$)", "document", tolerant=True),
        Role("committee", IN_API + r"Committees/[A-Z]+\d+/?(?:\?|$)", "committee", tolerant=True),
        Role("hearings", r"malegislature\.gov/api/Hearings/?(?:\?|$)", "hearings"),
        Role("hearing", r"malegislature\.gov/api/Hearings/\d+", "hearing", tolerant=True),
        Role("bill_text", r"/Bills/\d+/[^/]+/[A-Za-z]+/[A-Za-z]+/(?:Text|Preview)", "bill_text", tolerant=True),
        Role("search", r"/Bills/Search", "search", tolerant=True),
        Role("bill_tab", r"/Bills/\d+/[^/?#]+/[A-Za-z-]+/?(?:[?#]|$)", "bill_tab", tolerant=True),
        Role("bill", r"/Bills/\d+/(?![^?#]*\.pdf)[^/?#]+/?(?:[?#]|$)", "bill", tolerant=True),
        Role("hearing_page", r"/Events/(?:Hearings|SpecialEvents)/Detail/\d+", "hearing_page", tolerant=True),
        Role(
            "hearing_list",
            r"/Events/FilterEventResults|/Events/?(?:\?|$)|/Events/Hearings\b|/Hearings$",
            "hearing_list",
        ),
        Role("committee_bills", r"/Committees/Detail/[A-Z]+\d+", "committee_bills", tolerant=True),
    )

    @classmethod
    def zone_from_url(cls, url: str) -> ZoneInfo | None:
        return ZoneInfo(ZONE)

    # Where a crawl begins

    def entry_requests(self) -> Iterator[Request]:
        """Yield the list of each open court and the list of hearings; ConfigError without a session row."""
        grace = dt.timedelta(days=self.options.grace_days)
        courts = [row for row in self.sessions if row.start <= self.today <= row.end + grace]
        if not courts:
            raise ConfigError(
                f"no General Court is open on {self.today}",
                row=self.source.slug,
                remedy="Add its [[session]] to the state's file",
            )
        for row in courts:
            number = "".join(filter(str.isdigit, row.identifier))
            yield self.request(f"{API}/GeneralCourts/{number}/Documents", headers=JSON)
        yield self.request(f"{API}/Hearings", headers=JSON, priority=10)

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Any]:
        """Read one response; go on with what waited for it, whether it could be read or not."""
        event: ScrapedEvent | None = None
        broken = False
        for item in super().parse(response, **kwargs):
            event = item if isinstance(item, ScrapedEvent) else event
            broken = broken or isinstance(item, ScrapedError)
            yield item
        if response.request is not None:
            yield from self.go_on(response.request, event, broken=broken)

    def failed(self, failure: Any) -> Iterator[Any]:
        """Report a request without a response, and go on with what waited for it."""
        yield from super().failed(failure)
        yield from self.go_on(failure.request, None, broken=True)

    def go_on(self, request: Request, event: ScrapedEvent | None, *, broken: bool) -> Iterator[Request]:
        """Yield the next hearing of the walk, or the history that a failed answer would have led to."""
        facts = request.meta.get("facts") or {}
        if "walk" in facts:
            yield from self.next_hearing(facts["walk"], event)
        if broken and "history" in facts:
            yield self.history_request(facts["history"])

    # The list of documents

    def documents(self, response: Response) -> Iterator[Any]:
        """Read the list of a court's documents (or of a city's): every bill, what changed, and what to read."""
        rows, skips = ma_documents.identified(rows_of(response), court_of(response.url), response.url)
        yield from skips
        found: dict[str, tuple[Listed, dict[str, Any]]] = {}
        for numbers, row in rows:
            if numbers.key not in found or numbers.bill:
                # A docket listed a second time under its bill number is one bill, and the number is news.
                digest = ma_documents.row_digest(row)
                found[numbers.key] = (Listed(numbers, digest, readable=not row.get("IsDocketBookOnly")), row)
        if not found:
            yield ScrapedSkip(reason="empty", url=response.url)
            return
        whole = "/Cities/" not in urlsplit(response.url).path
        courts = {listed.numbers.court for listed, _ in found.values()}
        if whole:
            self.check_length(list(found), courts, response.url)
        for listed, row in found.values():
            for number in listed.numbers.aliases:
                self.listed[f"{listed.numbers.court}:{number}"] = listed
            if ma_sweep.changed(listed, self.markers):
                yield ma_documents.listed_bill(row, listed.numbers, str(Marker(LISTED, listed.digest)))
            else:
                yield ScrapedSeen(kind="bill", key=listed.numbers.key)
        if whole:
            yield ScrapedCoverage(sessions=sorted(ordinal(number) for number in courts))
        yield from self.chosen([listed for listed, _ in found.values()])
        for opened in sorted(courts) if whole else ():
            yield from self.probes(opened)

    def check_length(self, keys: list[str], courts: set[int], url: str) -> None:
        """Raise Truncated if the list lost most of its bills: they would be taken for withdrawn."""
        for court in courts:
            known = ma_sweep.shrunk(keys, court, self.markers)
            if known is not None:
                raise Truncated(f"the list has {len(keys)} documents where {known} were known", url=url)

    def chosen(self, bills: list[Listed]) -> Iterator[Request]:
        """Yield requests for the documents of this run, the watched ones first."""
        for listed in ma_sweep.to_read(
            bills,
            self.markers,
            self.watched,
            self.today,
            budget=self.options.details_per_run,
            refresh_days=self.options.refresh_days,
        ):
            yield self.document_of(listed)

    def probes(self, court: int) -> Iterator[Request]:
        """Yield the full-text searches: they find a word in texts that the sweep reaches only in days."""
        for words in self.options.probe:
            url = f"{SITE}/Bills/Search?SearchTerms={quote(words)}&Page=1"
            yield self.request(url, facts={"court": court}, priority=2)

    # One document, its similar bills, its history

    def document(self, response: Response) -> Iterator[Any]:
        """Read one document: title, sponsors, text, files; then the request for what happened to it."""
        data = row_of(response)
        if not data:
            yield ScrapedSkip(reason="empty", url=response.url)
            return
        facts = response.meta.get("facts") or {}
        try:
            numbers = ma_documents.numbers_of(data, court_of(response.url), response.url)
        except SkipRow as skip:
            raise LayoutChanged("the document has no number", url=response.url) from skip
        bill = ma_documents.document_bill(data, numbers)
        votes = ma_documents.committee_votes_of(data, response.url)
        if facts:
            bill.key = facts.get("key", bill.key)
        else:
            # Alone, the document is all there is; in a crawl the history tells the same steps with their dates.
            bill.actions = ma_documents.recommendations_of(data) or None
            bill.votes = votes or None
            bill.lineage = numbers.lineage or None
        yield bill
        after = {
            "key": bill.key,
            "court": numbers.court,
            "bill": numbers.bill,
            "docket": numbers.docket,
            "digest": facts.get("digest") if bill.title else None,
            "watched": bool(facts.get("watched")),
            "votes": [vote.model_dump() for vote in votes],
        }
        if facts.get("watched") and self.options.similar:
            url = f"{document_url(numbers.court, numbers.identifier)}/Similar"
            yield self.request(url, facts={"history": after}, headers=JSON, priority=5)
        else:
            yield self.history_request(after)

    def similar(self, response: Response) -> Iterator[Any]:
        """Read the bills a court calls similar: kept for the history, which tells the whole lineage at once."""
        rows, skips = ma_documents.identified(rows_of(response), None, response.url)
        yield from skips
        found = [
            ScrapedLineage(relation="similar", identifier=numbers.identifier, session=ordinal(numbers.court))
            for numbers, _ in rows
        ]
        facts = response.meta.get("facts") or {}
        if "history" in facts:
            similar = [row.model_dump() for row in found]
            yield self.history_request({**facts["history"], "similar": similar})
        elif found:
            bill = ma_pages.bare_bill(ma_pages.fragment_numbers(response))
            bill.lineage = found
            yield bill
        else:
            yield ScrapedSkip(reason="empty", url=response.url)

    def history_request(self, facts: Mapping[str, Any]) -> Request:
        """Return a request for a bill's history, with what its document told."""
        number = facts["bill"] or facts["docket"]
        url = f"{document_url(facts['court'], number)}/DocumentHistoryActions"
        return self.request(url, facts=facts, headers=JSON, priority=5 if facts["watched"] else 1)

    def history(self, response: Response) -> Iterator[Any]:
        """Read a bill's history: actions, status, votes, lineage; successors of watched bills are read too."""
        actions = [
            ma_history.action_of(row.get("Date"), row.get("Branch"), row.get("Action") or "", response.url)
            for row in rows_of(response)
            if line(row.get("Action"))
        ]
        facts = response.meta.get("facts") or {}
        if not actions:
            # A docket has no history yet. An empty answer for a bill that had one must not erase it.
            yield ScrapedSkip(reason="empty", url=response.url)
            if not facts.get("key"):
                return
        if facts.get("key"):
            numbers = Numbers(facts["court"], facts["bill"], facts["docket"])
        else:
            numbers = ma_pages.fragment_numbers(response)
        bill = told(numbers, actions, response.url, facts)
        if facts.get("digest"):
            # Only now is the bill read: were the mark set before, a failed history would wait for a month.
            bill.marker = str(Marker(READ, facts["digest"], self.today))
        yield bill
        if facts.get("watched"):
            yield from self.successors(bill, int(facts["court"]))

    def successors(self, bill: ScrapedBill, court: int) -> Iterator[Request]:
        """Yield requests for the numbers under which a watched bill goes on, unless they were read before."""
        for row in bill.lineage or ():
            if row.relation not in ma_history.SUCCESSORS:
                continue
            listed = self.listed.get(f"{court}:{row.identifier}")
            key = listed.numbers.key if listed else f"{court}:{row.identifier}"
            kept = Marker.parse(self.markers.get(key))
            if kept is None or kept.depth != READ:
                url = document_url(court, row.identifier)
                yield self.document_of(listed) if listed else self.request(url, facts={"key": key}, headers=JSON)

    # Hearings

    def hearings(self, response: Response) -> Iterator[Any]:
        """Read the list of all hearings, newest first and without dates: walk it from the top until they are old."""
        ids = [int(row["EventId"]) for row in rows_of(response) if row.get("EventId") is not None]
        ids = list(dict.fromkeys(ids))
        if not ids:
            yield ScrapedSkip(reason="empty", url=response.url)
            return
        if ids[0] < ids[-1]:
            # Were the list turned round one day, the walk would end among the hearings of years ago.
            ids.reverse()
        # Every listed id is seen, read or not: a hearing that answers 500 today was not taken off the list.
        for event_id in ids:
            yield ScrapedSeen(kind="event", key=ma_hearings.event_key(event_id))
        yield ScrapedCoverage(events_from=self.today, events_to=self.today + dt.timedelta(days=366))
        yield from self.next_hearing({"ids": ids[: self.options.hearings_per_run], "old": 0}, None)

    def next_hearing(self, walk: Mapping[str, Any], event: ScrapedEvent | None) -> Iterator[Request]:
        """Yield the request for the next hearing of the walk, unless enough old ones came in a row."""
        old = walk["old"]
        if event is not None and event.starts_at:
            first = self.today - dt.timedelta(days=self.options.hearing_days_back)
            old = old + 1 if event.starts_at[:10] < first.isoformat() else 0
        if walk["ids"] and old < self.options.old_hearings_to_stop:
            event_id, rest = walk["ids"][0], walk["ids"][1:]
            facts = {"walk": {"ids": rest, "old": old}}
            yield self.request(f"{API}/Hearings/{event_id}", facts=facts, headers=JSON, priority=10)

    def hearing(self, response: Response) -> Iterator[Any]:
        """Read one hearing, read whole in every run: the site changes them without telling."""
        data = row_of(response)
        if not data:
            yield ScrapedSkip(reason="empty", url=response.url)
            return
        yield from ma_hearings.api_hearing(data, response.url)
