"""Read texts, web pages (and HTML in a cell), PDF and Word files as articles."""

import html
import json
import re
from collections.abc import Collection, Iterable
from contextlib import suppress
from io import BytesIO
from itertools import groupby, pairwise
from statistics import mode
from textwrap import shorten
from typing import Any

import docx
import trafilatura
from lxml import etree
from pdfminer.high_level import extract_pages
from pdfminer.layout import LAParams, LTChar, LTFigure, LTTextBox
from pdfminer.pdfdocument import PDFPasswordIncorrect

from helpers.importing import items
from helpers.importing.items import ADDRESS, LIMITS, NAMES, PATTERNS, RULES, Field, Item, Refused, fold
from helpers.reading.cleaning import load_rules
from helpers.reading.cleaning.repair import PAGE, count_words, ends_sentence, find_running_heads, split_lines, squeeze
from helpers.reading.files import drop_controls, normalize
from helpers.reading.turns import find_turns

_SEVERAL = "if they are several articles, save each in its own file"
_TOP, _MOST_KEYS = 6, 14  # lines of a text that may say who wrote it and when, and that may state something
_LONGEST_HEADLINE, _LONGEST_TERSE = 24, 14  # words; of a headline with a full stop
_FIRST, _MARKS, _NEXIS, _NO_QUOTATION = map(PATTERNS.get, ("first_lines", "marks", "nexis", "no_quotation"))
_KEYS = NAMES | RULES["mail"]
_LINE_RULES = [rule for rule in load_rules({})[0] if rule.kind == "line" and rule.name != "related link"]
TAG = re.compile("<[^<>]*>")
_BLOCKS = ("blockquote", "p", "div", "li")


def read_text(text: str, stressed: Collection[str] = ()) -> list[Item]:
    """Return the article of a text file, whose words in bold or italics are known, or those of a Nexis delivery."""
    if text.lstrip()[:14].lower().startswith(("<!doctype html", "<html")):
        return read_page(text)
    first, _, below = text.lstrip().partition("\n")
    known = {NAMES.get(fold(cell)) for cell in re.split(r"[\t,;|]", first)} - {None}
    if below and "text" in known and len(known) > 1:
        raise Refused(f"it is a table under another name (its first line is {first[:60]!r}): give it the ending .csv")
    return split_nexis(text.splitlines()) or [mark_questions(describe_text(text), stressed)]


def read_markdown(text: str) -> list[Item]:
    """Return the article of a Markdown file, without the marks of headings, emphasis, links and pictures."""
    stressed = [found["words"] for found in _MARKS["stressed"].finditer(text)]
    text, n_notes = _MARKS["note"].subn("", text)
    for name in ("markdown", "emphasis", "escaped"):
        text = _MARKS[name].sub(lambda found: found["words"] or "", text)
    said = (RULES["names"]["footnotes"].format(n_notes),) * bool(n_notes)
    return [one._replace(notes=one.notes + said) for one in read_text(text, stressed)]


def mark_questions(article: Item, stressed: Collection[str]) -> Item:
    """Return an article with ** around headings and stressed lines where these tell who speaks, else as it is."""
    told = {squeeze(words) for words in stressed} - {"", squeeze(article.get("headline"))}
    lines = map(str.strip, article.text.split("\n"))
    marked = "\n".join(f"**{line}**" if squeeze(line) in told else line for line in lines)
    asked, asked_there = ([turn.asks for turn in find_turns(text)] for text in (article.text, marked))
    return article if asked == asked_there else article._replace(text=marked)


def describe_text(text: str, *notes: str) -> Item:
    """Return a text as an article, with what its top states (`Title: ...`), or what is guessed from it.

    Lines that state something are no prose and left out, those with other keys among them with a note. Guessed are
    headline, author, date and address from the top lines and the last.
    """
    shown = _FIRST["list"].sub(_unfold, items.mend_text(text)[0])
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    block = found[0].count("\n") if (found := _FIRST["block"].match(shown)) else 0
    n_read, stated, others = block, {}, {}  # others: lines with keys that are not ours
    for number, line in enumerate(lines[: max(block, _MOST_KEYS)], 1):
        found = _FIRST["key"].match(line)
        field = _KEYS.get(fold(found["key"])) if found else None
        # alone, it may be a headline: "Newspaper: Minister used own mail"
        is_sure = stated or field not in ("outlet", "author") or _FIRST["name"].fullmatch(found["value"])
        if field in items.FIELDS and field not in stated and (number < block or is_sure):
            stated[field], n_read = Field(found["value"], "found", f"line {number} of the text"), max(number, block)
        elif found or number < block:
            others[number], n_read = line, max(n_read, number * (field == "left out"))
        elif line and number > block:
            break
    below = "".join(shown.splitlines(keepends=True)[block:])
    counts = ((len(pattern.findall(below)), what) for what, pattern in PATTERNS["several"].items())
    said = [*notes, *(f"{n} {what}: {_SEVERAL}" for n, what in counts if n > 1)]
    if unread := [line for number, line in others.items() if number <= n_read and line.strip("-")]:
        said.append(f"lines left out at its top: {', '.join(map(repr, unread))[:200]}")
    body = [*filter(None, lines[n_read:])]
    guessed, title = {}, ""  # the first line that may be the headline: "FOR IMMEDIATE RELEASE" is none
    for line in [*body[:_TOP], *body[-1:]]:
        byline, of_its_own = _FIRST["byline"].match(line), ("guessed", "a line of its own")
        if byline:  # it may have the date, too
            guessed.setdefault("author", Field(byline[1], *of_its_own))
        if ADDRESS.fullmatch(line):
            guessed.setdefault("url", Field(line, *of_its_own))
        elif (byline or count_words(line) <= 8) and items.find_days(line):
            guessed.setdefault("published", Field(items.parse_date(line) or line, *of_its_own))
        elif not (byline or title or _FIRST["kind"].match(line) or any(rule.test.search(line) for rule in _LINE_RULES)):
            title = line
    n_words, follows = count_words(title), dict(pairwise(lines)).get(title, "")
    is_terse = _FIRST["titled"].match(title) or (n_words <= _LONGEST_TERSE and not _FIRST["no_headline"].search(title))
    is_apart = title.endswith("?") or (is_terse and not follows)
    is_open = is_apart or not (ends_sentence(title) or _FIRST["goes_on"].match(follows))
    if is_open and 2 <= n_words <= _LONGEST_HEADLINE and any(count_words(below) > n_words for below in body[1:6]):
        guessed["headline"] = Field(title.strip("#*; "), "guessed", "the first line")
    below = "\n".join(text.splitlines()[n_read:])
    return Item(below if n_read and below.strip() else text, guessed | stated, notes=tuple(said))


def _unfold(found: re.Match[str]) -> str:
    """Return a key with the list, or the folded lines, below it on its last line, and as many lines as before."""
    parts = [line.strip("- \t\"'[]") for line in found["list"].splitlines()]  # the first is empty
    return "\n" * (len(parts) - 1) + f"{found['key']} {(' ' if found['folded'] else ', ').join(parts[1:])}"


def read_page(page: str) -> list[Item]:
    """Return the one article of a web page, with its headline, author, date, outlet and address (trafilatura).

    What the page states about itself in its head is `found`, what trafilatura infers from it `guessed`.
    """
    tree, stressed, notes = mark_quotations(_MARKS["page_notes"].sub("", page))
    read = trafilatura.bare_extraction(tree, **RULES["page_options"])
    text = (getattr(read, "text", "") or "").strip()
    bodies = {*_MARKS["stated_body"].findall(page)}
    with suppress(ValueError):  # for machines, perhaps with its paragraphs; of several, one may be another article's
        [stated] = bodies
        body = "\n".join(filter(str.strip, read_cell(json.loads(stated, strict=False))[0].splitlines()))
        is_fuller = body.count("\n") > text.count("\n") or len(body) > 2 * len(text)
        text = body if is_fuller and squeeze(text) in squeeze(body) else text
    if tree is None or not text:
        raise Refused("no article's text was found in the page: copy the text into a .txt file")
    head, fields = " ".join(page[: LIMITS["page_head"]].split()), {}
    for name, (theirs, stated) in RULES["page"].items():
        value = getattr(read, theirs, "") or ""
        is_stated = any(value[:40] in head[at.start() : at.end() + 600] for at in re.finditer(stated, head))
        fields[name] = Field(value, *(("found", "the page's head") if is_stated else ("guessed", "the page")))
    if (found := _MARKS["stated_day"].search(head)) and (date := items.parse_date(found[1])):  # the address has another
        fields["published"] = Field(date, "found", "the page's head")
    date = fields["published"].value
    numbers = (found[0] for found in PATTERNS["date_forms"]["numbers"].finditer(page))
    shown = [form for form in numbers if date in items.find_days(form).values()]
    if shown and date not in page and all(items.parse_date(line.strip()) != date for line in TAG.split(page)):
        fields["published"] = fields["published"]._replace(value=shown[0])  # trafilatura takes the day to be first
    if not fields["url"].value and (found := _MARKS["saved_from"].search(page)):
        fields["url"] = Field(found[1], "found", "where it was saved from")
    if found := PATTERNS["page_genre"]["opinion"].search(head):
        fields["genre"] = Field("opinion", "found", f"the page's head ({found[0][-60:]!r})")
    lines, words = text.splitlines(), squeeze(text)
    passages = {one: " ".join(one.text_content().split()) for one in tree.xpath(RULES["page_blocks"]["passages"])}
    parent = mode([*(one.getparent() for one, said in passages.items() if squeeze(said) in words), None])
    inside = (said for one, said in passages.items() if parent in one.iterancestors())
    lost = [shorten(said, 60, placeholder="…") for said in inside if squeeze(said) not in words]
    notes += (f"'{' | '.join(lost[:3])}' is no part of the article as it is marked: copy it in",) * bool(lost)
    is_left = any(squeeze(said) not in words for said in tree.xpath(RULES["page_blocks"]["beside"]))
    notes += (RULES["names"]["beside"],) * is_left
    n_parts = sum(count_words(one.text_content()) > 30 for one in tree.iter("article"))
    links = {squeeze(one.text_content()) for one in tree.iter("a")}
    n_links, n_rows = sum(squeeze(line) in links for line in lines), text.count("\n|")
    is_list = 2 * n_rows > len(lines) or 2 * n_links >= max(LIMITS["page_lines"], len(lines))
    notes += (RULES["names"]["other_page"],) * (is_list or max(n_parts, len(bodies)) > 1)
    return [mark_questions(Item(text, fields, notes=notes), stressed)]


def read_cell(cell: str) -> tuple[str, tuple[str, ...]]:
    """Return a cell's text without the HTML that some exports leave in it, and notes on what was done."""
    if len(_MARKS["html"].findall(cell)) + len(_MARKS["html"].findall(html.unescape(cell))) < 2:
        return cell, ()
    cell = cell if _MARKS["html"].search(cell) else html.unescape(cell)
    tree, stressed, notes = mark_quotations(f"<html><body><article>{cell}</article></body></html>")
    read = trafilatura.extract(tree, include_comments=False) if tree is not None else None
    text = mark_questions(Item(read.strip()), stressed).text if read else cell
    return text, ("HTML in the cell: its text was taken", *notes) if read else ()


def mark_quotations(page: str) -> tuple[Any, list[str], tuple[str, ...]]:
    """Return a page as lxml reads it, with marks for <q> and a bare <blockquote>, its stressed words, and notes on it.

    Embedded posts, blocks that are mostly links or hold a cue, and those that a colon introduces are left as they are.
    """
    tree = trafilatura.load_html(page)
    if tree is None:
        return None, [], ()
    for one in tree.xpath(RULES["page_blocks"]["other_days"]):
        one.drop_tree()
    for one in tree.xpath(RULES["page_blocks"]["layout"]):
        one.tag = "p" if one.tag == "li" else "div"
    for body in tree.xpath(RULES["page_blocks"]["bare"]):
        etree.SubElement(body, "article").extend(body[:-1])
    n_marked = 0
    for block in (*tree.iter("q"), *tree.iter("blockquote")):
        words, kind = block.text_content(), block.get("class", "").lower()
        above = "".join(map(str, block.xpath("preceding-sibling::*[1]//text() | preceding-sibling::text()[1]")))
        is_other = _NO_QUOTATION["class"].search(kind) or _NO_QUOTATION["text"].search(words)
        is_linked = sum(len(link.text_content()) for link in block.iter("a")) > len(words) / 2
        if block.tag == "blockquote" and (is_other or is_linked or above.rstrip().endswith(":")):
            continue
        parts = [part for part in block.iter("q", *_BLOCKS) if next(part.iterdescendants(*_BLOCKS), None) is None]
        parts = [part for part in parts if part.text_content().strip()[:1] not in ("", *"—–-")]
        if not parts or parts[0].text_content().strip()[:1] in (*"\"'“”‘’«„‹›「`",):
            continue
        for part in parts:
            part.text = f"“{(part.text or '').lstrip()}"
        for named in [one for one in block if one.tag in ("footer", "cite")]:  # it would be left out, or run on
            named.tag, named.text = "p", f"— {(named.text or '').lstrip(' —–-')}"
            block.addnext(named)
        etree.SubElement(parts[-1], "q").text = "”"
        n_marked += 1
    etree.strip_tags(tree, "q")
    stressed = [one.text_content() for one in tree.iter("b", "strong", "i", "em", "h2", "h3", "h4", "h5")]
    stressed += ["".join(one.xpath(RULES["page_blocks"]["stressed"])) for one in tree.iter("p")]
    return tree, stressed, (f"quotation marks set for <q> or <blockquote> of the page: {n_marked}",) * bool(n_marked)


def read_pdf(file: BytesIO) -> list[Item]:
    """Return the one article of a PDF: the text of its pages, column by column (pdfminer.six)."""
    try:
        pages = extract_pages(file, laparams=LAParams(all_texts=True))
        texts = [drop_controls(normalize(_read_columns(page))) for page in pages]
    except PDFPasswordIncorrect:
        raise Refused("it is locked with a password: print it to a PDF without one") from None
    text, n_empty = PAGE.join(texts), sum(not one.strip() for one in texts)
    # running heads say nothing about the article; they stay in the text, where cleaning removes and lists them
    shown = text
    for line in sorted(find_running_heads(split_lines(text)), reverse=True):
        shown = shown[: line.start] + shown[line.end :]
    top = shown.strip().partition("\n\n")[0]
    is_headline = top.count("\n") in (1, 2) and not ends_sentence(top) and count_words(top) <= _LONGEST_HEADLINE
    if is_headline and not {"author", "published"} & describe_text(top).fields.keys():
        text, shown = (one.replace(top, top.replace("\n", " "), 1) for one in (text, shown))
    described, lines = describe_text(shown), text.split("\n")
    for number, line in enumerate(map(str.strip, lines[: 2 * _TOP])):  # of the page: no column runs through them
        if line and (line == described.get("headline") or {"author", "published"} & describe_text(line).fields.keys()):
            lines[number] = f"\n{lines[number]}\n"
    scans = (f"pages without text (scans?): {n_empty} of {len(texts)}; recognise their text with OCR",) * bool(n_empty)
    return split_nexis(text.splitlines()) or [Item("\n".join(lines), described.fields, notes=scans)]


def _read_columns(page: Any) -> str:
    """Return a page of pdfminer's as it is read: its boxes of text, an empty line between; not what is turned."""
    boxes, groups, texts = [], [page], []
    for group in groups:  # the page, then its figures
        groups += [one for one in group if isinstance(one, LTFigure)]
        texts_in = [one for one in group if isinstance(one, LTTextBox)]
        boxes += [one for one in texts_in if all(at.upright for line in one for at in line if isinstance(at, LTChar))]
    for inner in sorted(boxes, key=lambda one: one.width * one.height):  # words far apart in a line are a box of theirs
        around = (one for one in boxes if one is not inner and one.is_hoverlap(inner) and one.is_voverlap(inner))
        if holder := next(around, None):
            holder.extend(inner)
            boxes.remove(inner)
    for box in boxes:
        lines = groupby(sorted(box, key=lambda line: (-round(line.y0), line.x0)), lambda line: round(line.y0))
        texts.append("\n".join(" ".join(line.get_text().strip() for line in own) for _, own in lines))
    return "\n\n".join(texts).replace(PAGE, "\n")


def read_docx(file: BytesIO) -> list[Item]:
    """Return the articles of a Word file (python-docx): one, or those of a Nexis delivery."""
    document = docx.Document(file)
    body = document.element.body
    paragraphs = dict.fromkeys(body.xpath(RULES["word"]["paragraphs"]), "")
    for piece in body.xpath(RULES["word"]["pieces"]):
        mark = RULES["word"]["marks"].get("page" if "page" in piece.values() else piece.tag.rpartition("}")[2])
        paragraphs[next(piece.iterancestors("{*}p"))] += mark or piece.text or ""
    n_notes = len(body.xpath(".//w:footnoteReference | .//w:endnoteReference"))
    n_titles = sum(one.style.name in ("Heading 1", "Title") for one in document.paragraphs)
    notes = [f"{n_titles} paragraphs are headlines: {_SEVERAL}"] * (n_titles > 1)
    notes += [RULES["names"]["footnotes"].format(n_notes)] * (n_notes > 0)
    text = "\n".join(one for one in paragraphs.values() if one.strip(" \t\n"))
    stressed = [one.text for one in document.paragraphs if one.style.name.startswith("Heading")]
    stressed += ["".join(run.text for run in one.runs if run.bold or run.italic) for one in document.paragraphs]
    return split_nexis(paragraphs.values()) or [mark_questions(describe_text(text, *notes), stressed)]


def split_nexis(lines: Iterable[str]) -> list[Item]:
    """Return the articles of a Nexis delivery in order, none where the lines are not one.

    Each article ends with `End of Document`. It gives headline, outlet, date and copyright, then `Length: 512 words`
    and other keys, then `Body`. Before 2020 each opened with `1 of 9 DOCUMENTS`, and outlet and date came before the
    headline. One article alone may have neither. A part without a text is refused.
    """
    text = "\n".join(" ".join(line.split()) for line in lines) + "\n"
    is_old = bool(_NEXIS["old"].search(text))
    parts = _NEXIS["old" if is_old else "end"].split(text)
    found = [(part, _NEXIS["body"].search(part) or _NEXIS["length"].search(part)) for part in parts]
    is_sure = len(found) > 1 or _NEXIS["below"].search(text) or _NEXIS["alone"].search(text)
    if not (is_sure and any(start for _, start in found)):
        return []
    edge = 0 if is_old else -1
    if not found[edge][1]:  # what is above the first article, or below the last
        found.pop(edge)
    articles = []
    for number, (part, start) in enumerate(found, 1):
        above, text = (part[: start.end()], part[start.end() :]) if start else (part, "")
        end = _NEXIS["below"].search(text) or _NEXIS["below_too"].search(text)  # a paragraph may start like these
        text, below = (text[: end.start()], text[end.start() :]) if end else (text, "")
        shown = part.strip().rpartition("\n")[2][:60]
        refused = "" if text.strip() else f"the delivery holds no text of it ({shown!r}): get it again"
        keys = [(key.capitalize(), value) for key, value in _NEXIS["key"].findall(below + above) if value]
        fields = {NAMES[fold(key)]: Field(value, "found", f"the line {key}") for key, value in keys}
        # headline, outlet and date come in this order, or the headline last; above the first may be a cover
        head = _NEXIS["above"].split(above)[0].strip()
        is_close = any(one and items.parse_date(line) for one, line in pairwise(head.split("\n")))  # outlet and date
        blocks = head.split("\n\n" if "\n\n" in head and not is_close else "\n")
        above = [line for line in blocks if items.parse_date(line) or not _NEXIS["edition"].search(line)]
        dated = max((n for n, line in enumerate(above) if items.parse_date(line)), default=0)
        if dated:
            titles = above[: dated - 1] + above[dated + 1 :]
            said = {"headline": (titles or [""])[-1], "outlet": above[dated - 1], "published": above[dated]}
            fields |= {name: Field(value, "found", "the lines above the text") for name, value in said.items()}
        notes = ("no line with a date is above the text: headline, outlet and date are left empty",) * (not dated)
        articles.append(Item(text.strip(), fields, at=f"article {number}", notes=notes, refused=refused))
    return articles
