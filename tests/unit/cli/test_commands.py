"""What the commands are made of: the simulated provider's options, examples, the schema, arguments."""

from __future__ import annotations

import argparse
import json
from dataclasses import fields
from pathlib import Path

import pytest

from chaindesk.chain_file import chain_json_schema
from chaindesk.cli.commands import run, serve_demo
from chaindesk.cli.error_handler import report_error
from chaindesk.cli.main import main
from chaindesk.domain.errors import CallError, FailureKind, PasswordNeeded
from chaindesk.settings import log_folder, resource
from chaindesk.simulator.options import SimulatorOptions


def test_every_option_of_the_simulated_provider_can_be_given() -> None:
    parser = argparse.ArgumentParser()
    serve_demo.add_arguments(parser)
    assert set(serve_demo._HELP) == {field.name for field in fields(SimulatorOptions)} - {"batch"}  # by --options alone
    assert serve_demo._options(parser.parse_args([])) == SimulatorOptions()
    words = ["--latency", "2", "--rpm", "600", "--models", "a,b", "--fail-status", "500", "--draw", "arrival"]
    wanted = SimulatorOptions(latency=2.0, rpm=600.0, models=("a", "b"), fail_status=500, draw="arrival")
    assert serve_demo._options(parser.parse_args(words)) == wanted
    assert serve_demo._options(parser.parse_args(["--options", wanted.to_json()])) == wanted


def test_the_shipped_schema_is_that_of_the_chains_model() -> None:
    shipped = json.loads(resource("examples/chain.schema.json").read_text(encoding="utf-8"))
    assert shipped == chain_json_schema(), "run packaging/make_examples.py"


def test_an_unexpected_error_is_one_line_and_a_log_without_keys(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    key = "sk-proj-0123456789abcdefghij"
    with pytest.raises(ZeroDivisionError) as caught:
        raise ZeroDivisionError(f"with {key}")
    assert report_error(caught.value) == 70
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "chaindesk.log" in told
    logged = (log_folder() / "chaindesk.log").read_text(encoding="utf-8")
    assert "ZeroDivisionError" in logged
    assert "test_commands.py" in logged
    assert key not in told + logged


def test_known_errors_have_their_status_and_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert report_error(PasswordNeeded()) == 2
    assert "--password" in capsys.readouterr().err
    assert report_error(CallError(FailureKind.KEY, "The key is refused.")) == 3


def test_an_error_before_a_run_is_one_json_object_for_scripts(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    chain = tmp_path / "c.yaml"
    chain.write_text("name: t\nsteps: [{name: s, model: demo/writer, prompt: x}]\n", "utf-8")
    assert main(["run", str(tmp_path / "none.xlsx"), "--chain", str(chain), "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert (told["event"], told["ok"], told["exit_status"]) == ("error", False, 2)
    assert "none.xlsx" in told["problems"][0]["message"]
    chain.write_text("name: t\nstep: 1\nsteps: []\n", "utf-8")
    assert main(["run", str(tmp_path / "none.xlsx"), "--chain", str(chain), "--json"]) == 2
    assert {problem["line"] for problem in json.loads(capsys.readouterr().out)["problems"]} >= {2}


def test_a_line_to_paste_keeps_what_the_run_was_told() -> None:
    parser = argparse.ArgumentParser()
    run.add_arguments(parser)
    words = ["my jobs.xlsx", "--chain", "c.yaml", "--budget", "5", "--skip-hidden", "--concurrency", "3", "--fresh"]
    arguments = parser.parse_args(words)
    again = run._line("run", arguments, "--rows", "failed")
    assert again.endswith(
        "chaindesk run 'my jobs.xlsx' --rows failed --chain c.yaml --skip-hidden --concurrency 3 --budget 5"
    )
    assert "keep the answers of earlier runs" in run._again_words(arguments)  # for failed rows are then not failed
    assert run._line("export", arguments).endswith("chaindesk export 'my jobs.xlsx' --skip-hidden")
