"""A quick way through the bulk of a large part: elements that are spelt as programs spell them need no XML parser.

Rows of cells and shared strings make up nearly all of a workbook. Where a run of them is spelt in the one plain way
that a pattern describes to the letter, a regular expression reads it many times faster than a parser's callbacks.
Whatever is spelt otherwise goes to the parser, which stays the judge of what a part says and whether it is damaged.
"""

from __future__ import annotations

import itertools
import re
import sys
from collections.abc import Callable, Iterable, Iterator

MATCHES_RIGHT = sys.version_info >= (3, 11, 5)
"""Whether ``re`` can be trusted with these patterns: before, it lost its way in possessive groups that can match in
several ways (https://github.com/python/cpython/issues/106052). The parser then reads everything."""
_MAX_HEAD = 1 << 20
_MAX_PENDING = 1 << 22  # an element longer than this is for the parser
_ENCODING = re.compile(rb"""<\?xml[^>]*\sencoding=["'](?!utf-?8["'])""", re.IGNORECASE)

_ITSELF = r"[^<>&\x00-\x08\x0b-\x1f\ufffe\uffff]*+"  # no carriage return, which a parser would change
TEXT = rf"{_ITSELF}(?:&(?:amp|lt|gt|quot|apos);{_ITSELF})*+"
"""Text as a pattern: what stands for itself in XML, and the five names that XML has for marks; see ``plain_text``."""
ROW_ATTRIBUTES = (
    r'(?: (?:spans|s|customFormat|ht|customHeight|hidden|outlineLevel|collapsed|thickTop|thickBot|ph|x14ac:dyDescent)="'
    r'[^"<>&]*+")*+'
)
COLUMN = r"(?:X(?:F[A-D]|[A-E][A-Z])|[A-W][A-Z]{2}|[A-Z]{1,2})"
"""The attributes of a row after its number, and the letters of a column, as patterns."""


def plain_text(spelt: str) -> str:
    """Return what a text says that ``TEXT`` matches."""
    if "&" not in spelt:
        return spelt
    for name, mark in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        spelt = spelt.replace(name, mark)
    return spelt


def without_plain(
    chunks: Iterable[bytes], root: bytes, first: bytes, last: bytes, take: Callable[[str], int]
) -> Iterator[bytes]:
    """Yield what is left of a part for a parser, without the plain elements, which ``take`` gets in their order.

    What was yielded must have been parsed before the next piece is asked for, so that all comes in the part's order.

    Args:
        chunks: the part's bytes.
        root: how the tag of the root begins, without a prefix, such as ``<worksheet``.
        first: the tag after which the elements begin, or how it begins, such as ``<sheetData>``.
        last: the tag that ends an element, such as ``</row>``.
        take: called with each run of elements; returns how many of its characters it has read as plain ones.
    """
    pieces = iter(chunks)
    head = b""
    at = -1
    for piece in pieces:
        head += piece
        at = head.find(first)
        at = head.find(b">", at) if at >= 0 else at
        if at >= 0 or len(head) > _MAX_HEAD:
            break
    if at < 0 or not _can_be_plain(head[: at + 1], root):
        yield head
        yield from pieces
        return
    yield head[: at + 1]
    yield from _left(head[at + 1 :], pieces, last, take)


def _can_be_plain(head: bytes, root: bytes) -> bool:
    """Return whether tags without a prefix are the part's own, in UTF-8, and nothing is hidden in a comment.

    Never where the patterns cannot be trusted.
    """
    return MATCHES_RIGHT and root in head and b"<!" not in head and not _ENCODING.search(head)


def _left(pending: bytes, pieces: Iterator[bytes], last: bytes, take: Callable[[str], int]) -> Iterator[bytes]:
    for piece in itertools.chain((b"",), pieces):
        pending += piece
        end = pending.rfind(last) + len(last)
        if end < len(last):
            if len(pending) > _MAX_PENDING:
                break
            continue
        run, pending = pending[:end], pending[end:]
        text = _decoded(run)
        if text is not None:
            run = text[take(text) :].encode()
        yield run  # also where it is empty: whoever needs no more of the part may stop here
        if b"<!" in run:  # a comment or the like may be open: what follows may be no element at all
            break
    yield pending
    yield from pieces


def _decoded(run: bytes) -> str | None:
    try:
        text = run.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "]]>" in text else text
