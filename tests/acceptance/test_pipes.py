"""A chain from standard input, and a result to standard output: ``--chain -`` and ``--out -``."""

from __future__ import annotations

import asyncio
import io
import shlex
import subprocess
import sys

import pytest
from python_calamine import CalamineWorkbook

from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from tests.support.command_line import CLI, CommandLine, FinishedProcess, wait_for_end

_CHAIN = "name: piped\nsteps:\n  - {name: note, model: demo/writer, prompt: 'In five words: {{Topic}}'}\n"


async def piped(cli: CommandLine, *words: object, stdin: str = "") -> tuple[int, bytes, str]:
    """A command's exit status, the bytes on its standard output, and its standard error."""
    process = await cli.start(*words)
    out, err = await process.communicate(stdin.encode())
    return process.returncode, out, err.decode()


async def test_a_chain_comes_by_standard_input_and_nothing_but_the_result_goes_to_standard_output(
    cli: CommandLine,
) -> None:
    cli.workbook(3)
    status, out, err = await piped(cli, "run", "jobs.xlsx", "-c", "-", "-o", "-", stdin=_CHAIN)
    assert status == 0, err
    rows = CalamineWorkbook.from_filelike(io.BytesIO(out)).get_sheet_by_index(0).to_python()
    assert [row[-2] for row in rows] == ["Status", "done", "done", "done"]
    assert "3 rows: 3 done." in err
    assert "Result: standard output\n" in err
    assert not list(cli.folder.glob("*.completed.xlsx"))


async def test_the_command_that_runs_failed_rows_again_names_files_in_place_of_the_pipes(cli: CommandLine) -> None:
    cli.workbook(3, mark=(3, "unlucky"))
    async with SimulatorServer(SimulatorOptions(latency=0, fail_containing="unlucky", fail_status=400)) as server:
        lab = f"providers:\n  lab: {{kind: openai-chat, base_url: '{server.base_url}'}}\n"
        chain = _CHAIN.replace("demo/", "lab/") + lab
        status, _, err = await piped(cli, "run", "jobs.xlsx", "-c", "-", "-o", "-", "--no-brake", stdin=chain)
    assert status == 1, err
    (again,) = [line.partition(": ")[2] for line in err.splitlines() if line.startswith("Run the failed rows again: ")]
    words = shlex.split(again)
    words = words[words.index("run") :]
    assert shlex.join(words) == "run jobs.xlsx --rows failed --chain CHAIN.yaml --no-brake --out OTHER.xlsx"


async def test_export_pipes_text_formats_too(cli: CommandLine) -> None:
    cli.workbook(2)
    await piped(cli, "run", "jobs.xlsx", "-c", "-", "-q", stdin=_CHAIN)
    status, out, err = await piped(cli, "export", "jobs.xlsx", "-o", "-", "--format", "csv")
    assert status == 0, err
    assert out.decode("utf-8-sig").startswith("ID,Topic,Tone,note,")
    assert "Result: standard output\n" in err


async def test_mistakes_of_a_piped_chain_are_told_by_line(cli: CommandLine) -> None:
    cli.workbook(1)
    done = await cli("check", "jobs.xlsx", "--chain", "-", stdin=_CHAIN.replace("Topic", "Topicc"))
    assert done.status == 2
    assert "-:3: " in done.err
    assert "Did you mean" in done.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--json",), "--out - and --json both write to standard output"),
        (("--overwrite",), "--overwrite writes into a file"),
        (("--password",), "both read standard input"),
    ],
)
async def test_what_cannot_share_a_pipe_is_refused_before_anything_runs(
    cli: CommandLine, words: tuple[str, ...], told: str
) -> None:
    cli.workbook(1)
    status, _, err = await piped(cli, "run", "jobs.xlsx", "-c", "-", "-o", "-", *words, stdin=_CHAIN)
    assert status == 2
    assert told in err


async def test_no_workbook_is_written_into_a_terminal(cli: CommandLine) -> None:
    pytest.importorskip("pty")
    cli.workbook(1)
    words = [sys.executable, "-m", "chaindesk", "export", "jobs.xlsx", "-o", "-"]
    code = f"import pty; raise SystemExit(pty.spawn({words!r}) >> 8)"
    done = await in_python(cli, code)
    assert done.status == 2
    assert "does not write a file into a terminal" in done.out


async def in_python(cli: CommandLine, code: str) -> FinishedProcess:
    """Some lines of Python in the folder of the command line."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        code,
        cwd=cli.folder,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    return await wait_for_end(process)


def test_a_result_of_which_a_part_was_taken_is_not_saved(cli: CommandLine) -> None:
    cli.workbook(8000)  # more than a pipe and its reader's buffer hold, so that the writer is cut off
    words = [*CLI, "run", "jobs.xlsx", "-c", "-", "-r", "first:1", "-o", "-"]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, cwd=cli.folder, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        process.stdin.write(_CHAIN.encode())
        process.stdin.close()
        assert process.stdout.read(1)
        process.stdout.close()
        told = process.stderr.read().decode()
        assert process.wait() == 4, told
    assert "Standard output could not be written" in told
