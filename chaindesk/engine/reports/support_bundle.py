"""What a bug report needs, as files: versions, settings, logs, and a run in figures. Never a key; texts only if asked.

Nothing is sent anywhere. The files are plain text, so that whoever sends them can read them before.
"""

from __future__ import annotations

import csv
import importlib.metadata
import io
import json
import locale
import os
import platform
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import chaindesk
from chaindesk import settings
from chaindesk.domain.errors import ChainDeskError
from chaindesk.domain.records import RunRecord
from chaindesk.engine.reports.json_line import report_line
from chaindesk.engine.reports.run_report import RunReport
from chaindesk.engine.reports.text_scrubber import HIDDEN, chain_without_texts, cleaner, scrubbed
from chaindesk.journal.protocol import Journal
from chaindesk.json_contract.encoding import to_values

_RUNS = 30
_LOG_BYTES = 4_000_000
_NO_TEXTS = "There is no prompt, output, row key or cell in it; error messages are cut down to common words."
_TEXTS = "It has the chain's PROMPTS, the run's OUTPUTS, row keys and error messages, because that was asked for."
_README = """A bundle for a bug report about ChainDesk. It was made on this machine and was sent nowhere.

{texts}
There is no API key in it. Names are: of files, chains, steps and models. The home folder is written as ~.
Please look at the files before you send them.

versions.json   ChainDesk, Python, Qt, the system, the libraries
settings.json   preferences; which variables are set, not their values
journal.json    size and counts of the journal; the latest runs
run.json        the run: times, calls, tokens, cost, failures by kind
chain.json      the run's chain: its shape and figures{chain}
outcomes.csv    how each row ended, and what the provider's support asks for
timings.csv     when each call was answered
logs/           ChainDesk's own logs
"""


def bundle_files(
    journal: Journal, report: RunReport | None, *, with_texts: bool = False, secrets: Iterable[str] = ()
) -> Mapping[str, str]:
    """Return the bundle's files by name.

    Args:
        journal: the opened journal.
        report: of the run that it is about, or None where there is none.
        with_texts: whether prompts, outputs, row keys and messages go in too.
        secrets: keys that are known here and must not be in any file, wherever they may stand.
    """
    files = {
        "README.txt": _README.format(texts=_TEXTS if with_texts else _NO_TEXTS, chain=", its texts" * with_texts),
        "versions.json": _json(_versions()),
        "settings.json": _json(_settings()),
        "journal.json": _json(_journal(journal)),
    }
    if report is not None:
        files["run.json"] = _json(_run(report, with_texts=with_texts))
        files["chain.json"] = _json(_chain(report.run, with_texts=with_texts))
        files["outcomes.csv"] = _csv(_outcomes(journal, report.run))
        files["timings.csv"] = _csv(_timings(report))
        if with_texts:
            files["outputs.jsonl"] = "".join(_outputs(journal, report.run))
    files |= _logs()
    clean = cleaner(secrets)
    return {name: clean(text) for name, text in files.items()}


def _versions() -> dict[str, Any]:
    libraries = {}
    for wanted in importlib.metadata.requires("chaindesk") or []:
        name = re.split(r"[\s;<>=!~\[]", wanted, maxsplit=1)[0]
        try:
            libraries[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # an extra that is not installed
    return {
        "chaindesk": chaindesk.__version__,
        "python": sys.version,
        "installed_as": "program" if hasattr(sys, "_MEIPASS") else "package",
        "system": platform.platform(),
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "encoding": sys.getfilesystemencoding(),
        "locale": ".".join(part or "?" for part in locale.getlocale()),
        "libraries": libraries,
    }


def _settings() -> dict[str, Any]:
    preferences = settings.load_preferences().model_dump(mode="json")
    wanted = re.compile(
        r"^(CHAINDESK|QT_|https?_proxy$|no_proxy$|all_proxy$|SSL_CERT|WAYLAND_DISPLAY$|DISPLAY$)|_API_KEY$", re.I
    )
    names = sorted(name for name in os.environ if wanted.search(name))
    return {"preferences": preferences, "variables that are set": names, "home": str(settings.home_path())}


def _journal(journal: Journal) -> dict[str, Any]:
    totals = journal.run_totals()
    runs = [
        {
            "run": run.id,
            "started_at": run.started_at.isoformat(),
            "state": run.state.value,
            "rows": run.rows,
            "ended": {status.value: count for status, count in totals[run.id].rows.items()} if run.id in totals else {},
            "concurrency": run.concurrency,
            "steps": len(run.steps),
        }
        for run in journal.runs()[:_RUNS]
    ]
    return {"bytes": journal.size(), "counts": dict(journal.usage_counts()), "latest runs": runs}


def _run(report: RunReport, *, with_texts: bool) -> dict[str, Any]:
    values = to_values(report_line(report))
    if with_texts:
        return values
    for one in values["failed"]:
        one["row_key"] = HIDDEN
        one["failure"]["message"] = scrubbed(one["failure"]["message"])
    for one in values["rejected"]:
        one.update(row_key=HIDDEN, reason=HIDDEN)
    for one in (*values["slowest"], *values["cut_answers"]):
        one["row_key"] = HIDDEN
    return values | {"sheet": HIDDEN}


def _chain(run: RunRecord, *, with_texts: bool) -> Any:
    try:
        chain = json.loads(run.definition or "null")
    except ValueError:
        return None
    return chain if with_texts else chain_without_texts(chain)


def _outcomes(journal: Journal, run: RunRecord) -> Iterator[Sequence[object]]:
    yield "row", "status", "seconds", "finished_at", "step", "kind", "http_status", "calls", "request_id"
    for one in journal.run_outcomes(run.id):
        base = (one.row_number, one.status.value, f"{one.seconds:.3f}", one.finished_at.isoformat())
        failure = one.failure
        if failure is None:
            yield (*base, "", "", "", "", "")
        else:
            why = (failure.step, failure.kind.value, failure.http_status, failure.attempts, failure.request_id)
            yield (*base, *why)


def _timings(report: RunReport) -> Iterator[Sequence[object]]:
    table = report.calls_made
    yield "row", "step", "answered_after_seconds", "seconds", "cut"
    for bar in table.calls():
        yield bar.row, table.steps[bar.step], f"{bar.end:.3f}", f"{bar.end - bar.start:.3f}", int(bar.cut)


def _outputs(journal: Journal, run: RunRecord) -> Iterator[str]:
    for one in journal.run_answers(run.id):
        values = {"row": one.row_number, "key": one.row_key, "step": one.step, "model": one.model, "text": one.text}
        yield json.dumps(values | {"finish": one.finish.value, "edited_text": one.edited_text}) + "\n"


def _logs() -> dict[str, str]:
    """Return the newest of the log files; what cannot be read is said in its place."""
    files: dict[str, str] = {}
    try:
        found = sorted(settings.log_folder_path().glob("chaindesk.log*"), key=lambda path: path.name)
    except (OSError, ChainDeskError) as error:
        return {"logs/unreadable.txt": str(error)}
    room = _LOG_BYTES
    for path in found:
        if path.suffix != ".lock" and room > 0:
            text = _tail(path, room)
            room -= len(text)
            files[f"logs/{path.name}"] = text
    return files


def _tail(path: Path, most: int) -> str:
    try:
        return path.read_bytes()[-most:].decode("utf-8", "replace")
    except OSError as error:
        return f"This log cannot be read: {error.strerror}."


def _json(values: Any) -> str:
    return json.dumps(values, indent=2, ensure_ascii=False, default=str) + "\n"


def _csv(rows: Iterable[Sequence[object]]) -> str:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue()
