import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import comparability
from helpers.reading.corpus import parse_date


def articles(**dates):
    """{outlet: [dates]} -> an articles table."""
    rows = [(f"{outlet}-{n}", outlet, date, *(parse_date(date) if date else (pd.NaT, pd.NaT)))
            for outlet, own in dates.items() for n, date in enumerate(own)]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["article_id", "outlet", "published", "published_from", "published_to"])
    return frame.assign(n_words=1, language="en")


def test_a_month_overlaps_each_of_its_days():
    pairs = comparability.compare_dates(articles(A=["2016-02"], B=["2016-02-29"], C=["2016-04-01"]))
    assert pairs[["outlet_a", "outlet_b", "overlap"]].values.tolist() == [
        ["A", "B", True], ["A", "C", False], ["B", "C", False],
    ]  # fmt: skip
    assert pairs["months_apart"].tolist() == [0, 1.1, 1.1]  # 29 February to 1 April: 32 days
    assert comparability.warn_dates(articles(A=["2016-05-31"], B=["2016-05"])) == ""  # `answer_articles` has the others


DATES = st.lists(st.sampled_from(["2014", "2015-12", "2015-12-31", "2016-01-02", "2016-02", "2016-07-04", "2017", ""]))


@given(one=DATES, other=DATES)
def test_the_nearest_dates_are_those_of_all_pairs(one, other):
    frame = articles(A=one or [""], B=other or [""])

    def find_gap(spans):
        pairs = spans[spans["outlet"].eq("A")].merge(spans[spans["outlet"].eq("B")], how="cross", suffixes=("", "_b"))
        after, before = (pairs[f"published_from{b}"] - pairs[f"published_to{a}"] for a, b in (("", "_b"), ("_b", "")))
        return pd.concat([after, before], axis=1).max(axis=1).dt.days.clip(lower=0).min()

    gap, exact = (find_gap(frame[frame["published"].str.len() >= shortest]) for shortest in (4, 7))
    same = exact <= comparability.SAME_TIME
    (found,) = comparability.compare_dates(frame).itertuples()
    assert found.overlap == same
    apart = exact if same else gap if gap > comparability.SAME_TIME else float("nan")  # the years meet: not known
    assert found.months_apart == pytest.approx(round(apart / comparability.DAYS_A_MONTH, 1), nan_ok=True)
