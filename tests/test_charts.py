from functools import partial
from itertools import combinations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from matplotlib.colors import to_rgba
from matplotlib.text import Text

from helpers import charts
from helpers.charts import Look, style

FIVE = ["Daily Caller", "Sputnik", "The Arab Weekly", "Pro-Russian blog", "Al Arabiya"]
STRANGE = [
    "Al-Quds Al-Arabi International Newspaper of London", "القدس العربي", "Комсомольская правда", "$x_{2} Daily",
    "<script>alert(1)</script>", "北京日报", "The Frontier Post (Peshawar and Quetta)",
    *(f"Outlet {i}" for i in range(8)),
]  # fmt: skip
ACTORS = ["ISIS", "Syrian government", "SDF", "US-led coalition", "$x_{"]
WORDS = {
    "title": "How does each outlet name the same actor in its articles about the race to Raqqa, and is that $x_{?",
    "foot": "6 articles from 5 outlets, February 2016 to June 2017: different events, months apart. Names, acronyms.",
}


def make_mentions(*rows):
    """A table of `share_names`: actor X, and for each row outlet, voice, variant and n."""
    names = pd.DataFrame(rows, columns=["outlet", "voice", "variant", "n"]).assign(actor="X")
    return names.assign(total=names.groupby(["outlet", "voice"])["n"].transform("sum"))


def make_names(outlets):
    names = "ISIS", "Islamic State", "Daesh", "IS", "ISIL", "the militants", "$x_{", "داعش"
    return make_mentions(*(
        (outlet, voice, name, 1 + (i * 3 + j * 5 + k * 7) % 11)
        for i, outlet in enumerate(outlets) for k, voice in enumerate(("outlet", "quote"))
        for j, name in enumerate(names) if (i + j + k) % 3
    ))  # fmt: skip


def make_grid(outlets, others, columns, fill):
    """One row for each outlet and each of the others, filled by their numbers."""
    rows = [(outlet, other, *fill(i, j)) for i, outlet in enumerate(outlets) for j, other in enumerate(others)]
    return pd.DataFrame(rows, columns=["outlet", *columns])


def make_counts(outlets):
    counts = make_grid(outlets, ACTORS, ["actor", "n"], lambda i, j: [(i * 5 + j * 3) % 17])
    return counts.assign(per_1000_words=counts["n"] * 1.3)


def make_scores(outlets):
    rows = [(outlet, f"{outlet}-{a}", s, ((i + 3 * s) % 9 - 4) / 5, int((i + 3 * s) % 9 != 4))
            for i, outlet in enumerate(outlets) for a in range(1 + i % 2) for s in range(5)]  # fmt: skip
    return pd.DataFrame(rows, columns=["outlet", "article_id", "sentence_no", "compound", "n_hits"])


def make_articles(outlets):
    rows = []
    for i, outlet in enumerate(outlets):
        first, last = pd.Timestamp("2016-02-01") + pd.DateOffset(months=3 * i), pd.offsets.MonthEnd()
        rows += [(outlet, first, first + last)] * (1 + i % 2)
        rows += [(outlet, day, day) for day in pd.date_range(first, periods=i % 3, freq="9D")]
    return pd.DataFrame(rows, columns=["outlet", "published_from", "published_to"])


def make_contrasts(outlets=FIVE):
    terms = ["regime", "liberate", "moderate rebel", "$x_{", "army", "a very long term of quite a few words", "truce"]
    return pd.DataFrame({
        "term": terms, "score": [0.3, 0.2, 0.1, 0.05, 0.0, -0.1, -0.25], "n_target": [9, 5, 3, 2, 4, 1, 0],
        "n_rest": [1, 0, 1, 0, 4, 5, 7], "articles_target": [3, 1, 2, 1, 2, 1, 0],
        "articles_rest": [1, 0, 1, 0, 2, 1, 3],
    })  # fmt: skip


def make_cited(outlets):
    kinds = ["government", "military", "monitor", "<b>expert</b>", "civilian", ""]
    return make_grid(outlets, kinds, ["source_type", "n"], lambda i, j: [(i + 2 * j) % 7])


def make_shift(outlets):
    """A contrast whose bars are words of four kinds."""
    groups = ["warm, more", "cold, less", *["cold, more"] * 4, "warm, less"]
    return make_contrasts().assign(group=groups, in_target=[0.3, *[0] * 4, -0.2, 0], in_rest=[0, -0.2, *[0] * 5])


def make_odds(outlets):
    odds = make_contrasts().assign(z=lambda made: made["score"] * made["n_rest"])
    return odds.assign(low=odds["score"] - 0.3, high=odds["score"].where(odds["n_rest"] > 0) + 0.2)


def make_days(outlets):
    """As many articles on as many days as no timeline has room to date one by one."""
    days = pd.date_range("2020-01-01", periods=len(outlets) ** 2, unit="s")
    return pd.DataFrame({"outlet": outlets[0], "published_from": days, "published_to": days})


def make_estimates(outlets, series="ab"):
    made = make_grid(outlets, series, ["series", "value", "n"], lambda i, j: [0.1 * i - 0.2 * j, f"{i} of 9"])
    return made.assign(low=made["value"] - 0.1, high=made["value"].where(made["series"] == "a") + 0.1)


EVERY = {  # a chart, what makes its table for some outlets, and its options
    "timeline": (charts.timeline, make_articles, {}),
    "timeline of days": (charts.timeline, make_days, {}),
    "heat_map": (charts.heat_map, make_counts, {}),
    "share_bars": (charts.share_bars, make_names, {}),
    "share_bars of all": (charts.share_bars, lambda outlets: make_names(outlets).assign(voice="all"), {}),
    "tone_dots": (charts.tone_dots, make_scores, {}),
    "count_bars": (charts.count_bars, make_cited, {"label": "source_type"}),
    "forest": (charts.forest, make_estimates, {}),
    "forest of ten": (charts.forest, lambda outlets: make_estimates(outlets, "abcdefghij"), {}),
    "diverging_bars": (charts.diverging_bars, make_contrasts, {"target": "Sputnik"}),
    "word shift": (charts.diverging_bars, make_shift, {"target": STRANGE[0]}),
    "bars with intervals": (charts.diverging_bars, make_odds, {"target": STRANGE[0]}),
}
every_chart = pytest.mark.parametrize("name", EVERY)


def measure_texts(figure) -> list:
    """The texts of a figure, each with the box around it; not those of an axis or a tick that is not drawn."""
    with mpl.rc_context(charts.RC):
        figure.draw_without_rendering()
        axes = [axis for whole in figure.axes for axis in (whole.xaxis, whole.yaxis)]
        hidden = {text for axis in axes if not (axis.axes.axison and axis.get_visible()) for text in axis.findobj(Text)}
        for axis in axes:
            low, high = sorted(axis.get_view_interval())
            hidden |= {tick.label1 for tick in axis.get_major_ticks() if not low <= tick.get_loc() <= high}
        texts = [text for text in figure.findobj(Text) if text.get_text().strip() and text.get_visible()]
        return [(text, Text.get_window_extent(text)) for text in texts if text not in hidden]  # without its arrow


def list_words(axes) -> list[str]:
    return [text.get_text() for text, _ in measure_texts(charts.find_figure(axes))]


def find_clash(figure) -> str:
    """The first text of a figure that is too small, cut at the edge or over another text; nothing where all is well."""
    unit, touch = figure.dpi / 72, 1.0  # points that two texts may share: the air around their letters
    sheet, boxes = figure.bbox.padded(unit), measure_texts(figure)
    for text, box in boxes:
        if text.get_fontsize() < 6.5:
            return f"{text.get_text()!r} is too small"
        if box.x0 < sheet.x0 or box.x1 > sheet.x1 or box.y0 < sheet.y0 or box.y1 > sheet.y1:
            return f"{text.get_text()!r} is cut at the edge"
    boxes = [(text, box.padded(-touch * unit)) for text, box in boxes]
    for (one, box), (other, second) in combinations(boxes, 2):
        if box.overlaps(second):
            return f"{one.get_text()!r} lies over {other.get_text()!r}"
    return ""


def test_no_text_lies_over_another_in_the_figures_of_the_seeds(drawn_run):
    assert [stem for stem, clashes in drawn_run.items() if not clashes] == ["07-same-story"]  # no event is told twice
    assert {stem: set(clashes) - {""} for stem, clashes in drawn_run.items() if {*clashes} - {""}} == {}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("outlets", [FIVE[:1], FIVE, STRANGE], ids=len)
@every_chart
def test_text_is_readable_and_inside_the_figure_and_nothing_else_is_changed(name, outlets):
    chart, make, options = EVERY[name]
    table, settings = make(outlets), dict(mpl.rcParams)
    before = table.copy()
    wide = chart(table, Look(**WORDS), **options)
    assert table.equals(before) and dict(mpl.rcParams) == settings
    narrow = charts.find_drawn(wide).again("single")
    for axes, millimetres in ((wide, 183), (narrow, 89)):
        figure, drawn = charts.find_figure(axes), charts.find_drawn(axes)
        assert figure.get_size_inches()[0] * 25.4 == pytest.approx(millimetres)
        assert find_clash(figure) == "" and charts.describe_figure(drawn)
        for text, _ in measure_texts(figure):
            assert "$" not in text.get_text() or not text.get_parse_math()
            assert to_rgba(text.get_color()) in {to_rgba(color) for color in (style.INK, style.GREY, "white")}
        assert drawn.look.title == WORDS["title"] and drawn.look.foot.startswith(WORDS["foot"])
    assert charts.find_drawn(narrow).table.equals(charts.find_drawn(wide).table)


NOTHING = {  # what is said, and the charts of which tables say it, beside empty ones
    "no dated article": {name: {"published_from": pd.NaT} for name in EVERY if "timeline" in name},
    "no outlet has enough cases": {"heat_map": {"n": 0}},
    "not named": {"share_bars": {"n": 0}, "share_bars of all": {"n": 0}},
    "no scored sentence": {"tone_dots": {"compound": np.nan}},
    "nothing to count": {"count_bars": {"n": 0}},
    "no estimate": {name: {"value": np.nan} for name in EVERY if "forest" in name},
    "no term to contrast": {name: {"score": 0.0} for name in ("diverging_bars", "word shift", "bars with intervals")},
}  # fmt: skip


@every_chart
def test_a_chart_with_nothing_to_draw_says_so(name):
    chart, make, options = EVERY[name]
    [(words, columns)] = [(words, charts[name]) for words, charts in NOTHING.items() if name in charts]
    for table in (pd.DataFrame(), make(FIVE).head(0), *([make(FIVE).assign(**columns)] if columns else [])):
        axes = chart(table, Look(outlets=["A"]), **options)
        assert words in list_words(axes) and words in charts.describe_figure(charts.find_drawn(axes))


draw_contrast = partial(charts.diverging_bars, target="Sputnik")
WRONG = {  # what is said, and the chart of which table says it
    "heat map needs column 'per_1000_words'; the table has: outlet, actor, n": (
        charts.heat_map, make_counts(FIVE)[["outlet", "actor", "n"]],
    ),
    "needs column 'low'": (charts.forest, make_estimates(FIVE).drop(columns="low")),
    "one actor at a time; the table holds Assad, X": (
        charts.share_bars, pd.concat([make_names(FIVE), make_names(FIVE).assign(actor="Assad")]),
    ),
    "contrast of terms: term 'regime' has two rows": (draw_contrast, pd.concat([make_contrasts()] * 2)),
    "width 'wide'": (lambda table: charts.heat_map(table, Look(width="wide")), make_counts(FIVE)),
}  # fmt: skip


@pytest.mark.parametrize("message", WRONG)
def test_a_table_that_a_chart_cannot_draw_is_refused_with_the_reason(message):
    chart, table = WRONG[message]
    with pytest.raises(ValueError, match=message):
        chart(table)


@given(st.lists(st.text(max_size=8), min_size=1, max_size=40, unique=True), st.randoms())
def test_outlet_colors_do_not_depend_on_order_and_eight_have_their_own(outlets, random):
    shuffled = random.sample(outlets, len(outlets))
    colors = charts.outlet_colors(outlets)
    assert colors == charts.outlet_colors(shuffled)
    assert len(set(colors.values())) == min(len(outlets), 9), "the others are grey"
    counted = charts.outlet_colors(outlets, {name: place for place, name in enumerate(outlets)})
    assert {counted[name] for name in outlets[:-8]} <= {"#8c8c8c"}, "those with fewest articles"
    for shown in (outlets[-1:], outlets[::2]):
        assert charts.outlet_colors(shown, dict.fromkeys(outlets, 1)).items() <= colors.items(), "where fewer are shown"


@given(st.text(max_size=60), st.floats(20, 200))
@example("x" * 100_000, 100.0)  # in no time
def test_text_that_is_wrapped_or_cut_fits(text, points):
    lines = style.wrap(text, points, lines=2)
    assert len(lines) <= 2 and all(len(line) <= 2 or style.text_width(line) <= points for line in lines)


def test_legible_drops_what_breaks_a_line_and_boxes_what_the_fonts_lack():
    read = {"a\n\tb\u202e c\x00": "a b c", "\U00013000 القدس": "□ القدس", "🔥 🇱🇺": "□ □□"}
    read |= {word: word for word in ("Москва", "می\u200cخواهم")}
    assert {word: charts.legible(word) for word in read} == read


FEW = make_mentions(
    ("A", "outlet", "ISIS", 3), ("A", "outlet", "Daesh", 1), ("A", "quote", "ISIS", 2), ("B", "outlet", "Daesh", 5),
    ("B", "paraphrase", "ISIS", 1), ("C", "outlet", "ISIS", 6),
)  # fmt: skip


def test_the_outlet_that_differs_most_is_first_and_one_of_fewer_than_five_mentions_last():
    axis, other = (charts.share_bars(FEW, look) for look in (Look(), Look().titled("T", also="So.")))
    told = "T. In own words: Daesh: B 5 of 5, C none. ISIS: C 6 of 6, B none. Fewer than 5, so not told: A. Shares"
    assert (alt := charts.describe_figure(other.drawn)).startswith(told) and alt.endswith("quoted. Not drawn: So.")
    assert [charts.list_first("abc", most) for most in (2, 3)] == [["a", "b", "and 1 more"], ["a", "b", "c"]]
    assert axis.drawn.table["n"].sum() == FEW["n"].sum()
    words = [word for word in list_words(axis) if len(word) < 16]
    assert words == ["ISIS", "Daesh", "B", "C", "A", "4", "2", "5", "1", "6"], "key, rows, and the size of each group"
    assert "In anyone’s words" in charts.share_bars(FEW.assign(voice="all")).drawn.look.subtitle


def test_squares_fill_lines_where_they_do_not_fit_on_one():
    many = make_mentions(("A", "outlet", "ISIS", 40), ("A", "quote", "ISIS", 10), ("B", "quote", "ISIS", 2))
    axis = charts.share_bars(many, Look(width="single", outlets=["A", "B", "C"]))
    squares = [y for line in axis.lines if line.get_marker() == "s" for y in line.get_ydata()]
    lines = pd.Series(squares).loc[lambda y: y < 0.5].round(3).value_counts()
    assert len(lines) == 3 and (lines.sum(), lines.min()) == (50, 10), "two of its own words, one of others'"
    assert "Too few cases to draw: C." in axis.drawn.look.foot  # in a line, not in a row


def test_names_that_judge_are_never_in_the_grey_rest():
    rare = [("A", "outlet", name, n) for name, n in zip("abcdefgh", range(9, 1, -1), strict=True)]
    judging = [("A", "outlet", "thugs", 1), ("B", "outlet", "brutes", 2), ("B", "outlet", "fiends", 5)]
    names = make_mentions(*rare, *judging)
    marked = charts.share_bars(names.assign(loaded=names["variant"].isin(["thugs", "brutes", "fiends"])))
    assert "All other names: f, g, brutes, h, thugs." in charts.share_bars(names).drawn.look.foot
    assert "All other names: f, g, h." in marked.drawn.look.foot
    assert {"brutes, thugs", "fiends", "all other names"} <= set(list_words(marked)), "listed in the key"


def test_above_fifty_mentions_shares_sum_to_one():
    many = make_mentions(("A", "outlet", "ISIS", 39), ("A", "outlet", "Daesh", 8), ("A", "quote", "ISIS", 4),
                         ("B", "quote", "ISIS", 2)).replace({"total": {2: 5}})  # fmt: skip
    axis = charts.share_bars(many)
    assert axis.drawn.table.drop(columns="voice").to_dict("list") == {
        "outlet": ["A", "A", "A", "B", "B"], "variant": ["ISIS", "Daesh", "ISIS", "ISIS", "all other names"],
        "n": [39, 8, 4, 2, 3], "total": [47, 47, 4, 5, 5], "share": [39 / 47, 8 / 47, 1, 0.4, 0.6],
    }  # fmt: skip
    assert {"ISIS 83%", "Daesh 17%", "n = 47", "ISIS 4", "n = 4"} <= set(list_words(axis)), "no percentage of four"
    lumped = charts.share_bars(make_names(STRANGE).assign(n=lambda names: names["n"] * 9, total=9**4)).drawn.table
    assert lumped["variant"].nunique() == 7
    assert lumped.groupby(["outlet", "voice"])["share"].sum().round(9).eq(1).all()


def test_diverging_bars_keep_the_ends():
    more = make_contrasts().head(1).loc[[0] * 9].assign(term=[f"term {i}" for i in range(9)], score=0.25)
    kept = draw_contrast(pd.concat([make_contrasts(), more])).drawn.table["term"]
    assert list(kept) == ["regime", *more["term"], "a very long term of quite a few words", "truce"]


def test_tone_dots_count_each_sentence_once_and_show_the_mean_of_article_means():
    scores = pd.DataFrame({
        "outlet": "A", "article_id": ["a", "a", "a", "b", "b"], "sentence_no": [0, 1, 2, 0, 0],
        "compound": [0.3, 0.0, 0.0, 0.9, 0.9], "n_hits": [1, 2, 0, 2, 2],
    })  # fmt: skip
    words = list_words(charts.tone_dots(scores))
    assert {"+0.50", "4 sentences\n2 articles"} <= {*words}  # ((0.3 + 0 + 0) / 3 + 0.9) / 2


def test_eight_series_of_a_forest_have_a_mark_each():
    lines = charts.forest(make_estimates(FIVE[:1], "abcdefgh")).lines
    assert len({line.get_marker() for line in lines} - {"None"}) == 8


def test_timeline_counts_the_undated():
    articles = make_articles(FIVE)
    articles.loc[0, ["published_from", "published_to"]] = pd.NaT
    axis = charts.timeline(articles)
    assert "Without a date, so not drawn: 1." in axis.drawn.look.foot
    assert list_words(axis).count("n = 1") == 1  # though not drawn


def test_heat_map_has_no_share_where_nothing_was_counted_and_tells_the_ends_of_many_rows():
    rows = ("B", "ISIS", 4, 0.0), ("A", "SDF", 30, 0.25), ("A", "ISIS", 9, np.nan)
    counts = pd.DataFrame(rows, columns=["outlet", "actor", "n", "share"])
    axis = charts.heat_map(counts, Look(outlets=["A", "B", "C"]), value="share", order=["SDF"])
    words = list_words(axis)
    assert words.count("–") == 2 and axis.drawn.table["n"].tolist() == [30, 4]  # no row says that there were none
    assert "0" not in words and {"0% (n 4)", "25% (n 30)"} <= {*words} and "to draw: C." in axis.drawn.look.foot
    many = make_counts([f"O{n:02}" for n in range(12)]).assign(per_1000_words=range(60), n=1)
    told = charts.describe_figure(charts.heat_map(many).drawn)
    assert "O11 59.0 (n 1), O10 54.0 (n 1), O09 49.0 (n 1), 7 outlets between, O01 9.0 (n 1), O00 4.0 (n 1)" in told


def test_count_bars_add_up_and_share_one_scale():
    twelve = make_grid(FIVE, "abcdefghijkl", ["source_type", "n"], lambda i, j: [i + j])
    axes = charts.count_bars(twelve.replace({"source_type": {"l": ""}}), label="source_type", order=["b"])
    assert len({axis.get_xlim() for axis in axes}) == 1
    table = axes[0].drawn.table
    assert table["n"].sum() == twelve["n"].sum() and {"all others (2)", "(none)"} <= {*table["source_type"]}
