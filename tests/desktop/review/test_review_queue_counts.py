"""The queue's counts are those of the rows, whatever changes in whatever order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chaindesk.desktop.review.review_queue import ReviewQueue
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Review, Status

STATES = st.builds(
    RowState,
    status=st.sampled_from([Status.PENDING, Status.RUNNING, Status.DONE, Status.FAILED]),
    review=st.sampled_from(list(Review)),
)
CHANGES = st.lists(st.tuples(st.integers(0, 19), STATES))


@given(CHANGES, CHANGES, st.one_of(st.none(), st.frozensets(st.integers(0, 19))))
def test_counts_follow_each_change(
    before: list[tuple[int, RowState]], after: list[tuple[int, RowState]], shown: frozenset[int] | None
) -> None:
    states = dict(before)
    queue = ReviewQueue()
    queue.restart(states)
    queue.filter(None if shown is None else shown.__contains__)
    for number, state in after:
        states[number] = state
        queue.update([number], states.__getitem__)
    done = {number for number, state in states.items() if state.status is Status.DONE}
    left = {number for number in done if states[number].review is Review.UNREVIEWED}
    assert (queue.total, queue.reviewed) == (len(done), len(done - left))
    assert queue.left == len(left if shown is None else left & shown)
    assert queue.rejected == {number for number, state in states.items() if state.review is Review.REJECTED}
    assert [number in queue for number in range(20)] == [number in left for number in range(20)]
