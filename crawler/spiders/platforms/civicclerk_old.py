"""The old CivicClerk portal (ASP.NET, DevExpress grids): its lists of meetings as rows; pure."""

import datetime as dt
import re
from dataclasses import dataclass

from parsel import Selector
from scrapy.http import Response, TextResponse

from crawler.errors import LayoutChanged
from crawler.select import select, text_of
from crawler.spiders.platforms.json_rows import real_time
from crawler.when import read_date

GRIDS = 'table[id*="grdEvents"][id$="DXMainTable"]'
ROWS = './/tr[contains(@class, "dxgvDataRow")]'
PLAYER = re.compile(r"(?:LaunchPlayer\(\s*|[?&]id=)['\"]?(?P<number>\d+)", re.IGNORECASE)
DATE_TIME = re.compile(r"(?P<day>\d{1,2}/\d{1,2}/\d{4})\s*(?P<time>\d{1,2}:\d{2}\s*[AP]M)?", re.IGNORECASE)


@dataclass(frozen=True)
class OldRow:
    """One meeting of a grid; `remarks` are its other cells."""

    number: str
    name: str
    day: dt.date
    time: str | None
    remarks: tuple[str, ...]


def is_old_portal(response: Response) -> bool:
    """Return whether a page holds one of the old portal's grids."""
    return isinstance(response, TextResponse) and bool(
        response.text.lstrip()[:1] not in ("{", "[") and select(response, GRIDS)
    )


def old_rows(response: Response) -> list[OldRow]:
    """Return the meetings of all grids; LayoutChanged for a row without a link or a date."""
    return [row_of(row, response.url) for grid in select(response, GRIDS) for row in select(grid, ROWS)]


def row_of(row: Selector, url: str) -> OldRow:
    cells = select(row, "./td")
    link = next((one for one in select(row, "a[href]") if PLAYER.search(one.attrib["href"])), None)
    texts = [text_of(cell) for cell in cells]
    printed = next((match for match in map(DATE_TIME.match, texts) if match), None)
    if link is None or printed is None:
        raise LayoutChanged("a row of the grid has no meeting's link or no date", url=url)
    number = PLAYER.search(link.attrib["href"])
    assert number is not None
    name = re.sub(r"^\d{1,2}/\d{1,2}/\d{2,4}\s+", "", text_of(link) or texts[0])
    return OldRow(
        number["number"],
        name,
        read_date(printed["day"], "%m/%d/%Y", url=url),
        real_time(printed["time"]),
        tuple(text for text in texts if text and text != name and not DATE_TIME.match(text)),
    )
