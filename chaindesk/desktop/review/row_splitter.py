"""Shares the panel's height between a row's inputs and its output."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

_INPUTS_HEIGHT_PX = 150  # pixels for the inputs where there is room, until the user moves the handle
_MIN_INPUTS_HEIGHT_PX = 40


class RowSplitter(QSplitter):
    """The inputs above the output, whose height comes first until the user moves the handle."""

    def __init__(self, inputs: QWidget, output: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._inputs = inputs
        self._moved = False
        self.addWidget(inputs)
        self.addWidget(output)
        self.setStretchFactor(0, 0)
        self.setStretchFactor(1, 1)
        self.setHandleWidth(7)
        self.setChildrenCollapsible(False)
        self.setCollapsible(0, True)
        inputs.setMinimumHeight(1)
        self.splitterMoved.connect(self._keep_heights)

    def share(self, output_px: int, *, answered: bool) -> None:
        """Give the output its height, and the inputs what is left; all to the inputs where nothing is ``answered``."""
        if self._moved:
            return
        height = self.height()
        if not answered:
            self.setSizes([height, 0])
            return
        inputs = min(max(height - output_px, 0), _INPUTS_HEIGHT_PX)
        if inputs < _MIN_INPUTS_HEIGHT_PX:
            inputs = 0  # a strip of a line says nothing; the handle brings them back
        self.setSizes([inputs, height - inputs])
        self._skip_hidden_inputs()

    def _keep_heights(self) -> None:
        self._moved = True
        self._skip_hidden_inputs()

    def _skip_hidden_inputs(self) -> None:
        """Let Tab pass by the inputs while they have no room."""
        seen = self.sizes()[0] > 0
        self._inputs.setFocusPolicy(Qt.FocusPolicy.StrongFocus if seen else Qt.FocusPolicy.NoFocus)
