"""Stores where workbooks were seen in the tables of the journal, and recognises a workbook by it."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from chaindesk.journal.sqlite.row_mapping import storable_path, stored_path
from chaindesk.journal.workbook_identity import WorkbookIdentity, same_workbook

_SELECT_PLACE = "SELECT workbook_id, sheet, path, name, digest, exported FROM place"


def restore_workbook(connection: sqlite3.Connection, here: WorkbookIdentity) -> int:
    """Put a workbook back that was cleaned up while somebody had it open."""
    connection.execute("INSERT OR IGNORE INTO workbook (id, sheet) VALUES (?, ?)", (here.workbook_id, here.sheet))
    return store_identity(connection, here)


def recognise(connection: sqlite3.Connection, here: WorkbookIdentity) -> int:
    """Return the number of the workbook at ``here``, making one for a new workbook, and record where it was seen."""

    def places(where: str, values: tuple[str | bytes, ...]) -> list[WorkbookIdentity]:
        rows = connection.execute(f"{_SELECT_PLACE} WHERE {where} ORDER BY id DESC", values)
        return [
            WorkbookIdentity(number, sheet, stored_path(path), stored_path(name), digest, exported)
            for number, sheet, path, name, digest, exported in rows
        ]

    by_path = places("path = ? AND sheet = ?", (storable_path(here.path), here.sheet))
    alike = (here.sheet, here.digest, storable_path(here.name))
    others = places("sheet = ? AND (digest = ? OR name = ?)", alike)
    number = same_workbook(here, by_path[0] if by_path else None, others)
    if number is None:
        number = connection.execute("INSERT INTO workbook (sheet) VALUES (?)", (here.sheet,)).lastrowid or 0
    exported = by_path[0].exported if by_path else ""
    store_identity(connection, replace(here, workbook_id=number, exported=exported))
    return number


def store_identity(connection: sqlite3.Connection, place: WorkbookIdentity) -> int:
    """Record where a workbook was seen."""
    sql = (
        "INSERT INTO place (workbook_id, sheet, path, name, digest, exported) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (path, sheet) DO UPDATE SET workbook_id = excluded.workbook_id, name = excluded.name, "
        "digest = excluded.digest, exported = excluded.exported"
    )
    paths = storable_path(place.path), storable_path(place.name)
    values = (place.workbook_id, place.sheet, *paths, place.digest, place.exported)
    return connection.execute(sql, values).rowcount
