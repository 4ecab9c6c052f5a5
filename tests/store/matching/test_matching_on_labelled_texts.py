"""The figures promised on the labelled texts, and the table that shows them."""

import json
from pathlib import Path

import pytest

from bench.matching import Row, found_topics, main, read_gold, score
from store.matching import Matcher


@pytest.fixture(scope="module")
def judged(shared: Path, matcher: Matcher) -> tuple[list[Row], list[dict[str, str]]]:
    rows = read_gold(shared / "gold" / "dev.jsonl")
    return rows, found_topics(matcher, rows)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("topic", "precision", "recall"), [("license-plate-readers", 0.97, 0.97), ("shield-laws", 0.96, 0.96)]
)
def test_precision_and_recall_on_labelled_texts(judged, topic: str, precision: float, recall: float) -> None:
    rows, verdicts = judged
    whole = score(rows, topic, [topic in verdict for verdict in verdicts])
    assert whole.precision >= precision, [row.id for row in whole.false]
    assert whole.recall >= recall, [row.id for row in whole.missed]
    assert len(whole.excused) <= 4, [row.id for row in whole.excused]
    assert score(rows, topic, [verdict.get(topic) == "strong" for verdict in verdicts]).precision >= 0.985


def test_the_bench_says_when_there_are_no_labelled_texts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--gold", str(tmp_path / "none.jsonl")]) == 0
    assert "nothing was measured" in capsys.readouterr().out


def test_the_bench_refuses_a_file_of_another_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('{"id": 1}\n')
    assert main(["--gold", str(path)]) == 2
    assert "can't be read as labelled texts" in capsys.readouterr().err


def test_uncertain_rows_are_not_scored_and_silent_texts_are_no_misses(tmp_path: Path) -> None:
    base = {"topic": "lpr", "why": "demonstration data", "title": "Benches", "text": "Paint"}
    rows = [{**base, "id": "a", "uncertain": True}, {**base, "id": "b", "text_insufficient": True}, {**base, "id": "c"}]
    path = tmp_path / "gold.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    gold = read_gold(path)
    one = score(gold, "license-plate-readers", [False, False])
    assert ([row.id for row in one.missed], [row.id for row in one.excused]) == (["c"], ["b"])
    assert (one.recall, one.precision, one.f1) == (0, 0, 0)
