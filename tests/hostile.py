"""Words that an article, an outlet or an actor may hold, and that must not act anywhere; and a reader of pages."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from helpers.reading.files import drop_controls

HOSTILE = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))  # a name -> the words
HOSTILE["long"] = "x" * 5000
WHOLE = [word for name, word in HOSTILE.items() if name != "half a character"]  # which no table can hold
every_string = pytest.mark.parametrize("strange", HOSTILE.values(), ids=HOSTILE)
_ACTING = {"script", "iframe", "object", "embed", "svg", "link", "form", "input", "base", "math"}


def make_frame(strange):
    """Return a table with the words in a heading and in two cells, beside negative numbers."""
    heading = strange.encode("utf-8", "ignore").decode()  # no heading can hold half a character
    return pd.DataFrame({heading: [-1, -0.5], "words": pd.Series([strange, f"a{strange}"], dtype=object)})


class Reader(HTMLParser):
    """Collects tags and text nodes, as a browser sees them."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.nodes = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, attrs))

    def handle_data(self, data):
        self.nodes.append(data.replace("\N{LEFT-TO-RIGHT MARK}", ""))

    def attributes(self, wanted):
        return [pair for tag, attrs in self.tags if tag == wanted for pair in attrs]

    def check_shown(self, strange, *tags):
        """Words stand there as they are, in none but these tags, and MathJax finds no maths in them."""
        assert {tag for tag, _ in self.tags} <= {*tags}
        assert "".join(drop_controls(strange).split()) in "".join("".join(self.nodes).split())
        assert all(node in "$\\" or not set(node) & set("$\\") for node in self.nodes)

    def check_harmless(self):
        """No tag that acts, no handler, no address but of a reference or a picture within the page."""
        for tag, attrs in self.tags:
            assert tag not in _ACTING, tag
            for name, value in attrs:
                assert (not name.startswith("on") and name != "style") or tag in ("td", "th"), (tag, name)
                if name in ("src", "href"):
                    assert value.startswith(("data:image/", "#", "https://doi.org/")), (tag, value)
