"""The decoder of server-sent events."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from chaindesk.providers.wire_formats.sse import ServerEvent, SseDecoder

STREAM = (
    "\ufeff: a comment\r\n\r\nevent: first\r\ndata: eins\r\ndata:zwei\r\n\r\n"
    'id: 7\nretry: 10\ndata: {"text": "Grüße, 世界 🌍"}\n\n:\n\ndata\n\rdata:  two spaces\r\r'
    "event: empty\n\ndata: [DONE]\n\n"
).encode()
EVENTS = [
    ServerEvent("eins\nzwei", "first"),
    ServerEvent('{"text": "Grüße, 世界 🌍"}'),
    ServerEvent(""),
    ServerEvent(" two spaces"),
    ServerEvent("[DONE]"),
]


def _decoded(pieces: list[bytes]) -> list[ServerEvent]:
    decoder = SseDecoder()
    events = [event for piece in pieces for event in decoder.feed(piece)]
    return [*events, *decoder.close()]


@given(st.lists(st.integers(0, len(STREAM)), max_size=40))
def test_the_boundaries_of_the_chunks_change_nothing(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(STREAM)]
    assert _decoded([STREAM[start:end] for start, end in itertools.pairwise(edges)]) == EVENTS


def test_single_bytes_give_the_same_events() -> None:
    assert _decoded([STREAM[place : place + 1] for place in range(len(STREAM))]) == EVENTS


def test_a_last_event_without_its_blank_line_counts() -> None:
    assert _decoded([b"data: one\n\ndata: two"]) == [ServerEvent("one"), ServerEvent("two")]


def test_a_line_of_many_megabytes_is_read() -> None:
    long = b"x" * (3 * 1024 * 1024)
    pieces = [b"data: ", *(long[start : start + 65536] for start in range(0, len(long), 65536)), b"\n\n"]
    assert [len(event.data) for event in _decoded(pieces)] == [len(long)]


@given(st.binary(max_size=300))
def test_no_bytes_whatever_bring_the_decoder_down(noise: bytes) -> None:
    _decoded([noise[:7], noise[7:]])
