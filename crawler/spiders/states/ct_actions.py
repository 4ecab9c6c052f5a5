"""Steps of Connecticut bills: the clerk's and the status page's wordings, classed and placed in a chamber."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence

from crawler.actions import classify, rule
from crawler.items import ScrapedAction, ScrapedLineage
from crawler.spiders.states.ct_numbers import BillNumber, numbers_in

CHAMBER = r"(?:HOUSE|SENATE|SEN\.?)"

RULES = (
    # Steps whose words would also match a later, wrong rule.
    rule(r"PASS(?:ED)?,? (?:TEMPORARILY|RETAIN)|\bP\.?[TR]\.? ", "deferral", last=True),
    rule(r"MOTION TO RECONSIDER|RECONSIDER(?:ED|ATION)", last=True),
    rule(r"LINE[- ]ITEM VETO", "executive-veto-line-item", last=True),
    rule(r"VETO (?:IS |WAS )?SUSTAINED|(?:FAIL|REJECT)\w*.*(?:OVERRIDE|REPASS)", "veto-override-failure", last=True),
    rule(r"REPASSED|OVERR(?:IDE|ODE|IDDEN)", "veto-override-passage", last=True),
    rule(r"(?:WITHDR[AE]W\w*).*AMEND|AMEND.*WITHDR[AE]W", "amendment-withdrawal", last=True),
    rule(rf"(?:PASSED|ADOPTED),? (?:{CHAMBER} )?AS AMENDED.*CONCURRENCE", "passage", "concurrence", last=True),
    rule(r"(?:PASSED|ADOPTED),? (?:HOUSE |SENATE |SEN\.? )?AS AMENDED", "passage", last=True),
    rule(r"ADOPTED.*AMEND", "amendment-passage", last=True),
    rule(r"(?:REJ\w*|FAILED|DEFEATED).*AMEND|AMEND.*(?:REJECTED|FAILED|DEFEATED)", "amendment-failure", last=True),
    rule(r"(?:OFFERED|CALLED).*AMEND|AMEND\w*.*(?:OFFERED|CALLED)", "amendment-introduction", last=True),
    # The governor.
    rule(r"(?<!UN)(?<!NOT )SIGNED BY (?:THE )?GOV", "executive-signature"),
    rule(r"VETOED", "executive-veto"),
    rule(r"TRANS\w*\.? (?:BY (?:THE )?SEC\w*\.?.* )?TO (?:THE )?GOV", "executive-receipt"),
    rule(r"BECAME LAW|BECOMES LAW|WITHOUT (?:THE )?(?:GOVERNOR|SIGNATURE)|NOT SIGNED", "became-law"),
    # The floor.
    rule(rf"\b{CHAMBER} PASSED|^PASSED,? {CHAMBER}", "passage"),
    rule(rf"\b{CHAMBER} ADOPTED|^ADOPTED\b", "passage"),
    rule(r"IN CONCURRENCE", "concurrence"),
    rule(rf"\b{CHAMBER} (?:REJECTED|DEFEATED|FAILED)|^(?:REJECTED|DEFEATED),? {CHAMBER}", "failure"),
    rule(r"INDEFINITELY POSTPONED", "failure"),
    # Reporting out is the second reading, for which the bill is tabled (joint rules).
    rule(r"TABLED FOR|TAB\. ?FOR", "reading-2"),
    # Committees; all of them are joint.
    rule(r"JOINT UNFAV|UNFAV\w*\.? (?:REPORT|RPT)", "committee-passage-unfavorable"),
    rule(r"^(?:\(\w+\) ?)?(?:JOINT FAV|J\.?F\.? )", "committee-passage-favorable"),
    rule(r"FAILED? (?:JOINT FAV|J\.?F|TO REPORT|IN COMM)|BOXED", "committee-failure"),
    rule(r"REF\w*\.?.*(?:TO|BY).*COMM|RECOMM\w*\.?.* TO|CHANGE OF REF", "referral-committee"),
    rule(r"REF(?:ERRED|\.)? TO (?:THE )?(?:OLR|OFA|OFFICE OF)", "referral"),
    # The bill's own papers.
    rule(r"\bFILED\b", "filing"),
    rule(r"\bINTRODUCED\b", "introduction"),
    rule(r"^WITHDRAWN\b", "withdrawal"),
)

FINAL = frozenset(
    {
        "became-law",
        "executive-signature",
        "executive-veto",
        "executive-veto-line-item",
        "veto-override-passage",
        "veto-override-failure",
        "failure",
        "withdrawal",
    }
)
"""Classes after which a bill is decided; the step's own words become the bill's outcome."""

MOVED_TO = re.compile(r"TRANS\w*\.? ?TO (?:THE )?(HOUSE|SEN)|TRANSMITTAL TO (?:THE )?(HOUSE|SEN)", re.IGNORECASE)
DONE_IN = re.compile(r"\b(HOUSE|SENATE|SEN\.?) PASSED|^(?:ADOPTED|PASSED),? (HOUSE|SENATE|SEN\.?)", re.IGNORECASE)
TAKEN_IN = re.compile(
    r"\b(HOUSE|SENATE|SEN\.) (?:PASSED|ADOPTED|REJECTED|REPASSED|DEFEATED)"
    r"|(?:CALENDAR|CAL\.),? (HOUSE|SENATE|SEN\.?)(?:\s|$)"
    r"|^(?:ADOPTED|PASSED|REJECTED),? (HOUSE|SENATE|SEN\.?)|(?:BY|IN) (?:THE )?(HOUSE|SENATE)\b",
    re.IGNORECASE,
)
GOVERNOR = re.compile(
    r"(?:SIGNED|VETO\w*) BY (?:THE )?GOV|LINE[- ]ITEM VETO|BECAME LAW|SEC\w*\.? OF (?:THE )?STATE", re.IGNORECASE
)

CONCURRENCE = re.compile(r"^IN CONCURRENCE", re.IGNORECASE)

REPLACED_BY = re.compile(
    r"COMBINED|MERGED|CONSOLIDATED|INCORPORATED|SUPERSEDED|REPLACED|INCLUDED IN|\bSEE\b", re.IGNORECASE
)
SIMILAR = re.compile(r"SIMILAR|COMPANION|IDENTICAL", re.IGNORECASE)


def placed(steps: Iterable[tuple[dt.date | None, str]], number: BillNumber) -> list[ScrapedAction]:
    """Return the actions of one bill, oldest first, each with its classes and the chamber it was in.

    The source does not name the chamber: it is the one the line speaks of, else the one the bill had come to.
    """
    here = last = number.chamber
    actions = []
    for day, description in steps:
        classes = classify(description, RULES)
        named = named_in(TAKEN_IN, description)
        chamber: str | None
        if GOVERNOR.search(description):
            chamber = "Executive"
        elif description.startswith("(LCO)"):
            chamber = None  # The commissioners who edit bills belong to neither chamber.
        elif CONCURRENCE.match(description):
            here = chamber = last  # A line of its own, after the one that says who passed it.
        else:
            # A report tabled for the Senate's calendar shows where the bill is, though no line told of its going there.
            here = chamber = last = named or here
        actions.append(ScrapedAction(date=day, description=description, classification=classes, chamber=chamber))
        left = named_in(DONE_IN, description) if "passage" in classes else None
        here = named_in(MOVED_TO, description) or (other(left) if left else here)
    return actions


def named_in(pattern: re.Pattern[str], text: str) -> str | None:
    """Return the chamber that the first match of a pattern names."""
    match = pattern.search(text)
    word = next(filter(None, match.groups()), None) if match else None
    if word is None:
        return None
    return "House" if word.upper().startswith("H") else "Senate"


def other(chamber: str) -> str:
    return "Senate" if chamber == "House" else "House"


def outcome_of(actions: Sequence[ScrapedAction]) -> str | None:
    """Return the words of the last deciding step, or None while the bill is undecided."""
    return next((action.description for action in reversed(actions) if FINAL & set(action.classification)), None)


def lineage_of(descriptions: Iterable[str], number: BillNumber, session: str) -> Iterator[ScrapedLineage]:
    """Yield other bills that the steps name: where a proposed bill goes on in a raised or committee bill."""
    seen = {number}
    for description in descriptions:
        for bill in numbers_in(description):
            if bill in seen:
                continue
            seen.add(bill)
            relation = "related"
            if REPLACED_BY.search(description):
                relation = "replaced_by"
            elif SIMILAR.search(description):
                relation = "similar"
            yield ScrapedLineage(relation=relation, identifier=bill.identifier, session=session)
