"""Where ChainDesk keeps its files, and the user's preferences. Never keys: those are in ``credentials``."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chaindesk.domain.errors import EnvironmentFailure, InputError
from chaindesk.files.atomic_write import replace_file
from chaindesk.files.private import make_private_folder

MAX_RECENT = 12
_PACKAGE = Path(__file__).resolve().parent


class ExportChoice(BaseModel):
    """What was chosen in the export dialog for a workbook.

    Attributes:
        kind: the format, as the dialog calls it.
        rows: ``all`` or ``approved``.
        left_out: names of the columns that are not ticked.
        file_name: the template of the names of files for each row.
        delimiter: of a CSV.
        guard_formulas: whether cells that look like formulas are guarded in a CSV.
        target: where it went, or "".
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: str = "copy"
    rows: str = "all"
    left_out: tuple[str, ...] = ()
    file_name: str = ""
    delimiter: Literal[",", ";", "\t"] = ","
    guard_formulas: bool = True
    target: str = ""


class Preferences(BaseModel):
    """What the user chose once and finds again.

    Attributes:
        theme: ``system``, ``light`` or ``dark``.
        language: of the window: ``system``, or one that there is a translation for, such as ``de``.
        concurrency: rows at once where the chain does not say, or None for the chain's own.
        last_folder: where the file dialogs open, or "".
        recent_workbooks: paths, newest first.
        recent_chains: paths, newest first.
        chain_of_workbook: the chain that was last used with a workbook, path by path.
        text_reading: encoding and delimiter that the user chose for a text file, path by path.
        export_of_workbook: what was chosen in the export dialog, path by path.
        lines_per_row: lines of text that a row of the table has room for.
        recent_commands: names of the actions that were found in the command palette, newest first.
        notify: whether the window asks for attention when a run ends behind other windows.
        raw_text: whether outputs are shown as they are, not as formatted text.
        go_on: whether a row's first review goes on to the next unreviewed row.
        keep_days: runs that ended longer ago than this are offered for cleaning up; None keeps all. Nothing is ever
            taken away by itself.
    """

    # A newer version's fields are no damage.
    model_config = ConfigDict(frozen=True, extra="ignore")

    theme: Literal["system", "light", "dark"] = "system"
    language: str = "system"
    concurrency: int | None = Field(default=None, ge=1, le=1000)
    last_folder: str = ""
    recent_workbooks: tuple[str, ...] = ()
    recent_chains: tuple[str, ...] = ()
    chain_of_workbook: dict[str, str] = Field(default_factory=dict)
    text_reading: dict[str, tuple[str, str]] = Field(default_factory=dict)
    export_of_workbook: dict[str, ExportChoice] = Field(default_factory=dict)
    lines_per_row: int = Field(default=1, ge=1, le=3)
    recent_commands: tuple[str, ...] = ()
    notify: bool = True
    raw_text: bool = False
    go_on: bool = True
    keep_days: int | None = Field(default=None, ge=1, le=36_500)

    def with_recent(self, *, workbook: Path | None = None, chain: Path | None = None) -> Preferences:
        """Return the same with these files as the newest of their lists, and the chain remembered for the workbook."""
        changes: dict[str, object] = {}
        if workbook is not None:
            changes["recent_workbooks"] = _newest_first(str(workbook), self.recent_workbooks)
            changes["last_folder"] = str(workbook.parent)
        if chain is not None:
            changes["recent_chains"] = _newest_first(str(chain), self.recent_chains)
        if workbook is not None and chain is not None:
            others = {path: used for path, used in self.chain_of_workbook.items() if path != str(workbook)}
            newest = {str(workbook): str(chain)} | others
            changes["chain_of_workbook"] = dict(list(newest.items())[:MAX_RECENT])
        return self.model_copy(update=changes)

    def with_text_reading(self, path: Path, encoding: str, delimiter: str) -> Preferences:
        """Return the same with the reading of a text file that the user chose."""
        others = {known: chosen for known, chosen in self.text_reading.items() if known != str(path)}
        newest = {str(path): (encoding, delimiter)} | others
        return self.model_copy(update={"text_reading": dict(list(newest.items())[:MAX_RECENT])})

    def with_export(self, path: Path, choice: ExportChoice) -> Preferences:
        """Return the same with what was chosen in the export dialog for a workbook."""
        others = {known: chosen for known, chosen in self.export_of_workbook.items() if known != str(path)}
        newest = {str(path): choice} | others
        return self.model_copy(update={"export_of_workbook": dict(list(newest.items())[:MAX_RECENT])})

    def with_recent_command(self, name: str) -> Preferences:
        """Return the same with a command as the one that was used last."""
        return self.model_copy(update={"recent_commands": _newest_first(name, self.recent_commands)})


def home() -> Path:
    """ChainDesk's folder, made on demand.

    Raises:
        EnvironmentFailure: it cannot be made.
    """
    return _made(home_path())


def home_path() -> Path:
    """Return the path of ChainDesk's folder: ``CHAINDESK_HOME``, else the user's data folder of this system."""
    own = os.environ.get("CHAINDESK_HOME")
    if own:
        return Path(own).expanduser()
    import platformdirs  # a tenth of `--help`'s time, and not needed there

    return Path(platformdirs.user_data_dir("ChainDesk", appauthor=False, roaming=False))


def data_folder(name: str) -> Path:
    """Return a folder in ChainDesk's own, made on demand.

    Raises:
        EnvironmentFailure: it cannot be made.
    """
    return _made(home() / name)


def journal_path() -> Path:
    """Return the journal's default place."""
    return home_path() / "journal.sqlite3"


def log_folder() -> Path:
    """Return the folder of the logs, made on demand.

    Raises:
        EnvironmentFailure: it cannot be made.
    """
    if os.environ.get("CHAINDESK_HOME"):
        home()  # with its permissions
    return _made(log_folder_path())


def log_folder_path() -> Path:
    """Return the path of the logs' folder: ``logs`` in ``CHAINDESK_HOME``, else the system's place for logs."""
    if os.environ.get("CHAINDESK_HOME"):
        return home_path() / "logs"
    import platformdirs

    return Path(platformdirs.user_log_dir("ChainDesk", appauthor=False))


def preferences_path() -> Path:
    """Return the file of the preferences."""
    return home_path() / "preferences.toml"


def load_preferences() -> Preferences:
    """Return the user's preferences; defaults if the file is damaged, which is kept as ``preferences.damaged.toml``."""
    path = preferences_path()
    try:
        return Preferences.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Preferences()
    except (ValidationError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        # Preferences are not worth stopping for, even where the folder refuses the renaming.
        with contextlib.suppress(OSError):
            path.replace(path.with_name("preferences.damaged.toml"))
        return Preferences()
    except OSError:
        return Preferences()


def save_preferences(preferences: Preferences) -> None:
    """Save them whole or not at all.

    Raises:
        EnvironmentFailure: the folder refuses.
    """
    home()
    path = preferences_path()
    text = _toml(preferences.model_dump(mode="json", exclude_none=True))
    try:
        replace_file(path, lambda file: file.write(text.encode("utf-8")))
    except OSError as error:
        raise EnvironmentFailure(f"The preferences could not be saved in {path.parent}: {error.strerror}.") from error


def resource(name: str) -> Path:
    """Return the path of a file or folder of ``resources/``, in the source tree or as installed.

    Raises:
        InputError: there is none of that name.
    """
    for folder in _resource_folders():
        path = folder / name
        if path.exists():
            return path
    raise InputError(f"This installation lacks its file {name}. Install ChainDesk again.")


def _resource_folders() -> Sequence[Path]:
    frozen = getattr(sys, "_MEIPASS", None)
    folders = [_PACKAGE / "resources", _PACKAGE.parent / "resources"]
    return [Path(frozen) / "chaindesk" / "resources", *folders] if frozen else folders


def _made(folder: Path) -> Path:
    try:
        make_private_folder(folder)
    except OSError as error:
        words = f"ChainDesk's folder {folder} cannot be made: {error.strerror}. Set CHAINDESK_HOME to another place."
        raise EnvironmentFailure(words) from error
    return folder


def _newest_first(path: str, others: Sequence[str]) -> tuple[str, ...]:
    return (path, *(other for other in others if other != path))[:MAX_RECENT]


def _toml(values: dict[str, object]) -> str:
    tables = {name: value for name, value in values.items() if isinstance(value, dict)}
    lines = [f"{name} = {_toml_value(value)}" for name, value in values.items() if name not in tables]
    for name, table in tables.items():
        lines += ["", f"[{name}]", *(f"{_toml_value(key)} = {_toml_value(value)}" for key, value in table.items())]
    return "\n".join(lines) + "\n"


def _toml_value(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_toml_value(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_toml_value(key)} = {_toml_value(item)}' for key, item in value.items())}}}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    # A JSON string in ASCII is a TOML string, but for surrogate pairs and DEL, which are escaped by code point.
    return '"' + "".join(_toml_character(character) for character in str(value)) + '"'


def _toml_character(character: str) -> str:
    if 0xD800 <= ord(character) <= 0xDFFF:
        return "\\uFFFD"  # a file name that is no text: TOML cannot hold it
    if character == "\x7f":
        return "\\u007F"
    return json.dumps(character, ensure_ascii=False)[1:-1]
