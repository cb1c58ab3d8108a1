"""The window's texts in the user's language.

``pyside6-lupdate`` finds what stands as a plain literal in ``tr(…)`` and ``tr_noop(…)``; a value goes in afterwards:
``tr("{name} is saved").format(name=…)``. It finds nothing inside an f-string.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from chaindesk.formatting import count

_CONTEXT = ""  # where lupdate puts the texts of a function that is no method


def tr(text: str) -> str:
    """Return a text in the window's language; itself where there is no translation, or no application yet."""
    return QCoreApplication.translate(_CONTEXT, text) if text else ""


def tr_noop(text: str) -> str:
    """Return a text as it is, and let it be found: for tables that are made before the language is known."""
    return text


def tr_count(number: int, one: str, many: str) -> str:
    """Return a text in the window's language with the number that it counts as ``{n}``.

    ``tr_count(rows, tr_noop("{n} row"), tr_noop("{n} rows"))`` returns ``1 row`` or ``1,200 rows``.
    """
    return tr(one if number == 1 else many).format(n=count(number))


_COUNTED = {
    "answer": (tr_noop("{n} answer"), tr_noop("{n} answers")),
    "approved row": (tr_noop("{n} approved row"), tr_noop("{n} approved rows")),
    "attempt": (tr_noop("{n} attempt"), tr_noop("{n} attempts")),
    "call": (tr_noop("{n} call"), tr_noop("{n} calls")),
    "column": (tr_noop("{n} column"), tr_noop("{n} columns")),
    "batch job": (tr_noop("{n} batch job"), tr_noop("{n} batch jobs")),
    "day": (tr_noop("{n} day"), tr_noop("{n} days")),
    "judge call": (tr_noop("{n} judge call"), tr_noop("{n} judge calls")),
    "model": (tr_noop("{n} model"), tr_noop("{n} models")),
    "retry": (tr_noop("{n} retry"), tr_noop("{n} retries")),
    "row": (tr_noop("{n} row"), tr_noop("{n} rows")),
    "run": (tr_noop("{n} run"), tr_noop("{n} runs")),
    "selected row": (tr_noop("{n} selected row"), tr_noop("{n} selected rows")),
    "step": (tr_noop("{n} step"), tr_noop("{n} steps")),
    "token": (tr_noop("{n} token"), tr_noop("{n} tokens")),
}


def tr_counted(number: int, one: str) -> str:
    """Return a number with what it counts in the window's language: ``tr_counted(3, "row")`` returns ``3 rows``."""
    return tr_count(number, *_COUNTED[one])
