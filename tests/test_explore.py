"""What the pickers show: choices -> tables, sentences and figures; and that no word of an article acts in a browser."""

import json

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from itables.widget import ITable

from helpers import charts, explore, reading
from helpers.reading.schemas import TABLES
from tests.hostile import WHOLE
from tests.readings import build_reading


@pytest.fixture
def shell():
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


@pytest.fixture
def small():
    """Two outlets, one actor, by hand."""
    spoken = [("quote", "The {rebels|Rebels} fled,"), ("outlet", "he said.")]
    made = build_reading(
        {
            "a1": ("Alpha", ["The {rebels|Rebels} attacked the town.", spoken]),
            "b1": ("Beta", ["The {fighters|Rebels|description} won a great victory."]),
        },
        attributions=[
            {"article_id": "a1", "attribution_id": "t1", "sentence_no": 1, "source_type": "official", "cue": "said"},
            {"article_id": "b1", "attribution_id": "t2", "sentence_no": 0, "source_type": "military", "cue": "said"},
        ],
        acts=[{"article_id": "a1", "actor": "Rebels", "mention_start": 4, "mention_end": 10, "role": "does",
               "verb": "attack", "verb_start": 11, "verb_end": 19}],
        actors=["Unseen"],
    )  # fmt: skip
    odd_marks = pd.DataFrame(columns=list(TABLES["odd_marks"].columns))
    return reading.Reading(**vars(made), odd_marks=odd_marks)


def test_names_are_counted_in_the_chosen_outlets_and_voice_and_who_has_none_is_named(small, seeds):
    table = explore.look_up(small, actor="Rebels").table
    assert table[["outlet", "variant", "n"]].to_numpy().tolist() == [["Alpha", "rebels", 2], ["Beta", "fighters", 1]]
    quoted = explore.look_up(small, actor="Rebels", voice="quote")
    assert quoted.table[["outlet", "n"]].to_numpy().tolist() == [["Alpha", 1]]
    assert quoted.answer.startswith("**No outlet names Rebels three times in quotations: too few to say")
    assert quoted.answer.endswith("No sentence in: Beta.") and "not validated on this corpus" in quoted.error
    assert all("by hand" in explore.look_up(seeds, measure=one).error for one in ("names", "words", "tone"))
    assert set(explore.look_up(small, actor="Rebels", outlets=["Beta"]).table["outlet"]) == {"Beta"}


def test_sources_are_those_of_sentences_that_mention_the_actor(small):
    extra = small.attributions.iloc[[0]].assign(attribution_id="t3", sentence_no=7)
    small = reading.change_tables(small, attributions=pd.concat([small.attributions, extra], ignore_index=True))
    table = explore.look_up(small, actor="Rebels", measure="sources").table
    assert table[["outlet", "source_type", "n"]].values.tolist() == [["Alpha", "official", 1], ["Beta", "military", 1]]


@pytest.mark.parametrize("measure", explore.MEASURES)
@pytest.mark.parametrize("voice", [None, "outlet"])
def test_every_row_leads_to_as_many_sentences_as_it_counts(seeds, measure, voice):
    found = explore.look_up(seeds, measure=measure, voice=voice)
    assert len(found.table) > 0
    for i in range(0, len(found.table), 7):
        row = found.table.iloc[[i]]
        n = row.get("n", row.get("n_sentences"))
        n = (row["n_target"] + row["n_rest"]) if n is None else n
        lines = explore.find_lines(found, row)
        assert len(lines) == n.iloc[0]
        assert lines["match"].str.len().gt(0).all()
        assert measure == "tone" or lines[["before", "after"]].map(len).le(80).all(axis=None)
    assert charts.find_drawn(explore.draw_found(found)).look.title.count(found.actor) == 1


@pytest.mark.parametrize(("asked", "said"), [
    ({"actor": "Nobody"}, "no actor 'Nobody' in actors.csv"),
    ({"outlets": ["No Such Paper"]}, "no outlet 'No Such Paper'"),
    ({"outlets": []}, "choose an outlet"),
    ({"measure": "mood"}, "no measure 'mood' in the picker: write one of names, roles"),
    ({"voice": "shouted"}, "no voice 'shouted'"),
    ({"measure": "words", "outlets": ["Alpha"]}, "choose two or more"),
    ({"measure": "roles", "outlets": ["Beta"]}, "No act for this choice: Rebels, in any voice, in Beta."),
    ({"voice": "paraphrase"}, "No sentence for this choice: Rebels, in paraphrases, in Alpha, Beta."),
])  # fmt: skip
def test_a_choice_that_shows_nothing_is_a_sentence(small, shell, asked, said):
    found = explore.look_up(small, **{"actor": "Rebels", **asked})
    assert said in found.answer.replace("&#58;", ":")
    assert found.table.empty and explore.find_lines(found, found.table).empty


def test_a_table_is_data_and_never_html():
    frame = pd.DataFrame({"outlet": WHOLE, "<b>n</b>": 1.23456, "match": WHOLE})
    table = ITable(**explore.prepare_table(frame))
    table.update(**explore.prepare_table(frame))
    sent = json.dumps(table._dt_args) + table.caption + table.classes + table.style
    assert [word for word in WHOLE if word[0] == "<" and word in sent] == [] and "<b>n" not in sent
    assert json.loads(cells_of(table))[0][0] == "&lt;script&gt;alert(1)&lt;/script&gt;"


def find_widgets(box):
    for child in getattr(box, "children", ()):
        yield child
        yield from find_widgets(child)


def cells_of(table):
    return table._dt_args["data_json"]


def test_what_is_picked_changes_figure_tables_and_article_together_or_is_a_sentence(small, shell, monkeypatch):
    widgets = list(find_widgets(explore.show_pickers(small, actor="Rebels")))
    named = {widget.description: widget for widget in widgets if getattr(widget, "description", "")}
    [figure] = [widget for widget in widgets if type(widget).__name__ == "Output"]
    table, lines = [widget for widget in widgets if isinstance(widget, ITable)]
    told, article = widgets[widgets.index(lines) - 1], widgets[widgets.index(lines) + 2]
    assert list(named) == ["Actor", "Measure", "Voice", "Outlet set apart", "Outlets", "Article"]
    assert named["Actor"].options == (("Rebels (3 mentions)", "Rebels"),), "nobody who is never mentioned"
    assert table._dt_args["select"]["keys"], "by the keyboard too"
    assert "image/png" in str(figure.outputs) and "victory" in cells_of(lines) and "Beta" in cells_of(table)
    table.selected_rows = [1]
    assert "victory" in cells_of(lines) and "attacked" not in cells_of(lines)
    assert told.value.startswith("The sentences behind Beta · fighters.")
    for none in ([], [99], [-1]):
        table.selected_rows = none
        assert "attacked" in cells_of(lines) and "victory" in cells_of(lines)
        assert told.value.startswith("At most 3 sentences of each row.")
    lines.selected_rows = [2]
    assert named["Article"].value == "b1" and "won a great victory" in article.value
    named["Article"].value = ""
    assert article.value == ""
    table.selected_rows, before = [1], str(figure.outputs)
    named["Voice"].value = "quote"
    assert table.selected_rows == [] and "image/png" in str(figure.outputs) != before
    assert "victory" not in cells_of(lines) and "Beta" not in cells_of(table)
    monkeypatch.setattr(explore.naming, "share_names", lambda *_, **__: 1 / 0)
    named["Voice"].value = "outlet"
    shown = [output["data"]["text/plain"] for output in figure.outputs]
    assert shown[-1].startswith("This choice cannot be shown (ZeroDivisionError: division by zero): pick another")
    named["Outlets"].value = ()
    assert [output["data"]["text/plain"] for output in figure.outputs] == ["Nothing to show: choose an outlet."]
    assert table.layout.display == lines.layout.display == "none"
