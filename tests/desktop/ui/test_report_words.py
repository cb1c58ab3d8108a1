"""The lines of a run's report are said in the window's language, whatever of them varies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QApplication

from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session.run_request import RunPhase
from chaindesk.desktop.ui.language import install_language
from chaindesk.desktop.ui.report_words import clauses_text, report_text
from chaindesk.domain.check_results import AnswerPath
from chaindesk.domain.status import Review
from chaindesk.engine.checks.figures import PATH_WORDS
from chaindesk.engine.reports.row_tally import RowTally
from chaindesk.engine.reports.run_report import priced_report
from chaindesk.engine.reports.text import report_lines
from chaindesk.simulator.options import SimulatorOptions
from tests.support.waiting import until
from tests.support.windows import WindowMaker

HEAD_LINES = 5
LINES = {
    "  step notes: 3 answers, 0.61 s each (half under 0.60 s, 95 % under 0.90 s), 610 tokens, $0.02": (
        "  Schritt notes: 3 Antworten, je 0.61 s (die Hälfte unter 0.60 s, 95 % unter 0.90 s), 610 Token, $0.02"
    ),
    "  step 1: no answers": "  Schritt 1: keine Antworten",
    "  paid for but of no use: 2 calls, $0.10 of the cost": "  bezahlt, aber ohne Nutzen: 2 Aufrufe, $0.10 der Kosten",
    "  cache: 1,200 tokens read from it, 30 written to it; saved $0.50": (
        "  Zwischenspeicher: 1,200 Token daraus gelesen, 30 hineingeschrieben; spart $0.50"
    ),
    "  failed, rate limit: 2 rows: J-1, J-2": "  fehlgeschlagen, Ratengrenze: 2 Zeilen: J-1, J-2",
    "  slowest: row J-1 4.2 s, row J-2 42 s": "  am langsamsten: Zeile J-1 4.2 s, Zeile J-2 42 s",
}


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    """The window in German for one test."""
    before = qapp.findChildren(QTranslator)
    install_language(qapp, "de")
    yield
    for translator in qapp.findChildren(QTranslator):
        if translator not in before:
            qapp.removeTranslator(translator)


@pytest.mark.parametrize("line", LINES)
@pytest.mark.usefixtures("german")
def test_a_line_is_said_in_german_with_its_figures(line: str) -> None:
    assert report_text(line) == LINES[line]


@pytest.mark.usefixtures("german")
def test_what_became_of_rows_answers_and_reviews_has_german_words() -> None:
    for word in RowTally(1, 1, 1, 1, 1, 1, 1).parts:
        assert clauses_text(f"1,200 {word}") != f"1,200 {word}"
    for path in AnswerPath:
        assert path not in PATH_WORDS or clauses_text(f"3 {PATH_WORDS[path]}") != f"3 {PATH_WORDS[path]}"
    for review in Review:
        assert review is Review.UNREVIEWED or clauses_text(f"3 {review.value}") != f"3 {review.value}"


def test_in_english_a_line_stays_as_it_is() -> None:
    assert [report_text(line) for line in LINES] == list(LINES)


@pytest.mark.qt_log_ignore("propagateSizeHints")
@pytest.mark.usefixtures("german")
async def test_no_line_of_a_real_runs_report_stays_english(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path
) -> None:
    app = make_app(SimulatorOptions(latency=0.01, fail_containing="topic 4.", fail_status=400))
    app.workspace.open_workbook(jobs(5), chain=chain)
    await until(lambda: app.workspace.session is not None)
    ended: list[object] = []
    app.run_controller.finished.connect(ended.append)
    app.window.actions_.run.trigger()
    await until(lambda: bool(ended) and app.run_controller.phase is RunPhase.IDLE)
    journal = await app.workspace.journal()
    (run,) = journal.runs()
    lines = report_lines(priced_report(journal, run.id))[HEAD_LINES:]
    assert len(lines) >= 4
    assert [line for line in lines if report_text(line) == line] == []
