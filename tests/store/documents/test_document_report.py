"""What `watchbill extract` prints."""

from pathlib import Path

import pytest
from made_files import text_pdf

from config.errors import WatchbillError
from store.documents import Limits
from store.documents.report import as_text, extract_json


def test_json_has_each_page_with_its_characters(tmp_path: Path) -> None:
    path = tmp_path / "agenda.pdf"
    path.write_bytes(text_pdf(["License plate readers"], ["Second page"]))
    report = extract_json(path)
    assert report == {
        "file": str(path),
        "media_type": "application/pdf",
        "sha256": report["sha256"],
        "how": "text",
        "readable": True,
        "pages": [
            {"page": 1, "text": "License plate readers", "characters": 21},
            {"page": 2, "text": "Second page", "characters": 11},
        ],
        "warnings": [],
    }
    assert len(report["sha256"]) == 64


def test_the_terminal_shows_pages_warnings_and_struck_text(tmp_path: Path) -> None:
    path = tmp_path / "bill.html"
    path.write_bytes(b"<p>It <s>may</s> not</p>")
    assert as_text(extract_json(path)) == (
        f"{path}: text/html, 1 page, 12 characters, read by text\n\n--- page 1 ---\nIt [-may-] not"
    )


def test_a_file_without_text_shows_why(tmp_path: Path) -> None:
    path = tmp_path / "empty.pdf"
    path.write_bytes(b"")
    lines = as_text(extract_json(path, media_type="application/pdf")).splitlines()
    assert lines[0].endswith("0 pages, 0 characters, not readable")
    assert lines[1] == "warning: text not readable: the file is empty"


def test_a_file_that_is_not_there_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(WatchbillError, match="can't be read: No such file"):
        extract_json(tmp_path / "absent.pdf")


def test_a_file_over_the_limit_is_not_loaded(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    path.write_bytes(b"x" * 100)
    with pytest.raises(WatchbillError, match="has 100 bytes, more than the 10 that are read"):
        extract_json(path, limits=Limits(max_bytes=10))
