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
