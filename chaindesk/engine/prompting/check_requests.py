"""What a step asks because of its checks: the same again with what failed, a larger model, another vote, a judge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chaindesk.domain.chains.answer_fields import AnswerField, FieldType, answer_schema
from chaindesk.domain.chains.checks import Check
from chaindesk.domain.completion import CompletionRequest, Endpoint, Message, Speed
from chaindesk.engine.prompting.field_values import InvalidFields
from chaindesk.engine.prompting.structured_output import read_fields

JUDGE_MARK = ".judge"
"""How the name ends under which a judge's answers about a step are stored; no step is called so."""
_AGAIN = "Your answer fails {count} of its checks: {failed}. Answer again, whole, and mend that."
_JUDGE = "You check the work of another. You answer a question about it by yes or no, with your reason in one sentence."
_QUESTION = "{question}\n\nThe answer that is checked:\n<answer>\n{answer}\n</answer>"
_VERDICT = {"yes": AnswerField(type=FieldType.BOOLEAN), "reason": AnswerField(type=FieldType.STRING)}


def ask_again(request: CompletionRequest, said: str, failed: Sequence[str]) -> CompletionRequest:
    """Return the request with its answer and the checks that failed, in the checks' own words."""
    words = "; ".join(failed)
    told = Message("user", _AGAIN.format(count=len(failed), failed=words))
    return replace(request, messages=(*request.messages, Message("assistant", said), told))


def escalated(request: CompletionRequest, endpoint: Endpoint, model: str) -> CompletionRequest:
    """Return the same request to another model."""
    speed = request.speed if request.speed in endpoint.speeds else Speed.STANDARD
    return replace(request, endpoint=endpoint, model=model, speed=speed)


def vote(request: CompletionRequest, number: int) -> CompletionRequest:
    """Return the request for one vote, counted from 1; each is an answer of its own."""
    return request if number == 1 else replace(request, revision=f"{request.revision}vote {number}")


def judge_request(endpoint: Endpoint, model: str, question: str, answer: str) -> CompletionRequest:
    """Return the question to a judge about an answer."""
    return CompletionRequest(
        endpoint=endpoint,
        model=model,
        messages=(Message("system", _JUDGE), Message("user", _QUESTION.format(question=question, answer=answer))),
        schema=answer_schema(_VERDICT),
        shared_system=True,
    )


def objection(judge: Check, model: str, said: str) -> str:
    """Return what a judge has against an answer, by what its model said; "" where that is nothing."""
    verdict = read_verdict(said)
    if verdict is None:
        return f"judge: {model} said neither yes nor no"
    yes, reason = verdict
    if yes is judge.expect:
        return ""
    return f"judge: {'yes' if yes else 'no'} to “{judge.judge}”" + (f": {reason}" if reason else "")


def not_judged(judge: Check) -> str:
    """Return in words that a judge was never asked about an answer."""
    return f"not judged yet: “{judge.judge}”"


def read_verdict(text: str) -> tuple[bool, str] | None:
    """Return a judge's yes or no with its reason, or None where it is neither."""
    try:
        fields = read_fields(text, _VERDICT)
    except InvalidFields:
        word = text.strip().casefold()
        return (True, "") if word.startswith("yes") else (False, "") if word.startswith("no") else None
    said = fields["yes"]
    return (said, str(fields["reason"] or "")) if isinstance(said, bool) else None
