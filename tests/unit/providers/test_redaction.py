"""Keys are taken out of other people's text."""

from __future__ import annotations

import base64

import pytest

from chaindesk.providers.redaction import HIDDEN, redacted, shortened, without_key

KEY = "sk-proj-5up3r/s3cr3t+0123456789abcdef"


@pytest.mark.parametrize(
    "text",
    [
        f"Incorrect API key provided: {KEY}.",
        f'{{"key": "{KEY}"}}',
        f"Bearer {KEY}",
        "key=sk-proj-5up3r%2Fs3cr3t%2B0123456789abcdef&x=1",
        f"key {KEY[:20]}",
        f"key …{KEY[-12:]}",
        f"key {KEY[:8]}********{KEY[-4:]}",
        f"key {KEY[:7]}***",
    ],
)
def test_a_key_is_hidden_in_whatever_form_it_is_echoed(text: str) -> None:
    cleaned = redacted(text, KEY)
    assert HIDDEN in cleaned
    for start in range(len(KEY) - 8):
        assert KEY[start : start + 9] not in cleaned
    assert "cdef" not in cleaned


@pytest.mark.parametrize("before", ["", "a", "me:", "user:x"])
def test_a_key_is_hidden_in_base64_and_hex_too(before: str) -> None:
    raw = f"{before}{KEY}:more".encode()
    for digits in (base64.b64encode(raw), base64.urlsafe_b64encode(raw), raw.hex().encode()):
        told = f"You sent Basic {digits.decode()}."
        assert digits.decode()[12:24] not in redacted(told, KEY)
        assert digits.decode()[12:24] not in without_key(told, KEY)


def test_other_words_stay() -> None:
    text = "The model `gpt-5` does not exist. See https://platform.example.com/docs, code model_not_found **bold**."
    assert redacted(text, KEY) == text
    assert redacted(text, "") == text


@pytest.mark.parametrize("key", ["k", "none", "ollama"])
def test_a_word_that_local_servers_take_for_a_key_is_no_secret_and_spoils_no_message(key: str) -> None:
    told = "ollama asks for none: check the key of ollama"
    assert redacted(told, key) == told
    assert redacted(f"Invalid api_key: '{key}', sent as Bearer {key}.", key) == (
        f"Invalid api_key: '{HIDDEN}', sent as Bearer {HIDDEN}."
    )


@pytest.mark.parametrize("key", ["sk-bad", "abc123", "k3y!", "x-y-z"])
def test_a_short_key_is_hidden_wherever_it_is_echoed(key: str) -> None:
    for told in (f"Incorrect API key provided: {key}. Look.", f'"{key}" is not known', f"{key} (401)", f"for={key}&x"):
        assert key not in redacted(told, key)
        assert HIDDEN in redacted(told, key)


def test_a_short_key_of_letters_alone_is_hidden_where_a_key_is_spoken_of() -> None:
    assert redacted("Incorrect API key provided: secret.", "secret") == f"Incorrect API key provided: {HIDDEN}."
    assert redacted("A secret of the house.", "secret") == "A secret of the house."


def test_long_text_is_cut_on_one_line() -> None:
    assert shortened("a\n  b") == "a b"
    assert len(shortened("word " * 200)) <= 300
