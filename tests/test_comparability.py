from types import SimpleNamespace

import pandas as pd

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
    years = articles(A=["2015", "2016-07-04"], B=["2016-01-02"], C=[""], D=["2014", "2017"])
    pairs = comparability.compare_dates(years)
    assert not pairs["overlap"].any()  # a year that may meet the other date leaves both open
    assert [*zip(pairs["outlet_a"], pairs["outlet_b"], pairs["months_apart"].fillna(-1), strict=True)] == [
        ("A", "B", -1), ("A", "C", -1), ("A", "D", -1), ("B", "C", -1), ("B", "D", 12.0), ("C", "D", -1),
    ]  # fmt: skip


def test_a_figure_of_outlets_that_no_test_compares_says_so_in_its_foot():
    def frame(**k):
        rows = articles(**{outlet: [f"2016-03-{i + 1:02}" for i in range(n)] for outlet, n in k.items()})
        rows = rows.assign(story_id=range(len(rows)))
        return comparability.frame(SimpleNamespace(articles=rows, corpus=SimpleNamespace(articles=rows)), "rules").foot

    assert frame(A=4, B=4).endswith("described, not tested: fewer than 5 stories an outlet; rules.")
    assert frame(A=5, B=4, C=1).endswith("described, not tested: fewer than 5 stories an outlet; rules.")
    assert frame(A=5, B=5, C=4, D=1).endswith("described, not tested: 2 outlets with fewer than 5 stories; rules.")
    assert "tested" not in frame(A=5, B=5) + frame(A=2)
