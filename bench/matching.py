"""Measures matching on labelled texts beside what a user could do without it, and its speed beside bare hyperscan.

Rows marked `uncertain` are not scored. A row whose text does not say what its label knows is not a miss, but listed
apart: one marked `text_insufficient`, or one cut short before it comes to a single word of the keyword list.
"""

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.phrases import parse_phrases
from config.topics import Topics, load_topics
from store.matching import Matcher, TextField
from store.matching.normalise import Normal
from store.matching.patterns import Expression, expressions

REPOSITORY = Path(__file__).parent.parent
GOLD = REPOSITORY.parent / "shared" / "gold" / "dev.jsonl"
LABELS = {"license-plate-readers": ("lpr", "both"), "shield-laws": ("shield", "both")}
ROUNDS = 3

# What somebody would type into the search of a bill tracker, quotation marks and all.
TYPED = {
    "license-plate-readers": ("license plate reader", "license plate recognition", "alpr", "flock safety"),
    "shield-laws": ("shield law", "legally protected health care", "reproductive health care", "gender-affirming"),
}
# Single words and short phrases, as keyword alerts have them.
KEYWORDS = {
    "license-plate-readers": ("license plate", "plate reader", "alpr", "lpr", "flock", "vigilant", "motorola", "anpr"),
    "shield-laws": (
        "shield",
        "abortion",
        "reproductive",
        "gender-affirming",
        "extradition",
        "transgender",
        "sanctuary",
    ),
}


@dataclass(frozen=True)
class Row:
    """One labelled text."""

    id: str
    topics: frozenset[str]
    why: str
    family: str
    insufficient: bool
    title: str
    text: str

    def both(self) -> str:
        """Title and text as one."""
        return f"{self.title}\n{self.text}"


@dataclass(frozen=True)
class Score:
    """How a way of finding did on one topic."""

    right: int
    false: tuple[Row, ...]
    missed: tuple[Row, ...]
    excused: tuple[Row, ...]

    @property
    def precision(self) -> float:
        """Of what was found, the share that is about the topic."""
        found = self.right + len(self.false)
        return self.right / found if found else 0.0

    @property
    def recall(self) -> float:
        """Of what is about the topic, the share that was found."""
        there = self.right + len(self.missed)
        return self.right / there if there else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def read_gold(path: Path) -> list[Row]:
    """Return the labelled rows that are scored; raises OSError and ValueError for a file that can't be read."""
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if not entry.get("uncertain"):
            topics = frozenset(topic for topic, labels in LABELS.items() if entry["topic"] in labels)
            insufficient = bool(entry.get("text_insufficient"))
            family = entry.get("neg_family") or ""
            rows.append(
                Row(entry["id"], topics, entry["why"], family, insufficient, entry["title"], entry["text"] or "")
            )
    return rows


def found_topics(matcher: Matcher, rows: Sequence[Row]) -> list[dict[str, str]]:
    """Return for each row the topics found in it and how surely."""
    return [{topic.topic: topic.strength for topic in matcher.match(fields(row)).topics} for row in rows]


def fields(row: Row) -> list[TextField]:
    """Return what is matched of a row."""
    return [TextField(name, text) for name, text in (("title", row.title), ("text", row.text)) if text]


def score(rows: Sequence[Row], topic: str, found: Sequence[bool]) -> Score:
    """Return how the found rows compare with the labelled ones."""
    pairs = list(zip(rows, found, strict=True))
    missed = [row for row, hit in pairs if topic in row.topics and not hit]
    return Score(
        right=sum(hit and topic in row.topics for row, hit in pairs),
        false=tuple(row for row, hit in pairs if hit and topic not in row.topics),
        missed=tuple(row for row in missed if not says_nothing(row)),
        excused=tuple(row for row in missed if says_nothing(row)),
    )


def says_nothing(row: Row) -> bool:
    """Return whether the labeller marked that the text can't show what the label knows."""
    return row.insufficient


def phrase_search(rows: Sequence[Row], phrases: Sequence[str]) -> list[bool]:
    """Return which rows have one of the phrases literally, whatever its case."""
    pattern = re.compile("|".join(rf"\b{re.escape(phrase)}s?\b" for phrase in phrases), re.IGNORECASE)
    return [bool(pattern.search(row.both())) for row in rows]


def learned(rows: Sequence[Row], topic: str) -> list[bool]:
    """Return what TF-IDF and logistic regression say of each row, having learned from the four other fifths."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
    from sklearn.model_selection import StratifiedKFold, cross_val_predict  # type: ignore[import-untyped]
    from sklearn.pipeline import make_pipeline  # type: ignore[import-untyped]

    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
        LogisticRegression(C=10, class_weight="balanced", max_iter=1000),
    )
    folds = StratifiedKFold(n_splits=5, shuffle=True, random_state=0)
    labels = [topic in row.topics for row in rows]
    return [bool(hit) for hit in cross_val_predict(model, [row.both() for row in rows], labels, cv=folds)]


def fastest(once: Callable[[], object]) -> float:
    """Return the seconds of the fastest of a few rounds."""
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        once()
        seconds.append(time.perf_counter() - began)
    return min(seconds)


def phrases_of(topics: Topics, *, terms_only: bool) -> list[Expression]:
    """Return the expressions of the terms, or of all phrases in the topics."""
    tables: list[Any] = [term for topic in topics.topic for term in topic.term]
    if not terms_only:
        tables += [*topics.signal, *topics.aspect, *topics.vendor]
    parsed = (phrase for table in tables for phrase in parse_phrases(table.phrases, topics.group))
    return sorted({one for phrase in parsed for one in expressions(phrase)}, key=lambda one: one.whole)


def bare_scan(found: Sequence[Expression], texts: Sequence[bytes], *, starts: bool) -> Callable[[], None]:
    """Return a scan of all texts by hyperscan alone, which only calls back for each hit."""
    import hyperscan

    database = hyperscan.Database()
    flag = hyperscan.HS_FLAG_SOM_LEFTMOST if starts else 0
    database.compile(
        expressions=[(one.head if starts else one.part).encode("ascii") for one in found],
        ids=list(range(len(found))),
        elements=len(found),
        flags=[flag] * len(found),
    )

    def scan() -> None:
        for text in texts:
            database.scan(text, match_event_handler=lambda *_: None)

    return scan


def print_table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    """Print columns aligned: words to the left, figures to the right."""
    table = [list(head), *map(list, lines)]
    widths = [max(len(line[column]) for line in table) for column in range(len(head))]
    for line in table:
        cells = (
            cell.rjust(width) if table[1][column][:1].isdigit() else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        print("  ".join(cells).rstrip())
    print()


def print_scores(rows: Sequence[Row], verdicts: Sequence[dict[str, str]]) -> None:
    """Print precision, recall and F1 of matching and of the three other ways, by topic."""
    lines = []
    for topic in LABELS:
        ways = {
            "watchbill, any strength": [topic in verdict for verdict in verdicts],
            "watchbill, strong alone": [verdict.get(topic) == "strong" for verdict in verdicts],
            "phrase search": phrase_search(rows, TYPED[topic]),
            "keyword list": phrase_search(rows, KEYWORDS[topic]),
            "TF-IDF + regression": learned(rows, topic),
        }
        for way, found in ways.items():
            one = score(rows, topic, found)
            counts = map(str, (one.right, len(one.false), len(one.missed), len(one.excused)))
            lines.append((topic, way, f"{one.precision:.4f}", f"{one.recall:.4f}", f"{one.f1:.4f}", *counts))
    print_table(("topic", "way", "precision", "recall", "F1", "right", "false", "missed", "apart"), lines)


def print_families(rows: Sequence[Row], verdicts: Sequence[dict[str, str]]) -> None:
    """Print how many of each family of false friends were taken for a topic that they are not about."""
    sizes = Counter(row.family for row in rows if row.family)
    wrong = Counter(
        (row.family, topic, strength)
        for row, verdict in zip(rows, verdicts, strict=True)
        for topic, strength in verdict.items()
        if topic not in row.topics
    )
    lines = []
    for family in (*sorted(sizes), ""):
        size = sizes[family] if family else sum(not row.family and not row.topics for row in rows)
        counts = [str(wrong[family, topic, strength]) for topic in LABELS for strength in ("possible", "strong")]
        lines.append((family or "(ordinary)", str(size), *counts))
    print_table(("false friends", "rows", "plates possible", "strong", "shield possible", "strong"), lines)


def print_wrong(rows: Sequence[Row], verdicts: Sequence[dict[str, str]]) -> None:
    """List the rows that were judged wrongly, and why their label is what it is."""
    for topic in LABELS:
        one = score(rows, topic, [topic in verdict for verdict in verdicts])
        for kind, wrong in (("false", one.false), ("missed", one.missed), ("not in its text", one.excused)):
            for row in wrong:
                print(f"{topic}: {kind}: {row.id} {row.title[:90]!r}: {row.why}")
    print()


def print_speed(name: str, topics: Topics, matcher: Matcher, rows: Sequence[Row]) -> None:
    """Print how many megabytes a second are matched, and how many hyperscan alone goes through."""
    try:
        import hyperscan  # noqa: F401 - only whether it is there
    except ImportError:
        print("no speed to compare: hyperscan is not installed")
        return
    ready = [fields(row) for row in rows]
    size = sum(len(field.text.encode()) for texts in ready for field in texts) / 1e6
    texts = [Normal(field.text).text for fields in ready for field in fields]
    ours = size / fastest(lambda: [matcher.match(texts) for texts in ready])
    lines = [("Matcher.match", f"{ours:.1f}", "1.00")]
    for bare_name, terms_only, starts in (
        ("bare hyperscan, every phrase with its start", False, True),
        ("bare hyperscan, phrases of terms alone", True, False),
    ):
        bare = size / fastest(bare_scan(phrases_of(topics, terms_only=terms_only), texts, starts=starts))
        lines.append((bare_name, f"{bare:.1f}", f"{ours / bare:.2f}"))
    print_table((f"{name} texts, {size:.2f} MB", "MB/s", "matching is"), lines)


def main(argv: Sequence[str]) -> int:
    """Print all figures; 0 also when there are no labelled texts to measure on, 2 for a file that can't be read."""
    parser = argparse.ArgumentParser(prog="python -m bench.matching", description=__doc__)
    parser.add_argument("--gold", type=Path, default=GOLD, help="labelled texts, one JSON object a line")
    path: Path = parser.parse_args(argv).gold
    if not path.is_file():
        print(f"no labelled texts at {path}: nothing was measured")
        return 0
    try:
        rows = read_gold(path)
    except (OSError, ValueError, KeyError) as error:
        print(f"{path} can't be read as labelled texts: {error!r}", file=sys.stderr)
        return 2
    topics = load_topics(REPOSITORY / "config")
    matcher = Matcher(topics)
    verdicts = found_topics(matcher, rows)
    print(f"{len(rows)} labelled texts\n")
    print_scores(rows, verdicts)
    print_families(rows, verdicts)
    print_wrong(rows, verdicts)
    print_speed("all", topics, matcher, rows)
    print_speed("ordinary", topics, matcher, [row for row in rows if not row.topics and not row.family])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
