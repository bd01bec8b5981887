"""Plots: one function per shape, a table in, Axes out.

Every function takes a table and a `Look` (title, subtitle, foot, width, outlets), and makes a figure as wide as a
journal column and as high as its content needs. What was drawn is kept on the Axes as `axes.drawn`, from which
`export.save_figure` writes the table, the caption and the alternative text.

    shape               one row of the table                  columns it needs
    count_bars          outlet x category                     outlet, the category, n
    share_bars          outlet x voice x name                 actor, outlet, voice, variant, n, total
    heat_map            outlet x actor (shares or rates)      outlet, actor, n, a value
    forest              outlet x series                       outlet, series, value, low, high, n
    tone_dots           sentence                              outlet, article_id, sentence_no, a score
    diverging_bars      term                                  term, score and the counts of both sides
    timeline            article                               outlet, published_from, published_to
"""

from helpers.charts.bars import count_bars, heat_map, share_bars
from helpers.charts.layout import Drawn, Look, Plot, describe_figure, find_drawn, find_figure, join_sentences
from helpers.charts.rows import diverging_bars, forest, timeline, tone_dots
from helpers.charts.style import RC, legible, list_first, outlet_colors, say_dates, signed, write_picture
