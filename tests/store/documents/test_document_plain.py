"""Plain text, JSON, encodings, and the cleaner that everything ingested goes through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.documents import extract_inline
from store.documents.encoding import decode, repaired
from store.text import clean


def read(data: bytes, media_type: str = "text/plain") -> list[str]:
    return extract_inline(data, media_type).pages


def test_form_feeds_divide_pages() -> None:
    assert read(b"Page one\r\nof two\x0cPage two") == ["Page one\nof two", "Page two"]


def test_line_numbers_and_divided_words_are_mended() -> None:
    lines = [
        f"  {number}  the words of an auto-" if number % 2 else f"  {number}  mated reader" for number in range(1, 21)
    ]
    assert read("\n".join(lines).encode()) == ["\n".join(["the words of an automated reader"] * 10)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32"])
def test_text_of_each_encoding_is_read(encoding: str) -> None:
    text = "The City’s “plate reader” at Peña Boulevard — $76,500 under § 5.\n" * 3
    assert read(text.encode(encoding)) == [text.rstrip("\n") + "\n"]


def test_a_guessed_encoding_is_told() -> None:
    assert extract_inline("Peña’s “plate” readers".encode("cp1252"), None).warnings == [
        "encoding not declared, read as cp1252"
    ]


def test_text_pasted_from_two_encodings_keeps_both() -> None:
    data = "Peña’s café — “naïve” ".encode() * 3 + "Muñoz".encode("cp1252")
    assert read(data)[0].endswith("“naïve” Muñoz")


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("Cityâ€™s", "City’s"),
        ("â€œplateâ€\u009d", "“plate”"),
        ("cafÃ©", "café"),
        ("Â§ 5", "§ 5"),
        ("$5\u00e2\u20ac\u201c6", "$5–6"),
        ("PEÃ‘A", "PEÑA"),
        ("already right: café, naïve, São Paulo, Ãs", "already right: café, naïve, São Paulo, Ãs"),
        ("10Â°", "10°"),
    ],
)
def test_mojibake_is_mended_where_it_is_certain(wrong: str, right: str) -> None:
    assert repaired(wrong) == right


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=0x24F), max_size=60))
def test_utf8_text_without_mojibake_comes_back_as_written(text: str) -> None:
    plain = text.translate(dict.fromkeys(range(194, 245)))
    assert decode(plain.encode(), None) == (plain.removeprefix("\ufeff"), []) or len(plain) < 4


@given(st.binary(max_size=300), st.sampled_from([None, "text/plain", "text/html", "application/json", "text/xml"]))
def test_no_bytes_make_reading_fail(data: bytes, media_type: str | None) -> None:
    text = extract_inline(data, media_type, ocr=False)
    assert text.readable or text.warnings
    for page in text.pages:
        page.encode("utf-8")
        assert page == clean(page)


def test_strings_of_json_are_lines() -> None:
    data = b'{"title": "Plate\\u2019s readers", "n": 5, "items": [{"t": "One"}, "Two"]}'
    assert read(data, "application/json") == ["Plate’s readers\nOne\nTwo"]


def test_json_that_is_none_is_read_as_text() -> None:
    text = extract_inline(b'{"title": "cut', "application/json")
    assert text.pages == ['{"title": "cut']
    assert text.warnings == ["not valid JSON; read as plain text"]


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("a\x00b\x07c", "abc"),
        ("a\tb\nc", "a\tb\nc"),
        ("a\r\nb\rc\u2028d\x0ce\x85f", "a\nb\nc\nd\ne\nf"),
        ("a\ud800b\udfff", "ab"),
        ("a\ufffe\uffff\ufdd0b\U0001fffe", "ab"),
        ("\ufeffli\u200bcense\u202e", "license"),
        ("Peña 😀 § “x”", "Peña 😀 § “x”"),
        ("\ue000struck\ue001", "\ue000struck\ue001"),
    ],
)
def test_clean_leaves_only_what_both_databases_store(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@given(st.text(max_size=200))
def test_clean_is_done_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    clean(text).encode("utf-8")
