"""Text of web pages and XML: what stays, what goes, and what is marked as struck."""

import pytest

from store.documents import Limits, extract_inline


def read(markup: str | bytes, media_type: str = "text/html", **options: object) -> str:
    data = markup.encode() if isinstance(markup, str) else markup
    text = extract_inline(data, media_type, **options)
    assert text.readable
    return text.pages[0]


def test_blocks_become_lines_and_inline_elements_do_not_break_words() -> None:
    assert read("<h1>Title</h1><p>An auto<b>mated</b> <i>license</i>\n plate&nbsp;reader.</p><p>Next<br>line</p>") == (
        "Title\nAn automated license plate reader.\nNext\nline"
    )


def test_scripts_styles_menus_and_footers_are_left_out() -> None:
    page = """<html><head><title>Site</title><style>.a{}</style></head><body>
      <header class="site-header">
      <ul><li><a href="/">Home</a></li><li><a href="/plates">License plates</a></li></ul></header>
      <nav><a href="#">Vehicle tags</a></nav>
      <div id="main-menu"><a href="/x">Plate lookup</a> <a href="/y">Parking</a></div>
      <script>var plate = "reader";</script><noscript>Enable scripts</noscript>
      <main><h1>Council agenda</h1><p>Item one</p></main>
      <footer>License plate lookup service</footer></body></html>"""
    assert read(page) == "Council agenda\nItem one"


def test_a_header_with_the_title_of_the_meeting_stays() -> None:
    assert read("<body><header><h1>Regular Meeting</h1></header><p>Item</p></body>") == "Regular Meeting\nItem"


def test_a_footer_within_an_article_is_part_of_it() -> None:
    assert read("<article><p>Item</p><footer>Passed 5-0</footer></article>") == "Item\nPassed 5-0"


def test_an_agenda_whose_items_are_links_is_no_menu() -> None:
    assert read('<div class="agenda-items"><a href="1">Plate readers</a><a href="2">Shield law</a></div>') != ""


def test_a_page_that_is_all_footer_is_read_whole_and_told() -> None:
    text = extract_inline(b"<footer><p>The only words</p></footer>", "text/html")
    assert text.pages == ["The only words"]
    assert text.warnings == ["the page is all menu or footer; it was read whole"]


def test_table_rows_are_lines_and_cells_are_tabs() -> None:
    table = "<table><tr><th>No.</th><th>Title</th></tr><tr><td><p>14</p></td><td><p>Plate readers</p></td></tr></table>"
    assert read(table) == "No.\tTitle\n14\tPlate readers"


def test_an_empty_first_cell_does_not_join_the_row_to_the_one_above() -> None:
    table = "<table><tr><td>a</td><td>b</td></tr><tr><td></td><td>c</td><td>d</td></tr></table>"
    assert read(table) == "a\tb\nc\td"


def test_cells_after_a_nested_table_stay_in_their_row() -> None:
    table = "<table><tr><td>a<table><tr><td>x</td><td>y</td></tr></table></td><td>b</td></tr></table>"
    assert read(table) == "a\nx\ty\tb"


@pytest.mark.parametrize(
    "struck",
    [
        "<s>may use</s>",
        "<strike>may use</strike>",
        "<del>may use</del>",
        '<span style="color:red; TEXT-DECORATION: line-through">may use</span>',
        '<span style="text-decoration-line:underline line-through">may use</span>',
        '<span class="strike">may use</span>',
        '<span class="amend strike-through x">may use</span>',
        '<span class="amendDeletedText">may use</span>',
        '<span class="deleted">may use</span>',
        "<s>may <b>use</b></s>",
        "<s>may</s> <s>use</s>",
        '<s>may <span class="strike">use</span></s>',
    ],
)
def test_struck_text_is_marked(struck: str) -> None:
    assert read(f"<p>An agency {struck} shall not use</p>") == "An agency \ue000may use\ue001 shall not use"


def test_classes_that_the_page_s_own_styles_strike_are_marked() -> None:
    page = "<style>.o, p.x9 { color: red; text-decoration: line-through }</style><p>A <span class='x9'>b</span> c</p>"
    assert read(page) == "A \ue000b\ue001 c"


@pytest.mark.parametrize("name", ["striking", "model", "delivery", "undeleted-x", "strikers"])
def test_other_class_names_strike_nothing(name: str) -> None:
    assert read(f'<p>A <span class="{name}">b</span> c</p>') == "A b c"


def test_the_page_can_not_mark_text_as_struck_by_itself() -> None:
    assert read("<p>\ue000live\ue001 words</p>") == "live words"


def test_preformatted_lines_lose_their_numbers() -> None:
    lines = [f"{number:5}  words of line {number}, which goes on and" for number in range(1, 16)]
    assert read(f"<pre>{chr(10).join(lines)}</pre>").startswith("words of line 1, which goes on and\nwords of line 2")


def test_pages_positioned_like_print_keep_their_lines() -> None:
    spans = "".join(
        f"<span style='top:{n * 18}px;'><span style='left:9px'>words of an</span> "
        f"<span style='left:90px'>automated</span> <span style='left:2px'>{n}</span></span>"
        for n in range(1, 16)
    )
    assert read(f"<div>{spans}</div>") == "\n".join(["words of an automated"] * 15)


def test_soft_hyphens_and_zero_width_spaces_leave_words_whole() -> None:
    assert read("<p>auto\u00admated li\u200bcense</p>") == "automated license"


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        ("<p>Peña’s café</p>".encode(), "text/html; charset=utf-8"),
        ("<p>Peña’s café</p>".encode(), "text/html; charset=iso-8859-1"),
        ("<p>Peña’s café</p>".encode("cp1252"), "text/html; charset=ISO-8859-1"),
        ('<meta charset="windows-1252"><p>Peña’s café</p>'.encode("cp1252"), "text/html"),
        ("<p>Peña’s café</p>".encode("utf-16"), "text/html"),
        ("<p>Peña’s café</p>".encode("utf-16-le"), "text/html"),
        (b"\xef\xbb\xbf" + "<p>Peña’s café</p>".encode(), "text/html; charset=latin-1"),
        ("<p>Peña’s café</p>".encode("cp1252"), "text/html; charset=no-such-charset"),
        ("<p>Peña’s café</p>".encode().decode("cp1252").encode(), "text/html; charset=utf-8"),
    ],
)
def test_every_encoding_gives_the_same_text(data: bytes, media_type: str) -> None:
    assert read(data, media_type) == "Peña’s café"


def test_a_fragment_without_html_tags_around_it_is_read_as_html() -> None:
    text = extract_inline(b"2310D<br><center>HOUSE BILL NO. 7</center><p>An act.</p>", "application/pdf")
    assert text.media_type == "text/html"
    assert text.pages == ["2310D\nHOUSE BILL NO. 7\nAn act."]


def test_more_text_than_the_limit_is_cut_and_told() -> None:
    text = extract_inline(b"<p>abcdef</p><p>ghij</p>", "text/html", limits=Limits(max_characters=8))
    assert text.pages == ["abcdef\ngh"]
    assert text.warnings == ["text cut at 8 characters"]


def test_an_empty_page_is_readable_and_told() -> None:
    assert extract_inline(b"<html><body></body></html>", "text/html").warnings == ["the file holds no text"]


class TestXml:
    def test_elements_that_stand_apart_are_lines_and_inline_ones_are_not(self) -> None:
        bill = "<bill><title>An Act</title><text>An auto<em>mated</em> reader</text><section>Next</section></bill>"
        assert read(bill, "application/xml") == "An Act\nAn automated reader\nNext"

    @pytest.mark.parametrize(
        "struck", ["<strike>may</strike>", "<del>may</del>", '<x style="text-decoration:line-through">may</x>',
                   '<span class="deleted-phrase">may</span>', "<deleted-phrase>may</deleted-phrase>"]
    )  # fmt: skip
    def test_struck_elements_are_marked(self, struck: str) -> None:
        assert read(f"<?xml version='1.0'?><t>It {struck} not</t>", "text/xml") == "It \ue000may\ue001 not"

    def test_named_characters_of_html_are_kept(self) -> None:
        assert read("<?xml version='1.0'?><t>&sect; 5 &amp; 6&nbsp;plates</t>", "text/xml") == "§ 5 & 6 plates"

    def test_the_declared_encoding_is_followed(self) -> None:
        data = '<?xml version="1.0" encoding="ISO-8859-1"?><t>Peña</t>'.encode("latin-1")
        assert read(data, "application/xml") == "Peña"

    def test_html_inside_of_cdata_is_read_as_html(self) -> None:
        assert read("<bill><![CDATA[<pre>An <s>old</s> act</pre>]]></bill>", "text/xml") == "An \ue000old\ue001 act"

    def test_what_is_not_well_formed_is_read_as_html_and_told(self) -> None:
        text = extract_inline(b"<?xml version='1.0'?><a><b>words</a>", "application/xml")
        assert text.pages == ["words"]
        assert "read as HTML" in text.warnings[0]

    def test_rows_and_cells_are_a_table(self) -> None:
        assert read("<t><row><entry>a</entry><entry>b</entry></row><row><entry>c</entry></row></t>", "text/xml") == (
            "a\tb\nc"
        )
