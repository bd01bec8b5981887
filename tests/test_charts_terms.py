import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba

from helpers import charts
from helpers.charts import Look
from tests.test_charts import STRANGE, list_words, make_places


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
