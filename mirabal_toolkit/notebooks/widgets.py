"""Reading results inside a notebook: in words, and one outcome and wave at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mirabal_toolkit.core.results import ReleasableResults
from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.exploring.page import render_outcome, render_words
from mirabal_toolkit.reporting.exploring.views import OutcomeView, outcome_views
from mirabal_toolkit.reporting.standing import looked_at
from mirabal_toolkit.reporting.words.sensitivity import turning_points, what_it_changes, who_was_lost
from mirabal_toolkit.reporting.words.summary import opening, summary


@dataclass(frozen=True)
class OutcomeCard:
    """One outcome in words, as a curve and in tables; notebooks show it.

    Parameters
    ----------
    view : OutcomeView
    edition : Edition
    wave : int or None
        The wave to point out.
    """

    view: OutcomeView
    edition: Edition
    wave: int | None = None

    def __repr__(self) -> str:
        return f"{self.view.label}: {self.view.sentence}"

    def _repr_html_(self) -> str:
        return render_outcome(self.view, self.edition, self.wave)

    @cached_property
    def text(self) -> str:
        """What is said of the wave, or of the whole change."""
        chosen = (one.sentence for one in self.view.waves if one.wave == self.wave)
        return next(chosen, self.view.sentence)


@dataclass(frozen=True, slots=True)
class Words:
    """Sentences under headings; notebooks show them."""

    groups: tuple[tuple[str, tuple[str, ...]], ...]

    def __repr__(self) -> str:
        return "\n".join(line for heading, said in self.groups for line in (heading, *said) if line)

    def _repr_html_(self) -> str:
        return render_words(self.groups)


def in_words(released: ReleasableResults) -> Words:
    """Return what was found in plain sentences: who was reached, then the headline indicators, measure by measure."""
    edition = Edition(released)
    return Words((("", (opening(edition),)), *summary(edition)))


def lost_in_words(released: ReleasableResults) -> Words:
    """Return what is known of those who were lost, and what they could do to the conclusions."""
    edition = Edition(released)
    if not looked_at(edition):
        return Words((("", (opening(edition),)),))
    said = ((who_was_lost(edition),), what_it_changes(edition), turning_points(edition))
    return Words(tuple(("", tuple(text for text in texts if text)) for texts in said if texts))


def outcome(released: ReleasableResults, name: str, wave: int | None = None) -> OutcomeCard:
    """Return one outcome of the plan to look at.

    Parameters
    ----------
    released : ReleasableResults
    name : str
        Its id, e.g. ``injured``; the headline estimand, if the plan asks for several.
    wave : int, optional
        A wave to point out.

    Raises
    ------
    UsageError
        If the results have no such outcome or wave; the message lists those there are.
    """
    edition = Edition(released)
    views: dict[str, OutcomeView] = {}
    for view in outcome_views(edition):
        views.setdefault(view.outcome, view)
    if name not in views:
        raise UsageError(f"there is no outcome “{name}” in these results", fix=f"use one of: {', '.join(views)}")
    if wave is not None and wave not in edition.waves:
        known = ", ".join(map(str, edition.waves))
        raise UsageError(f"there is no wave {wave} in these results", fix=f"use one of: {known}")
    return OutcomeCard(views[name], edition, wave)


def look(released: ReleasableResults) -> Any:
    """Return a widget to choose an outcome and a wave with; it shows what `outcome` shows.

    Raises
    ------
    UsageError
        If ipywidgets is not installed.
    """
    try:
        import ipywidgets as widgets
    except ImportError:
        text = "choosing needs the package ipywidgets, which is not installed"
        fix = 'python -m pip install "mirabal-toolkit[notebooks]", or show one: mt.outcome(released, "injured")'
        raise UsageError(text, fix=fix) from None
    edition = Edition(released)
    views = outcome_views(edition)
    headline = next((place for place, view in enumerate(views) if view.headline), 0)
    looks = {"layout": widgets.Layout(width="34em"), "style": {"description_width": "6em"}}
    outcomes = [(f"{view.group[:1]}  {view.label}", place) for place, view in enumerate(views)]
    which = widgets.Dropdown(options=outcomes, value=headline, description="Outcome", **looks)
    waves = [(edition.wave_name(wave), wave) for wave in edition.waves]
    when = widgets.Dropdown(options=waves, value=edition.waves[-1], description="Wave", **looks)
    shown = widgets.HTML()

    def show(_change: object = None) -> None:
        shown.value = render_outcome(views[which.value], edition, when.value)

    which.observe(show, names="value")
    when.observe(show, names="value")
    show()
    return widgets.VBox([which, when, shown])
