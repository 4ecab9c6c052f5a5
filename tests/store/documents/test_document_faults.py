"""Files that are broken, hostile or too large: each is kept as not readable, and the next one is read."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from made_files import docx, paragraph, pdf, scanned_pdf, text_pdf

from store.documents import Extractor, Limits, extract, extract_inline

GOOD = b"<p>Automated license plate readers</p>"


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    with Extractor(Limits(wall_seconds=30, cpu_seconds=20)) as made:
        yield made


def encrypted_pdf() -> bytes:
    """The password check of this file can't succeed: its keys are all zeros."""
    zeros = "<" + "00" * 32 + ">"
    plain = text_pdf(["Secret words"])
    security = f"/Encrypt << /Filter /Standard /V 1 /R 2 /O {zeros} /U {zeros} /P -4 >> /ID [{zeros} {zeros}]"
    return plain.replace(b"/Root 1 0 R", b"/Root 1 0 R " + security.encode())


def looping_pdf() -> bytes:
    """Its page tree is its own child, and its cross-reference table names itself as the one before."""
    plain = text_pdf(["Round and round"])
    start = plain.rindex(b"xref\n0")
    return plain.replace(b"/Kids [5 0 R]", b"/Kids [2 0 R]").replace(b"/Root", b"/Prev %d /Root" % start)


def huge_length_pdf() -> bytes:
    return text_pdf(["Words"]).replace(b"<< /Length ", b"<< /Length 2147483647 %")


BROKEN = {
    "zero bytes": (b"", "the file is empty"),
    "truncated PDF": (text_pdf(["Words"] * 40)[:400], ""),
    "encrypted PDF": (encrypted_pdf(), "the PDF is encrypted and needs a password"),
    "PDF header alone": (b"%PDF-1.7\n", "the PDF is broken and could not be repaired"),
    "Word file cut in two": (docx(paragraph("Words"))[:300], ""),
    "legacy Word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "Office 97-2003"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), "files of type image/png are not supported"),
    "random bytes": (bytes(range(256)) * 20, "unknown binary format"),
    "archive": (b"PK\x03\x04" + bytes(100), "archives and Office files other than Word"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_not_readable_and_says_why(extractor: Extractor, name: str) -> None:
    data, reason = BROKEN[name]
    text = extractor.extract(data, None)
    assert not text.readable
    assert text.pages == []
    assert text.warnings[0].startswith("text not readable: ")
    assert reason in text.warnings[0]
    assert extractor.extract(GOOD, "text/html").pages == ["Automated license plate readers"]


def test_a_pdf_that_loops_ends(extractor: Extractor) -> None:
    began = time.monotonic()
    text = extractor.extract(looping_pdf(), "application/pdf")
    assert time.monotonic() - began < 10
    assert not any("Round" in page for page in text.pages)
    assert text.warnings


def test_a_stream_that_declares_two_gigabytes_costs_no_memory(extractor: Extractor) -> None:
    text = extractor.extract(huge_length_pdf(), "application/pdf")
    assert text.pages in ([], ["Words"], [""])


def test_html_that_is_served_as_pdf_is_read_as_html(extractor: Extractor) -> None:
    text = extractor.extract(b"<!DOCTYPE html><html><body><p>Bill text</p></body></html>", "application/pdf")
    assert text.media_type == "text/html"
    assert text.pages == ["Bill text"]


def test_pdf_that_is_served_as_html_is_read_as_pdf(extractor: Extractor) -> None:
    assert extractor.extract(text_pdf(["Bill text"]), "text/html").pages == ["Bill text"]


def test_a_zip_bomb_in_word_s_clothes_is_refused_unopened(extractor: Extractor) -> None:
    bomb = docx("", extra={"word/footnotes.xml": bytes(150_000_000)})
    assert len(bomb) < 200_000
    text = extractor.extract(bomb, None)
    assert text.warnings == [
        "text not readable: word/footnotes.xml of the Word file expands to more than 100000000 bytes"
    ]


def test_a_declared_size_that_lies_is_not_believed(extractor: Extractor) -> None:
    bomb = docx(paragraph("Words"), extra={"word/footnotes.xml": bytes(150_000_000)})
    lied = bomb.replace((150_000_000).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert lied != bomb
    assert not extractor.extract(lied, None).readable


def test_entities_of_an_xml_bomb_are_not_expanded(extractor: Extractor) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "hahaha">' + "".join(
        f'<!ENTITY {chr(98 + level)} "{f"&{chr(97 + level)};" * 10}">' for level in range(10)
    )
    text = extractor.extract((bomb + "]><b><p>Real words</p><p>&k;</p></b>").encode(), "application/xml")
    assert "haha" not in "".join(text.pages)
    assert "Real words" in text.pages[0]
    assert text.warnings


def test_an_entity_of_the_file_s_own_is_left_out_and_told(extractor: Extractor) -> None:
    source = b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "hahaha">]><b><p>Real words</p><p>&a;</p></b>'
    text = extractor.extract(source, "application/xml")
    assert text.pages == ["Real words"]
    assert text.warnings == ["entities that the file defines itself were not expanded"]


def test_an_external_entity_reads_no_file(extractor: Extractor, tmp_path: Path) -> None:
    canary = tmp_path / "canary.txt"
    canary.write_text("CANARY")
    source = f'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY x SYSTEM "{canary.as_uri()}">]><b>Words &x;</b>'
    assert "CANARY" not in extractor.extract(source.encode(), "application/xml").model_dump_json()
    word = docx(
        "<w:p><w:r><w:t>Words &x;</w:t></w:r></w:p>",
        declaration=f'<!DOCTYPE w [<!ENTITY x SYSTEM "{canary.as_uri()}">]>',
    )
    text = extractor.extract(word, None)
    assert "CANARY" not in text.model_dump_json()


@pytest.mark.parametrize("tag", ["div", "b", "table><tr><td", "ul><li", "p><font", "blockquote", "x-y", "section"])
def test_a_hundred_thousand_nested_tags_take_seconds(extractor: Extractor, tag: str) -> None:
    began = time.monotonic()
    text = extractor.extract(f"<{tag}>".encode() * 100_000 + b"license plate reader", "text/html")
    assert time.monotonic() - began < 15
    assert text.pages == ["license plate reader"]
    assert text.warnings


def test_nested_xml_elements_are_read_or_refused(extractor: Extractor) -> None:
    data = b"<?xml version='1.0'?>" + b"<a>" * 100_000 + b"words" + b"</a>" * 100_000
    text = extractor.extract(data, "application/xml")
    assert text.pages == ["words"]
    assert text.warnings


def test_an_attribute_of_forty_megabytes_is_passed_over(extractor: Extractor) -> None:
    text = extractor.extract(b'<p title="' + b"x" * 40_000_000 + b'">words</p>', "text/html")
    assert text.pages == ["words"]


def test_nested_rtf_groups_are_refused(extractor: Extractor) -> None:
    assert not extractor.extract(b"{\\rtf1" + b"{" * 200_000, None).readable


def test_nested_json_is_read_as_text(extractor: Extractor) -> None:
    assert extractor.extract(b"[" * 100_000, "application/json").warnings


def test_a_file_over_the_limit_is_not_sent_to_the_child() -> None:
    with Extractor(Limits(max_bytes=10)) as extractor:
        text = extractor.extract(b"more than ten bytes", "text/plain")
        assert extractor.pid is None
    assert text.warnings == ["text not readable: the file has 19 bytes, more than 10"]


SLOW = b"<table><tr><td>x<b>y</b></table>" * 400_000


def test_a_file_that_takes_too_long_is_given_up() -> None:
    with Extractor(Limits(wall_seconds=1.0)) as extractor:
        began = time.monotonic()
        text = extractor.extract(SLOW, "text/html")
        assert time.monotonic() - began < 4
        assert text.warnings == ["text not readable: reading took more than 1 seconds"]
        assert extractor.extract(GOOD, "text/html").readable


def test_a_file_that_takes_too_much_cpu_time_is_given_up() -> None:
    with Extractor(Limits(cpu_seconds=1, wall_seconds=60)) as extractor:
        text = extractor.extract(SLOW, "text/html")
        assert text.warnings == ["text not readable: reading took more CPU time than allowed"]
        assert extractor.extract(GOOD, "text/html").readable


def test_cpu_time_of_one_file_is_not_held_against_the_next() -> None:
    with Extractor(Limits(cpu_seconds=1)) as extractor:
        data = b"<p>word</p>" * 60_000
        assert all(extractor.extract(data, "text/html").readable for _ in range(12))


def test_a_file_that_needs_too_much_memory_is_given_up() -> None:
    with Extractor(Limits(memory_bytes=600_000_000)) as extractor:
        text = extractor.extract(docx(paragraph("word ") * 1_200_000), None)
        assert not text.readable
        assert "memory" in text.warnings[0]
        assert extractor.extract(GOOD, "text/html").readable


def test_a_page_as_large_as_a_house_is_rendered_small() -> None:
    picture = scanned_pdf(["Words"]).replace(b"[0 0 612 792]", b"[0 0 14400 14400]")
    text = extract(picture, None, limits=Limits(memory_bytes=800_000_000, ocr_page_seconds=30))
    assert not any("crashed" in warning for warning in text.warnings)


def test_a_child_that_is_killed_costs_one_file() -> None:
    with Extractor() as extractor:
        assert extractor.extract(GOOD, "text/html").readable
        first = extractor.pid
        assert first is not None
        threading.Timer(0.5, os.kill, (first, signal.SIGKILL)).start()
        text = extractor.extract(SLOW, "text/html")
        assert text.warnings == ["text not readable: the reader crashed or ran out of memory (SIGKILL)"]
        assert extractor.extract(GOOD, "text/html").readable
        assert extractor.pid != first


def test_a_child_that_died_between_files_costs_none() -> None:
    with Extractor() as extractor:
        assert extractor.extract(GOOD, "text/html").readable
        assert extractor.pid is not None
        os.kill(extractor.pid, signal.SIGKILL)
        time.sleep(0.2)
        assert extractor.extract(GOOD, "text/html").readable


def test_a_child_is_kept_for_many_files_and_replaced_after_them() -> None:
    with Extractor(files_per_child=3) as extractor:
        pids = []
        for _ in range(6):
            extractor.extract(GOOD, "text/html")
            pids.append(extractor.pid)
    assert pids[0] == pids[1]
    assert pids[2] is None
    assert pids[3] == pids[4] != pids[0]


def test_threads_share_one_child() -> None:
    found: list[str] = []
    with Extractor() as extractor:

        def read(number: int) -> None:
            found.extend(extractor.extract(f"<p>text {number}</p>".encode(), "text/html").pages)

        threads = [threading.Thread(target=read, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(found) == [f"text {number}" for number in range(8)]


def test_no_child_outlives_its_parent(tmp_path: Path) -> None:
    script = (
        "import os, sys\nfrom store.documents import Extractor\nextractor = Extractor()\n"
        "extractor.extract(b'<p>x</p>', 'text/html')\nprint(extractor.pid, flush=True)\nos.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    pid = int(done.stdout)
    ends = time.monotonic() + 10
    while _runs(pid) and time.monotonic() < ends:
        time.sleep(0.05)
    assert not _runs(pid)


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def _program(folder: Path, body: str) -> None:
    path = folder / "tesseract"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def test_ocr_that_hangs_is_ended_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(tmp_path, f"echo $$ > {tmp_path}/pid\nexec {shutil.which('sleep')} 60")
    monkeypatch.setenv("PATH", str(tmp_path))
    text = extract(scanned_pdf(["Words"]), None, limits=Limits(ocr_page_seconds=0.5))
    assert not text.readable
    assert text.warnings == ["text not readable on page 1: OCR failed"]
    assert not _runs(int((tmp_path / "pid").read_text()))


def test_ending_the_child_ends_ocr_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(tmp_path, f"echo $$ > {tmp_path}/pid\nexec {shutil.which('sleep')} 60")
    monkeypatch.setenv("PATH", str(tmp_path))
    with Extractor() as extractor:
        waiting = threading.Thread(target=extractor.extract, args=(scanned_pdf(["Words"]), None))
        waiting.start()
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            time.sleep(0.05)
        assert extractor.pid is not None
        os.kill(extractor.pid, signal.SIGKILL)
        waiting.join()
    assert not _runs(int((tmp_path / "pid").read_text()))


def test_the_child_sees_no_secret_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(tmp_path, "/usr/bin/env")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("WATCHBILL_SMTP_PASSWORD", "do not tell")
    text = extract(scanned_pdf(["Words"]), None)
    assert "OMP_THREAD_LIMIT=1" in text.pages[0]
    assert "do not tell" not in text.pages[0]


def test_compressed_streams_that_are_garbage_leave_the_other_pages(extractor: Extractor) -> None:
    good = text_pdf(["First page"], ["Second page"])
    text = extractor.extract(good.replace(b"(Second page) Tj", b"(Second pa\xff\x00\x01 Tj"), None)
    assert text.pages[0] == "First page"


def test_bytes_changed_at_random_never_raise() -> None:
    seeds = [text_pdf(["Some words on a page"]), docx(paragraph("Words")), b"{\\rtf1 \\u8217?words\\par}", GOOD * 3]
    for seed in seeds:
        for number in range(120):
            data = bytearray(seed)
            for step in range(1 + number % 7):
                # A fixed, spread-out choice of places and values: the same files in each run.
                mark = zlib.crc32(f"{number}-{step}-{len(seed)}".encode())
                data[mark % len(data)] = (mark >> 16) & 0xFF
            extract_inline(bytes(data), None, ocr=False)


def test_pdf_without_pages_is_not_readable(extractor: Extractor) -> None:
    text = extractor.extract(pdf([]), None)
    assert text.warnings == ["text not readable: the PDF is broken and could not be repaired"]


def test_a_page_that_is_missing_from_the_file_is_named(extractor: Extractor) -> None:
    text = extractor.extract(text_pdf(["One"], ["Two"]).replace(b"/Kids [5 0 R 7 0 R]", b"/Kids [5 0 R 9 0 R]"), None)
    assert text.pages == ["One", ""]
    assert text.warnings == ["text not readable on page 2: broken in the file"]
