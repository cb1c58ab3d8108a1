"""From the pieces of a reply, in whatever wire format, to a usable answer, or to the failure that it really is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from chaindesk.domain.completion import CompletionRequest, Finish, ProviderKind, Speed, Usage
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.fast_values import fast_init
from chaindesk.providers.redaction import shortened
from chaindesk.providers.registry import PRESETS
from chaindesk.providers.wire_formats.protocol import WireAnswer, storable
from chaindesk.providers.wire_formats.thoughts import may_hold_thoughts, without_thoughts

_OPENAI = PRESETS["openai"].base_url
# Why an answer ended, in small letters, as servers say it. Whatever is none of these may have been broken off.
_FILTERED = re.compile(
    r"filter|safety|sensitive|moderat|prohibit|blocklist|blocked|guardrail|violat|refus|spii|recitation|censor|risk"
)
_BROKEN = re.compile(
    r"abort|error|cancel|network|resource|time_?d?_?out|interrupt|overload|fail|unavailable|disconnect|preempt|queued"
    r"|in_progress|rate_limit|internal|other|exception"
)
_CUT = re.compile(
    r"length|model_length|max_(?:output_|new_|completion_)?(?:tokens|length)|(?:length|token|output)_limit|truncated"
    r"|(?:model_)?context_\w{1,40}"
)
_WHOLE = re.compile(r"|stop.*|eos.*|eot.*|end.*|complete.*|finish(?:ed)?|done|success|normal|null|none")
_TOOLS = re.compile(r"tool_calls?|function_call|tool_use")
_PAUSED = "pause_turn"  # of Anthropic's tools: what was written by then is no whole answer
_LONGEST_WORD = 60


@fast_init
@dataclass(frozen=True, slots=True)
class ReplyMetadata:
    """What a reply says beside its text.

    Attributes:
        identity: the provider's own id of the call.
        model: the model that answered.
        usage: the tokens it counted.
        cost: what it says that the call cost, in US dollars.
        objection: what a content filter objected to.
        thought: whether it holds the model's reasoning apart from the text.
        speed: the speed that it says it was served at.
    """

    identity: str = ""
    model: str = ""
    usage: Usage | None = None
    cost: Decimal | None = None
    objection: str = ""
    thought: bool = False
    speed: Speed = Speed.STANDARD


def build_answer(
    request: CompletionRequest, *, text: str, refusal: str, finish: str, metadata: ReplyMetadata
) -> WireAnswer:
    """The answer.

    Raises:
        CallError: the model refused, was cut before it said anything, or said nothing.
    """
    ending = _ending(finish[:_LONGEST_WORD])
    word = ending.word
    spoken = storable(_without_thoughts(request, text, cut=ending.cut))
    if refusal or ending.filtered:
        raise _refused(request, refusal, word, spoken, metadata)
    blank = not spoken.strip()
    if ending.broken or not (ending.known or (blank and word == _PAUSED)):
        raise _broken_off(request, word, spoken, metadata)
    if blank:
        raise _empty(request, word, text, metadata)
    return WireAnswer(
        text=spoken,
        model=storable(metadata.model) or request.model,
        usage=metadata.usage,
        finish=Finish.LENGTH if ending.cut else Finish.STOP,
        request_id=storable(metadata.identity),
        cost=metadata.cost,
        speed=metadata.speed,
    )


@dataclass(frozen=True, slots=True)
class _Ending:
    """What a finish reason means.

    Attributes:
        word: the reason in small letters.
        filtered: whether a content filter ended the answer.
        broken: whether it was broken off.
        cut: whether it was cut at the output limit.
        known: whether it is a reason that is known to end a whole answer, a cut one, or the call of a tool.
    """

    word: str
    filtered: bool
    broken: bool
    cut: bool
    known: bool


@lru_cache(maxsize=256)
def _ending(finish: str) -> _Ending:
    word = re.sub(r"[\s-]", "_", finish.lower().rpartition(".")[2])
    return _Ending(
        word,
        filtered=_FILTERED.search(word) is not None,
        broken=_BROKEN.search(word) is not None,
        cut=_CUT.fullmatch(word) is not None,
        known=any(known.fullmatch(word) for known in (_WHOLE, _CUT, _TOOLS)),
    )


def _without_thoughts(request: CompletionRequest, text: str, *, cut: bool) -> str:
    """The text without the thoughts that servers of open models leave in it.

    The vendors with a wire format of their own, and OpenAI, tell thoughts apart: there it is the answer's own text.
    """
    if request.endpoint.kind is not ProviderKind.OPENAI_CHAT or request.endpoint.base_url == _OPENAI:
        return text
    return without_thoughts(text, request.prompt, cut=cut) if may_hold_thoughts(text) else text


def _broken_off(request: CompletionRequest, finish: str, text: str, metadata: ReplyMetadata) -> CallError:
    """An answer that is not known to be whole: a failure on the way is tried again, an unknown reason is not."""
    if _BROKEN.search(finish):
        message = f'{request.endpoint.name} broke off its answer ("{finish}").'
        return _billed(CallError(FailureKind.SERVER, message, raw_text=text), metadata)
    message = (
        f'{request.endpoint.name} ended its answer for a reason that is not known ("{finish}"), so that it may not be '
        "whole. What came is kept; run the failed rows again."
    )
    return _billed(CallError(FailureKind.REJECTED, message, raw_text=text), metadata)


def _billed(error: CallError, metadata: ReplyMetadata) -> CallError:
    """The failure of a call that the provider answered, and so charges for."""
    error.request_id, error.usage, error.cost = metadata.identity, metadata.usage, metadata.cost
    error.speed = metadata.speed
    return error


def _refused(request: CompletionRequest, refusal: str, finish: str, text: str, metadata: ReplyMetadata) -> CallError:
    told = (
        f': "{shortened(refusal)}"' if refusal else f" ({shortened(metadata.objection)})" if metadata.objection else ""
    )
    itself = refusal or finish == "refusal"
    who = f'"{request.model}" refused to answer' if itself else f"{request.endpoint.name}'s content filter stopped it"
    message = f"{who}{told}. Reword the prompt or the row's text."
    return _billed(CallError(FailureKind.REFUSED, message, raw_text=refusal or text), metadata)


def _empty(request: CompletionRequest, finish: str, text: str, metadata: ReplyMetadata) -> CallError:
    if _CUT.fullmatch(finish):
        message = (
            f'"{request.model}" reached its output limit before it wrote anything, most likely by thinking. '
            "Raise the step's max_output_tokens or lower its reasoning_effort."
        )
        return _billed(CallError(FailureKind.REJECTED, message), metadata)
    if _TOOLS.fullmatch(finish) or finish == _PAUSED:
        message = f'"{request.model}" called a tool instead of writing. Take the tools out of the step\'s parameters.'
        return _billed(CallError(FailureKind.REJECTED, message), metadata)
    if text.strip() or metadata.thought:
        message = (
            f'"{request.model}" wrote its reasoning and no answer. Lower the step\'s reasoning_effort, raise its '
            "max_output_tokens, or choose another model."
        )
        return _billed(CallError(FailureKind.EMPTY, message, raw_text=text), metadata)
    message = f'"{request.model}" answered with an empty text. Reword the prompt, or choose another model.'
    return _billed(CallError(FailureKind.EMPTY, message), metadata)
