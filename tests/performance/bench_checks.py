"""Re-judging finished rows by deterministic checks: CPU seconds of all threads, the journal's writing included.

``python3 packaging/dev.py bench checks`` prints them for 100,000 rows and five checks.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from chaindesk.chain_file import parse_chain
from chaindesk.domain.chains.chain_binding import bind
from chaindesk.domain.completion import Endpoint, Finish, ProviderKind, Usage
from chaindesk.domain.records import Answer
from chaindesk.engine.answers.ledger import AnswerLedger
from chaindesk.engine.prompting.request_builder import RequestBuilder
from chaindesk.journal.sqlite import row_mapping
from chaindesk.journal.sqlite.journal import SqliteJournal, open_journal
from tests.support.engine import make_manifest

CHAIN = """\
name: checked
steps:
  - name: draft
    model: demo/writer
    prompt: Write about {{Topic}}, {{Price}}.
    checks:
      - {words: 5..40}
      - {not_contains: ["as an AI", "I cannot"]}
      - {matches: "[.!?]$"}
      - {not_equal_to: Topic}
      - {numbers_from: true}
"""
WORDS = (
    "tea",
    "coffee",
    "water",
    "warm",
    "cold",
    "cup",
    "morning",
    "people",
    "drink",
    "house",
    "table",
    "rain",
    "black",
)


LOOP = 3_000_000


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main() -> int:
    """Print the CPU seconds of judging and of judging again after a check has changed."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    rng = random.Random(1)
    rows = [{"Topic": f"Topic {number}", "Price": str(number)} for number in range(count)]
    with tempfile.TemporaryDirectory() as folder:
        manifest = make_manifest(rows, Path(folder) / "jobs.xlsx")
        journal = open_journal(Path(folder) / "journal.sqlite3")
        first = _ledger(CHAIN, manifest, journal)
        _fill(journal, first, manifest, rng)
        for name, text in (("first", CHAIN), ("a check has changed", CHAIN.replace("5..40", "6..38"))):
            ledger = _ledger(text, manifest, journal)
            started = time.process_time()
            verdicts = ledger.checks.judge(ledger, manifest.rows)
            judged = time.process_time()
            asyncio.run(journal.store_verdicts(verdicts))
            stored = time.process_time()
            failed = sum(1 for verdict in verdicts if verdict.failed)
            say(
                f"{name}: {len(verdicts):,} answers judged in {judged - started:.2f} s of CPU, stored in "
                f"{stored - judged:.2f} s, together {stored - started:.2f} s; {failed:,} with flags; 0 calls"
            )
        say(f"beside a loop of {LOOP:,} additions, which takes {_loop_seconds():.2f} s here")
        started = time.process_time()
        again = ledger.checks.judge(ledger, manifest.rows)
        say(f"nothing to judge: {len(again)} in {time.process_time() - started:.2f} s")
        journal.close()
    return 0


def _loop_seconds() -> float:
    """Return the CPU seconds of a fixed piece of work, the shortest of three: machines differ, as their load does."""
    found = []
    for _ in range(3):
        started, total = time.process_time(), 0
        for number in range(LOOP):
            total = (total * 31 + number) & 0xFFFFFFFF
        found.append(time.process_time() - started)
    return min(found)


def _ledger(text: str, manifest, journal: SqliteJournal) -> AnswerLedger:
    bound, problems = bind(parse_chain(text, "bench"), manifest)
    assert not problems
    endpoints = {"demo": Endpoint("demo", ProviderKind.OPENAI_CHAT, "http://127.0.0.1")}
    return AnswerLedger(manifest, RequestBuilder(bound, endpoints), journal, 1)


def _fill(journal: SqliteJournal, ledger: AnswerLedger, manifest, rng: random.Random) -> None:
    now = datetime.now(UTC)
    builder = ledger.checks._chain
    answers = []
    for row in manifest.rows:
        text = " ".join(rng.choices(WORDS, k=rng.randint(3, 42))) + f" {row.values['Price']}."
        fingerprint, _ = builder.fingerprint(0, row, {})
        answers.append(
            Answer(
                1,
                1,
                row.key,
                row.number,
                "draft",
                fingerprint,
                text,
                "writer",
                Usage(10, 20),
                None,
                1.0,
                1,
                Finish.STOP,
                "",
                now,
            )
        )
    marks = ", ".join("?" * len(row_mapping.ANSWER_COLUMNS.split(",")))
    sql = f"INSERT INTO answer ({row_mapping.ANSWER_COLUMNS}) VALUES ({marks})"  # noqa: S608
    values = [row_mapping.answer_row(answer) for answer in answers]
    journal._writer.submit(lambda connection: connection.executemany(sql, values).rowcount).result()


if __name__ == "__main__":
    sys.exit(main())
