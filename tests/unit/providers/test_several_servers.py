"""A provider with several servers or keys: which endpoints come of it, and what a chain may not say."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from chaindesk.domain.chains.provider_settings import ProviderSettings
from chaindesk.providers.registry import resolve

_TWO = ["http://127.0.0.1:8001/v1", "http://127.0.0.1:8002/v1"]


def test_each_address_is_an_endpoint_that_names_itself() -> None:
    lab = resolve("lab", ProviderSettings(base_urls=_TWO))
    assert (lab.name, lab.base_url) == ("lab", _TWO[0])
    assert [(one.name, one.base_url) for one in lab.asked] == [
        ("lab (127.0.0.1:8001)", _TWO[0]),
        ("lab (127.0.0.1:8002)", _TWO[1]),
    ]
    assert {one.key_holder for one in lab.asked} == {"lab"}


def test_each_key_is_an_endpoint_by_its_name_or_its_variable() -> None:
    openai = resolve("openai", ProviderSettings(keys=["openai", "OPENAI_SECOND_KEY"]))
    assert [(one.name, one.key_holder, one.key_variable) for one in openai.asked] == [
        ("openai (openai)", "openai", ""),
        ("openai (OPENAI_SECOND_KEY)", "openai", "OPENAI_SECOND_KEY"),
    ]
    assert {one.base_url for one in openai.asked} == {"https://api.openai.com/v1"}
    assert not openai.asked[1].key_trusted, "a variable of another name is asked about before it goes anywhere"


def test_keys_and_addresses_go_in_pairs() -> None:
    lab = resolve("lab", ProviderSettings(base_urls=_TWO, keys=["east", "west"]))
    assert [(one.base_url, one.key_holder) for one in lab.asked] == [(_TWO[0], "east"), (_TWO[1], "west")]
    assert all(one.key_required for one in lab.asked)


def test_an_answer_counts_whichever_server_gave_it() -> None:
    alone = resolve("lab", ProviderSettings(base_url=_TWO[0]))
    assert resolve("lab", ProviderSettings(base_urls=_TWO)).base_url == alone.base_url
    assert alone.asked == (alone,)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"base_url": _TWO[0], "base_urls": _TWO}, "not both"),
        ({"api_key_env": "LAB_KEY", "keys": ["a"]}, "not both"),
        ({"base_urls": _TWO, "keys": ["a", "b", "c"]}, "one for each"),
        ({"base_urls": [_TWO[0], _TWO[0]]}, "once"),
        ({"base_urls": _TWO[:1]}, "at least 2"),
        ({"keys": ["sk-0123456789abcdef0123"]}, "never written here"),
    ],
)
def test_what_cannot_be_meant_is_refused(settings: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        ProviderSettings.model_validate(settings)
