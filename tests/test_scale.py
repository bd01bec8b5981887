"""What the benchmark of large corpora says of its measurements."""

import pandas as pd

from helpers import reading
from tests.benchmarks import scale


def test_the_exponent_is_from_four_thousand_articles_to_the_largest_size():
    costs = pd.DataFrame([
        {"n": n, "step": step, "processor": seconds, "peak_mib": 300 + n / 1000}
        for step, cells in {"names": (0.5, 1.0, 4.0, 16.0), "copies": (9.0, 1.0, 16.0, float("nan"))}.items()
        for n, seconds in zip((1000, 4000, 16000, 64000), cells, strict=True)
    ])  # fmt: skip
    assert scale.write_table(costs[costs["n"] <= 16000]).splitlines() == [
        "| step | 1,000 | 4,000 | 16,000 | exponent | MiB at 16,000 |",
        "|---|---:|---:|---:|---:|---:|",
        "| names | 0.50 | 1.00 | 4.00 | 1.00 | 316 |",
        "| copies | 9.00 | 1.00 | 16 | 2.00 | 316 |",
    ]
    assert "| copies | 9.00 | 1.00 | 16 | – | – | 364 |" in scale.write_table(costs)
    assert "| names | 0.50 | 1.00 | 0.50 | 304 |" in scale.write_table(costs[costs["n"] <= 4000])
    assert "| names | 0.50 | – | 301 |" in scale.write_table(costs[costs["n"] <= 1000])


def test_names_of_an_earlier_run_are_out_of_sight_only_while_steps_are_measured():
    before = reading.STORE
    with scale.forget_names():
        assert before != reading.STORE and not any(reading.STORE.iterdir())
    assert before == reading.STORE
