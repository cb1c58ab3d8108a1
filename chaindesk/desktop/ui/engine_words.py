"""What the engine says of checks and failed calls, in the window's language.

These texts are kept in the journal and in sheets as the engine wrote them. Where the window shows one, its template is
found again by the words that do not vary, and given in the window's language. What a provider said stays as it was
said, in its quotation marks; so does a text that no template fits.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from string import Formatter

from chaindesk.desktop.ui.translation import tr, tr_noop

KINDS = (
    tr_noop("rate limit"),
    tr_noop("no flex capacity"),
    tr_noop("daily limit"),
    tr_noop("timeout"),
    tr_noop("connection"),
    tr_noop("provider not reached"),
    tr_noop("connection not trusted"),
    tr_noop("server error"),
    tr_noop("malformed reply"),
    tr_noop("empty answer"),
    tr_noop("key refused"),
    tr_noop("account empty"),
    tr_noop("model not found"),
    tr_noop("budget reached"),
    tr_noop("answer refused"),
    tr_noop("prompt too long"),
    tr_noop("request rejected"),
    tr_noop("answer does not fit its fields"),
    tr_noop("internal error"),
)
"""Each kind of failure."""
Part = Callable[[str, str], str]
_RANGES = (tr_noop("{low} to {high}"), tr_noop("at least {low}"), tr_noop("at most {high}"))
_FINDINGS = (
    tr_noop("it is empty"),
    tr_noop("it has {n} word, wanted {range}"),
    tr_noop("it has {n} words, wanted {range}"),
    tr_noop("it has {n} character, wanted {range}"),
    tr_noop("it has {n} characters, wanted {range}"),
    tr_noop("it has {n} characters, those of the rows around it about {usual}"),
    tr_noop("it lacks {said}"),
    tr_noop("it contains {said}"),
    tr_noop("it does not match {said}"),
    tr_noop("it matches {said}"),
    tr_noop("it does not start with {said}"),
    tr_noop("{said} is none of {allowed}"),
    tr_noop("{said} is no number"),
    tr_noop("{said} is no date"),
    tr_noop("{said} is not {range}"),
    tr_noop("{said} is no web address"),
    tr_noop("{said} is no e-mail address"),
    tr_noop("it is no JSON"),
    tr_noop("its JSON does not fit: {said}"),
    tr_noop("it looks like {language}, wanted {wanted} ({sure} sure)"),
    tr_noop("it is the same as its input"),
    tr_noop("it is the same as in {n} other row"),
    tr_noop("it is the same as in {n} other rows"),
    tr_noop("{said} and {n} more stand in no input"),
    tr_noop("{said} stands in no input"),
    tr_noop("{said} stand in no input"),
    tr_noop("{said} does not stand word for word in its source"),
    tr_noop("judge: {model} said neither yes nor no"),
    tr_noop("judge: yes to “{question}”: {reason}"),
    tr_noop("judge: no to “{question}”: {reason}"),
    tr_noop("judge: yes to “{question}”"),
    tr_noop("judge: no to “{question}”"),
    tr_noop("not judged yet: “{question}”"),
)
_FAILURES = (
    tr_noop("{answered}. Check the step's settings and this row's text."),
    tr_noop('{answered}. Check the model "{model}" and the base_url {url}.'),
    tr_noop("{answered}. Check the base_url {url}."),
    tr_noop("{answered}. Redirects are not followed: write the final address as base_url ({url})."),
    tr_noop("{name} answered with an error inside a good reply{told}"),
    tr_noop("{name} answered {status}"),
    tr_noop("{name} refused the key ({status}){told}. Set a good one ({command}), then go on."),
    tr_noop("{name} does not allow this with this key ({status}){told}. Set a good one ({command}), then go on."),
    tr_noop("The account at {name} has nothing left ({status}){told}. Add credit or raise its limit, then go on."),
    tr_noop("The limit of a day or longer at {name} is reached ({status}){told}."),
    tr_noop("{name} has no capacity at the flex price now ({status}){told}. Nothing is charged for that."),
    tr_noop("{name} asks to go slower ({status}){told}."),
    tr_noop('The prompt is too long for "{model}" ({status}){told}. Shorten the row\'s text or choose another model.'),
    tr_noop("{name} refused to answer{told}. Reword the prompt or the row's text."),
    tr_noop(
        "{name} does not allow this call ({status}){told}. Look at this row's text; where every row is refused, "
        "check the key ({command})."
    ),
    tr_noop("{name}'s content filter stopped it{told}. Reword the prompt or the row's text."),
    tr_noop(
        '"{model}" reached its output limit before it wrote anything, most likely by thinking. Raise the step\'s '
        "max_output_tokens or lower its reasoning_effort."
    ),
    tr_noop(
        '"{model}" wrote its reasoning and no answer. Lower the step\'s reasoning_effort, raise its '
        "max_output_tokens, or choose another model."
    ),
    tr_noop('"{model}" answered with an empty text. Reword the prompt, or choose another model.'),
    tr_noop("{name} answered with {told}. If it keeps doing so, check base_url: {url}"),
    tr_noop("{name} sent nothing for {seconds} seconds. If it is that slow, raise the step's timeout."),
    tr_noop(
        "{name} did not end its answer within {seconds} seconds. If it needs longer, raise the step's total_timeout."
    ),
    tr_noop("{name} could not be reached at {host} in time. Is the network up?"),
    tr_noop("{name} does not answer at {host}. Is it running, and base_url right?"),
    tr_noop("No computer is known as {host}. Check the network and base_url."),
    tr_noop("No secure connection to {host} could be made. Check base_url."),
    tr_noop("The connection to {host} failed. Check the network."),
    tr_noop("{name} closed the connection without a reply."),
    tr_noop("{name} broke off in the middle of its reply."),
    tr_noop("{name} answered with something that is not HTTP. Check base_url."),
    tr_noop("The answer does not fit the step's fields, even when asked again: {told}"),
    tr_noop(
        "The answer was cut at the output limit before its fields were complete. Raise the step's max_output_tokens, "
        "or ask for less."
    ),
)
_HOLDS = (
    tr_noop("{n} of {rows} rows failed for one reason: {reason}"),
    tr_noop(
        "The budget of {budget} is reached: {spent} is spent, and the next call may cost up to {cost}. Raise the "
        "budget to go on; everything finished is kept."
    ),
)
_NOTICES = (
    tr_noop("Checks of {step}: {paths}."),
    tr_noop("Checks of {step}: {paths}. They cost {cost}."),
    tr_noop(
        "Checks of {step}: {paths}. They cost {cost}; {model} alone would have cost about {alone}, of which this is "
        "{share}."
    ),
)
_PATHS = (
    tr_noop("{n} passed at once ({share})"),
    tr_noop("{n} after asking again ({share})"),
    tr_noop("{n} escalated ({share})"),
    tr_noop("{n} to review ({share})"),
)
_PARTS = {"range": _RANGES, "answered": _FAILURES}
"""Parts of a text that have templates of their own."""
_LEAST = {"told": "*"}
"""What a provider said may be nothing."""


def failure_text(message: str) -> str:
    """Return why a call failed."""
    return translated(message, _FAILURES)


def kind_text(kind: str) -> str:
    """Return the words of a kind of failure."""
    return tr(kind)


def finding_text(words: str) -> str:
    """Return what a check has found, which names its field or step before a colon."""
    whole = translated(words, _FINDINGS)
    label, colon, wrong = words.partition(": ")
    return whole if whole != words or not colon else f"{label}: {translated(wrong, _FINDINGS)}"


def hold_text(message: str) -> str:
    """Return what holds a run."""
    said = translated(message, _HOLDS)
    return failure_text(message) if said == message else said


def notice_text(text: str) -> str:
    """Return a notice of a run."""
    return translated(text, _NOTICES)


def translated(text: str, templates: tuple[str, ...], part: Part | None = None) -> str:
    """Return a text whose template is among these; ``part`` gives a part of it, by its name, as it is to be shown."""
    language = tr(KINDS[0])
    return text if language == KINDS[0] else _in_language(text, templates, language, part or parts_of)


@lru_cache(maxsize=2_000)
def _in_language(text: str, templates: tuple[str, ...], language: str, part: Part) -> str:
    """Return a text in the window's language, which a word of it stands for: what is kept of another one is wrong."""
    for template, pattern in _patterns(templates):
        if (found := pattern.fullmatch(text)) is not None:
            values = {name: part(name, value) for name, value in found.groupdict().items()}
            return tr(template).format(**values)
    return text


def parts_of(name: str, value: str) -> str:
    """Return a part of a text by its name."""
    if name == "reason":  # a kind of failure, and the message
        kind, colon, message = value.partition(": ")
        return f"{kind_text(kind)}: {failure_text(message)}" if colon and kind in KINDS else value
    if name == "paths":
        return ", ".join(translated(path, _PATHS) for path in value.split(", "))
    return translated(value, _PARTS[name]) if name in _PARTS else value


@cache
def _patterns(templates: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the templates with their patterns, those first that leave least to their fields."""
    read = []
    for template in templates:
        parts = list(Formatter().parse(template))
        pattern = "".join(
            re.escape(words) + (f"(?P<{name}>.{_LEAST.get(name, '+')}?)" if name else "") for words, name, *_ in parts
        )
        read.append((sum(len(words) for words, *_ in parts), template, re.compile(pattern, re.DOTALL)))
    read.sort(key=lambda one: -one[0])
    return tuple((template, pattern) for _, template, pattern in read)
