"""Keys and passwords on the command line: where they come from, where they may go, and that none is shown."""

from __future__ import annotations

import os
from pathlib import Path

import msoffcrypto.format.ooxml  # type: ignore[import-untyped]
import pytest

from chaindesk.simulator.server import SimulatorOptions, SimulatorServer
from tests.support.command_line import CommandLine, read_sheet

pytestmark = pytest.mark.slow

KEY = "sk-live-9f8e7d6c5b4a39281706"

# A keyring in a file of the test's own: what keyring calls a third-party backend.
BACKEND = """
import json, os, pathlib
from keyring.backend import KeyringBackend

class Keyring(KeyringBackend):
    priority = 9
    path = pathlib.Path(os.environ["FILE_KEYRING"])

    def _all(self):
        return json.loads(self.path.read_text()) if self.path.exists() else {}

    def get_password(self, service, username):
        return self._all().get(f"{service} {username}")

    def set_password(self, service, username, password):
        self.path.write_text(json.dumps(self._all() | {f"{service} {username}": password}))

    def delete_password(self, service, username):
        kept = self._all()
        del kept[f"{service} {username}"]
        self.path.write_text(json.dumps(kept))
"""


@pytest.fixture
def keyring_env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("keyring")
    (folder / "file_keyring.py").write_text(BACKEND)
    return {
        "PYTHON_KEYRING_BACKEND": "file_keyring.Keyring",
        "PYTHONPATH": str(folder),
        "FILE_KEYRING": str(folder / "keys.json"),
        "LAB_KEY": "",
    }


async def test_a_key_is_read_from_standard_input_used_and_deleted_and_shown_nowhere(
    cli: CommandLine, keyring_env: dict[str, str]
) -> None:
    book = cli.workbook(3)
    said = []
    async with SimulatorServer(SimulatorOptions(latency=0.02, words=8, require_key=KEY)) as server:
        chain = cli.chain(server.base_url, steps=1)
        for words, stdin, status in (
            (("run", book, "--chain", chain), "", 2),
            (("keys", "set", "lab", "--chain", chain), KEY + "\n", 0),
            (("keys", "list", "--chain", chain, "--json"), "", 0),
            (("run", book, "--chain", chain, "--json"), "", 0),
            (("keys", "delete", "lab", "--chain", chain), "", 0),
            (("keys", "delete", "lab", "--chain", chain), "", 2),
            (("run", book, "--chain", chain, "--fresh"), "", 2),
        ):
            done = await cli(*words, env=keyring_env, stdin=stdin)
            assert done.status == status, done.err
            said += [done.out, done.err]
        assert server.counters.requests == server.counters.delivered == 3
    assert '{"provider":"lab","place":"in the keyring"}' in said[4]
    for folder in (cli.folder, Path(os.environ["CHAINDESK_HOME"])):
        said += [path.read_bytes().decode("latin-1") for path in folder.rglob("*") if path.is_file()]
    assert not [text for text in said if KEY in text]


@pytest.mark.parametrize(
    ("provider", "told"),
    [
        (("openai",), "Set the environment variable OPENAI_API_KEY instead."),
        (
            ("my-nas", "--base-url", "http://192.0.2.7/v1", "--allow-http"),
            "Write api_key_env: MY_NAS_API_KEY under my-nas",
        ),
    ],
)
async def test_where_no_keyring_takes_a_key_the_way_on_is_one_that_a_command_has(
    cli: CommandLine, provider: tuple[str, ...], told: str
) -> None:
    env = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    done = await cli("keys", "set", *provider, env=env, stdin=KEY + "\n")
    assert done.status == 2
    assert "no keyring" in done.err
    assert told in done.err
    assert "session" not in done.err
    assert KEY not in done.out + done.err


async def test_a_key_is_not_kept_for_an_address_without_encryption_unless_that_is_allowed(
    cli: CommandLine, keyring_env: dict[str, str]
) -> None:
    words = ("keys", "set", "nas", "--base-url", "http://192.0.2.7/v1")
    done = await cli(*words, env=keyring_env, stdin=KEY + "\n")
    assert done.status == 2
    assert "prompts and keys could be read" in done.err
    done = await cli(*words, "--allow-http", env=keyring_env, stdin=KEY + "\n")
    assert (done.status, "for http://192.0.2.7 alone" in done.out) == (0, True)


async def test_a_proxy_that_cannot_be_used_is_told_before_any_call(cli: CommandLine) -> None:
    book = cli.workbook(3)
    chain = cli.chain("https://llm.example.org/v1", steps=1)
    words = ("run", book, "--chain", chain, "--allow-key-env")
    done = await cli(*words, env={"ALL_PROXY": "socks5://127.0.0.1:1080"})
    assert done.status == 2
    assert "ALL_PROXY names a SOCKS proxy" in done.err
    assert not list(cli.folder.glob("*.completed.xlsx"))


async def test_rows_that_are_all_known_need_no_key(cli: CommandLine, keyring_env: dict[str, str]) -> None:
    book = cli.workbook(3)
    async with SimulatorServer(SimulatorOptions(latency=0.02, words=8)) as server:
        chain = cli.chain(server.base_url, steps=1)
        assert (await cli("run", book, "--chain", chain)).status == 0
        assert (await cli("run", book, "--chain", chain, env=keyring_env)).status == 0
        assert server.counters.requests == 3


async def test_an_encrypted_workbook_wants_its_password_before_anything_is_paid(cli: CommandLine) -> None:
    plain = cli.workbook(2, name="plain.xlsx")
    book = cli.folder / "secret.xlsx"
    with plain.open("rb") as source, book.open("wb") as target:
        msoffcrypto.format.ooxml.OOXMLFile(source).encrypt("geheim", target)
    plain.unlink()
    async with SimulatorServer(SimulatorOptions(latency=0.02, words=8)) as server:
        chain = cli.chain(server.base_url, steps=1)
        for words, stdin in (((), ""), (("--password",), "wrong\n")):
            done = await cli("run", book, "--chain", chain, *words, stdin=stdin)
            assert (done.status, server.counters.requests) == (2, 0)
            assert "password" in done.err
        done = await cli("run", book, "--chain", chain, "--password", stdin="geheim\n")
        assert (done.status, server.counters.requests) == (0, 2)
    assert [row["Status"] for row in read_sheet(cli.folder / "secret.completed.xlsx")] == ["done", "done"]
    exported = await cli("export", book, "--out", "again.xlsx", "--password", stdin="geheim\n")
    assert exported.status == 0


async def test_a_strangers_chain_sends_no_variable_to_a_host_without_the_users_word(cli: CommandLine) -> None:
    book = cli.workbook(2)
    env = {"AWS_SECRET_ACCESS_KEY": KEY}
    async with SimulatorServer(SimulatorOptions(latency=0.02, words=8, require_key=KEY)) as server:
        chain = cli.chain(server.base_url, steps=1)
        chain.write_text(chain.read_text().replace("LAB_KEY", "AWS_SECRET_ACCESS_KEY"))
        allow = ("keys", "allow", "AWS_SECRET_ACCESS_KEY", "http://127.0.0.1")
        said = []
        for command in ("run", "check"):
            done = await cli(command, book, "--chain", chain, env=env)
            assert (done.status, server.counters.requests) == (2, 0)
            assert "send the environment variable AWS_SECRET_ACCESS_KEY to http://127.0.0.1" in done.err
            assert " ".join(["chaindesk", *allow]) in done.err
            said.append(done)
        once = await cli("run", book, "--chain", chain, "--rows", "2", "--allow-key-env", env=env)
        assert (once.status, server.counters.requests) == (0, 1)
        assert "AWS_SECRET_ACCESS_KEY is sent to http://127.0.0.1" in once.err
        assert (await cli("run", book, "--chain", chain, env=env)).status == 2, "once is once"
        assert (await cli(*allow)).status == 0
        for_good = await cli("run", book, "--chain", chain, env=env)
        assert (for_good.status, server.counters.requests) == (0, 2)
        assert (await cli("keys", "revoke", *allow[2:])).status == 0
        assert (await cli("run", book, "--chain", chain, "--fresh", env=env)).status == 2
        assert server.counters.requests == 2
    assert KEY not in "".join(done.out + done.err for done in (*said, once, for_good))


@pytest.mark.parametrize("key", ["sk-proj-0123456789abcdefghij", "gsk_0a1B2c3D4e5F6g7H8i9J0k", "0123456789abcdef0123"])
async def test_a_key_pasted_where_a_variable_is_named_is_shown_nowhere(cli: CommandLine, key: str) -> None:
    book = cli.workbook(1)
    chain = cli.chain("https://llm.example.org/v1", steps=1)
    chain.write_text(chain.read_text().replace("LAB_KEY", key))
    said = []
    for words in (
        ("run", book, "--chain", chain, "--json"),
        ("check", book, "--chain", chain, "--json"),
        ("keys", "list", "--chain", chain),
        ("keys", "allow", key, "llm.example.org"),
    ):
        done = await cli(*words)
        assert done.status == 2
        said += [done.out, done.err]
    assert "names the environment variable" in said[1]
    for folder in (cli.folder, Path(os.environ["CHAINDESK_HOME"])):
        said += [path.read_text("latin-1") for path in folder.rglob("*") if path.is_file() and path != chain]
    assert not [text for text in said if key in text]
