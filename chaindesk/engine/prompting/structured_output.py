"""Structured answers: reading the JSON of a step's ``fields``, checking it here, asking once more where it fails."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType

from chaindesk.domain.chains.answer_fields import AnswerField, FieldValue
from chaindesk.domain.chains.chain import Step
from chaindesk.domain.completion import CompletionRequest, Message
from chaindesk.domain.records import Answer
from chaindesk.engine.prompting.field_values import InvalidFields, read_value
from chaindesk.engine.prompting.lenient_json import BrokenJson, JsonObject, decoded, values_in

NO_FIELDS: Mapping[str, FieldValue] = MappingProxyType({})
_MAX_WRAPPERS = 6
_NO_WRAPPERS = frozenset({"draft", "error", "example", "examples", "input", "schema"})


def read_fields(text: str, fields: Mapping[str, AnswerField]) -> Mapping[str, FieldValue]:
    """Return the values of a structured answer.

    A code fence, words around the JSON object, further fields and the forms of ``lenient_json`` are tolerated; so are
    names in another case and one wrapper around the object. Where several objects have all the fields, none is read.

    Raises:
        InvalidFields: it is no JSON object with these fields in these types.
    """
    found = _object(text, fields)
    return MappingProxyType({name: read_value(found[name], field, name) for name, field in fields.items()})


def shown_fields(step: Step, answer: Answer) -> Mapping[str, FieldValue]:
    """Return the fields of an answer: those of the person's edit where there is one that fits, else the model's."""
    if answer.edited_text is None or not answer.by_hand or not step.fields:
        return answer.fields
    try:
        return read_fields(answer.edited_text, step.fields)
    except InvalidFields:
        return answer.fields


def repair_request(request: CompletionRequest, raw: str, mistake: InvalidFields) -> CompletionRequest:
    """Return the request that asks once more, with the mistake explained."""
    told = f"Your answer cannot be used: {mistake}. Answer again with nothing but the JSON object."
    messages = (*request.messages, Message("assistant", raw), Message("user", told))
    return replace(request, messages=messages)


def _object(text: str, names: Collection[str]) -> Mapping[str, object]:
    """Return the values of the fields in the one JSON object of an answer that has them all, by field name.

    Raises:
        InvalidFields: there is none, or there are several and nothing says which one counts.
    """
    try:
        values = values_in(text)
    except BrokenJson as broken:
        raise InvalidFields(f"it is not a JSON object: {broken}") from None
    objects = [_unwrapped(value, names) for value in values if isinstance(value, dict) or _holds_objects(value)]
    found = [members for one in objects if len(members := _members(one, names)) == len(names)]
    if not objects:
        raise InvalidFields("it is not a JSON object")
    if not found:
        raise InvalidFields(f"it lacks {', '.join(name for name in names if name not in _members(objects[0], names))}")
    if any(one != found[0] for one in found):
        raise InvalidFields(f"it holds {len(found)} JSON objects, and which of them counts is not clear")
    return found[0]


def _unwrapped(value: object, names: Collection[str]) -> JsonObject:
    """Return the object that stands alone in a list, under one other key, or as JSON in a string.

    Raises:
        InvalidFields: it is a list of several.
    """
    whole = value if isinstance(value, JsonObject) else JsonObject(())
    for _ in range(_MAX_WRAPPERS):
        if isinstance(value, str):
            value = decoded(value)
        elif isinstance(value, list):
            if len(value) > 1 and _holds_objects(value):
                raise InvalidFields(f"it holds a list of {len(value)} values, not one JSON object")
            value = value[0] if value else None
        elif isinstance(value, JsonObject):
            if _members(value, names) or len(value) != 1 or next(iter(value)).casefold() in _NO_WRAPPERS:
                return value
            whole, value = value, next(iter(value.values()))
        else:
            break
    return whole


def _holds_objects(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(one, dict) or _holds_objects(one) for one in value)


def _members(found: JsonObject, names: Collection[str]) -> dict[str, object]:
    """Return the values of the fields that an object has, by their own names or by those in another case.

    Raises:
        InvalidFields: it has one of them several times, with different values.
    """
    members: dict[str, object] = {}
    for name in names:
        keys = [name] if name in found else [key for key in found if _folded(key) == _folded(name)]
        if any(key in found.repeated for key in keys) or any(found[key] != found[keys[0]] for key in keys[1:]):
            raise InvalidFields(f"it has {name} several times, with different values")
        if keys:
            members[name] = found[keys[0]]
    return members


def _folded(key: str) -> str:
    return key.strip().casefold()
