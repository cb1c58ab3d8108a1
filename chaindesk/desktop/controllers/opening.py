"""Opening things: from menus, dialogs, drops, recent files and examples; and the chain's editor and the keys dialog."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from chaindesk import settings
from chaindesk.desktop.chain.model_cache import ModelCache
from chaindesk.desktop.chain.saving import NewChain
from chaindesk.desktop.controllers.chains.new_chain import NewChainController
from chaindesk.desktop.keys.dialog import KeysDialog
from chaindesk.desktop.main_window import MainWindow
from chaindesk.desktop.opening import examples
from chaindesk.desktop.opening.text_reading_dialog import TextReadingDialog
from chaindesk.desktop.session.manifest_reader import LockedWorkbook, preview_text
from chaindesk.desktop.session.run_controller import RunController
from chaindesk.desktop.session.workspace import Workspace
from chaindesk.desktop.ui import dialogs
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.errors import ChainDeskError

if TYPE_CHECKING:
    from chaindesk.desktop.chain.editor import ChainEditor

_CHAIN_SUFFIXES = (".yaml", ".yml")


class OpeningController(QObject):
    """Ties the window's ways of opening to the workspace.

    Attributes:
        editor: the chain's editor that was shown last, or None.
        new_chain: begins new chains.
        models: what the providers offer.

    Signals:
        opened: a ``Manifest`` is open and shown.
        editor_opened: a ``ChainEditor`` is about to be shown.
        failed: a ``ChainDeskError``.
    """

    opened = Signal(object)
    editor_opened = Signal(object)
    failed = Signal(object)

    def __init__(self, window: MainWindow, workspace: Workspace, run_controller: RunController) -> None:
        super().__init__(window)
        self.window, self.workspace, self.run_controller = window, workspace, run_controller
        self.editor: ChainEditor | None = None
        self._keys: KeysDialog | None = None
        self._after_editor: Callable[[], object] | None = None
        self.new_chain = NewChainController(window, workspace, self._open_editor)
        self.models = ModelCache(workspace.keys, workspace.addresses, self)
        self._shown_before = False  # whether the user has looked at the sheet while it was read, and may have a filter
        self._connect_opening()
        self._show_chains()
        self._show_recent()

    def open_path(self, path: Path) -> None:
        """Open a workbook, or a chain file."""
        if self.run_controller.phase.in_run:
            self.failed.emit(ChainDeskError(tr("A run is going on. Stop it before another file is opened.")))
        elif path.suffix.lower() in _CHAIN_SUFFIXES:
            self.workspace.open_chain(path)
        else:
            self.workspace.open_workbook(path)

    def open_workbook(self, path: Path | None) -> None:
        """Open a workbook; None lets the user choose one."""
        if path is None:
            self._choose_workbook()
        else:
            self.open_path(path)

    def open_example(self, name: str) -> None:
        """Open a shipped example: its workbook with its chain."""
        try:
            workbook, chain = examples.copies(name)
        except ChainDeskError as error:
            self.failed.emit(error)
            return
        if workbook is not None:
            self.workspace.open_workbook(workbook, chain=chain)

    @property
    def unsaved_chain(self) -> str:
        """The name of the chain file that is being edited and not saved, or ""."""
        editor = self.editor
        return editor.path.name if editor is not None and editor.isVisible() and editor.modified else ""

    def leave_editor(self, then: Callable[[], object]) -> None:
        """Close the chain's editor, which asks what becomes of its changes; ``then`` is called if it closes."""
        if self.editor is None:
            then()
        elif self._after_editor is None:
            self._after_editor = then
            self.editor.close()

    def _editor_left(self) -> None:
        then, self._after_editor = self._after_editor, None
        if then is not None:
            then()

    def _editor_stayed(self) -> None:
        self._after_editor = None

    async def close(self) -> None:
        """End what the dialogs still ask."""
        for dialog in (self.editor, self._keys):
            if dialog is not None:
                await dialog.tasks.close()
        await self.new_chain.tasks.close()
        await self.models.tasks.close()

    def _connect_opening(self) -> None:
        window, a, workspace = self.window, self.window.actions_, self.workspace
        a.open.triggered.connect(self._choose_workbook)
        window.welcome.open_requested.connect(self._choose_workbook)
        window.welcome.example_requested.connect(lambda: self.open_example(examples.names()[0]))
        window.welcome.recent_requested.connect(lambda path: self.open_path(Path(path)))
        window.dropped.connect(self.open_path)
        window.source.sheet_chosen.connect(workspace.choose_sheet)
        window.source.chain_chosen.connect(lambda path: workspace.open_chain(Path(path)))
        window.source.open_chain_requested.connect(self.choose_chain)
        window.source.edit_chain_requested.connect(lambda: self.edit_chain())
        window.source.text_reading_requested.connect(self.show_text_reading)
        a.open_chain.triggered.connect(self.choose_chain)
        a.edit_chain.triggered.connect(lambda: self.edit_chain())
        a.reload.triggered.connect(workspace.reload)
        a.keys.triggered.connect(lambda: self.open_keys())
        window.recent_menu.aboutToShow.connect(self._fill_recent_menu)
        for name, title in examples.titles().items():
            window.examples_menu.addAction(title, partial(self.open_example, name))
        workspace.opened.connect(self._opened)
        workspace.rows_read.connect(lambda _: self._set_shown_before(shown=True))
        workspace.closed.connect(lambda: self._set_shown_before(shown=False))
        workspace.chain_opened.connect(self._chain_opened)
        workspace.failed.connect(self.failed)
        workspace.instance.activation_requested.connect(window.bring_to_front)
        workspace.password_requested.connect(self._ask_password)
        workspace.busy_changed.connect(window.show_busy)

    def _set_shown_before(self, *, shown: bool) -> None:
        self._shown_before = shown

    def _opened(self) -> None:
        manifest = self.workspace.manifest
        if manifest is None:
            return
        self.window.show_rows(shown=True)
        self.window.setWindowTitle(tr("{name} – ChainDesk").format(name=manifest.path.name))
        self.window.source.show_manifest(manifest)
        self.window.rows.show_manifest(manifest)
        self.window.undo.clear()
        if not self._shown_before:
            self.window.progress_strip.clear_filter()
        self._shown_before = False
        self.opened.emit(manifest)
        self._show_recent()

    def _chain_opened(self) -> None:
        chain = self.workspace.chain
        if chain is not None:
            preferred = settings.load_preferences().concurrency
            named = "concurrency" in chain.model_fields_set
            self.window.at_once.show_value(chain.concurrency if named else preferred or chain.concurrency)
        self.window.message_banner.clear()
        self._show_chains()

    def _choose_workbook(self) -> None:
        folder = settings.load_preferences().last_folder
        dialogs.choose_file(self.window, tr("Open a workbook"), folder, dialogs.WORKBOOKS, self.open_path)

    def choose_chain(self) -> None:
        """Let the user choose a chain file."""
        folder = settings.load_preferences().last_folder
        dialogs.choose_file(self.window, tr("Open a chain"), folder, dialogs.CHAINS, self.workspace.open_chain)

    def edit_chain(self, path: Path | None = None) -> None:
        """Show the editor of a chain file: of ``path``, or of the open chain, or let the user choose where none is."""
        path = path or self.workspace.chain_path
        if path is None or not path.is_file():
            self.choose_chain()
            return
        if self.editor is not None and self.editor.isVisible() and self.editor.path == path:
            self.editor.raise_()
            self.editor.activateWindow()
            return
        self._open_editor(path)

    def _open_editor(self, path: Path, new: NewChain | None = None) -> None:
        if self.editor is not None and not self.editor.isVisible():
            self.editor.deleteLater()
        dark, manifest = self.window.theme.dark, self.workspace.manifest
        from chaindesk.desktop.chain.editor import ChainEditor  # when it is asked for: it takes time to load

        self.editor = ChainEditor(path, manifest, self.window, dark=dark, models=self.models, new=new)
        self.editor.rejected.connect(self._editor_left)
        self.editor.stayed.connect(self._editor_stayed)
        self.editor_opened.emit(self.editor)
        self.editor.show()

    def _ask_password(self, locked: LockedWorkbook) -> None:
        dialogs.ask_password(
            self.window,
            locked.path.name,
            partial(self.workspace.unlock, locked),
            again=locked.refused,
        )

    def open_keys(self, provider: str = "") -> None:
        """Show the keys dialog, ready for the key of a provider."""
        if self._keys is None or not self._keys.isVisible():
            if self._keys is not None:
                self._keys.deleteLater()
            workspace = self.workspace
            self._keys = KeysDialog(
                workspace.keys, workspace.chain, workspace.addresses, self.window, provider=provider
            )
            self._keys.open()

    def show_text_reading(self) -> None:
        """Show how the text file that is open was read, to be changed."""
        manifest = self.workspace.manifest
        if manifest is None or manifest.source is None or self.run_controller.phase.in_run:
            return
        preview = partial(preview_text, manifest.path)
        dialog = TextReadingDialog(manifest.path.name, manifest.source, preview, self.window)
        dialog.chosen.connect(self.workspace.reread_text)
        dialog.open()

    def _show_chains(self) -> None:
        chain, path = self.workspace.chain, self.workspace.chain_path
        recent = settings.load_preferences().recent_chains
        self.window.source.show_chains(path, chain.name if chain else "", recent)

    def _show_recent(self) -> None:
        self.window.welcome.show_recent(settings.load_preferences().recent_workbooks)

    def _fill_recent_menu(self) -> None:
        menu = self.window.recent_menu
        menu.clear()
        for path in settings.load_preferences().recent_workbooks:
            menu.addAction(path, partial(self.open_path, Path(path)))
        menu.setEnabled(True)
        if menu.isEmpty():
            menu.addAction(tr("None yet")).setEnabled(False)
