"""Chains to begin with: those that fit a workbook suggest themselves, and a copy is written with its own columns."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import xlsxwriter
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QPushButton

from chaindesk.chain_file import load_chain
from chaindesk.chain_file.templates import save_template
from chaindesk.desktop.app import AppWindow
from chaindesk.desktop.opening.chain_offers import OfferKind, gallery
from chaindesk.desktop.opening.gallery_dialog import GalleryDialog
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.domain.status import Status
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "This plugin does not support")


def own_book(folder: Path) -> Path:
    """A newcomer's workbook: a cover in front, then products with headers of their own."""
    path = folder / "autumn.xlsx"
    with xlsxwriter.Workbook(path) as book:
        cover = book.add_worksheet("Start")
        cover.write_column(0, 0, ["Autumn range", "", "Prepared by Maria"])
        sheet = book.add_worksheet("Range")
        rows: Sequence[Sequence[object]] = (
            ["Item no.", "Title", "Specs", "Type"],
            ["A-1", "Harbour jacket", "waterproof, 420 g", "Clothing"],
            ["A-2", "Linnet lamp", "LED, 6 W", "Lighting"],
        )
        for number, values in enumerate(rows):
            sheet.write_row(number, 0, values)
    return path


async def shown(app: AppWindow) -> GalleryDialog:
    """The gallery, once it is shown."""
    await until(lambda: app.main.gallery.dialog is not None)
    assert app.main.gallery.dialog is not None
    return app.main.gallery.dialog


def buttons(app: AppWindow) -> list[QPushButton]:
    return app.window.run_banner.buttons()


async def test_from_an_own_two_sheet_workbook_to_answers_without_anything_red(
    qloop: DesktopLoop, make_app: WindowMaker, tmp_path: Path
) -> None:
    app = make_app()
    app.workspace.open_workbook(own_book(tmp_path))
    await until(lambda: app.workspace.manifest is not None)
    assert app.workspace.manifest is not None
    assert app.workspace.manifest.sheet == "Range"
    assert 'Sheet "Range" is taken' in app.window.message_banner.text
    assert "Choose another sheet" in [button.text() for button in app.window.message_banner.buttons()]
    await until(lambda: "These fit the columns" in app.window.run_banner.text)
    assert buttons(app)[0].text() == "Product descriptions…"
    buttons(app)[0].click()
    dialog = await shown(app)
    assert dialog.title.text() == "Product descriptions"
    assert dialog.mapping.mapping == {
        "Name": "Title",
        "Category": "Type",
        "Features": "Specs",
        "Material": None,
        "Audience": None,
        "Words": None,
        "Language": None,
    }
    assert str(tmp_path / "product descriptions.yaml") in dialog.target.text()
    dialog.use.click()
    await until(lambda: app.workspace.session is not None)
    assert app.workspace.chain_path == tmp_path / "product descriptions.yaml"
    chain = load_chain(app.workspace.chain_path)
    assert "{{Title}}" in chain.steps[0].prompt
    assert "{{Audience" not in chain.steps[0].prompt
    assert not app.window.run_banner.isVisible()
    app.window.actions_.run.trigger()
    await until(lambda: app.window.model.snapshot.counts[Status.DONE] == 2)


async def test_the_last_chain_is_not_forced_on_a_workbook_that_it_does_not_fit(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path, tmp_path: Path
) -> None:
    app = make_app()
    failed: list[object] = []
    app.workspace.failed.connect(failed.append)
    app.workspace.open_workbook(jobs(2), chain=chain)
    await until(lambda: app.workspace.session is not None)
    folder = tmp_path / "other"
    folder.mkdir()
    app.workspace.open_workbook(own_book(folder))
    await until(lambda: app.workspace.chain is None)
    await until(lambda: "These fit the columns" in app.window.run_banner.text)
    assert not failed
    assert app.window.source.chain.currentText() == "Choose a chain…"
    assert app.window.model.total == 2
    like = folder / "more.xlsx"
    like.write_bytes(await asyncio.to_thread((tmp_path / "jobs.xlsx").read_bytes))
    app.workspace.open_workbook(like)
    await until(lambda: "two.yaml" in [button.text() for button in buttons(app)])
    next(button for button in buttons(app) if button.text() == "two.yaml").click()
    await until(lambda: app.workspace.session is not None)
    assert not failed


async def test_a_chain_that_fits_the_next_workbook_stays(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path, tmp_path: Path
) -> None:
    app = make_app()
    app.workspace.open_workbook(jobs(2), chain=chain)
    await until(lambda: app.workspace.session is not None)
    like = tmp_path / "more.xlsx"
    like.write_bytes(await asyncio.to_thread((tmp_path / "jobs.xlsx").read_bytes))
    app.workspace.open_workbook(like)
    await until(lambda: app.workspace.session is not None and app.workspace.session.manifest.path == like)
    assert app.workspace.chain_path == chain


async def test_a_chain_beside_the_workbook_that_fits_is_offered_first(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path, tmp_path: Path
) -> None:
    (tmp_path / "broken.yaml").write_text("steps: [", "utf-8")
    app = make_app()
    app.workspace.open_workbook(jobs(2))
    await until(lambda: "These fit the columns" in app.window.run_banner.text)
    assert buttons(app)[0].text() == "two.yaml"
    buttons(app)[0].click()
    await until(lambda: app.workspace.session is not None)
    assert app.workspace.chain_path == chain


async def test_the_gallery_lists_examples_and_templates_with_what_they_do(
    qloop: DesktopLoop, make_app: WindowMaker
) -> None:
    save_template("My own", "name: mine\nsteps:\n  - {name: a, model: demo/writer, prompt: 'Say {{Thing}}'}\n")
    app = make_app()
    app.window.actions_.gallery.trigger()
    dialog = await shown(app)
    titles = [dialog.list.item(place).text() for place in range(dialog.list.count())]
    assert titles[0] == "Your templates"
    assert titles[1:3] == ["My own", "Examples"]
    painted = dialog.list.grab(dialog.list.visualItemRect(dialog.list.item(0)).translated(1, 1)).toImage()
    colours = {painted.pixelColor(x, y).name() for x in range(painted.width()) for y in range(painted.height())}
    assert app.window.theme.hex("muted").lower() in colours, "a heading is as dark as other small words"
    assert len([offer for offer in gallery() if offer.kind is OfferKind.EXAMPLE]) >= 10
    for offer in gallery():
        if offer.kind is OfferKind.EXAMPLE:
            assert offer.summary, offer.title
            assert offer.sheet is not None
    assert "Columns needed: Thing." in dialog.columns.text()
    assert "1. a: column a" in dialog.steps.text()
    assert not dialog.with_sheet.isVisible()
    dialog.reject()
    await until(lambda: app.main.gallery.dialog is None)


async def test_an_example_of_the_start_page_is_tried_with_its_sheet(qloop: DesktopLoop, make_app: WindowMaker) -> None:
    app = make_app()
    chips = app.window.welcome.examples.findChildren(QPushButton)
    assert len(chips) >= 10
    next(chip for chip in chips if chip.text() == "Moderate comments").click()
    dialog = await shown(app)
    assert dialog.title.text() == "Moderate comments"
    dialog.with_sheet.click()
    await until(lambda: app.workspace.session is not None)
    assert app.workspace.manifest is not None
    assert app.workspace.manifest.path.name == "moderate.xlsx"
    assert app.workspace.manifest.path.parent.name == "examples"


async def test_a_column_that_cannot_be_done_without_has_to_be_chosen(
    qloop: DesktopLoop, make_app: WindowMaker, tmp_path: Path
) -> None:
    app = make_app()
    app.workspace.open_workbook(own_book(tmp_path))
    await until(lambda: app.workspace.manifest is not None)
    app.window.welcome.gallery_requested.emit("moderate")
    dialog = await shown(app)
    assert not dialog.use.isEnabled()
    assert 'Choose the column of sheet "Range" that stands for Comment:' in dialog.columns.text()
    boxes = {box.accessibleName(): box for box in dialog.mapping.findChildren(QComboBox)}
    box = boxes["Column of the sheet for Comment"]
    box.setCurrentIndex(box.findText("Specs"))
    assert dialog.use.isEnabled()
    other = tmp_path / "sub" / "mine.yaml"
    other.parent.mkdir()
    dialog._take_target(other)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    await until(lambda: app.workspace.session is not None)
    assert app.workspace.chain_path == other
    assert "{{Specs}}" in load_chain(other).steps[0].prompt


async def test_another_sheet_is_a_click_away_and_brings_no_red_line(
    qloop: DesktopLoop, make_app: WindowMaker, tmp_path: Path
) -> None:
    app = make_app()
    failed: list[object] = []
    app.workspace.failed.connect(failed.append)
    app.workspace.open_workbook(own_book(tmp_path))
    await until(lambda: app.workspace.manifest is not None)
    choose = next(one for one in app.window.message_banner.buttons() if one.text() == "Choose another sheet")
    choose.click()
    assert app.window.source.sheet.view().isVisible()
    app.window.source.sheet.hidePopup()
    app.window.source.sheet_chosen.emit("Start")
    await until(lambda: app.workspace.manifest is not None and app.workspace.manifest.sheet == "Start")
    assert not failed


async def test_a_chain_that_was_chosen_and_does_not_fit_can_be_written_with_other_columns(
    qloop: DesktopLoop, make_app: WindowMaker, chain: Path, tmp_path: Path
) -> None:
    app = make_app()
    folder = tmp_path / "own"
    folder.mkdir()
    app.workspace.open_workbook(own_book(folder), chain=chain)
    await until(lambda: "The chain cannot run yet." in app.window.message_banner.text)
    await until(lambda: len(app.window.message_banner.buttons()) > 1)
    adapt = next(one for one in app.window.message_banner.buttons() if one.text() == "Use other columns…")
    adapt.click()
    dialog = await shown(app)
    assert dialog.title.text() == "two.yaml"
    assert dialog.mapping.mapping == {"Topic": "Title", "Audience": None}
    box = next(one for one in dialog.mapping.findChildren(QComboBox) if one.accessibleName().endswith("Audience"))
    box.setCurrentIndex(box.findText("Type"))
    dialog.use.click()
    await until(lambda: app.workspace.session is not None)
    assert app.workspace.chain_path == folder / "two.yaml"
    written = load_chain(folder / "two.yaml")
    assert written.id_column == "Item no."
    assert written.steps[0].prompt == "Three facts on {{Title}}."
    assert load_chain(chain).steps[0].prompt == "Three facts on {{Topic}}.", "the file itself is as it was"


async def test_a_copy_that_is_made_before_a_workbook_is_open_says_where_it_is_and_what_comes_next(
    qloop: DesktopLoop, make_app: WindowMaker, tmp_path: Path
) -> None:
    app = make_app()
    app.window.welcome.gallery.click()
    dialog = await shown(app)
    dialog._take_target(tmp_path / "mine.yaml")
    dialog.use.click()
    await until(lambda: "mine.yaml is your copy" in app.window.message_banner.text)
    assert "Now open the workbook" in app.window.message_banner.text
    assert app.workspace.chain_path == tmp_path / "mine.yaml"
    app.workspace.open_workbook(own_book(tmp_path))
    await until(lambda: app.workspace.manifest is not None)
    await until(lambda: app.workspace.chain is None)
    await until(lambda: "These fit the columns" in app.window.run_banner.text)


async def test_in_a_low_window_the_ways_to_begin_have_their_room(qloop: DesktopLoop, make_app: WindowMaker) -> None:
    app = make_app()
    welcome = app.window.welcome
    app.window.resize(760, 500)
    await until(lambda: not welcome.examples.isVisible())
    await until(lambda: welcome.card.height() >= welcome.card.sizeHint().height())
    app.window.resize(1280, 720)
    await until(welcome.examples.isVisible)
