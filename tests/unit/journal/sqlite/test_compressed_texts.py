"""Long texts are compressed in the journal's file, and nobody who reads them notices."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from chaindesk.domain.errors import JournalError
from chaindesk.journal.sqlite.journal import open_journal
from tests.support.journals import make_answer


async def test_a_long_text_takes_less_room_than_it_has_characters_and_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    sentence = "The supplier of part {0} delivers to {1} on day {2}, unless the order of {3} is late; see note {4}. "
    texts = [
        "".join(sentence.format(*(n * 7 + k * 13 for k in range(5))) for n in range(m, m + 22)) for m in range(400)
    ]
    with contextlib.closing(open_journal(path)) as journal:
        numbers = [await journal.store_answer(make_answer(row_key=str(n), text=text)) for n, text in enumerate(texts)]
        assert [journal.answer(number).text for number in numbers] == texts
        assert [one.text for one in journal.answers_by_number(numbers).values()] == texts
        first = journal.answer(numbers[0])
        assert sorted(text for _, text, *_ in journal.answer_texts(first.workbook_id, first.step)) == sorted(texts)
    assert path.stat().st_size <= 1.3 * sum(map(len, texts))


async def test_a_compressed_text_that_is_damaged_is_reported_and_never_shown(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    with contextlib.closing(open_journal(path)) as journal:
        number = await journal.store_answer(make_answer(text="the same again, " * 100))
        journal._writer.submit(
            lambda connection: connection.execute("UPDATE answer SET text = x'789c00'").rowcount
        ).result()
        with pytest.raises(JournalError, match="damaged"):
            journal.answer(number)
