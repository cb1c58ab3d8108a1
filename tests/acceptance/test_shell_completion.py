"""Tab in a shell: what bash, zsh and fish offer once they have read what ``chaindesk completion`` prints."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from chaindesk.cli.main import COMMANDS

_BASH = """
eval "$(chaindesk completion bash)"
COMP_LINE={line}; COMP_POINT=${{#COMP_LINE}}; COMP_TYPE=9
read -ra COMP_WORDS <<<"$COMP_LINE"
[[ "$COMP_LINE" == *" " ]] && COMP_WORDS+=("")
COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
"$(complete -p chaindesk | sed 's/.*-F \\([^ ]*\\).*/\\1/')" chaindesk "${{COMP_WORDS[COMP_CWORD]}}" ""
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
_FISH = """
chaindesk completion fish | source
complete -C {line}
"""
_ZSH = """
autoload -Uz compinit; compinit -u -D
eval "$(chaindesk completion zsh)"
_describe() {{ print -rl -- "${{(@)completions%%:*}}"; }}
BUFFER={line}; CURSOR=${{#BUFFER}}; words=(${{=BUFFER}})
"${{_comps[chaindesk]}}"
"""
_SHELLS = {"bash": ["bash", "--norc", "-c"], "fish": ["fish", "--no-config", "-c"], "zsh": ["zsh", "-f", "-c"]}
_SCRIPTS = {"bash": _BASH, "fish": _FISH, "zsh": _ZSH}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a workbook, a chain and a text, and ``chaindesk`` on the way to it."""
    program = tmp_path / "bin" / "chaindesk"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m chaindesk "$@"\n')
    program.chmod(0o755)
    for name in ("jobs.xlsx", "jobs.yaml", "jobs.txt"):
        (tmp_path / name).touch()
    return tmp_path


def offered(shell: str, line: str, folder: Path) -> set[str]:
    """What a shell offers at the end of a line."""
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here")
    script = _SCRIPTS[shell].format(line=shlex.quote(line))
    env = os.environ | {"PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [*_SHELLS[shell], script], cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=120
    )
    words = {part.split("\t")[0].strip() for part in done.stdout.splitlines()}
    assert words, done.stderr
    return words - {""}


@pytest.mark.slow
@pytest.mark.parametrize("shell", _SHELLS)
def test_tab_completes_commands_options_and_files(shell: str, folder: Path) -> None:
    assert offered(shell, "chaindesk re", folder) == {"report"}
    assert offered(shell, "chaindesk run --bud", folder) == {"--budget"}
    assert "jobs.yaml" in offered(shell, "chaindesk run jobs.xlsx --chain j", folder)


@pytest.mark.slow
def test_tab_offers_every_command_and_the_values_that_an_option_takes(folder: Path) -> None:
    assert offered("bash", "chaindesk ", folder) == set(COMMANDS)
    assert offered("bash", "chaindesk run --speed ", folder) == {"standard", "flex", "batch"}
    assert offered("bash", "chaindesk check jobs.xlsx --chain ", folder) >= {"jobs.yaml"}
    assert not {"jobs.txt", "jobs.xlsx"} & offered("bash", "chaindesk check jobs.xlsx --chain jobs.", folder)
    assert offered("bash", "chaindesk help chec", folder) == {"check"}
    assert "openai" in offered("bash", "chaindesk models op", folder)
    assert offered("bash", "chaindesk init --example lead", folder) == {"leads"}
