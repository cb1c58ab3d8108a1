"""Shares the panel's height between a row's inputs and its output."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from chaindesk.desktop.review.inputs_view import InputsView

_INPUTS_HEIGHT_PX = 150  # pixels for the inputs where there is room, until the user moves the handle
_INPUTS_SHARE = 3  # the inputs get at most this part of the height
_MIN_INPUTS_HEIGHT_PX = 40


class RowSplitter(QSplitter):
    """The inputs above the output, whose height comes first until the user moves the handle."""

    def __init__(self, inputs: InputsView, output: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._inputs = inputs
        self._moved = False
        self._output_px, self._answered = 0, False
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
        self._output_px, self._answered = output_px, answered
        self._share()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A note above came or went: the output's height still comes first."""
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        if self._moved:
            return
        height = self.height()
        if not self._answered:
            self.setSizes([height, 0])
            return
        wanted = min(_INPUTS_HEIGHT_PX, height // _INPUTS_SHARE, self._inputs.content_height)
        inputs = min(max(height - self._output_px, 0), wanted)
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
