"""What the panel tells of a call that went wrong: what the model said, and the id for the provider's support."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pytestqt.qtbot import QtBot

from chaindesk.desktop.review.panel import ReviewPanel
from chaindesk.desktop.review.step_view import StepView
from chaindesk.domain.completion import Finish
from chaindesk.domain.errors import FailureKind
from chaindesk.domain.manifest import Row, RowValues
from chaindesk.domain.records import Answer, Failure
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Status
from chaindesk.engine.answers.row_history import OutputState, StepOutput

SAID = "I would rather not answer in JSON."


def _answer(finish: Finish = Finish.STOP) -> Answer:
    return Answer(1, 1, "A", 2, "judge", "unfit:x", SAID, "m", None, None, 1.0, 2, finish, "req_42", datetime.now(UTC))


def test_an_answer_that_does_not_fit_is_shown_told_and_not_to_be_edited(qtbot: QtBot) -> None:
    view = StepView()
    qtbot.addWidget(view)
    view.show_output(StepOutput("judge", OutputState.MISSING, _answer(), SAID))
    assert view.browser.toPlainText() == SAID
    assert "does not fit the step's fields" in view.marks.text()
    assert "req_42" in view.facts.toolTip()
    assert not view.can_edit


def test_a_cut_answer_says_what_to_raise(qtbot: QtBot) -> None:
    view = StepView()
    qtbot.addWidget(view)
    view.show_output(StepOutput("judge", OutputState.ANSWERED, _answer(Finish.LENGTH), SAID))
    assert "raise max_output_tokens" in view.marks.text()
    assert view.can_edit


def test_a_failure_names_the_request_for_the_providers_support(qtbot: QtBot, tmp_path: Path) -> None:
    panel = ReviewPanel()
    qtbot.addWidget(panel)
    failure = Failure("judge", FailureKind.SERVER, "lab answered 500.", 6, 500, "req_42")
    panel.show_row(Row(2, "A", RowValues({"Topic": 0}, ["Lamps"])), RowState(Status.FAILED, failure=failure), ())
    assert panel.failure.text() == (
        "judge: lab answered 500.\nServer error, 6 calls. For the provider's support: request req_42"
    )
