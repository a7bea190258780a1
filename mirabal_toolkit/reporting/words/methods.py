"""The methods paragraphs, written from the plan and from what really ran."""

from __future__ import annotations

from mirabal_toolkit.core.instrument import in_language
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.words import numbers

REFERENCES: dict[str, str] = {
    "wilson": "Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. "
    "Journal of the American Statistical Association, 22, 209–212.",
    "newcombe": "Newcombe, R. G. (1998). Improved confidence intervals for the difference between binomial proportions "
    "based on paired data. Statistics in Medicine, 17, 2635–2650.",
    "mcnemar": "McNemar, Q. (1947). Note on the sampling error of the difference between correlated proportions or "
    "percentages. Psychometrika, 12, 153–157.",
    "gee": "Liang, K.-Y., & Zeger, S. L. (1986). Longitudinal data analysis using generalized linear models. "
    "Biometrika, 73, 13–22.",
    "lmm": "Laird, N. M., & Ware, J. H. (1982). Random-effects models for longitudinal data. Biometrics, 38, 963–974.",
    "firth": "Firth, D. (1993). Bias reduction of maximum likelihood estimates. Biometrika, 80, 27–38.",
    "bounds": "Manski, C. F. (2003). Partial identification of probability distributions. Springer.",
    "rubin": "Rubin, D. B. (1987). Multiple imputation for nonresponse in surveys. Wiley.",
    "barnard_rubin": "Barnard, J., & Rubin, D. B. (1999). Small-sample degrees of freedom with multiple imputation. "
    "Biometrika, 86, 948–955.",
    "chained_equations": "van Buuren, S., & Groothuis-Oudshoorn, K. (2011). mice: Multivariate imputation by chained "
    "equations in R. Journal of Statistical Software, 45(3).",
    "weighted": "Robins, J. M., Rotnitzky, A., & Zhao, L. P. (1995). Analysis of semiparametric regression models for "
    "repeated outcomes in the presence of missing data. Journal of the American Statistical Association, 90, 106–121.",
    "tipping": "Cro, S., Morris, T. P., Kenward, M. G., & Carpenter, J. R. (2020). Sensitivity analysis for clinical "
    "trials with missing continuous outcome data using controlled multiple imputation. Statistics in Medicine, 39, "
    "2815–2842.",
    "holm": "Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of "
    "Statistics, 6, 65–70.",
    "bh": "Benjamini, Y., & Hochberg, Y. (1995). Controlling the false discovery rate. Journal of the Royal "
    "Statistical "
    "Society B, 57, 289–300.",
    "outputs": "Griffiths, E., Greci, C., Kotrotsios, Y., Parker, S., Scott, J., Welpton, R., Wolters, A., & Woods, C. "
    "(2019). Handbook on statistical disclosure control for outputs.",
}

#: References of what is estimated about those lost.
OF_LOST = {
    "imputed_change": ("rubin", "barnard_rubin", "chained_equations"),
    "weighted_change": ("weighted",),
    "tipping_point": ("tipping",),
}


def methods(edition: Edition) -> tuple[str, ...]:
    """Return the paragraphs: what was asked of whom, how it was counted, compared, modelled and protected."""
    paragraphs = [_asked(edition), _counted(edition), _compared(edition), _modelled(edition), _lost(edition)]
    paragraphs.append(_protected(edition))
    return tuple(paragraph for paragraph in paragraphs if paragraph)


def references(edition: Edition) -> tuple[str, ...]:
    """Return the references of the methods that ran, in the order of their authors."""
    used = {"wilson"}
    analyses = set(edition.released.estimates.frame["analysis"])
    if "paired_change" in analyses:
        used |= {"newcombe", "mcnemar"}
    models = _models(edition)
    used |= {name for name in ("gee", "lmm", "mmrm", "glmm", "clmm") if any(model.startswith(name) for model in models)}
    if _any_flag(edition, "penalised"):
        used.add("firth")
    if _adjusted(edition):
        used.add(edition.released.plan.multiplicity)
    if edition.released.profile.releasable:
        used.add("outputs")
    used.add("bounds")
    used |= {name for analysis, names in OF_LOST.items() if analysis in analyses for name in names}
    return tuple(sorted(REFERENCES[name] for name in used if name in REFERENCES))


def _asked(edition: Edition) -> str:
    instrument, plan = edition.instrument, edition.released.plan
    text = edition.say(
        "methods_asked",
        instrument=in_language(instrument.title, edition.language),
        reference=instrument.reference,
        waves=len(edition.waves),
        months=edition.say("list_and", first=", ".join(_months(edition)[:-1]), last=_months(edition)[-1])
        if len(edition.waves) > 1
        else _months(edition)[0],
        period=in_language(instrument.reference_period, edition.language),
        plan=plan.id,
        version=plan.version,
    )
    fixed = edition.say("methods_plan_date", date=numbers.date(plan.date)) if plan.date else ""
    amended = edition.say("methods_amended", number=len(plan.amendments)) if plan.amendments else ""
    population = edition.say_or(f"methods_population_{plan.population}", plan.population)
    return " ".join(part for part in (text, fixed, amended, population) if part)


def _months(edition: Edition) -> list[str]:
    return [f"{edition.released.months[wave]:g}" for wave in edition.waves]


def _counted(edition: Edition) -> str:
    parts = [edition.say("methods_counted", level=edition.level)]
    if _any_flag(edition, "zero_cell"):
        parts.append(edition.say("methods_zero_cell"))
    estimands = {one.estimand for one in edition.indicators}
    parts += [
        edition.say(f"methods_estimand_{estimand}")
        for estimand in ("experienced", "while_in_contact")
        if estimand in estimands
    ]
    parts.append(edition.say("methods_missing"))
    return " ".join(parts)


def _compared(edition: Edition) -> str:
    analyses = set(edition.released.estimates.frame["analysis"])
    parts = []
    if "paired_change" in analyses:
        parts.append(edition.say("methods_paired_change", level=edition.level))
    if "paired_mean_change" in analyses:
        parts.append(edition.say("methods_paired_mean_change", level=edition.level))
    if parts:
        key = edition.released.plan.multiplicity if _adjusted(edition) else "none"
        parts.append(edition.say(f"methods_adjusted_{key}"))
    return " ".join(parts)


def _modelled(edition: Edition) -> str:
    models = _models(edition)
    parts = [
        edition.say(f"methods_{name}", level=edition.level)
        for name in ("gee", "lmm", "mmrm", "glmm", "clmm")
        if any(model.startswith(name) for model in models)
    ]
    if not parts:
        return ""
    parts += [
        edition.say(f"methods_{flag}")
        for flag in ("penalised", "boundary", "not_converged")
        if _any_flag(edition, flag)
    ]
    return " ".join(parts)


def _lost(edition: Edition) -> str:
    """Return how lost answers were treated beside the main models; empty where the plan does not ask."""
    asked, analyses = edition.released.plan.missing_data, set(edition.released.estimates.frame["analysis"])
    parts = []
    if asked is not None and "imputed_change" in analyses:
        parts.append(edition.say("methods_lost", m=asked.imputations, rounds=asked.iterations))
    if "weighted_change" in analyses:
        parts.append(edition.say("methods_weighted"))
    if "tipping_point" in analyses:
        parts.append(edition.say("methods_tipping"))
    return " ".join(parts)


def _models(edition: Edition) -> set[str]:
    frame = edition.released.estimates.frame
    return {str(model) for model in frame.loc[frame["analysis"].str.startswith("model_"), "model"]}


def _protected(edition: Edition) -> str:
    profile = edition.released.profile
    if not profile.releasable:
        return edition.say("methods_internal")
    hidden = sum(decision.count for decision in edition.released.decisions if decision.rule == "suppressed")
    return edition.say(
        "methods_protected",
        profile=profile.name,
        threshold=profile.threshold,
        base=profile.rounding,
        minimum=profile.minimum_base,
        hidden=numbers.count(hidden),
    )


def _any_flag(edition: Edition, flag: str) -> bool:
    return any(flag in flags for flags in edition.released.estimates.frame["flags"])


def _adjusted(edition: Edition) -> bool:
    return bool(edition.released.estimates.frame["p_adjusted"].notna().any())
