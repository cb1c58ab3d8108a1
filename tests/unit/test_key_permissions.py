"""A variable of the environment goes to a host only after the user agreed to the pair."""

from __future__ import annotations

import json
import stat
import sys

import pytest

from chaindesk import settings
from chaindesk.credentials import KeySource, KeyStore
from chaindesk.domain.chains.provider_settings import ProviderSettings
from chaindesk.domain.completion import Endpoint
from chaindesk.domain.errors import InputError
from chaindesk.key_permissions import KeyPermission, host_of, load_permissions, save_permissions
from chaindesk.providers.registry import resolve

SECRET = "wJalrXUtnFEMI-not-for-strangers"
STORE = {"AWS_SECRET_ACCESS_KEY": SECRET, "openai_api_key": SECRET, "LAB_KEY": SECRET, "OPENAI_API_KEY": SECRET}


def provider(variable: str | None, base_url: str | None = "https://llm.example.org/v1", name: str = "lab") -> Endpoint:
    return resolve(name, ProviderSettings(api_key_env=variable, base_url=base_url))


@pytest.mark.parametrize(
    ("variable", "base_url", "name"),
    [
        ("AWS_SECRET_ACCESS_KEY", "https://llm.example.org/v1", "lab"),
        ("AWS_SECRET_ACCESS_KEY", "http://127.0.0.1:8000/v1", "lab"),
        ("AWS_SECRET_ACCESS_KEY", "https://api.openai.com/v1", "openai"),
        ("LAB_KEY", "https://llm.example.org/v1", "lab"),
        ("LAB_KEY", "http://localhost:8000/v1", "other"),
    ],
)
async def test_a_variable_waits_for_the_users_word(variable: str, base_url: str, name: str) -> None:
    store, endpoint = KeyStore(environment=STORE), provider(variable, base_url, name)
    (permission,) = store.pending_permissions([endpoint, endpoint])
    assert (permission.variable, permission.provider) == (variable, name)
    assert base_url.startswith(permission.host)
    assert variable in permission.question
    assert permission.host in permission.question
    assert store.at_hand(endpoint) is None
    assert (await store.find_all([endpoint]))[0] == {}
    store.allow(permission)
    assert store.pending_permissions([endpoint]) == []
    found = KeyStore(environment=STORE).at_hand(endpoint)
    assert found is not None
    assert (found.value, found.source) == (SECRET, KeySource.ENVIRONMENT)


@pytest.mark.parametrize(
    ("variable", "base_url", "name"),
    [
        (None, None, "openai"),
        ("OPENAI_API_KEY", "https://api.openai.com/v1", "mine"),
        ("LAB_KEY", "http://127.0.0.1:8000/v1", "lab"),
        ("UNSET", "https://llm.example.org/v1", "lab"),
    ],
)
def test_known_pairs_need_no_word(variable: str | None, base_url: str | None, name: str) -> None:
    assert KeyStore(environment=STORE).pending_permissions([provider(variable, base_url, name)]) == []


def test_another_host_scheme_or_variable_is_asked_for_again() -> None:
    store = KeyStore(environment=STORE)
    store.allow(KeyPermission("LAB_KEY", "https://llm.example.org"))
    assert store.at_hand(provider("LAB_KEY", "https://llm.example.org:8443/v2")) is not None
    other = ProviderSettings(api_key_env="LAB_KEY", base_url="http://llm.example.org/v1", allow_http=True)
    for endpoint in (
        provider("LAB_KEY", "https://llm.example.org.evil.example/v1"),
        provider("AWS_SECRET_ACCESS_KEY"),
        resolve("lab", other),
    ):
        assert store.at_hand(endpoint) is None
        assert len(store.pending_permissions([endpoint])) == 1


def test_what_is_allowed_for_once_is_forgotten_with_the_store() -> None:
    store, endpoint = KeyStore(environment=STORE), provider("LAB_KEY")
    store.allow(store.pending_permissions([endpoint])[0], remember=False)
    assert store.at_hand(endpoint) is not None
    assert KeyStore(environment=STORE).at_hand(endpoint) is None
    assert load_permissions() == frozenset()


def test_a_well_known_variable_in_other_letters_is_refused_elsewhere() -> None:
    with pytest.raises(InputError, match="holds a key of openai"):
        provider("openai_api_key", "https://evil.example/v1")


def test_what_is_allowed_is_kept_to_this_user_and_damage_allows_nothing() -> None:
    save_permissions([KeyPermission("LAB_KEY", "https://llm.example.org")])
    path = settings.home() / "key-permissions.json"
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_permissions() == {KeyPermission("LAB_KEY", "https://llm.example.org", "any")}
    for damage in ("", "7", "[[1]]", json.dumps({"a": "b"})):
        path.write_text(damage)
        assert load_permissions() == frozenset()


@pytest.mark.parametrize("address", ["", "ftp://a.example", "https://", "http://[::1", "a b", "https://a\u202eb"])
def test_what_is_no_host_is_refused(address: str) -> None:
    with pytest.raises(InputError, match="is no host"):
        host_of(address)


def test_hosts_are_written_in_one_way() -> None:
    assert host_of("LLM.example.org") == "https://llm.example.org"
    assert host_of("http://[::1]:8000/v1") == "http://[::1]"


@pytest.mark.parametrize("text", ["sk-proj-abc", "$LAB_KEY", "gsk_0a1B2c3D4e5F6g7H8i9J0k", "a b", "9LIVES"])
def test_what_is_no_variables_name_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(ValueError, match="api_key_env names") as caught:
        ProviderSettings(api_key_env=text)
    assert [text in str(error["ctx"]["error"]) for error in caught.value.errors()] == [False]  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", ["LAB_KEY", "together_api_key_for_lab2", "MYCOMPANYOPENAIKEY2025", "_k"])
def test_names_of_variables_are_taken(text: str) -> None:
    assert ProviderSettings(api_key_env=text).api_key_env == text
