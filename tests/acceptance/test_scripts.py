"""The scripts and the notebook of the guide do what they say: run, run the failed rows again, export and report."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from tests.support.command_line import CommandLine, FinishedProcess, read_sheet, wait_for_end
from tests.support.json_lines import checked_lines

pytestmark = pytest.mark.slow

GUIDE = Path(__file__).parents[2] / "docs" / "guide"
_CHAIN = """
name: article
id_column: ID
providers:
  lab: {{kind: openai-chat, base_url: "{url}", prices: {{writer: {{input: 0.15, output: 0.6}}}}}}
steps:
  - {{name: Article, model: lab/writer, prompt: "On {{{{Topic}}}}"}}
"""
_ROWS = 5


def blocks(page: str, kind: str) -> list[str]:
    """The blocks of code of a page."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", (GUIDE / page).read_text("utf-8"), re.M | re.S)


@asynccontextmanager
async def one_row_fails_once(cli: CommandLine) -> AsyncIterator[SimulatorServer]:
    """The files that the guide names, and a provider that refuses one row the first time that it is asked."""
    cli.workbook(_ROWS, "articles.xlsx", mark=(4, "unlucky"))
    options = SimulatorOptions(latency=0.01, words=8, fail_containing="unlucky", fail_status=400, fail_attempts=1)
    async with SimulatorServer(options) as server:
        (cli.folder / "article.yaml").write_text(_CHAIN.format(url=server.base_url))
        yield server


async def run_script(cli: CommandLine, *words: str, **environment: str) -> FinishedProcess:
    """Run a script in the folder to its end."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *words, cwd=cli.folder, env=os.environ | environment, stdin=pipe, stdout=pipe, stderr=pipe
    )
    return await wait_for_end(process)


def assert_every_row_was_paid_for_once(cli: CommandLine, server: SimulatorServer) -> None:
    assert [row["Status"] for row in read_sheet(cli.folder / "result.xlsx")] == ["done"] * _ROWS
    assert server.counters.requests == _ROWS + 1, "the refused row alone is asked again"


@pytest.mark.skipif(sys.platform == "win32", reason="there is no bash")
async def test_the_bash_script_of_the_guide(cli: CommandLine) -> None:
    (script,) = blocks("scripts.md", "bash")
    programs = cli.folder / "bin"
    programs.mkdir()
    (programs / "chaindesk").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m chaindesk "$@"\n')
    (programs / "chaindesk").chmod(0o755)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    async with one_row_fails_once(cli) as server:
        ended = await run_script(cli, "bash", "-c", script, PATH=path)
        assert ended.status == 0, ended.err
        assert_every_row_was_paid_for_once(cli, server)
    lines = {path.name: checked_lines(path.read_text()) for path in cli.folder.glob("*.json*")}
    assert set(lines) == {"check.json", "run.jsonl", "again.jsonl", "export.json", "report.json"}
    assert lines["run.jsonl"][-1]["counts"] == {"done": _ROWS - 1, "failed": 1}
    assert lines["again.jsonl"][-1]["counts"] == {"done": 1}
    assert lines["report.json"][0]["run_id"] == lines["again.jsonl"][-1]["run_id"]


async def test_the_python_script_of_the_guide(cli: CommandLine) -> None:
    async with one_row_fails_once(cli) as server:
        (script,) = blocks("scripts.md", "python")
        ended = await run_script(cli, sys.executable, "-c", script)
        assert ended.status == 0, ended.err
        assert_every_row_was_paid_for_once(cli, server)
    assert ended.out.count("failed\n") == 1
    assert re.search(r"result\.xlsx 2 0\.0\d+ dollars$", ended.out.strip())


async def test_the_notebook_of_the_guide(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(cli.folder / name.lower()))
    notebook = nbformat.read(GUIDE / "notebook.ipynb", as_version=4)
    async with one_row_fails_once(cli) as server:
        client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(cli.folder)}})
        await client.async_execute()
        assert_every_row_was_paid_for_once(cli, server)
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    shown = [output.data for output in outputs if "data" in output]
    assert any("<progress" in data.get("text/html", "") and "5 of 5 rows" in data["text/html"] for data in shown)
    texts = "\n".join(data.get("text/plain", "") for data in shown)
    assert "'finished', 1" in texts, "the report of the second run"
    assert "result.xlsx" in texts


async def test_the_examples_of_the_python_page(cli: CommandLine) -> None:
    async with one_row_fails_once(cli) as server:
        over_workbook, over_frame = blocks("python.md", "python")
        ended = await run_script(cli, sys.executable, "-c", over_workbook)
        assert ended.status == 0, ended.err
        assert_every_row_was_paid_for_once(cli, server)
    assert "5 rows: 5 calls to make" in ended.out
    assert ended.out.count(" done ") == _ROWS
    framed = await run_script(cli, sys.executable, "-c", over_frame)
    assert framed.status == 0, framed.err
    assert "[simulated]" in framed.out
