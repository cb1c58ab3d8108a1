from __future__ import annotations

from collections.abc import Callable

import pytest

from chaindesk.domain.chain import Chain
from chaindesk.domain.manifest import Manifest
from tests.support.engine import (
    Behaviour,
    EngineHarness,
    ScriptedProvider,
    fail_where,
    make_chain,
    make_manifest,
    make_topics,
)


@pytest.fixture
def bench_of() -> type[EngineHarness]:
    return EngineHarness


@pytest.fixture
def rows_of() -> Callable[..., Manifest]:
    return make_manifest


@pytest.fixture
def steps_of() -> Callable[..., Chain]:
    return make_chain


@pytest.fixture
def scripted() -> type[ScriptedProvider]:
    return ScriptedProvider


@pytest.fixture
def topics() -> Callable[[int], Manifest]:
    return make_topics


@pytest.fixture
def failing() -> Callable[..., Behaviour]:
    return fail_where
