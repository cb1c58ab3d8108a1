"""Chain files: reading, mistakes told with their lines, writing back."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chaindesk.chain_file import chain_json_schema, dump_chain, load_chain, locate, parse_chain
from chaindesk.domain.chains.answer_fields import AnswerField, FieldType
from chaindesk.domain.chains.chain import Chain, ExtraColumn, RunIf, Step
from chaindesk.domain.chains.chain_binding import bind
from chaindesk.domain.chains.provider_settings import ProviderSettings
from chaindesk.domain.completion import ModelPrice, ProviderKind
from chaindesk.domain.errors import ChainError, Problem
from chaindesk.domain.manifest import Column, Manifest

GOOD = """\
name: article
id_column: ID                    # optional
concurrency: 25
providers:
  local: {kind: openai-chat, base_url: "http://localhost:11434/v1"}
  openai: {requests_per_minute: 500}
steps:
  - name: research
    model: openai/gpt-6.1-mini
    prompt: |
      List ten facts
      about {{Topic}}.
  - name: score
    model: local/llama3
    run_if: {column: Code, equals: 007}
    prompt: Judge this text. {{research}}
    fields: {quality: integer, reason: string}
"""


def problems_in(text: str) -> list[str]:
    with pytest.raises(ChainError) as caught:
        parse_chain(text, "c.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_the_designs_chain_is_read() -> None:
    chain = parse_chain(GOOD, "c.yaml")
    assert chain.step_names == ("research", "score")
    assert chain.id_column == "ID"
    types = {"quality": FieldType.INTEGER, "reason": FieldType.STRING}
    assert chain.steps[1].fields == {name: AnswerField(type=kind) for name, kind in types.items()}
    assert chain.providers["local"].kind is ProviderKind.OPENAI_CHAT


def test_a_text_field_holds_what_was_typed() -> None:
    condition = parse_chain(GOOD, "c.yaml").steps[1].run_if
    assert condition is not None
    assert condition.equals == "007"


def test_every_mistake_is_told_at_once_with_line_and_field() -> None:
    text = """\
name: article
concurency: 25
columns: [model, tokns]
retry: {attempts: 0}
providers:
  local: {kind: openai-chatt, base_url: ""}
steps:
  - name: research
    model: openai
    promt: x
  - name: a.b
    model: demo/x
    prompt: {{Topic}}
    temperature: hot
    run_if: {column: L, equals: x, blank: true}
    fields: {q: integr}
  - prompt: x
    name: a
    name: b
    model:
    timeout: .inf
"""
    assert problems_in(text) == [
        'c.yaml:2: concurency: There is no field "concurency" here. Did you mean "concurrency"?',
        'c.yaml:3: columns[1]: "columns" cannot be "tokns". Did you mean "tokens"?',
        'c.yaml:4: retry.attempts: "attempts" is 0; it must be at least 1.',
        'c.yaml:6: providers.local.kind: "kind" cannot be "openai-chatt". Did you mean "openai-chat"?',
        'c.yaml:6: providers.local.base_url: "base_url" is empty.',
        'c.yaml:8: steps[0].prompt: "prompt" is missing.',
        "c.yaml:9: steps[0].model: A model is written provider/model, such as openai/gpt-5.4-mini or local/llama3.",
        'c.yaml:10: steps[0].promt: There is no field "promt" here. Did you mean "prompt"?',
        "c.yaml:11: steps[1].name: A step's name is one line without { } | . and without spaces around it.",
        "c.yaml:13: steps[1].prompt: Text that begins with {{ must stand in quotes, or below a |.",
        'c.yaml:14: steps[1].temperature: "temperature" wants a number, not "hot".',
        "c.yaml:15: steps[1].run_if: run_if wants exactly one of equals, not_equals, contains, blank.",
        'c.yaml:16: steps[1].fields.q: There is no field type "integr". Did you mean "integer"?',
        'c.yaml:19: steps[2].name: "name" is here a second time; the first is in line 18.',
        'c.yaml:20: steps[2].model: "model" has no value. Write one, or take the line away.',
        "c.yaml:21: steps[2].timeout: .inf is not a number that can be used here.",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "c.yaml: The file is empty. A chain has a name and steps."),
        ("# only a comment\n", "c.yaml: The file is empty. A chain has a name and steps."),
        ("name: x\nsteps:\n\t- name: a", "c.yaml:3: The line is indented with a tab. YAML wants spaces."),
        ("- a\n- b", "c.yaml:1: A chain is written as names with values: name: …, steps: …"),
        ("name: [1,", "c.yaml:1: The file ends while a bracket or brace is still open."),
        ("name: x\nsteps: 'y", "c.yaml:2: The quotation mark that opens here is never closed."),
        ("name: @x", "c.yaml:1: A text cannot begin with this character. Put the text in quotes."),
        ("name: *x", "c.yaml:1: A text cannot begin with * unless it is in quotes."),
        ("p: {{Topic}} x", "c.yaml:1: Text that begins with {{ must stand in quotes, or below a |."),
        ("a: 1\n---\nb: 2", "c.yaml:2: A chain file holds one chain: the line --- begins a second one."),
        ("name: x\nb: a\x07", "c.yaml:2: There is a character here that no text file should hold."),
        ("[" * 3000, "c.yaml: The brackets are nested too deeply for a chain."),
    ],
)
def test_a_file_that_is_no_yaml_is_told_in_plain_words(text: str, told: str) -> None:
    assert problems_in(text) == [told]


DIGITS = "9" * 5000


@pytest.mark.parametrize(
    "value",
    [DIGITS, f"-{DIGITS}", "0x" + "f" * 5000, "1e400", f"!!int {DIGITS}", "!!int x", "!!float x", "!!bool maybe"],
)
@pytest.mark.parametrize("field", ["concurrency: {}", "name2: {}", "retry: {{seconds: {}}}", "steps: {}"])
def test_a_number_that_nothing_can_hold_is_a_mistake_of_the_chain(field: str, value: str) -> None:
    text = f"name: x\n{field.format(value)}\nsteps: [{{name: a, model: demo/w, prompt: p}}]"
    told = problems_in(text)
    assert any("is not a number that can be used here" in problem for problem in told)
    assert all(len(problem) < 300 for problem in told)


def test_a_name_of_thousands_of_digits_is_told_briefly() -> None:
    for text in (DIGITS, f"? {DIGITS}\n: 1", f"? !!int {DIGITS}\n: 1"):
        assert all(len(problem) < 300 for problem in problems_in(text))


@pytest.mark.parametrize("text", ["name: !!python/name:os.system x", "name: !secret x"])
def test_a_tag_makes_no_object(text: str) -> None:
    assert "have no meaning in a chain" in problems_in(text)[0]


def test_aliases_cannot_grow_without_bound() -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert "too large" in problems_in("\n".join(levels))[0]
    assert "too large" in problems_in("a: &a [*a]")[0]


def test_files_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    for data, words in (
        (b"name: x\n# caf\xe9\n", f"{path}:2: This line holds characters that are not UTF-8. Save the file as UTF-8."),
        (b"PK\x03\x04rest", f"{path}: This is a workbook or another zip file, not a chain file."),
        (b"#" * 1_000_001, f"{path}: The file has more than a million bytes: no chain is so long."),
    ):
        path.write_bytes(data)
        with pytest.raises(ChainError) as caught:
            load_chain(path)
        assert str(caught.value) == words
    with pytest.raises(ChainError, match="There is no such chain file"):
        load_chain(tmp_path / "none.yaml")
    with pytest.raises(ChainError, match="This is a folder"):
        load_chain(tmp_path)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(GOOD, encoding="utf-8-sig")
    assert load_chain(path) == parse_chain(GOOD, "c.yaml")


def test_problems_of_bind_get_the_line_of_the_very_placeholder(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(GOOD, encoding="utf-8")
    columns = (Column("ID", 1, "ID"), Column("Topics", 2, "Topics"), Column("Code", 3, "Code"))
    manifest = Manifest(Path("m.xlsx"), "Jobs", ("Jobs",), 1, columns, ())
    _, problems = bind(load_chain(path), manifest)
    (located,) = locate(path, problems)
    assert (located.file, located.line, located.field) == (str(path), 12, "steps[0].prompt")
    assert "Did you mean {{Topics}}?" in located.message


def test_a_problem_without_a_field_keeps_the_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "gone.yaml"
    assert locate(path, [Problem("x")]) == (Problem("x", file=str(path)),)


def test_the_schema_knows_every_field_and_refuses_others() -> None:
    schema = chain_json_schema()
    assert set(schema["properties"]) == set(Chain.model_fields)
    assert schema["additionalProperties"] is False
    assert set(schema["$defs"]["Step"]["properties"]) == set(Step.model_fields)


def test_dumped_prompts_are_readable_blocks_without_defaults() -> None:
    text = dump_chain(parse_chain(GOOD, "c.yaml"))
    assert "    prompt: |\n      List ten facts\n      about {{Topic}}.\n" in text
    assert "timeout" not in text
    assert "requests_per_minute: 500\n" in text
    assert text.index("name:") < text.index("id_column:") < text.index("concurrency:") < text.index("steps:")


TEXTS = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc"], include_characters="\n", exclude_characters="\u2028\u2029\ufeff\x85"
    ),
    min_size=1,
    max_size=60,
)
NAMES = st.text("abcXYZ 09-_é漢", min_size=1, max_size=12).map(str.strip).filter(bool)
FIELDS = st.sampled_from(
    [
        *("string", "integer?", "number", "boolean", "date?", "list", ["retail", "food"], ["1", "true", "no"]),
        {"type": "choice?", "values": ["a", "b"]},
        {"type": "list", "values": ["a", "b"], "separator": " | "},
        {"type": "boolean?", "words": ["ja", "nein"]},
    ]
).map(AnswerField.model_validate)
STEPS = st.builds(
    Step,
    name=NAMES,
    model=st.just("demo/writer"),
    prompt=TEXTS,
    system=TEXTS | st.just(""),
    output=NAMES | st.none(),
    fields=st.dictionaries(NAMES, FIELDS, max_size=3),
    run_if=st.none() | st.builds(RunIf, column=NAMES, equals=TEXTS),
    temperature=st.none() | st.sampled_from([0, 0.5, 1.0]),
    stop=st.none() | st.lists(TEXTS, max_size=2),
    parameters=st.dictionaries(NAMES, st.integers() | st.booleans() | TEXTS | st.floats(0, 9), max_size=2),
)
CHAINS = st.builds(
    Chain,
    name=NAMES,
    steps=st.lists(STEPS, min_size=1, max_size=3),
    id_column=NAMES | st.none(),
    concurrency=st.integers(1, 1000),
    columns=st.lists(st.sampled_from(ExtraColumn), max_size=2),
    providers=st.dictionaries(NAMES, st.builds(ProviderSettings, requests_per_minute=st.just(60.0)), max_size=2),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CHAINS)
def test_a_dumped_chain_reads_back_equal(chain: Chain) -> None:
    assert parse_chain(dump_chain(chain), "dumped") == chain


PRICED = """\
name: priced
providers:
  lab:
    base_url: https://llm.example.org/v1
    prices: {}
steps:
  - name: draft
    model: lab/small
    prompt: Hi
"""


def test_prices_of_ones_own_are_read_exactly_and_written_back() -> None:
    words = (
        '{"small": {input: 0.1, output: 1.5, cached_input: 0.05, cache_write: 0.125}, "*": {input: 1, output: 2e-3}}'
    )
    chain = parse_chain(PRICED.replace("{}", words), "c.yaml")
    prices = chain.providers["lab"].prices
    assert prices["small"].price == ModelPrice(Decimal("0.1"), Decimal("1.5"), Decimal("0.05"), Decimal("0.125"))
    assert prices["*"].price == ModelPrice(Decimal(1), Decimal("0.002"))
    assert parse_chain(dump_chain(chain), "again") == chain
    assert Chain.model_validate_json(chain.model_dump_json(exclude_defaults=True)) == chain


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("{small: {input: 1}}", '"output" is missing.'),
        ("{small: {input: -1, output: 1}}", '"input" is -1; it must be at least 0.'),
        ("{small: {input: free, output: 1}}", '"input" wants a number, not "free".'),
        ("{small: {input: true, output: 1}}", "a number of US dollars per million tokens"),
        ("{small: {input: .nan, output: 1}}", "is not a number"),
        ("{small: {input: 1, output: 1, cached: 1}}", 'There is no field "cached" here.'),
        ("{small: 1}", '"small" wants names with values'),
        ("{*: {input: 1, output: 1}}", "unless it is in quotes"),
    ],
)
def test_a_price_that_is_none_is_told_with_its_line(words: str, told: str) -> None:
    with pytest.raises(ChainError) as caught:
        parse_chain(PRICED.replace("{}", words), "c.yaml")
    assert "c.yaml:5:" in str(caught.value)
    assert told in str(caught.value)


def test_characters_in_jsons_two_halves_are_put_together_and_a_lone_half_is_told() -> None:
    written = '{{"name": "t", "steps": [{{"name": "d", "model": "demo/m", "prompt": "{}"}}]}}'
    chain = parse_chain(written.format("Hi \\ud83d\\ude00"), "c.json")
    assert chain.steps[0].prompt == "Hi 😀"
    with pytest.raises(ChainError, match=r"c\.json:1: steps\[0\]\.prompt: \\ud83d is half a character") as caught:
        parse_chain(written.format("Hi \\ud83d there"), "c.json")
    assert str(caught.value).isascii()
