"""Rules that every mail of ours must keep, checked on the bytes that go on the wire."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from lxml import html as lxml_html

from notifier.letterhead import Letterhead

MOST_BYTES = 100_000
ONE_OF_EACH = (
    "From", "To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post",
    "Auto-Submitted", "MIME-Version", "Content-Type",
)  # fmt: skip
FORBIDDEN_HEADERS = ("Bcc", "Cc", "Return-Path", "Precedence", "X-Priority", "Disposition-Notification-To", "Reply-To")
FORBIDDEN_TAGS = {
    "script", "form", "input", "button", "iframe", "frame", "object", "embed", "applet", "link", "base", "img",
    "video", "audio", "source", "svg", "math", "textarea", "select",
}  # fmt: skip
LINK_ATTRIBUTES = {"href", "src", "srcset", "background", "action", "poster", "cite", "data", "longdesc"}
ZONE = re.compile(r"\b(?:[AP]M) (?:[ECMP][SD]T|AK[SD]T|H[SD]T|AST|UTC[ +\-−0-9:]*|GMT)")
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ue000-\uf8ff]")
TOKEN = re.compile(r"/(?:unsubscribe|manage)/([^/\s\"<>]+)")


class Mail:
    """One mail taken apart."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.head, _, self.body = raw.partition(b"\r\n\r\n")
        parsed = message_from_bytes(raw, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        self.message = parsed
        self.parts = [part for part in parsed.walk() if not part.is_multipart()]
        self.text = next((p.get_content() for p in self.parts if p.get_content_type() == "text/plain"), "")
        self.html = next((p.get_content() for p in self.parts if p.get_content_type() == "text/html"), "")
        self.tree = lxml_html.document_fromstring(self.html) if self.html.strip() else None

    def elements(self) -> list[lxml_html.HtmlElement]:
        return [] if self.tree is None else [e for e in self.tree.iter() if isinstance(e.tag, str)]

    def words(self) -> str:
        """The HTML part as a reader sees it."""
        if self.tree is None:
            return ""
        return " ".join(" ".join(self.tree.xpath("//body//text()[not(ancestor::style)]")).split())

    def links(self) -> list[str]:
        return [element.get("href") for element in self.elements() if element.get("href")]


def lint(
    raw: bytes,
    *,
    letterhead: Letterhead,
    to: str | None = None,
    envelope_from: str | None = None,
    now: datetime | None = None,
    source_hosts: set[str] | None = None,
    facts: tuple[str, ...] = (),
    neutral: bool = False,
) -> list[str]:
    """Return the rules that a mail breaks; an empty list is a good mail."""
    mail = Mail(raw)
    rules = [*headers(mail, letterhead, to, now, neutral), *wire(mail), *structure(mail), *html_rules(mail)]
    rules += [*links(mail, letterhead, source_hosts), *both_parts(mail, facts), *envelope(envelope_from, letterhead)]
    return [rule for rule, kept in rules if not kept]


def headers(
    mail: Mail, letterhead: Letterhead, to: str | None, now: datetime | None, neutral: bool
) -> Iterator[tuple[str, bool]]:
    message = mail.message
    for name in ONE_OF_EACH:
        yield f"1 exactly one {name}", len(message.get_all(name, [])) == 1
    for name in FORBIDDEN_HEADERS:
        yield f"2 no {name}", name not in message
    recipients = message["To"].addresses if "To" in message else ()
    yield "3 one recipient", len(recipients) == 1
    yield "4 the recipient is the reader", to is None or recipients[0].addr_spec.lower() == to.lower()
    yield "5 From is the configured address", message["From"].addresses[0].addr_spec == letterhead.address
    identifier = str(message["Message-ID"])
    yield (
        "6 Message-ID is ours and opaque",
        bool(re.fullmatch(rf"<[0-9a-f]{{20,}}@{re.escape(letterhead.domain)}>", identifier)),
    )
    date = parsedate_to_datetime(str(message["Date"]))
    yield "7 Date has a zone", date.tzinfo is not None
    yield "8 Date is now", now is None or abs(date - now) < timedelta(minutes=5)
    yield (
        "9 List-Id is legal",
        bool(re.search(rf"<[a-z0-9.-]+\.{re.escape(letterhead.domain)}>$", str(message["List-Id"]))),
    )
    unsubscribe = str(message["List-Unsubscribe"])
    yield "10 List-Unsubscribe is one web address", bool(re.fullmatch(r"<https?://[^<>\s,]+>", unsubscribe))
    yield "11 one-click header exact", message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    yield "12 Auto-Submitted", message["Auto-Submitted"] == "auto-generated"
    subject = str(message["Subject"])
    yield "13 subject of at most 120 characters", 0 < len(subject) <= 120
    yield "14 subject is one clean line", subject.isprintable() and subject == " ".join(subject.split())
    yield "15 banner is in the subject", letterhead.banner in subject
    if neutral:
        states = ("Massachusetts", "Connecticut", "Maine", "states")
        yield "16 neutral subject tells nothing", "update" in subject and not any(s in subject for s in states)
    else:
        yield "17 counts in subject and body agree", counts_agree(mail, subject)


def counts_agree(mail: Mail, subject: str) -> bool:
    """Whether the numbers in a subject are those of the sections' headings."""
    if "nothing new" in subject:
        return "Coming up" not in mail.words() or "Nothing new" in mail.words()
    headings = {"Coming up": 0, "New": 0, "Moved": 0, "Text or agenda changed": 0, "Decided": 0}
    for element in mail.elements():
        if element.tag == "h2":
            match = re.fullmatch(r"(.+?) (\d+)", " ".join(element.text_content().split()))
            if match and match[1] in headings:
                headings[match[1]] = int(match[2])
    said = {words: int(number) for number, words in re.findall(r"(\d+) ([a-z][a-z ]*?)(?=,| —|$)", subject)}
    coming = sum(number for words, number in said.items() if words.startswith(("hearing", "meeting")))
    rest = {"new": "New", "moved": "Moved", "text changed": "Text or agenda changed", "decided": "Decided"}
    if "changed" in said:
        return coming == headings["Coming up"] and said["changed"] == sum(headings.values()) - headings["Coming up"]
    return coming == headings["Coming up"] and all(said.get(w, 0) == headings[h] for w, h in rest.items())


def wire(mail: Mail) -> Iterator[tuple[str, bool]]:
    raw = mail.raw
    yield "18 CRLF only", not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
    yield "19 no line over 998 bytes", all(len(line) <= 998 for line in raw.split(b"\r\n"))
    yield "20 seven bits", all(byte < 128 for byte in raw)
    yield "21 no control characters", not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", raw)
    yield "22 at most 100 KB", len(raw) <= MOST_BYTES
    yield "23 addresses of links are not encoded words", not re.search(rb"(?im)^list-[a-z-]+:.*=\?", mail.head)
    yield (
        "24 encoded words of at most 75",
        all(len(w) <= 75 for w in re.findall(rb"=\?[^?\s]+\?[bqBQ]\?[^?\s]*\?=", mail.head)),
    )
    folded = re.sub(rb"(?im)^(?:list-|message-id)[^\r]*\r\n", b"", mail.head + b"\r\n")
    yield "25 other headers folded at 78", all(len(line) <= 78 for line in folded.split(b"\r\n"))


def structure(mail: Mail) -> Iterator[tuple[str, bool]]:
    message = mail.message
    yield "26 no MIME defects", not message.defects and not any(part.defects for part in message.walk())
    kinds = [part.get_content_type() for part in mail.parts]
    yield (
        "27 alternative, text first",
        message.get_content_type() == "multipart/alternative" and kinds == ["text/plain", "text/html"],
    )
    yield "28 UTF-8", all(part.get_content_charset() == "utf-8" for part in mail.parts)
    long = [line for line in mail.text.splitlines() if len(line) > 78 and "http" not in line]
    yield "29 text lines of at most 78", not long
    yield (
        "30 no control characters inside",
        not re.search(
            r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ue000-\uf8ff]", mail.text + mail.html
        ),
    )


def html_rules(mail: Mail) -> Iterator[tuple[str, bool]]:
    elements = mail.elements()
    root = mail.tree
    yield "31 lang attribute", root is not None and bool(root.get("lang"))
    yield "32 no active or remote elements", not {e.tag for e in elements} & FORBIDDEN_TAGS
    yield "33 no event handlers", not any(name.startswith("on") for e in elements for name in e.attrib)
    styles = " ".join(
        [*(e.get("style") or "" for e in elements), *(e.text or "" for e in elements if e.tag == "style")]
    )
    yield "34 nothing loaded by styles", not re.search(r"url\(|@import|expression\(|behavior:", styles, re.IGNORECASE)
    yield (
        "35 no other links to load",
        not any(name in LINK_ATTRIBUTES and name != "href" for e in elements for name in e.attrib),
    )
    levels = [int(e.tag[1]) for e in elements if re.fullmatch(r"h[1-6]", e.tag)]
    yield "36 one first heading, first", levels[:1] == [1] and levels.count(1) == 1
    tables = [e for e in elements if e.tag == "table"]
    yield "37 layout tables say so", all(e.get("role") == "presentation" for e in tables)
    yield "38 a title", any(e.tag == "title" and (e.text or "").strip() for e in elements)
    yield "39 dark mode", "prefers-color-scheme: dark" in mail.html


def links(mail: Mail, letterhead: Letterhead, source_hosts: set[str] | None) -> Iterator[tuple[str, bool]]:
    addresses = [*mail.links(), *re.findall(r"https?://\S+", mail.text)]
    hosts = {urlsplit(address).hostname for address in addresses}
    yield "40 links lead to the web", all(urlsplit(address).scheme in ("http", "https") for address in mail.links())
    if source_hosts is not None:
        own = urlsplit(letterhead.base_url).hostname
        contact = urlsplit(letterhead.contact).hostname
        yield "41 links lead to us or to sources", hosts <= {own, contact, *source_hosts}
    unsubscribe = str(mail.message["List-Unsubscribe"]).strip("<>")
    yield "42 visible unsubscribe in both parts", unsubscribe in mail.links() and unsubscribe in mail.text
    tokens = {match[1] for match in TOKEN.finditer(mail.text + mail.html)}
    yield "43 one reader's tokens only", len(tokens) <= 2
    reader = mail.message["To"].addresses[0].addr_spec.lower()
    yield "44 the reader's address is not in the body", reader not in (mail.text + mail.html).lower()
    yield "45 contact in both parts", letterhead.contact in mail.text and letterhead.contact in mail.links()
    yield "46 no tracking parameters", not any(re.search(r"[?&](utm_|mc_|trk)", address) for address in addresses)


def both_parts(mail: Mail, facts: tuple[str, ...]) -> Iterator[tuple[str, bool]]:
    text, words = " ".join(mail.text.split()), mail.words()
    yield "47 time window with a zone in both parts", bool(ZONE.search(text) and ZONE.search(words))
    yield (
        "48 coverage in both parts",
        all("hat was checked" in part.replace("HAT WAS CHECKED", "hat was checked") for part in (text, words)),
    )
    own = [link for link in mail.links() if "/records/" in link]
    yield "49 every record's page in both parts", set(own) == set(re.findall(r"https?://\S+/records/\S+", mail.text))
    for fact in facts:
        yield f"50 {fact!r} in both parts", fact in text.replace("*", "") and fact in words
    yield "51 why, where an entry is", ("Why you got this" in words) == ("Why you got this" in text)


def envelope(envelope_from: str | None, letterhead: Letterhead) -> Iterator[tuple[str, bool]]:
    if envelope_from is not None:
        form = rf"bounce\+dg[0-9a-f]+\.[0-9a-f]{{16}}@{re.escape(letterhead.domain)}"
        yield (
            "52 return address of its own",
            bool(re.fullmatch(form, envelope_from)) and len(envelope_from.split("@")[0]) <= 64,
        )
