"""The export dialog: format, rows, columns and place, with what will be written said before."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from chaindesk.desktop.exporting.column_list import ColumnList
from chaindesk.desktop.exporting.offer import KIND_TEXTS, ExportKind, ExportOffer, ExportRequest, RowChoice
from chaindesk.desktop.ui.tool_tips import html_text
from chaindesk.desktop.ui.translation import tr, tr_count, tr_noop
from chaindesk.engine.exports.options import ExportFormat, ExportOptions, ExportPreview, default_target
from chaindesk.settings import ExportChoice

_PREVIEW_DELAY_MS = 250  # milliseconds after the last key
_DELIMITERS = {",": tr_noop("Comma"), ";": tr_noop("Semicolon"), "\t": tr_noop("Tab")}
_MAX_NAMES_SHOWN = 3


class ExportDialog(QDialog):
    """Lets the user say what is exported.

    Signals:
        preview_requested: an ``ExportRequest``; ``show_preview`` or ``show_problem`` answers it.
        export_requested: an ``ExportRequest``, and the ``ExportChoice`` to remember for the workbook.
    """

    preview_requested = Signal(object)
    export_requested = Signal(object, object)

    def __init__(self, offer: ExportOffer, choice: ExportChoice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Export {name}").format(name=offer.workbook.name))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._offer = offer
        self._is_first_choice = not choice.left_out
        self._targets: dict[ExportKind, str] = {}
        self._kind = ExportKind.COPY
        self._add_fields(offer, choice)
        self._add_foot()
        self._lay_out()
        self._later = QTimer(self, interval=_PREVIEW_DELAY_MS, singleShot=True)
        self._later.timeout.connect(self._request_preview)
        self._choose(choice)
        self._connect()
        self._show_kind()

    def request(self) -> ExportRequest:
        """Return what is asked for as it stands."""
        kind, rows = self._kind, self.rows.currentData()
        columns = self.columns.ticked()
        options = ExportOptions(
            kind.format,
            self._offer.selected if rows is RowChoice.SELECTED else None,
            only_approved=rows is RowChoice.APPROVED,
            columns=columns,
            file_name=self.file_name.text().strip(),
            delimiter=str(self.delimiter.currentData()),
            guard_formulas=self.guard.isChecked(),
            replace=self.replace.isChecked(),
        )
        target = Path(self.target.text().strip()).expanduser()
        if kind is ExportKind.SAME_FILE:
            target = self._offer.workbook
        return ExportRequest(target, options, into_itself=kind is ExportKind.SAME_FILE)

    def show_preview(self, request: ExportRequest, preview: ExportPreview) -> None:
        """Show what this request would write, where it is still what is asked for."""
        if request != self.request():
            return
        asks = bool(preview.existing) and request.options.format is not ExportFormat.WORKBOOK
        self.replace.setVisible(asks)
        self.replace.setText(
            tr_count(len(preview.existing), tr_noop("Replace the file that is there"), tr_noop("Replace {n} files"))
        )
        self.message.setText(_preview_text(request, preview))
        self.export.setEnabled(not asks or self.replace.isChecked())

    def show_problem(self, request: ExportRequest, problem: str) -> None:
        """Show why this request cannot be carried out, where it is still what is asked for."""
        if request == self.request():
            self.replace.setVisible(False)
            self.message.setText(f"✕ {problem}")
            self.export.setEnabled(False)

    def choice(self) -> ExportChoice:
        """Return what is remembered for the workbook."""
        rows = self.rows.currentData()
        return ExportChoice(
            kind=self._kind.value,
            rows=RowChoice.ALL.value if rows is RowChoice.SELECTED else rows.value,
            left_out=self.columns.left_out(),
            file_name=self.file_name.text().strip(),
            delimiter=str(self.delimiter.currentData()),
            guard_formulas=self.guard.isChecked(),
            target="" if self._kind is ExportKind.SAME_FILE else self.target.text().strip(),
        )

    def _add_fields(self, offer: ExportOffer, choice: ExportChoice) -> None:
        self.kind = QComboBox()
        self.kind.setAccessibleName(tr("Format"))
        for kind in ExportKind:
            self.kind.addItem(tr(KIND_TEXTS[kind]), kind)
        if offer.no_same_file:
            self._disable(self.kind, list(ExportKind).index(ExportKind.SAME_FILE), offer.no_same_file)
        self.rows = QComboBox()
        self.rows.setAccessibleName(tr("Rows"))
        self.rows.addItem(tr_count(offer.rows, tr_noop("All: {n} row"), tr_noop("All: {n} rows")), RowChoice.ALL)
        self.rows.addItem(tr("Only approved: {n}").format(n=f"{offer.approved:,}"), RowChoice.APPROVED)
        self.rows.addItem(tr("Selected: {n}").format(n=f"{len(offer.selected):,}"), RowChoice.SELECTED)
        if not offer.approved:
            self._disable(self.rows, 1, tr("No row is approved yet."))
        if not offer.selected:
            self._disable(self.rows, 2, tr("No row is selected in the table."))
        self.columns = ColumnList(offer.inputs, offer.outputs, choice.left_out)
        self.delimiter = QComboBox()
        self.delimiter.setAccessibleName(tr("Between the cells"))
        for delimiter, text in _DELIMITERS.items():
            self.delimiter.addItem(tr(text), delimiter)
        self.guard = QCheckBox(tr("Guard cells that begin with = + - @"))
        self.guard.setToolTip(
            tr("Puts an apostrophe before such texts, so that no spreadsheet program takes one for a formula.")
        )
        self.file_name = QLineEdit()
        self.file_name.setAccessibleName(tr("Name of each file"))
        self.file_name.setToolTip(tr("Columns in double braces; .md, .txt or .html at the end"))
        self.target = QLineEdit()
        self.target.setAccessibleName(tr("Save as"))
        self.browse = QPushButton(tr("Browse…"))
        self.browse.setAutoDefault(False)

    def _add_foot(self) -> None:
        self.replace = QCheckBox()
        self.replace.setVisible(False)
        self.message = QLabel()
        self.message.setAccessibleName(tr("What will be written"))
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setWordWrap(True)
        self.message.setMinimumHeight(3 * self.fontMetrics().lineSpacing())
        self.message.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.export = QPushButton(tr("Export"))
        self.export.setProperty("primary", "true")
        self.export.setDefault(True)
        self.cancel = QPushButton(tr("Cancel"))
        self.cancel.setAutoDefault(False)

    def _lay_out(self) -> None:
        place = QHBoxLayout()
        place.addWidget(self.target, 1)
        place.addWidget(self.browse)
        self.form = QFormLayout()
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        for text, field in (
            (tr("&Format"), self.kind),
            (tr("&Rows"), self.rows),
            (tr("&Columns"), self.columns),
            (tr("&Between the cells"), self.delimiter),
            ("", self.guard),
            (tr("&Name of each file"), self.file_name),
        ):
            self.form.addRow(text, field)
        self.form.addRow(tr("&Save as"), place)
        label = self.form.labelForField(place)
        if isinstance(label, QLabel):
            label.setBuddy(self.target)
            self._target_label = label
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.export)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addLayout(self.form, 1)
        layout.addWidget(self.message)
        layout.addWidget(self.replace)
        layout.addLayout(foot)
        self.resize(560, 520)

    def _connect(self) -> None:
        self.kind.currentIndexChanged.connect(lambda _: self._show_kind())
        for field in (self.rows, self.delimiter):
            field.currentIndexChanged.connect(lambda _: self._changed())
        for line in (self.file_name, self.target):
            line.textChanged.connect(lambda _: self._changed())
        self.columns.changed.connect(self._changed)
        self.guard.toggled.connect(lambda _: self._changed())
        self.replace.toggled.connect(lambda _: self._changed())
        self.browse.clicked.connect(self._browse)
        self.cancel.clicked.connect(self.reject)
        self.export.clicked.connect(self._export)

    def _choose(self, choice: ExportChoice) -> None:
        """Show what was chosen for this workbook before, as far as it is possible now."""
        kinds = {kind.value: kind for kind in ExportKind}
        kind = kinds.get(choice.kind, ExportKind.COPY)
        if kind is ExportKind.SAME_FILE and self._offer.no_same_file:
            kind = ExportKind.COPY
        if choice.target:
            self._targets[kind] = choice.target
        self.kind.setCurrentIndex(list(ExportKind).index(kind))
        approved = choice.rows == RowChoice.APPROVED.value and self._offer.approved > 0
        selected = len(self._offer.selected) > 1
        self.rows.setCurrentIndex(1 if approved else 2 if selected else 0)
        self.delimiter.setCurrentIndex(max(0, list(_DELIMITERS).index(choice.delimiter)))
        self.guard.setChecked(choice.guard_formulas)
        self.file_name.setText(choice.file_name or self._offer.file_name)

    def _show_kind(self) -> None:
        if self.target.isEnabled() and self.target.text():
            self._targets[self._kind] = self.target.text()
        kind = self._kind = self.kind.currentData()
        csv, files = kind is ExportKind.CSV, kind is ExportKind.FILES
        if files and self._is_first_choice and not self.columns.left_out():
            self.columns.tick_only(self._offer.final)
        for field, shown in ((self.delimiter, csv), (self.guard, csv), (self.file_name, files)):
            self.form.setRowVisible(field, shown)
        self.columns.keep_inputs(kept=kind.format is ExportFormat.WORKBOOK)
        self._target_label.setText(tr("&Folder") if files else tr("&Save as"))
        same = kind is ExportKind.SAME_FILE
        usual = self._offer.workbook if same else default_target(self._offer.workbook, kind.format)
        self.target.setText(str(usual) if same else self._targets.get(kind, str(usual)))
        self.target.setEnabled(not same)
        self.browse.setEnabled(not same)
        self._changed()

    def _changed(self) -> None:
        self.export.setEnabled(False)
        self._later.start()

    def _request_preview(self) -> None:
        if not self.columns.ticked():
            self.show_problem(self.request(), tr("No column is ticked."))
        elif not self.target.text().strip():
            self.show_problem(self.request(), tr("Say where to save it."))
        else:
            self.preview_requested.emit(self.request())

    def _browse(self) -> None:
        start = Path(self.target.text())
        dialog = QFileDialog(self, tr("Export"), str(start.parent))
        if self._kind is ExportKind.FILES:
            dialog.setFileMode(QFileDialog.FileMode.Directory)
        else:
            ending = default_target(self._offer.workbook, self._kind.format).suffix
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setNameFilter(f"{tr(KIND_TEXTS[self._kind])} (*{ending})")
            dialog.setDefaultSuffix(ending.lstrip("."))
            dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # this dialog says it, and asks
            dialog.selectFile(start.name)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.target.setText)
        dialog.open()

    def _export(self) -> None:
        self.export_requested.emit(self.request(), self.choice())
        self.accept()

    @staticmethod
    def _disable(box: QComboBox, place: int, reason: str) -> None:
        model = box.model()
        index = model.index(place, 0)
        model.setData(index, html_text(reason), Qt.ItemDataRole.ToolTipRole)
        model.setData(index, 0, _ENABLED_ROLE)


_ENABLED_ROLE = Qt.ItemDataRole.UserRole - 1  # QStandardItem keeps an item's flags there


def _preview_text(request: ExportRequest, preview: ExportPreview) -> str:
    rows = tr_count(preview.rows, tr_noop("{n} row"), tr_noop("{n} rows"))
    if preview.files:
        names = ", ".join(preview.files[:_MAX_NAMES_SHOWN])
        more = " …" if len(preview.files) > _MAX_NAMES_SHOWN else ""
        return tr("{rows}, a file each: {names}").format(rows=rows, names=names + more)
    place = tr("{name}, in {folder}").format(name=preview.target.name, folder=preview.target.parent)
    text = tr("{rows} → {place}").format(rows=rows, place=place)
    if request.into_itself:
        return text + "\n" + tr("Only our columns are written; the workbook as it is now is kept as a backup.")
    if request.options.format is ExportFormat.WORKBOOK and request.options.partial:
        text += "\n" + tr("The sheet keeps all its rows; the others get no outputs.")
    if request.options.format is ExportFormat.WORKBOOK and preview.existing:
        text += "\n" + tr("What is there is replaced; if anybody has changed it, it is kept as a backup.")
    return text
