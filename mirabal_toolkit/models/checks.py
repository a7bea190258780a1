"""What a plan asks that these data cannot give, found before any model runs."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from mirabal_toolkit.core.data import INTERVIEWED, PanelData
from mirabal_toolkit.core.plan import AnalysisPlan
from mirabal_toolkit.errors import FindingsError, Problem
from mirabal_toolkit.models.background import NOT_KNOWN, arm_names, background, raw_column


def check_panel(panel: PanelData, plan: AnalysisPlan, people: pd.Index) -> None:
    """Raise FindingsError, naming every problem, if `plan` cannot be run on `panel`.

    Parameters
    ----------
    people : Index
        Ids of the plan's population.
    """
    if plan.design == "longitudinal" and len(panel.waves) < 2:
        raise FindingsError(
            "the data hold only one wave, and change needs two",
            where=f"wave {panel.waves[0]}" if panel.waves else "",
            fix="give all waves: one file with every wave, or one file a wave",
        )
    if not len(people):
        raise FindingsError(
            f"nobody was interviewed at the first wave (wave {panel.waves[0]})",
            fix="give the file of the first wave too, or correct the mapping of waves",
        )
    problems = [problem for check in _CHECKS for problem in check(panel, plan, people)]
    if problems:
        raise FindingsError(f"the plan {plan.id} cannot be run on these data", problems=problems)


def _waves(panel: PanelData, _plan: AnalysisPlan, _people: pd.Index) -> Iterator[Problem]:
    # A wave in between that was lost as a whole is a finding; without the last there is no change to speak of.
    last = panel.waves[-1]
    if not panel.flow.frame[INTERVIEWED].loc[last]:
        fix = "leave this wave out of the files, or correct the mapping of waves"
        yield Problem(f"nobody was interviewed at the last wave (wave {last})", f"wave {last}", fix)


def _covariates(panel: PanelData, plan: AnalysisPlan, people: pd.Index) -> Iterator[Problem]:
    for item in plan.covariates:
        values = raw_column(panel, item, people).dropna()
        if values.nunique() < 2:
            what = "has no answer of anybody" if values.empty else "is the same for everybody"
            yield Problem(f"the covariate {item} {what}", "covariates", "take it out of the plan")


def _enough_people(panel: PanelData, plan: AnalysisPlan, people: pd.Index) -> Iterator[Problem]:
    known = background(panel, plan, people)
    terms = len(panel.waves) + sum(
        known.frame[name].nunique() - 1 if known.frame[name].dtype == "str" else 1 for name in known.frame
    )
    if plan.design == "longitudinal" and plan.covariates and len(people) <= terms:
        what = f"{len(people)} people started, and the models would estimate {terms} numbers from them"
        yield Problem(what, "covariates", "take covariates out of the plan")


def _choices(panel: PanelData, plan: AnalysisPlan, people: pd.Index) -> Iterator[Problem]:
    asked = [(item, "subgroups", "the subgroup") for item in plan.subgroups]
    if plan.cluster is not None:
        asked.append((plan.cluster, "cluster", "the site"))
    for item, where, name in asked:
        if raw_column(panel, item, people).nunique() < 2:
            yield Problem(f"{name} {item} is the same for everybody, or not known", where, "take it out of the plan")


def _arms(panel: PanelData, plan: AnalysisPlan, people: pd.Index) -> Iterator[Problem]:
    comparison, names = plan.comparison, arm_names(panel, plan, people)
    if comparison is None or names is None:
        return
    sizes = names.value_counts()
    for name in (comparison.reference, comparison.treated):
        if int(sizes.get(name, 0)) < 2:
            what = f"fewer than two people who started are in the arm “{name}”"
            yield Problem(what, f"comparison, {comparison.arm}", "check the mapping of this item")
    unknown = int(sizes.get(NOT_KNOWN, 0))
    if unknown:
        what = f"for {unknown} of those who started it is not known in which arm they are"
        yield Problem(what, f"comparison, {comparison.arm}", "fill it in; nobody can be placed afterwards")


_CHECKS = (_waves, _covariates, _enough_people, _choices, _arms)
