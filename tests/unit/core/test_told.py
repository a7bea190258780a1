"""Data say what they are in one line, and no answer."""

import mirabal_toolkit as mt


def test_every_stage_of_the_data_is_one_line_without_an_answer(tmp_path):
    waves = mt.read(
        mt.simulate("wellbeing", tmp_path / "waves.csv", people=12, waves=2, seed=1), instrument="wellbeing"
    )
    cleaned = mt.clean(waves)
    scored = mt.score(cleaned)
    said = [repr(stage) for stage in (waves, cleaned, scored, scored.to_panel())]
    assert said == [
        f"<{name} wellbeing@1.0.0: 12 people, waves 1, 2>" for name in ("Waves", "CleanedData", "Scored", "PanelData")
    ]
