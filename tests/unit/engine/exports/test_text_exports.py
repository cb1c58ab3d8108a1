"""Exports as CSV, Markdown, HTML and one file for each row, read back as other programs read them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from lxml import html

from chaindesk.domain.errors import UsageError
from chaindesk.domain.status import Review
from chaindesk.engine.exports.export import export, preview_export
from chaindesk.engine.exports.file_names import safe_name
from chaindesk.engine.exports.options import ExportFormat, ExportOptions
from chaindesk.engine.exports.source import ExportSource
from tests.support.engine import EngineHarness, make_chain, make_manifest

ROWS = [
    {"ID": "A1", "Topic": "Tea; and «ümlauts»"},
    {"ID": "B2", "Topic": "-5"},
    {"ID": "C3", "Topic": "=HYPERLINK(1)"},
]


async def ran(folder: Path, rows: list[dict[str, str]] = ROWS) -> EngineHarness:
    chain = make_chain({"prompt": "Notes on {{Topic}}"}, {"prompt": "Write: {{s1}}", "output": "Text"}, id_column="ID")
    harness = EngineHarness(make_manifest(rows, folder / "jobs.xlsx", "ID"), chain)
    harness.provider.behave = lambda request: f"<{request.messages[-1].content}>\n\n- one\n- two"
    await harness.run()
    return harness


def source_of(harness: EngineHarness) -> ExportSource:
    return ExportSource(harness.manifest, harness.chain, harness.ledger, harness.journal, harness.workbook_id)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def records(path: Path, delimiter: str = ",") -> list[list[str]]:
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")  # Excel reads other bytes in the system's code page
    return list(csv.reader(data.decode("utf-8-sig").splitlines(keepends=True), delimiter=delimiter))


async def test_a_csv_holds_the_rows_with_inputs_and_outputs_as_they_are(tmp_path: Path) -> None:
    harness = await ran(tmp_path)
    report = await export(source_of(harness), None, ExportOptions(ExportFormat.CSV))
    assert report.path == tmp_path / "jobs.completed.csv"
    assert report.rows == 3
    header, first, *_ = records(report.path)
    assert header == ["ID", "Topic", "s1", "Text", "Status", "Error"]
    assert first[:3] == ["A1", "Tea; and «ümlauts»", "<Notes on Tea; and «ümlauts»>\n\n- one\n- two"]
    assert first[4:] == ["done", ""]


async def test_what_would_be_a_formula_gets_an_apostrophe_unless_it_is_a_number(tmp_path: Path) -> None:
    harness = await ran(tmp_path)
    source, path = source_of(harness), tmp_path / "out.csv"
    report = await export(source, path, ExportOptions(ExportFormat.CSV, columns=("Topic",)))
    assert records(path) == [["Topic"], ["Tea; and «ümlauts»"], ["-5"], ["'=HYPERLINK(1)"]]
    assert report.notices[0].startswith("1 cell begins with")
    plain = ExportOptions(ExportFormat.CSV, columns=("Topic",), guard_formulas=False, replace=True, delimiter=";")
    report = await export(source, path, plain)
    assert records(path, ";")[3] == ["=HYPERLINK(1)"]
    assert report.notices == ()


async def test_only_approved_and_chosen_rows_and_columns_are_written(tmp_path: Path) -> None:
    harness = await ran(tmp_path)
    for number in (2, 4):
        harness.ledger.record_review(harness.ledger.entries[number].last_answer, Review.APPROVED)
    chosen = ExportOptions(
        ExportFormat.CSV, frozenset({2, 3}), only_approved=True, columns=("Text", "ID"), file_name=""
    )
    report = await export(source_of(harness), None, chosen)
    written = records(report.path)
    assert written[0] == ["ID", "Text"]  # the sheet's order
    assert [record[0] for record in written[1:]] == ["A1"]


async def test_what_cannot_be_exported_is_said_before(tmp_path: Path) -> None:
    source = source_of(await ran(tmp_path))
    with pytest.raises(UsageError, match="None of these rows is approved"):
        preview_export(source, None, ExportOptions(ExportFormat.CSV, only_approved=True))
    with pytest.raises(UsageError, match=r'no column "Txt" to export\. Did you mean "Text"'):
        preview_export(source, None, ExportOptions(ExportFormat.HTML, columns=("Txt",)))
    with pytest.raises(UsageError, match="None of our columns is chosen"):
        preview_export(source, None, ExportOptions(columns=("Topic",)))
    assert names_in(tmp_path) == []


async def test_no_file_that_is_there_is_replaced_unasked(tmp_path: Path) -> None:
    source, path = source_of(await ran(tmp_path)), tmp_path / "out.md"
    path.write_text("mine", "utf-8")
    options = ExportOptions(ExportFormat.MARKDOWN)
    assert preview_export(source, path, options).existing == ("out.md",)
    with pytest.raises(UsageError, match=r'"out.md" is in .* already'):
        await export(source, path, options)
    assert path.read_text("utf-8") == "mine"


async def test_a_text_export_never_goes_into_the_workbook_itself(tmp_path: Path) -> None:
    harness = await ran(tmp_path)
    harness.manifest.path.write_text("ID,Topic", "utf-8")
    with pytest.raises(UsageError, match="is the workbook itself"):
        await export(source_of(harness), harness.manifest.path, ExportOptions(ExportFormat.CSV, replace=True))


async def test_markdown_has_a_section_for_each_row_and_html_a_table(tmp_path: Path) -> None:
    source = source_of(await ran(tmp_path))
    markdown = (await export(source, None, ExportOptions(ExportFormat.MARKDOWN, columns=("Topic", "Text")))).path
    text = markdown.read_text("utf-8")
    assert [line for line in text.splitlines() if line.startswith("## ")] == ["## A1", "## B2", "## C3"]
    assert "**Topic**\n\n=HYPERLINK(1)\n" in text
    page = html.fromstring((await export(source, None, ExportOptions(ExportFormat.HTML))).path.read_text("utf-8"))
    assert [cell.text for cell in page.findall(".//th")][:2] == ["ID", "Topic"]
    rows = [[cell.text for cell in row.findall("td")] for row in page.findall(".//tbody/tr")]
    assert len(rows) == 3
    assert rows[2][1] == "=HYPERLINK(1)"
    assert rows[0][2] == "<Notes on Tea; and «ümlauts»>\n\n- one\n- two"  # escaped, and back


async def test_each_row_gets_a_file_named_by_its_cells(tmp_path: Path) -> None:
    source, folder = source_of(await ran(tmp_path)), tmp_path / "articles"
    options = ExportOptions(ExportFormat.FILES, file_name="{{ID}}-{{Topic}}.md")
    preview = preview_export(source, folder, options)
    assert preview.files == ("A1-Tea; and «ümlauts».md", "B2--5.md", "C3-=HYPERLINK(1).md")
    report = await export(source, folder, options)
    assert report.files == 3
    assert names_in(folder) == sorted(preview.files)
    assert (folder / "B2--5.md").read_text("utf-8") == "<Write: <Notes on -5>\n\n- one\n- two>\n\n- one\n- two\n"
    with pytest.raises(UsageError, match="already"):
        await export(source, folder, options)


async def test_a_file_with_several_columns_has_a_section_for_each(tmp_path: Path) -> None:
    source = source_of(await ran(tmp_path))
    for ending, first in ((".md", "## Topic\n\nTea"), (".txt", "Topic\n-----\n\nTea")):
        options = ExportOptions(ExportFormat.FILES, columns=("Topic", "Text"), file_name="{{Row}}" + ending)
        await export(source, tmp_path / "out", options)
        assert (tmp_path / "out" / f"2{ending}").read_text("utf-8").startswith(first)
    options = ExportOptions(ExportFormat.FILES, columns=("Topic", "Text"), file_name="{{Row}}.html")
    await export(source, tmp_path / "out", options)
    page = html.fromstring((tmp_path / "out" / "2.html").read_text("utf-8"))
    assert [heading.text for heading in page.findall(".//h2")] == ["Topic", "Text"]


async def test_names_that_collide_are_told_before_anything_is_written(tmp_path: Path) -> None:
    rows = [{"ID": "1", "Title": "Tea"}, {"ID": "2", "Title": "TEA"}, {"ID": "3", "Title": "Tea: /\\|?"}]
    chain = make_chain({"prompt": "On {{Title}}"}, id_column="ID")
    harness = EngineHarness(make_manifest(rows, tmp_path / "jobs.xlsx", "ID"), chain)
    await harness.run()
    options = ExportOptions(ExportFormat.FILES, file_name="{{Title}}.md")
    with pytest.raises(UsageError, match=r'rows 2, 3 would all be "tea\.md"'):
        await export(source_of(harness), tmp_path / "out", options)
    assert not (tmp_path / "out").exists()
    with pytest.raises(UsageError, match=r'no column "Titel"\. Did you mean "Title"'):
        preview_export(source_of(harness), tmp_path, ExportOptions(ExportFormat.FILES, file_name="{{Titel}}.md"))
    with pytest.raises(UsageError, match=r"ends in .md, .txt, .html"):
        preview_export(source_of(harness), tmp_path, ExportOptions(ExportFormat.FILES, file_name="{{Title}}.exe"))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a/b\\c:d", "a-b-c-d"),
        ("  two\nlines  ", "two lines"),
        ("../../etc/passwd", "-..-etc-passwd"),
        ("CON", "CON_"),
        ("com1.txt", "com1.txt_"),
        ("ends in dots...", "ends in dots"),
        ("", "blank"),
        ("???", "blank"),
        ("é", "é"),
        ("ж" * 300, "ж" * 100),
    ],
)
def test_names_are_safe_on_every_system(text: str, name: str) -> None:
    assert safe_name(text, "blank") == name
