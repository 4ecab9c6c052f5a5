"""The bulk CSV files of ftp.cga.ct.gov: decoded, checked for their columns, and read row by row."""

import codecs
import csv
import datetime as dt
import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from scrapy.http import Response

from crawler.errors import LayoutChanged, Truncated, UnexpectedlyEmpty, WrongPage
from crawler.select import squeeze

Row = dict[str, str]

TORN_SHARE = 0.01
"""Share of rows that may be unreadable; stray quotes spoil single lines, more than that is another format."""

LONGEST_ROW = 20
"""Physical lines that one quoted record may span before it counts as torn."""

LONG_AGO = dt.datetime(1900, 1, 1, tzinfo=dt.UTC)
"""Where steps without a date sort to."""

MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
MOMENT = re.compile(
    r"(?P<day>\d{4}-\d{1,2}-\d{1,2}|\d{1,2}/\d{1,2}/\d{4})"
    r"(?:[ T]+(?P<time>\d{1,2}:\d{2}(?::\d{2})?)\s*(?P<half>[AP]M)?)?"
)


@dataclass
class Table:
    """The rows of one file by column name, and the lines that could not be read."""

    rows: list[Row] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)


def decoded(body: bytes) -> str:
    """Return the file's text; its encoding changes with the program that exported it."""
    for mark, encoding in MARKS:
        if body.startswith(mark):
            return body.decode(encoding, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.end >= len(body) - 1 and error.reason == "unexpected end of data":
            raise Truncated("the file ends in the middle of a character") from error
        # cp1252 leaves five bytes undefined; one of them must not lose the whole file.
        return body.decode("cp1252", "replace")


def read_table(response: Response, columns: Sequence[str]) -> Table:
    """Read a bulk file; LayoutChanged if a column is missing, Truncated if the end is cut, WrongPage for a page."""
    text = decoded(response.body)
    if text.lstrip().startswith("<"):
        raise WrongPage("a page stands where a CSV file was expected", reason="not_csv", url=response.url)
    lines = text.splitlines(keepends=True)
    header_line = next((index for index, line in enumerate(lines) if line.strip()), None)
    if header_line is None:
        raise UnexpectedlyEmpty("the file has no lines", url=response.url)
    names = [squeeze(name).lower() for name in next(csv.reader([lines[header_line]], skipinitialspace=True))]
    missing = [column for column in columns if column not in names]
    if missing:
        raise LayoutChanged(f"the file has no column {missing[0]!r}, but {', '.join(names)}", url=response.url)
    table = Table()
    for cells, line, whole in records(lines[header_line + 1 :], len(names)):
        if not whole:
            raise Truncated("the file ends in the middle of a line", url=response.url)
        if len(cells) == len(names):
            table.rows.append({name: squeeze(cell) for name, cell in zip(names, cells, strict=True)})
        else:
            table.torn.append(squeeze(line)[:120])
    if len(table.torn) > max(2, TORN_SHARE * (len(table.rows) + len(table.torn))):
        raise LayoutChanged(f"{len(table.torn)} lines don't have the header's {len(names)} columns", url=response.url)
    return table


def records(lines: Sequence[str], width: int) -> Iterator[tuple[list[str], str, bool]]:
    """Yield each record's cells with its text, and whether it is whole: a cut can only be at the end of the file.

    Read line by line, so that one stray quote spoils its own line and does not swallow the rest of the file.
    """
    index = 0
    while index < len(lines):
        if not lines[index].strip():
            index += 1
            continue
        text, taken = lines[index], 1
        if quotes_open(text):
            for more in range(2, min(LONGEST_ROW, len(lines) - index) + 1):
                joined = "".join(lines[index : index + more])
                if not quotes_open(joined) and len(cells_of(joined, width)) == width:
                    text, taken = joined, more
                    break
        cells = cells_of(text, width)
        index += taken
        last = index >= len(lines)
        ends = text.endswith(("\n", "\r"))
        yield cells, text, not (last and not ends and (len(cells) != width or quotes_open(text)))


def cells_of(text: str, width: int) -> list[str]:
    """Return the cells of one record; where every cell is quoted, also those whose inner quotes are not doubled."""
    line = text.strip()
    if len(line) > 1 and line.startswith('"') and line.endswith('"'):
        cells = line[1:-1].split('","')
        if len(cells) == width:
            return [cell.replace('""', '"') for cell in cells]
    return next(csv.reader(io.StringIO(line, newline=""), skipinitialspace=True), [])


def quotes_open(text: str) -> bool:
    """Whether a quoted cell is still open at the end."""
    return text.count('"') % 2 == 1


def newest_sessions(rows: Iterable[Row], current: str | None) -> list[str]:
    """Return the sessions to read: the one that is open and any later; the file's newest while that has no bills.

    At the turn of the year the old session is read until the first bill of the new one appears, and a
    session that begins before its row in our configuration says so is read too.
    """
    years = {row["sess_year"] for row in rows if row["sess_year"]}
    wanted = sorted(year for year in years if current is not None and year >= current)
    return wanted or sorted(years)[-1:]


@lru_cache(maxsize=50_000)  # A file of all steps repeats the same few thousand dates.
def moment_of(text: str) -> tuple[dt.datetime | None, bool]:
    """Return when a step was taken (local, for sorting), None without a date, and whether the cell could be read."""
    if not text:
        return None, True
    match = MOMENT.match(text)
    if match is None:
        return None, False
    form = "%Y-%m-%d" if "-" in match["day"] else "%m/%d/%Y"
    clock = match["time"] or "00:00"
    clock_form = "%H:%M:%S" if clock.count(":") == 2 else "%H:%M"
    if match["half"]:
        clock, clock_form = f"{clock} {match['half']}", clock_form.replace("%H", "%I") + " %p"
    try:
        moment = dt.datetime.strptime(f"{match['day']} {clock}", f"{form} {clock_form}").replace(tzinfo=dt.UTC)
    except ValueError:
        return None, False
    return moment, True


def in_order(rows: Sequence[tuple[dt.datetime | None, Row]]) -> list[tuple[dt.datetime | None, Row]]:
    """Return one bill's rows, oldest first; rows of one day keep the file's order, whichever way that runs."""
    dated = [moment for moment, _row in rows if moment is not None]
    falling = len(dated) > 1 and dated[0] > dated[-1]
    ordered = list(reversed(rows)) if falling else list(rows)
    return sorted(ordered, key=lambda entry: entry[0] or LONG_AGO)


def description_of(row: Row, committees: Mapping[str, str]) -> str:
    """Return a step in the clerk's words with its qualifiers; a committee's code becomes its name where it is known."""
    named = [committees.get(row.get(name, "").upper(), row.get(name, "")) for name in ("qual1", "qual2")]
    return squeeze(" ".join([row["act_desc"], *named]))


def fingerprint(rows: Iterable[Row]) -> str:
    """Return a short hash of rows: a bill whose rows have not changed has not moved."""
    text = "\n".join("\t".join(f"{name}={row[name]}" for name in sorted(row)) for row in rows)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:20]
