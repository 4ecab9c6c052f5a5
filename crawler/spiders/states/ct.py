"""Connecticut General Assembly: bulk files by FTP, bill status pages, committee calendars and agendas.

Pages: `committee.csv`, `bill_info.csv`, `subject.csv` and `bill_history.csv` of ftp.cga.ct.gov/pub/data (the
sweep: every bill and every step, in four downloads), the status page of each bill that moved, each
committee's calendar, the events table for committees whose calendar is empty, agendas, and roll calls.

Caveats: the FTP server is slow and refuses some data centres. The history file knows no session, so
steps are told apart by their year. The clerk's wording in the files and the sentences of the status page
differ; title and steps are taken from the files alone, or a bill would seem to change whenever its page
is read. A bill carries its change marker only once its page was read, so that what did not fit into one
run's budget is read in the next. The counts of a roll call stand only in its PDF.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from scrapy.http import Request, Response

from crawler.errors import LayoutChanged, UnexpectedlyEmpty
from crawler.items import ScrapedBill, ScrapedCoverage, ScrapedSeen, ScrapedSkip
from crawler.spiders.base import Role
from crawler.spiders.states import ct_bill_page as status_page
from crawler.spiders.states import ct_bulk, ct_hearings
from crawler.spiders.states.ct_actions import lineage_of, outcome_of, placed
from crawler.spiders.states.ct_bulk import LONG_AGO, Row
from crawler.spiders.states.ct_meetings import ConnecticutMeetings, facts_of, pdf_text
from crawler.spiders.states.ct_numbers import BillNumber
from crawler.spiders.states.ct_votes import bill_of_vote, read_vote

ZONE = ZoneInfo("America/New_York")


class ConnecticutSpider(ConnecticutMeetings):
    """The Connecticut General Assembly; its meetings are read by the methods of `ConnecticutMeetings`."""

    platform = "ct"

    roles: ClassVar[tuple[Role, ...]] = (
        Role("committees", r"/committee\.csv$", "parse_committees"),
        Role("bills", r"/bill_info\.csv$", "parse_bills"),
        Role("subjects", r"/subject\.csv$", "parse_subjects"),
        Role("history", r"/bill_history\.csv$", "parse_history"),
        Role("bill", r"/cgabillstatus\.asp\?", "parse_bill", tolerant=True),
        Role("calendar", r"/commevents\.php\?", "parse_calendar"),
        Role("events", r"/in-events1x\.asp", "parse_events", tolerant=True),
        Role("vote", r"cga\.ct\.gov/\d{4}/vote/[hs]/pdf/[^?]+\.pdf$", "parse_vote", tolerant=True),
        Role(
            "agenda",
            r"cga\.ct\.gov/\d{4}/[a-z]+data/(?!tmy/|chr/|ts/|tsdata/|jfr/|min/)[^?]+\.(?:html?|pdf)$",
            "parse_agenda",
            tolerant=True,
        ),
    )

    @classmethod
    def zone_from_url(cls, url: str) -> ZoneInfo | None:
        return ZONE

    def entry_requests(self) -> Iterator[Request]:
        yield self.request(self.bulk_url("committee.csv"))

    def bulk_url(self, name: str) -> str:
        """Return the address of one of the bulk files."""
        return self.options.bulk.rstrip("/") + "/" + name

    @property
    def year(self) -> str:
        """The session that a file without years is taken to be about when it is read alone."""
        return self.options.session or (self.session.identifier if self.session else str(self.today.year))

    # The sweep

    def parse_committees(self, response: Response) -> Iterator[Any]:
        """Open the calendars of all committees, and the bills' file; the names spell out the codes of the history."""
        table = ct_bulk.read_table(response, ("comm_code", "comm_name"))
        rows = [row for row in table.rows if row["comm_code"] and row["comm_name"]]
        names = {row["comm_code"].upper(): row["comm_name"] for row in rows}
        if not names:
            raise UnexpectedlyEmpty("the file lists no committee", url=response.url)
        yield from torn(table, response.url)
        self.awaited = set(names)
        yield self.request(self.bulk_url("bill_info.csv"), facts={"committees": names}, priority=4000)
        for code in names:
            yield self.request(ct_hearings.calendar_url(code), facts={"committees": names}, priority=3000)

    def parse_bills(self, response: Response) -> Iterator[Any]:
        """Yield every bill of the session with its title; the rows of other sessions are counted and left out."""
        table = ct_bulk.read_table(response, ("sess_year", "bill_num", "bill_title"))
        current = self.session.identifier if self.session else None
        wanted = [self.options.session] if self.options.session else ct_bulk.newest_sessions(table.rows, current)
        known: dict[str, str] = {}
        others: dict[str, int] = defaultdict(int)
        for row in table.rows:
            number, session = BillNumber.read(row["bill_num"]), row["sess_year"]
            if session not in wanted:
                others[session] += 1
            elif number is None:
                yield ScrapedSkip(reason="unknown_number", url=response.url, what=row["bill_num"])
            else:
                known[number.key(session)] = ct_bulk.fingerprint([row])
                yield bill_of(number, session, title=row["bill_title"], body=number.chamber)
        if not known:
            # A list without bills once passed for a quiet day and hid a whole session.
            raise UnexpectedlyEmpty("the file lists no bill of the session", url=response.url)
        for session, count in sorted(others.items()):
            yield ScrapedSkip(reason="other_session", url=response.url, what=f"{session or 'none'}: {count} bills")
        yield from torn(table, response.url)
        if not table.torn:
            yield ScrapedCoverage(sessions=wanted)
        facts = {"committees": facts_of(response).get("committees", {}), "known": known}
        yield self.request(self.bulk_url("bill_history.csv"), facts=facts, priority=4000)
        yield self.request(self.bulk_url("subject.csv"), facts={"known": known}, priority=4000)

    def parse_subjects(self, response: Response) -> Iterator[Any]:
        """Yield subjects by bill; the file knows no session, so they go to the newest bill of that number."""
        table = ct_bulk.read_table(response, ("bill_num", "subj_desc"))
        known: Mapping[str, str] | None = facts_of(response).get("known")
        subjects: dict[BillNumber, set[str]] = defaultdict(set)
        for row in table.rows:
            number = BillNumber.read(row["bill_num"])
            if number is not None and row["subj_desc"]:
                subjects[number].add(row["subj_desc"])
        sessions = sessions_of(known) if known is not None else [self.year]
        strangers = 0
        for number, names in subjects.items():
            session = next((year for year in sessions if known is None or number.key(year) in known), None)
            if session is None:
                strangers += 1
            else:
                yield bill_of(number, session, subjects=sorted(names))
        if strangers:
            yield ScrapedSkip(reason="other_session", url=response.url, what=f"{strangers} bills")
        yield from torn(table, response.url)

    def parse_history(self, response: Response) -> Iterator[Any]:
        """Yield steps by bill, then ask for the status pages of bills that moved, within the run's budget."""
        table = ct_bulk.read_table(response, ("bill_num", "act_date", "act_desc", "qual1"))
        facts = facts_of(response)
        known: Mapping[str, str] | None = facts.get("known")
        committees = {code: ct_hearings.short_name(name) for code, name in facts.get("committees", {}).items()}
        if not table.rows:
            yield ScrapedSkip(reason="no_history_rows", url=response.url)
        yield from torn(table, response.url)
        steps, strangers = self.steps_by_bill(table, known, response.url)
        if strangers:
            yield ScrapedSkip(reason="other_session", url=response.url, what=f"{strangers} steps")
        moved: dict[str, tuple[str, datetime]] = {}
        followed = set(self.watched)
        for key in known if known is not None else steps:
            rows = ct_bulk.in_order(steps.get(key, []))
            last = max((moment for moment, _row in rows if moment is not None), default=LONG_AGO)
            marker = self.marker(known[key] if known else "", rows, last)
            bill = history_of(key, rows, committees)
            if key in self.watched:
                # Where a proposed bill goes on in a committee bill, its followers must not lose the trail.
                followed |= {successor for successor in successors(bill) if known and successor in known}
            if known is not None and self.unchanged(key, marker):
                yield ScrapedSeen(kind="bill", key=key)
            elif rows:
                yield bill
            moved[key] = (marker, last)
        if known is not None:
            yield from self.details(moved, followed)

    def steps_by_bill(
        self, table: ct_bulk.Table, known: Mapping[str, str] | None, url: str
    ) -> tuple[dict[str, list[tuple[datetime | None, Row]]], int]:
        """Group the history's rows by bill and count those of other sessions; LayoutChanged if dates can't be read."""
        steps: dict[str, list[tuple[datetime | None, Row]]] = defaultdict(list)
        strangers = unreadable = 0
        for row in table.rows:
            number = BillNumber.read(row["bill_num"])
            moment, readable = ct_bulk.moment_of(row["act_date"])
            unreadable += not readable
            key = self.key_of(number, moment, known) if number is not None else None
            if key is None:
                strangers += 1
            elif row["act_desc"]:
                steps[key].append((moment, row))
        if unreadable > max(2, ct_bulk.TORN_SHARE * len(table.rows)):
            raise LayoutChanged(f"{unreadable} dates can't be read", reason="date_unreadable", url=url)
        return steps, strangers

    def key_of(self, number: BillNumber, moment: datetime | None, known: Mapping[str, str] | None) -> str | None:
        """Return the key of the bill that a row of the history is about; None if it is one of another session.

        Numbers begin anew each year, and rows of an old bill of that number must not leak into the new one.
        """
        years = [str(moment.year)] if moment else []
        if moment is not None and moment.month == 12:
            years.append(str(moment.year + 1))  # Bills of a session can be filed in the weeks before it opens.
        if known is None:
            return number.key(years[0] if years else self.year)
        return next((number.key(year) for year in years or sessions_of(known) if number.key(year) in known), None)

    def marker(self, row: str, rows: list[tuple[datetime | None, Row]], last: datetime) -> str:
        """Return the bill's change marker: its rows, and for some days after a step the day.

        Papers are posted later than the step that they belong to, and their coming moves no row.
        """
        fresh = timedelta(0) <= self.today - last.date() <= timedelta(days=self.options.recheck_days)
        parts = [row, ct_bulk.fingerprint(entry for _moment, entry in rows), self.today.isoformat() if fresh else ""]
        return ":".join(filter(None, parts))

    def details(self, moved: Mapping[str, tuple[str, datetime]], followed: set[str]) -> Iterator[Any]:
        """Ask for status pages: bills that are followed, then those that moved last; the rest wait for the next run."""
        due = [key for key, (marker, _last) in moved.items() if key in followed or not self.unchanged(key, marker)]
        due.sort(key=lambda key: (key not in followed, -moved[key][1].timestamp(), key))
        for position, key in enumerate(due[: self.options.details_per_run]):
            number, session = number_and_session(key)
            facts = {"listed": True, "marker": moved[key][0]}
            # Requests of one priority are made newest first, which would leave the most wanted ones to the end.
            yield self.request(status_url(number, session), facts=facts, priority=1000 - position)
        for key in due[self.options.details_per_run :]:
            yield ScrapedSkip(reason="detail_postponed", what=key)

    # One bill

    def parse_bill(self, response: Response) -> Iterator[Any]:
        """Yield what the status page tells; title and steps only where no bulk file has told them."""
        status_page.check_exists(response)
        heading = status_page.heading_of(response)
        number, session = heading.number, heading.session
        facts = facts_of(response)
        title = status_page.title_of(response)
        steps = status_page.history_of(response)
        documents, votes = status_page.papers_of(response, session)
        told = {} if facts.get("listed") else {"title": title, **told_by(steps, number, session)}
        yield bill_of(
            number,
            session,
            body=number.chamber,
            summary=status_page.summary_of(response),
            sponsors=status_page.sponsors_of(response),
            documents=documents,
            votes=votes,
            marker=facts.get("marker"),
            source_urls=[response.url],
            **told,
        )
        for vote in votes:
            role = self.role_of(vote.url or "")
            if role is not None and role.name == "vote" and vote.url is not None:
                yield self.request(vote.url, facts={"motion": vote.motion}, priority=-5)

    def parse_vote(self, response: Response) -> Iterator[Any]:
        """Yield the counts of one roll call; the store puts them beside the bill's other votes."""
        told = bill_of_vote(response.url)
        if told is None:
            yield ScrapedSkip(reason="vote_without_bill", url=response.url)
            return
        text = pdf_text(response)
        if not text.strip():
            yield ScrapedSkip(reason="vote_not_readable", url=response.url)
            return
        number, session = told
        vote = read_vote(text, response.url, session, facts_of(response).get("motion"))
        yield bill_of(number, session, votes=[vote])


def bill_of(number: BillNumber, session: str, **told: Any) -> ScrapedBill:
    """Return a bill with what every page knows of it, and what this one tells."""
    return ScrapedBill(
        key=number.key(session),
        identifier=number.identifier,
        session=session,
        classification=number.classification,
        aliases=number.aliases,
        url=status_url(number, session),
        **told,
    )


def history_of(key: str, rows: list[tuple[datetime | None, Row]], committees: Mapping[str, str]) -> ScrapedBill:
    """Return one bill's steps, status, outcome and lineage."""
    number, session = number_and_session(key)
    steps = [(moment.date() if moment else None, ct_bulk.description_of(row, committees)) for moment, row in rows]
    return bill_of(number, session, **told_by(steps, number, session))


def told_by(steps: list[tuple[date | None, str]], number: BillNumber, session: str) -> dict[str, Any]:
    """Return the fields of a bill that its steps tell: the steps, the last one as status, outcome, lineage."""
    actions = placed(steps, number)
    return {
        "actions": actions,
        "status": actions[-1].description if actions else None,
        "outcome": outcome_of(actions),
        "lineage": list(lineage_of((description for _day, description in steps), number, session)),
    }


def successors(bill: ScrapedBill) -> Iterator[str]:
    """Yield the keys of the bills in which this one goes on."""
    for link in bill.lineage or ():
        number = BillNumber.read(link.identifier)
        if link.relation == "replaced_by" and number is not None and link.session is not None:
            yield number.key(link.session)


def number_and_session(key: str) -> tuple[BillNumber, str]:
    """Return the two parts of a bill's key."""
    session, padded = key.split(":")
    number = BillNumber.read(padded)
    assert number is not None  # keys are made from numbers
    return number, session


def sessions_of(known: Mapping[str, str]) -> list[str]:
    """Return the sessions of the listed bills, newest first."""
    return sorted({key.split(":")[0] for key in known}, reverse=True)


def status_url(number: BillNumber, session: str) -> str:
    """Return the address of a bill's status page."""
    query = f"selBillType=Bill&bill_num={number.kind}{number.number}&which_year={session}"
    return f"{ct_hearings.SITE}asp/cgabillstatus/cgabillstatus.asp?{query}"


def torn(table: ct_bulk.Table, url: str) -> Iterator[ScrapedSkip]:
    """Yield a counted skip for each line that could not be read."""
    return (ScrapedSkip(reason="row_torn", url=url, what=line) for line in table.torn)
