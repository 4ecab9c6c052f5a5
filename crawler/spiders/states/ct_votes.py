"""Roll calls of Connecticut's chambers: PDFs whose names tell the bill and whose text tells the counts."""

import datetime as dt
import posixpath
import re
from urllib.parse import urlsplit

from crawler.errors import LayoutChanged
from crawler.items import ScrapedVote
from crawler.spiders.states.ct_numbers import BillNumber

BILL_IN_NAME = re.compile(r"R\d+([HS][BJR])-?0*([1-9]\d{0,4})", re.IGNORECASE)
NUMBER_IN_NAME = re.compile(r"\d{4}([HS]V)-?0*(\d+)", re.IGNORECASE)
YEAR_IN_PATH = re.compile(r"/(\d{4})/vote/", re.IGNORECASE)

# Dots or spaces lead from the words to their number.
COUNTS = {
    "yes": re.compile(r"Those voting Yea[\s.:]+(\d+)", re.IGNORECASE),
    "no": re.compile(r"Those voting Nay[\s.:]+(\d+)", re.IGNORECASE),
    "absent": re.compile(r"Those absent and not voting[\s.:]+(\d+)", re.IGNORECASE),
}
NECESSARY = re.compile(r"Necessary for\s+(?P<what>[A-Za-z ]+?)[\s.:]+(?P<count>\d+)", re.IGNORECASE)
TAKEN_ON = re.compile(r"Taken\s+on\s+(\d{1,2})\s*/\s*(\d{1,2})", re.IGNORECASE)


def bill_of_vote(url: str) -> tuple[BillNumber, str] | None:
    """Return the bill and session that a roll call's address tells; None for one that was printed without a bill."""
    path = urlsplit(url).path
    bill, year = BILL_IN_NAME.search(posixpath.basename(path)), YEAR_IN_PATH.search(path)
    if bill is None or year is None:
        return None
    return BillNumber(bill[1].upper(), int(bill[2])), year[1]


def vote_number(url: str) -> str | None:
    """Return the roll call's number in a file name: 2026HV-00123-R00HB05001-HV.PDF is HV 123."""
    match = NUMBER_IN_NAME.search(posixpath.basename(urlsplit(url).path))
    return f"{match[1].upper()} {match[2]}" if match else None


def read_vote(text: str, url: str, session: str, motion: str | None) -> ScrapedVote:
    """Read a roll call's text; LayoutChanged if yeas and nays are not in it. The day is printed without its year."""
    found = {name: pattern.search(text) for name, pattern in COUNTS.items()}
    counts = {name: int(match[1]) for name, match in found.items() if match is not None}
    if "yes" not in counts or "no" not in counts:
        raise LayoutChanged("the roll call names no yeas and nays", url=url)
    necessary = NECESSARY.search(text)
    what = necessary["what"].strip().title() if necessary else "Vote"
    chamber = "House" if (vote_number(url) or "").startswith("HV") else "Senate"
    return ScrapedVote(
        motion=motion or f"{chamber} Roll Call: {what}",
        date=day_of(text, session),
        passed=counts["yes"] >= int(necessary["count"]) if necessary else None,
        counts=counts,
        url=url,
        identifier=vote_number(url),
    )


def day_of(text: str, session: str) -> dt.date | None:
    """Return the day of a roll call, in the year of its session; None if none is printed or it can't be one."""
    match = TAKEN_ON.search(text)
    if match is None or not session.isdigit():
        return None
    try:
        return dt.date(int(session), int(match[1]), int(match[2]))
    except ValueError:
        return None
