"""The offline page of a past run."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import defaultdict
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.errors import UsageError
from chaindesk.domain.records import RunState
from chaindesk.engine.reports.call_timeline import FAILED
from chaindesk.engine.reports.html_page import report_page
from chaindesk.engine.reports.json_line import report_line
from chaindesk.engine.reports.markup import element, escaped
from chaindesk.engine.reports.run_report import priced_report, run_report
from chaindesk.engine.reports.svg_charts import clock, span
from chaindesk.engine.reports.text import report_lines
from chaindesk.journal.memory import MemoryJournal
from chaindesk.json_contract.encoding import to_values
from tests.support.journals import store_past_run


class Page(HTMLParser):
    """Reads a page: its elements, attributes and words; what is not closed is a mistake."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: dict[str, list[dict[str, str]]] = defaultdict(list)
        self.words = ""
        self.style = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag].append({name: value or "" for name, value in attrs})
        if tag not in ("meta", "br"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "style":
            self.style += data
        else:
            self.words += data


async def test_the_page_loads_and_runs_nothing() -> None:
    journal = MemoryJournal()
    text = report_page(run_report(journal, await store_past_run(journal)))
    page = Page(text)
    assert not set(page.tags) & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    for found in (every for elements in page.tags.values() for every in elements):
        assert not [name for name in found if name.startswith("on") or name in ("src", "style", "action", "srcset")]
        assert found.get("href", "#").startswith("#")
    assert "://" not in text
    assert "@import" not in page.style
    assert "url(" not in page.style
    policy = next(one["content"] for one in page.tags["meta"] if "http-equiv" in one)
    digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
    places = {one["id"] for elements in page.tags.values() for one in elements if "id" in one}
    assert {one["href"][1:] for one in page.tags["a"]} <= places


async def test_whatever_a_run_says_is_escaped() -> None:
    journal = MemoryJournal()
    evil = "</title></style><script>alert('1')</script>\"'&<img src=x>\x00\ud800"
    run = await store_past_run(journal, chain=evil, workbook="<script>x.xlsx", message=evil, key=evil)
    page = Page(report_page(run_report(journal, run)))
    assert not page.tags["script"]
    assert not page.tags["img"]
    assert page.words.count("alert('1')") > 5
    report_page(run_report(journal, run)).encode("utf-8")


async def test_the_page_tells_the_figures_and_what_failed() -> None:
    journal = MemoryJournal()
    words = Page(report_page(run_report(journal, await store_past_run(journal)))).words
    for told in (
        "Run 1: article",
        "5 done, 1 failed",
        "server error",
        "The server is busy.",
        "503",
        "req-failed",
        "J-3",
    ):
        assert told in words
    assert "cut at the output limit" in words
    assert "sample" not in words


async def test_a_run_without_a_call_has_a_page_too() -> None:
    journal = MemoryJournal()
    run = await store_past_run(journal, rows=0, state=RunState.STOPPED)
    words = Page(report_page(run_report(journal, run))).words
    assert "No call was answered" in words
    with pytest.raises(UsageError):
        run_report(journal, run + 1)


async def test_a_long_run_is_sampled_says_so_and_stays_small() -> None:
    journal = MemoryJournal()
    text = report_page(run_report(journal, await store_past_run(journal, rows=5_000, concurrency=25)))
    assert len(text) < 1_000_000
    assert re.search(r"Only a sample is drawn: \d+ of 5,000 rows", text)
    assert "charts below are of the whole run" in text


async def test_each_row_has_a_slot_of_its_own_while_it_runs() -> None:
    journal = MemoryJournal()
    table = run_report(journal, await store_past_run(journal, rows=40, concurrency=7)).calls_made
    timeline = table.timeline(10_000, 100)
    assert timeline.whole
    assert timeline.lanes == 7
    assert len(timeline.bars) == len(table) + 1
    assert [bar.row for bar in timeline.bars if bar.step == FAILED] == [4]
    lanes: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for bar in timeline.bars:
        lanes[bar.lane].append((bar.start, bar.end))
    for spans in lanes.values():
        ends = [end for _, end in sorted(spans)]
        starts = [start for start, _ in sorted(spans)]
        assert all(end <= start + 0.05 for end, start in zip(ends, starts[1:], strict=False))


async def test_the_charts_add_up_to_the_run() -> None:
    journal = MemoryJournal()
    report = run_report(journal, await store_past_run(journal, rows=40, concurrency=7))
    table = report.calls_made
    width, mean = table.at_once(50)
    assert sum(map(sum, mean)) * width == pytest.approx(report.call_seconds)
    _, counts, failed = table.finished(20)
    assert (sum(map(sum, counts)), sum(failed)) == (len(table), 1)
    assert sum(map(sum, table.lengths(10)[1])) == len(table)


async def test_text_and_json_name_cut_answers_and_request_ids() -> None:
    journal = MemoryJournal()
    report = run_report(journal, await store_past_run(journal))
    lines = "\n".join(report_lines(report))
    assert "cut at the output limit: 1 answers: row J-4 (text)" in lines
    assert "failed, server error: 1 row: J-3" in lines
    assert "(4 calls, HTTP 503, request req-failed)" in lines
    values = to_values(report_line(report))
    assert values["cut_answers"] == [{"row": 5, "row_key": "J-4", "step": "text"}]
    assert values["failed"][0]["failure"]["request_id"] == "req-failed"
    assert values["failed"][0]["failure"]["http_status"] == 503


@given(st.text())
def test_any_text_survives_the_page_or_is_replaced(text: str) -> None:
    made = element("p", text, title=text)
    made.encode("utf-8")
    assert made.count("<") == 2
    assert escaped(escaped(text)) == escaped(text)


def test_times_are_told_briefly() -> None:
    assert [clock(seconds) for seconds in (0, 65, 3723)] == ["0:00", "1:05", "1:02:03"]
    assert span(0.5, 1) == "0.5–1 s"
    assert span(60, 120) == "1:00–2:00"


async def test_a_report_with_prices_tells_what_the_cache_saved() -> None:
    price = {"input": "10", "output": "20", "cached_input": "1"}
    steps = [{"name": name, "model": "lab/writer", "prompt": "x"} for name in ("notes", "text")]
    provider = {"kind": "openai-chat", "base_url": "https://lab.example/v1", "prices": {"*": price}}
    chain = Chain.model_validate({"name": "article", "steps": steps, "providers": {"lab": provider}})
    journal = MemoryJournal()
    run = await store_past_run(journal, definition=chain.model_dump_json(exclude_defaults=True))
    assert run_report(journal, run).saved is None
    report = priced_report(journal, run)
    assert report.saved == Decimal("0.00099")  # 11 answers, 10 tokens each, nine dollars a million cheaper
    assert "the cache saved under $0.001" in Page(report_page(report)).words
