"""Is this the page we asked for? Challenges, logins, maintenance, parked domains and empty shells at any status.

"Green but dead" begins here: a captcha page parsed as "nothing new". Every response passes these checks
before a spider sees it; each finding is an error with a short reason that runs, parse and status show.
"""

import re

from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response, TextResponse

from crawler.errors import Blocked, CrawlError, FetchFailed, Truncated, WrongPage

FATAL_REASONS = frozenset(
    {"blocked", "challenge", "rejected", "login", "forbidden", "robots_unavailable", "too_many_requests"}
)
"""Reasons after which going on would be impolite or pointless: the crawl of that source stops."""

FILE_TYPES = (
    "application/pdf",
    "application/msword",
    "application/rtf",
    "text/rtf",
    "application/vnd.",
    "application/octet-stream",
    "application/zip",
    "image/",
)
MAGIC = {
    b"%PDF": "application/pdf",
    b"PK\x03\x04": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"{\\rtf": "application/rtf",
    b"\xd0\xcf\x11\xe0": "application/msword",
}

CHALLENGE = (
    r"<title>\s*(just a moment|attention required|one more step|please wait|ddos-guard|security check|"
    r"verifying (you are|your browser)|are you a robot|robot check|human verification|access to this page has been denied)",
    r"cf-browser-verification|cf[-_]chl[-_]|challenge-platform|/cdn-cgi/challenge|__cf_chl",
    r"_incapsula_resource|incapsula incident id",
    r"px-captcha|perimeterx|/_sec/cp_challenge|geo\.captcha-delivery\.com|datadome",
    r"awswaf\.com|aws-waf-token|awswafintegration",
    r"sucuri website firewall|sucuri_cloudproxy|radware bot manager|distil_r_captcha|kasada|reblaze",
    r"checking (your browser|if the site connection is secure)|verify (that )?you are (a )?human|"
    r"prove (that )?you(?:'|&#39;|’)?(?: a)?re (not a robot|human)|complete the (captcha|security check)",
)
CAPTCHA_WIDGET = r"(g-recaptcha|h-captcha|cf-turnstile)\b"
REJECTED = (
    r"<title>\s*(request rejected|access denied|403 forbidden|forbidden|blocked|not acceptable|"
    r"web page blocked|error 403|406 not acceptable)",
    r"the requested url was rejected\. please consult",
    r"your (ip|ip address|access|request) (has been|was|is) (temporarily )?(blocked|denied|rejected)",
    r"you don(?:'|&#39;|’)t have permission to access|errors\.edgesuite\.net|mod_security|wordfence",
    r"access (to this (site|page|resource) )?(has been |is )?denied",
    r"this request was blocked by|has been blocked by (the )?(administrator|security)",
)
LOGIN = (
    r"<title>\s*(log ?in|sign ?in|log on|sign on|authentication required|account login|user log ?in)\b",
    r"login\.microsoftonline\.com/[^\"']+/oauth2|<form[^>]+action=[\"'][^\"']*(/login|/signin|/saml|/sso)\b",
)
MAINTENANCE = (
    r"<title>\s*((scheduled|site|system|website)?\s*(is )?(under |down for )?maintenance|"
    r"(temporarily )?(unavailable|offline)|service unavailable|site (is )?(offline|down)|we(?:'|&#39;|’)ll be (right )?back|"
    r"be right back|coming soon|runtime error|server error|internal server error|bad gateway|gateway time-?out|502|503|500)",
    r"(is|are) (currently |temporarily )?(down|closed|unavailable|offline) for (scheduled |routine |site )?maintenance",
    r"(undergoing|performing|under) (scheduled |routine |planned |system )?maintenance",
    r"server error in '/?[^']*' application",
    r"we(?:'|&#39;|’)?re sorry!? you seem to be lost",
)
PARKED = (
    r"this domain (name )?(is|may be) (for sale|parked)|domain (is )?(parked|for sale)|buy this domain|"
    r"(sedoparking|parkingcrew|bodis|hugedomains|afternic|dan\.com|above\.com/parked|parklogic)",
    r"domain (name )?(has )?expired|the domain [^<]{3,80} (is for sale|has expired)|related searches:? ?</?",
    r"<title>\s*(welcome to nginx|apache2? [^<]{0,20}default page|iis windows server|index of /|test page for)",
)
NOT_FOUND = (
    r"<title>[^<]{0,60}(\b404\b|page (can ?not|could not) be found|page not found|not found|"
    r"page (you requested )?(does not|doesn(?:'|&#39;|’)t) exist)",
    r"<h1[^>]*>\s*(<[^>]+>\s*)*(404|page not found|page cannot be found|not found|we can(?:'|&#39;|’)t find that page)",
)
NEEDS_SCRIPT = (
    r"<noscript>[^<]{0,40}(<[^>]+>\s*)*[^<]{0,40}(you need to enable javascript|please enable javascript|"
    r"enable javascript to (run|view|use)|requires javascript|javascript is (required|disabled))",
    r"<div id=[\"'](root|app|__next|main-app|q-app)[\"'][^>]*>\s*(<noscript>.*?</noscript>\s*)?</div>|<app-root[^>]*>\s*</app-root>",
)
COOKIE_WALL = (r"<title>\s*(cookies? (are )?required|enable cookies|before you continue)",)


def _compiled(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE | re.DOTALL)


CHALLENGE_RE, REJECTED_RE, LOGIN_RE = _compiled(*CHALLENGE), _compiled(*REJECTED), _compiled(*LOGIN)
MAINTENANCE_RE, PARKED_RE, NOT_FOUND_RE = _compiled(*MAINTENANCE), _compiled(*PARKED), _compiled(*NOT_FOUND)
SCRIPT_RE, COOKIE_RE, CAPTCHA_RE = _compiled(*NEEDS_SCRIPT), _compiled(*COOKIE_WALL), _compiled(CAPTCHA_WIDGET)

SHORT_PAGE = 2_500
"""Characters of visible text below which a page may be nothing but a notice; real lists are longer.

Phrases like "access is denied" or "maintenance" stand in real agendas too, so in longer pages only the
title counts.
"""

NOTICE = 700
"""Characters of visible text below which scripts are looked at too; healthy pages carry the same protectors' scripts."""

TAGS = re.compile(
    r"<(script|style|noscript|template|svg|head)\b.*?</\1\s*>|<!--.*?-->|<[^>]+>", re.IGNORECASE | re.DOTALL
)
TITLE = re.compile(r"<title[^>]*>.*?</title>", re.IGNORECASE | re.DOTALL)
PASSWORD_FIELD = re.compile(r"<input[^>]+type=[\"']?password", re.IGNORECASE)


def check_status(response: Response) -> None:
    """Raise the error that an HTTP status means; 2xx passes. FTP answers have status 200."""
    status = response.status
    if 200 <= status < 300:
        return
    url = response.url
    if status in (401, 407):
        raise Blocked(f"the site asks for a login (HTTP {status})", reason="login", url=url)
    if status in (403, 406, 451):
        body = visible_body(response)
        reason = "challenge" if CHALLENGE_RE.search(body) or CAPTCHA_RE.search(body) else "forbidden"
        raise Blocked(f"the site refuses us (HTTP {status})", reason=reason, url=url)
    if status in (404, 410):
        raise WrongPage(f"the page is not there (HTTP {status})", reason="not_found", url=url)
    if status == 429:
        raise FetchFailed("the site asks us to slow down (HTTP 429)", reason="too_many_requests", url=url)
    if status >= 500:
        raise FetchFailed(f"the server failed (HTTP {status})", reason="server_error", url=url)
    raise WrongPage(f"an unexpected answer (HTTP {status})", reason="unexpected_status", url=url)


def check_wrong_page(response: Response) -> None:
    """Raise Blocked or WrongPage if the body is not a site's page but something that stands before it."""
    body = response.body
    if not body.strip():
        raise WrongPage("the page is empty", reason="empty_body", url=response.url)
    if not isinstance(response, TextResponse):
        if body[:4] in MAGIC:
            raise WrongPage("a file stands where a page was expected", reason="file_for_page", url=response.url)
        return
    if body[:4] == b"%PDF":
        raise WrongPage("a PDF stands where a page was expected", reason="file_for_page", url=response.url)
    text = response.text
    head = text.lstrip()[:1]
    if head in "{[":
        return
    check_markup(text, response.url)


def check_markup(text: str, url: str) -> None:
    """The fingerprints, on one page's markup."""
    visible = TAGS.sub(" ", text)
    length = len(" ".join(visible.split()))
    title = " ".join(TITLE.findall(text))
    scope = text if length < NOTICE else f"{title} {visible}" if length < SHORT_PAGE else title
    if CHALLENGE_RE.search(scope) or (length < NOTICE and CAPTCHA_RE.search(text)):
        raise Blocked("a challenge page stands before the site", reason="challenge", url=url)
    if COOKIE_RE.search(title):
        raise Blocked("a cookie wall stands before the site", reason="challenge", url=url)
    if REJECTED_RE.search(scope):
        raise Blocked("the site's firewall rejected the request", reason="rejected", url=url)
    if LOGIN_RE.search(title) or (length < SHORT_PAGE and PASSWORD_FIELD.search(text) and LOGIN_RE.search(text)):
        raise Blocked("the site asks for a login", reason="login", url=url)
    if MAINTENANCE_RE.search(scope):
        raise WrongPage("the site is down for maintenance or failed", reason="maintenance", url=url)
    if PARKED_RE.search(scope):
        raise WrongPage("the domain is parked or serves a default page", reason="parked", url=url)
    if NOT_FOUND_RE.search(scope):
        raise WrongPage("the site says at HTTP 200 that there is no such page", reason="soft_404", url=url)
    if length < 300 and SCRIPT_RE.search(text):
        raise WrongPage("the page is an empty shell that needs JavaScript", reason="needs_javascript", url=url)
    if length == 0 and "<" in text:
        raise WrongPage("the page has no text", reason="empty_shell", url=url)


def visible_body(response: Response) -> str:
    """The response as text, however it was declared; for fingerprints only."""
    return response.text if isinstance(response, TextResponse) else response.body.decode("utf-8", "replace")


def media_type(response: Response) -> str:
    """The media type of a file: its first bytes win over the header, which platforms often get wrong."""
    for magic, kind in MAGIC.items():
        if response.body.lstrip()[: len(magic)] == magic:
            return kind
    declared = (response.headers.get("Content-Type") or b"").decode("latin-1").split(";")[0].strip().lower()
    if declared and declared != "application/octet-stream":
        return declared
    return "text/html" if response.body.lstrip()[:1] == b"<" else "application/octet-stream"


def is_file(response: Response) -> bool:
    """Whether a response without a page role is a document rather than a page."""
    return media_type(response).startswith(FILE_TYPES) or media_type(response) == "text/plain"


def check_file(response: Response) -> None:
    """Raise if a document's body is not one: empty, or an error page under a file's address."""
    body = response.body
    if not body.strip():
        raise WrongPage("the file is empty", reason="empty_body", url=response.url)
    if media_type(response) in ("text/html", "application/xhtml+xml"):
        check_markup(visible_body(response), response.url)
    if body[:4] == b"%PDF" and len(body) < 200:
        raise Truncated("the PDF ends in the middle", url=response.url)


def error_of(failure: BaseException, url: str) -> CrawlError:
    """The crawl error that a failed download means; middlewares raise ours inside IgnoreRequest's cause."""
    if isinstance(failure, CrawlError):
        return failure
    if isinstance(failure.__cause__, CrawlError):
        return failure.__cause__
    if isinstance(failure, IgnoreRequest):
        return Blocked(f"the request was not made: {failure}", reason="not_requested", url=url)
    name = type(failure).__name__
    return FetchFailed(f"{name}: {failure}" if str(failure) else name, reason=reason_of(name), url=url)


def reason_of(name: str) -> str:
    """A short reason for the class name of a network error."""
    table: dict[str, str] = {
        "DNSLookupError": "dns_failed",
        "CannotResolveHostError": "dns_failed",
        "DownloadTimeoutError": "timeout",
        "TimeoutError": "timeout",
        "TCPTimedOutError": "timeout",
        "ConnectionRefusedError": "connection_refused",
        "DownloadConnectionRefusedError": "connection_refused",
        "ResponseDataLossError": "truncated",
        "DownloadCancelledError": "too_large",
    }
    return table.get(name, "fetch_failed")
