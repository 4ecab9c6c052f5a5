"""Text of Word and RTF files."""

import pytest
from made_files import docx, paragraph

from store.documents import extract_inline


def word(body: str, **parts: object) -> str:
    text = extract_inline(docx(body, **parts), None)
    assert text.readable, text.warnings
    return text.pages[0]


def rtf(source: str | bytes) -> str:
    data = source.encode("cp1252") if isinstance(source, str) else source
    text = extract_inline(data, "application/msword")
    assert text.media_type == "application/rtf"
    assert text.readable, text.warnings
    return text.pages[0]


def run(text: str, properties: str = "", tag: str = "t") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:{tag} xml:space="preserve">{text}</w:{tag}></w:r>'


class TestWord:
    def test_paragraphs_are_lines_and_runs_join_without_a_gap(self) -> None:
        body = paragraph("An auto", "mated ", "license plate reader") + paragraph("Second")
        assert word(body) == "An automated license plate reader\nSecond"

    def test_tables_are_read_row_by_row(self) -> None:
        rows = "".join(
            f"<w:tr>{''.join(f'<w:tc>{paragraph(cell)}</w:tc>' for cell in row)}</w:tr>"
            for row in (["No.", "Title"], ["14", "Plate readers"])
        )
        assert word(f"{paragraph('Agenda')}<w:tbl>{rows}</w:tbl>{paragraph('End')}") == (
            "Agenda\nNo.\tTitle\n14\tPlate readers\nEnd"
        )

    @pytest.mark.parametrize(
        "struck",
        [
            run("may", "<w:strike/>"),
            run("may", '<w:dstrike w:val="1"/>'),
            f'<w:del w:author="x">{run("may", tag="delText")}</w:del>',
            f"<w:moveFrom>{run('may')}</w:moveFrom>",
            run("may", '<w:rStyle w:val="Gone"/>'),
        ],
    )
    def test_struck_and_deleted_runs_are_marked(self, struck: str) -> None:
        styles = '<w:style w:styleId="Gone"><w:rPr><w:strike/></w:rPr></w:style>'
        body = paragraph("It ", struck, " not")
        assert word(body, styles=styles) == "It \ue000may\ue001 not"

    def test_a_strike_that_is_switched_off_is_live(self) -> None:
        assert word(paragraph("It ", run("may", '<w:strike w:val="0"/>'))) == "It may"

    def test_insertions_are_live(self) -> None:
        assert word(paragraph("It ", f"<w:ins>{run('shall')}</w:ins>")) == "It shall"

    def test_hidden_text_and_the_copy_for_old_versions_are_left_out(self) -> None:
        body = paragraph("a", run("hidden", "<w:vanish/>"), "<w:Fallback><w:r><w:t>twice</w:t></w:r></w:Fallback>", "b")
        assert word(body) == "ab"

    def test_tabs_breaks_and_hyphens_are_kept(self) -> None:
        body = paragraph(
            "a", "<w:r><w:tab/></w:r>", "b", "<w:r><w:br/></w:r>", "c", "<w:r><w:noBreakHyphen/></w:r>", "d"
        )
        assert word(body) == "a b\nc-d"

    def test_tab_stops_of_a_paragraph_are_not_text(self) -> None:
        assert word("<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>a</w:t></w:r></w:p>") == "a"

    def test_footnotes_follow_the_text(self) -> None:
        note = f'<w:footnotes xmlns:w="urn:x"><w:footnote>{paragraph("A note")}</w:footnote></w:footnotes>'
        assert word(paragraph("Text"), extra={"word/footnotes.xml": note.encode()}) == "Text\nA note"


class TestRtf:
    def test_paragraphs_and_typographic_characters(self) -> None:
        source = r"{\fonttbl{\f0 Arial;}}\pard The City\rquote s plate\~reader\emdash\line next\par Last"
        assert rtf(rf"{{\rtf1\ansi\ansicpg1252 {source}}}") == "The City’s plate reader—\nnext\nLast"

    def test_code_page_escapes_and_unicode_escapes(self) -> None:
        assert rtf(r"{\rtf1\ansi\ansicpg1252 Pe\'f1a \u8220?quoted\u8221? \uc0\u233 x}") == "Peña “quoted” éx"

    def test_stand_ins_of_two_characters_are_skipped(self) -> None:
        assert rtf(r"{\rtf1\uc2 A\u233 \'65\'65B}") == "AéB"

    def test_surrogate_pairs_are_one_character(self) -> None:
        assert rtf(r"{\rtf1 x\u-10179?\u-8704?y}") == "x\U0001f600y"

    def test_fonts_of_another_character_set(self) -> None:
        assert rtf(rb"{\rtf1\ansi{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset204 B;}}\f1 \'e0\'e1\f0  end}") == "аб end"

    def test_ignorable_destinations_pictures_and_headers_are_left_out(self) -> None:
        source = (
            r"{\rtf1{\*\generator Writer;}{\info{\title Secret}}{\header Page head}{\pict\wmetafile8 0102ab}"
            r"{\stylesheet{\s0 Normal;}}Body{\field{\*\fldinst HYPERLINK x}{\fldrslt link}}}"
        )
        assert rtf(source) == "Bodylink"

    def test_binary_data_is_passed_over(self) -> None:
        assert rtf(b"{\\rtf1 a{\\pict\\bin5 }{}}\\}b}") == "ab"

    @pytest.mark.parametrize("word", [r"\strike", r"\striked1", r"\deleted"])
    def test_struck_text_is_marked_until_its_group_ends(self, word: str) -> None:
        assert rtf(rf"{{\rtf1 It {{{word}  may}} not}}") == "It \ue000may\ue001 not"

    def test_struck_text_is_marked_until_it_is_switched_off(self) -> None:
        assert rtf(r"{\rtf1 It \strike may\strike0  not \strike ever\plain  more}") == (
            "It \ue000may\ue001 not \ue000ever\ue001 more"
        )

    def test_hidden_text_is_left_out(self) -> None:
        assert rtf(r"{\rtf1 a{\v hidden}b}") == "ab"

    def test_tables_are_read_row_by_row(self) -> None:
        source = (
            r"{\rtf1 Agenda\par\trowd\cellx1\cellx2\intbl No.\cell Title\cell\row\trowd 14\cell Plates\cell\row End}"
        )
        assert rtf(source) == "Agenda\nNo.\tTitle\n14\tPlates\nEnd"

    def test_a_file_cut_in_the_middle_gives_what_it_has(self) -> None:
        assert rtf("{\\rtf1 Some words\\par and {\\b more\\") == "Some words\nand more"
