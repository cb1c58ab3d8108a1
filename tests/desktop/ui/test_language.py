"""The window in German: its menus, its buttons, and no button whose words are cut."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from chaindesk import settings
from chaindesk.desktop.grid.columns import ColumnKind
from chaindesk.desktop.help.menu_commands import plain_text
from chaindesk.desktop.review.verdict_buttons import VerdictButtons
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.ui.language import LANGUAGES, SYSTEM, install_language
from chaindesk.desktop.ui.status_palette import review_label
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.status import Review
from chaindesk.simulator.options import SimulatorOptions
from tests.support.waiting import until
from tests.support.window_states import window_states
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    """The window in German for one test."""
    with english_after(qapp):
        assert install_language(qapp, "de") == "de"
        yield


@contextmanager
def english_after(qapp: QApplication) -> Iterator[None]:
    before = qapp.findChildren(QTranslator)
    try:
        yield
    finally:
        for translator in qapp.findChildren(QTranslator):
            if translator not in before:
                qapp.removeTranslator(translator)


@dataclass(frozen=True, slots=True)
class SystemLocale:
    """A system's locale: the region's name, and the languages of its screens."""

    region: str
    languages: list[str]

    def name(self) -> str:
        return self.region

    def uiLanguages(self) -> list[str]:
        return self.languages


def messages() -> Iterator[tuple[str, str]]:
    for message in ET.parse(settings.resource("translations/chaindesk_de.ts")).iter("message"):  # noqa: S314
        yield message.findtext("source") or "", message.findtext("translation") or ""


def is_cut(button: QAbstractButton) -> bool:
    """Whether a button is narrower than its words and icon."""
    return bool(button.text()) and button.width() < button.minimumSizeHint().width()


@pytest.mark.usefixtures("german")
async def test_in_german_the_menus_are_german_and_no_button_is_cut_in_any_state(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path
) -> None:
    faulty = SimulatorOptions(latency=0.01, fail_containing="topic 4.", fail_status=400)
    app = make_app(faulty)
    menus = [plain_text(entry) for entry in app.window.menuBar().actions()]
    assert menus == ["Datei", "Ausführen", "Prüfen", "Ansicht", "Hilfe"]
    cut: set[str] = set()
    async for state, top in window_states(app, jobs(4), chain):
        for button in top.findChildren(QAbstractButton):
            if button.isVisible() and isinstance(button, QPushButton | QToolButton) and is_cut(button):
                cut.add(f"{state}: {button.text()}")
    assert sorted(cut) == []


@pytest.mark.usefixtures("german")
async def test_in_german_what_was_decided_on_a_row_has_room_in_its_column(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path
) -> None:
    app = make_app()
    app.workspace.open_workbook(jobs(2), chain=chain)
    await until(lambda: app.workspace.session is not None)
    table = app.window.table
    place = next(at for at, column in enumerate(table.rows.columns) if column.kind is ColumnKind.REVIEW)
    for review in Review:
        assert table.fontMetrics().horizontalAdvance(review_label(review)) < table.columnWidth(place) - 6


@pytest.mark.usefixtures("german")
def test_in_a_narrow_panel_the_words_of_a_verdict_stay_and_its_icons_go(qtbot: QtBot) -> None:
    verdict = VerdictButtons()
    qtbot.addWidget(verdict)
    verdict.setMinimumWidth(1)
    verdict.show()
    verdict.resize(600, 30)
    assert not verdict.approve.iconSize().isEmpty()
    buttons = [verdict.approve, verdict.reject, verdict.edit, verdict.rerun]
    verdict.resize(sum(button.minimumSizeHint().width() for button in buttons), 30)  # no room for what is between
    assert [button.text() for button in buttons if is_cut(button)] == []
    assert verdict.approve.iconSize().isEmpty()
    verdict.resize(600, 30)
    assert not verdict.approve.iconSize().isEmpty()


def test_a_translation_keeps_the_places_of_its_values() -> None:
    wrong = [
        source
        for source, translation in messages()
        if translation and not set(re.findall(r"\{\w+", translation)) <= set(re.findall(r"\{\w+", source))
    ]
    assert wrong == []


def test_all_texts_are_translated() -> None:
    assert [source for source, translation in messages() if not translation] == []


def test_the_systems_language_is_taken_where_there_is_a_translation(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QLocale, "system", lambda: SystemLocale("en_GB", ["fi-FI", "fi"]))
    assert install_language(qapp, SYSTEM) == "en"
    assert tr("&File") == "&File"
    assert set(LANGUAGES) == {"system", "en", "de"}


@pytest.mark.parametrize(
    ("region", "languages", "shown"),
    [
        ("en_US", ["de-Latn-DE", "de-DE", "de"], "de"),  # a German Windows whose numbers and dates are American
        ("de_DE", ["en-Latn-US", "en-US", "en", "de-DE", "de"], "en"),
        ("fr_FR", ["fr-FR", "fr", "de-CH", "de"], "de"),
        ("C", ["C"], "en"),
    ],
)
def test_the_language_of_the_screen_counts_and_not_the_regions(
    qapp: QApplication,
    monkeypatch: pytest.MonkeyPatch,
    region: str,
    languages: list[str],
    shown: str,
) -> None:
    monkeypatch.setattr(QLocale, "system", lambda: SystemLocale(region, languages))
    with english_after(qapp):
        assert install_language(qapp, SYSTEM) == shown
