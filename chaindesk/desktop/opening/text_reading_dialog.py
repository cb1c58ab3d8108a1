"""How a .csv was read: the encoding and the delimiter with the rows that they give, to look at and to change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from chaindesk.desktop.runtime.background_tasks import BackgroundTasks
from chaindesk.desktop.ui.translation import tr, tr_noop
from chaindesk.domain.errors import ChainDeskError
from chaindesk.domain.manifest import Manifest, ReadOptions, SourceReading

_ENCODINGS = (
    *("utf-8", "cp1252", "utf-16", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "iso-8859-15", "mac_roman"),
    *("cp437", "cp850", "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr", "koi8_r"),
)
_DELIMITERS = {
    ",": tr_noop("Comma"),
    ";": tr_noop("Semicolon"),
    "\t": tr_noop("Tab"),
    "|": tr_noop("Vertical bar"),
    "": tr_noop("One column"),
}
_MAX_ROWS_SHOWN = 20
_MAX_COLUMNS_SHOWN = 12
_MAX_CELL_CHARS = 80

Preview = Callable[[ReadOptions], Awaitable[Manifest]]


class TextReadingDialog(QDialog):
    """Shows the first rows as they are read, and lets the user choose encoding and delimiter.

    Attributes:
        tasks: what is being read.

    Signals:
        chosen: the encoding, and the delimiter as ``ReadOptions`` wants it.
    """

    chosen = Signal(str, str)

    def __init__(self, name: str, source: SourceReading, preview: Preview, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("How {name} is read").format(name=name))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._preview = preview
        self.tasks = BackgroundTasks(self._refuse)
        self.encoding = QComboBox()
        self.encoding.setAccessibleName(tr("Encoding"))
        self.encoding.setEditable(True)
        self.encoding.addItems(list(dict.fromkeys([source.encoding, *_ENCODINGS])))
        self.delimiter = QComboBox()
        self.delimiter.setAccessibleName(tr("Delimiter"))
        for delimiter in dict.fromkeys([source.delimiter, *_DELIMITERS]):
            self.delimiter.addItem(delimiter_text(delimiter), delimiter)
        self.table = QTableWidget()
        self.table.setAccessibleName(tr("The first rows as they are read"))
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.sample = QLabel()
        self.sample.setAccessibleName(tr("Sample of the text"))
        self.sample.setTextFormat(Qt.TextFormat.PlainText)
        self.message = QLabel()
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setWordWrap(True)
        self.use = QPushButton(tr("Read it so"))
        self.use.setProperty("primary", "true")
        self.leave = QPushButton(tr("Cancel"))
        self._lay_out()
        self.encoding.currentTextChanged.connect(lambda _: self.show_preview())
        self.delimiter.currentIndexChanged.connect(lambda _: self.show_preview())
        self.use.clicked.connect(self._use)
        self.leave.clicked.connect(self.reject)
        self.show_preview()

    def show_preview(self) -> None:
        """Read the file with what is chosen, and show its first rows."""
        self.tasks.cancel()
        self.use.setEnabled(False)
        self.tasks.start(self._show_preview(self._options()))

    def done(self, result: int) -> None:
        """Stop reading."""
        self.tasks.cancel()
        super().done(result)

    async def _show_preview(self, options: ReadOptions) -> None:
        manifest = await self._preview(options)
        names = [column.name for column in manifest.columns][:_MAX_COLUMNS_SHOWN]
        rows = manifest.rows[:_MAX_ROWS_SHOWN]
        self.table.setColumnCount(len(names))
        self.table.setHorizontalHeaderLabels(names)
        self.table.setRowCount(len(rows))
        for index, row in enumerate(rows):
            for column, name in enumerate(names):
                text = str(row.values[name]) if name in row.values else ""
                self.table.setItem(index, column, QTableWidgetItem(text[:_MAX_CELL_CHARS]))
        self.sample.setText(manifest.source.sample if manifest.source is not None else "")
        self.message.setText(
            tr("{rows:,} rows, {columns} columns.").format(rows=len(manifest.rows), columns=len(manifest.columns))
        )
        self.use.setEnabled(True)

    def _refuse(self, error: ChainDeskError) -> None:
        self.table.setRowCount(0)
        self.message.setText(f"✕ {error}")

    def _options(self) -> ReadOptions:
        return ReadOptions(encoding=self.encoding.currentText().strip(), delimiter=self._delimiter())

    def _delimiter(self) -> str:
        return str(self.delimiter.currentData()) or "none"

    def _use(self) -> None:
        self.chosen.emit(self.encoding.currentText().strip(), self._delimiter())
        self.accept()

    def _lay_out(self) -> None:
        choices = QHBoxLayout()
        for text, field in ((tr("&Encoding"), self.encoding), (tr("&Delimiter"), self.delimiter)):
            label = QLabel(text)
            label.setBuddy(field)
            choices.addWidget(label)
            choices.addWidget(field)
        choices.addWidget(self.sample, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.message, 1)
        for button in (self.leave, self.use):
            button.setAutoDefault(False)
            foot.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addLayout(choices)
        layout.addWidget(self.table, 1)
        layout.addLayout(foot)
        self.resize(720, 460)


def delimiter_text(delimiter: str) -> str:
    """Return the name of a delimiter, such as ``Semicolon``."""
    return tr(_DELIMITERS.get(delimiter, f"“{delimiter}”"))
