"""The chain reference: every field described once, in the model, and found by the paths that problems name."""

from __future__ import annotations

from pathlib import Path

import pytest

from chaindesk.chain_file import chain_json_schema, chain_reference, describe, parse_chain, with_schema_line
from chaindesk.chain_file.reference import fields_called
from chaindesk.cli.main import main


@pytest.mark.parametrize("field", chain_reference(), ids=lambda field: field.path)
def test_every_field_says_what_it_is_for_in_whole_sentences(field) -> None:
    assert field.description[:1].isupper() or field.description.startswith("true:")
    assert field.description.endswith(".")
    assert field.kind
    assert len(field.description) < 260


def test_the_schema_carries_the_same_words_and_a_name_of_its_own() -> None:
    schema = chain_json_schema()
    assert schema["$id"] == "urn:chaindesk:chain-file"
    described = [
        field["description"]
        for definition in (schema, *schema["$defs"].values())
        for part in definition.get("anyOf", [definition])
        for field in part.get("properties", {}).values()
    ]
    assert sorted(described) == sorted(field.description for field in chain_reference())


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("steps[2].run_if.equals", "equals (text; optional)"),
        ("steps.run_if.equals", "equals (text; optional)"),
        (("steps", 2, "timeout"), "timeout (number, more than 0; default: 600)"),
        ("providers.lab.base_url", "base_url (text; optional)"),
        ("providers.NAME.base_url", "base_url (text; optional)"),
        ("providers.lab.prices.my-model.cached_input", "at least 0, at most 1,000,000"),
        ("retry", "retry (group of fields; optional)"),
        ("concurrency", "at most 1,000; default: 10"),
    ],
)
def test_a_field_is_described_at_its_path(path, words) -> None:
    assert words in describe(path)


@pytest.mark.parametrize("path", ["", "nope", "steps[0].nope", "steps.name.more", "providers.lab.base_url.x"])
def test_what_is_no_field_has_no_description(path) -> None:
    assert describe(path) == ""


def test_fields_are_found_by_their_last_words() -> None:
    assert [field.path for field in fields_called("timeout")] == ["steps[].timeout"]
    assert [field.path for field in fields_called("name")] == ["name", "steps[].name"]
    assert [field.path for field in fields_called("prices.input")] == ["providers.NAME.prices.NAME.input"]


def test_the_schema_line_names_the_schema_wherever_the_copy_lies(tmp_path: Path) -> None:
    schema = tmp_path / "a folder" / "chain.schema.json"
    text = with_schema_line("# yaml-language-server: $schema=chain.schema.json\nname: x\n", schema)
    assert text == f"# yaml-language-server: $schema={schema.as_uri()}\nname: x\n"
    assert with_schema_line("name: x\n", schema) == text
    assert with_schema_line(text, schema) == text


def test_help_lists_every_field_and_tells_of_one(capsys) -> None:
    assert main(["help", "chain"]) == 0
    listed = capsys.readouterr().out
    assert all(field.path in listed for field in chain_reference())
    assert main(["help", "chain", "max_output_tokens"]) == 0
    told = capsys.readouterr().out
    assert "steps[].max_output_tokens: whole number, more than 0; optional" in told
    assert "It makes a budget certain." in " ".join(told.split())


def test_help_names_the_nearest_field_and_command(capsys) -> None:
    assert main(["help", "chain", "temprature"]) == 2
    assert "Did you mean temperature?" in capsys.readouterr().err
    assert main(["help", "chck"]) == 2
    assert "Did you mean check?" in capsys.readouterr().err


def test_help_prints_an_example_that_is_a_chain_and_finds_its_schema(capsys) -> None:
    assert main(["help", "chain", "--example", "articles"]) == 0
    text = capsys.readouterr().out
    assert parse_chain(text, "x").name == "articles"
    first = text.partition("\n")[0]
    assert Path.from_uri(first.partition("=")[2]).is_file() if hasattr(Path, "from_uri") else "file:///" in first


def test_help_of_a_command_is_its_own(capsys) -> None:
    assert main(["help", "run"]) == 0
    assert "usage: chaindesk run" in capsys.readouterr().out
