"""The report: what a run found as one HTML page and one Word file, its numbers taken from the results by id.

The notebooks compute every sentence and figure. `gather_results` collects these by id, with the cell or file each is
from, and `write_results` keeps them as results.json. `make_report` fills a template of Markdown with them: a number in
its prose that no result gave, or an id that is unknown, stops it with a line for each. pandoc reads the template alone;
what comes from the articles is put in afterwards as HTML that nh3 has cleaned.
"""

import tempfile
from pathlib import Path

from docx import Document

from helpers.lexicons import LEXICONS
from helpers.reading.files import drop_controls, write_whole
from helpers.report.filling import fill_template, find_typed
from helpers.report.pages import clean_html, make_body, make_page, write_docx
from helpers.report.results import Results, gather_results, is_made_of, write_results
from helpers.report.typesetting import typeset_docx

__all__ = [
    "Results", "clean_html", "fill_template", "find_typed", "gather_results", "is_made_of", "make_report",
    "write_results",
]  # fmt: skip


def make_report(results: Results, out: Path, title: str, template: Path | None = None) -> list[Path]:
    """Write report.html and report.docx into `out`, where the figures are; return the paths.

    `template` is Markdown as `filling` describes; without it, lexicons/report.md. `title` is its `{{corpus.title}}`.

    Raises ValueError with a line for each number of the template that no result gave, for each unknown id, and where
    a picture in the Word file has lost its words. Nothing is written then.
    """
    template, title = template or LEXICONS / "report.md", drop_controls(title)
    named = Results(
        results.figures,
        results.blocks,
        {**results.values, "corpus.title": {"value": title, "source": "corpus.toml"}},
    )
    filled = fill_template(template.read_text(encoding="utf-8-sig"), template.name, named)
    if filled.problems:
        raise ValueError("\n".join(filled.problems))
    contents, body = make_body(filled, named)
    page = make_page(contents, body, title, out).encode()
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / "report.docx"
        write_docx(body, title, out, draft)
        typeset_docx(draft)
        _check_docx(draft, body.count("<img "))
        word = draft.read_bytes()
    return [write_whole(out / "report.html", page), write_whole(out / "report.docx", word)]


def _check_docx(path: Path, n_pictures: int) -> None:
    """Raise ValueError where the Word file does not open, or lacks a picture or its alternative text."""
    pictures = Document(str(path)).inline_shapes
    silent = [shape for shape in pictures if not shape._inline.docPr.get("descr")]
    if len(pictures) != n_pictures or silent:
        raise ValueError(f"report.docx: {len(pictures)} of {n_pictures} figures, {len(silent)} without their words")
