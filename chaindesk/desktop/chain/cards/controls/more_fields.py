"""The fields of a chain file that few chains need, as controls: of a step, of the chain, of a provider."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from chaindesk.chain_file.reference import FieldReference, Shape, chain_reference
from chaindesk.desktop.chain.cards.controls.field_controls import FieldControl, make_control
from chaindesk.desktop.ui.layout.flow_layout import FlowLayout
from chaindesk.desktop.ui.translation import tr, tr_noop

_LABELS = {
    "allow_http": tr_noop("Allow http:// elsewhere"),
    "api_key_env": tr_noop("Variable with the key"),
    "base_url": tr_noop("Address"),
    "examples.from": tr_noop("Examples"),
    "examples.most": tr_noop("Examples at most"),
    "examples.most_tokens": tr_noop("Tokens of examples"),
    "base_urls": tr_noop("Addresses of several servers"),
    "columns": tr_noop("Columns about the run"),
    "fallback": tr_noop("Model asked where this one fails"),
    "hedge": tr_noop("Last calls made twice"),
    "input_tokens_per_minute": tr_noop("Sent tokens a minute"),
    "keys": tr_noop("Names of several keys"),
    "kind": tr_noop("Wire format"),
    "order": tr_noop("Order of the rows"),
    "output_tokens_per_minute": tr_noop("Written tokens a minute"),
    "parameters": tr_noop("Other parameters"),
    "requests_per_minute": tr_noop("Calls a minute"),
    "retry.attempts": tr_noop("Calls in all, per answer"),
    "retry.outage_minutes": tr_noop("Outages waited out, minutes"),
    "retry.seconds": tr_noop("Tried again for, seconds"),
    "same_request": tr_noop("Rows that ask the same"),
    "speed": tr_noop("Speed and price"),
    "speed_fallback": tr_noop("Where flex is refused"),
    "speeds": tr_noop("Speeds that the server has"),
    "stop": tr_noop("Ends the answer"),
    "timeout": tr_noop("Time-out, seconds"),
    "tokens_per_minute": tr_noop("Tokens a minute"),
    "total_timeout": tr_noop("Time-out in all, seconds"),
    "votes": tr_noop("Votes"),
}
_TALL = (Shape.TEXTS, Shape.NAMES, Shape.CHOICES)


class MoreFields(QWidget):
    """Controls for some fields.

    Signals:
        changed: the field's path below the part that is shown, such as ``retry.attempts``, and its value or None.
    """

    changed = Signal(str, object)

    def __init__(self, prefix: str, wanted: Callable[[str], bool], parent: QWidget | None = None) -> None:
        """Make them.

        Args:
            prefix: what the paths of the fields begin with, such as ``steps[].``.
            wanted: says of the rest of a path whether it is shown here.
            parent: the widget around it.
        """
        super().__init__(parent)
        self.controls: dict[str, FieldControl] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        small = QWidget()
        small.setObjectName("plain")
        flow = FlowLayout(small, spacing=8, even=True)
        layout.addWidget(small)
        for key, field in _fields(prefix, wanted):
            control = make_control(field, tr(_LABELS.get(key, "")) or key.replace(".", ": ").replace("_", " "))
            if control is None:
                continue
            control.changed.connect(lambda value, key=key: self.changed.emit(key, value))
            self.controls[key] = control
            if field.shape in _TALL:
                layout.addWidget(control)
            else:
                flow.addWidget(control)

    @property
    def unsaved(self) -> bool:
        """Return whether something is typed that cannot be taken into the text."""
        return any(control.unsaved for control in self.controls.values())

    def show_values(self, values: Mapping[str, Any], fixed: Iterable[str] = ()) -> None:
        """Show what the text has; what stands under ``fixed`` keys cannot be changed here."""
        for key, control in self.controls.items():
            value: Any = values
            for part in key.split("."):
                value = value.get(part) if isinstance(value, Mapping) else None
            control.show_value(value)
            control.setEnabled(key.partition(".")[0] not in fixed)

    @property
    def keys(self) -> frozenset[str]:
        """The keys of the part that are shown here, all or some of what is below them."""
        return frozenset(key.partition(".")[0] for key in self.controls)


def _fields(prefix: str, wanted: Callable[[str], bool]) -> Iterable[tuple[str, FieldReference]]:
    for field in chain_reference():
        key = field.path.removeprefix(prefix)
        if field.path.startswith(prefix) and wanted(key):
            yield key, field
