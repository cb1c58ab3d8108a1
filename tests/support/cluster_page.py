"""The cluster of the guide's page: its commands as they are shown, but for the places of this machine."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from tests.support.cluster import Cluster, started
from tests.support.waiting import until

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "cluster.md"
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEAD = "head"  # the machine of the scheduler
_CERTIFIED = "worker-1"  # the machine whose certificate the page makes


def shown(*beginning: str) -> list[list[str]]:
    """The words of the page's commands that begin so."""
    text = PAGE.read_text(encoding="utf-8")
    lines = [shlex.split(line, comments=True) for block in _BLOCK.findall(text) for line in block.splitlines()]
    return [words for words in lines if words[: len(beginning)] == list(beginning)]


def make_certificates(folder: Path, machines: Sequence[str]) -> None:
    """Make the authority, and a certificate for each machine."""
    folder.mkdir()
    authority, *certificate = shown("openssl")
    for_each = [[word.replace(_CERTIFIED, name) for word in words] for name in machines for words in certificate]
    for words in (authority, *for_each):
        subprocess.run(words, cwd=folder, check=True, capture_output=True)


def placed(words: Sequence[str], folder: Path) -> list[str]:
    """The words with the files that are in the folder by their whole paths."""
    return [str(folder / word) if (folder / word).is_file() else word for word in words]


@asynccontextmanager
async def shown_cluster(folder: Path) -> AsyncIterator[Cluster]:
    """The page's scheduler on a free port here, with certificates for it and for workers; runs have its own."""
    make_certificates(folder, (_HEAD, _CERTIFIED))
    ((_, _, *options),) = shown("dask", "scheduler")
    here = {"tls://0.0.0.0": "tls://127.0.0.1", "8786": "0"}
    words = placed([here.get(word, word) for word in options], folder)
    told = folder / "scheduler.json"
    command = (sys.executable, "-m", "distributed.cli.dask_scheduler", *words, "--scheduler-file", str(told))
    async with started(*command, env=os.environ) as scheduler, AsyncExitStack() as stack:
        await until(lambda: told.exists() and told.stat().st_size > 0)
        url = json.loads(told.read_text())["address"]
        yield Cluster(folder, url, scheduler, words[words.index("--tls-ca-file") :], {}, stack)


def shown_worker_options() -> list[str]:
    """What follows the address in the page's command that starts workers with certificates."""
    ((_, _, _, *options),) = [words for words in shown("chaindesk", "worker") if "--tls-cert" in words]
    return options
