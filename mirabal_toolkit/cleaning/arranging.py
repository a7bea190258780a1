"""Which steps run, in which order, with which parameters: the usual ones, and what a plan changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mirabal_toolkit.cleaning.links import Link
from mirabal_toolkit.cleaning.step import Step
from mirabal_toolkit.core.cleaning_rules import CleaningRules
from mirabal_toolkit.errors import FindingsError, Problem


def arranged(steps: Sequence[Step], rules: CleaningRules | None = None, links: Sequence[Link] = ()) -> tuple[Step, ...]:
    """Return the steps as a plan wants them.

    Parameters
    ----------
    steps : sequence of Step
        The usual ones, in their order.
    rules : CleaningRules, optional
        What is switched off, moved, or has other parameters.
    links : sequence of Link
        Ids that somebody confirmed to be one person's.

    Raises
    ------
    FindingsError
        Naming every rule that cannot be followed: an unknown step, a step that cannot be left out,
        an order in which a step would run before one it builds on.
    """
    rules = rules or CleaningRules()
    problems = [*_unknown(steps, rules), *_indispensable(steps, rules)]
    if problems:
        raise FindingsError("the cleaning cannot be done as the plan says", where="cleaning", problems=problems)
    moved = _moved(steps, rules.order)
    kept = [step for step in moved if step.name not in rules.switch_off]
    problems = list(_out_of_order(kept))
    if problems:
        raise FindingsError("the cleaning steps cannot run in this order", where="cleaning", problems=problems)
    changed = [step.with_parameters(**rules.parameters.get(step.name, {})) for step in kept]
    return tuple(_with_links(step, links) for step in changed)


def with_step(steps: Sequence[Step], step: Step, *, before: str) -> tuple[Step, ...]:
    """Return the steps with one more, which runs before the step named `before`.

    Raises
    ------
    FindingsError
        If there is no such step, or one of the same name is there already.
    """
    names = [one.name for one in steps]
    if before not in names or step.name in names:
        what = "there is no cleaning step" if before not in names else "there is already a cleaning step"
        raise FindingsError(f"{what} “{before if before not in names else step.name}”", fix=_known(steps))
    place = names.index(before)
    return (*steps[:place], step, *steps[place:])


def _with_links(step: Step, links: Sequence[Link]) -> Step:
    if "links" not in step.parameters or not links:
        return step
    return replace(step, parameters={**step.parameters, "links": tuple(links)})


def _known(steps: Sequence[Step]) -> str:
    return f"steps: {', '.join(step.name for step in steps)}"


def _unknown(steps: Sequence[Step], rules: CleaningRules) -> Iterator[Problem]:
    names = {step.name for step in steps}
    asked = {"switch_off": rules.switch_off, "order": rules.order, "parameters": tuple(rules.parameters)}
    for key, wanted in asked.items():
        for name in wanted:
            if name not in names:
                yield Problem(f"there is no cleaning step “{name}”", key, _known(steps))
    if len(set(rules.order)) < len(rules.order):
        yield Problem("a step is named twice", "order")


def _indispensable(steps: Sequence[Step], rules: CleaningRules) -> Iterator[Problem]:
    for step in steps:
        if step.needed and step.name in rules.switch_off:
            yield Problem(f"{step.name} cannot be switched off: {step.why}", "switch_off")


def _moved(steps: Sequence[Step], order: Sequence[str]) -> list[Step]:
    """Put the named steps, in that order, on the places that they hold."""
    by_name = {step.name: step for step in steps}
    following = iter(order)
    return [by_name[next(following)] if step.name in order else step for step in steps]


def _out_of_order(steps: Sequence[Step]) -> Iterator[Problem]:
    names = [step.name for step in steps]
    for place, step in enumerate(steps):
        for earlier in step.after:
            if earlier in names[place:]:
                yield Problem(f"{step.name} builds on {earlier}, which would run after it", "order")
