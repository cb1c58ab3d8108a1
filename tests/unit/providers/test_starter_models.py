"""The models that new chains begin with: of known providers, and with a known price, so that a budget can be kept."""

from __future__ import annotations

import pytest

from chaindesk.domain.completion import Usage
from chaindesk.providers.pricing import cost
from chaindesk.providers.registry import PRESETS, resolve
from chaindesk.providers.starter_models import DEMO_MODEL, STARTER_MODELS


@pytest.mark.parametrize("provider", STARTER_MODELS)
def test_each_has_a_price(provider: str) -> None:
    assert cost(resolve(provider), STARTER_MODELS[provider], Usage(1000, 1000))


def test_every_provider_with_a_key_and_an_address_of_its_own_has_one() -> None:
    assert set(STARTER_MODELS) == {name for name, preset in PRESETS.items() if preset.key_required and preset.base_url}
    assert DEMO_MODEL.startswith("demo/")
