"""What is done about a job that a provider does not take: tried again later, the run held, or its rows failed."""

from __future__ import annotations

from chaindesk.domain.errors import CallError, Disposition
from chaindesk.engine.batch.batch_calls import BatchCalls
from chaindesk.engine.batch.requests import BatchRequest, ShardQueue


def not_sent(
    calls: BatchCalls, queue: ShardQueue, requests: list[BatchRequest], error: CallError, *, halved: bool
) -> None:
    """Do what the refusal of a job asks for; the provider has none of it.

    Args:
        calls: the run's.
        queue: where its requests came from.
        requests: they.
        error: the refusal.
        halved: whether smaller jobs may be taken.
    """
    settings, gate = calls.settings, calls.gate
    queue.failures += 1
    kind = error.suspected or error.kind
    if kind.disposition is Disposition.PAUSE:
        leaving = [one for one in requests if calls.fallbacks.takes_over(one.call, one.request, error)]
        queue.fail(leaving, error)
        queue.put_back([one for one in requests if one not in leaving])
        if len(leaving) < len(requests):
            gate.hold(error, requests[0].request, gate.epoch)
        return
    fails = kind.disposition is Disposition.FAIL and not halved
    if fails or queue.failures > settings.submit_tries:
        queue.failures = 0
        queue.fail(requests, error)
        return
    if halved:
        queue.shard = max(len(requests) // 2, 1)
    queue.put_back(requests)
    queue.not_before = calls.clock() + settings.retry_s * 2 ** (queue.failures - 1)
