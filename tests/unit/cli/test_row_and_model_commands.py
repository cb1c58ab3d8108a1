"""The commands that tell of one row, of a provider's models and of a key, and the one that begins a chain."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from chaindesk.cli.main import main
from chaindesk.settings import resource
from chaindesk.simulator.options import SimulatorOptions
from tests.support.json_lines import checked_lines


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_init_writes_a_chain_that_can_be_run_and_replaces_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", "mine", "--example", "leads"]) == 0
    assert {path.name for path in (folder / "mine").iterdir()} == {"leads.yaml", "leads.xlsx", "chain.schema.json"}
    first = (folder / "mine" / "leads.yaml").read_text("utf-8").partition("\n")[0]
    assert first == f"# yaml-language-server: $schema={(folder / 'mine' / 'chain.schema.json').as_uri()}"
    assert main(["check", "mine/leads.xlsx", "--chain", "mine/leads.yaml"]) == 0
    (folder / "mine" / "leads.yaml").write_text("mine")
    (folder / "mine" / "leads.xlsx").unlink()
    assert main(["init", "mine", "--example", "leads"]) == 2
    assert "leads.yaml is in " in capsys.readouterr().err
    assert (folder / "mine" / "leads.yaml").read_text() == "mine"
    assert not (folder / "mine" / "leads.xlsx").exists()


def test_init_names_the_example_that_is_nearest(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--example", "leeds"]) == 2
    assert "Did you mean leads?" in capsys.readouterr().err
    assert list(folder.iterdir()) == []


def test_show_tells_a_rows_inputs_outputs_and_versions(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copyfile(resource("examples/articles.xlsx"), folder / "articles.xlsx")
    chain = str(resource("examples/articles.yaml"))
    assert main(["show", "articles.xlsx", "3"]) == 2
    assert "knows no run" in capsys.readouterr().err
    assert main(["run", "articles.xlsx", "--chain", chain, "--rows", "3", "--quiet"]) == 0
    capsys.readouterr()
    assert main(["show", "articles.xlsx", "A-102", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["row"], told["row_key"], told["status"]) == (3, "A-102", "done")
    assert told["inputs"]["Topic"] == "Reading a seed catalogue"
    assert [output["state"] for output in told["outputs"]] == ["answered"] * 3
    assert all(output["versions"][0]["text"] == output["text"] for output in told["outputs"])
    assert main(["show", "articles.xlsx", "3", "--versions"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("A-102 (row 3): done, unreviewed\n")
    assert text.count(", shown: ") == 3
    assert main(["show", "articles.xlsx", "A-999"]) == 2
    assert 'has no row "A-999". Did you mean A-1' in capsys.readouterr().err


def test_models_are_listed_as_a_chain_names_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "demo", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["models"]
    assert {one["model"] for one in told} == {f"demo/{name}" for name in SimulatorOptions().models}
    assert main(["models", "demo"]) == 0
    assert capsys.readouterr().out.splitlines()[0].split() == ["model", "input", "output"]


def test_a_provider_that_is_not_built_in_wants_its_address(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "nowhere"]) == 2
    assert "--base-url" in capsys.readouterr().err


def test_a_key_is_tested_without_a_call_that_costs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "test", "demo", "-c", str(resource("examples/articles.yaml"))]) == 0
    assert capsys.readouterr().out.startswith("demo answers: ")
    assert main(["keys", "test", "openai"]) == 2
    assert "without its key" in capsys.readouterr().err


def test_a_script_is_told_what_a_tested_key_gave(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "test", "demo", "--json"]) == 0
    (told,) = checked_lines(capsys.readouterr().out)
    assert (told["event"], told["provider"]) == ("key_test", "demo")
    assert told["model_count"] == len(SimulatorOptions().models)
    assert main(["keys", "test", "openai", "--json"]) == 2
    (told,) = checked_lines(capsys.readouterr().out)
    assert (told["event"], told["exit_status"]) == ("error", 2)


def test_the_chain_beside_the_workbook_is_taken_and_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", ".", "--example", "leads"]) == 0
    shutil.copyfile(folder / "leads.yaml", folder / "other.yml")
    assert main(["run", "leads.xlsx", "--dry-run", "--json"]) == 0
    told = capsys.readouterr()
    assert "Chain: leads.yaml, found beside the workbook.\n" in told.err
    assert json.loads(told.out.splitlines()[-1])["ok"] is True
    assert not (folder / "leads.completed.xlsx").exists()
    shutil.copyfile(folder / "leads.xlsx", folder / "mine.xlsx")
    assert main(["check", "mine.xlsx"]) == 2
    assert "--chain: leads.yaml, other.yml." in capsys.readouterr().err
    (folder / "other.yml").unlink()
    assert main(["run", "mine.xlsx", "-r", "first:1", "-q", "-o", "done.xlsx"]) == 0
    assert (folder / "done.xlsx").exists()
    (folder / "leads.yaml").unlink()
    assert main(["run", "mine.xlsx"]) == 2
    assert "chaindesk init" in capsys.readouterr().err


def test_show_tells_of_all_rows_what_to_read_first_and_what_the_rest_is_worth(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copyfile(resource("examples/articles.xlsx"), folder / "articles.xlsx")
    assert main(["run", "articles.xlsx", "--chain", str(resource("examples/articles.yaml")), "--quiet"]) == 0
    capsys.readouterr()
    assert main(["show", "articles.xlsx", "--json", "--audit", "5", "--seed", "3"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["queue"]) == told["waiting"] > 5
    assert (told["audit"]["seed"], told["audit"]["whole"]["read"], told["audit"]["left"]) == (3, 0, 5)
    assert told["audit"]["whole"]["population"] == told["waiting"] - told["doubtful"]
    assert told["agreement"] == []
    assert main(["show", "articles.xlsx", "--first", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("The most doubtful first:")
    assert lines[3].startswith("  … and ")
    assert "None read yet." in lines[4]
    assert lines[-1].startswith("  to read: A-1")
    assert main(["report", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["audit"]["whole"]["sentence"] == "None read yet."
    assert main(["show", "articles.xlsx", "3", "--audit", "5"]) == 2
    assert "leave the row out" in capsys.readouterr().err
    assert main(["show", "articles.xlsx", "--seed", "5"]) == 2
    assert "--seed belongs to --audit" in capsys.readouterr().err


def test_show_tells_the_checks_that_a_rows_answers_fail(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copyfile(resource("examples/articles.xlsx"), folder / "articles.xlsx")
    step = "{name: text, model: demo/writer, prompt: 'Write on {{Topic}}.', checks: [{words: ..1}]}"
    (folder / "checked.yaml").write_text(f"name: checked\nsteps: [{step}]\n", encoding="utf-8")
    assert main(["run", "articles.xlsx", "--chain", "checked.yaml", "--rows", "2", "--quiet"]) == 0
    capsys.readouterr()
    assert main(["show", "articles.xlsx", "2", "--chain", "checked.yaml"]) == 0
    assert "  fails: text: it has " in capsys.readouterr().out
    assert main(["show", "articles.xlsx", "2", "--chain", "checked.yaml", "--json"]) == 0
    ((flag,),) = (output["flags"] for output in json.loads(capsys.readouterr().out)["outputs"])
    assert "words, wanted at most 1" in flag
