"""What Legistar's two faces, the Web API and the InSite pages, share: options, window, addresses, wrong answers."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, ClassVar
from urllib.parse import quote, urlencode, urljoin, urlsplit

from parsel import Selector
from pydantic import Field, SecretStr, field_validator
from scrapy.http import Request, Response, TextResponse

from crawler.errors import Blocked, CrawlError, WrongPage
from crawler.items import ScrapedAgendaItem, ScrapedBill, ScrapedEvent, ScrapedSkip
from crawler.pages import visible_body
from crawler.select import text_of
from crawler.spiders.base import Role, ScrapedError, SourceSpider, SpiderOptions
from crawler.spiders.platforms.legistar_grid import form_fields
from crawler.spiders.platforms.legistar_words import is_available
from crawler.when import When

API = "https://webapi.legistar.com/v1"
CLIENT = re.compile(r"/v1/(?P<client>[^/?#]+)/", re.IGNORECASE)
HOST = re.compile(r"^(?P<client>[a-z0-9.-]+)\.legistar\.com$", re.IGNORECASE)
TOKEN = re.compile(r"([?&]token=)[^&#\s]+", re.IGNORECASE)
ANSWERS: tuple[tuple[str, type[CrawlError], str, str], ...] = (
    ("connectionstring setting is not set up", WrongPage, "unknown_client", "Legistar knows no client of that name"),
    ("token is required", Blocked, "token_required", "this client's Web API asks for a token"),
    ("this record no longer exists", WrongPage, "not_found", "the record is gone from the site"),
    ("invalid parameters!", WrongPage, "invalid_parameters", "the site refuses the ID or GUID of the address"),
    ("<title>invalid feed", WrongPage, "invalid_feed", "the site says that there is no such feed"),
)
"""What Legistar says, at any HTTP status, instead of an answer: phrase, error, reason, sentence."""

SHORT_ANSWER = 5_000
"""Bytes; these phrases are whole answers, and agendas may quote any of them."""

PROBE = (
    "license plate",
    "licence plate",
    "plate reader",
    "ALPR",
    "Flock Safety",
    "Flock Group",
    "gender-affirming",
    "gender affirming",
    "reproductive",
    "abortion",
)


class LegistarOptions(SpiderOptions):
    """Options of a Legistar row; `client` is the Web API's name of it, not always the host's."""

    client: str | None = None
    api: bool = True
    """False for clients without a public Web API: the InSite pages are read instead."""
    token: SecretStr | None = None
    """Some clients' Web API asks for one."""
    days_back: int = Field(default=7, ge=0, le=1500)
    days_ahead: int = Field(default=60, ge=0, le=400)
    probe: tuple[str, ...] = PROBE
    """Words for the site's own search, for matters that did not move lately; empty turns it off."""
    probe_days: int = Field(default=730, ge=0, le=10_000)
    """How long ago a matter that the search finds may have been introduced."""

    @field_validator("probe", mode="before")
    @classmethod
    def one_word_is_a_list(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value


class LegistarBase(SourceSpider):
    """Options and helpers of both faces."""

    platform: ClassVar[str] = "legistar"
    Options: ClassVar[type[SpiderOptions]] = LegistarOptions
    options: LegistarOptions

    @classmethod
    def options_from_url(cls, url: str) -> dict[str, Any]:
        """Return the client, which a Web API address names in its path and a vendor's host in its first part."""
        parts = urlsplit(url)
        found = CLIENT.search(parts.path) or HOST.match(parts.hostname or "")
        client = found["client"] if found else None
        return {"client": client} if client and client.lower() != "webapi" else {}

    @property
    def window(self) -> tuple[date, date]:
        """First and last day of the meetings this crawl is about."""
        return self.today - timedelta(days=self.options.days_back), self.today + timedelta(days=self.options.days_ahead)

    def in_window(self, day: date) -> bool:
        """Return whether a meeting's items are read in this crawl."""
        first, last = self.window
        return first <= day <= last

    @property
    def client(self) -> str | None:
        """The client's name in the Web API, None if neither option nor address tells it."""
        return self.options.client or self.options_from_url(self.source.url).get("client")

    def starts(self, day: date, time_text: str) -> When:
        """Return when a meeting starts; midnight is what forms fill in for "no time", and is kept as text only."""
        start = self.when(day, time_text)
        if start.starts_at and "T00:00" in start.starts_at:
            return When(day.isoformat(), time_text, start.timezone)
        return start

    @property
    def site(self) -> str | None:
        """Where the client's InSite pages stand; None if neither row nor option tells."""
        host = urlsplit(self.source.url).hostname or ""
        if host and host != "webapi.legistar.com":
            return f"https://{host}"
        return f"https://{self.options.client}.legistar.com" if self.options.client else None

    def api_url(self, path: str, parameters: Mapping[str, str] | None = None) -> str:
        """Return an address of the client's Web API, with its token if it has one."""
        if self.client is None:
            raise WrongPage("neither row nor address names the client", reason="no_client", source=self.source.slug)
        query = dict(parameters or {})
        if self.options.token:
            query["token"] = self.options.token.get_secret_value()
        address = f"{API}/{quote(self.client)}/{path}"
        return address + ("?" + urlencode(query, quote_via=quote, safe="$,'()") if query else "")

    def own_address(self, path: str) -> list[str]:
        """Return the one address that names a thing in the Web API; a list's address changes with its days.

        Empty where the client is not known (a page read alone): what was read is then the only source to name.
        """
        return [f"{API}/{quote(self.client)}/{path}"] if self.client else []

    def api_request(
        self,
        path: str,
        parameters: Mapping[str, str] | None = None,
        facts: Mapping[str, Any] | None = None,
        priority: int = 0,
    ) -> Request:
        """Return a request to the Web API; without the header it answers XML."""
        headers = {"Accept": "application/json"}
        return self.request(self.api_url(path, parameters), facts=facts, headers=headers, priority=priority)

    def facts(self, response: Response) -> dict[str, Any]:
        """Return what the page that asked for this one passed along; nothing for a page read alone."""
        request = response.request
        return dict(request.meta.get("facts") or {}) if request is not None else {}

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Any]:
        """Read one response; Legistar's own refusals are named before its status or its markup is judged."""
        request = response.request
        url = request.url if request is not None else response.url
        refusal = refusal_of(response)
        if refusal is not None:
            role = self.role_of(url, request.method if request is not None else "GET")
            yield self.error(refusal, url, role)
            return
        if request is not None and re.search(r"/View(Report)?\.ashx", url, re.IGNORECASE):
            # One address answers with PDF, Word or a page of the agenda's text: always a document's body.
            request.meta["document"] = True
        yield from super().parse(response, **kwargs)

    def check_page(self, response: Response) -> None:
        """Raise WrongPage unless the answer bears Legistar's marks: its grids, its form, its JSON or its feed."""
        body = response.body[:3_000_000]
        head = body.lstrip()[:1]
        if head in (b"{", b"["):
            return
        if not re.search(rb"rgMasterTable|ctl00_ContentPlaceHolder1|<rss\b|_gridMain_", body):
            raise WrongPage("this is no page of Legistar's", reason="other_platform", url=response.url)

    def form_request(
        self,
        response: Response,
        target: str,
        *,
        argument: str = "",
        extra: Mapping[str, str] | None = None,
        facts: Mapping[str, Any],
    ) -> Request:
        """Return the POST that a script of the page would send; the same role reads the answer."""
        page = selector_of(response)
        values = form_fields(page, response.url)
        values |= {"__EVENTTARGET": target, "__EVENTARGUMENT": argument, **(extra or {})}
        form = page.xpath("//form[.//input[@name='__VIEWSTATE']]/@action").get()
        return self.request(
            urljoin(response.url, form or ""),
            facts=facts,
            method="POST",
            body=urlencode(values),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )

    def matter_request(self, details: str, facts: Mapping[str, Any]) -> Request:
        """Return the request for a matter's page with its text; a list's options would only vary the address."""
        address = re.split(r"&(?:Options|Search|FullText)=", details)[0] + "&FullText=1"
        return self.request(address, facts={"sweep": facts.get("sweep")})

    def reference(self, response: Response) -> Iterator[Any]:
        """Leave out a page that is Legistar's own and tells of people, bodies or words, not of meetings or matters."""
        yield ScrapedSkip(reason="reference", url=response.url)

    def complete(self, result: Any, response: Response) -> Iterator[Any]:
        """Add the page's address to an item, without the token."""
        if isinstance(result, (ScrapedBill, ScrapedEvent, ScrapedAgendaItem)) and not result.source_urls:
            result.source_urls = [without_token(response.url)]
        if isinstance(result, ScrapedSkip) and result.url:
            result.url = without_token(result.url)
        yield from super().complete(result, response)

    def error(self, error: CrawlError, url: str, role: Role | None) -> ScrapedError:
        """Tell of a failure without the token, which errors would carry into logs, pages and mails."""
        found = super().error(error, url, role)
        found.url = without_token(found.url) if found.url else None
        found.message = without_token(found.message)
        return found


def without_token(text: str) -> str:
    """Return a text with the value of a token parameter struck out."""
    return TOKEN.sub(r"\1…", text)


def refusal_of(response: Response) -> CrawlError | None:
    """Return the error that one of Legistar's own refusals means, None for any other answer."""
    if re.search(r"/Error\.aspx", response.url, re.IGNORECASE):
        return WrongPage("the site led to its error page", reason="error_page", url=response.url)
    if b"schemas.datacontract.org" in response.body[:500]:
        return WrongPage("the Web API answered XML, not JSON", reason="xml_answer", url=response.url)
    if len(response.body) > SHORT_ANSWER:
        return None
    text = visible_body(response).lower()
    for phrase, error, reason, sentence in ANSWERS:
        if phrase in text:
            return error(sentence, reason=reason, url=response.url)
    return None


def selector_of(response: Response) -> Selector:
    """Return the page's tree, also of an export, which is HTML served as a spreadsheet."""
    if isinstance(response, TextResponse):
        return response.selector
    return Selector(text=response.body.decode("utf-8", "replace"))


def field_of(page: Selector, *names: str) -> str:
    """Return the text of the first of these fields that a detail page has and fills; "" if none."""
    return text_of(field_node(page, *names))


def field_node(page: Selector, *names: str) -> Selector | None:
    """Return the first of these fields that a detail page has and fills; None if none."""
    for name in names:
        for node in page.css(f"[id$='ContentPlaceHolder1_{name}']"):
            if is_available(text_of(node)):
                return node
    return None
