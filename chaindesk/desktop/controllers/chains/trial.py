"""Beside the chain editor: shows the current step's prompt for the table's current row, and tries the step on rows."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from chaindesk.desktop.controllers.chains.trial_outputs import TrialOutputs, with_examples
from chaindesk.desktop.main_window import MainWindow
from chaindesk.desktop.runtime.background_tasks import BackgroundTasks
from chaindesk.desktop.session.run_controller import RunController
from chaindesk.desktop.session.workspace import Workspace
from chaindesk.desktop.trial.panel import TrialPanel
from chaindesk.desktop.trial.wording import approved_text, error_text, question_text
from chaindesk.desktop.ui import dialogs
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.errors import ChainDeskError
from chaindesk.domain.events import Event, StepStarted, StepWaiting
from chaindesk.domain.manifest import Manifest, Row
from chaindesk.domain.status import Review
from chaindesk.engine.planning.plan import Plan
from chaindesk.engine.prompting.step_preview import StepPreview, preview_step
from chaindesk.engine.run.control import RunControl
from chaindesk.engine.trial import Trial, estimate_call
from chaindesk.key_permissions import KeyPermission

if TYPE_CHECKING:
    from chaindesk.desktop.chain.editor import ChainEditor

_PREVIEW_DELAY_MS = 80  # after the last change: the editor itself waits until nobody types
_ESTIMATE_DELAY_MS = 250
_FIRST_ROWS = 3


class TrialController(QObject):
    """Ties the panel beside an editor to the workspace: one panel and one trial at a time.

    Attributes:
        panel: the panel beside the editor that was attached last, or None.
        tasks: what is being planned, asked or estimated.

    Signals:
        keys_requested: the keys dialog is to be opened for a provider; its name.
    """

    keys_requested = Signal(str)

    def __init__(self, window: MainWindow, workspace: Workspace, run_controller: RunController) -> None:
        super().__init__(window)
        self._window, self._workspace, self._run_controller = window, workspace, run_controller
        self.panel: TrialPanel | None = None
        self.tasks = BackgroundTasks(self._failed)
        self._estimates = BackgroundTasks(lambda error: None)  # an estimate is a help: what fails is told at the trial
        self._editor: ChainEditor | None = None
        self._outputs = TrialOutputs()
        self._trial: Trial | None = None
        self._plan: Plan | None = None
        self._asked: Chain | None = None  # what is being planned or asked about
        self._numbers: tuple[int, ...] = ()
        self._control: RunControl | None = None
        self._shown: tuple[Row, StepPreview] | None = None
        self._preview_timer = QTimer(self, interval=_PREVIEW_DELAY_MS, singleShot=True)
        self._preview_timer.timeout.connect(self._show_prompt)
        self._estimate_timer = QTimer(self, interval=_ESTIMATE_DELAY_MS, singleShot=True)
        self._estimate_timer.timeout.connect(self._start_estimate)
        window.table.row_chosen.connect(lambda _: self._preview_timer.start())
        workspace.session_changed.connect(lambda _: self._preview_timer.start())
        run_controller.row_changed.connect(lambda *_: self._preview_timer.start())
        run_controller.rows_changed.connect(lambda _: self._preview_timer.start())

    def attach(self, editor: ChainEditor) -> None:
        """Show the panel beside an editor."""
        self._stop()
        self._editor, self._trial, self._plan = editor, None, None
        panel = self.panel = TrialPanel()
        editor.set_side_panel(panel)
        panel.add_shortcuts(editor)
        editor.chain_changed.connect(self._chain_changed)
        editor.current_step_changed.connect(lambda _: self._preview_timer.start())
        editor.finished.connect(lambda _: self._stop())
        panel.row_requested.connect(self._window.table.step_row)
        panel.trial_requested.connect(self._try_row)
        panel.first_requested.connect(self._try_first)
        panel.again_requested.connect(lambda: self._prepare(self._numbers, again=True))
        panel.question.confirmed.connect(self._start)
        panel.question.cancelled.connect(self._cancel)
        panel.question.keys_requested.connect(self.keys_requested)
        panel.destroyed.connect(partial(self._forget, panel))
        self._show_prompt()

    def _chain_changed(self, chain: Chain | None) -> None:
        """Another chain is to be asked for than the one that a question is about."""
        if self._control is None and self._asked is not None and chain != self._asked:
            self._cancel()
        if self._shown is None:
            self._show_prompt()  # what stands there says why there is no prompt, which may be so no longer
        else:
            self._preview_timer.start()

    async def close(self) -> None:
        """End what is going on; what is paid for is kept."""
        self._stop()
        await self.tasks.finish(10)
        await self.tasks.close()
        await self._estimates.close()

    # --- the prompt --------------------------------------------------------------------------------------------

    def _show_prompt(self) -> None:
        editor, panel, manifest = self._editor, self.panel, self._workspace.manifest
        if editor is None or panel is None:
            return
        self._shown = None
        chain, step, row = editor.chain, editor.current_step, self._row(manifest)
        if manifest is None or row is None:
            why = tr("Open a workbook with rows: the prompt is shown here as it is sent for one of them.")
            panel.show_prompt(None, None, why)
        elif chain is None:
            begun = tr("The prompt is shown here, as it is sent for this row, while you write it.")
            wrong = tr("The chain has mistakes. The prompt is shown once it can be read.")
            panel.show_prompt(row, None, begun if editor.document.reading.unwritten else wrong)
        elif step not in chain.step_names:
            panel.show_prompt(row, None, tr("Put the cursor into a step: its prompt is shown here."))
        else:
            outputs, outdated = self._outputs.of(row, chain, self._workspace.session)
            preview = preview_step(chain, manifest, row, step, outputs, outdated)
            panel.show_prompt(row, preview)
            panel.show_estimate(None, preview.tokens)
            self._shown = row, preview
            self._estimate_timer.start()

    def _row(self, manifest: Manifest | None) -> Row | None:
        """The table's current row, or the first one where none is chosen."""
        rows = manifest.rows if manifest is not None else ()
        return self._window.table.current_row() or (rows[0] if rows else None)

    def _start_estimate(self) -> None:
        editor, manifest = self._editor, self._workspace.manifest
        if editor is not None and editor.chain is not None and manifest is not None and self._shown is not None:
            self._estimates.cancel()
            self._estimates.start(self._estimate(editor.chain, manifest, *self._shown))

    async def _estimate(self, chain: Chain, manifest: Manifest, row: Row, preview: StepPreview) -> None:
        journal = await self._workspace.journal()
        whole = await with_examples(preview, chain, manifest, row, self._workspace.session)
        found = await asyncio.to_thread(estimate_call, chain, manifest, preview.step, whole.tokens, journal)
        if (panel := self.panel) is not None and self._shown == (row, preview):
            panel.show_prompt(row, whole)
            panel.show_estimate(found, whole.tokens)

    # --- the trial ---------------------------------------------------------------------------------------------

    def _try_row(self) -> None:
        if self._shown is not None:
            self._prepare((self._shown[0].number,))

    def _try_first(self) -> None:
        if (manifest := self._workspace.manifest) is not None:
            self._prepare(tuple(row.number for row in manifest.rows[:_FIRST_ROWS]))

    def _prepare(
        self, numbers: Sequence[int], *, again: bool = False, refused: frozenset[KeyPermission] = frozenset()
    ) -> None:
        """Work out what a trial on these rows does and costs, and ask where it may cost something."""
        editor, panel, manifest = self._editor, self.panel, self._workspace.manifest
        if editor is None or panel is None or manifest is None or editor.chain is None:
            return
        if self._run_controller.phase.in_run:
            panel.question.show_note(tr("A run is going on. Try the step when it has ended."), tone="warning")
            return
        self._numbers, self._asked = tuple(numbers), editor.chain
        panel.set_busy(busy=True)
        panel.question.show_busy(tr("Working out what it costs…"))
        self.tasks.start(self._ask(manifest, editor.chain, editor.current_step, again=again, refused=refused))

    async def _ask(
        self, manifest: Manifest, chain: Chain, step: str, *, again: bool, refused: frozenset[KeyPermission]
    ) -> None:
        workspace = self._workspace
        journal, addresses = await workspace.journal(), await workspace.addresses_of(chain)
        trial = await asyncio.to_thread(
            Trial, manifest, chain, step, self._numbers, journal, workspace.keys, addresses=addresses
        )
        plan = await asyncio.to_thread(trial.plan, again=again)
        panel = self.panel
        if panel is None:
            return
        self._trial, self._plan = trial, plan
        if plan.asks:
            pending = workspace.keys.pending_permissions(trial.endpoints.values())
            if asked := [permission for permission in pending if permission not in refused]:
                self._ask_permission(asked[0], again=again, refused=refused)
                return
            _, missing = await workspace.keys.find_all(list(trial.endpoints.values()))
            if missing:
                panel.set_busy(busy=False)
                name = missing[0].name
                text = tr("{provider} needs an API key, and there is none yet. Nothing was asked.")
                panel.question.show_missing_key(text.format(provider=name), name)
                return
        free = not any(endpoint.key_required for endpoint in trial.endpoints.values()) and not plan.estimate.cost
        if not plan.asks or free:
            self._start(None)
        else:
            panel.question.ask(question_text(plan, step), capped=not plan.estimate.unknown_prices)

    def _ask_permission(self, permission: KeyPermission, *, again: bool, refused: frozenset[KeyPermission]) -> None:
        async def allow() -> None:
            await asyncio.to_thread(self._workspace.keys.allow, permission)
            self._prepare(self._numbers, again=again, refused=refused)

        dialogs.ask(
            self._editor or self._window,
            tr("Send a key"),
            permission.question,
            tr("Allow"),
            tr("Do not send it"),
            lambda: self.tasks.start(allow()),
            lambda: self._prepare(self._numbers, again=again, refused=refused | {permission}),
        )

    def _start(self, budget: Decimal | None) -> None:
        panel, trial, plan = self.panel, self._trial, self._plan
        if panel is None or trial is None or plan is None or self._control is not None:
            return
        self._asked = None
        if not plan.asks:
            self._show_answers(trial, "")
            return
        self._control = RunControl()
        panel.set_busy(busy=True)
        panel.question.show_busy(tr("Asking…"))
        self.tasks.start(self._run(trial, plan, self._control, budget))

    async def _run(self, trial: Trial, plan: Plan, control: RunControl, budget: Decimal | None) -> None:
        try:
            result = await trial.run(plan, self._watch, control, budget=budget)
        finally:
            self._control = None
            self._run_controller.check_for_external_changes()
        self._show_answers(trial, result.message)

    def _show_answers(self, trial: Trial, message: str) -> None:
        if (panel := self.panel) is None:
            return
        answers = trial.answers()
        self._outputs.remember(trial.chain, answers)
        panel.set_busy(busy=False)
        panel.show_answers(trial.step, answers)
        approved = [number for number in self._numbers if self._window.model.state_of(number).review is Review.APPROVED]
        if note := "\n".join(filter(None, (message, approved_text(approved)))):
            panel.question.show_note(note, tone="warning" if message else "info")
        else:
            panel.question.clear()
        self._preview_timer.start()

    def _watch(self, event: Event) -> None:
        if self.panel is None or self._control is None or self._control.stopping:
            return
        match event:
            case StepStarted(row=row, step=step):
                self.panel.question.show_busy(tr("Row {row}: asking {step}…").format(row=row, step=step))
            case StepWaiting(row=row, message=message):
                waits = tr("Row {row} waits.").format(row=row)
                self.panel.question.show_busy(f"{waits} {message or ''}".rstrip())

    def _cancel(self) -> None:
        panel = self.panel
        if panel is None:
            return
        if self._control is not None:
            panel.question.show_busy(tr("Ending… What has been answered is kept."))
            self._control.stop()
        else:
            self.tasks.cancel()
            self._asked = None
            panel.set_busy(busy=False)
            panel.question.clear()

    def _stop(self) -> None:
        """The editor closes: nothing more is asked."""
        self._preview_timer.stop()
        self._estimate_timer.stop()
        if self._control is not None:
            self._control.stop()
        else:
            self.tasks.cancel()

    def _forget(self, panel: TrialPanel) -> None:
        if self.panel is panel:
            self.panel = self._editor = self._shown = None

    def _failed(self, error: ChainDeskError) -> None:
        self._asked = None
        if self.panel is not None:
            self.panel.set_busy(busy=False)
            self.panel.question.show_note(error_text(error), tone="error")
