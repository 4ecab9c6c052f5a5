"""What every mail carries of its sender: addresses, links, contact line, banner."""

from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import urlencode, urlsplit

from config.errors import ConfigError
from config.settings import Settings
from notifier.addresses import clean_address
from notifier.errors import AddressRefused
from notifier.plain import one_line, safe_link


@dataclass(frozen=True)
class Letterhead:
    """The sender's side of a mail, checked once."""

    name: str
    address: str
    base_url: str
    contact: str
    postal_line: str = ""
    banner: str = ""

    @property
    def domain(self) -> str:
        """The domain of From, Message-ID, List-Id and return addresses."""
        return self.address.rpartition("@")[2]

    def link(self, path: str, **query: str) -> str:
        """Return an address under our own pages."""
        return f"{self.base_url}/{path}" + (f"?{urlencode(query)}" if query else "")


def load_letterhead(settings: Settings, banner: str = "") -> Letterhead:
    """Return the letterhead of the settings; raises ConfigError naming the one that is wrong."""
    name, address = parseaddr(settings.mail_from)
    try:
        address = clean_address(address)
    except AddressRefused as error:
        raise ConfigError(
            error.message, field="WATCHBILL_MAIL_FROM", remedy="It looks like: watchbill <digest@example.org>"
        ) from error
    base = safe_link(settings.base_url.rstrip("/"))
    if base is None or urlsplit(base).query:
        raise ConfigError(
            "is not a web address", field="WATCHBILL_BASE_URL", remedy="It looks like https://example.org"
        )
    return Letterhead(
        name=one_line(name, 60) or "watchbill",
        address=address,
        base_url=base,
        contact=one_line(settings.contact, 200),
        postal_line=one_line(settings.postal_line, 200),
        banner=one_line(banner, 80),
    )
