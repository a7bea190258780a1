"""Every count of people that a set of results holds, what its rows give away, and what ties counts together.

A reader with a pencil can subtract. So it is not enough that a small count is not printed: it must not
follow from what is. The ledger writes down what she could use: equations that always hold, whatever the
answers were.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from mirabal_toolkit.core.frames import rows_of
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.core.results import NOT_KNOWN, STATE_TO_STATE, Results
from mirabal_toolkit.disclosure.rules import missing

#: What is counted: the kind of table, what it is of, and the cell.
Key = tuple[str, ...]
#: Where numbers stand: a row of the estimates, or a cell (wave, column) of the flow.
Place = tuple[str, int, str]
Row = dict[str, Any]

#: Counts of a two-by-two table of the same women before and after, with its margins.
PAIR_CELLS = ("n", "before", "after", "stopped", "started", "both", "neither")

#: Analyses whose rows count different people of one table.
TERMS_ARE_CELLS = frozenset({"paired_change", "distribution", "reliable_change", "transition", "baseline"})


@dataclass(frozen=True, slots=True)
class Showing:
    """What a place gives away when it is shown.

    Parameters
    ----------
    counted : Key or None
        The count that stands there, judged by the profile.
    base : Key or None
        The number of people it is of; shown even where the count is hidden.
    implied : tuple of Key
        Counts that follow from other numbers there, up to their rounding.
    needs : tuple of Key
        Counts that must be shown for this place to be.
    """

    counted: Key | None = None
    base: Key | None = None
    implied: tuple[Key, ...] = ()
    needs: tuple[Key, ...] = ()


@dataclass(slots=True)
class Ledger:
    """Counts, where they show, and equations between them.

    Parameters
    ----------
    counts : dict
        Key → number of people.
    shown : dict
        Place → what it gives away.
    equations : list of dict
        Key → coefficient; the sum of coefficient × count is 0.
    """

    counts: dict[Key, int] = field(default_factory=dict)
    shown: dict[Place, Showing] = field(default_factory=dict)
    equations: list[dict[Key, int]] = field(default_factory=list)

    def total(self, whole: Key, parts: Sequence[Key], rest: Key | None = None) -> None:
        """Write that `whole` is the sum of `parts`, and of a `rest` that nothing shows; if all are counted.

        What does not add up in these results (an outcome computed from fewer items, say) is no equation of them.
        """
        if whole not in self.counts or any(part not in self.counts for part in parts):
            return
        left = self.counts[whole] - sum(self.counts[part] for part in parts)
        if left < 0 or (rest is None and left > 0):
            return
        if rest is not None:
            self.counts[rest] = left
            parts = [*parts, rest]
        self.equations.append({whole: 1, **dict.fromkeys(parts, -1)})


def open_ledger(results: Results) -> Ledger:
    """Return the ledger of `results`."""
    ledger = Ledger()
    rows = rows_of(results.estimates.frame)
    for number, row in enumerate(rows):
        showing = _showing(ledger, row)
        if showing is not None:
            ledger.shown[("estimate", number, "")] = showing
    _flow(ledger, results)
    _one_start(ledger)
    _complements(ledger)
    _pairs(ledger, rows)
    _reliable(ledger)
    _nested(ledger, results.instrument)
    _answers(ledger, results.instrument)
    _moves(ledger, results.instrument)
    _parts_of_any(ledger, rows, results.instrument)
    _who_started(ledger)
    return ledger


def _showing(ledger: Ledger, row: Row) -> Showing | None:
    if missing(row["n_obs"]) and missing(row["count"]):
        return None
    table = _table_of(row)
    if row["analysis"] == "transition":
        # Those who started are one number, but each outcome has its own name for it: else every move of every
        # outcome would hang together, and no attacker's problem end in time.
        started = (*table[:3], "n")
        ledger.counts |= {started: int(row["n_obs"]), (*table, _cell_of(row)): int(row["count"])}
        return Showing(counted=(*table, _cell_of(row)), base=started)
    base: Key | None = None
    if not missing(row["n_obs"]) and (row["scale"] == "percent" or row["analysis"] == "paired_change"):
        base = (*table, "n")
        ledger.counts[base] = int(row["n_obs"])
    # Where nobody was seen at both ends there is no table behind the change.
    if row["analysis"] == "paired_change" and row["term"] == "change" and not missing(row["estimate"]):
        ends = ((*table, "before"), (*table, "after"))
        return Showing(base=(*table, "n"), implied=((*table, "both"),), needs=ends)
    if missing(row["count"]) or row["analysis"] == "mean" or (row["analysis"], row["scale"]) == ("baseline", "answer"):
        return None if base is None else Showing(base=base)
    counted = (*table, _cell_of(row))
    ledger.counts[counted] = int(row["count"])
    return Showing(counted=counted, base=base)


def _table_of(row: Row) -> Key:
    """Name the table of people a row belongs to: all cells of it share one base."""
    wave = "" if missing(row["wave"]) else str(int(row["wave"]))
    outcome, estimand = row["outcome"], row["estimand"]
    tables: dict[str, Key] = {
        "retention": ("seen", wave),
        "paired_change": ("pair", outcome, estimand),
        "distribution": ("answer", outcome, wave),
        "reliable_change": ("reliable", outcome, estimand),
        "transition": ("move", outcome, estimand, row["contrast"]),
        "endorsement": ("said", outcome, estimand, wave),
        "baseline": ("start", outcome),
    }
    if row["analysis"] in tables:
        return tables[row["analysis"]]
    kind = {"prevalence": "wave"}.get(row["analysis"], row["analysis"])
    more = [part for part in (row["population"], row["contrast"]) if part] if kind != "wave" else []
    return (kind, outcome, estimand, wave, *more, *([row["term"]] if row["term"] else []))


def _cell_of(row: Row) -> str:
    """Name the cell: the term where cells of one table differ by it, else those who said yes."""
    return str(row["term"]) if row["analysis"] in TERMS_ARE_CELLS else "yes"


def _flow(ledger: Ledger, results: Results) -> None:
    """Count the flow: everybody eligible was interviewed or lost for one reason."""
    flow = results.flow.frame
    for wave in [int(number) for number in flow.index]:
        for column in flow.columns:
            key = ("flow", str(wave), str(column))
            ledger.counts[key] = int(flow.at[wave, column])  # type: ignore[arg-type]
            ledger.shown[("flow", wave, str(column))] = Showing(counted=key)
        parts: list[Key] = [("flow", str(wave), str(column)) for column in flow.columns if column != "eligible"]
        ledger.total(("flow", str(wave), "eligible"), parts)
        # Who joined after the first wave is in the flow of a wave, not among those who started.
        ledger.total(("flow", str(wave), "interviewed"), [("seen", str(wave), "yes")], ("joined", str(wave)))


def _one_start(ledger: Ledger) -> None:
    """Write that those who started are the same people at every wave."""
    starts = sorted(key for key in ledger.counts if key[0] == "seen" and key[-1] == "n")
    for one, next_one in pairwise(starts):
        ledger.total(one, [next_one])


def others(key: Key) -> Key:
    """Return the key of everybody of the base whom `key` does not count."""
    return (*key, "others")


def _complements(ledger: Ledger) -> None:
    for showing in ledger.shown.values():
        if showing.counted is not None and showing.base is not None and showing.counted[0] != "move":
            ledger.total(showing.base, [showing.counted], others(showing.counted))


def _pairs(ledger: Ledger, rows: list[Row]) -> None:
    """Write the two-by-two tables of paired changes, and that pairs are some of those who answered at a wave."""
    ends: dict[Key, dict[str, str]] = defaultdict(dict)
    for row in rows:
        if row["analysis"] == "paired_change" and row["term"] in ("before", "after") and not missing(row["wave"]):
            ends[_table_of(row)][row["term"]] = str(int(row["wave"]))
    for table, waves in ends.items():
        cell: dict[str, Key] = {name: (*table, name) for name in PAIR_CELLS}
        ledger.total(cell["before"], [cell["stopped"]], cell["both"])
        ledger.total(cell["after"], [cell["both"], cell["started"]])
        ledger.total(cell["n"], [cell["before"], cell["started"]], cell["neither"])
        for end, wave in waves.items():
            seen: Key = ("wave", *table[1:], wave, "yes")
            ledger.total(seen, [cell[end]], (*table, f"{end}_only"))
            ledger.total(others(seen), [others(cell[end])], (*table, f"{end}_only", "others"))
        _ever_after(ledger, table, waves)


def _ever_after(ledger: Ledger, table: Key, waves: dict[str, str]) -> None:
    """Tie onset to the pairs, and cessation to the exposed of the first wave."""
    for key in list(ledger.counts):
        if key[0] == "onset" and key[1:3] == table[1:]:
            if key[-1] == "yes":
                ledger.total(key, [(*table, "started")])
            elif key[-1] == "n":
                ledger.total(key, [others((*table, "before"))])
        if key[0] == "cessation" and key[1:3] == table[1:] and key[-1] == "n" and "before" in waves:
            ledger.total(("wave", *table[1:], waves["before"], "yes"), [key], (*key[:-1], "not_followed"))


def _reliable(ledger: Ledger) -> None:
    """Write that everybody seen at both ends improved, stayed as she was, or deteriorated."""
    for table in sorted({key[:3] for key in ledger.counts if key[0] == "reliable" and key[-1] == "n"}):
        ledger.total((*table, "n"), [(*table, term) for term in ("improved", "unchanged", "deteriorated")])


def _nested(ledger: Ledger, instrument: Instrument) -> None:
    """Write that severe is part of any, and “while in contact” part of “experienced”."""
    any_of = {outcome.scale: outcome.id for outcome in instrument.outcomes if outcome.indicator == "any"}
    severe_in = {
        outcome.id: any_of[outcome.scale]
        for outcome in instrument.outcomes
        if outcome.indicator == "severe" and outcome.scale in any_of
    }
    for key in list(ledger.counts):
        if key[0] != "wave" or key[4] != "yes":
            continue
        _, outcome, estimand, wave, *cell = key
        if outcome in severe_in and cell == ["yes"]:
            whole: Key = ("wave", severe_in[outcome], estimand, wave, "yes")
            ledger.total(whole, [key], ("wave", outcome, estimand, wave, "any_not_severe"))
        if estimand == "while_in_contact":
            whole = ("wave", outcome, "experienced", wave, *cell)
            ledger.total(whole, [key], ("wave", outcome, "without_contact", wave, *cell))


def _answers(ledger: Ledger, instrument: Instrument) -> None:
    """Write that the answers to an item add up, and make the outcomes that are some of its answers."""
    tables = sorted({key[:3] for key in ledger.counts if key[0] == "answer" and key[-1] == "n"})
    for table in tables:
        _, item, wave = table
        options = [option.name for option in instrument.options(item) if option.kind == "valid"]
        ledger.total((*table, "n"), [(*table, option) for option in options])
        for outcome in instrument.outcomes:
            if outcome.item == item and outcome.indicator == "category" and outcome.estimands == ("as_reported",):
                chosen = [(*table, option) for option in outcome.categories]
                ledger.total(("wave", outcome.id, "as_reported", wave, "yes"), chosen)


def _moves(ledger: Ledger, instrument: Instrument) -> None:
    """Write that whoever gave an answer at a wave gave some answer, or none, at the next; and came from one."""
    tables: dict[Key, list[str]] = defaultdict(list)
    for key in ledger.counts:
        if key[0] == "move" and len(key) == 5:
            tables[key[:4]].append(key[4])
    for table, terms in tables.items():
        states = list(dict.fromkeys(term.split(STATE_TO_STATE)[0] for term in terms))
        later, earlier = (part.strip()[1:] for part in table[3].split("-"))
        for state in states:
            leaving: list[Key] = [(*table, f"{state}{STATE_TO_STATE}{end}") for end in states]
            coming: list[Key] = [(*table, f"{start}{STATE_TO_STATE}{state}") for start in states]
            ledger.total(_state(ledger, table, state, earlier), leaving)
            ledger.total(_state(ledger, table, state, later), coming)
        _moves_of_pairs(ledger, table)
        _moves_nested(ledger, table, instrument)
        if table[1] in instrument.item_by_id:
            _moves_of_answers(ledger, table, instrument)


def _state(ledger: Ledger, table: Key, state: str, wave: str) -> Key:
    """Return the key of those who gave an answer at a wave, or of those who started and gave none."""
    _, outcome, estimand, _ = table
    item: Key = ("answer", outcome, wave)
    asked: Key = ("wave", outcome, estimand, wave)
    if state != NOT_KNOWN:
        if (*item, state) in ledger.counts:
            return (*item, state)
        return (*asked, "yes") if state == "yes" else others((*asked, "yes"))
    key: Key = ("silent", outcome, estimand, wave)
    if key not in ledger.counts:
        base = (*item, "n") if (*item, "n") in ledger.counts else (*asked, "n")
        ledger.total((*table[:3], "n"), [base], key)
    return key


#: The cells of a two-by-two table of pairs, as transitions write them.
PAIRS_AS_MOVES = {
    "both": ("yes", "yes"),
    "stopped": ("yes", "no"),
    "started": ("no", "yes"),
    "neither": ("no", "no"),
}


def _moves_of_pairs(ledger: Ledger, table: Key) -> None:
    """Tie moves from the first to the last wave, where they are neighbours, to the paired change."""
    if table[3] == _whole_study(ledger):
        for cell, ends in PAIRS_AS_MOVES.items():
            ledger.total(("pair", table[1], table[2], cell), [(*table, STATE_TO_STATE.join(ends))])


def _whole_study(ledger: Ledger) -> str:
    waves = [int(key[1]) for key in ledger.counts if key[0] == "seen" and key[-1] == "n"]
    return f"w{max(waves)} - w{min(waves)}" if waves else ""


def _moves_nested(ledger: Ledger, table: Key, instrument: Instrument) -> None:
    """Write that whoever stayed with something severe stayed with it at all."""
    _, name, estimand, contrast = table
    outcome = instrument.outcome_by_id.get(name)
    if outcome is None or outcome.indicator != "severe":
        return
    stayed, never = (STATE_TO_STATE.join(PAIRS_AS_MOVES[cell]) for cell in ("both", "neither"))
    for other in instrument.outcomes:
        if other.indicator == "any" and other.scale == outcome.scale:
            whole: Key = ("move", other.id, estimand, contrast)
            ledger.total((*whole, stayed), [(*table, stayed)], (*table, "any_not_severe"))
            ledger.total((*table, never), [(*whole, never)], (*table, "not_severe_but_any"))


def _moves_of_answers(ledger: Ledger, table: Key, instrument: Instrument) -> None:
    """Write that moves between yes and no are moves between the answers that mean yes, and those that mean no."""
    _, item, _, contrast = table
    valid = [option.name for option in instrument.options(item) if option.kind == "valid"]
    for outcome in instrument.outcomes:
        if outcome.item != item or outcome.indicator != "category" or outcome.estimands != ("as_reported",):
            continue
        meaning = {"yes": outcome.categories, "no": [name for name in valid if name not in outcome.categories]}
        for cell, (start, end) in PAIRS_AS_MOVES.items():
            parts: list[Key] = [
                (*table, f"{before}{STATE_TO_STATE}{after}") for before in meaning[start] for after in meaning[end]
            ]
            ledger.total(("move", outcome.id, "as_reported", contrast, f"{start}{STATE_TO_STATE}{end}"), parts)
            if contrast == _whole_study(ledger):
                ledger.total(("pair", outcome.id, "as_reported", cell), parts)


def _parts_of_any(ledger: Ledger, rows: list[Row], instrument: Instrument) -> None:
    """Write that whoever said yes to a question said yes to any of them, and what the same answers are called."""
    for row in rows:
        if row["analysis"] != "endorsement":
            continue
        _, item, estimand, wave = _table_of(row)
        said: Key = ("said", item, estimand, wave, "yes")
        whole: Key = ("wave", str(row["indicator"]), estimand, wave, "yes")
        # A question may be part of several: physical harm, and harm of any kind. What is left of each is its own.
        ledger.total(whole, [said], (*said, "any_but_not_this", whole[1]))
        for outcome in instrument.outcomes:
            if outcome.item == item and outcome.indicator == "category":
                # An equation only where both count the same answers: else it does not add up, and is not one.
                ledger.total(said, [("wave", outcome.id, estimand, wave, "yes")])


def _who_started(ledger: Ledger) -> None:
    """Write that answers known of each person once add up, and are the bases of those lost by the same answer."""
    for table in sorted({key[:2] for key in ledger.counts if key[0] == "start" and key[-1] == "n"}):
        terms = [key for key in ledger.counts if key[:2] == table and key[-1] not in ("n", "others")]
        ledger.total((*table, "n"), terms)
        for key in list(ledger.counts):
            if key[0] == "attrition" and key[1] == table[1] and key[-1] == "n":
                ledger.total((*table, key[2]), [key], (*table, key[2], "not_followed"))
