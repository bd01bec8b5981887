import math

import pytest

from helpers import summary
from tests.parsing import read_texts


def test_each_outlet_has_each_measure_and_shares_are_given_from_five_cases_on():
    read = read_texts({
        "A-1": "ISIS fled. Kagan said that ISIS would return.", "B-1": "The war went on.",
        "C-1": "ISIS fled. ISIS hid. ISIS lost. ISIS ran. Kagan said that ISIS would return.",
    })  # fmt: skip
    measures = summary.collect_measures(read, actor="ISIS").set_index(["outlet", "measure"])
    assert len(measures) == 18
    words = read.articles.set_index("outlet")["n_words"]
    rate = measures.loc[("A", "mentions per 1,000 words")]
    assert rate.tolist() == pytest.approx([2000 / words["A"], 2])
    assert measures.loc[("B", "mentions per 1,000 words"), "value"] == 0
    assert measures.loc[("A", "sources per 1,000 words"), "value"] == pytest.approx(1000 / words["A"])
    assert math.isnan(measures.loc[("A", "share in own voice"), "value"])  # 2 mentions: too few for a share
    assert measures.loc[("C", "share in own voice"), "value"] == pytest.approx(4 / 5)
