"""Parts of an analysis plan that only some plans have: arms, missing waves, a second account, power."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

#: Which outcomes a section is for: those of the summary, all of the plan, or these.
Which = Literal["headline", "all"] | tuple[str, ...]
PanelModel = Literal["entity", "random_effects", "first_differences", "within_between"]
PairedInterval = Literal["newcombe", "tango"]
Design = Literal["longitudinal", "cross_sectional"]

#: Value of `Comparison.arm` where the arms are two files, each with its own instrument.
BY_FILE = "file"
#: Name, among the covariates of a propensity model, of the first value of the outcome itself.
FIRST_WAVE = "first_wave"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two arms that are set side by side.

    Parameters
    ----------
    arm : str
        A person-level item with two answers; or ``file``, where the arms are two files.
    reference, treated : str
        Option names of `arm`; for ``file`` the ids of the two instruments.
    design : str
        ``randomised`` or ``non-randomised``. Only a declared design allows the word "effect".
    weights : str
        ``overlap`` (weights from a propensity model) or ``none``.
    propensity : tuple of str
        Person-level items of the propensity model; ``first_wave`` stands for the first value of the
        outcome.
    """

    arm: str
    reference: str
    treated: str
    design: Literal["non-randomised", "randomised"] = "non-randomised"
    weights: Literal["overlap", "none"] = "none"
    propensity: tuple[str, ...] = ()

    @property
    def by_file(self) -> bool:
        """Whether the arms come as two files."""
        return self.arm == BY_FILE


@dataclass(frozen=True, slots=True)
class MissingData:
    """What is done about waves that were missed.

    Parameters
    ----------
    imputations, iterations : int
        Of multiple imputation; 0 imputations switch it off.
    outcomes : str or tuple of str
        ``headline``, ``all``, or outcome ids.
    auxiliaries : tuple of str
        Items or outcomes that help to predict what is missing.
    weights : bool
        Whether a weighted GEE stands beside the main model.
    tipping_point, bounds : bool
        Whether they are computed.
    reference_based : bool
        Whether those lost in the treated arm are also imputed as if in the reference arm.
    """

    imputations: int = 50
    iterations: int = 10
    outcomes: Which = "headline"
    auxiliaries: tuple[str, ...] = ()
    weights: bool = True
    tipping_point: bool = True
    bounds: bool = True
    reference_based: bool = False


@dataclass(frozen=True, slots=True)
class DisclosureRules:
    """Rules of the plan's own, in place of those of its disclosure profile; None leaves the profile's.

    Parameters
    ----------
    threshold, rounding, minimum_base, minimum_df : int or None
        As in `DisclosureProfile`.
    hide_zeros : bool or None
        False: that nobody (or everybody) said something may be shown.
    """

    threshold: int | None = None
    rounding: int | None = None
    minimum_base: int | None = None
    minimum_df: int | None = None
    hide_zeros: bool | None = None


@dataclass(frozen=True, slots=True)
class Informants:
    """A second account of the same people, set beside the first and never pooled with it.

    Parameters
    ----------
    instrument : str
        Instrument id of the second account.
    pairs : tuple of pairs of str
        Outcome of the plan's instrument, outcome of the other instrument.
    """

    instrument: str
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Power:
    """What `mirabal power` assumes.

    Parameters
    ----------
    people : tuple of int
        Numbers of people at the start to try.
    simulations : int
    outcomes : str or tuple of str
        ``headline``, ``all``, or outcome ids.
    dropout : float
        Share of those who started that is not seen at the last wave, 0–1.
    dropout_pattern : str
        ``at_random`` or ``worse_leave`` (those worse off are lost more often).
    change : mapping
        Outcome id → assumed change from first to last wave in (percentage) points; outcomes not named
        change as the generator of artificial waves has it.
    """

    people: tuple[int, ...] = (60, 100, 150)
    simulations: int = 200
    outcomes: Which = "headline"
    dropout: float = 0.4
    dropout_pattern: Literal["at_random", "worse_leave"] = "at_random"
    change: Mapping[str, float] = field(default_factory=dict)
