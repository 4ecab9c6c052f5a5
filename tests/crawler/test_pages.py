"""A page that is not the site's own is named, at any status; a healthy one passes."""

import pytest
from scrapy.http import HtmlResponse, Response

from crawler import pages
from crawler.errors import Blocked, CrawlError, FetchFailed, WrongPage

LIST = "<html><head><title>Agendas</title></head><body><h1>Agendas</h1><ul>{rows}</ul></body></html>".format(
    rows="".join(f"<li><a href=/a/{n}>City Council meeting number {n}</a></li>" for n in range(40))
)

WRONG = {
    "challenge": [
        "<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>",
        "<html><head><title>Attention Required! | Shield</title></head><body><div class=cf-chl-widget></div></body></html>",
        "<html><body><script src='/_Incapsula_Resource?SWJIYLWA=1'></script>Request unsuccessful.</body></html>",
        "<html><body>Please verify you are a human <div class='h-captcha'></div></body></html>",
        "<html><head><script>window.awsWafCookieDomainList=[]</script><script src='https://x.awswaf.com/c.js'></script></head><body></body></html>",
        "<html><body><div id='px-captcha'></div>Press and hold</body></html>",
        "<html><body>Sucuri WebSite Firewall - Access Denied</body></html>",
    ],
    "rejected": [
        "<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. Please consult with your administrator.</body></html>",
        "<html><head><title>Access Denied</title></head><body>You don't have permission to access this server.</body></html>",
        "<html><body><h1>403</h1>Your IP address has been blocked.</body></html>",
    ],
    "login": [
        "<html><head><title>Sign In</title></head><body><form><input type=password name=p></form></body></html>",
        "<html><head><title>Account Login - Portal</title></head><body><form action='/login'><input type='password'></form></body></html>",
    ],
    "maintenance": [
        "<html><head><title>Site Maintenance</title></head><body>We will be back.</body></html>",
        "<html><body>This site is currently down for scheduled maintenance.</body></html>",
        "<html><head><title>Runtime Error</title></head><body>Server Error in '/' Application.</body></html>",
        "<html><body><p>We're Sorry! You seem to be lost.</p></body></html>",
        "<html><head><title>503 Service Temporarily Unavailable</title></head><body>nginx</body></html>",
    ],
    "parked": [
        "<html><body>This domain is for sale. Buy this domain.</body></html>",
        "<html><head><title>Welcome to nginx!</title></head><body>It works</body></html>",
        "<html><body><script src='https://www.sedoparking.com/x.js'></script>exampleville.gov related searches</body></html>",
    ],
    "soft_404": [
        "<html><head><title>Page Not Found</title></head><body>Try our search.</body></html>",
        "<html><head><title>City</title></head><body><h1>404</h1>gone</body></html>",
    ],
    "needs_javascript": [
        "<html><head><title>Portal</title></head><body><noscript>You need to enable JavaScript to run this app.</noscript><div id='root'></div></body></html>",
        "<html><head><title>Portal</title></head><body><app-root></app-root><script src=main.js></script></body></html>",
    ],
    "empty_body": ["", "   \n"],
    "empty_shell": ["<html><head></head><body></body></html>"],
}
CASES = [(reason, page) for reason, all_pages in WRONG.items() for page in all_pages]


def response(body: str, status: int = 200, url: str = "https://exampleville.gov/agendas") -> HtmlResponse:
    return HtmlResponse(url, status=status, body=body.encode(), encoding="utf-8")


@pytest.mark.parametrize(("reason", "page"), CASES)
def test_a_page_that_stands_before_the_site_is_named(reason, page):
    with pytest.raises(CrawlError) as raised:
        pages.check_wrong_page(response(page))
    assert raised.value.reason == reason
    assert isinstance(raised.value, Blocked if reason in ("challenge", "rejected", "login") else WrongPage)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "<li>Resolution on the maintenance of sidewalks, under maintenance contract</li>",
        "<li>Access to this site has been denied by the Zoning Board</li>",
        "<li>Site plan review: the domain is for sale</li>",
        "<footer><form action='/login'><input type=password></form><div class='g-recaptcha'></div></footer>",
        "<noscript>Please enable JavaScript to view the calendar.</noscript>",
        "<li>404 Main Street: special permit</li>",
    ],
)
def test_a_healthy_list_passes_whatever_its_rows_speak_of(line):
    page = LIST.replace("</ul>", line + "</ul>") + "<!-- " + "x" * 3000 + " -->"
    page = page.replace(
        "</ul>",
        "".join(f"<li>Public hearing on item {n}, Town Hall, 36 Center Street</li>" for n in range(60)) + "</ul>",
    )
    pages.check_wrong_page(response(page))


@pytest.mark.parametrize(
    ("status", "error", "reason"),
    [
        (401, Blocked, "login"),
        (403, Blocked, "forbidden"),
        (404, WrongPage, "not_found"),
        (410, WrongPage, "not_found"),
        (429, FetchFailed, "too_many_requests"),
        (500, FetchFailed, "server_error"),
        (503, FetchFailed, "server_error"),
        (302, WrongPage, "unexpected_status"),
    ],
)
def test_a_status_is_an_error_by_its_meaning(status, error, reason):
    with pytest.raises(error) as raised:
        pages.check_status(response("x", status))
    assert raised.value.reason == reason


def test_a_challenge_behind_403_is_called_one():
    with pytest.raises(Blocked) as raised:
        pages.check_status(response("<title>Just a moment...</title>", 403))
    assert raised.value.reason == "challenge"


def test_an_error_page_under_a_files_address_is_not_a_document():
    page = response("<html><head><title>Page not found</title></head></html>", url="https://example.gov/a.pdf")
    with pytest.raises(WrongPage):
        pages.check_file(page)


@pytest.mark.parametrize(
    ("body", "header", "kind"),
    [
        (b"%PDF-1.7 ...", b"text/html", "application/pdf"),
        (b"<html>", b"application/octet-stream", "text/html"),
        (b"{\\rtf1 x}", b"", "application/rtf"),
        (b"plain", b"text/plain; charset=utf-8", "text/plain"),
    ],
)
def test_a_files_first_bytes_tell_its_type_before_the_header(body, header, kind):
    headers = {b"Content-Type": header} if header else {}
    assert pages.media_type(Response("https://example.gov/f", headers=headers, body=body)) == kind
