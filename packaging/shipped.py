"""Which of the installed distributions come with the program: what ChainDesk requires, and what that requires.

A build's environment holds more, such as the tests' libraries, which PyInstaller would take along where a library that
is shipped can make use of them.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator

_BUILDERS = ("PyInstaller", "_pyinstaller_hooks_contrib")


def shipped(name: str = "chaindesk") -> Iterator[importlib.metadata.Distribution]:
    """Yield the distribution of this name and all that it requires on this system, each once."""
    from packaging.requirements import Requirement

    seen: set[str] = set()
    todo = [name]
    while todo:
        try:
            distribution = importlib.metadata.distribution(todo.pop())
        except importlib.metadata.PackageNotFoundError:
            continue  # asked for on another system only
        if distribution.name in seen:
            continue
        seen.add(distribution.name)
        yield distribution
        for text in distribution.requires or ():
            wanted = Requirement(text)
            if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
                todo.append(wanted.name)


def modules_not_shipped() -> list[str]:
    """Return the top-level modules that only other distributions of this environment bring."""
    names = {distribution.name for distribution in shipped()}
    found = importlib.metadata.packages_distributions()
    return sorted(
        module
        for module, owners in found.items()
        if module.isidentifier() and module not in _BUILDERS and names.isdisjoint(owners)
    )
