"""``chaindesk compare``: the cost before, the figures after, and past runs without a call."""

from __future__ import annotations

from pathlib import Path

import pytest

from chaindesk.chain_file.editing import models
from chaindesk.cli.exit_status import Exit
from chaindesk.cli.main import main
from chaindesk.domain.records import RunState
from chaindesk.engine.comparison.comparison import Comparison
from chaindesk.journal.sqlite.journal import open_journal
from chaindesk.settings import journal_path
from tests.support.json_lines import checked_lines

CHAIN = """\
name: sorting
steps:
  - name: sort
    model: demo/classifier
    prompt: "Sort this: {{Topic}}"
    fields: {kind: [retail, food, other]}
    checks: [{field: kind, one_of: [retail, food]}]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.yaml").write_text(CHAIN, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(CHAIN.replace("Sort this", "Please sort"), encoding="utf-8")
    rows = "".join(f"topic {number}\n" for number in range(12))
    (tmp_path / "jobs.csv").write_text(f"Topic\n{rows}", encoding="utf-8")
    return tmp_path


def answers() -> int:
    journal = open_journal(journal_path())
    try:
        return sum(one.answers for one in journal.run_totals().values())
    finally:
        journal.close()


def test_two_chains_are_compared_at_the_cost_that_was_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "compare",
        str(folder / "jobs.csv"),
        "--chain",
        str(folder / "a.yaml"),
        "--against",
        str(folder / "b.yaml"),
    ]
    words += ["--sample", "5"]
    assert main([*words, "--dry-run"]) == 0
    assert capsys.readouterr().out == "10 calls at most, 0 answers reused: free.\n"
    assert not journal_path().exists()
    assert main([*words, "-q"]) == 0
    told = capsys.readouterr()
    assert "10 calls at most" in told.err
    assert "5 rows compared" in told.out
    assert "B passes all checks in" in told.out
    assert answers() == 10
    assert main([*words, "--json"]) == 0
    *rows, found = checked_lines(capsys.readouterr().out)
    assert (found["row_count"], len(rows), found["spent_usd"]) == (5, 5, "0")
    assert found["measures"][0]["by"] == "checks"
    assert found["unknown_prices"] == []
    assert answers() == 10  # nothing was paid for twice
    assert main(["compare", "--runs", "1", "2"]) == 0
    runs = capsys.readouterr().out
    assert "Run 1 (sorting (comparison, A)) and run 2 (sorting (comparison, B))" in runs
    assert main(["compare", "--runs", "1", "2", "--json"]) == 0
    (difference,) = checked_lines(capsys.readouterr().out)
    assert (difference["a_run_id"], difference["b_run_id"]) == (1, 2)


def test_another_model_is_enough_to_compare_with(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["compare", str(folder / "jobs.csv"), "--chain", str(folder / "a.yaml"), "--model", "sort=demo/writer"]
    assert main([*words, "-n", "--rows", "2-4"]) == 0
    assert capsys.readouterr().out.startswith("6 calls at most")
    assert main([*words, "-n", "--rows", "flagged"]) == 2
    assert "chooses no row" in capsys.readouterr().err
    assert main(["run", *words[1:4], "--rows", "2-13", "-q"]) in {0, 4}
    capsys.readouterr()
    assert main(["show", *words[1:4], "--json"]) == 0
    (told,) = checked_lines(capsys.readouterr().out)
    assert told["doubtful"]
    assert main([*words, "-n", "--rows", "doubtful"]) == 0
    assert capsys.readouterr().out.startswith(f"{told['doubtful']} calls at most, {told['doubtful']} answers reused")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["compare"], "Which workbook?"),
        (["compare", "jobs.csv", "--chain", "a.yaml"], "Compare the chain with what?"),
        (["compare", "jobs.csv", "--chain", "a.yaml", "--against", "a.yaml"], "ask the same"),
        (["compare", "jobs.csv", "--chain", "a.yaml", "--model", "srt=demo/x"], 'no step "srt"'),
        (["compare", "jobs.csv", "--chain", "a.yaml", "--examples"], "No step of the chain has examples"),
        (["compare", "--runs", "1", "2"], "There is no run 1"),
    ],
)
def test_what_cannot_be_compared_is_said(
    folder: Path, words: list[str], message: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    assert main(words) == 2
    assert message in capsys.readouterr().err


def test_b_is_adopted_by_its_model_alone_once_all_rows_are_answered(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "a.yaml"
    path.write_bytes(b"# ours\r\n" + CHAIN.replace("\n", "\r\n").encode())
    before = path.read_bytes()
    words = ["compare", str(folder / "jobs.csv"), "--chain", str(path), "--model", "sort=demo/writer", "--rows", "2-4"]
    assert main([*words, "-q"]) == 0
    assert path.read_bytes() == before
    capsys.readouterr()
    assert main([*words, "--adopt", "--json"]) == 0
    told = capsys.readouterr()
    *_, found = checked_lines(told.out)
    assert found["adopted"]
    assert path.read_bytes() == before.replace(b"demo/classifier", b"demo/writer")
    assert "has the models of B" in told.err
    assert main(["compare", str(folder / "jobs.csv"), "--chain", str(path), "--against", str(path), "--adopt"]) == 2
    assert "it goes with --model" in capsys.readouterr().err


async def stopped(*_: object, **__: object) -> RunState:
    return RunState.STOPPED


def test_a_chain_stays_as_it_is_where_rows_lack_answers(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "a.yaml"
    words = ["compare", str(folder / "jobs.csv"), "--chain", str(path), "--model", "sort=demo/writer", "--rows", "2"]
    monkeypatch.setattr(Comparison, "run", stopped)
    assert main([*words, "--adopt", "--json"]) == Exit.INTERRUPTED
    told = capsys.readouterr()
    assert not checked_lines(told.out)[-1]["adopted"]
    assert "was left as it is: not every row was answered" in told.err
    assert path.read_text("utf-8") == CHAIN


def test_a_chain_file_that_cannot_be_written_is_told_beside_the_figures(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("the disk is full")

    words = ["compare", str(folder / "jobs.csv"), "--chain", str(folder / "a.yaml"), "--model", "sort=demo/writer"]
    monkeypatch.setattr(models, "write_text", refuse)
    assert main([*words, "--rows", "2", "--adopt"]) == Exit.FAILED
    told = capsys.readouterr()
    assert "1 row compared" in told.out
    assert "was left as it is: it could not be changed (the disk is full)" in told.err


def test_picks_are_kept_and_counted_and_taken_back(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["compare", str(folder / "jobs.csv"), "--chain", str(folder / "a.yaml")]
    words += ["--against", str(folder / "b.yaml"), "--json", "--rows", "2-6"]
    assert main(words) == 0
    *rows, _ = checked_lines(capsys.readouterr().out)
    differing = [row["row"] for row in rows if row["differs"]]
    same = [row["row"] for row in rows if not row["differs"]]
    assert len(differing) >= 2
    asked = answers()
    (folder / "picks.csv").write_text(f"row;side\n{differing[1]},neither\n".replace(";", ","), encoding="utf-8")
    picks = ["--pick", f"{differing[0]}=B", "--pick", str(folder / "picks.csv")]
    assert main([*words, *picks, *(["--pick", f"{same[0]}=A"] if same else [])]) == 0
    told = capsys.readouterr()
    *rows, found = checked_lines(told.out)
    assert {row["row"]: row["pick"] for row in rows if row["pick"]} == {differing[0]: "B", differing[1]: "neither"}
    (measure,) = (one for one in found["measures"] if one["by"] == "picks")
    assert (measure["row_count"], measure["better"], measure["worse"]) == (2, 1, 0)
    assert not same or f"Row {same[0]}: there is nothing to pick" in told.err
    assert main([*words, "--pick", f"{differing[0]}=none"]) == 0
    *rows, _ = checked_lines(capsys.readouterr().out)
    assert [row["row"] for row in rows if row["pick"]] == [differing[1]]
    assert answers() == asked


@pytest.mark.parametrize(
    ("pick", "message"),
    [
        ("2=C", '"C" is no side. Write A, B, neither or none.'),
        ("9=B", "row 9 is not among the compared rows"),
        ("99=B", 'the sheet has no row "99"'),
        ("nothing.csv", 'there is no file "nothing.csv"'),
        ("wrong.csv", 'wrong.csv, line 1: "C" is no side'),
    ],
)
def test_a_pick_that_cannot_be_is_told_before_anything_is_asked(
    folder: Path, pick: str, message: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    (folder / "wrong.csv").write_text("2,C\n", encoding="utf-8")
    words = ["compare", "jobs.csv", "--chain", "a.yaml", "--against", "b.yaml", "--rows", "2-4", "--pick", pick]
    assert main(words) == 2
    assert message in capsys.readouterr().err
    assert answers() == 0
