"""What the lines of a Massachusetts bill history mean: classes, status, successors, votes and deadlines."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crawler.actions import Rule, classify, rule
from crawler.errors import LayoutChanged
from crawler.items import ScrapedAction, ScrapedLineage, ScrapedVote
from crawler.select import squeeze
from crawler.spiders.states.ma_names import API, SITE, bill_numbers, ordinal
from crawler.when import read_date

RULES: tuple[Rule, ...] = (
    # Hearing notices and extension orders name committees; without the stop they would look like referrals.
    rule(r"^(public )?hearing\b", last=True),
    rule(r"^reporting date\b|^extension order", last=True),
    rule(r"^(bill |petition |resolve |order )?filed\b|^introduced\b", "filing"),
    rule(r"\breferred( back)? to\b|\bdischarged to the committee|\brecommitted to\b", "referral-committee"),
    rule(r"ought not to pass|reported adversely|adverse report", "committee-passage-unfavorable"),
    rule(r"reported favorably|ought to pass|favorable report", "committee-passage-favorable"),
    rule(r"^reported (from|by) (the )?committee", "committee-passage"),
    rule(r"^(rules suspended[,;]? *)?read\b(?! *(a )?(second|third))", "reading-1"),
    rule(r"\bread.{0,10}second\b", "reading-2"),
    rule(r"\bread.{0,10}third\b", "reading-3"),
    rule(r"^(new draft )?substituted\b|\bsubstituting\b", "substitution"),
    rule(r"\bamendments?\b.*\badopted\b|^amended\b|\bamended \(|\bamended by\b", "amendment-passage"),
    rule(r"\bamendments?\b.*\b(rejected|negatived)\b", "amendment-failure"),
    rule(r"\bamendments?\b.*\bwithdrawn\b", "amendment-withdrawal"),
    rule(r"\bamendments?\b.*\bpending\b", "amendment-introduction"),
    rule(r"\bamendments?\b.*\blaid aside\b", "amendment-deferral"),
    rule(r"^(resolutions?|orders?|report)?,? *adopted\b", "passage"),
    rule(r"passed over (the )?(governor'?s )?veto|notwithstanding the objections", "veto-override-passage"),
    rule(r"veto (was )?sustained|sustained the (governor'?s )?veto", "veto-override-failure"),
    rule(r"passed to be engrossed|\benacted\b", "passage"),
    rule(r"laid before the governor", "executive-receipt"),
    rule(r"signed by (the )?governor", "executive-signature"),
    rule(r"became law|without (the )?governor'?s signature", "became-law"),
    rule(r"disapproved in part|(items?|sections?)\b.*\bvetoed|vetoed in part", "executive-veto-line-item", last=True),
    rule(r"\bvetoed\b|with (his|her|a|their )?veto|with veto", "executive-veto"),
    rule(r"^(bill |order |resolution )?(rejected|negatived)\b", "failure"),
    rule(r"leave to withdraw|^(bill |petition |order )?withdrawn\b", "withdrawal"),
    rule(r"^(laid on the table|placed on file|(consideration )?postponed)", "deferral"),
)
"""Lines that no rule knows have no class: orders of the day, conference appointments, concurrences."""

NUMBERS = r"(?P<numbers>[HS](?:D|Res)?\.?\s*\d+\b.*)"


@dataclass(frozen=True)
class Link:
    """One wording that ties a bill to others: the text lives under another number."""

    pattern: re.Pattern[str]
    relation: str


def link(pattern: str, relation: str) -> Link:
    """Return one row of the table of links; `…` stands for the numbers that are named."""
    return Link(re.compile(pattern.replace("…", NUMBERS), re.IGNORECASE), relation)


LINKS: tuple[Link, ...] = (
    # The first match of a line wins. A redraft has a number of its own, so these lines are a bill's only thread.
    link(r"accompanied a study order,? (?:see )?…", "study_order"),
    link(r"accompanied a new draft,? (?:see )?…", "replaced_by"),
    link(r"new draft substituted,? (?:see )?…", "replaced_by"),
    link(r"(?:re)?(?:printed|published),? as amended,? see …", "replaced_by"),
    link(r"substitut\w+.*bill with the same title,? see …", "replaced_by"),
    link(r"^accompanied by …", "accompanied_by"),
    link(r"^accompanied,? (?:see )?…", "accompanies"),
    link(r"new draft of …", "replaces"),
    link(r"^reported,? \(?in part\)?,? (?:by )?…", "replaced_by"),
    link(r"^reported by …", "replaced_by"),
    link(r"^reported on (?:a part of )?…", "replaces"),
    link(r"^substituted (?:as a new text )?for …", "replaces"),
    link(r"^(?:for )?text of (?:an |the |house |senate )*amendment,? see …", "amended_by"),
    link(r"^text of …", "replaces"),
    link(r"\bnew text of …", "replaces"),
    link(r"inserting in place thereof the text (?:of|contained in) .{0,40}?…", "text_from"),
    link(r"^see …", "related"),
)
SUCCESSORS = frozenset({"replaced_by", "study_order", "accompanies", "amended_by"})
"""Relations whose other end carries the proposal on: that bill must be read too."""

CHAPTER = re.compile(r"\bchapter (\d+) of the (acts|resolves) of (\d{4})", re.IGNORECASE)
EXTENDED = re.compile(
    r"reporting date extended (?:to|until)\s+(?:[a-z]+day,?\s+)?([a-z]+\.? \d{1,2},? \d{4}|\d{1,2}/\d{1,2}/\d{4})",
    re.IGNORECASE,
)
COUNTS = (
    re.compile(r"\byeas?\s*[-:]?\s*(\d+)\b.*?\bnays?\s*[-:]?\s*(\d+)\b", re.IGNORECASE),
    re.compile(r"\b(\d+)\s*yeas?\b.*?\b(\d+)\s*nays?\b", re.IGNORECASE),
)
"""The Senate writes "YEAS 40 - NAYS 0", the House "155 YEAS to 0 NAYS"; clerks of either mix them."""
SENATE_ROLL_CALL = re.compile(r"(?:senate\s+)?roll call\s*(?:no\.?\s*)?#?\s*(\d+)", re.IGNORECASE)
HOUSE_ROLL_CALL = re.compile(r"(?:supplement,?|yea and nay)\s*\(?(?:supplement,?\s*)?no\.?\s*(\d+)", re.IGNORECASE)
VOTE_TAIL = re.compile(
    r"\s*[-–(\[]*\s*(?:\d+\s*yeas?\b|yeas?\s*\d|\(?\[?see\b|roll call\b).*$", re.IGNORECASE | re.DOTALL
)
CARRIED = re.compile(r"\b(passed|enacted|adopted|accepted|concurred|insisted|overridden)\b", re.IGNORECASE)
LOST = re.compile(r"\b(rejected|negatived|not adopted|failed|sustained|defeated|non-?concurred)\b", re.IGNORECASE)

STATUS: tuple[tuple[str, str], ...] = (
    (r"signed by (?:the )?governor", "Signed by the Governor"),
    (r"became law|without (?:the )?governor'?s signature", "Became law without signature"),
    (r"passed over (?:the )?(?:governor'?s )?veto", "Passed over veto"),
    (r"\bvetoed\b|with (?:his |her )?veto", "Vetoed"),
    (r"laid before the governor", "Laid before the Governor"),
    (r"\benacted\b", "Enacted"),
    (r"no further action taken", "No further action taken"),
    (r"accompanied a study order", "Accompanied a study order"),
    (r"accompanied a new draft|new draft substituted", "Replaced by a new draft"),
    (r"^accompanied\b", "Accompanied another bill"),
    (r"committee o[nf] conference", "In conference"),
    (r"passed to be engrossed", "Passed to be engrossed"),
    (r"ordered to a third reading", "Ordered to a third reading"),
    (r"(?:referred|discharged|recommitted)(?: back)? to (?:the )?(?P<body>(?:\w+ )?committees? on .+)", ""),
    (r"ought not to pass|reported adversely", "Reported adversely"),
    (r"reported favorably|ought to pass", "Reported favorably"),
    (r"leave to withdraw|^withdrawn", "Withdrawn"),
)
STATUS_RULES = tuple((re.compile(pattern, re.IGNORECASE), label) for pattern, label in STATUS)


def action_of(day: str | None, branch: str | None, text: str, url: str) -> ScrapedAction:
    """Return one line of a history; LayoutChanged if its date can't be read."""
    description = squeeze(text)
    return ScrapedAction(
        date=day_of(day, url) if day and day.strip() else None,
        description=description,
        classification=classify(description, RULES),
        chamber=squeeze(branch or "") or None,
    )


def day_of(text: str, url: str) -> dt.date:
    """Return the date of a history line, ISO with a time (API) or m/d/Y (pages)."""
    if re.match(r"\d{4}-\d\d-\d\dT", text):
        text = text[:10]
    day = read_date(text, "%Y-%m-%d", "%m/%d/%Y", url=url)
    if day.year < 1990:
        raise LayoutChanged(f"the date {text!r} is a placeholder", reason="date_implausible", url=url)
    return day


def in_order(actions: Sequence[ScrapedAction]) -> list[ScrapedAction]:
    """Return the actions from the oldest to the newest, whichever way the source lists them."""
    dated = [action.date for action in actions if action.date]
    rows = list(actions)
    if dated and dated[0] > dated[-1]:
        rows.reverse()
    first = dt.date.min
    return sorted(rows, key=lambda action: action.date or first)


def lineage_of(actions: Sequence[ScrapedAction], court: int, own: str | None) -> list[ScrapedLineage]:
    """Return the other numbers that a history ties this bill to, each relation once, in the history's order."""
    found: dict[tuple[str, str], ScrapedLineage] = {}
    for action in actions:
        for relation, identifier in links_of(action.description):
            if identifier == own:
                continue
            session = None if relation == "became_law" else ordinal(court)
            found.setdefault(
                (relation, identifier), ScrapedLineage(relation=relation, identifier=identifier, session=session)
            )
    return list(found.values())


def links_of(description: str) -> Iterator[tuple[str, str]]:
    """Yield (relation, identifier) of one line."""
    chapter = CHAPTER.search(description)
    if chapter and classify(description, RULES):
        yield "became_law", f"Chapter {chapter[1]} of the {chapter[2].title()} of {chapter[3]}"
    for row in LINKS:
        match = row.pattern.search(description)
        if match:
            for number in bill_numbers(match["numbers"]):
                yield row.relation, number
            return


def votes_of(actions: Sequence[ScrapedAction], court: int) -> list[ScrapedVote]:
    """Return the roll calls that a history names, with their counts; whether it passed only if the line says so."""
    return [vote for action in actions if (vote := vote_of(action, court)) is not None]


def vote_of(action: ScrapedAction, court: int) -> ScrapedVote | None:
    """Return the roll call of one line, or None if it has no counts."""
    text = action.description
    match = next((found for pattern in COUNTS if (found := pattern.search(text))), None)
    if match is None:
        return None
    counts = {"yes": int(match[1]), "no": int(match[2])}
    motion = VOTE_TAIL.sub("", text).strip(" -–,;") or text
    passed = False if LOST.search(motion) else True if CARRIED.search(motion) else None
    house, senate = HOUSE_ROLL_CALL.search(text), SENATE_ROLL_CALL.search(text)
    identifier = url = None
    if house:
        identifier = f"House No. {house[1]}"
        # The House publishes its roll calls only as one PDF a year; this is the page that they stand on.
        url = f"{SITE}/Journal/House/{court}/{action.date.year}/RollCalls" if action.date else None
    elif senate:
        identifier = f"Senate No. {senate[1]}"
        url = f"{API}/GeneralCourts/{court}/Branches/Senate/RollCalls/{senate[1]}"
    return ScrapedVote(motion=motion, date=action.date, passed=passed, counts=counts, url=url, identifier=identifier)


def status_of(actions: Sequence[ScrapedAction]) -> str | None:
    """Return the last milestone of a history (oldest first), or None if no line is one."""
    for action in reversed(actions):
        for pattern, label in STATUS_RULES:
            match = pattern.search(action.description)
            if match:
                return label or f"Referred to {match['body']}"
    return None


def outcome_of(actions: Sequence[ScrapedAction]) -> str | None:
    """Return how a bill ended, in the history's words; None while nothing final is recorded."""
    for action in reversed(actions):
        chapter = CHAPTER.search(action.description)
        if chapter:
            return f"Chapter {chapter[1]} of the {chapter[2].title()} of {chapter[3]}"
        for words in ("Accompanied a study order", "No further action taken"):
            if words.lower() in action.description.lower():
                return words
    return None


def reporting_date_of(actions: Sequence[ScrapedAction], url: str) -> dt.date | None:
    """Return the committee's reporting date after its last extension, or None if there was none."""
    for action in reversed(actions):
        match = EXTENDED.search(action.description)
        if match:
            return read_date(match[1].replace(",", ""), "%B %d %Y", "%b %d %Y", "%b. %d %Y", "%m/%d/%Y", url=url)
    return None
