"""Text files as people and their programs write them: cut where they were meant to be, or told."""

from __future__ import annotations

import pytest

from chaindesk.domain.errors import WorkbookError
from chaindesk.domain.manifest import ReadOptions
from chaindesk.workbook import ColumnWrite, open_manifest, write_columns


@pytest.fixture
def opened(tmp_path):
    """Open a text file of the given content."""

    def make(content, name="jobs.csv", **options):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return open_manifest(path, ReadOptions(**options))

    return make


def cells(manifest):
    return [tuple(row.values.values()) for row in manifest.rows]


def said(manifest):
    return " ".join(notice.message for notice in manifest.notices)


@pytest.mark.parametrize("mark", [";", "|", ","])
def test_a_header_of_one_cell_is_a_table_of_one_column(opened, mark):
    texts = [f"Write in French{mark} keep it short", f"First this{mark} then that{mark} then the rest", "No mark"]
    assert cells(opened("Prompt\n" + "\n".join(texts) + "\n")) == [(text,) for text in texts]


def test_a_sentence_above_sentences_is_not_cut_at_its_comma(opened):
    manifest = opened("Frage, bitte antworten\nWer, wie, was?\nWarum\nDer, die, das, ach\n")
    assert cells(manifest) == [("Wer, wie, was?",), ("Warum",), ("Der, die, das, ach",)]
    assert "one cell" in said(manifest)


def test_the_header_decides_against_marks_inside_the_texts(opened):
    content = "Nr;Titel;Liste\n1;a;\"['x', 'y', 'z']\"\n2;b;Sie schrieb, 'nie', und ging\n3;c;\"1,5\"\n"
    manifest = opened(content)
    assert cells(manifest) == [
        ("1", "a", "['x', 'y', 'z']"),
        ("2", "b", "Sie schrieb, 'nie', und ging"),
        ("3", "c", "1,5"),
    ]
    assert (manifest.source.delimiter, manifest.source.guessed) == (";", {"delimiter"})
    assert manifest.notices == ()


def test_a_header_of_one_cell_above_rows_of_three_is_told(opened):
    manifest = opened("Place\nParis,France,Europe\nRome,Italy,Europe\n")
    assert cells(manifest) == [("Paris,France,Europe",), ("Rome,Italy,Europe",)]
    assert "holds no comma" in said(manifest)
    assert "Paris,France,Europe" in said(manifest)


def test_so_is_one_above_quoted_rows_that_hold_the_mark_too(opened):
    manifest = opened('My report\nID,Tags,n\n1,"a, b",x\n2,"c, d, e",y\n')
    assert len(manifest.rows) == 3
    assert "holds no comma" in said(manifest)


@pytest.mark.parametrize("mark", [";", "|", ",", "\t"])
def test_rows_of_many_widths_are_cut_where_the_header_is_and_that_is_told(opened, mark):
    rows = ["a,b,c", "1", "1,2", "1,2,3,4", "1,2,3", "1,2,3", "1,2"]
    manifest = opened("\n".join(rows).replace(",", mark) + "\n")
    assert manifest.source.delimiter == mark
    assert [row.values["a"] for row in manifest.rows] == ["1"] * 6
    assert "another number of cells than the header" in said(manifest)


def test_a_line_of_blanks_above_the_header_is_no_header(opened):
    manifest = opened("  \r\nID,Text\r\n1,a; b\r\n2,c\r\n")
    assert cells(manifest) == [("1", "a; b"), ("2", "c")]


def test_sentences_that_agree_in_their_marks_are_not_cut_and_that_is_told(opened):
    manifest = opened("Write in French; keep it short\nWrite in German; be kind\nSing in Greek; or not\n")
    assert cells(manifest) == [("Write in German; be kind",), ("Sing in Greek; or not",)]
    assert "its semicolon stands as in a sentence" in said(manifest)


def test_lines_that_may_be_sentences_or_rows_are_cut_and_that_is_told(opened):
    manifest = opened("tea; green\nmilk; cold and white\ncoffee; black\n")
    assert manifest.source.delimiter == ";"
    assert "each line might be one cell" in said(manifest)


def test_a_title_and_a_blank_line_may_stand_above_the_headers(opened):
    manifest = opened("Report of May\n\nID;Text\n1;tea\n2;milk, sugar\n")
    assert manifest.header_row == 3
    assert cells(manifest) == [("1", "tea"), ("2", "milk, sugar")]


@pytest.mark.parametrize("line", ["sep=;\r\n", '"sep=;"\r\n', "SEP=;\n", "\ufeffsep=;\r\n"])
def test_the_line_that_declares_the_delimiter_is_no_header(opened, line):
    assert cells(opened(f"{line}Topic\r\ntea, milk\r\n")) == [("tea, milk",)]
    manifest = opened(f"{line}Topic;n\r\ntea;1\r\n")
    assert (cells(manifest), manifest.header_row, manifest.source.guessed) == ([("tea", "1")], 1, frozenset())


def test_any_delimiter_can_be_declared_or_named(opened):
    assert cells(opened("sep=^\na^b\n1^2\n")) == [("1", "2")]
    assert cells(opened("a:b\n1:2\n", delimiter=":")) == [("1", "2")]
    assert cells(opened("a,b;c\n1,2;3\n", delimiter=",")) == [("1", "2;3")]
    assert cells(opened("a\tb,c\n1\t2,3\n", delimiter="tab")) == [("1", "2,3")]
    assert cells(opened("a,b\n1,2\n", delimiter="none")) == [("1,2",)]
    with pytest.raises(WorkbookError, match="one character"):
        opened("a,b\n1,2\n", delimiter=";;")


def test_an_unclosed_quotation_mark_swallows_no_rows(opened):
    rows = [f"{number}\tText {number}\tx" for number in range(1, 41)]
    rows[11] = '12\t"Text 12\tx'
    manifest = opened("n\tText\tNote\n" + "\n".join(rows) + "\n", "jobs.tsv")
    assert len(manifest.rows) == 40
    assert manifest.rows[11].values["Text"] == '"Text 12'
    assert "Line(s) 13 begin a cell with a quotation mark that is never closed" in said(manifest)
    assert manifest.notices[0].rows == (13,)


@pytest.mark.parametrize("later", ['33\tthe end"\tx', '33\t"Text"\tx', '33\ta 12" pipe\tx', '33\t"said" he\tx'])
def test_nor_does_one_that_a_later_mark_seems_to_close(opened, later):
    rows = [f"{number}\tText {number}\tx" for number in range(1, 41)]
    rows[11] = '12\t"Text 12\tx'
    rows[32] = later
    manifest = opened("n\tText\tNote\n" + "\n".join(rows) + "\n", "jobs.tsv")
    assert [row.values["n"] for row in manifest.rows] == [str(number) for number in range(1, 41)]
    assert "never closed" in said(manifest)


@pytest.mark.parametrize("mark", [";", "|", ",", "\t"])
@pytest.mark.parametrize("number", [1, 7, 18])
def test_nor_does_one_above_quoted_cells_that_hold_the_delimiter(opened, mark, number):
    rows = [f'{index}{mark}"Text{mark} {index}"{mark}x' for index in range(20)]
    rows[number] = f'{number}{mark}"Text{mark}'
    manifest = opened(f"n{mark}Text{mark}Note\n" + "\n".join(rows) + "\n")
    assert [row.values["n"] for row in manifest.rows] == [str(index) for index in range(20)]
    assert manifest.rows[number].values["Text"] == '"Text'
    assert "never closed" in said(manifest)


def test_nor_one_above_a_quoted_cell_of_many_lines(opened):
    manifest = opened('n;Text;Note\n1;a;x\n2;"open;x\n3;c;x\n4;"one; x\ntwo\n\nthree; y";x\n5;e;x\n')
    assert cells(manifest) == [
        ("1", "a", "x"), ("2", '"open', "x"), ("3", "c", "x"), ("4", "one; x\ntwo\n\nthree; y", "x"), ("5", "e", "x"),
    ]  # fmt: skip
    assert "never closed" in said(manifest)


@pytest.mark.parametrize("line", ['"2;"open; text";x', '"2;"open; text";"x"'])
def test_one_beside_a_quoted_cell_moves_no_cell(opened, line):
    manifest = opened(f'n;Text;Note\n1;a;x\n{line}\n3;"b; c";x\n4;d;x\n')
    assert cells(manifest) == [("1", "a", "x"), ('"2', "open; text", "x"), ("3", "b; c", "x"), ("4", "d", "x")]
    assert "never closed" in said(manifest)


def test_quoted_texts_of_many_lines_stay_whole(opened):
    letter = 'Dear John,\nthanks, Bob\nbye, Al\n\nPS: "really", yes'
    quoted = letter.replace('"', '""')
    manifest = opened(f'n,Text\n1,"{quoted}"\n2,"a\r\nb"\n')
    assert cells(manifest) == [("1", letter), ("2", "a\r\nb")]
    assert manifest.notices == ()


def test_records_that_are_quoted_in_a_cell_stay_in_it(opened):
    manifest = opened('a;b;c;d\n0;p;"id;""x""\n2;""y"";z";q\n1;b;c;d\n')
    assert cells(manifest) == [("0", "p", 'id;"x"\n2;"y";z', "q"), ("1", "b", "c", "d")]
    assert manifest.notices == ()


def test_marks_inside_a_text_need_neither_doubling_nor_escaping(opened):
    manifest = opened('Text,Language\n"He said "hi, all" twice",en\n"say "hi"",de\n"Hamlet" is a play,fr\n')
    assert cells(manifest) == [('He said "hi, all" twice', "en"), ('say "hi"', "de"), ('"Hamlet" is a play', "fr")]


def test_backslashes_before_quotation_marks_escape_them_where_the_file_says_so(opened):
    manifest = opened('Text,Language\n"He said \\"hi, all\\" twice",en\n"plain, text",de\n"end \\"quoted\\"",fr\n')
    assert cells(manifest) == [('He said "hi, all" twice', "en"), ("plain, text", "de"), ('end "quoted"', "fr")]
    assert cells(opened('Folder,n\n"C:\\a, b\\",1\n"D:\\c\\",2\n')) == [("C:\\a, b\\", "1"), ("D:\\c\\", "2")]


def test_blanks_before_a_quoted_cell_do_not_open_its_commas(opened):
    assert cells(opened('a, b, c\n1, "x, y", z\n')) == [("1", "x, y", " z")]


def test_one_bad_byte_keeps_the_rest_of_the_file_and_is_told(opened):
    lines = ["ID,Text", *(f"{number},Caf\u00e9 Gr\u00f6\u00dfe \u6771\u4eac" for number in range(1, 100))]
    data = "\n".join(lines).encode().replace(b"50,Caf", b"50,\xa0Caf")
    manifest = opened(data)
    assert manifest.source.encoding == "utf-8"
    assert manifest.rows[48].values["Text"] == "Caf\u00e9 Gr\u00f6\u00dfe \u6771\u4eac"
    assert manifest.rows[49].values["Text"].startswith("\ufffdCaf\u00e9")
    assert "Line(s) 51 hold bytes that are no utf-8" in said(manifest)


def test_an_export_is_read_with_what_was_named(opened, tmp_path):
    manifest = opened("Preis;Text\n1,5;\u0142\u00f3d\u017a\n".encode("cp1250"), delimiter=";", encoding="cp1250")
    assert manifest.source.guessed == frozenset()
    target = tmp_path / "out.xlsx"
    write_columns(manifest.path, target, ColumnWrite("jobs", 1, ["Draft"], {2: ["x"]}, source=manifest.source))
    assert cells(open_manifest(target)) == [("1,5", "\u0142\u00f3d\u017a", "x")]


def test_a_wrong_name_of_an_encoding_is_refused(opened):
    for name in ("cp9999", "base64"):
        with pytest.raises(WorkbookError, match="There is no encoding"):
            opened("a,b\n1,2\n", encoding=name)


def test_reading_again_keeps_the_options(opened):
    from chaindesk.workbook import reread

    manifest = opened("a,b;c\n1,2;3\n", delimiter=",")
    manifest.path.write_text("a,b;c\n1,2;3\n4,5;6\n")
    assert cells(reread(manifest)) == [("1", "2;3"), ("4", "5;6")]
