"""Errors at the edge: each becomes plain words on standard error and an exit status, never a traceback."""

from __future__ import annotations

import logging
from pathlib import Path

from chaindesk.cli.exit_status import Exit
from chaindesk.cli.printing.output import note, say_json
from chaindesk.domain.errors import CallError, ChainDeskError, ChainError, PasswordNeeded, Problem
from chaindesk.json_contract.run_lines import ErrorKind, ErrorLine


def report_error(error: Exception, *, as_json: bool = False) -> Exit:
    """Tell of an error that ended a command before anything ran, and give the exit status.

    Args:
        error: the error.
        as_json: whether a script reads standard output, and is told there as well.
    """
    status = _tell(error)
    if as_json:
        say_json(error_line(error, status))
    return status


def error_line(error: Exception, status: int, run_id: int | None = None) -> ErrorLine:
    """Return an error as a line for scripts."""
    known = isinstance(error, ChainDeskError)
    message = str(error) if known else f"Something unexpected went wrong ({type(error).__name__})."
    problems = error.problems if isinstance(error, ChainError) else ()
    return ErrorLine(ErrorKind.of(error), int(status), message, problems or (Problem(message),), run_id)


def refusal_line(kind: ErrorKind, message: str, status: int) -> ErrorLine:
    """Return a refusal that is no error of ours, such as that of the options, as a line for scripts."""
    return ErrorLine(kind, int(status), message, (Problem(message),))


def _tell(error: Exception) -> Exit:
    match error:
        case ChainError(problems=problems) if problems:
            for problem in problems:
                note(str(problem))
        case PasswordNeeded():
            note(f"{error}\nGive it with --password: it is asked for, or read from standard input.")
        case CallError():
            note(str(error))
            return Exit.HALTED
        case ChainDeskError():
            note(str(error))
        case _:
            note(_unexpected(error))
            return Exit.INTERNAL_ERROR
    return Exit.BAD_INPUT


def _unexpected(error: Exception) -> str:
    what = (
        f"Something unexpected went wrong ({type(error).__name__}): this is a mistake in ChainDesk, not in your files."
    )
    path = start_log()
    if path is None:
        return f"{what} Nothing could be written about it."
    logging.getLogger(__name__).error("Unexpected", exc_info=error)
    return f"{what} What happened is in {path}"


def start_log(*, make_folder: bool = True) -> Path | None:
    """Let everything that is logged go to the log file, and say where that is; None where there can be none."""
    from chaindesk.logging_setup import open_log
    from chaindesk.settings import log_folder

    return open_log(log_folder if make_folder else _existing_folder)


def _existing_folder() -> Path:
    from chaindesk.settings import log_folder_path

    folder = log_folder_path()
    if not folder.is_dir():
        raise FileNotFoundError(folder)
    return folder
