"""Values that are made fast are the same dataclasses as before."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field, fields, replace

import pytest

from chaindesk.domain.completion import Usage
from chaindesk.domain.events import StepStarted
from chaindesk.domain.fast_values import copier, fast_init
from chaindesk.domain.row_state import RowState


@fast_init
@dataclass(frozen=True, slots=True)
class Mixed:
    first: int
    second: str = "two"
    third: list[int] = field(default_factory=list)
    fourth: float = field(default=4.0, kw_only=True)


@pytest.mark.parametrize("value", [Usage(1, 2), RowState(step="a"), StepStarted(1.0, 2, "k", "a", 1), Mixed(1)])
def test_a_value_made_fast_has_its_defaults_its_equality_and_its_copies(value: object) -> None:
    given = {part.name: getattr(value, part.name) for part in fields(value)}  # type: ignore[arg-type]
    same = type(value)(**given)
    assert same == value
    assert repr(same) == repr(value)
    assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301
    assert replace(value) == value  # type: ignore[type-var]
    assert not hasattr(value, "__dict__")


def test_defaults_are_made_anew_for_each_value() -> None:
    one, other = Mixed(1), Mixed(1)
    assert one.third == []
    assert one.third is not other.third
    assert (one.second, one.fourth) == ("two", 4.0)
    with pytest.raises(TypeError):
        Mixed()  # type: ignore[call-arg]


def test_equal_values_have_one_hash() -> None:
    assert len({Usage(1, 2), Usage(1, 2), Usage(2, 1)}) == 2


def test_a_dataclass_with_work_after_its_making_is_refused() -> None:
    class Checked:
        def __post_init__(self) -> None:
            raise AssertionError

    with pytest.raises(TypeError, match="__post_init__"):
        fast_init(Checked)


def test_a_copy_differs_in_the_one_field() -> None:
    assert copier(Usage, "output")(Usage(1, 2, 3, 4), 9) == Usage(1, 9, 3, 4)
