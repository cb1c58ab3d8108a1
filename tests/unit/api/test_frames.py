"""Data frames in and out: of pandas, of polars and lists of dicts, and nothing paid for twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import chaindesk
from chaindesk.api.frames import records_of, text_of
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer

_CHAIN = """
name: notes
providers:
  lab: {{kind: openai-chat, base_url: "{url}"}}
steps:
  - {{name: note, model: lab/writer, prompt: "Note on {{{{Topic}}}} {{{{Words}}}}"}}
  - name: judge
    model: lab/classifier
    prompt: "Rate {{{{note}}}}"
    fields: {{quality: integer, good: boolean}}
"""
NEW = ["note", "quality", "good", "Status", "Error"]


@asynccontextmanager
async def provider() -> AsyncIterator[SimulatorServer]:
    """A provider."""
    options = SimulatorOptions(latency=0.005, words=6)
    async with SimulatorServer(options) as running:
        yield running


async def run(frame: Any, server: SimulatorServer, **more: Any) -> chaindesk.Result:
    return await chaindesk.run_async(frame, _CHAIN.format(url=server.base_url), **more)


async def test_a_pandas_frame_keeps_its_columns_types_and_index() -> None:
    async with provider() as server:
        frame = pd.DataFrame({"Topic": ["tea", "coffee", "milk"], "Words": [3.0, np.nan, 5.0]}, index=[30, 10, 20])
        before = frame.copy()
        out = (await run(frame, server)).to_frame()
        pd.testing.assert_frame_equal(out[["Topic", "Words"]], before)
        pd.testing.assert_frame_equal(frame, before)
        assert list(out.columns) == ["Topic", "Words", *NEW]
        assert (out["quality"].dtype.kind, out["good"].dtype.kind) == ("i", "b")
        assert list(out["Status"]) == ["done"] * 3


async def test_whole_numbers_stay_whole_where_a_row_has_none() -> None:
    async with provider() as server:
        frame = pd.DataFrame({"Topic": ["tea", None, "milk"], "Words": [3.0, np.nan, 5.0]})
        out = (await run(frame, server)).to_frame()
    assert list(out["Status"]) == ["done", "skipped", "done"]
    assert (str(out["quality"].dtype), out["quality"].isna().tolist()) == ("Int64", [False, True, False])


async def test_a_polars_frame_keeps_its_columns_and_types() -> None:
    async with provider() as server:
        frame = pl.DataFrame({"Topic": ["tea", "coffee"], "Words": [3, None]})
        out = (await run(frame, server)).to_frame()
        assert out.select("Topic", "Words").equals(frame)
        assert out.columns == ["Topic", "Words", *NEW]
        assert (out["quality"].dtype, out["good"].dtype) == (pl.Int64, pl.Boolean)


async def test_no_row_is_paid_for_twice_whatever_the_frame_and_its_order() -> None:
    async with provider() as server:
        frame = pd.DataFrame({"Topic": ["tea", "coffee", "milk"], "Words": [3, 4, 5]})
        first = await run(frame, server)
        assert first.calls == server.counters.requests == 6
        texts = dict(zip(frame["Topic"], first.to_frame()["note"], strict=True))
        longer = pl.DataFrame({"Topic": ["wine", "milk", "tea"], "Words": [6, 5, 3]})
        second = await run(longer, server)
        assert (second.calls, second.reused) == (2, 4)
        assert (
            dict(zip(longer["Topic"], second.to_frame()["note"], strict=True)).items()
            >= {topic: texts[topic] for topic in ("milk", "tea")}.items()
        )
        assert (await run(frame.to_dict("records"), server)).calls == 0
        assert (await run(first.to_frame(), server)).calls == 0, "a frame that has the columns already"
        assert (await run(frame, server, name="another place")).calls == 6


async def test_columns_that_have_a_new_ones_name_are_left_alone() -> None:
    async with provider() as server:
        frame = pd.DataFrame({"Topic": ["tea"], "Words": [3], "Status": ["mine"]})
        out = (await run(frame, server)).to_frame()
        assert list(out.columns) == ["Topic", "Words", "Status", *NEW[:3], "Status (ChainDesk)", "Error"]
        assert list(out["Status"]) == ["mine"]
        again = (await run((await run(frame[["Topic", "Words"]], server)).to_frame(), server)).to_frame()
        assert list(again.columns) == ["Topic", "Words", *NEW]


async def test_an_id_column_names_the_rows() -> None:
    async with provider() as server:
        frame = [{"ID": "A-1", "Topic": "tea", "Words": 1}, {"ID": None, "Topic": "milk", "Words": 2}]
        result = await run(frame, server, id_column="ID")
        assert [row.row_key for row in result.rows] == ["A-1", "3"]
        with pytest.raises(chaindesk.InputError, match='Two rows of the frame have the ID "A-1"'):
            await run([frame[0], frame[0]], server, id_column="ID")
        with pytest.raises(chaindesk.InputError, match='no column "Key"'):
            await run(frame, server, id_column="Key")


async def test_a_frame_has_no_workbook_to_export(tmp_path: Path) -> None:
    async with provider() as server:
        frame = [{"Topic": "tea", "Words": 1}]
        with chaindesk.open_session(frame, _CHAIN.format(url=server.base_url)) as session:
            with pytest.raises(chaindesk.InputError, match="to_frame"):
                session.export(tmp_path / "x.xlsx")
            assert session.to_frame()[0]["Status"] == "pending"
            await asyncio.to_thread(session.run)
            assert session.to_frame()[0]["Status"] == "done"
            assert session.to_frame()[0]["Topic"] == "tea"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (float("nan"), ""),
        (pd.NA, ""),
        (pd.NaT, ""),
        (3.0, "3"),
        (0.1, "0.1"),
        (np.int64(7), "7"),
        (np.float64(2.5), "2.5"),
        (True, "TRUE"),
        (np.bool_(False), "FALSE"),
        (date(2026, 11, 27), "2026-11-27"),
        (datetime(2026, 11, 27, 14, 5), "2026-11-27 14:05:00"),
        (pd.Timestamp("2026-11-27"), "2026-11-27"),
        (" as it is ", " as it is "),
    ],
)
def test_a_cell_is_told_as_a_sheet_would_show_it(value: object, text: str) -> None:
    assert text_of(value) == text


def test_what_is_no_frame_is_refused_in_words() -> None:
    with pytest.raises(chaindesk.InputError, match="A list is no data frame"):
        records_of([1, 2])
    twice = pd.DataFrame([[1, 2]], columns=["A", "A"])
    with pytest.raises(chaindesk.InputError, match='two columns called "A"'):
        records_of(twice)
