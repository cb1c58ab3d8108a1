"""Checks a chain against a sheet, and gives what the engine runs: steps whose names all exist."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from chaindesk.domain.chains.chain import ERROR_HEADER, STATUS_HEADER, Chain, Step
from chaindesk.domain.chains.check_binding import bind_judges, source_problems
from chaindesk.domain.chains.template import Template, UnknownName, compile_template, nearest_name
from chaindesk.domain.errors import Problem
from chaindesk.domain.manifest import Manifest, link_name
from chaindesk.domain.names import difference_in_letters, with_invisible_shown


@dataclass(frozen=True, slots=True)
class BoundStep:
    """A step whose templates are read, whose names all exist, and which leaves nothing to the chain."""

    step: Step
    system: Template
    prompt: Template
    judges: tuple[Template, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Every column and step that its prompt, its system text or its condition uses."""
        condition = {self.step.run_if.name} if self.step.run_if else set()
        return self.system.names | self.prompt.names | condition


@dataclass(frozen=True, slots=True)
class BoundChain:
    """A chain that fits a manifest: what the engine runs, without the steps that are switched off."""

    chain: Chain
    steps: tuple[BoundStep, ...]

    @property
    def input_names(self) -> frozenset[str]:
        """The columns of the sheet that the chain uses."""
        produced = {name for step in self.steps for name in step.step.references}
        return frozenset().union(*(step.names for step in self.steps)) - produced


def bind(chain: Chain, manifest: Manifest) -> tuple[BoundChain, list[Problem]]:
    """Check a chain against a sheet.

    A step hides a column that an earlier ChainDesk run added under the same name; a user's own column of the same
    name is refused where a prompt uses it, because it could mean either.

    Returns:
        The chain ready to run, and every mistake; it may be run only where there is none.
    """
    problems = list(_repeated(chain))
    columns = {column.name for column in manifest.columns}
    own = {column.name for column in manifest.inputs}
    if chain.id_column is not None and chain.id_column not in columns:
        problems.append(_unknown_column(chain.id_column, columns, "id_column", manifest))
    produced = {name: step for step in chain.steps for name in step.references}
    later = produced.keys()
    earlier: list[str] = []
    bound: list[BoundStep] = []
    for number, step in enumerate(chain.steps):
        if not step.enabled:
            continue
        where = f"steps[{number}]"
        usable = (columns - later) | (columns & own)
        links = {link_name(name) for name in usable & manifest.linked}
        names = usable | links | set(earlier)
        prompt, unknown_prompt = compile_template(step.prompt, names)
        system, unknown_system = compile_template(step.system, names)
        problems += [_unknown(name, f"{where}.prompt", manifest, produced, earlier) for name in unknown_prompt]
        problems += [_unknown(name, f"{where}.system", manifest, produced, earlier) for name in unknown_system]
        problems += _condition_problems(step, where, columns | links, produced, earlier, manifest)
        judges, unknown_judges = bind_judges(step, names)
        problems += [
            _unknown(name, f"{where}.checks[{place}].judge", manifest, produced, earlier)
            for place, name in unknown_judges
        ]
        problems += source_problems(step, where, names)
        ambiguous = (prompt.names | system.names) & (own | links) & later
        problems += [_ambiguous(name, where) for name in sorted(ambiguous)]
        bound.append(BoundStep(chain.resolved(step), system, prompt, judges))
        earlier += step.references
    if not bound:
        problems.append(Problem("Every step is switched off. Switch one on.", field="steps"))
    return BoundChain(chain.without_disabled(), tuple(bound)), problems


def _repeated(chain: Chain) -> Iterable[Problem]:
    seen_names: set[str] = set()
    seen_columns: dict[str, str] = {}
    for number, step in enumerate(chain.steps):
        if step.name in seen_names:
            yield Problem(f'Two steps are called "{step.name}". Rename one.', field=f"steps[{number}].name")
        seen_names.add(step.name)
        if not step.enabled:
            continue
        for column in step.columns:
            if column.casefold() in (STATUS_HEADER.casefold(), ERROR_HEADER.casefold()):
                message = f'The column "{column}" is ChainDesk\'s own. Give step "{step.name}" another output.'
                yield Problem(message, field=f"steps[{number}].output")
            other = seen_columns.setdefault(column.casefold(), step.name)
            if other != step.name:
                message = f'Steps "{other}" and "{step.name}" both write column "{column}". Give one another output.'
                yield Problem(message, field=f"steps[{number}].output")


def _condition_problems(
    step: Step,
    where: str,
    columns: Collection[str],
    produced: Mapping[str, Step],
    earlier: Collection[str],
    manifest: Manifest,
) -> Iterable[Problem]:
    condition = step.run_if
    if condition is None:
        return
    if condition.column is not None and condition.column not in columns:
        yield _unknown_column(condition.column, columns, f"{where}.run_if.column", manifest)
    if condition.step is not None and condition.step not in earlier:
        if condition.step in produced and not produced[condition.step].enabled:
            yield _switched_off(condition.step, produced[condition.step], f"{where}.run_if.step")
            return
        nearest = nearest_name(condition.step, earlier)
        hint = f' Did you mean "{nearest}"?' if nearest else ""
        yield Problem(f'No earlier step is called "{condition.step}".{hint}', field=f"{where}.run_if.step")


def _unknown(
    name: UnknownName, field: str, manifest: Manifest, produced: Mapping[str, Step], earlier: Collection[str]
) -> Problem:
    bare = name.inside.partition("|")[0].strip()
    if bare in produced and not produced[bare].enabled:
        return _switched_off(f"{{{{{bare}}}}}", produced[bare], field)
    if bare in produced and bare not in earlier:
        return Problem(f"{{{{{bare}}}}} is a step that has not run yet here. Use it in a later step.", field=field)
    hint = f"Did you mean {{{{{name.nearest}}}}}?{_look_alike(bare, name.nearest)}" if name.nearest else ""
    hint = hint or _columns_there_are(manifest)
    written = f"{{{{{with_invisible_shown(name.inside)}}}}}"
    message = (
        f'{written} is neither a column of sheet "{manifest.sheet}" in {manifest.path.name} nor an earlier step. {hint}'
    )
    return Problem(message, field=field)


def _switched_off(written: str, step: Step, field: str) -> Problem:
    words = f'{written} is an output of step "{step.name}", which is switched off. Switch it on, or do without it here.'
    return Problem(words, field=field)


def _unknown_column(name: str, columns: Collection[str], field: str, manifest: Manifest) -> Problem:
    nearest = nearest_name(name, columns)
    hint = f'Did you mean "{nearest}"?{_look_alike(name, nearest)}' if nearest else _columns_there_are(manifest)
    return Problem(f'Sheet "{manifest.sheet}" in {manifest.path.name} has no column "{name}". {hint}', field=field)


def _look_alike(written: str, nearest: str) -> str:
    difference = difference_in_letters(written, nearest)
    return f" The two look alike, but {difference}." if difference else ""


def _columns_there_are(manifest: Manifest) -> str:
    names = [column.name for column in manifest.columns]
    shown = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    return f"Its columns are: {shown}."


def _ambiguous(name: str, where: str) -> Problem:
    message = f"{{{{{name}}}}} could mean your column or the step of that name. Rename the step."
    return Problem(message, field=where)
