"""The user's own templates: chain files in ChainDesk's folder from which new chains are begun."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from chaindesk import settings
from chaindesk.domain.errors import EnvironmentFailure, InputError
from chaindesk.files.atomic_write import replace_file

_SUFFIX = ".yaml"
_MAX_NAME_LENGTH = 80
_UNUSABLE = re.compile(r'[\x00-\x1f<>:"/\\|?*]')  # what some system's file names cannot hold
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)  # on Windows


@dataclass(frozen=True, slots=True)
class ChainTemplate:
    """A template of the user's: its name, which is that of its file, and where it lies."""

    name: str
    path: Path

    def text(self) -> str:
        """Return the chain file's text.

        Raises:
            EnvironmentFailure: it cannot be read.
        """
        try:
            return self.path.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise EnvironmentFailure(f'The template "{self.name}" in {self.path} cannot be read: {error}.') from error


def user_templates() -> list[ChainTemplate]:
    """Return the user's templates by name; none where the folder cannot be read.

    Raises:
        EnvironmentFailure: the folder cannot be made.
    """
    found = [ChainTemplate(path.stem, path) for path in _folder().glob(f"*{_SUFFIX}")]
    return sorted(found, key=lambda template: template.name.casefold())


def save_template(name: str, text: str, *, replace: bool = False) -> ChainTemplate:
    """Save a chain's text as a template.

    Args:
        name: what it is called.
        text: the chain file's text, as it is.
        replace: whether a template of that name gives way to it.

    Raises:
        InputError: the name cannot be used, or is in use and ``replace`` is not set.
        EnvironmentFailure: the folder refuses.
    """
    template = _named(name)
    if not replace and template.path.exists():
        raise InputError(f'There is a template "{template.name}" already. Choose another name, or replace it.')
    try:
        replace_file(template.path, lambda file: file.write(text.encode("utf-8")))
    except OSError as error:
        words = f"The template cannot be saved in {template.path.parent}: {error.strerror}."
        raise EnvironmentFailure(words) from error
    return template


def delete_template(template: ChainTemplate) -> None:
    """Delete a template; one that is gone already is no mistake.

    Raises:
        EnvironmentFailure: the folder refuses.
    """
    try:
        template.path.unlink(missing_ok=True)
    except OSError as error:
        words = f'The template "{template.name}" in {template.path} cannot be deleted: {error.strerror}.'
        raise EnvironmentFailure(words) from error


def _named(name: str) -> ChainTemplate:
    words = " ".join(name.split())
    if not words:
        raise InputError("The template has no name. Write one.")
    if len(words) > _MAX_NAME_LENGTH:
        raise InputError(f"The template's name is too long. It may have {_MAX_NAME_LENGTH} characters.")
    if unusable := _UNUSABLE.search(words):
        raise InputError(f"A template's name cannot hold {unusable.group()}. Choose another name.")
    if _DEVICES.fullmatch(words):
        raise InputError(f'"{words}" is the name of a device on Windows. Choose another name.')
    if words.startswith(".") or words.endswith("."):
        raise InputError("A template's name cannot begin or end with a full stop. Choose another name.")
    return ChainTemplate(words, _folder() / f"{words}{_SUFFIX}")


def _folder() -> Path:
    return settings.data_folder("templates")
