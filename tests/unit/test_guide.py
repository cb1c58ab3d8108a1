"""The user's guide is true: its chains are read, its commands are run, and its messages are the program's own."""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import io
import json
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from chaindesk.chain_file import parse_chain, with_schema_line
from chaindesk.cli.exit_status import Exit
from chaindesk.cli.main import COMMANDS, main
from chaindesk.settings import resource

GUIDE = Path(__file__).parents[2] / "docs" / "guide"
PAGES = sorted(GUIDE.glob("*.md"))
README = Path(__file__).parents[2] / "README.md"
DOCUMENTS = [README, README.with_name("SECURITY.md"), *PAGES, *sorted(GUIDE.parent.glob("*.md"))]
OTHERS = {"--version", "--fast", "--all", "--cov", "--host"}
"""Options without a command, and of other programs: dev.py's and Dask's."""
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
_STATUS = re.compile(r"\s+# exit status (.+)$")
_DEMO = "name: {name}\nsteps:\n  - {{name: note, model: demo/writer, prompt: 'In five words: {{{{{column}}}}}'}}\n"


@dataclass(frozen=True)
class Example:
    """A command of the guide, what it is to print, and the exit statuses that it may have."""

    line: str
    expected: tuple[str, ...]
    statuses: tuple[int, ...]


def blocks(page: Path, kind: str) -> list[str]:
    return [text for name, text in _BLOCK.findall(page.read_text(encoding="utf-8")) if name == kind]


def examples(page: Path) -> Iterator[Example]:
    for block in blocks(page, "console"):
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            line, *expected = part.rstrip("\n").split("\n")
            told = _STATUS.search(line)
            statuses = tuple(int(word) for word in told[1].split(" or ")) if told else (0,)
            yield Example(_STATUS.sub("", line), tuple(filter(None, expected)), statuses)


def as_pattern(words: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, words.split("…"))))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what the guide's commands name: the example workbook, its chain, a text file."""
    shutil.copyfile(resource("examples/articles.xlsx"), tmp_path / "articles.xlsx")
    chain = resource("examples/articles.yaml").read_text(encoding="utf-8")
    (tmp_path / "article.yaml").write_text(with_schema_line(chain, resource("examples/chain.schema.json")))
    (tmp_path / "misspelt.yaml").write_text(_DEMO.format(name="misspelt", column="Topicc"))
    (tmp_path / "notes.yaml").write_text(_DEMO.format(name="notes", column="Topic"))
    (tmp_path / "topics.csv").write_text("ID;Topic\n1;Cats\n2;Dogs\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(line: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    """Run a command of the guide as a shell would, with its redirections, and return its status and what it printed."""
    words = shlex.split(line)
    assert words.pop(0) == "chaindesk"
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n", write_through=True), io.StringIO()
    target = None
    if ">" in words:
        target = Path(words[words.index(">") + 1])
        del words[words.index(">") :]
    if "<" in words:
        monkeypatch.setattr(sys, "stdin", io.StringIO())
        del words[words.index("<") :]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(words)
    printed = out.buffer.getvalue()
    if target is not None:
        target.write_bytes(printed)
        return status, err.getvalue()
    return status, printed.decode() + err.getvalue()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_chain_of_the_guide_is_one(page: Path) -> None:
    for text in blocks(page, "yaml"):
        parse_chain(text, page.name)


@pytest.mark.parametrize("page", [page for page in PAGES if list(examples(page))], ids=lambda page: page.stem)
def test_every_command_of_the_guide_does_what_it_says(page: Path, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare_history(page, monkeypatch)
    for example in examples(page):
        status, printed = run(example.line, monkeypatch)
        assert status in example.statuses, f"{example.line}\n{printed}"
        for words in example.expected:
            assert as_pattern(words).search(printed), f"{example.line}\nlacks: {words}\n{printed}"


def checked_chains() -> list[str]:
    return blocks(GUIDE / "checks.md", "yaml")


@pytest.mark.parametrize("chain", checked_chains(), ids=lambda text: parse_chain(text, "checks.md").name)
def test_the_chains_of_the_page_on_checks_run_and_flag(chain: str, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (desk / "checked.yaml").write_text(re.sub(r"\b(?:openai|anthropic)/[\w.-]+", "demo/classifier", chain))
    words = "articles.xlsx --chain checked.yaml --rows first:2"
    status, printed = run(f"chaindesk check {words}", monkeypatch)
    assert status == 0, printed
    assert ("at most" in printed) == any(word in chain for word in ("on_fail", "judge:", "fields:"))
    status, printed = run(f"chaindesk run {words} --out done.xlsx --quiet", monkeypatch)
    assert status == 0, printed
    header = CalamineWorkbook.from_path(desk / "done.xlsx").get_sheet_by_index(0).to_python()[0]
    assert ("Checks" in header) == ("checks:" in chain)


def prepare_history(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make what a page tells of without making it: a run, a folder with a workbook."""
    if page.stem == "by-night":
        Path("inbox").mkdir()
        shutil.copyfile("topics.csv", "inbox/topics.csv")
    if page.stem == "budgets":
        run("chaindesk run articles.xlsx --chain article.yaml --rows first:1 --quiet", monkeypatch)


def test_no_page_has_a_command_that_is_not_run() -> None:
    for page in PAGES:
        kinds = set(re.findall(r"^```(.*)\n(?:.*\n)*?```$", page.read_text(encoding="utf-8"), re.M))
        scripts = {"bash", "python"} if page.stem in ("scripts", "python") else set()  # run by test_scripts.py
        assert kinds <= {"yaml", "console", "sh", "text", "json", "ini"} | scripts, page.name
        assert "chaindesk " not in "".join(blocks(page, "text")), page.name
        prose = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
        assert not re.search(r"\n\n    \S", prose), f"{page.name}: a block that is only indented is read by no test"


@cache
def source_text() -> str:
    """All texts of the program, strings that go on in the next line put together."""
    package = Path(__file__).parents[2] / "chaindesk"
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(package.rglob("*.py")))
    return re.sub(r"[\"']\s*\n\s*f?[\"']", "", text).replace('\\"', '"')


def messages() -> list[str]:
    return re.findall(r"^### (.+)$", (GUIDE / "messages.md").read_text(encoding="utf-8"), re.M)


@pytest.mark.parametrize("message", messages())
def test_every_message_that_is_explained_is_the_programs_own(message: str) -> None:
    for part in message.split("…"):
        words = part.strip(' .()"')
        assert words in source_text(), words


@pytest.fixture(scope="module")
def guide() -> Any:
    path = Path(__file__).parents[2] / "packaging" / "guide.py"
    spec = importlib.util.spec_from_file_location("guide", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_guide_builds_with_every_link_leading_somewhere(guide: Any, tmp_path: Path) -> None:
    assert guide.build(tmp_path) == 0
    made = {path.stem for path in tmp_path.glob("*.html")}
    assert made == {page.stem for page in PAGES}


def test_the_page_of_fields_is_that_of_the_model(guide: Any) -> None:
    told = (GUIDE / "chain-reference.md").read_text(encoding="utf-8")
    assert told == guide.reference_page(), "run: python3 packaging/dev.py docs"


def readme_commands() -> list[str]:
    return re.findall(r"^chaindesk .+$", README.read_text(encoding="utf-8"), re.M)


def test_the_readme_has_a_chain_that_is_one() -> None:
    (text,) = blocks(README, "yaml")
    assert parse_chain(text, "README.md").name == "article"


def commands_for_other_machines() -> list[str]:
    """What needs more machines than one, or a provider with batch jobs; run in tests/acceptance."""
    lines = [line for page in PAGES for text in blocks(page, "sh") for line in text.splitlines()]
    return [line.replace("…", "") for line in lines if line.startswith("chaindesk ")]


def commands_in_other_programs_settings() -> list[str]:
    """What an agent's program and systemd are told to start."""
    entries = [json.loads(text)["mcpServers"]["chaindesk"] for page in PAGES for text in blocks(page, "json")]
    units = "".join(text for page in PAGES for text in blocks(page, "ini"))
    started = re.findall(r"^ExecStart=\S*/(chaindesk .+)$", units, re.M)
    assert len(entries) == len(started) == 1
    return [*started, *(shlex.join([entry["command"], *entry["args"]]) for entry in entries)]


def parser_of(name: str) -> argparse.ArgumentParser:
    command = importlib.import_module(f"chaindesk.cli.commands.{name.replace('-', '_')}")
    parser = argparse.ArgumentParser(allow_abbrev=False, exit_on_error=False)
    command.add_arguments(parser)
    return parser


@pytest.mark.parametrize(
    "line", readme_commands() + commands_for_other_machines() + commands_in_other_programs_settings()
)
def test_every_command_that_is_shown_has_options_that_there_are(line: str) -> None:
    name, *words = shlex.split(line, comments=True)[1:]
    assert name in COMMANDS
    parser_of(name).parse_args(words)


def options_of(parser: argparse.ArgumentParser) -> set[str]:
    """Every option of a command and of the commands below it."""
    inner = [action.choices for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    below = [options_of(one) for choices in inner for one in choices.values()]
    return {"--help", *parser._option_string_actions}.union(*below)


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: page.stem)
def test_every_command_and_option_that_a_text_names_is_one(page: Path) -> None:
    words = re.findall(r"`([^`\n]+)`", _BLOCK.sub("", page.read_text(encoding="utf-8")))
    for command in (one.split()[1:] for one in words if one.startswith("chaindesk ")):
        if command[0].startswith("-"):
            assert command[0] in ("--help", "--version"), command
        elif command[0] not in ("WORKBOOK", "COMMAND"):
            assert command[0] in COMMANDS, command
            named = {word.partition("=")[0] for word in command[1:] if word.startswith("--")}
            assert named <= options_of(parser_of(command[0])), command
    if page.parent == GUIDE.parent:
        return  # pages for developers name options of benchmarks and tools, too
    known = set().union(*(options_of(parser_of(name)) for name in COMMANDS), OTHERS)
    named = {word.split()[0].partition("=")[0] for word in words if word.startswith("--")}
    assert named <= known, f"{page.name}: {named - known}"


def test_every_command_has_a_line_in_the_recipes_and_every_exit_status_in_both_tables() -> None:
    recipes, readme = (GUIDE / "command-line.md").read_text("utf-8"), README.read_text("utf-8")
    table = "".join(line for line in recipes.splitlines() if line.startswith("| `chaindesk "))
    assert [name for name in COMMANDS if not re.search(rf"`(chaindesk )?{name}`", table)] == []
    for text in (recipes, readme):
        assert re.findall(r"^\| (\d+) \| [^%\n]+$", text, re.M) == [str(int(status)) for status in Exit]


def test_the_providers_that_a_page_for_developers_shows_are_read() -> None:
    steps = "name: shown\nsteps:\n  - {name: note, model: demo/writer, prompt: Hello}\n"
    shown = [text for page in DOCUMENTS if page.parent == GUIDE.parent for text in blocks(page, "yaml")]
    assert shown
    for text in shown:
        assert parse_chain(steps + text, "shown").providers


# A server that goes on for ever, a measurement that has tests of its own, and what asks a provider or the keyring.
NOT_RUN = ("serve-demo", "bench", "models openai", "keys set")


@pytest.fixture
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("builtins.input", lambda *_: "no")
    return tmp_path


def test_the_commands_of_the_readme_run_one_after_another(empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for line in readme_commands():
        command = re.sub(r"\b12\b", "1", line.partition("#")[0]).strip()  # of the run that is the first here
        if command.startswith("chaindesk run ") and "--rows" not in command:
            command += " --rows first:3"
        if not command.removeprefix("chaindesk ").startswith(NOT_RUN):
            status, printed = run(command, monkeypatch)
            unapproved = "--only approved" in line and "None of these rows is approved yet" in printed
            assert status == (2 if unapproved else 0), f"{line}\n{printed}"
    made = {"articles.completed.xlsx", "so-far.xlsx", "articles", "then.xlsx", "run12.html", "bug.zip"}
    assert made <= {path.name for path in empty_folder.iterdir()}


def test_the_chain_of_the_readme_runs_over_the_example(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (chain,) = blocks(README, "yaml")
    (desk / "readme.yaml").write_text(re.sub(r"\b(?:openai|local)/[\w.-]+", "demo/classifier", chain))
    status, printed = run("chaindesk run articles.xlsx --chain readme.yaml --rows first:2 --quiet", monkeypatch)
    assert status == 0, printed
    header = CalamineWorkbook.from_path(desk / "articles.completed.xlsx").get_sheet_by_index(0).to_python()[0]
    assert {"research", "draft", "Article", "quality", "reason"} <= set(header), str(header)
