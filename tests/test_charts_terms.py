import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.text import Text

from helpers import charts
from helpers.charts import Look
from tests.test_charts import STRANGE, list_words, make_places


def make_few():
    return pd.DataFrame({
        "term": ["alike", "both", "one there", "one here", "much"], "score": [0.0, 0.5, -1.0, 1.5, -0.5],
        "rate_target": [4.0, 20.0, 1.0, 9.0, 50.0], "rate_rest": [4.0, 10.0, 3.0, 1.0, 150.0], "n_target": 4,
        "n_rest": 5, "articles_target": [2, 3, 2, 1, 4], "articles_rest": [2, 1, 1, 3, 5], "target": "B",
        "z": [0.0, 2.0, -1.5, 3.5, -5.0], "low": np.nan, "high": np.nan,
    })  # fmt: skip


def list_names(axis) -> list[Text]:
    """The names of points: the notes whose place is in the data."""
    return [note for note in axis.texts if note.xycoords == "data"]


def find_points(axis) -> dict[bool, set]:
    """The points of a scatter, hollow (True) and filled (False)."""
    points = {True: set(), False: set()}
    for line in axis.lines:
        if line.get_marker() == "o":
            at = zip(np.round(line.get_xdata(), 9), np.round(line.get_ydata(), 9), strict=True)
            points[line.get_markerfacecolor() == "white"] |= {(float(x), float(y)) for x, y in at}
    return points


def find_lines(axis, standing):
    """The lines of a strip plot as (x, y of their middle, colour): ticks (`standing`), or articles."""
    found = []
    for group in axis.collections:
        if isinstance(group, LineCollection):
            colors = group.get_color()
            for i, ((x0, y0), (x1, y1)) in enumerate(group.get_segments()):
                if (x0 == x1) == standing:
                    found.append((x1, (y0 + y1) / 2, to_rgba(colors[i % len(colors)])))
    return found


def count_rows(axis) -> list[int]:
    articles = [y for _, y, _ in find_lines(axis, False)]
    at = [min(range(len(articles)), key=lambda i: abs(articles[i] - y)) for _, y, _ in find_lines(axis, True)]
    return [at.count(row) for row in range(len(articles))]


def test_scatter_puts_points_where_rate_and_score_say_and_hollows_those_of_one_article():
    axis = charts.term_scatter(make_few(), Look(outlets=["A", "B"]))
    points = find_points(axis)
    assert points[False] == {(4, 0), (15, 0.5), (100, -0.5)}
    assert points[True] == {(2, -1), (5, 1.5)}  # `both` is in one article of the other side only
    assert axis.get_xscale() == "log" and "100" in list_words(axis) and not axis.get_xticks(minor=True).size
    assert "times per 10,000 words, log scale" in list_words(axis)
    assert axis.drawn.subtitle.endswith("above, to B; below, to the others")
    assert "in one article of its own side (2)" in axis.drawn.foot
    assert (axis.drawn.kind, axis.drawn.keys, axis.drawn.value) == ("scatter of terms", ("term",), "score")
    table = axis.drawn.table.set_index("term")
    assert table["labelled"].to_dict() == {"one here": 1, "both": 1, "alike": 0, "much": 1, "one there": 1}
    assert table["rate"].to_dict() == {"one here": 5, "both": 15, "alike": 4, "much": 100, "one there": 2}
    faces = {to_rgba(line.get_markerfacecolor()) for line in axis.lines if line.get_marker() == "o"}
    assert to_rgba(charts.outlet_colors(["A", "B"])["B"]) in faces
    assert to_rgba(charts.outlet_colors(["A", "B"])["A"]) not in faces


def test_scatter_names_the_most_prominent_in_the_order_of_their_scores():
    many = pd.concat([make_few().query("term != 'alike'")] * 10, ignore_index=True)
    many = many.assign(term=[f"term {i}" for i in range(40)], z=range(40), score=many["score"] + np.arange(40) / 100)
    axis = charts.term_scatter(many, target="C")
    named = many[many["term"].isin(note.get_text() for note in list_names(axis))]
    assert sorted(named["score"].gt(0)) == [False] * 12 + [True] * 12
    for _, side in many.groupby(many["score"] > 0):
        assert set(side.nlargest(12, "z")["term"]) <= set(named["term"])
    heights = {note.get_text(): note.xyann[1] for note in list_names(axis)}
    assert sorted(heights, key=heights.get) == list(named.sort_values("score")["term"])
    lost = charts.term_scatter(
        make_few().assign(score=[np.nan, 1, -1, 1, -1], rate_target=0, rate_rest=[1, 0, 2, 3, 4])
    )
    assert len(lost.drawn.table) == 3 and "No score or rate: 2, not drawn." in lost.drawn.foot
    assert "clearest differences on each side (24 of 40)" in axis.drawn.foot and "above, to C" in axis.drawn.subtitle


def test_scatter_draws_known_intervals_of_the_terms_it_names():
    few = make_few().assign(low=[-1, 0.2, np.nan, 1.0, -0.6], high=[1, 0.8, np.nan, 2.0, -0.4])
    axis = charts.term_scatter(few)
    drawn = {tuple(np.round([*x0, y1], 9)) for lines in axis.collections for x0, (_, y1) in lines.get_segments()}
    assert drawn == {(15, 0.2, 0.8), (5, 1, 2), (100, -0.6, -0.4)}
    assert "intervals" in axis.drawn.foot and {"low", "high"} <= set(axis.drawn.table)
    assert not any(len(lines.get_segments()) for lines in charts.term_scatter(make_few()).collections)
    assert "intervals" not in charts.term_scatter(make_few()).drawn.foot


@pytest.mark.parametrize(
    ("rates", "ticks"),
    [([0.5, 300], ["0.5", "1", "2", "5"]), ([8.5, 9.5], ["8.8"]), ([3, 3], ["2", "5"]), ([1e-2, 9e3], ["1,000"])],
)
def test_scatter_numbers_its_log_axis_plainly(rates, ticks):
    axis = charts.term_scatter(make_few().head(2).assign(rate_target=rates, rate_rest=rates))
    labels = [label.get_text() for label in axis.get_xticklabels()]  # more than are in view
    assert set(ticks) <= set(labels) and 2 <= len(labels) <= 22
    assert [float(label.replace(",", "")) for label in labels] == pytest.approx(list(axis.get_xticks()))


def test_strips_draw_a_tick_an_occurrence_and_count_the_articles_without():
    places = pd.DataFrame({
        "outlet": ["B", "B", "B", "A", "B", "A"], "article_id": ["y", "y", "y", "x", "v", "z"],
        "position": [0.5, 0.0, 1.0, 0.25, np.nan, 0.75], "term": "word", "row": 7,
    })  # fmt: skip
    axis = charts.dispersion_strips(places, Look(outlets=["A", "B", "C"]))
    assert count_rows(axis) == [1, 1, 3]  # A: x, z; B: y, as they come
    assert sorted(x for x, _, _ in find_lines(axis, True)) == [0, 0.25, 0.5, 0.75, 1]
    words = list_words(axis)
    assert [words.count(name) for name in ("A", "B", "C: no occurrence")] == [1, 1, 1]
    assert [word for word in words if word in "013"] == ["1", "1", "3"]
    assert axis.drawn.foot.endswith("Articles with none of the words, so not drawn: 1.")
    assert axis.drawn.table["position"].tolist() == [0.25, 0.75, 0.0, 0.5, 1.0]
    assert (axis.drawn.keys, axis.drawn.value) == (("outlet", "article_id"), "position")
    tops = [note.xy[1] for name in "ABC" for note in axis.texts if note.get_text().split(":")[0] == name]
    assert tops == sorted(tops)


def test_strips_know_terms_by_colour_and_key():
    axis = charts.dispersion_strips(make_places(STRANGE[:6], STRANGE[:4]))
    ticks = find_lines(axis, True)
    assert len({color for _, _, color in ticks}) == 4
    assert len(ticks) == axis.drawn.table["position"].count() == make_places(STRANGE[:6])["position"].count()
    assert set(STRANGE[:4]) <= set(list_words(axis)) and "term" in axis.drawn.table


def test_strips_draw_sixty_articles_in_turn_and_count_the_rest():
    places = pd.DataFrame({"outlet": ["A"] * 70 + ["B"] * 20, "article_id": range(90), "position": 0.5, "term": "x"})
    axis = charts.dispersion_strips(places)
    assert len(find_lines(axis, False)) == 60 and axis.drawn.table["outlet"].value_counts().to_dict() == {
        "A": 40, "B": 20,
    }  # fmt: skip
    assert axis.drawn.foot.endswith("Others not drawn: 30.")
