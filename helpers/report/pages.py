"""A filled template -> one HTML page and one Word file, in which nothing of an article's can act."""

import base64
import re
from collections.abc import Callable
from html import escape
from pathlib import Path

import nh3
import pypandoc

from helpers.lexicons import LEXICONS
from helpers.reading.files import drop_controls
from helpers.report.filling import Filled
from helpers.report.results import Results

_INLINE = {"p", "strong", "b", "em", "i", "span", "code", "ul", "ol", "li", "br"}
_TABLE = {"table", "thead", "tbody", "tr", "th", "td", "p", "b", "wbr", "span"}
_OWN = _INLINE | _TABLE | {"h1", "h2", "h3", "h4", "a", "div", "figure", "figcaption", "img", "nav", "blockquote", "hr"}
_CELL = {"dir", "align"}
_PICTURE = re.compile(r'<img [^>]*src="figure/([^"]+)"[^>]*>')


def clean_html(text: str, tags: set[str] = _INLINE) -> str:
    """Return HTML that came from articles with harmless tags alone: no link, picture, script, style or address."""
    return nh3.clean(
        drop_controls(text), tags=tags, attributes={"th": _CELL, "td": _CELL}, url_schemes=set(), link_rel=None
    )


def make_body(filled: Filled, results: Results) -> tuple[str, str]:
    """Return the report's contents and its body as HTML; a figure is `<img src="figure/NAME">`."""
    extra = ["--citeproc", f"--bibliography={LEXICONS / 'references.bib'}", "--standalone", "--toc", "--toc-depth=2",
             f"--template={LEXICONS / 'report.html'}", "--wrap=none"]  # fmt: skip
    read = "markdown-raw_html-raw_tex-tex_math_dollars-yaml_metadata_block"
    page = pypandoc.convert_text(filled.markdown, "html5", format=read, extra_args=extra, sandbox=True)
    page = _clean_own(page)
    for token, (kind, content) in filled.tokens.items():
        html = _show(kind, content, results)
        if kind not in ("text", "inline"):
            page = page.replace(f"<p>{token}</p>", html)
        page = page.replace(token, html)
    contents, _, body = page.partition("<hr>")
    return contents, body


def _clean_own(page: str) -> str:
    own = {"a": {"href"}, "div": {"id", "class"}, **{f"h{level}": {"id"} for level in range(1, 5)}}
    return nh3.clean(page, tags=_OWN, attributes=own, url_schemes={"https", "http"}, link_rel="noreferrer")


def _show(kind: str, content: str, results: Results) -> str:
    content = drop_controls(content)
    if kind == "text":
        return escape(content)
    if kind == "figure":
        record = results.figures[content]
        alt, caption = (escape(drop_controls(str(record[words]))) for words in ("alt", "caption"))
        picture = f'<img src="figure/{escape(content)}" alt="{alt}">'
        return f"<figure>{picture}<figcaption>{caption}</figcaption></figure>"
    if kind == "table":
        return f'<div class="table">{clean_html(content, _TABLE)}</div>'
    html = clean_html(pypandoc.convert_text(content, "html5", format="commonmark", sandbox=True))
    return html.strip().removeprefix("<p>").removesuffix("</p>") if kind == "inline" else html


def make_page(contents: str, body: str, title: str, out: Path) -> str:
    """Return the report as one HTML page that needs nothing else: figures are SVG within it."""
    style = (LEXICONS / "report.css").read_text(encoding="utf-8")
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    body = _place_pictures(body, lambda name: _embed(out / f"{name}.svg", "image/svg+xml"))
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(title)}</title>\n'
        f'<style>\n{style}</style>\n</head>\n<body>\n<nav aria-label="Contents">\n<p>Contents</p>\n{contents}</nav>\n'
        f"<main>\n{body}</main>\n</body>\n</html>\n"
    )


def write_docx(body: str, title: str, out: Path, path: Path) -> None:
    """Write the report as a Word file at `path`: figures as PNG, with their alternative text."""
    body = _place_pictures(body, lambda name: _embed(out / f"{name}.png", "image/png"))
    page = f'<html lang="en"><head><title>{escape(title)}</title></head><body>{body}</body></html>'
    pypandoc.convert_text(page, "docx", format="html", outputfile=str(path), sandbox=True)


def _place_pictures(body: str, embed: Callable[[str], str]) -> str:
    return _PICTURE.sub(lambda found: found[0].replace(f"figure/{found[1]}", embed(found[1])), body)


def _embed(path: Path, kind: str) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ValueError(f"{path.name}: no such file beside its record; run `make figures` again") from None
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"
