"""``chaindesk completion``: what a shell reads at its start, so that Tab completes commands, options and files."""

from __future__ import annotations

import argparse

from chaindesk.cli.printing.output import say

SHELLS = ("bash", "zsh", "fish")

DESCRIPTION = """Print what a shell is to read at its start, so that Tab completes commands, options and their values.

bash    echo 'eval "$(chaindesk completion bash)"' >> ~/.bashrc
zsh     echo 'eval "$(chaindesk completion zsh)"' >> ~/.zshrc     (below compinit)
fish    chaindesk completion fish > ~/.config/fish/completions/chaindesk.fish

It holds from the next shell on, and for every later version: the shell asks ChainDesk itself."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("shell", metavar="SHELL", choices=SHELLS, help=f"one of: {', '.join(SHELLS)}")


def execute(arguments: argparse.Namespace) -> int:
    """Print it."""
    from chaindesk.cli.help.completion import shell_lines

    say(shell_lines(arguments.shell))
    return 0
