"""`CleanedData` → `ScoredData`: items become outcome indicators.

Where to look: `rules` holds the formulas, on arrays; `scores` applies them to every outcome and
estimand; `examples` runs the worked examples that travel with an instrument.
"""

from mirabal_toolkit.scoring.examples import ExampleScore, example_problems, example_scores
from mirabal_toolkit.scoring.scores import score

__all__ = ["ExampleScore", "example_problems", "example_scores", "score"]
