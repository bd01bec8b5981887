"""Words that an article, an outlet or an actor may hold, and that must not act anywhere; and a reader of pages."""

from html.parser import HTMLParser

import pandas as pd
import pytest

from helpers.reading.files import drop_controls

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "image": "<img src=x onerror=alert(1)>",
    "closes a title": "</title></desc><script>alert(1)</script>",
    "closes a table": "</td></tr></table><iframe src='https://x.org'></iframe>",
    "attribute": '" onmouseover="alert(1)" x="',
    "comment": "--><script>alert(1)</script><!--",
    "entity": "&lt;script&gt;alert(1)&#60;/script&#62;",
    "xml entity": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>&a;',
    "link": "[click](javascript:alert(1))",
    "web address": "https://x.org/?q=<b>",
    "heading": "# Heading\n\n- item",
    "raw block": "```{=html}\n<script>alert(1)</script>\n```",
    "reference": "[@monroe2008] @newell2018",
    "placeholder": "{{corpus.n_articles}} {{unknown}}",
    "token": "XQ0QX XQ1QX",
    "maths": "$x_{ $$ \\(a\\) \\frac{1",
    "tex": "\\input{/etc/passwd}\\def\\x{",
    "formula": "=cmd|'/c calc'!A0",
    "formula at": "@SUM(1+1)*cmd",
    "formula plus": "+1+cmd()",
    "formula minus": "-2+3+cmd()",
    "formula after a semicolon": "words;=cmd()",
    "formula after a line": "words\n=cmd()",
    "formula after a tab": "\t=cmd()",
    "quotation mark": '"",=cmd(),""',
    "nul": "a\0b",
    "escape": "\x1b[2J\x1b]0;title\x07red",
    "control": "\x01\x08\x0b\x0c\x1f\x7f",
    "overrides": "\u202egnp.exe\u2066\u202d",
    "half a character": "a\ud800b",
    "no character": "\ufffe\uffff",
    "arabic": "داعش في الرقة",
    "emoji": "👩‍👩‍👧‍👦🏴‍☠️",
    "combining": "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢",
    "long": "x" * 5000,
    "not a number": "nan",
    "empty-looking": "\u200b\u00a0",
}
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
        self.nodes.append(data)

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
