"""What many rows cost from the command line: CPU and memory of a run with its export for each row, also of a run that
is resumed after a kill and of one with nothing to do, of ``check``; opening, start-up, and the journal's size.

    python3 packaging/dev.py bench rows                        # 2,000 and 10,000 rows
    .venv/bin/python -m tests.performance.bench_rows 10000 100000 1000000

Each command is a process of its own, and so is the simulated provider. CPU seconds vary on a machine that others use,
too: a fixed loop is timed beside each command and printed, by which two lines can be compared.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from chaindesk.simulator.options import SimulatorOptions

ANSWER_CHARACTERS = 2_020
JOURNAL_ANSWERS = 3_000
CHAIN = """\
name: rows
concurrency: 200
providers:
  lab: {{kind: openai-chat, base_url: "{address}", adaptive_concurrency: false}}
steps:
"""
STEPS = {
    "outline": "Write ten words about {{Topic}} for {{Customer}}.",
    "draft": "Go on. {{outline}}",
    "final": "Edit. {{draft}}",
}
ARGPARSE = "import argparse; p = argparse.ArgumentParser(); p.add_argument('x', nargs='?'); p.parse_args()"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command took: seconds of CPU, the most memory in MB, and how long the fixed loop took beside it."""

    cpu: float
    peak: float
    loop: float


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def fixed_loop() -> float:
    """Return the CPU seconds of a fixed piece of work."""
    begun, total = time.process_time(), 0
    for number in range(2_000_000):
        total += number
    return time.process_time() - begun


def measured(*words: object, folder: Path, killed_at: tuple[Path, int] | None = None) -> Cost:
    """Run Python with these words, and return what it cost.

    Args:
        words: for Python.
        folder: the user's data folder.
        killed_at: a journal, and how many answers it has when the process is killed.
    """
    before = fixed_loop()
    env = {**os.environ, "CHAINDESK_HOME": str(folder)}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    process = subprocess.Popen(
        [sys.executable, *map(str, words)], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    if killed_at is not None:
        while answers(killed_at[0]) < killed_at[1] and process.poll() is None:
            time.sleep(0.2)
        process.kill()
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode and killed_at is None:
        raise SystemExit(said.decode())
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, (before + fixed_loop()) / 2)


def answers(journal: Path) -> int:
    """Return how many answers a journal has."""
    try:
        with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT count(*) FROM answer").fetchone()[0])
    except sqlite3.Error:
        return 0


def make_rows(path: Path, rows: int) -> Path:
    """A sheet of short texts."""
    import xlsxwriter

    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Jobs")
    sheet.write_row(0, 0, ("ID", "Topic", "Customer"))
    for row in range(1, rows + 1):
        sheet.write_row(row, 0, (f"J-{row}", f"Topic {row} of the list", f"Customer {row * 7919 % 100_003}"))
    book.close()
    return path


@contextmanager
def served(options: SimulatorOptions) -> Iterator[str]:
    """Run the simulated provider as a process of its own; gives its address."""
    words = [sys.executable, "-m", "chaindesk.simulator.server", options.to_json()]
    server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        yield server.stdout.readline().split()[-1]
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()


def chain_of(folder: Path, address: str, steps: int) -> Path:
    """A chain of so many steps."""
    path = folder / f"chain{steps}.yaml"
    chosen = list(STEPS.items())[:steps]
    texts = "".join(f'  - {{name: {name}, model: lab/writer, prompt: "{prompt}"}}\n' for name, prompt in chosen)
    path.write_text(CHAIN.format(address=address) + texts, encoding="utf-8")
    return path


def run_words(folder: Path, rows: int, chain: Path, name: str) -> tuple[Path, Sequence[object]]:
    """Return a journal, and the words of a run over a sheet into it."""
    journal = folder / f"{name}{rows}.sqlite3"
    source, target = folder / f"{rows}.xlsx", folder / f"{name}{rows}.out.xlsx"
    run = ("-m", "chaindesk", "run", source, "-c", chain, "--journal", journal, "-o", target, "-q")
    return journal, run


def tell(name: str, rows: int, cost: Cost, base: Cost | None = None) -> None:
    """Print what a command cost for each row beyond another one."""
    own = cost.cpu - (base.cpu if base else 0.0)
    say(
        f"{name:<34}{rows:>10,} rows {own:>8.2f} s of CPU {own / rows * 1e6:>7.0f} µs a row, "
        f"{cost.peak:>5.0f} MB at most, loop {cost.loop:.2f}"
    )


def compare_rows(folder: Path, sizes: Sequence[int], address: str) -> None:
    """Run, kill and resume, run again and check sheets of several lengths: what a row costs stays the same."""
    one, three = chain_of(folder, address, 1), chain_of(folder, address, 3)
    make_rows(folder / "5.xlsx", 5)
    for rows in sizes:
        make_rows(folder / f"{rows}.xlsx", rows)
        _, run = run_words(folder, rows, one, "run")
        tell("run and export", rows, measured(*run, folder=folder))
        export = [word if word != "run" else "export" for word in run if word != "-q"]
        exported = measured(*export, folder=folder)
        tell("export alone", rows, exported)
        tell("nothing to do, beyond an export", rows, measured(*run, folder=folder), exported)
        journal, resumed = run_words(folder, rows, one, "killed")
        measured(*resumed, folder=folder, killed_at=(journal, rows // 2))
        tell(f"resumed after a kill at {answers(journal):,}", rows, measured(*resumed, folder=folder))
        assert answers(journal) == rows
        check = ("-m", "chaindesk", "check", folder / f"{rows}.xlsx", "-c", three, "--offline")
        tell("check, 3 steps", rows, measured(*check, folder=folder))


def compare_opening(folder: Path, rows: int, rounds: int = 5) -> None:
    """Open a sheet beside python-calamine, in pairs; both beyond their imports."""
    path = make_rows(folder / f"{rows}.xlsx", rows)
    ours = "from chaindesk.workbook import open_manifest as o"
    theirs = "from python_calamine import CalamineWorkbook as c"
    ratios = []
    for _ in range(rounds):
        costs = [
            measured("-c", script, path, folder=folder).cpu
            for script in (
                f"import sys; {ours}; o(sys.argv[1])",
                f"import sys; {ours}",
                f"import sys; {theirs}; c.from_path(sys.argv[1]).get_sheet_by_index(0).to_python()",
                f"import sys; {theirs}",
            )
        ]
        ratios.append((costs[0] - costs[1]) / (costs[2] - costs[3]))
    say(f"opening {rows:,} rows: {sorted(ratios)[rounds // 2]:.2f} × python-calamine's CPU")


def compare_start_up(folder: Path, chain: Path, rounds: int = 7) -> None:
    """Start beside a bare argparse program, and a run of no row beyond that."""
    empty = folder / "empty.csv"
    empty.write_text("Topic,Customer\n", encoding="utf-8")
    ratios, seconds = [], []
    for _ in range(rounds):
        bare = measured("-c", ARGPARSE, "--help", folder=folder).cpu
        ratios.append(measured("-m", "chaindesk", "--help", folder=folder).cpu / bare)
        journal = folder / "empty.sqlite3"
        seconds.append(
            measured("-m", "chaindesk", "run", empty, "-c", chain, "--journal", journal, "-q", folder=folder).cpu / bare
        )
    middle = rounds // 2
    say(f"--help: {sorted(ratios)[middle]:.2f} × a bare argparse program")
    say(f"run over a sheet without rows: {sorted(seconds)[middle]:.1f} × a bare argparse program")


def measure_journal(folder: Path) -> None:
    """Store long answers that do not repeat themselves, and print the journal's bytes beside their texts'."""
    words = ANSWER_CHARACTERS // 6
    with served(SimulatorOptions(latency=0.0, distribution="constant", words=words)) as address:
        make_rows(folder / f"{JOURNAL_ANSWERS}.xlsx", JOURNAL_ANSWERS)
        journal, run = run_words(folder, JOURNAL_ANSWERS, chain_of(folder, address, 1), "long")
        measured(*run, folder=folder)
    from chaindesk.journal.sqlite.journal import open_journal

    stored = open_journal(journal)
    texts = 0
    numbers = range(1, JOURNAL_ANSWERS + 1)
    texts = sum(len(answer.text.encode()) for answer in stored.answers_by_number(numbers).values())
    stored.close()
    size = sum(path.stat().st_size for path in folder.glob(f"{journal.name}*") if path.is_file())
    say(f"journal: {size / texts:.2f} × the {texts / 1e6:.1f} MB of {JOURNAL_ANSWERS:,} answers")


def main() -> int:
    """Print the figures."""
    sizes = [int(word) for word in sys.argv[1:]] or [2_000, 10_000]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with served(SimulatorOptions(latency=0.0, distribution="constant", words=10)) as address:
            compare_rows(folder, sizes, address)
            compare_start_up(folder, chain_of(folder, address, 1))
        compare_opening(folder, max(sizes))
        measure_journal(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
