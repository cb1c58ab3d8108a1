"""Every command of the window: its text, icon, shortcut and place in the menus."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from chaindesk.desktop.ui import icons
from chaindesk.desktop.ui.language import LANGUAGES
from chaindesk.desktop.ui.tool_tips import html_text
from chaindesk.desktop.ui.translation import tr, tr_noop

THEMES = {"system": tr_noop("Like the system"), "light": tr_noop("Light"), "dark": tr_noop("Dark")}


class Actions(QObject):
    """The window's commands, each an attribute; what they do is connected by the window."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._add_file_commands()
        self._add_run_commands()
        self._add_job_commands()
        self._add_search_commands()
        self._add_row_commands()
        self._add_table_commands()
        self._add_window_commands()
        self._add_help_commands()
        self._add_table_keys()
        for name, value in vars(self).items():
            named = value if isinstance(value, dict) else {"": value}
            for key, action in named.items():
                if isinstance(action, QAction):
                    action.setObjectName(f"{name}_{key}".rstrip("_"))

    def _add_file_commands(self) -> None:
        new = self._new
        self.open = new(tr("&Open workbook…"), "open", "Ctrl+O", tr("Open a workbook"))
        self.reload = new(
            tr("Read the workbook &again"), "retry", "Ctrl+Shift+O", tr("Read the sheet again from the disk")
        )
        self.new_chain = new(tr("&New chain…"), "add", "Ctrl+N", tr("Write a chain for the sheet that is open"))
        self.open_chain = new(tr("Open &chain…"), "chain", "Ctrl+Shift+C", tr("Choose a chain file"))
        self.gallery = new(
            tr("Chains to &begin with…"),
            "example",
            "Ctrl+G",
            tr("Examples and your templates, those that fit the sheet first"),
        )
        self.edit_chain = new(tr("&Edit chain…"), "edit", "Ctrl+Shift+E", tr("Change the chain's steps and prompts"))
        self.keys = new(tr("&Keys…"), "key", "Ctrl+Shift+K", tr("API keys of the providers"))
        self.export = new(tr("Ex&port"), "export", "Ctrl+E", tr("Save the completed workbook beside the original"))
        self.export_as = new(
            tr("Export a&s…"), "export", "Ctrl+Shift+S", tr("Choose format, rows, columns and place of an export")
        )
        self.quit = new(tr("&Quit"), None, "Ctrl+Q", tr("Close ChainDesk"))

    def _add_run_commands(self) -> None:
        new = self._new
        self.run = new(tr("&Run"), "run", "Ctrl+R", tr("Run the chosen rows (Ctrl+R or F5)"))
        self.run.setShortcuts([QKeySequence("Ctrl+R"), QKeySequence("F5")])
        self.try_first = new(tr("&Try the first 3 rows"), "run", "Ctrl+3", tr("Run just the first three rows"))
        self.run_selected = new(tr("Run the &selected rows"), "run", "Shift+F5", tr("Run the selected rows"))
        self.fresh = new(tr("Run all from s&cratch…"), "run", "", tr("Pay again for every answer"))
        self.pause = new(tr("&Pause"), "pause", "Ctrl+P", tr("Start no new call; those under way finish"))
        self.stop = new(tr("St&op"), "stop", "Ctrl+.", tr("End the run; everything finished is kept"))
        self.retry = new(
            tr("Retry &failed"), "retry", "Ctrl+Shift+R", tr("Run the failed rows again, from the step that failed")
        )
        self.history = new(
            tr("&History…"), "history", "Ctrl+H", tr("Past runs: their reports, their exports, how long to keep them")
        )
        self.compare_chains = new(
            tr("Compare &models or chains…"),
            "chain",
            "Ctrl+Shift+M",
            tr("Two chains or models side by side on the same rows: which is better, and how sure that is"),
        )
        self.charts = new(
            tr("Ch&arts of this run"),
            "history",
            "Ctrl+Shift+H",
            tr("The run over time, below the table: calls, latency, failures, spend"),
        )
        self.charts.setCheckable(True)
        self.run_rejected = new(
            tr("Run the re&jected rows again…"),
            "retry",
            "",
            tr("Pay again for all answers of the rows that you rejected"),
        )

    def _add_job_commands(self) -> None:
        new = self._new
        self.collect_jobs = new(
            tr("Look for &batch answers now"),
            "retry",
            "",
            tr("Ask the providers whether batch jobs are done; it is free"),
        )
        self.finish_live = new(
            tr("Finish &without batch jobs…"),
            "run",
            "",
            tr("Cancel the batch jobs of this run, and ask for the rest at once at the full price"),
        )
        self.cancel_jobs = new(
            tr("Cance&l the batch jobs"),
            "stop",
            "",
            tr("End the batch jobs; what they have answered is still collected"),
        )

    def _add_search_commands(self) -> None:
        new = self._new
        self.undo = new(tr("&Undo"), "undo", "Ctrl+Z", tr("Take the last judgement or edit back"))
        self.redo = new(tr("Re&do"), None, "Ctrl+Shift+Z", tr("Do it again (Ctrl+Shift+Z or Ctrl+Y)"))
        self.redo.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
        self.find = new(tr("&Find"), "search", "Ctrl+F", tr("Search the rows"))
        self.show_all = new(tr("Show a&ll rows"), None, "Ctrl+Shift+F", tr("Take all filters away"))

    def _add_row_commands(self) -> None:
        new = self._new
        self.next_row = new(tr("&Next row"), "next", "Alt+Down", tr("Go to the next row (J in the table)"))
        self.previous_row = new(tr("&Previous row"), "previous", "Alt+Up", tr("Go to the row before (K in the table)"))
        self.approve = new(tr("&Approve"), "approve", "", tr("Approve the row (A in the table)"))
        self.reject = new(tr("&Reject"), "reject", "", tr("Reject the row (R in the table)"))
        self._add_review_commands()
        self.edit = new(tr("&Edit the output"), "edit", "", tr("Edit the output that is shown (E in the table)"))
        self.next_unreviewed = new(
            tr("Ne&xt unreviewed row"),
            "next",
            "Ctrl+Down",
            tr("Go to the next done row not yet reviewed (N in the table)"),
        )
        self.advance = new(
            tr("&Go on after a review"), None, "", tr("Go to the next unreviewed row once a row is reviewed")
        )
        self.advance.setCheckable(True)
        self.advance.setChecked(True)
        self.versions = new(
            tr("&History of the output"),
            "history",
            "",
            tr("Every version of the output that is shown (H in the table)"),
        )
        self.copy = new(
            tr("&Copy the rows"), "copy", "", tr("Copy the selected rows with whole texts (Ctrl+C in the table)")
        )

    def _add_review_commands(self) -> None:
        new = self._new
        self.by_doubt = new(
            tr("Order by dou&bt"), None, "Ctrl+D", tr("Show the rows first whose answers are most to be doubted")
        )
        self.by_doubt.setCheckable(True)
        self.audit = new(
            tr("Audit the re&st…"),
            None,
            "Ctrl+Shift+A",
            tr("Read a random sample of the rows that are not doubtful"),
        )
        self.agreement = new(
            tr("Checks and your reviews…"), None, "", tr("Whether each check and judge agrees with your reviews")
        )
        self.reject_reason = new(
            tr("Re&ject with a reason…"), "reject", "", tr("Reject the row and say why (Shift+R in the table)")
        )
        self.rerun = new(
            tr("Rerun"), "retry", "", tr("Run what is missing of the row, or pay again for all of it (T in the table)")
        )
        self.rerun_note = new(
            tr("Rerun with a no&te…"),
            "retry",
            "",
            tr("Tell the model what to change, and ask again with its answer (Shift+T in the table)"),
        )
        self.compare = new(
            tr("Co&mpare texts…"), "history", "", tr("What differs between two steps or versions (D in the table)")
        )
        self.raw_text = new(
            tr("Ra&w text"), None, "", tr("Show outputs as they are, not as formatted text (M in the table)")
        )
        self.raw_text.setCheckable(True)
        self.reading = new(tr("&Large reading view"), "panel", "F11", tr("Read and review in the whole window"))
        self.reading.setCheckable(True)

    def _add_table_commands(self) -> None:
        self.peek = self._new(
            tr("&Whole cell"), "search", "", tr("Show the whole text of the cell above the table (Space in the table)")
        )
        self.peek.setText(self.peek.text() + "\t" + tr("Space"))
        self.filter_column = self._new(
            tr("F&ilter by this column…"), None, "Ctrl+Shift+L", tr("Show the rows by what the current column holds")
        )
        self.reset_columns = self._new(
            tr("&Usual places and widths"), None, "", tr("Show all columns in their usual places and widths")
        )
        group = QActionGroup(self)
        self.lines: dict[int, QAction] = {}
        for number, words in ((1, tr("&One line a row")), (2, tr("&Two lines a row")), (3, tr("T&hree lines a row"))):
            action = self._new(words, None, f"Ctrl+Alt+{number}", tr("How much of a text the table shows"))
            action.setCheckable(True)
            group.addAction(action)
            self.lines[number] = action

    def _add_window_commands(self) -> None:
        new = self._new
        self.panel = new(tr("&Row panel"), "panel", "F9", tr("Show or hide the panel of the selected row"))
        self.panel.setCheckable(True)
        self.panel.setChecked(True)
        self.notify = new(
            tr("Tell when a run en&ds"), None, "", tr("Ask for attention when a run ends behind other windows")
        )
        self.notify.setCheckable(True)
        self.themes = self._make_choice(THEMES, tr("The colours of the window"))
        languages = {code: name or tr("Like the system") for code, name in LANGUAGES.items()}
        self.languages = self._make_choice(languages, tr("The language of the window, from the next start on"))

    def _add_help_commands(self) -> None:
        new = self._new
        self.palette = new(tr("&Commands…"), "search", "Ctrl+K", tr("Find a command by a few letters of its name"))
        self.guide = new(
            tr("User's &guide"), "help", "Ctrl+F1", tr("The guide that came with ChainDesk, in your browser")
        )
        self.legend = new(tr("&What the statuses mean"), "help", "Shift+F1", tr("All statuses, reviews and marks"))
        self.shortcuts = new(tr("&Keyboard shortcuts"), "help", "F1", tr("All keys"))
        self.log_folder = new(tr("Open the &log folder"), "folder", "", tr("Where ChainDesk keeps its logs"))
        self.bundle = new(
            tr("Make a &bundle for a bug report…"), "save", "", tr("A zip without keys, prompts and outputs")
        )
        self.about = new(tr("&About ChainDesk"), "info", "", tr("What this is"))

    def _add_table_keys(self) -> None:
        self.table_keys = [
            self._table_key(self.approve, "A"),
            self._table_key(self.reject, "R"),
            self._table_key(self.reject_reason, "Shift+R"),
            self._table_key(self.edit, "E"),
            self._table_key(self.rerun, "T"),
            self._table_key(self.rerun_note, "Shift+T"),
            self._table_key(self.next_unreviewed, "N"),
            self._table_key(self.versions, "H"),
            self._table_key(self.compare, "D"),
            self._table_key(self.raw_text, "M"),
        ]
        walk = [self._table_key(self.next_row, "J"), self._table_key(self.previous_row, "K")]
        self.output_keys = [*self.table_keys, *walk]
        self.table_keys.append(self._table_key(self.copy, "Ctrl+C"))

    def explain(self, action: QAction, reason: str) -> None:
        """Show on a command why it is disabled; "" shows again what it does."""
        if action.property("reason") != reason:  # asked many times a second while rows run
            action.setProperty("reason", reason)
            action.setToolTip(html_text(reason) or str(action.property("tip")))

    def enable(self, action: QAction, reason: str) -> None:
        """Enable a command, or disable it for a ``reason``, which it then shows."""
        action.setEnabled(not reason)
        self.explain(action, reason)

    def commands(self) -> list[QAction]:
        """All commands but the plain letters of the table and the output."""
        letters = {*self.table_keys, *self.output_keys}
        return [child for child in self.children() if isinstance(child, QAction) and child not in letters]

    def _new(self, text: str, icon: str | None, keys: str, tip: str) -> QAction:
        action = QAction(text, self)
        action.setToolTip(f"{tip} ({keys})" if keys and "(" not in tip else tip)
        action.setProperty("tip", action.toolTip())
        action.setStatusTip(tip)
        if keys:
            action.setShortcut(QKeySequence(keys))
        if icon is not None:
            icons.give(action, icon)
        return action

    def _table_key(self, target: QAction, key: str) -> QAction:
        """A plain letter that works only in the table, so that it can be typed elsewhere."""
        action = QAction(target.text(), self)
        action.setShortcut(QKeySequence(key))
        if target.shortcut().isEmpty():
            target.setText(f"{target.text()}\t{key}")  # menus show it where they show shortcuts
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(target.trigger)
        return action

    def _make_choice(self, choices: Mapping[str, str], tip: str) -> dict[str, QAction]:
        """Commands of which one is chosen."""
        group = QActionGroup(self)
        made: dict[str, QAction] = {}
        for name, words in choices.items():
            action = QAction(tr(words), self)
            action.setCheckable(True)
            action.setStatusTip(tip)
            group.addAction(action)
            made[name] = action
        return made
