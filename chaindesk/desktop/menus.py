"""The menus of the window: where each command stands."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu, QMenuBar

from chaindesk.desktop.actions import Actions
from chaindesk.desktop.ui.translation import tr


def fill_menus(a: Actions, bar: QMenuBar, recent: QMenu, examples: QMenu, columns: QMenu) -> None:
    """Put every command into its menu."""
    file = bar.addMenu(tr("&File"))
    file.addAction(a.open)
    file.addMenu(recent)
    file.addMenu(examples)
    file.addAction(a.reload)
    file.addSeparator()
    file.addActions([a.new_chain, a.gallery, a.open_chain, a.edit_chain])
    file.addSeparator()
    file.addActions([a.export, a.export_as])
    file.addSeparator()
    file.addActions([a.keys])
    file.addSeparator()
    file.addAction(a.quit)
    run = bar.addMenu(tr("&Run"))
    run.addActions([a.run, a.try_first, a.run_selected, a.retry, a.run_rejected, a.fresh])
    run.addSeparator()
    run.addActions([a.pause, a.stop])
    run.addSeparator()
    run.addActions([a.collect_jobs, a.finish_live, a.cancel_jobs])
    run.addSeparator()
    run.addActions([a.compare_chains, a.charts, a.history])
    review = bar.addMenu(tr("Re&view"))
    review.addActions([a.approve, a.reject, a.reject_reason, a.edit, a.rerun, a.rerun_note])
    review.addSeparator()
    review.addActions([a.versions, a.compare, a.raw_text, a.reading])
    review.addSeparator()
    review.addActions([a.undo, a.redo, a.copy])
    review.addSeparator()
    review.addActions([a.next_row, a.previous_row, a.next_unreviewed, a.advance])
    review.addSeparator()
    review.addActions([a.by_doubt, a.audit, a.agreement])
    view = bar.addMenu(tr("&View"))
    view.addActions([a.find, a.filter_column, a.show_all])
    view.addSeparator()
    view.addActions([*a.lines.values(), a.peek])
    view.addMenu(columns)
    view.addSeparator()
    view.addActions([a.panel, a.notify])
    view.addMenu(tr("Th&eme")).addActions(list(a.themes.values()))
    view.addMenu(tr("Lan&guage")).addActions(list(a.languages.values()))
    about = bar.addMenu(tr("&Help"))
    about.addActions([a.guide, a.palette, a.shortcuts, a.legend])
    about.addSeparator()
    about.addActions([a.log_folder, a.bundle])
    about.addSeparator()
    about.addAction(a.about)
