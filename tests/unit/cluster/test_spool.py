from __future__ import annotations

import os
import time
from decimal import Decimal
from pathlib import Path

import pytest

from chaindesk.cluster import spool as spool_module
from chaindesk.cluster.messages import Failed, Outcome
from chaindesk.cluster.spool import Spool
from chaindesk.domain.completion import Completion, Finish, Speed, Usage
from chaindesk.domain.errors import FailureKind


def answer(number: int, text: str = "said") -> Outcome:
    usage = Usage(10, 20, 3, 4)
    return Outcome(
        f"run.{number}",
        f"print {number}",
        Completion(f"{text} {number}\nzwei", "m", usage, Finish.LENGTH, "id", 1.25, Decimal("0.10"), Speed.FLEX),
    )


def crash(spool: Spool) -> None:
    """What a kill does: the system closes the file and releases its lock."""
    os.close(spool._file)


def test_answers_of_a_killed_process_are_taken_over_whole(tmp_path: Path) -> None:
    first = Spool(tmp_path)
    failed = Outcome("run.3", "print 3", failed=Failed(FailureKind.EMPTY, "nothing", raw_text="…", usage=Usage(1)))
    for outcome in (answer(1), answer(2), failed):
        first.add(outcome)
    crash(first)
    second = Spool(tmp_path)
    assert second.outcomes() == (answer(1), answer(2), failed)
    assert second.processes == {first.process, second.process}
    second.remove(["run.1", "run.2"])
    crash(second)
    assert Spool(tmp_path).outcomes() == (failed,)


def test_answers_of_a_process_that_lives_are_left_to_it(tmp_path: Path) -> None:
    first = Spool(tmp_path)
    first.add(answer(1))
    second = Spool(tmp_path)
    assert second.outcomes() == ()
    crash(first)
    second.take_over()
    assert second.outcomes() == (answer(1),)


def test_an_answer_that_a_kill_cut_off_is_left_out(tmp_path: Path) -> None:
    first = Spool(tmp_path)
    first.add(answer(1))
    first.add(answer(2))
    os.truncate(first._path, first._path.stat().st_size - 9)
    crash(first)
    assert Spool(tmp_path).outcomes() == (answer(1),)


def test_the_file_does_not_grow_with_what_is_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool_module, "_MAX_BYTES", 5_000)
    spool = Spool(tmp_path)
    spool.add(answer(0))
    for number in range(1, 200):
        spool.add(answer(number))
        spool.remove([f"run.{number}"])
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 10_000
    assert spool.outcomes() == (answer(0),)
    crash(spool)
    assert Spool(tmp_path).outcomes() == (answer(0),)


def test_a_closed_file_without_answers_is_deleted(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.add(answer(1))
    spool.remove(["run.1"])
    spool.close()
    assert list(tmp_path.iterdir()) == []


def test_answers_that_nobody_asked_for_in_a_month_are_dropped(tmp_path: Path) -> None:
    first = Spool(tmp_path)
    first.add(answer(1))
    long_ago = time.time() - 40 * 86_400
    os.utime(first._path, (long_ago, long_ago))
    crash(first)
    assert Spool(tmp_path).outcomes() == ()


@pytest.mark.skipif(os.name == "nt", reason="folders of Windows users are private by themselves")
def test_no_other_user_reads_the_answers(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "cluster")
    assert spool._path.stat().st_mode & 0o077 == 0
    assert (tmp_path / "cluster").stat().st_mode & 0o077 == 0
