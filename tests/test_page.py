import base64
import html
import json
import re
from functools import partial
from unittest import mock

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from matplotlib.figure import Figure

from helpers import charts, page
from tests.hostile import WHOLE, Reader, every_string, make_frame
from tests.readings import build_reading


def displayed(call, *args, calls=1, **options):
    with mock.patch.object(page, "display") as display:
        assert call(*args, **options) is None
    assert display.call_count == calls
    shown = [(one.args[0], one.kwargs) for one in display.call_args_list]
    return shown[0] if calls == 1 else shown


@given(st.text(alphabet=st.sampled_from(list("ab12.)-+=*_`[]()<>#|~$&:@\\{}!\"'/w \n\u0639")), max_size=30))
@example("http://x.org www.x.org a@x.org ![x](y) a | b <b>")
def test_safe_text_is_shown_as_it_is_and_makes_no_link_list_heading_or_image(value):
    wanted = " ".join(value.split())
    for source in (page.safe(value), f"**x** {page.safe(value)} y"):
        reader = Reader(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(source))
        reader.check_shown(value, "p", "span", "strong")
        text = "".join(reader.nodes).strip().removeprefix("x ").removesuffix(" y").strip()
        assert text == wanted or (source.startswith("**x**") and text.split() == wanted.split())
    acting = ("$", "\\", "://", "www.", "@")  # the last three become a link by themselves
    assert not any(mark in page.safe(value) for mark in acting)


def test_say_shows_markdown_and_plain_text():
    assert page.safe('the US-backed forces\' "liberated" (sic) area') == 'the US-backed forces\' "liberated" (sic) area'
    data, options = displayed(page.say, f"**{page.safe('A $x_{ <b>')} leads**, 3 of 4; $5 and $6.")
    assert options == {"raw": True}
    assert data["text/plain"] == "A $x_{ <b> leads, 3 of 4; $5 and $6."
    assert "$" not in data["text/markdown"] and "<b>" not in data["text/markdown"]
    assert [page.keep_order(text) for text in ("القدس (3 of 4)", "ABC 3")] == ["القدس\u200e (3 of 4)", "ABC 3"]


@every_string
def test_a_table_on_the_page_shows_it(strange):
    data, _ = displayed(page.show, make_frame(strange))
    reader = Reader(data["text/html"])
    reader.check_harmless()
    reader.check_shown(strange, "table", "caption", "thead", "tbody", "tr", "th", "td", "span", "wbr", "p", "b")
    assert not re.search("[\x00-\x08\x0e-\x1f\u202a-\u202e\ud800-\udfff]", json.dumps(data, ensure_ascii=False))


def test_show_says_how_much_it_shows():
    frame = pd.DataFrame({"a": range(40), "b": "x"})
    data, _ = displayed(page.show, frame, columns=["a"], names={"a": "number"})
    assert data["text/html"].count("<tr>") == 13 and "showing 12 of 40 rows" in data["text/plain"]
    assert '<caption align="bottom">showing 12 of 40 rows</caption>' in data["text/html"]
    assert {"number"} <= set(nodes := Reader(data["text/html"]).nodes) and "x" not in nodes
    assert "showing" not in displayed(page.show, frame.head(12))[0]["text/html"]
    assert displayed(page.show, frame.head(0))[0]["text/html"] == "<p>Nothing to list.</p>"
    assert displayed(page.show, frame.head(0), none="No <b>.")[0]["text/html"] == "<p>No &lt;b&gt;.</p>"
    displayed(page.show, frame.head(0), none="", calls=0)
    turns, _ = displayed(page.show, frame.assign(b=["x"] * 38 + ["y", "z"]), 5, each="b")
    assert turns["text/plain"].count("x") == 3 and "showing 5 of 40 rows, the first of each b" in turns["text/html"]
    odd = frame.assign(b="", low=np.nan, before="", share=0.5, total=4).head(2)  # nothing in it; too few for a share
    assert displayed(page.show, odd)[0]["text/plain"].split()[:3] == ["a", "before", "total"]


def test_show_writes_numbers_as_people_read_them():
    frame = pd.DataFrame({
        "f": [0.123456, -0.5, 1234.5, np.nan, 0.0004], "n": [1234, -1, 0, 5, 6], "b": [True, False, True, True, True],
        "d": pd.to_datetime(["2016-02-01", None, "2016-02-01", "2016-02-01", "2016-02-01"]),
    })  # fmt: skip
    nodes = Reader(displayed(page.show, frame)[0]["text/html"]).nodes
    tiny = displayed(page.show, pd.DataFrame({"f": [-1e-17]}))[0]["text/html"]
    assert ">0.00<" in tiny  # what is left of a difference of two equal numbers
    assert {"0.12", "−0.50", "1,234.50", "0.0004", "1,234", "−1", "yes", "no", "2016-02-01"} <= set(nodes)
    assert "nan" not in nodes and "NaT" not in nodes


def test_figure_is_shown_as_the_same_picture_with_its_alternative_text():
    counts = pd.DataFrame({"outlet": ["A"], "actor": ["\u202eISIS"], "n": [1], "per_1000_words": [2.0]})
    heat_map = partial(charts.heat_map, look=charts.Look(width="single"))
    (data, options), words = displayed(page.figure, heat_map(counts), calls=2)
    (again, _), _ = displayed(page.figure, heat_map(counts), calls=2)
    assert data == again and base64.b64decode(data["image/png"])[:4] == b"\x89PNG"
    alt = "ISIS: A 2.0 (n 1). Heat map: Mentions per 1,000 words (darker: more); n: number of mentions."
    assert options["metadata"]["image/png"].items() >= {"alt": alt, "width": round(89 / 25.4 * 128)}.items()
    assert data["text/plain"] == words[0]["text/plain"] == alt
    strange = " ".join(word[:90] for word in WHOLE)
    (_, _), (words, _) = displayed(page.figure, heat_map(counts.assign(outlet=strange)), calls=2)
    Reader(words["text/html"]).check_shown(strange, "details", "summary", "p", "span")
    displayed(page.figure, Figure())


@pytest.fixture
def marked():
    """One article with a voice of each kind, a source, two acts and a name inside a name."""
    said = [("outlet", "A clerk said"), ("quote", "that {the regime|Ostrel|description} bombed {Vanda|Vanda}.")]
    text = "Ostrel rose.\nA clerk said that the regime bombed Vanda.\nIt hid, he says."

    def place(part, word):
        return {"article_id": "a", f"{part}_start": text.index(word), f"{part}_end": text.index(word) + len(word)}

    roles = ("Ostrel", "the regime", "does"), ("Vanda", "Vanda", "undergoes")
    acts = [{**place("mention", mention), **place("verb", "bombed"), "actor": actor, "role": role, "verb": "bomb"}
            for actor, mention, role in roles]  # fmt: skip
    cited = [{**place("source", "A clerk"), **place("cue", "said"), "attribution_id": "t", "source_name": "clerk",
              "cue": "said", "cue_lemma": "say"}]  # fmt: skip
    sentences = ["{Ostrel|Ostrel} rose.", said, [("paraphrase", "It hid,"), ("outlet", "he says.")]]
    read = build_reading({"a": ("North", sentences)}, acts=acts, attributions=cited, headlines={"a": "A <b>day</b>"})
    assert read.articles["text"].iloc[0] == text
    read.corpus.removed = pd.DataFrame([["a.txt", "a", "byline", 0, 9, "By <i>X</i>"]], columns=[*read.corpus.removed])
    return read


def test_an_article_shows_voices_actors_acts_and_sources_by_more_than_colour(marked):
    shown = page.show_article(marked, "a").data
    words = " ".join(html.unescape(re.sub("<[^<>]*>", "", shown.split("</div>", 1)[1])).split())
    assert words.startswith("Ostrel1 rose. A clerkS saidC [Qthat the regime1→ bombed Vanda→2")
    assert "[PIt hid,P] he says." in words and "byline: By <i>X</i>" in words  # what was cut, as it was
    assert 'title="quote; Ostrel">the regime</mark>' in shown
    assert 'title="quote; Ostrel does: bomb; Vanda undergoes: bomb">bombed</span>' in shown
    assert 'title="source: clerk (other)">A clerk</span>' in shown and "A &lt;b&gt;day" in shown
    inner = marked.mentions[marked.mentions["variant"].eq("the regime")].assign(end=lambda own: own["start"] + 3)
    marked.mentions = pd.concat([marked.mentions, inner.assign(actor="Vanda")], ignore_index=True)
    assert "the<sup>2</sup>" in page.show_article(marked, "a").data.replace("</mark>", "")  # it is the longer that acts
    first = re.findall(r'class="(actor\d)[^"]*" title="[^"]*Ostrel[^"]*"', shown)
    assert len(first) == 2 and len({*first}) == 1  # one colour an actor
    with pytest.raises(ValueError, match="no article 'b'"):
        page.show_article(marked, "b")


def test_a_whole_article_is_never_stored_by_a_run(marked, monkeypatch, tmp_path):
    assert "bombed" in page.show_article(marked, "a").data
    record = tmp_path / "record.jsonl"
    monkeypatch.setenv("NOTEBOOK_RECORD", str(record))
    shown = page.show_articles(marked, ["a"]).data
    assert "bombed" not in shown and "where you run the cell yourself" in shown
    assert not record.exists()


@pytest.mark.parametrize("strange", [name for name in WHOLE if not set(name) & set("{}|\n")])
def test_an_article_shows_strange_text_as_it_is(strange):
    read = build_reading({"a": (strange, [f"{{Ostrel|Ostrel}} said {strange} then."])}, headlines={"a": strange})
    reader = Reader(re.sub("(?s)<style>.*</style>", "", page.show_articles(read, ["a"]).data))
    reader.check_shown(strange, "div", "h3", "p", "span", "sup", "mark", "br", "details", "summary", "i")
    assert all(name in ("class", "title", "dir") for _, attrs in reader.tags for name, _ in attrs)
