"""Builds the user's guide: ``python3 packaging/dev.py docs``.

The page of all fields of a chain is written from the model; then mkdocs makes plain HTML of the guide in
``resources/guide``, which comes with the program and opens offline. Every link is checked, and a warning is a failure.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from chaindesk.chain_file import FieldReference, chain_reference

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "guide" / "chain-reference.md"
SITE = ROOT / "resources" / "guide"
_LOADS = re.compile(r"""(?:<script|<img|<iframe)[^>]+src=["']?(?:https?:)?//|<link[^>]+href=["']?(?:https?:)?//""")
_GROUPS = {
    "": "The chain",
    "steps[].": "A step",
    "steps[].fields.NAME.": "A field in its long form",
    "steps[].checks[].": "A check",
    "steps[].on_fail[].": "on_fail: what a failed check does, in its long form",
    "steps[].examples.": "examples: approved answers that a step is shown",
    "steps[].run_if.": "run_if: when a step runs",
    "providers.NAME.": "A provider",
    "providers.NAME.prices.NAME.": "A price",
    "retry.": "retry",
}


def main() -> int:
    """Write the page of fields and build the guide."""
    PAGE.write_text(reference_page(), encoding="utf-8")
    shutil.rmtree(SITE, ignore_errors=True)
    failed = build(SITE)
    if failed:
        return failed
    files = [path for path in SITE.rglob("*") if path.is_file()]
    print(f"{SITE / 'index.html'}: {len(files)} files, {sum(path.stat().st_size for path in files) / 1e6:.1f} MB")
    return 0


def build(site: Path) -> int:
    """Make the pages in ``site``; return 0, or another status where a link or a page is not as it must be."""
    # Not --quiet: with it mkdocs counts no warning, and --strict lets every broken link pass.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", "docs/mkdocs.yml"]
    quiet = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    built = subprocess.run(
        [*command, "--site-dir", site], cwd=ROOT, env=quiet, check=False, capture_output=True, text=True
    )
    if built.returncode:
        print(built.stderr, file=sys.stderr)
        return built.returncode
    for unused in [*site.rglob("*.map"), site / "sitemap.xml", site / "sitemap.xml.gz", site / "404.html"]:
        unused.unlink(missing_ok=True)
    for folder in [*site.rglob("lunr"), *site.rglob("workers")]:
        shutil.rmtree(folder)  # of the search, which is off
    loading = [path.name for path in site.rglob("*.html") if _LOADS.search(path.read_text(encoding="utf-8"))]
    if loading:
        print(f"These pages load something from elsewhere: {', '.join(loading)}", file=sys.stderr)
    return 1 if loading else 0


def reference_page() -> str:
    """Return the page of all fields, in Markdown."""
    lines = [
        "# Every field of a chain",
        "",
        "Written from the model that checks chain files: change it there. `chaindesk help chain FIELD` tells the same.",
    ]
    for group, fields in _grouped():
        title = _GROUPS.get(group, group.removesuffix(".").replace("[]", ""))
        lines += ["", f"## {title}", "", "| Field | Wants | Without it | What it is for |", "|---|---|---|---|"]
        lines += [_line(field) for field in fields]
    return "\n".join(lines) + "\n"


def _grouped() -> Iterator[tuple[str, list[FieldReference]]]:
    groups: dict[str, list[FieldReference]] = {}
    for field in chain_reference():
        groups.setdefault(field.path.removesuffix(field.name), []).append(field)
    yield from groups.items()


def _line(field: FieldReference) -> str:
    without = "required" if field.required else f"`{field.default}`" if field.default else ""
    cells = (f"`{field.name}`", field.kind, without, field.description)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    raise SystemExit(main())
