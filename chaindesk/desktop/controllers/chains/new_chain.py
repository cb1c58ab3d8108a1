"""A new chain: one step with a model to begin with, for the sheet that is open, in an editor that has no file yet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from chaindesk import settings
from chaindesk.chain_file.editing.steps import add_step
from chaindesk.chain_file.editing.values import set_value
from chaindesk.desktop.chain.saving import NewChain
from chaindesk.desktop.main_window import MainWindow
from chaindesk.desktop.runtime.background_tasks import BackgroundTasks
from chaindesk.desktop.session.starting_model import starting_model
from chaindesk.desktop.session.workspace import Workspace
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.manifest import Manifest
from chaindesk.domain.names import text_of_file_name

_ID_NAMES = frozenset({"id", "key", "no", "nr", "no.", "nr.", "sku"})
OpenEditor = Callable[[Path, NewChain], object]


class NewChainController(QObject):
    """Begins new chains.

    Attributes:
        tasks: what is being found out for one.
    """

    def __init__(self, window: MainWindow, workspace: Workspace, open_editor: OpenEditor) -> None:
        super().__init__(window)
        self._workspace, self._open_editor = workspace, open_editor
        self.tasks = BackgroundTasks(workspace.failed.emit)
        window.actions_.new_chain.triggered.connect(lambda: self.begin())
        window.welcome.new_chain_requested.connect(self.begin)
        window.source.new_chain_requested.connect(self.begin)

    def begin(self) -> None:
        """Open the editor with a new chain."""
        self.tasks.start(self._begin())

    async def _begin(self) -> None:
        preferences = settings.load_preferences()
        model = await starting_model(self._workspace.keys, preferences.recent_chains)
        manifest = self._workspace.manifest
        text = new_chain_text(manifest, model.reference)
        self._open_editor(_unused_path(manifest, preferences.last_folder), NewChain(text, model.words))


def new_chain_text(manifest: Manifest | None, model: str) -> str:
    """Return the text of a chain with one step that asks nothing yet."""
    text = set_value(
        'name: ""\n', ("name",), tr("new chain") if manifest is None else text_of_file_name(manifest.path.stem)
    )
    columns = [column.name for column in manifest.inputs] if manifest is not None else []
    id_column = next((name for name in columns if name.casefold() in _ID_NAMES), None)
    if id_column is not None:
        text = set_value(text, ("id_column",), id_column)
    return add_step(text, 0, {"name": tr("answer"), "model": model, "prompt": ""})


def _unused_path(manifest: Manifest | None, folder: str) -> Path:
    """Return where a new chain would be saved: beside the workbook, under a name that no file has."""
    parent = manifest.path.parent if manifest is not None else Path(folder) if folder else Path.home()
    stem = f"{manifest.path.stem} chain" if manifest is not None else "chain"
    candidates = (parent / f"{stem}{number}.yaml" for number in ("", *(f" {at}" for at in range(2, 1000))))
    return next((path for path in candidates if not path.exists()), parent / f"{stem}.yaml")
