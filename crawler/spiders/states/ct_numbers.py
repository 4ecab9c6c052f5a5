"""Bill numbers of the Connecticut General Assembly in all the forms that its files, pages and agendas print."""

import re
from dataclasses import dataclass
from typing import Self

KINDS = ("HB", "SB", "HJ", "SJ", "HR", "SR")
CLASSIFICATIONS = {"B": "bill", "J": "joint resolution", "R": "resolution"}
CHAMBERS = {"H": "House", "S": "Senate"}

PLAIN = re.compile(r"^\s*(?P<kind>[HS][BJR])[\s-]*0*(?P<number>[1-9]\d{0,4})\s*$", re.IGNORECASE)
"""One number alone, as in the bulk files and in addresses: HB05001, HB-5001, hb 5001."""

WORDS = {
    ("house", "bill"): "HB",
    ("senate", "bill"): "SB",
    ("house", "joint resolution"): "HJ",
    ("senate", "joint resolution"): "SJ",
    ("house", "resolution"): "HR",
    ("senate", "resolution"): "SR",
}

MENTION = re.compile(
    r"""
    (?<![A-Za-z0-9.-])s?
    (?:
        (?P<chamber>(?i:House|Senate))\s+(?P<type>(?i:Joint\s+Resolution|Resolution|Bill))(?i:s?)\s+(?=(?i:No)|\#|\d)
      | (?P<dotted>[HS]\.\s?[BJR]\.)(?:\s?R\.)?\s*
      | (?P<bare>[HS][BJR])R?[\s-]{0,3}
    )
    (?i:Nos?\b\.?|\#)?\s*
    0*(?P<first>[1-9]\d{0,4})(?!\d|/\d|[.,]\d|\.(?i:pdf|html?|docx?)\b)
    (?P<more>(?:\s*(?:,\s*and|,|&|and)\s+(?:(?i:Nos?)\.\s*)?[1-9]\d{0,4}(?![\d/:]|[.,]\d|\s*[AaPp]\.?[Mm]|\w))*)
    """,
    re.VERBOSE,
)
"""A number within running text; `more` are the others of "S.B. Nos. 12, 13 and 14"."""

PLURAL = re.compile(r"Nos\b", re.IGNORECASE)
NUMBER = re.compile(r"[1-9]\d{0,4}")

FIRST_HOUSE_BILL = 5001
"""Bills are numbered across the chambers, the Senate's from 1 and the House's from 5001; resolutions from 1 in each."""


@dataclass(frozen=True)
class BillNumber:
    """One bill or resolution within its session."""

    kind: str
    number: int

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read a number that stands alone ("HB05001", "sb-12"), or None."""
        match = PLAIN.match(text)
        return cls(match["kind"].upper(), int(match["number"])) if match else None

    @property
    def padded(self) -> str:
        """As the bulk files write it: HB05001."""
        return f"{self.kind}{self.number:05d}"

    @property
    def identifier(self) -> str:
        """As we show it: HB 5001."""
        return f"{self.kind} {self.number}"

    @property
    def aliases(self) -> list[str]:
        """The other forms that people and pages use, for search and for linking agendas."""
        dotted = f"{self.kind[0]}.{self.kind[1]}."
        return [self.padded, f"{self.kind}{self.number}", f"{self.kind}-{self.number}", f"{dotted} No. {self.number}"]

    @property
    def chamber(self) -> str:
        """The chamber it began in."""
        return CHAMBERS[self.kind[0]]

    @property
    def classification(self) -> str:
        return CLASSIFICATIONS[self.kind[1]]

    def key(self, session: str) -> str:
        """Return the key of its record: 2026:HB05001."""
        return f"{session}:{self.padded}"

    @property
    def plausible(self) -> bool:
        """Whether such a number is given out at all; "H.B. No. 12" is a typing error or another state's."""
        if self.kind == "HB":
            return self.number >= FIRST_HOUSE_BILL
        return self.number < FIRST_HOUSE_BILL


def numbers_in(text: str) -> list[BillNumber]:
    """Every bill that a text names ("Raised H.B. No. 5001", "S.B. Nos. 12 and 13", "HB-5001"), each once, in order."""
    found: dict[BillNumber, None] = {}
    for match in MENTION.finditer(text):
        kind = kind_of(match)
        if kind is None:
            continue
        numbers = [match["first"]]
        if PLURAL.search(match[0]):
            numbers += NUMBER.findall(match["more"])
        for number in numbers:
            bill = BillNumber(kind, int(number))
            if bill.plausible:
                found[bill] = None
    return list(found)


def kind_of(match: re.Match[str]) -> str | None:
    """Return a mention's kind; None for an abbreviation that without "No." is something else (Congress's H.R. 1)."""
    if match["chamber"]:
        return WORDS[match["chamber"].lower(), " ".join(match["type"].lower().split())]
    if match["dotted"]:
        kind = "".join(letter for letter in match["dotted"] if letter.isalpha())
        numbered = re.search(r"No|#", match[0]) is not None
        return kind if numbered or kind.endswith("B") else None
    return str(match["bare"])
