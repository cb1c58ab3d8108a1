"""Finds the parameters of a step that a call went out without, so that nobody believes they had an effect."""

from __future__ import annotations

from dataclasses import replace

from chaindesk.domain.completion import CompletionRequest
from chaindesk.providers.base import NoticeListener
from chaindesk.providers.wire_formats.protocol import Adaptation, Outgoing, WireFormat

_PROBE = "\x00a value like no other"
_IN_THE_ADDRESS = frozenset({"stream"})  # it shows in the address of some calls


class IgnoredParameters:
    """Reports each parameter that a model was asked without, once a run."""

    def __init__(self, on_notice: NoticeListener) -> None:
        self._on_notice = on_notice
        self._reported: set[tuple[str, str, str]] = set()
        self._checked: dict[tuple[str, str, tuple[str, ...]], frozenset[str]] = {}

    def check(self, wire: WireFormat, request: CompletionRequest, adaptation: Adaptation, outgoing: Outgoing) -> None:
        """Check a call that was answered; what was checked before costs next to nothing."""
        kind = (request.endpoint.name, request.model, tuple(request.parameters))
        if self._checked.get(kind) == adaptation.dropped:
            return
        self._checked[kind] = adaptation.dropped
        ignored = [name for name in request.parameters if _is_ignored(name, wire, request, adaptation, outgoing)]
        new = [name for name in ignored if (*kind[:2], name) not in self._reported]
        if new:
            self._reported.update((*kind[:2], name) for name in new)
            self._on_notice(
                f'{request.endpoint.name}: "{request.model}" does not take {_listed(new)}. '
                "Its answers are made without; take it out of the chain, or choose another model."
            )


def _is_ignored(
    name: str, wire: WireFormat, request: CompletionRequest, adaptation: Adaptation, outgoing: Outgoing
) -> bool:
    """Return whether the call would be the same with any other value."""
    if name in _IN_THE_ADDRESS:
        return False
    other = replace(request, parameters={**request.parameters, name: _PROBE})
    return wire.outgoing(other, adaptation) == outgoing


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
