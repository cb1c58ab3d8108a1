"""What the simulated provider answers: short texts in the form that the prompt asks for, all marked as simulated."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from chaindesk.domain.completion import CompletionRequest
from chaindesk.simulator.json_values import value_for
from chaindesk.simulator.options import SimulatorOptions, generator, request_digest

MARK = "[simulated]"
_MAX_WORDS = 4000
_NUMBERS = {"three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12}
_FORMS: tuple[tuple[str, str], ...] = (
    ("label", r"\b(classif|categori|label|tag the|sentiment|which of (these|the))"),
    ("translation", r"\btranslat"),
    ("score", r"\b(score|rate|judge|grade|evaluate)\b"),
    ("summary", r"\b(summar|in one sentence|tl;?dr|shorten)"),
    ("bullets", r"\b(list|facts?|bullets?|research|outline|ideas|key points|brainstorm|findings)\b"),
    ("article", r"\b(write|draft|compose|article|essay|blog|edit|rewrite|revise|polish|improve|email|description)\b"),
)
_FACTS = (
    "Most accounts of {topic} agree on its origin, though the dates differ by a few years.",
    "Interest in {topic} has grown steadily, and practice has followed a little later.",
    "The cost of {topic} falls mainly at the beginning; what follows is upkeep.",
    "People who know {topic} well name patience as its first condition.",
    "Small, early trials of {topic} tell more than large plans do.",
    "The usual mistake with {topic} is to begin in too many places at once.",
    "Figures about {topic} should be read with their source and year.",
    "Local rules shape {topic} more than most guides say.",
    "What works for {topic} in one season need not work in the next.",
    "The simplest measure of {topic} is whether anybody would miss it.",
    "Beginners in {topic} gain most from watching somebody else first.",
    "A written record makes {topic} easier to hand on.",
)
_LINKS = ("In practice, ", "At the same time, ", "", "Beyond that, ", "", "For most readers, ", "Seen closely, ", "")
_PLACES = (
    re.compile(r"^# ([^\n]+)", re.M),
    re.compile(r"^\[simulated\] Notes on \*\*(.+?)\*\*", re.M),
    re.compile(r"[\"“]([^\"”\n]{3,80})[\"”]"),
    re.compile(r"\b(?:about|regarding|concerning|topic:|subject:|product:|company:)\s+([^\n.?!;:]+)", re.I),
    re.compile(r"\b(?:on|of|for)\s+([^\n.?!;:]+)", re.I),
    re.compile(r":\s*([^\n]+)"),
)


def answer_of(options: SimulatorOptions, request: CompletionRequest) -> str:
    """The text that the server will answer a request with, without the cut of an output limit."""
    messages = [{"role": message.role, "content": message.content} for message in request.messages]
    return answer_text(options, request.model, messages, request.schema)


def answer_text(
    options: SimulatorOptions,
    model: str,
    messages: Sequence[Mapping[str, Any]],
    schema: Mapping[str, Any] | None = None,
) -> str:
    """The answer to a request on the wire; JSON that fits where a schema is given."""
    rng = generator(options.seed, "text", request_digest(model, messages))
    prompt = message_text(messages[-1]) if messages else ""
    topic = topic_of(prompt)
    if schema is not None:
        return json.dumps(value_for(schema, rng, f"{MARK} {topic}"), ensure_ascii=False)
    count = _requested_words(prompt) or options.words
    return _WRITERS[form_of(prompt)](topic, prompt, count, rng)


def message_text(message: Mapping[str, Any]) -> str:
    """A message's text, where it is text or a list of parts."""
    content = message.get("content")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(str(part.get("text") or "") for part in parts if isinstance(part, Mapping))


def form_of(prompt: str) -> str:
    """The form that a prompt asks for: what its first lines say counts more than the material below them."""
    for text in (prompt[:160], prompt):
        found = [(match.start(), form) for form, words in _FORMS if (match := re.search(words, text, re.IGNORECASE))]
        if found:
            return min(found)[1]
    return "paragraph"


def topic_of(prompt: str) -> str:
    """What a prompt is about, in a few words."""
    head = prompt.strip()[:600]
    for place in _PLACES:
        match = place.search(head)
        if match is None:
            continue
        words = re.split(r"\s+(?:for|from|with|using|to)\s+", match[1].strip())[0].split()
        if words:
            return " ".join(words[:8]).strip(" ,*_#\"'{}[]()") or "the subject"
    return " ".join(head.split()[:6]).strip(" ,.:*_#\"'{}[]()") or "the subject"


def cut_to_tokens(text: str, tokens: int) -> tuple[str, bool]:
    """The text within an output limit of so many tokens, and whether it had to be cut."""
    if count_tokens(text) <= tokens:
        return text, False
    return text.encode("utf-8")[: tokens * 4].decode("utf-8", "ignore").rstrip(), True


def count_tokens(text: str) -> int:
    """Tokens of a text, as the simulated provider counts them: four bytes each."""
    return -(-len(text.encode("utf-8", "replace")) // 4)


def _requested_words(prompt: str) -> int:
    match = re.search(r"(\d[\d,.]*)[\s-]*words?\b", prompt)
    digits = re.sub(r"\D", "", match[1]) if match else ""
    return min(int(digits or 0), _MAX_WORDS)


def _bullets(topic: str, prompt: str, count: int, rng: random.Random) -> str:
    match = re.search(r"\b(\d{1,2}|" + "|".join(_NUMBERS) + r")\b", prompt[:200], re.IGNORECASE)
    wanted = 5 if match is None else _NUMBERS.get(match[1].lower()) or int(match[1])
    facts = _sentences(topic, rng)
    lines = [f"- {next(facts)}" for _ in range(min(max(wanted, 3), 20))]
    return f"{MARK} Notes on **{topic}**\n\n" + "\n".join(lines)


def _article(topic: str, prompt: str, count: int, rng: random.Random) -> str:
    title = f"{MARK}\n\n# {topic[:1].upper()}{topic[1:]}"
    paragraphs = _paragraphs(topic, count or 90, rng)
    return "\n\n".join([title, *paragraphs])


def _paragraph(topic: str, prompt: str, count: int, rng: random.Random) -> str:
    return f"{MARK} " + "\n\n".join(_paragraphs(topic, count or 40, rng))


def _summary(topic: str, prompt: str, count: int, rng: random.Random) -> str:
    return f"{MARK} {next(_sentences(topic, rng))}"


def _label(topic: str, prompt: str, count: int, rng: random.Random) -> str:
    named = re.search(
        r"\b(?:as|into|one of|labels?|categories|classes)\b[^:\n]{0,40}?:?\s*([^\n.]+)", prompt, re.IGNORECASE
    )
    choices = re.split(r"\s*(?:,|/|;|\||\bor\b|\band\b)\s*", named[1]) if named else []
    choices = [choice.strip(" \"'“”*`()") for choice in choices if 0 < len(choice.strip()) <= 30]
    return f"{MARK} {rng.choice(choices if len(choices) > 1 else ['yes', 'no', 'unclear'])}"


def _translation(topic: str, prompt: str, count: int, rng: random.Random) -> str:
    language = re.search(r"\b(?:in)?to\s+([A-Z]\w+)", prompt)
    _, _, material = prompt.partition("\n")
    material = material.strip() or prompt.rpartition(":")[2].strip() or topic
    return f"{MARK} ({language[1] if language else 'translation'}) {material[:2000]}"


def _score(topic: str, prompt: str, count: int, rng: random.Random) -> str:
    return f"{MARK} {rng.randint(4, 9)}/10. {next(_sentences(topic, rng))}"


_WRITERS: Mapping[str, Callable[[str, str, int, random.Random], str]] = {
    "label": _label,
    "translation": _translation,
    "score": _score,
    "summary": _summary,
    "bullets": _bullets,
    "article": _article,
    "paragraph": _paragraph,
}


def _sentences(topic: str, rng: random.Random) -> Iterator[str]:
    """Sentences about a topic without an end, in shuffled rounds. A title stands in quotes, or it would not read."""
    topic = topic if topic[:1].islower() else f"“{topic}”"
    while True:
        for fact in rng.sample(_FACTS, len(_FACTS)):
            yield fact.replace("{topic}", topic)


def _paragraphs(topic: str, words: int, rng: random.Random) -> list[str]:
    facts = _sentences(topic, rng)
    paragraphs: list[list[str]] = [[]]
    written = 0
    while written < words:
        fact = next(facts)
        link = rng.choice(_LINKS)
        sentence = link + fact[0].lower() + fact[1:] if link else fact
        paragraphs[-1].append(sentence)
        written += len(sentence.split())
        if len(paragraphs[-1]) == 4:
            paragraphs.append([])
    return [" ".join(sentences) for sentences in paragraphs if sentences]
