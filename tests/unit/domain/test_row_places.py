"""Where rows stand among the jobs of a sheet, and the hashes of their inputs."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from chaindesk.domain.manifest import Column, Manifest, Row, RowValues
from chaindesk.domain.row_places import RowPlaces


def manifest_of(numbers: list[int], names: tuple[str, ...] = ("Topic", "100 % of %s")) -> Manifest:
    index = {name: place for place, name in enumerate(names)}
    rows = tuple(Row(n, str(n), RowValues(index, [f"{name} {n} %d" for name in names])) for n in numbers)
    columns = tuple(Column(name, place + 1, name) for name, place in index.items())
    return Manifest(Path("a.xlsx"), "Jobs", ("Jobs",), 1, columns, rows)


@pytest.mark.parametrize("numbers", [[], [2], [2, 3, 4], [2, 4, 9], [5, 6, 8]])
def test_each_row_has_its_place_with_and_without_gaps(numbers: list[int]) -> None:
    places = RowPlaces(manifest_of(numbers).rows)
    assert dict(places) == {number: place for place, number in enumerate(numbers)}
    for number in {1, 7, 10} - set(numbers):
        assert number not in places


@pytest.mark.parametrize("names", [(), ("Topic",), ("Topic", "100 % of %s")])
@pytest.mark.parametrize("all_at_once", [True, False])
def test_digests_are_those_that_journals_hold(all_at_once: bool, names: tuple[str, ...]) -> None:
    manifest = manifest_of([2, 3, 7], names)
    digests = manifest.digests()
    if all_at_once:
        digests.compute_all()
    for row in manifest.rows:
        said = "\x1e".join(f"{name}\x1f{row.values[name]}" for name in names)
        assert digests[row.number] == manifest.digest(row) == hashlib.sha256(said.encode()).hexdigest()
