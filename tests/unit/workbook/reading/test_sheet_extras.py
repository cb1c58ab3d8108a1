"""Links and pictures: an address is there for templates, a picture is called one."""

from __future__ import annotations

import base64
import zipfile

from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.chains.chain_binding import bind
from chaindesk.workbook import open_manifest
from tests.support.workbooks import WorkbookMaker, worksheet

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def said(manifest):
    return " ".join(notice.message for notice in manifest.notices)


def test_the_address_of_a_link_is_there_beside_its_words(books: WorkbookMaker):
    def fill(_, sheet):
        sheet.write_url("B2", "https://example.org/a?b=1#c", string="here")
        sheet.write_formula("B3", '=HYPERLINK("https://example.org/x","there")', value="there")
        sheet.write_url("B4", "internal:'Jobs'!A1", string="inside")

    manifest = open_manifest(books.rich(fill))
    assert [row.values["Audience"] for row in manifest.rows] == ["here", "there", "inside"]
    assert [row.values["Audience.link"] for row in manifest.rows] == [
        "https://example.org/a?b=1#c", "https://example.org/x", "#'Jobs'!A1",
    ]  # fmt: skip
    assert manifest.linked == {"Audience"}
    assert "Audience.link" not in dict(manifest.rows[0].values)


def test_a_prompt_uses_the_address_and_a_row_without_one_has_a_blank(books: WorkbookMaker):
    manifest = open_manifest(books.rich(lambda _, sheet: sheet.write_url("B2", "https://example.org", string="here")))
    step = {"name": "s", "model": "demo/m", "prompt": "{{Audience}}: {{Audience.link|none}}", "output": "O"}
    bound, problems = bind(Chain.model_validate({"name": "c", "steps": [step]}), manifest)
    assert problems == []
    prompts = [bound.steps[0].prompt.render(row.values) for row in manifest.rows[:2]]
    assert prompts == ["here: https://example.org", "everybody: none"]
    _, problems = bind(Chain.model_validate({"name": "c", "steps": [step | {"prompt": "{{Topic.link}}"}]}), manifest)
    assert "Topic.link" in problems[0].message


def test_an_address_that_a_formula_computes_is_told_and_never_cut(books: WorkbookMaker):
    def fill(_, sheet):
        sheet.write_formula("B2", '=HYPERLINK("https://example.org/"&A2,"here")', value="here")
        sheet.write_formula("B3", '=IF(A3="","",HYPERLINK(A3,"there"))', value="there")

    manifest = open_manifest(books.rich(fill))
    assert manifest.linked == frozenset()
    assert [row.values["Audience"] for row in manifest.rows[:2]] == ["here", "there"]
    assert "B2, B3: the address of the link is computed by a formula" in said(manifest)


def test_cells_that_share_a_formula_share_its_address(books: WorkbookMaker):
    first = '<f t="shared" ref="B2:B3" si="0">HYPERLINK("https://example.org/x","go")</f><v>go</v>'
    rows = (
        '<row r="1"><c r="A1" t="str"><v>ID</v></c><c r="B1" t="str"><v>Url</v></c></row>'
        f'<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="str">{first}</c></row>'
        '<row r="3"><c r="A3"><v>2</v></c><c r="B3" t="str"><f t="shared" si="0"/><v>go</v></c></row>'
    )
    manifest = open_manifest(books.by_hand(worksheet(rows)))
    assert [row.values["Url.link"] for row in manifest.rows] == ["https://example.org/x"] * 2


def test_a_column_of_that_name_goes_before_the_links(books: WorkbookMaker):
    path = books.table([["Url", "Url.link"], ["a", "my own"]])
    assert open_manifest(path).rows[0].values["Url.link"] == "my own"


def test_a_picture_in_a_cell_is_called_a_picture(books: WorkbookMaker, tmp_path):
    (tmp_path / "dot.png").write_bytes(DOT)
    manifest = open_manifest(books.rich(lambda _, sheet: sheet.embed_image("B2", str(tmp_path / "dot.png"))))
    assert manifest.rows[0].values["Audience"] == ""
    assert "B2: a picture stands in the cell" in said(manifest)
    assert "error value" not in said(manifest)


def test_a_picture_of_wps_office_is_one_too(books: WorkbookMaker):
    cell = '<c r="A2" t="str"><f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c><c r="B2"><v>1</v></c>'
    header = '<c r="A1" t="str"><v>Look</v></c><c r="B1" t="str"><v>n</v></c>'
    manifest = open_manifest(books.by_hand(worksheet(f'<row r="1">{header}</row><row r="2">{cell}</row>')))
    assert manifest.rows[0].values["Look"] == ""
    assert "A2: a picture" in said(manifest)


def test_an_error_of_rich_data_stays_an_error(books: WorkbookMaker, tmp_path):
    (tmp_path / "dot.png").write_bytes(DOT)
    source = books.rich(lambda _, sheet: sheet.embed_image("B2", str(tmp_path / "dot.png")))
    target = tmp_path / "error.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            new.writestr(entry, old.read(entry).replace(b'"_localImage"', b'"_error"'))
    assert "B2: an error value" in said(open_manifest(target))


def test_pictures_above_the_cells_are_told(books: WorkbookMaker, tmp_path):
    (tmp_path / "dot.png").write_bytes(DOT)

    def fill(_, sheet):
        sheet.insert_image("D2", str(tmp_path / "dot.png"))
        sheet.insert_image("D3", str(tmp_path / "dot.png"))

    assert "2 pictures lie above the cells" in said(open_manifest(books.rich(fill)))
