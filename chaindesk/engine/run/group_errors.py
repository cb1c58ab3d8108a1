"""Which one of the errors that end a group of tasks is raised."""

from __future__ import annotations

from chaindesk.domain.errors import ChainDeskError


def first_error(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the one error to raise: ours before others."""
    flat: list[BaseException] = []
    stack: list[BaseException] = [errors]
    while stack:
        error = stack.pop()
        if isinstance(error, BaseExceptionGroup):
            stack.extend(error.exceptions)
        else:
            flat.append(error)
    return next((error for error in flat if isinstance(error, ChainDeskError)), flat[0])
