"""Fill a template with results by their ids, and refuse a number that no result gave.

The template is Markdown. `{{id}}` stands for a value of results.json, `{{id|percent}}` for a share as a percentage,
`{{02-naming.section}}` for all that a notebook found, `{{02-naming-shares}}` for a figure with its caption,
`[@monroe2008]` for a reference. Every other digit is a number that somebody typed.
"""

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from helpers.lexicons import LEXICONS
from helpers.methods import fill_rules
from helpers.report.results import LIMITS, Block, Results

PLACEHOLDER = re.compile(r"{{\s*(.+?)\s*}}")
_CITATION = re.compile(r"\[[^\[\]]*@[^\[\]]*\]|(?<!\w)@\w+")
_SILENT = re.compile(r"<!--.*?-->|\]\([^)]*\)|`[^`\n]*`", re.DOTALL)  # comments, where a link goes, names of code
_NOTEBOOK = re.compile(r"\bnotebooks? \d\d(?: (?:to|and) \d\d)*\b|\d\d-[a-z]+\.ipynb", re.IGNORECASE)


@dataclass
class Filled:
    """A template as Markdown of our own, in which a token stands for each value that is to be put in as HTML."""

    markdown: str = ""
    tokens: dict[str, tuple[str, str]] = field(default_factory=dict)  # token -> kind and content
    problems: list[str] = field(default_factory=list)


def find_typed(text: str) -> list[str]:
    """Return the typed numbers of some prose: digits outside placeholders, references, links and notebooks' numbers."""
    for pattern in (_SILENT, PLACEHOLDER, _CITATION, _NOTEBOOK):
        text = pattern.sub(lambda found: "\n" * found[0].count("\n"), text)
    return re.findall(r"\S*\d\S*", text)


def fill_template(template: str, name: str, results: Results) -> Filled:
    """Return the template with a token in place of each id; `problems` has a line for each typed number and unknown id.

    Tokens keep what comes from the articles out of the Markdown: it is put in, as harmless HTML, after pandoc has read
    the template.
    """
    filled = Filled()

    def keep(kind: str, content: str) -> str:
        token = f"XQ{len(filled.tokens)}QX"
        filled.tokens[token] = (kind, content)
        return token

    lines, known = [], list_references()
    for number, line in enumerate(template.splitlines(), 1):
        for typed in find_typed(line):
            filled.problems.append(
                f"{name} line {number}: '{typed}' is a number that no result gives; write the id of a result in "
                "{{ }} (results.json lists them)"
            )
        cited = {key for part in _CITATION.findall(_SILENT.sub("", line)) for key in re.findall(r"(?<!\w)@(\w+)", part)}
        for key in sorted(cited - known):
            filled.problems.append(f"{name} line {number}: no reference '{key}' in lexicons/references.bib")
        lines.append(
            PLACEHOLDER.sub(lambda found, at=f"{name} line {number}": _fill(found[1], at, results, filled, keep), line)
        )
    filled.markdown = "\n".join(lines)
    return filled


def list_references() -> set[str]:
    """Return the keys of lexicons/references.bib."""
    return set(re.findall(r"^@\w+{(\w+),", (LEXICONS / "references.bib").read_text(encoding="utf-8"), re.MULTILINE))


def _fill(asked: str, at: str, results: Results, filled: Filled, keep: Callable[[str, str], str]) -> str:
    key, _, form = (part.strip() for part in asked.partition("|"))
    stem, _, part = key.rpartition(".")
    if part == "section" and stem in results.blocks:
        return _fill_section(stem, results, filled, keep)
    if key in results.figures:
        return _fill_figure(key, results, keep)
    if key.startswith("rules."):
        return fill_rules(f"{{{{{key}}}}}")
    if key not in results.values:
        near = difflib.get_close_matches(key, [*results.values, *results.figures], 1)
        filled.problems.append(f"{at}: no result '{key}'" + (f"; nearest: '{near[0]}'" if near else ""))
        return ""
    value = results.values[key]["value"]
    if part in ("answer", "findings", "limits"):
        return keep("markdown", value)
    if form == "percent":
        try:
            return keep("text", f"{float(value):.0%}")
        except ValueError:
            filled.problems.append(f"{at}: '{key}' is no share: {value[:40]!r}")
            return ""
    return keep("text", value)


def _fill_figure(name: str, results: Results, keep: Callable[[str, str], str]) -> str:
    record = results.figures[name]
    cited = f" [{'; '.join('@' + key for key in record.get('references', []))}]" if record.get("references") else ""
    words = str(record.get("method", "")).removesuffix(".")
    method = f"\n\n*Method.* {keep('text', words)}{cited}.\n" if words else ""
    return f"{keep('figure', name)}\n{method}"


def _fill_section(stem: str, results: Results, filled: Filled, keep: Callable[[str, str], str]) -> str:
    """Return the Markdown of a notebook's question: its answer, then each smaller question with what was found."""
    blocks = results.blocks[stem]
    parts = [f"## {keep('text', results.values[f'{stem}.question']['value'])}"]
    heading = ""
    for block in [block for block in blocks if block.heading != LIMITS]:
        if block.heading != heading:
            heading = block.heading
            _check_prose(heading, block, filled)
            parts.append(f"### {keep('text', heading)}")
        parts.append(_fill_figure(block.content, results, keep) if block.kind == "figure" else _fill_block(block, keep))
    limits = [block for block in blocks if block.heading == LIMITS]
    if limits:
        parts.append(f"### {keep('text', LIMITS)}")
        for block in limits:
            if block.kind == "limit":
                _check_prose(block.content, block, filled)
            parts.append(f"- {keep('inline', block.content)}")
    return "\n\n".join(parts) + "\n"


def _fill_block(block: Block, keep: Callable[[str, str], str]) -> str:
    return keep("markdown" if block.kind == "say" else "table", block.content)


def _check_prose(text: str, block: Block, filled: Filled) -> None:
    for typed in find_typed(text):
        filled.problems.append(f"{block.source}: '{typed}' in '{text[:60]}' is typed; compute it, or say it in words")
