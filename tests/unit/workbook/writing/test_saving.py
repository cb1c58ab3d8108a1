"""The export's way onto the disk: backups, targets, disks that refuse."""

from __future__ import annotations

import errno
import os
import stat
import sys
import zipfile
from pathlib import Path

import pytest

from chaindesk.domain.errors import SaveError, UsageError, WorkbookError
from chaindesk.workbook import ColumnWrite, check_target, open_manifest, write_columns
from chaindesk.workbook.writing import backup
from tests.support.workbooks import WorkbookMaker

ROWS = {2: ["text"]}


def write(source, target, **options):
    return write_columns(source, target, ColumnWrite("Jobs", 1, ["Draft"], ROWS), **options)


def test_the_source_is_never_overwritten_unasked(books: WorkbookMaker):
    source = books.rich()
    before = source.read_bytes()
    with pytest.raises(SaveError, match="under another name"):
        write(source, source)
    assert source.read_bytes() == before


def test_a_workbook_that_is_overwritten_is_backed_up_first(books: WorkbookMaker):
    source = books.rich()
    before = source.read_bytes()
    report = write(source, source, overwrite_source=True)
    assert report.backup == source.with_name("jobs.backup.xlsx")
    assert report.backup.read_bytes() == before
    assert open_manifest(source).rows[0].values["Draft"] == "text"


def test_a_target_that_became_a_folder_is_the_one_that_an_error_names(books: WorkbookMaker, tmp_path):
    target = tmp_path / "out.xlsx"
    target.mkdir()
    with pytest.raises(SaveError, match=r'out\.xlsx" could not be saved: it is a folder'):
        write(books.rich(), target)


def test_an_older_backup_is_never_replaced_and_an_equal_one_is_used_again(books: WorkbookMaker):
    source = books.rich()
    pristine = source.read_bytes()
    write(source, source, overwrite_source=True)
    second = source.read_bytes()
    report = write_columns(source, source, ColumnWrite("Jobs", 1, ["Other"], ROWS), overwrite_source=True)
    assert report.backup == source.with_name("jobs.backup 2.xlsx")
    assert source.with_name("jobs.backup.xlsx").read_bytes() == pristine
    assert report.backup.read_bytes() == second
    source.write_bytes(pristine)
    assert write(source, source, overwrite_source=True).backup == source.with_name("jobs.backup.xlsx")
    assert len(list(source.parent.iterdir())) == 3


def test_a_target_that_exists_is_kept_unless_the_caller_knows_that_nobody_will_miss_it(books: WorkbookMaker, tmp_path):
    source, target = books.rich(), tmp_path / "out.xlsx"
    target.write_bytes(b"somebody's work")
    report = write(source, target)
    assert report.backup == tmp_path / "out.backup.xlsx"
    assert report.backup.read_bytes() == b"somebody's work"
    assert write(source, target, keep_target=False).backup is None
    assert write(source, source, overwrite_source=True, keep_target=False).backup is None
    assert {path.name for path in tmp_path.iterdir()} == {"jobs.xlsx", "out.xlsx", "out.backup.xlsx"}


def test_nothing_is_backed_up_where_nothing_is_replaced(books: WorkbookMaker, tmp_path):
    source, target = books.rich(), tmp_path / "out.xlsx"
    assert write(source, target).backup is None
    with pytest.raises(WorkbookError):
        write_columns(source, target, ColumnWrite("None", 1, ["Draft"], ROWS))
    assert {path.name for path in tmp_path.iterdir()} == {"jobs.xlsx", "out.xlsx"}


def test_long_texts_of_a_target_that_is_kept_stay_beside_it(books: WorkbookMaker, tmp_path):
    source, target = books.rich(), tmp_path / "out.xlsx"

    def long(letter, **options):
        return write_columns(source, target, ColumnWrite("Jobs", 1, ["Draft"], {2: [letter * 40_000]}), **options)

    def texts():
        return {path.name: path.read_text()[0] for path in (tmp_path / "out.texts").iterdir()}

    long("a")
    first = target.read_bytes()
    long("b")
    assert texts() == {"2-Draft.txt": "a", "2-Draft-2.txt": "b"}
    second = target.read_bytes()
    long("b")
    assert target.read_bytes() == second
    long("a")
    assert target.read_bytes() == first
    long("c", keep_target=False)
    assert texts() == {"2-Draft.txt": "c", "2-Draft-2.txt": "b"}


def test_a_link_is_written_through(books: WorkbookMaker, tmp_path):
    source, target, link = books.rich(), tmp_path / "real" / "out.xlsx", tmp_path / "link.xlsx"
    target.parent.mkdir()
    target.write_bytes(b"old")
    link.symlink_to(target)
    report = write(source, link)
    assert link.is_symlink()
    assert open_manifest(target).rows[0].values["Draft"] == "text"
    assert report.backup.read_bytes() == b"old"


def test_a_link_to_the_source_is_the_source(books: WorkbookMaker, tmp_path):
    source = books.rich()
    link = tmp_path / "link.xlsx"
    link.symlink_to(source)
    with pytest.raises(SaveError):
        write(source, link)


def test_permissions_are_kept(books: WorkbookMaker, tmp_path):
    source = books.rich()
    source.chmod(0o640)
    target = tmp_path / "out.xlsx"
    assert stat.S_IMODE(write(source, target).path.stat().st_mode) == 0o640
    target.chmod(0o604)
    assert stat.S_IMODE(write(source, target).path.stat().st_mode) == 0o604


def test_the_copy_of_a_read_only_workbook_can_be_replaced(books: WorkbookMaker, tmp_path):
    source = books.rich()
    source.chmod(0o440)
    assert stat.S_IMODE(write(source, tmp_path / "out.xlsx").path.stat().st_mode) == 0o640


def test_a_failure_half_way_leaves_everything_as_it_was(books: WorkbookMaker, tmp_path):
    source = books.rich()
    target = tmp_path / "out" / "out.xlsx"
    target.parent.mkdir()
    target.write_bytes(b"what was there")

    class Failing(dict[int, list[str]]):
        def __getitem__(self, number):
            if number == 4:
                raise KeyboardInterrupt
            return ["text"]

    rows = Failing(dict.fromkeys(range(2, 5)))
    with pytest.raises(KeyboardInterrupt):
        write_columns(source, target, ColumnWrite("Jobs", 1, ["Draft"], rows, widths={"Draft": 20}))
    assert target.read_bytes() == b"what was there"
    assert [path.name for path in target.parent.iterdir()] == ["out.xlsx"]


def test_a_damaged_part_found_while_writing_leaves_everything_as_it_was(books: WorkbookMaker, tmp_path):
    source = books.rich()
    target = tmp_path / "out" / "out.xlsx"
    target.parent.mkdir()
    data = bytearray(source.read_bytes())
    with zipfile.ZipFile(source) as package:
        offset = package.getinfo("xl/theme/theme1.xml").header_offset
    data[offset : offset + 4] = b"????"
    source.write_bytes(data)
    with pytest.raises(Exception, match="damaged"):
        write(source, target)
    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("none/out.xlsx", "there is no folder"),
        ("folder.xlsx", "is a folder"),
        ("file/out.xlsx", "there is no folder"),
        ("x" * 251 + ".xlsx", "too long"),
    ],
)
def test_places_that_cannot_be_written_are_said_plainly(books: WorkbookMaker, tmp_path, target, words):
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder.xlsx").mkdir()
    with pytest.raises(SaveError, match=words):
        write(books.rich(), tmp_path / target)
    with pytest.raises(SaveError, match=words):
        check_target(tmp_path / "jobs.xlsx", tmp_path / target)


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.EACCES, "open in another program"), (errno.ENOSPC, "disk is full"), (errno.EROFS, "Read-only file system")],
)
def test_each_refusal_of_the_system_gives_a_way_on(tmp_path, number, words):
    def refuse(_):
        raise OSError(number, os.strerror(number))

    with pytest.raises(SaveError, match=words):
        backup.save(tmp_path / "out.xlsx", refuse)
    assert list(tmp_path.iterdir()) == []


def test_target_may_be_given_as_text_in_the_current_folder(books: WorkbookMaker, monkeypatch):
    source = books.rich()
    monkeypatch.chdir(source.parent)
    assert write(source.name, "out.xlsx").path == Path("out.xlsx")
    assert (source.parent / "out.xlsx").exists()


def test_a_target_can_be_tried_before_anything_is_paid_for(books: WorkbookMaker, tmp_path):
    source = books.rich()
    check_target(source, tmp_path / "out.xlsx")
    check_target(source, source, overwrite_source=True)
    assert [path.name for path in tmp_path.iterdir()] == ["jobs.xlsx"]
    with pytest.raises(SaveError, match="workbook itself"):
        check_target(source, source)
    with pytest.raises(UsageError):
        check_target(source, tmp_path / "out.csv")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
@pytest.mark.parametrize(("mode", "folder"), [(0o600, 0o700), (0o644, 0o755)])
def test_long_texts_are_for_those_who_may_read_the_workbook(books: WorkbookMaker, tmp_path, mode, folder):
    source, target = books.rich(), tmp_path / "out.xlsx"
    source.chmod(mode)
    write_columns(source, target, ColumnWrite("Jobs", 1, ["Draft"], {2: ["long " * 10_000]}))
    made = {stat.S_IMODE(path.stat().st_mode) for path in (target, *(tmp_path / "out.texts").iterdir())}
    assert (made, stat.S_IMODE((tmp_path / "out.texts").stat().st_mode)) == ({mode}, folder)
