"""Writes a digest as subject, text and HTML, the two with the same facts, and small enough to be shown whole."""

import binascii
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from pathlib import Path

import css_inline
import jinja2

from notifier.content import DigestContent, Section
from notifier.entries import Entry
from notifier.errors import TemplateFailed
from notifier.letterhead import Letterhead
from notifier.meetings import Meeting
from notifier.plain import one_line, safe_link, shortened

# Mail clients clip at about 102 KB; headers and each reader's own links take the rest.
MOST_BYTES = 95_000
MOST_SUBJECT = 120
MOST_UNFOLDED = 120
LINK = re.compile(r"https?://")
SPLIT = re.compile(r".{60}(?=.)")
STEPS = (60, 45, 34, 25, 18, 13, 9, 6, 4, 2, 1, 0)
# Characters that cleaned text can't hold, so nothing scraped can stand where a reader's own link will be.
UNSUBSCRIBE, MANAGE = "\ue000u\ue001", "\ue000m\ue001"


@dataclass(frozen=True)
class Rendered:
    """A digest as written, for all readers with the same wishes; `signed` makes it one reader's."""

    subject: str
    text: str
    html: str
    empty: bool
    poisoned: tuple[str, ...] = ()

    def signed(self, unsubscribe: str, manage: str) -> "Rendered":
        """Return the mail with one reader's own links in it."""
        text, html = (part.replace(UNSUBSCRIBE, unsubscribe).replace(MANAGE, manage) for part in (self.text, self.html))
        return replace(self, text=text, html=html)


@dataclass(frozen=True)
class Fit:
    """How many entries of each section are shown whole, and how many more as one line; the rest is counted."""

    full: int
    lines: int


@dataclass(frozen=True)
class ShownPlace:
    """The entries of one town and body."""

    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class ShownState:
    """The places of one state."""

    name: str
    places: tuple[ShownPlace, ...]


@dataclass(frozen=True)
class ShownSection:
    """A section as it fits."""

    title: str
    total: int
    states: tuple[ShownState, ...]
    lines: tuple[Entry, ...]
    hidden: int


@dataclass(frozen=True)
class ShownMeetings:
    """The meetings as they fit; `items` is how many records of each are listed."""

    total: int
    full: tuple[Meeting, ...]
    lines: tuple[Meeting, ...]
    hidden: int
    items: int


@cache
def templates() -> jinja2.Environment:
    """Return the environment of the mails' templates: HTML escapes everything, unknown names are errors."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    environment.filters["wrap"] = wrap
    environment.filters["clip"] = shortened
    return environment


@cache
def inliner() -> css_inline.CSSInliner:
    """Return the style inliner; it never fetches anything."""
    return css_inline.CSSInliner(load_remote_stylesheets=False)


def wrap(text: str, indent: int = 0, hanging: int | None = None) -> str:
    """Return text in lines of at most 76 characters; only addresses may be longer, so that they can be followed."""
    first, rest = " " * indent, " " * (indent if hanging is None else hanging)
    words = (word if LINK.match(word) else SPLIT.sub(r"\g<0> ", word) for word in str(text).split(" "))
    return textwrap.fill(
        " ".join(words),
        76,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def render(content: DigestContent, letterhead: Letterhead, *, neutral: bool = False) -> Rendered:
    """Return the digest as written, folded until it fits; raises TemplateFailed if a template itself is wrong."""
    subject = subject_of(content, letterhead, neutral=neutral)
    rendered = Rendered(subject, "", "", content.empty, content.poisoned)
    for fit in fits(content):
        rendered = written(rendered, content, letterhead, fit)
        if wire_bytes(rendered) <= MOST_BYTES:
            break
    return rendered


def fits(content: DigestContent) -> list[Fit]:
    """Return what to try, the fullest first."""
    sizes = [len(content.meetings), *(len(section.entries) for section in content.sections)]
    steps = [step for step in STEPS if step < max(sizes)]
    # Thousands of entries can't fit whole: writing them out to find that takes seconds.
    whole = [max(sizes)] if sum(sizes) <= MOST_UNFOLDED else []
    return [Fit(step, step * 3) for step in [*whole, *steps]] or [Fit(0, 0)]


def written(rendered: Rendered, content: DigestContent, letterhead: Letterhead, fit: Fit) -> Rendered:
    """Return the digest with text and HTML, so much of it shown whole."""
    facts = {
        "name": letterhead.name,
        "banner": letterhead.banner,
        "contact": letterhead.contact,
        "contact_link": safe_link(letterhead.contact),
        "postal_line": letterhead.postal_line,
        "subject": rendered.subject,
        "content": content,
        "counts_words": counts_words(content.counts),
        "preheader": counts_words(content.counts) or content.coverage.summary,
        "meetings": shown_meetings(content.meetings, fit),
        "sections": [shown_section(section, fit) for section in content.sections],
        "more_link": letterhead.link("search", since=content.since),
        "coverage_link": letterhead.link("coverage"),
        "unsubscribe": UNSUBSCRIBE,
        "manage": MANAGE,
    }
    try:
        text = templates().get_template("digest/body.txt").render(facts)
        html = templates().get_template("digest/body.html").render(facts)
    except jinja2.TemplateError as error:
        raise TemplateFailed(f"the digest's template is wrong: {error}") from error
    return replace(rendered, text=text.strip() + "\n", html=inliner().inline(html.strip()))


def subject_of(content: DigestContent, letterhead: Letterhead, *, neutral: bool) -> str:
    """Return the subject line: what is in the mail, or nothing of it if the reader chose so."""
    template = templates().get_template("digest/subject.txt")
    facts = {"name": letterhead.name, "banner": letterhead.banner, "content": content, "neutral": neutral}
    states = f"{content.places.count(',') + 1} states" if "," in content.places else content.places
    whole, brief = counts_words(content.counts), counts_words(content.brief_counts)
    subject = ""
    for counts, places in ((whole, content.places), (whole, states), (brief, states)):
        try:
            subject = one_line(template.render(facts, counts_words=counts, places=places))
        except jinja2.TemplateError as error:
            raise TemplateFailed(f"the subject's template is wrong: {error}") from error
        if len(subject) <= MOST_SUBJECT:
            break
    return shortened(subject, MOST_SUBJECT)


def counts_words(counts: Sequence[tuple[str, int]]) -> str:
    """Return the counts in words: "2 hearings coming up, 3 new"."""
    return ", ".join(f"{count} {words}" for words, count in counts)


def shown_section(section: Section, fit: Fit) -> ShownSection:
    """Return a section as it fits, grouped by state and place."""
    full, lines = section.entries[: fit.full], section.entries[fit.full : fit.full + fit.lines]
    states = []
    for state, of_state in groupby(full, key=lambda entry: entry.state):
        places = [
            ShownPlace(name, tuple(of_place)) for name, of_place in groupby(of_state, key=lambda entry: entry.place)
        ]
        states.append(ShownState(state, tuple(places)))
    hidden = len(section.entries) - len(full) - len(lines)
    return ShownSection(section.title, len(section.entries), tuple(states), lines, hidden)


def shown_meetings(meetings: Sequence[Meeting], fit: Fit) -> ShownMeetings:
    """Return the meetings as they fit."""
    full, lines = tuple(meetings[: fit.full]), tuple(meetings[fit.full : fit.full + fit.lines])
    hidden = len(meetings) - len(full) - len(lines)
    return ShownMeetings(len(meetings), full, lines, hidden, max(3, min(fit.full, 25)))


def wire_bytes(rendered: Rendered) -> int:
    """Return how large the mail is on the wire, both parts encoded."""
    return sum(len(binascii.b2a_qp(part.encode())) for part in (rendered.text, rendered.html))
