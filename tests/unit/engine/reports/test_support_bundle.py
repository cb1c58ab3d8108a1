"""The zip for a bug report: what it tells, and that it holds neither keys nor texts."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from chaindesk import settings
from chaindesk.engine.reports.run_report import run_report
from chaindesk.engine.reports.support_bundle import bundle_files
from chaindesk.engine.reports.text_scrubber import chain_without_texts, cleaner, scrubbed
from chaindesk.journal.memory import MemoryJournal
from chaindesk.logging_setup import open_log
from tests.support.journals import store_past_run

PROMPT, OUTPUT, CELL = "zanzibar-prompt", "quixotic-output", "xylophone-cell"
KEYS = ("sk-proj-plantedplantedplanted123", "plainkeywithoutanyprefix99", "AIzaPlantedPlantedPlanted0000")
CHAIN = {
    "name": "article",
    "id_column": CELL,
    "steps": [
        {
            "name": "text",
            "model": "lab/writer",
            "system": PROMPT,
            "prompt": f"{PROMPT} {{{{{CELL}}}}}",
            "output": CELL,
            "run_if": {"column": CELL, "equals": CELL},
            "fields": {"quality": "integer"},
            "max_output_tokens": 77,
            "stop": [PROMPT],
        }
    ],
    "providers": {"lab": {"kind": "openai-chat", "base_url": f"https://user:{KEYS[0]}@lab.example/v1?key={KEYS[1]}"}},
}


async def planted() -> MemoryJournal:
    journal = MemoryJournal()
    await store_past_run(
        journal,
        text=f"{OUTPUT} {' '.join(KEYS)}",
        key=f"{CELL}-",
        message=f"Rate limit reached: “{PROMPT} {CELL}” with key {KEYS[0]}, {KEYS[1]}; try after 20 seconds.",
        workbook=str(Path.home() / "Documents" / "jobs.xlsx"),
        definition=json.dumps(CHAIN),
    )
    open_log(settings.log_folder)
    logging.getLogger("chaindesk.test").warning("Refused: %s in %s", KEYS[0], Path.home() / "Documents")
    return journal


async def test_a_bundle_has_no_key_and_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_KEY", KEYS[1])
    journal = await planted()
    files = bundle_files(journal, run_report(journal, 1))
    every = "\n".join(f"{name}\n{text}" for name, text in files.items())
    for secret in (*KEYS, PROMPT, OUTPUT, CELL):
        assert secret not in every, secret
    assert str(Path.home()) not in every
    assert "~/Documents/jobs.xlsx" in files["run.json"] or "~\\\\Documents" in files["run.json"]
    assert "outputs.jsonl" not in files


async def test_a_bundle_tells_what_a_bug_report_needs() -> None:
    journal = await planted()
    files = bundle_files(journal, run_report(journal, 1))
    assert set(json.loads(files["versions.json"])["libraries"]) > {"aiohttp", "pydantic", "PySide6-Essentials"}
    run = json.loads(files["run.json"])
    assert (run["calls"], run["failures"]) == (15, {"server error": 1})
    (failed,) = run["failed"]
    failure = failed["failure"]
    assert (failure["http_status"], failure["request_id"], failure["kind"]) == (503, "req-failed", "server error")
    assert "Rate limit reached" in failure["message"]
    assert "try after 20 seconds" in failure["message"]
    chain = json.loads(files["chain.json"])
    assert chain["steps"][0]["max_output_tokens"] == 77
    assert chain["steps"][0]["model"] == "lab/writer"
    assert chain["providers"]["lab"]["base_url"] == "https://lab.example/v1"
    assert files["outcomes.csv"].count("\n") == 7
    assert files["timings.csv"].count("\n") == 12
    assert "Refused" in files["logs/chaindesk.log"]
    assert json.loads(files["journal.json"])["latest runs"][0]["rows"] == 6


async def test_texts_go_in_only_when_asked_and_keys_never(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_KEY", KEYS[1])
    journal = await planted()
    files = bundle_files(journal, run_report(journal, 1), with_texts=True)
    assert OUTPUT in files["outputs.jsonl"]
    assert PROMPT in files["chain.json"]
    assert "PROMPTS" in files["README.txt"]
    for key in KEYS:
        assert key not in "\n".join(files.values())


async def test_a_bundle_can_be_made_without_a_run() -> None:
    files = bundle_files(MemoryJournal(), None)
    assert {"README.txt", "versions.json", "settings.json", "journal.json"} <= set(files)


def test_secrets_that_are_known_are_starred_out_wherever_they_stand() -> None:
    assert cleaner(["hunter2hunter2"])("x hunter2hunter2 y") == "x ••• y"


def test_a_message_keeps_common_words_and_figures_alone() -> None:
    told = scrubbed("This model's maximum context length is 8192 tokens; “My secret novel” has 9000.")
    assert "maximum context length is 8192 tokens" in told
    assert not {"secret", "novel", "My"} & set(told.split())


def test_a_chain_without_texts_keeps_its_shape() -> None:
    bare = chain_without_texts(CHAIN)
    assert bare.keys() == CHAIN.keys()
    assert bare["steps"][0]["fields"] == {"quality": "integer"}
    assert bare["steps"][0]["prompt"].startswith("•••")
