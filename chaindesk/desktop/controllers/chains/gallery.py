"""Chains to begin with: the gallery, and those that fit a workbook that has no chain yet."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

from PySide6.QtCore import QObject

from chaindesk import settings
from chaindesk.desktop.controllers.opening import OpeningController
from chaindesk.desktop.main_window import MainWindow
from chaindesk.desktop.notifications.banner_actions import BannerAction
from chaindesk.desktop.notifications.notifier import Notifier
from chaindesk.desktop.opening import examples
from chaindesk.desktop.opening.chain_offers import (
    ChainOffer,
    Suggestion,
    gallery,
    offer_of,
    save_copy,
    suggestions,
    text_for,
)
from chaindesk.desktop.opening.gallery_dialog import GalleryDialog, GalleryEntry
from chaindesk.desktop.runtime.background_tasks import BackgroundTasks
from chaindesk.desktop.session.workspace import Workspace
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.chains.chain_fit import fit
from chaindesk.domain.errors import ChainDeskError, ChainError
from chaindesk.domain.manifest import Manifest

_MAX_SUGGESTED = 2


class GalleryController(QObject):
    """Ties the gallery and what suggests itself to the workspace.

    Attributes:
        dialog: the gallery while it is shown, or None.
        tasks: what is being read or saved.
    """

    def __init__(
        self, window: MainWindow, workspace: Workspace, opening: OpeningController, notifier: Notifier
    ) -> None:
        super().__init__(window)
        self._window, self._workspace, self._opening, self._notifier = window, workspace, opening, notifier
        self.dialog: GalleryDialog | None = None
        self._copied: Path | None = None
        self.tasks = BackgroundTasks(notifier.failed)
        window.actions_.gallery.triggered.connect(lambda: self.show(None))
        window.source.gallery_requested.connect(lambda: self.show(None))
        window.welcome.gallery_requested.connect(self._show_example)
        window.welcome.show_examples(examples.titles())
        workspace.opened.connect(self._suggest)
        workspace.failed.connect(self._failed)
        workspace.chain_opened.connect(self._chain_opened)

    def show(self, chosen: ChainOffer | None) -> None:
        """Show the gallery, with the chosen chain first where there is one."""
        if self.dialog is None:
            self.tasks.start(self._show(chosen))

    def _show_example(self, name: str) -> None:
        if self.dialog is None:
            self.tasks.start(self._show(None, name))

    async def _show(self, chosen: ChainOffer | None, example: str = "") -> None:
        offers = await asyncio.to_thread(gallery)
        chosen = chosen or next((offer for offer in offers if offer.path.stem == example), None)
        manifest = self._workspace.manifest
        if chosen is not None and chosen.path not in {offer.path for offer in offers}:
            offers.insert(0, chosen)
        headers = [column.name for column in manifest.inputs] if manifest is not None else []
        entries = [GalleryEntry(offer, fit(offer.chain, headers) if manifest is not None else None) for offer in offers]
        sheet = tr('sheet "{sheet}"').format(sheet=manifest.sheet) if manifest is not None else ""
        title = chosen.title if chosen is not None else ""
        dialog = GalleryDialog(entries, headers, sheet, self._folder(manifest), self._window, chosen=title)
        dialog.use_requested.connect(self._use)
        dialog.sheet_requested.connect(lambda offer: self._opening.open_example(offer.path.stem))
        dialog.finished.connect(self._closed)
        self.dialog = dialog
        dialog.open()

    def _folder(self, manifest: Manifest | None) -> Path:
        """Where copies are proposed to lie: beside the workbook, else where files were opened last."""
        if manifest is not None:
            return manifest.path.parent
        last = settings.load_preferences().last_folder
        return Path(last) if last and Path(last).is_dir() else Path.home()

    def _closed(self) -> None:
        self.dialog = None

    def _use(self, offer: ChainOffer, mapping: dict[str, str | None], target: Path) -> None:
        manifest = self._workspace.manifest
        headers = [column.name for column in manifest.inputs] if manifest is not None else None
        self.tasks.start(self._save(offer, mapping, headers, target))

    async def _save(
        self, offer: ChainOffer, mapping: dict[str, str | None], headers: list[str] | None, target: Path
    ) -> None:
        text = offer.text if headers is None else text_for(offer, mapping, headers)
        await asyncio.to_thread(save_copy, text, target)
        self._copied = target
        self._workspace.open_chain(target)

    def _chain_opened(self) -> None:
        """Say where the copy lies, and what comes next, while no workbook is open."""
        if self._copied is not None and self._workspace.chain_path == self._copied:
            self._copied = None
            if self._workspace.manifest is None:
                self._notifier.files.chain_copied(self._workspace.chain_path)

    def _suggest(self) -> None:
        """Offer the chains that fit a workbook that was opened without one."""
        manifest = self._workspace.manifest
        if manifest is not None and self._workspace.chain is None:
            self.tasks.start(self._offer(manifest))

    def _failed(self, error: ChainDeskError) -> None:
        """A chain that does not fit the sheet can be written anew with the sheet's own columns."""
        path, manifest = self._workspace.chain_path, self._workspace.manifest
        if isinstance(error, ChainError) and manifest is not None and path is not None:
            self.tasks.start(self._offer_columns(error, manifest, path))

    async def _offer_columns(self, error: ChainError, manifest: Manifest, path: Path) -> None:
        offer = await asyncio.to_thread(offer_of, path)
        if offer is None or manifest is not self._workspace.manifest or self._workspace.session is not None:
            return
        if not fit(offer.chain, [column.name for column in manifest.inputs]).exact:
            self._notifier.problems(error.problems, offer)

    async def _offer(self, manifest: Manifest) -> None:
        recent = settings.load_preferences().recent_chains
        found = await asyncio.to_thread(suggestions, manifest, recent)
        if manifest is self._workspace.manifest and self._workspace.chain is None:
            shown = found[:_MAX_SUGGESTED]
            titles = Counter(one.offer.title for one in shown)
            self._notifier.chain_missing([_button(one, alone=titles[one.offer.title] == 1) for one in shown])


def _button(found: Suggestion, *, alone: bool) -> tuple[str, BannerAction, object]:
    """Return the words, action and value of a button; one of several with the same title is told apart by its file."""
    offer = found.offer
    title = offer.title if alone else f"{offer.title} ({offer.path.parent.name}/{offer.path.name})"
    if found.is_file and found.fit.exact:
        return title, BannerAction.USE_CHAIN, offer.path
    return tr("{title}…").format(title=title), BannerAction.SHOW_GALLERY, offer
