"""Fills in winget's manifests for a release: ``winget.py VERSION ADDRESS FILE FOLDER``.

ADDRESS is where the installer can be loaded, FILE the installer itself, FOLDER where the three manifests go. They are
sent to winget's own repository by hand, or by one of the programs made for that.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

_TEMPLATES = Path(__file__).resolve().parent / "windows" / "winget"
_NAMES = {"installer": ".installer", "locale.en-US": ".locale.en-US", "version": ""}


def write(version: str, address: str, installer: Path, folder: Path) -> list[Path]:
    """Write the manifests under the names that winget wants, and return them."""
    digest = hashlib.sha256(installer.read_bytes()).hexdigest().upper()
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for template, ending in _NAMES.items():
        text = (_TEMPLATES / f"{template}.yaml").read_text("utf-8")
        for mark, value in (("@VERSION@", version), ("@URL@", address), ("@SHA256@", digest)):
            text = text.replace(mark, value)
        made.append(folder / f"ChainDesk.ChainDesk{ending}.yaml")
        made[-1].write_text(text, "utf-8")
    return made


if __name__ == "__main__":
    print("\n".join(map(str, write(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4])))))
