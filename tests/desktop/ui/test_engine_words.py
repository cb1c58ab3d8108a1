"""What checks found and why calls failed is said in the window's language, whatever of it varies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QApplication

from chaindesk.desktop.ui.engine_words import KINDS, failure_text, finding_text, hold_text, kind_text, notice_text
from chaindesk.desktop.ui.language import install_language
from chaindesk.domain.chains.chain import Step
from chaindesk.domain.chains.checks import ACROSS_ROWS, RULES
from chaindesk.domain.check_results import CheckedAnswer
from chaindesk.domain.completion import Endpoint, ProviderKind
from chaindesk.domain.errors import FailureKind
from chaindesk.engine.checks.step_checks import StepChecks
from chaindesk.providers.wire_formats.errors.mapping import reply_error
from chaindesk.providers.wire_formats.protocol import HttpReply

FAILED = (
    ({"not_empty": True}, ""),
    ({"words": "5..9"}, "one"),
    ({"words": "5.."}, "one two"),
    ({"characters": "..3"}, "much"),
    ({"contains": "so"}, "this"),
    ({"not_contains": "this: that"}, "this: that"),
    ({"matches": "^a+$"}, "b"),
    ({"not_matches": "b"}, "b"),
    ({"starts_with": ["a", "b"]}, "c"),
    ({"one_of": ["yes", "no"]}, "perhaps"),
    ({"number": "0..10"}, "many"),
    ({"number": "0..10"}, "12"),
    ({"date": "2026-01-01..2026-12-31"}, "soon"),
    ({"date": "2026-01-01.."}, "2020-05-05"),
    ({"json_schema": True}, "{"),
    ({"json_schema": {"type": "object", "required": ["a"]}}, "{}"),
    ({"url": True}, "nowhere"),
    ({"email": True}, "nobody"),
    ({"not_equal_to": "Topic"}, "the same"),
    ({"numbers_from": "Topic"}, "7"),
    ({"numbers_from": "Topic"}, "7 and 8"),
    ({"numbers_from": "Topic"}, "7, 8, 9 and 10"),
    ({"quoted_from": "Topic"}, 'He said "never was it so" to all'),
)


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    """The window in German for one test."""
    before = qapp.findChildren(QTranslator)
    install_language(qapp, "de")
    yield
    for translator in qapp.findChildren(QTranslator):
        if translator not in before:
            qapp.removeTranslator(translator)


def test_every_kind_of_failure_has_words() -> None:
    assert set(KINDS) == {kind.value for kind in FailureKind}


@pytest.mark.parametrize(("check", "text"), FAILED, ids=lambda value: str(value))
@pytest.mark.usefixtures("german")
def test_what_each_check_finds_is_said_in_german(check: dict[str, object], text: str) -> None:
    step = Step.model_validate({"name": "text", "model": "demo/writer", "prompt": "{{Topic}}", "checks": [check]})
    (found,) = StepChecks(step, ["Topic"]).failed(CheckedAnswer(text, {}, {"Topic": "the same"}))
    assert finding_text(found) != found
    assert finding_text(found).startswith("text: ")


def test_each_rule_has_an_example_here() -> None:
    asked = {"judge", "language", *ACROSS_ROWS}  # a judge costs a call, the language needs a library
    assert {name for check, _ in FAILED for name in check} == set(RULES) - asked


@pytest.mark.usefixtures("german")
def test_numbers_and_quotations_stand_in_the_translation_as_they_are() -> None:
    assert finding_text("text: it has 66 words, wanted 70 to 400") == "text: sie hat 66 Wörter, gewünscht 70 bis 400"
    assert finding_text("judge: no to “Is it {true}?”: It is: not") == "Urteil: nein zu „Is it {true}?“: It is: not"
    language = finding_text("text: it looks like Dutch, wanted de (90% sure)")
    assert language == "text: sie sieht nach Dutch aus, gewünscht de (zu 90% sicher)"
    assert finding_text("text: what nobody has a template for") == "text: what nobody has a template for"
    assert kind_text(FailureKind.TIMEOUT.value) == "Zeitüberschreitung"
    notice = "Checks of text: 25 passed at once (46%), 29 to review (54%)."
    assert notice_text(notice) == "Prüfungen von text: 25 sofort bestanden (46%), 29 zu prüfen (54%)."


@pytest.mark.parametrize("status", [301, 400, 401, 402, 403, 404, 429, 500, 503])
@pytest.mark.parametrize("said", ["", "No: that is {odd}. Really."])
@pytest.mark.usefixtures("german")
def test_why_a_call_failed_is_said_in_german_with_the_providers_own_words(status: int, said: str) -> None:
    endpoint = Endpoint("lab", ProviderKind.OPENAI_CHAT, "https://lab.example/v1")
    body = b'{"error": {"message": "%s"}}' % said.encode() if said else b""
    message = str(reply_error(endpoint, "small", HttpReply(status, {}, body)))
    german = failure_text(message)
    assert german != message
    assert said in german


@pytest.mark.usefixtures("german")
def test_what_holds_a_run_is_said_with_its_reason() -> None:
    said = hold_text("20 of 24 rows failed for one reason: timeout: lab broke off in the middle of its reply.")
    reason = "Zeitüberschreitung: lab hat mitten in der Antwort abgebrochen."
    assert said == f"20 von 24 Zeilen sind aus einem Grund gescheitert: {reason}"


def test_in_english_nothing_changes(qapp: QApplication) -> None:
    assert finding_text("text: it is empty") == "text: it is empty"
