"""Runs every workbook of a folder through open → add columns → export → compare, and prints rates by feature.

    .venv/bin/python packaging/corpus.py FOLDER [--openpyxl] [--sample N] [--soffice PROGRAM] [--out FILE]

A workbook comes out whole if every part but the patched ones is the same to the byte, every old cell reads as before
(by python-calamine, which is not ours), every old cell format is where it was, the new cells read back, and a second
export gives the same bytes. With --openpyxl each is read by openpyxl too, and it is printed how many agree with ours.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import sys
import tempfile
import time
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import python_calamine
from corpus_report import report
from lxml import etree
from other_programs import LibreOffice, compare_with_openpyxl

from chaindesk.domain.errors import ChainDeskError
from chaindesk.domain.manifest import Manifest
from chaindesk.workbook import ColumnWrite, Filled, WriteReport, export_name, open_manifest, write_columns

ENDINGS = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlsb", ".ods", ".csv", ".tsv"})
SECONDS = 60
MEMORY = 2 * 1024**3
HEADERS = ("Corpus text", "Corpus number", "Status")
TEXT = "=1+1 <&> _x0041_ \u00e9\U0001f600\n second line "
FEATURES = {
    "charts": "charts/", "drawings": "drawings/drawing", "images": "media/", "tables": "tables/", "pivots": "pivot",
    "macros": "vbaproject", "comments": "comments", "threaded comments": "threadedcomments", "slicers": "slicer",
    "controls": "ctrlprops", "embeddings": "embeddings", "custom XML": "customxml", "connections": "connections",
    "calc chain": "calcchain", "external links": "externallinks", "signatures": "_xmlsignatures",
    "printer settings": "printersettings", "chart sheets": "chartsheets", "rich values": "richdata",
}  # fmt: skip
MARKS = {
    "extension lists": b"extLst", "sparklines": b"sparkline", "conditional formats": b"conditionalFormatting",
    "data validations": b"dataValidation", "merged cells": b"mergeCell", "autofilter": b"autoFilter",
    "shared formulas": b't="shared"', "array formulas": b't="array"', "protection": b"sheetProtection",
    "alternate content": b"AlternateContent", "strict": b"purl.oclc.org", "prefixed": b"<x:",
}  # fmt: skip


def main() -> int:
    """Run the corpus; the exit status is 0 where no workbook lost anything, crashed or hung."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("folder", type=Path)
    words.add_argument("--openpyxl", action="store_true", help="read each by openpyxl too, and compare")
    words.add_argument("--sample", type=int, default=0, help="how many exports LibreOffice is to open")
    words.add_argument("--soffice", default="soffice", help="LibreOffice's program")
    words.add_argument("--out", type=Path, help="write each workbook's verdict as a line of JSON")
    asked = words.parse_args()
    files = sorted(path for path in asked.folder.rglob("*") if path.is_file() and path.suffix.lower() in ENDINGS)
    verdicts = []
    with tempfile.TemporaryDirectory() as scratch:
        for number, path in enumerate(files):
            folder = Path(scratch) / f"{number}"
            folder.mkdir()
            verdict = {"file": str(path), **_in_child(judge, path, folder)}
            if asked.openpyxl:
                verdict["openpyxl"] = _in_child(compare_with_openpyxl, path)
            verdicts.append(verdict)
            if verdict["verdict"] not in {"whole", "refused"}:
                print(f"{verdict['verdict']:>9}  {path}: {verdict['detail']}", flush=True)
        opened = _libreoffice(verdicts, asked.sample, LibreOffice(asked.soffice, Path(scratch)))
    if asked.out:
        asked.out.write_text("".join(json.dumps(verdict) + "\n" for verdict in verdicts))
    report(verdicts, opened)
    return int(any(verdict["verdict"] not in {"whole", "refused"} for verdict in verdicts))


def _in_child(judge_it: Callable[..., dict[str, Any]], *given: Path) -> dict[str, Any]:
    """The verdict on one workbook, from a process of its own with limits on time and memory."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.Process(target=_child, args=(theirs, judge_it, *given))
    started = time.monotonic()
    child.start()
    theirs.close()
    try:
        verdict = ours.recv() if ours.poll(SECONDS) else {"verdict": "hung", "detail": f"past {SECONDS} s"}
    except EOFError:
        verdict = {"verdict": "died", "detail": "the process ended without a word"}
    child.kill()
    child.join()
    return {**verdict, "seconds": round(time.monotonic() - started, 2)}


def _child(pipe: Connection, judge_it: Callable[..., dict[str, Any]], *given: Path) -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    warnings.simplefilter("ignore")
    try:
        pipe.send(judge_it(*given))
    except BaseException as exc:  # whatever it is, it is the verdict
        pipe.send({"verdict": "crashed", "detail": f"{type(exc).__name__}: {exc}"})


def judge(path: Path, folder: Path) -> dict[str, Any]:
    """What becomes of one workbook: whole, refused, lost, or crashed."""
    features = sorted(_features(path))
    target = folder / export_name(path).name
    try:
        manifest = open_manifest(path)
        report = _export(manifest, path, target)
    except ChainDeskError as exc:
        return {"verdict": "refused", "detail": str(exc), "features": features}
    except Exception as exc:
        return {"verdict": "crashed", "detail": f"{type(exc).__name__}: {exc}", "features": features}
    losses = list(_losses(path, target, manifest, report))
    again = folder / "again" / target.name  # of the same name, which the files of long texts bear too
    again.parent.mkdir()
    _export(manifest, path, again)
    if again.read_bytes() != target.read_bytes():
        losses.append("a second export differs")
    again.unlink()
    verdict = "lost" if losses else "whole"
    return {"verdict": verdict, "detail": "; ".join(losses[:4]), "features": features, "target": str(target)}


def _export(manifest: Manifest, path: Path, target: Path) -> WriteReport:
    rows = {row.number: (TEXT, row.number, Filled("done", "D8F3DF", "17603A")) for row in manifest.rows}
    return write_columns(path, target, ColumnWrite(manifest.sheet, manifest.header_row, HEADERS, rows))


def _losses(path: Path, target: Path, manifest: Manifest, report: WriteReport) -> Iterator[str]:
    with zipfile.ZipFile(target) as new:
        if broken := new.testzip():
            yield f"bad checksum in {broken}"
    with path.open("rb") as file:
        is_package = file.read(2) == b"PK"
    is_patched = is_package and path.suffix.lower() not in {".xlsb", ".ods"}
    if is_patched:
        yield from _part_losses(path, target)
    yield from _cell_losses(path, target, manifest, report, compare_old=is_patched)


def _part_losses(path: Path, target: Path) -> Iterator[str]:
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target) as new:
        names = [entry.orig_filename for entry in old.infolist()]
        if names != [entry.orig_filename for entry in new.infolist()][: len(names)]:
            yield "the list of parts differs"
            return
        changed = [
            a.filename
            for a, b in zip(old.infolist(), new.infolist(), strict=False)
            if _packed(old, a) != _packed(new, b)
        ]
        sheets = [name for name in changed if "sheet" in name.lower() and "table" not in name.lower()]
        others = [name for name in changed if name not in sheets and not name.lower().endswith("styles.xml")]
        if len(new.infolist()) == len(names) + 1:  # a styles part was added, and two parts must know of it
            others = [name for name in others if name != "[Content_Types].xml" and not name.endswith(".rels")]
        # with an autofilter that grew, the workbook part has another area under its hidden name
        others = [name for name in others if b"_FilterDatabase" not in old.read(name)]
        if path.suffix.lower() != target.suffix.lower():  # a template became a workbook
            others = [name for name in others if name != "[Content_Types].xml"]
        tables = [name for name in others if "table" in name.lower()]
        if len(sheets) != 1 or len(tables) > 1 or len(others) > len(tables):
            yield f"changed parts: {changed}"
        for name in changed:
            if name.lower().endswith("styles.xml") and not _keeps_formats(old.read(name), new.read(name)):
                yield "old cell formats moved"


def _packed(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> tuple[int, int, int]:
    return entry.CRC, entry.file_size, entry.compress_size


def _keeps_formats(old: bytes, new: bytes) -> bool:
    before, after = etree.fromstring(old), etree.fromstring(new)
    for name in ("fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs"):
        first = [etree.tostring(item, method="c14n") for item in before.findall(f"{{*}}{name}/{{*}}*")]
        second = [etree.tostring(item, method="c14n") for item in after.findall(f"{{*}}{name}/{{*}}*")]
        if second[: len(first)] != first:
            return False
    return True


def _cell_losses(
    path: Path, target: Path, manifest: Manifest, report: WriteReport, *, compare_old: bool
) -> Iterator[str]:
    before = _old_cells(path)
    if before is None:
        return  # the other reader cannot read it before either, so there is nothing to compare
    new = python_calamine.CalamineWorkbook.from_path(target)
    new_cells = _cells(new, manifest.sheet if compare_old else new.sheet_names[_place(manifest)])
    columns = [report.columns[header] for header in HEADERS]
    for row in manifest.rows:
        found = [new_cells.get((row.number, column)) for column in columns]
        if found != [TEXT, float(row.number), "done"]:
            yield f"row {row.number} reads back as {found!r}"
            break
    for name, cells in before.items() if compare_old else ():
        after = new_cells if name == manifest.sheet else _cells(new, name)
        kept = {place: value for place, value in after.items() if name != manifest.sheet or place[1] not in columns}
        if repr(kept) != repr(cells):
            yield f'cells of sheet "{name}" differ'


def _old_cells(path: Path) -> dict[str, dict[tuple[int, int], object]] | None:
    if path.suffix.lower() in {".csv", ".tsv"}:
        return {}
    try:
        old = python_calamine.CalamineWorkbook.from_path(path)
        return {name: _cells(old, name) for name in old.sheet_names}
    except Exception:
        return None


def _place(manifest: Manifest) -> int:
    return manifest.sheets.index(manifest.sheet)


def _cells(workbook: Any, name: str) -> dict[tuple[int, int], object]:
    sheet = workbook.get_sheet_by_name(name)
    top, left = sheet.start or (0, 0)
    return {
        (row, column): value
        for row, values in enumerate(sheet.to_python(skip_empty_area=True), top + 1)
        for column, value in enumerate(values, left + 1)
        if value not in {"", None}
    }


def _features(path: Path) -> Iterable[str]:
    yield path.suffix.lower()
    try:
        with zipfile.ZipFile(path) as package:
            names = [name.lower() for name in package.namelist()]
            yield from (word for word, part in FEATURES.items() if any(part in name for name in names))
            sheets = [name for name in package.namelist() if "worksheets/sheet" in name.lower()][:3]
            text = b"".join(package.read(name)[:2_000_000] for name in sheets if "_rels" not in name)
            yield from (word for word, mark in MARKS.items() if mark in text)
    except Exception:
        yield "no zip"


def _libreoffice(verdicts: list[dict[str, Any]], sample: int, program: LibreOffice) -> dict[str, bool]:
    """Which of a sample of the exports LibreOffice opens, where it opens the source."""
    if not sample:
        return {}
    if not program.is_there:
        print("LibreOffice was not found, so no export is opened by it")
        return {}
    whole = [verdict for verdict in verdicts if verdict["verdict"] == "whole"]
    chosen = random.Random(7).sample(whole, min(sample, len(whole)))  # noqa: S311 — a sample, not a secret
    opened: dict[str, bool] = {}
    for verdict in chosen:
        if not program.opens(Path(verdict["file"])):
            continue
        opened[verdict["file"]] = program.opens(Path(verdict["target"]))
        if not opened[verdict["file"]]:
            print(f"LibreOffice does not open the export of {verdict['file']}", flush=True)
    return opened


if __name__ == "__main__":
    sys.exit(main())
