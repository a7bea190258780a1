"""Every way in which a fit by quadrature can say that it should not be used."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed import glmm
from mirabal_toolkit.mixed.glmm_results import GlmmFit
from mirabal_toolkit.mixed.quadrature_trust import Findings, judge


@pytest.fixture(scope="module")
def fit() -> GlmmFit:
    rng = np.random.default_rng(7)
    person = np.repeat(np.arange(40), 4)
    yes = (rng.normal(size=40)[person] + rng.logistic(size=160) > 0).astype(int)
    return glmm("yes ~ x", pd.DataFrame({"who": person, "yes": yes, "x": rng.normal(size=160)}), groups="who")


def findings(**changes: object) -> Findings:
    return replace(Findings((), True, None, 9, ("Intercept", "x", "person-specific terms")), **changes)


def test_nothing_wrong(fit: GlmmFit) -> None:
    assert judge(fit.core, fit.known_design, findings()).ok


def test_search_that_did_not_settle(fit: GlmmFit) -> None:
    core = replace(fit.core, converged=False, optimum=replace(fit.core.optimum, remaining_gain=0.3))
    trust = judge(core, fit.known_design, findings())
    assert not trust.ok
    assert "did not settle" in str(trust)


def test_flat_likelihood_names_the_parameter(fit: GlmmFit) -> None:
    flat = fit.core.optimum.information.copy()
    flat[1] = flat[:, 1] = 0.0
    core = replace(fit.core, converged=False, optimum=replace(fit.core.optimum, information=flat))
    trust = judge(core, fit.known_design, findings())
    assert "flat at the estimates, most of all in `x`" in str(trust)


def test_separation_explains_what_did_not_converge(fit: GlmmFit) -> None:
    core = replace(fit.core, converged=False)
    trust = judge(core, fit.known_design, findings(separated=("x",)))
    assert len(trust.problems) == 1
    assert "Separation" in trust.problems[0]


@pytest.mark.parametrize(("shift", "grave"), [(0.1, False), (0.5, True)])
def test_too_few_nodes(fit: GlmmFit, shift: float, grave: bool) -> None:
    trust = judge(replace(fit.core, node_shift=shift), fit.known_design, findings(n_quad=1))
    assert trust.ok is not grave
    assert "use n_quad=9" in str(trust)


def test_a_fit_without_rows_says_so(fit: GlmmFit) -> None:
    with pytest.raises(ModelError, match="no rows"):
        _ = replace(fit, design=None).known_design
