"""The settings of the simulated provider's batch jobs: how long they take, and what goes wrong with them."""

from __future__ import annotations

from dataclasses import dataclass

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """How batch jobs behave. Time is virtual: ``POST /batch-clock {"advance": seconds}`` moves it.

    Attributes:
        seconds: from the creation of a job to the answer to its last request.
        answered: the share of a job's requests that is ever answered; with less than all it goes on until it expires.
        expires: seconds after which a job expires.
        file_delay: seconds for which a job that has ended does not name its results.
        input_delay: calls to create a job that do not find its uploaded file, for each file.
        refused: the share of the requests that are refused, each for itself.
        empty_account: the share of the requests that are refused since the account is empty.
        garbled: the share of the lines of results that cannot be read.
        lost_replies: so many calls to create a job are accepted and never answered, the first ones.
        lost_before: so many calls to create a job are cut off before anything is accepted, the first ones.
        queue_tokens: input tokens that may wait in all jobs of a model, or None; a job beyond is accepted, and fails.
        cancel_seconds: how long a job is being cancelled.
        page: the most jobs on one page of a list.
        inline: whether results stand in the job itself, for Gemini.
        broken_downloads: so many downloads of results break off in the middle, the first ones.
    """

    seconds: float = 60.0
    answered: float = 1.0
    expires: float = DAY_S
    file_delay: float = 0.0
    input_delay: int = 0
    refused: float = 0.0
    empty_account: float = 0.0
    garbled: float = 0.0
    lost_replies: int = 0
    lost_before: int = 0
    queue_tokens: int | None = None
    cancel_seconds: float = 0.0
    page: int = 100
    inline: bool = False
    broken_downloads: int = 0
