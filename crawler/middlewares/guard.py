"""No request leaves for a private address, a scheme the row does not name, or beyond the run's budgets."""

import ipaddress
import socket
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred

from crawler.errors import Blocked, CrawlError, Truncated


class PrivateAddress(OSError):
    """A public name led to an address that is not public; raised while resolving, so nothing connects."""


def is_public(address: str) -> bool:
    """Whether an IP address in any notation is globally reachable (mapped IPv4 is looked into)."""
    ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    mapped = getattr(ip, "ipv4_mapped", None)
    return (mapped or ip).is_global and not ip.is_multicast


def literal_address(host: str) -> str | None:
    """The IP address that a host name is, decimal, octal, hexadecimal and short forms included; None for a name."""
    try:
        return str(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        pass
    try:
        # inet_aton reads every form that C libraries connect to: 127.1, 0x7f000001, 017700000001, 2130706433.
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return None


def check_url(url: str, schemes: tuple[str, ...], private_hosts: frozenset[str]) -> None:
    """Raise Blocked if an address may not be asked at all; names are looked at again when they resolve."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".").lower()
    if parts.scheme not in schemes:
        raise Blocked(f"the scheme {parts.scheme!r} is not allowed here", reason="scheme_refused", url=url)
    if "\\" in url or parts.username or parts.password or not host:
        raise Blocked("the address is not a plain one", reason="address_refused", url=url)
    if host in private_hosts:
        return
    literal = literal_address(host)
    if (literal is not None and not is_public(literal)) or host == "localhost" or host.endswith(".localhost"):
        raise Blocked("the address is a private one", reason="private_address", url=url)


def refuse(error: CrawlError) -> IgnoreRequest:
    """The exception Scrapy expects for a request that is not made, with ours as its cause."""
    ignored = IgnoreRequest(error.message)
    ignored.__cause__ = error
    return ignored


class PublicResolver(CachingThreadedResolver):
    """Refuses names that resolve to private addresses; the address it returns is the one connected to."""

    private_hosts: frozenset[str] = frozenset()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> Self:
        resolver = super().from_crawler(crawler, reactor)
        resolver.private_hosts = frozenset(crawler.settings.getlist("WATCHBILL_PRIVATE_HOSTS"))
        return resolver

    def getHostByName(self, name: str, timeout: Any = ()) -> Deferred[str]:  # noqa: N802 (Twisted's name)
        found = super().getHostByName(name, timeout)

        def check(address: str) -> str:
            if name not in self.private_hosts and not is_public(address):
                raise PrivateAddress(f"{name} leads to the private address {address}")
            return address

        return found.addCallback(check)


class AddressGuard:
    """Downloader middleware, the outermost: redirects pass it again, so a public page can't lead inside."""

    def __init__(self, crawler: Crawler) -> None:
        self.schemes = tuple(crawler.settings.getlist("WATCHBILL_SCHEMES"))
        self.private_hosts = frozenset(crawler.settings.getlist("WATCHBILL_PRIVATE_HOSTS"))
        self.replaying = crawler.settings.getbool("WATCHBILL_REPLAYING")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        # A replay makes no connection, and recordings of test tenants stand under any host name.
        if self.replaying:
            return
        try:
            check_url(request.url, self.schemes, self.private_hosts)
        except Blocked as error:
            raise refuse(error) from error


class RequestBudget:
    """Downloader middleware: after so many requests the run is truncated, and says so."""

    def __init__(self, crawler: Crawler) -> None:
        self.stats = crawler.stats
        self.left = crawler.settings.getint("WATCHBILL_MAX_REQUESTS")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        if request.meta.get("dont_obey_robotstxt"):
            return  # robots.txt itself does not count
        self.left -= 1
        if self.left < 0:
            if self.stats is not None:
                self.stats.set_value("watchbill/truncated", "request_budget")
            raise refuse(Truncated("the run's budget of requests is used up", reason="request_budget", url=request.url))
