"""The report: what a run found as one HTML page and one Word file, its numbers taken from the results by id.

The template is Markdown in which Jinja puts results: `{{corpus.n_articles}}` is a value of results.json,
`{{02-naming-labels/OUTLET/LABEL/n | percent}}` a share as a percentage, `{{02-naming-labels}}` a figure with its method
as the caption (its title is in it); `{{02-naming.section}}` is a notebook's question, its answer, the first of its
figures that no section before it has the like of, and three sentences (`.page`: without the question, as page one is);
`{{appendix.tables}}` and `.limits` are what else there is. `[@monroe2008]` is a reference. Every other
digit is a number that somebody typed, and stops the report. What comes from the articles is escaped, so that it acts
neither as Jinja, Markdown nor HTML; pandoc then makes the page, nh3 cleans it, and pandoc makes the Word file of what
is left.
"""

import base64
import json
import re
import subprocess
import traceback
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import nh3
import pypandoc
from docx import Document
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from helpers.charts import list_first
from helpers.export import NARROW, RULES
from helpers.lexicons import LEXICONS
from helpers.page import keep_order
from helpers.reading.files import decode_text, drop_controls, suggest, write_whole
from helpers.results import LIMITS

_PLACE = re.compile(r"{{([^|{}]+)(\|[^{}]*)?}}")  # an id of results.json, and the filters it goes through
_CITATION = re.compile(r"\[[^\[\]@]*@[^\[\]]*\]|(?<!\w)@\w+")
_SILENT = re.compile(r"<!--(?:(?!<!--).)*?-->|{%[^{}]*%}|\]\([^()]*\)|`[^`]*`")  # where a link goes, names of code ...
_NOTEBOOK = re.compile(r"\bnotebooks? \d\d(?: (?:to|and) \d\d)*\b|\d\d-[a-z]+\.ipynb", re.IGNORECASE)
# pandoc's Markdown without what a template has no use for and an article may hold: HTML, TeX, formulas, smart quotes
_READ = "markdown-raw_html-raw_tex-tex_math_dollars-yaml_metadata_block-smart-superscript-subscript"
_TAGS = nh3.ALLOWED_TAGS - {"col", "colgroup"}  # columns are as wide as what they hold
_ATTRIBUTES = {"a": {"href"}, "div": {"id", "class"}, "th": {"style"}, "td": {"style"}, "img": {"src", "alt"}}
_ATTRIBUTES |= {heading: {"id"} for heading in ("h1", "h2", "h3", "h4")}
_LINKS, _ADDRESS = ("href", "src"), re.compile(r"#.*|https?://.*|figure/[^/]+")  # what a link or a picture may have
_PICTURE = re.compile(r'<img [^>]*src="figure/([^"/]+)"[^>]*>')
_NUMBERED = re.compile(r"<<(Figure|Table) ([^<>]+)>>")  # no text of an article has a < left
_PROSE, _KINDS = ("answer", "card", "limit"), {".svg": "image/svg+xml", ".png": "image/png"}
_MOST_ROWS, _MOST_COLUMNS = 20, 10  # of a table that the report has
_LARGEST = 1_000_000  # bytes of a template
_PATIENCE = 60  # seconds; a report takes two or three, and thousands of open brackets take pandoc for ever
# columns that hold stretches of articles, or lead on: these tables are for reading on screen, the report has none
_TEXTS = {"notebook", "before", "match", "after", "text", "sentence", "passage", "shared", "headline", "masked"}


def make_report(results: dict[str, Any], out: Path, title: str, template: Path, *, byline: str = "") -> list[Path]:
    """Write report.html and report.docx into `out`, where the figures are; return the paths.

    `results` is what `results.read_results` returns. `template` is Markdown as described above, `title` its
    `{{corpus.title}}`, `byline` (author and date) its `{{corpus.byline}}`. The contents go where it has
    `::: {#contents}`. The Word file has the paper, margins, styles and page numbers of lexicons/report.docx.

    Raises ValueError with a line for each number of the template that no result gave and for each unknown id; nothing
    is written then.
    """
    title = drop_controls(title)
    content = template.read_bytes()
    if len(content) > _LARGEST:
        raise ValueError(f"{template.name}: {len(content):,} bytes, at most {_LARGEST:,} are read: shorten it")
    markdown = fill_template(decode_text(content, template.name), template.name, results, title, byline)
    options = ["--citeproc", f"--bibliography={LEXICONS / 'references.bib'}", "--standalone", "--toc", "--toc-depth=2",
               f"--template={LEXICONS / 'report.html'}", "--wrap=none"]  # fmt: skip
    clean = nh3.clean(
        _convert(markdown, template.name, _READ, "html5", *options).decode(), tags=_TAGS, attributes=_ATTRIBUTES,
        url_schemes={"https", "http"}, filter_style_properties={"text-align"}, link_rel="noreferrer",
        attribute_filter=lambda _, name, value: value if name not in _LINKS or _ADDRESS.fullmatch(value) else None,
        set_tag_attribute_values={"th": {"scope": "col"}},
    )  # fmt: skip
    contents, _, body = clean.partition("<hr>")
    body = body.replace('<div id="contents">', f'<div id="contents">{contents}')
    page, style = ((LEXICONS / name).read_text(encoding="utf-8") for name in ("report-page.html", "report.css"))
    page = page.format(title=escape(title), style=style, contents=contents, body=_embed_pictures(body, out, ".svg"))
    body = f'<html lang="en">{_embed_pictures(body, out, ".png")}</html>'
    draft = _convert(body, template.name, "html", "docx", f"--reference-doc={LEXICONS / 'report.docx'}", "--output=-")
    document, word = Document(BytesIO(draft)), BytesIO()
    document.core_properties.title = title[:255]  # as pandoc's metadata it would be a second heading
    # pandoc describes the drawing; some readers look for the words at the picture in it
    for inline in document.element.xpath("//wp:inline"):
        [words], [picture] = inline.xpath("wp:docPr/@descr"), inline.xpath(".//pic:cNvPr")
        picture.set("descr", words)
    document.save(word)
    return [write_whole(out / "report.html", page.encode()), write_whole(out / "report.docx", word.getvalue())]


def _convert(text: str, name: str, source: str, target: str, *options: str) -> bytes:
    """Return a text as pandoc converts it. Raises ValueError, which names the template, where it refuses or is slow."""
    command = [pypandoc.get_pandoc_path(), "--sandbox", f"--from={source}", f"--to={target}", *options]
    try:
        return subprocess.run(command, input=text.encode(), capture_output=True, timeout=_PATIENCE, check=True).stdout
    except subprocess.TimeoutExpired:
        why = "is there a long run of brackets, or of > at the start of a line?"
        raise ValueError(f"{name}: pandoc was stopped after {_PATIENCE} seconds; {why}") from None
    except subprocess.CalledProcessError as error:
        raise ValueError(f"{name}: pandoc refused it: {' '.join(error.stderr.decode().split())[:300]}") from None


def fill_template(template: str, name: str, results: dict[str, Any], title: str = "", byline: str = "") -> str:
    """Return the template as Markdown, with the results in the places of their ids, and figures and tables numbered.

    Raises ValueError with a line for each typed number, unknown id and unknown reference in it.
    """
    known = {key: one["value"] for key, one in results["values"].items()} | RULES
    known |= {"corpus.title": title, "corpus.byline": byline}
    environment = SandboxedEnvironment(  # Jinja's own comments, {#, are how Markdown names a heading
        undefined=StrictUndefined, comment_start_string="<!--", comment_end_string="-->",
        finalize=lambda value: value if isinstance(value, Markup) else _write_text(value),
    )  # fmt: skip
    parts = environment.from_string((LEXICONS / "report-parts.md").read_text(encoding="utf-8")).module
    escaped = dict.fromkeys(("e", "escape", "forceescape", "safe", "tojson"), str)  # else it would be Markup, too
    environment.filters |= {"percent": lambda value: f"{float(value):.0%}", **escaped}
    figures = [key.removesuffix(".caption") for key in known if key.endswith(".caption")]
    written = {key: value for key, value in known.items() if key.endswith(".answer")}
    written |= {name: parts.figure(name, known) for name in figures} | _write_sections(results["blocks"], known, parts)
    known |= {key: Markup(value) for key, value in written.items()}  # Markdown already; all else is escaped
    references = set(re.findall(r"^@\w+{(\w+),", (LEXICONS / "references.bib").read_text(encoding="utf-8"), re.M))

    problems = []
    for number, line in enumerate(template.splitlines(), 1):
        at = f"{name} line {number}"
        hint = "write the id of a result in {{ }} (results.json lists them)"
        problems += [f"{at}: '{typed[:40]}' is a number that no result gives; {hint}" for typed in find_typed(line)]
        asked = [key.strip() for key, _ in _PLACE.findall(line)]
        problems += [f"{at}: no result '{key}'{suggest(key, known)}" for key in asked if key not in known]
        cited = {key for part in _CITATION.findall(_SILENT.sub("", line)) for key in re.findall(r"(?<!\w)@(\w+)", part)}
        problems += [f"{at}: no reference '{key}' in lexicons/references.bib" for key in sorted(cited - references)]
    if problems := list(dict.fromkeys(problems)):
        raise ValueError("\n".join(list_first(problems, _MOST_ROWS)))

    quoted = _PLACE.sub(lambda found: f"{{{{results[{json.dumps(found[1].strip())}]{found[2] or ''}}}}}", template)
    try:
        markdown = environment.from_string(quoted).render(results=known)
    except (ArithmeticError, LookupError, RuntimeError, TemplateError, TypeError, ValueError) as error:  # Jinja refuses
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "<template>"]
        raise ValueError(f"{name} line {getattr(error, 'lineno', None) or (lines or [1])[-1]}: {error}") from error
    named = {kind: list(dict.fromkeys(re.findall(f"<<{kind} ([^<>]+)>>", markdown))) for kind in ("Figure", "Table")}
    return _NUMBERED.sub(lambda found: f"{found[1]}&nbsp;{named[found[1]].index(found[2]) + 1}", markdown)


def find_typed(text: str) -> list[str]:
    """Return the typed numbers of some prose: digits outside ids, references, links and the numbers of notebooks."""
    for pattern in (_SILENT, _PLACE, _CITATION, _NOTEBOOK):
        text = pattern.sub("", text)
    return [word for word in text.split() if re.search(r"\d", word)]


def _write_sections(blocks: dict[str, list[dict[str, Any]]], known: dict[str, str], write: Any) -> dict[str, str]:
    """Return as Markdown the section of each notebook, and what there is to all of them for an appendix.

    `write` has what report-parts.md defines, to write a figure and a table.
    """
    parts: dict[str, str] = {}
    appendix: dict[str, dict[str, None]] = {"tables": {}, "limits": {}}  # as ordered sets
    drawn: set[tuple[str | None, ...]] = {(None,) * 5}  # so is a figure whose record was removed after the run
    for stem, found in blocks.items():
        texts = [(block, _leave_notebooks(block["content"])) for block in found if block["kind"] in _PROSE]
        opening = [text for block, text in texts if not block["heading"] and block["kind"] == "answer"]
        proved = [(text, block.get("notebook", stem)) for block, text in texts if block["kind"] == "card"]
        cards = [f"{text} [→&nbsp;{where[3:]}](#{where})" for text, where in proved]
        body = [*opening[:1], "\n\n".join(["::: cards", *cards, ":::"])] if cards else opening  # the rest heads tables
        for figure, heading in [(one["content"], one["heading"]) for one in found if one["kind"] == "figure"]:
            shown = tuple(known.get(f"{figure}.{part}") for part in ("kind", "actor", "by", "value", "of"))
            if known.get(f"{figure}.n_rows") != "0" and shown not in drawn:
                drawn.add(shown)
                sentences = [] if cards else known.get(f"{figure}.sentences", "").splitlines()  # cards have their own
                listed = "\n".join(f"- {_write_text(line)}" for line in sentences)
                listed = re.sub(r"(&#42;){2}(.+?)(&#42;){2}", r"**\2**", listed)  # the match of each
                body += [write.figure(figure, known), "From the articles:" * bool(listed), listed]
                body += [text for block, text in texts if block["heading"] == heading != "" and cards]
                break
        # tables of numbers, of which no row is left out
        whole = [one for one in found if one["kind"] == "table" and not (one["note"] or _TEXTS & {*one["columns"]})]
        whole = [one for one in whole if 0 < len(one["rows"]) <= _MOST_ROWS and len(one["columns"]) <= _MOST_COLUMNS]
        appendix["tables"] |= dict.fromkeys(write.table(stem, block) for block in whole[:1])
        appendix["limits"] |= {f"- {text}": None for block, text in texts if block["heading"] == LIMITS}
        page, question = "\n\n".join(filter(None, body)), _write_text(known.get(f"{stem}.question", stem))
        parts |= {f"{stem}.page": page, f"{stem}.section": f"## {question} {{#{stem}}}\n\n{page}"}
    return parts | {f"appendix.{name}": "\n".join(filter(None, texts)) for name, texts in appendix.items()}


def _leave_notebooks(markdown: str) -> str:
    """Return a text of a notebook as a report says it, which has no notebooks."""
    plain = "\n".join(" ".join(line.split()) for line in markdown.splitlines())
    plain = re.sub(r"\[([^\[\]]*)\]\([\w-]+\.ipynb\)", r"\1", plain)
    return _NOTEBOOK.sub(lambda found: "This report" if found[0][0] == "N" else "this report", plain)


def _write_text(text: object) -> str:
    """Return a text as Markdown that says it and nothing else: all that could be a mark is a number of a character."""
    plain = keep_order(" ".join(str(text).split()))
    return re.sub(r"[!-/:-@\[-`{-~]", lambda found: f"&#{ord(found[0])};", plain)


def _embed_pictures(body: str, out: Path, ending: str) -> str:
    """Return the body with its pictures in it; beside an SVG the one for one column, which a phone shows.

    Raises ValueError where a picture is not in `out`.
    """

    def read(path: Path) -> str:
        if not path.is_file():
            raise ValueError(f"{path.name}: no such file beside its record; run `make figures` again")
        return f"data:{_KINDS[ending]};base64,{base64.b64encode(path.read_bytes()).decode()}"

    def embed(found: re.Match[str]) -> str:
        name = unquote(found[1])
        picture = found[0].replace(f'src="figure/{found[1]}"', f'src="{read(out / (name + ending))}"')
        small = out / f"{name}{NARROW}{ending}"
        if ending != ".svg" or not small.is_file():
            return picture
        return f'<picture><source media="(max-width: 40rem)" srcset="{read(small)}">{picture}</picture>'

    return _PICTURE.sub(embed, body)
