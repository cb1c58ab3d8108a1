"""Writes other models into the steps of a chain's file: what a comparison has shown to be better."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from chaindesk.chain_file import load_chain
from chaindesk.chain_file.editing.text_file import read_text, write_text
from chaindesk.chain_file.editing.values import set_value


def write_models(path: Path, models: Mapping[str, str]) -> None:
    """Change the models of steps, each by the step's name, in a chain's file; every other line stays.

    Raises:
        ChainError: the file cannot be read as a chain.
        OSError: it cannot be read or written.
        ValueError: its text cannot be changed so, or is not UTF-8.
    """
    names = load_chain(path).step_names
    text, form = read_text(path)
    for step, model in models.items():
        text = set_value(text, ("steps", names.index(step), "model"), model)
    write_text(path, text, form)
