"""How many requests go into one job: as many as the provider takes, and of a count by which the job can be known."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from chaindesk.providers.batches.protocol import BatchLimits


def fitting(limits: BatchLimits, lines: Sequence[bytes], taken: Collection[int]) -> int:
    """Return how many of these requests go into one job.

    Args:
        limits: the provider's.
        lines: the requests.
        taken: the counts of other jobs there: where a job carries no mark of ours, another count tells it apart.
    """
    size = most = 0
    for line in lines[: limits.items]:
        size += len(line) + 1
        if size > limits.size and most:
            break
        most += 1
    if limits.tags_jobs:
        return most
    return next((number for number in range(most, 0, -1) if number not in taken), most)
