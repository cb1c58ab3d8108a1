"""Checks the names that a step's checks use against a sheet and the steps before."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from chaindesk.domain.chains.chain import Step
from chaindesk.domain.chains.template import Template, UnknownName, compile_template, nearest_name
from chaindesk.domain.errors import Problem


def bind_judges(step: Step, names: Collection[str]) -> tuple[tuple[Template, ...], list[tuple[int, UnknownName]]]:
    """Return the question of each judge as a template, and unknown names with the place of their check.

    A question may use what the step's prompt may, and the step's own output and fields.
    """
    templates: list[Template] = []
    unknown: list[tuple[int, UnknownName]] = []
    known = {*names, *step.references}
    for place, check in enumerate(step.checks):
        if check.judge is not None:
            template, missing = compile_template(check.judge, known)
            templates.append(template)
            unknown += [(place, name) for name in missing]
    return tuple(templates), unknown


def source_problems(step: Step, where: str, names: Collection[str]) -> Iterator[Problem]:
    """Yield a problem for each column or step that a check compares with and that there is not."""
    for place, check in enumerate(step.checks):
        for rule in ("not_equal_to", "numbers_from", "quoted_from"):
            wanted = getattr(check, rule)
            for name in wanted if isinstance(wanted, list) else ():
                if name not in names:
                    nearest = nearest_name(name, names)
                    hint = f'Did you mean "{nearest}"?' if nearest else "It wants a column or an earlier step."
                    message = f'"{name}" is neither a column nor an earlier step. {hint}'
                    yield Problem(message, field=f"{where}.checks[{place}].{rule}")
