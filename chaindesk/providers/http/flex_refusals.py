"""Calls at the flex price that a server refuses of a model altogether: none goes out at the full price unasked."""

from __future__ import annotations

import re
from dataclasses import replace

from chaindesk.domain.completion import CompletionRequest, Speed
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.base import NoticeListener
from chaindesk.providers.redaction import shortened
from chaindesk.providers.wire_formats.errors.body import ErrorBody
from chaindesk.providers.wire_formats.parameter_adaptation import TIER_NAMES
from chaindesk.providers.wire_formats.protocol import Adaptation, asks_flex

_TIER_WORDS = re.compile(r"service_?tier|\bflex\b", re.IGNORECASE)


class FlexRefusals:
    """Which models have no flex price, as their refusals tell.

    Args:
        on_notice: called once for each model whose calls go out at the standard price instead.
    """

    def __init__(self, on_notice: NoticeListener | None) -> None:
        self._on_notice = on_notice
        self._without: set[tuple[str, str]] = set()

    def possible(self, request: CompletionRequest) -> CompletionRequest:
        """Return the request at a speed that its model is not known to lack."""
        lacks = asks_flex(request) and (request.endpoint.base_url, request.model) in self._without
        return replace(request, speed=Speed.STANDARD) if lacks and request.may_fall_back else request

    def at_standard(
        self,
        request: CompletionRequest,
        adaptation: Adaptation,
        further: Adaptation | None,
        status: int,
        error: ErrorBody,
    ) -> CompletionRequest | None:
        """Return the refused request at the standard price, where the refusal is of its speed; else None.

        Args:
            request: the call that was refused.
            adaptation: what it was adapted to already.
            further: what else it would be adapted to.
            status: the HTTP status of the refusal.
            error: what it says, without the prompt's own words.

        Raises:
            CallError: it is of its speed, and the call may not fall back.
        """
        if not asks_flex(request) or status not in (400, 403, 404, 422):
            return None
        dropped = frozenset() if further is None else further.dropped - adaptation.dropped
        if not (TIER_NAMES & dropped or error.param in TIER_NAMES or _TIER_WORDS.search(error.message)):
            return None
        name, model = request.endpoint.name, request.model
        if not request.may_fall_back:
            said = f': "{shortened(error.message)}"' if error.message else ""
            message = f'{name} has no flex price for "{model}" ({status}){said}. Write speed: standard for this step.'
            raise CallError(FailureKind.MODEL, message, http_status=status)
        place = (request.endpoint.base_url, model)
        if place not in self._without:
            self._without.add(place)
            if self._on_notice is not None:
                self._on_notice(f'{name} has no flex price for "{model}": its calls go out at the standard price.')
        return replace(request, speed=Speed.STANDARD)


def without_tier_dropped(request: CompletionRequest, adaptation: Adaptation) -> Adaptation:
    """Return the adaptation so that a flex call says that it is one."""
    if not asks_flex(request) or not TIER_NAMES & adaptation.dropped:
        return adaptation
    return replace(adaptation, dropped=adaptation.dropped - TIER_NAMES)
