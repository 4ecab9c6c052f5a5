"""The page roles of the General Court's own pages, beside the API's that the crawl mainly uses."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from pydantic import Field
from scrapy.http import Request, Response

from crawler.items import ScrapedAction, ScrapedBill, ScrapedLineage, ScrapedSkip, ScrapedVote
from crawler.select import select
from crawler.spiders.base import SourceSpider, SpiderOptions
from crawler.spiders.states import ma_documents, ma_hearings, ma_history, ma_pages
from crawler.spiders.states.ma_documents import Numbers, row_of
from crawler.spiders.states.ma_names import API, court_of, document_url, line
from crawler.spiders.states.ma_sweep import READ, Listed, Marker

XHR = {"X-Requested-With": "XMLHttpRequest"}
JSON = {"Accept": "application/json"}
HISTORY = "BillHistory"


class CourtOptions(SpiderOptions):
    """How much one run reads."""

    details_per_run: int = Field(default=400, ge=0, description="Documents read beside the watched ones")
    refresh_days: int = Field(default=30, ge=1, description="Days after which an unwatched bill is read again")
    grace_days: int = Field(default=30, ge=0, description="Days a court that has ended is still listed")
    hearings_per_run: int = Field(default=150, ge=1, description="Most hearings read")
    hearing_days_back: int = Field(default=7, ge=0, description="Hearings held this long ago are still read")
    old_hearings_to_stop: int = Field(default=15, ge=1, description="Older ones in a row that end the walk")
    similar: bool = Field(default=True, description="Ask which bills the court calls similar to watched ones")
    probe: tuple[str, ...] = Field(default=(), description="Words asked of the site's full-text search")


class SitePages(SourceSpider):
    """What the pages of the site are read by; the spider of the API builds on it."""

    options: CourtOptions

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.listed: dict[str, Listed] = {}
        """The bills of this run's lists by court and number, docket's or bill's."""

    def document_of(self, listed: Listed) -> Request:
        """Return a request for one bill's document."""
        numbers = listed.numbers
        watched = numbers.key in self.watched
        facts = {"key": numbers.key, "digest": listed.digest, "watched": watched}
        url = document_url(numbers.court, numbers.identifier)
        return self.request(url, facts=facts, headers=JSON, priority=5 if watched else 0)

    def bill(self, response: Response) -> Iterator[Any]:
        """Read a bill's page; one tab comes with it, the others are asked for by themselves."""
        bill = ma_pages.page_bill(response)
        actions = ma_pages.history_rows(response, response.url) if ma_pages.open_tab(response) == HISTORY else []
        if actions:
            history = told(ma_pages.page_numbers(response), actions, response.url)
            bill.actions, bill.outcome, bill.reporting_date = history.actions, history.outcome, history.reporting_date
            bill.status = bill.status or history.status
            bill.votes = [*(bill.votes or ()), *(history.votes or ())] or None
            bill.lineage = [*(history.lineage or ()), *(bill.lineage or ())] or None
        yield bill
        if actions and ma_pages.last_page(response) > 1:
            yield self.next_history(f"{bill.url}/{HISTORY}", actions, 2)
        for url in ma_pages.closed_tabs(response):
            yield self.request(url, headers=XHR)

    def bill_tab(self, response: Response) -> Iterator[Any]:
        """Read one tab of a bill's page: alone, or with the whole page around it when a browser asked for it."""
        if select(response, ".followable h1"):
            yield from self.bill(response)
            return
        tab = urlsplit(response.url).path.rstrip("/").rsplit("/", 1)[-1].lower().replace("-", "")
        if tab == HISTORY.lower():
            yield from self.bill_history(response)
            return
        bill = ma_pages.bare_bill(ma_pages.fragment_numbers(response))
        if tab == "cosponsor":
            bill.sponsors = ma_pages.petitioners(response) or None
        elif tab == "committeevote":
            bill.votes = ma_pages.committee_votes(response, response.url) or None
        elif tab == "primarysponsorsummary":
            bill.summary = ma_pages.sponsor_summary(response) or None
        if bill.sponsors or bill.votes or bill.summary:
            yield bill
        else:
            yield ScrapedSkip(reason="empty", url=response.url, what=tab)

    def bill_history(self, response: Response) -> Iterator[Any]:
        """Read the history tab; a long one has pages, and their lines are kept together until the last."""
        facts = response.meta.get("facts") or {}
        before = [ScrapedAction.model_validate(row) for row in facts.get("before", ())]
        actions = [*before, *ma_pages.history_rows(response, response.url)]
        if not actions:
            yield ScrapedSkip(reason="empty", url=response.url)
            return
        page, last = int(facts.get("page", 1)), ma_pages.last_page(response)
        if page >= last or not before:
            yield told(ma_pages.fragment_numbers(response), actions, response.url)
        if page < last and (before or "pageNumber=" not in response.url):
            yield self.next_history(response.url.split("?")[0], actions, page + 1)

    def next_history(self, url: str, actions: list[ScrapedAction], page: int) -> Request:
        """Return a request for the next page of a history, with the lines of those before it."""
        rows = [action.model_dump() for action in actions]
        return self.request(f"{url}?pageNumber={page}", facts={"before": rows, "page": page}, headers=XHR)

    def bill_text(self, response: Response) -> Iterator[Any]:
        """Read the window that shows a bill's text."""
        bill = ma_pages.text_page(response)
        if bill.text:
            yield bill
        else:
            yield ScrapedSkip(reason="empty", url=response.url)

    def search(self, response: Response) -> Iterator[Any]:
        """Read a page of the site's full-text search: in a crawl, the bills of the court that were never read."""
        facts = response.meta.get("facts") or {}
        found = list(ma_pages.result_bills(response))
        if not found:
            yield ScrapedSkip(reason="no_results", url=response.url)
            return
        if "court" not in facts:
            yield from found
            return
        token = ma_pages.court_refinement(response, facts["court"])
        if token and "Refinements" not in response.url:
            # The unrefined results mix all courts since 2009, and the present one's may be pages away.
            url = f"{response.url}&Refinements%5Blawsgeneralcourt%5D={quote(token)}"
            yield self.request(url, facts=facts, priority=2)
            return
        for bill in found:
            listed = self.listed.get(bill.key)
            kept = Marker.parse(self.markers.get(listed.numbers.key)) if listed else None
            if listed and listed.readable and (kept is None or kept.depth != READ):
                yield self.document_of(listed)

    def committee_bills(self, response: Response) -> Iterator[Any]:
        """Read a committee's page of bills."""
        found = list(ma_pages.result_bills(response))
        yield from found
        if not found:
            yield ScrapedSkip(reason="empty", url=response.url)

    def hearing_page(self, response: Response) -> Iterator[Any]:
        """Read a hearing's page."""
        event_id = response.url.split("?")[0].rstrip("/").rsplit("/", 1)[-1]
        yield from ma_hearings.page_hearing(response, event_id, self.when)

    def hearing_list(self, response: Response) -> Iterator[Any]:
        """Read a page that links hearings: the calendar of a range of days, a committee's hearings."""
        found = ma_pages.hearing_ids(response)
        if not found:
            yield ScrapedSkip(reason="empty", url=response.url)
        for event_id in found:
            yield self.request(f"{API}/Hearings/{event_id}", headers=JSON)

    def committee(self, response: Response) -> Iterator[Any]:
        """Read a committee: the bills that lie before it."""
        data = row_of(response)
        name = line(data.get("FullName"))
        rows = data.get("DocumentsBeforeCommittee") or []
        found, skips = ma_documents.identified(rows, court_of(response.url), response.url)
        yield from skips
        for numbers, row in found:
            bill = ma_documents.listed_bill(row, numbers, None)
            bill.status = f"Before the {name}" if name else None
            yield bill
        if not found:
            yield ScrapedSkip(reason="empty", url=response.url)


def told(
    numbers: Numbers, actions: Sequence[ScrapedAction], url: str, facts: Mapping[str, Any] | None = None
) -> ScrapedBill:
    """Return what a history tells of its bill, joined with what the document before it told (in `facts`)."""
    facts = facts or {}
    actions = ma_history.in_order(actions)
    lineage = [
        *numbers.lineage,
        *ma_history.lineage_of(actions, numbers.court, numbers.identifier),
        *(ScrapedLineage.model_validate(row) for row in facts.get("similar", ())),
    ]
    votes = [
        *(ScrapedVote.model_validate(row) for row in facts.get("votes", ())),
        *ma_history.votes_of(actions, numbers.court),
    ]
    bill = ma_pages.bare_bill(numbers)
    bill.key = facts.get("key", bill.key)
    if actions:
        bill.actions = list(actions)
        bill.status = ma_history.status_of(actions)
        bill.outcome = ma_history.outcome_of(actions)
        bill.reporting_date = ma_history.reporting_date_of(actions, url)
    bill.votes = votes or None
    bill.lineage = lineage or None
    return bill
