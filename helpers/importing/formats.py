"""Read texts, web pages, PDF and Word files as articles; at the end, the registry of these formats."""

import io
import logging
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from helpers.importing.guessing import fold, load_names, parse_date, parse_dates
from helpers.importing.items import (
    ADDRESS,
    FIELDS,
    LIMITS,
    RULES,
    Field,
    Item,
    Refused,
    check_kind,
    check_zip,
    decode,
    make_item,
)
from helpers.reading.cleaning.repair import PAGE, count_words, ends_sentence, find_running_heads
from helpers.reading.cleaning.rules import find_options

_KEY = re.compile(r"^\s*\**([A-Za-z][A-Za-z _-]{1,24}?)\**\s*:\**\s*(\S.*)$")
_BYLINE = re.compile(
    r"^(?:By|BY) ((?:[A-Z][\w.’'-]*|and|de|van|von|bin|[,&])(?: (?:[A-Z][\w.’'-]*|and|de|van|von|bin|[,&])){1,8})$"
)
_FILE_DATE = re.compile(r"(?:^|[ _.-])((?:19|20)\d\d-\d\d(?:-\d\d)?)(?=$|[ _.-])")
_MOST_KEYS, _TOP, _LONGEST_HEADLINE, _LONGEST_STAMP, _LONGEST_DATE = 14, 6, 20, 60, 80

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([\w-]{2,20})""", re.IGNORECASE)
_HEAD = 200_000  # characters in which a page states who it is

# letters that a font prints as one, which no word list has; page breaks are set by us
_PRINTED = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)} | {ord(PAGE): "\n"}
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f]")
_TITLES = ("Title", "Heading 1")  # styles of a Word file

_NEXIS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in RULES["nexis"].items()}


# ---- plain text


def read_text(content: bytes, stem: str) -> list[Item]:
    """Return the article of a text file, with what its first lines and its name say, or those of a Nexis delivery."""
    text, note = decode(content)
    delivered = split_nexis([" ".join(line.split()) for line in text.splitlines()])
    return [item._replace(note=note) for item in delivered] or [_describe_text(text, stem, note, {})]


def _describe_text(text: str, stem: str, note: str, known: Mapping[str, Field]) -> Item:
    """Return a text as an article, with the fields `known`, then those its first lines state, then guesses."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    stated, n_read = _read_keys(lines)
    body = [line for line in lines[n_read:] if line]
    if "text" in stated:
        body.insert(0, stated.pop("text").value)
    guessed, problems = _guess_fields(body, stem), []
    if "published" in stated:
        field = stated.pop("published")
        iso, said = parse_dates([field.value])[0]
        if iso:
            stated["published"] = Field(iso, "found", f"{field.origin} {said}".strip())
        else:
            problems.append(said)
    starts = " ".join(body[0].split()[:8]) if n_read and body else ""
    return make_item(text, {**guessed, **stated, **known}, note=note, starts_with=starts, problems=problems)


def _read_keys(lines: list[str]) -> tuple[dict[str, Field], int]:
    """Return what `Title: ...`, `Source: ...` at the top say, and how many lines they take."""
    stated: dict[str, Field] = {}
    n_read = 0
    for number, line in enumerate(lines[:_MOST_KEYS]):
        if line == "---" and not number:  # the block that some editors write above a .md
            continue
        if line == "---" and lines[0] == "---":
            n_read = number + 1
            break
        found = _KEY.match(line)
        field = load_names().get(fold(found[1])) if found else None
        if field in ("text", *FIELDS) and field not in stated:
            stated[field] = Field(found[2].strip(), "found", f"line {number + 1} of the text")
            n_read = number + 1
            if field == "text":
                break
        elif line:
            break
    return stated, n_read


def _guess_fields(body: list[str], stem: str) -> dict[str, Field]:
    """Return headline, author, date and address as guessed from the top lines, the last line and the file's name."""
    guessed: dict[str, Field] = {}
    prose = [line for line in body if not ADDRESS.fullmatch(line)]
    if body and prose[-1:] != body[-1:]:
        guessed["url"] = Field(body[-1], "guessed", "the last line")
    named = _FILE_DATE.search(stem)
    if named and parse_date(named[1]):
        guessed["published"] = Field(named[1], "guessed", "the file's name")
    for line in body[:_TOP]:
        stamp = re.sub(r"^(?:Published|Posted|Updated)(?: on)?:? ", "", line)
        if ADDRESS.fullmatch(line):
            guessed["url"] = Field(line, "guessed", "the first lines")
        elif byline := _BYLINE.match(line):
            guessed.setdefault("author", Field(byline[1], "guessed", "the first lines"))
        elif len(line) <= _LONGEST_STAMP and count_words(line) <= 8 and (date := parse_date(stamp)):
            guessed.setdefault("published", Field(date, "guessed", "the first lines"))
        elif line == prose[0] and _is_headline(line, prose[1:5]):
            guessed["headline"] = Field(line.strip("#* "), "guessed", "the first line")
    return guessed


def _is_headline(line: str, below: list[str]) -> bool:
    """Return whether a first line is short, ends no statement, and has prose below it."""
    n_words = count_words(line)
    ends = ends_sentence(line) and not line.endswith("?")
    return 2 <= n_words <= _LONGEST_HEADLINE and not ends and any(count_words(one) > n_words for one in below)


# ---- web pages


def read_page(content: bytes, stem: str) -> list[Item]:
    """Return the one article of a web page, with its headline, author, date, outlet and address (trafilatura).

    What the page states about itself in its head is `found`, what trafilatura infers from it `guessed`.
    """
    declared = _CHARSET.search(content[:4096])
    page, note = decode(content, declared[1].decode("ascii") if declared else "")
    if "\0" in page:
        raise Refused("it is not a page (a NUL character in it): save the page again")
    import trafilatura  # slow to load

    read = trafilatura.bare_extraction(
        re.sub(r"^\s*<\?xml[^>]*\?>", "", page),
        include_comments=False,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    if read is None or not (read.text or "").strip():
        raise Refused("no article's text was found in the page: copy the text into a .txt file")
    head = " ".join(page[:_HEAD].split())
    fields = {}
    for name, (theirs, stated) in RULES["page"].items():
        value = getattr(read, theirs) or ""
        if not value or (name == "published" and not parse_date(value)):
            continue
        is_stated = any(value[:40] in head[at.start() : at.end() + 600] for at in re.finditer(stated, head))
        fields[name] = Field(value, *(("found", "the page's head") if is_stated else ("guessed", "the page")))
    return [make_item(read.text, fields, note=note)]


# ---- PDF and Word files


def read_pdf(content: bytes, stem: str) -> list[Item]:
    """Return the one article of a PDF: the text of its pages (pypdf)."""
    check_kind(content, b"%PDF-")
    import pypdf  # slow to load

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = pypdf.PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Refused("it is locked with a password: print it to a PDF without one")
    if len(reader.pages) > LIMITS["pages"]:
        raise Refused(f"it has {len(reader.pages):,} pages, more than {LIMITS['pages']:,}: split it into articles")
    pages, n_letters = [], 0
    for page in reader.pages:
        pages.append(_CONTROLS.sub("", page.extract_text().translate(_PRINTED)))
        n_letters += len(pages[-1])
        if n_letters > LIMITS["article_characters"]:
            break  # it is refused for its length
    text = PAGE.join(pages)
    if not text.strip():
        raise Refused("it holds no text (a scan?): recognise its text with OCR first")
    known = {}
    title = str((reader.metadata or {}).get("/Title") or "")
    if title and " ".join(title.split()).casefold() in " ".join(text[:2000].split()).casefold():
        known["headline"] = Field(title, "found", "the file's properties, and its text")
    # running heads say nothing about the article; they stay in the text, where cleaning removes and lists them
    heads = sorted(find_running_heads(text, find_options("running head")))
    edges = [0, *(edge for head in heads for edge in head), len(text)]
    bare = "".join(text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))
    return [_describe_text(bare, stem, "", known)._replace(text=text)]


def read_docx(content: bytes, stem: str) -> list[Item]:
    """Return the articles of a Word file (python-docx): one, or those of a Nexis delivery."""
    check_zip(content)
    import docx  # slow to load

    document = docx.Document(io.BytesIO(content))
    paragraphs = []
    for block in document.iter_inner_content():
        if isinstance(block, docx.table.Table):
            paragraphs += [line for row in block.rows for cell in row.cells for line in cell.paragraphs]
        else:
            paragraphs.append(block)
    texts = [_CONTROLS.sub("", paragraph.text) for paragraph in paragraphs]
    delivered = split_nexis([" ".join(text.split()) for text in texts])
    if not any(map(str.strip, texts)):
        raise Refused("it holds no text: save it as .docx again")
    styles = [paragraph.style.name if paragraph.style is not None else "" for paragraph in paragraphs]
    titles = [text for text, style in zip(texts, styles, strict=True) if text.strip() and style in _TITLES]
    known = {"headline": Field(titles[0], "found", "the document's title")} if titles else {}
    return delivered or [_describe_text("\n".join(filter(str.strip, texts)), stem, "", known)]


# ---- deliveries of Nexis


def split_nexis(lines: Sequence[str]) -> list[Item]:
    """Return the articles of a Nexis delivery in order, none where the lines are not one.

    Each article ends with `End of Document`. It gives headline, outlet, date and copyright, then `Length: 512 words`
    and other keys, then `Body`. A part without a text is an article whose text is empty. Raises Refused for the text
    files that Nexis delivered before 2020, which open each article with `1 of 9 DOCUMENTS`.
    """

    def is_article(part: Sequence[str]) -> bool:
        return any(_NEXIS["length"].match(line) or _NEXIS["body"].match(line) for line in part)

    ends = [place for place, line in enumerate(lines) if _NEXIS["end"].match(line)]
    if not ends and is_article(lines) and any(map(_NEXIS["old"].match, lines)):
        raise Refused("it is a Nexis delivery in the form used before 2020: get it again as .docx")
    if not ends or not is_article(lines):
        return []
    parts = [lines[before + 1 : after] for before, after in pairwise([-1, *ends, len(lines)])]
    kept = parts if is_article(parts[-1]) else parts[:-1]
    return [_read_nexis(list(filter(None, part)), f"article {number}") for number, part in enumerate(kept, 1)]


def _read_nexis(lines: Sequence[str], at: str) -> Item:
    def find(name: str, start: int = 0) -> int:
        found = (place for place in range(start, len(lines)) if _NEXIS[name].match(lines[place]))
        return next(found, len(lines))

    length, body = find("length"), find("body")
    first = min(length, body) + 1 if body == len(lines) else body + 1
    while body == len(lines) and first < find("below", first) and _NEXIS["key"].match(lines[first]):
        first += 1
    last = find("below", first)
    if last == len(lines):
        last = find("below_too", first)  # a paragraph of a body may start that way
    if first >= last:
        shown = f" ({lines[-1][:60]!r})" if lines else ""
        return make_item("", {}, at=at, problems=[f"the delivery holds no text of it{shown}: get it again"])
    fields = _read_keys_of_nexis([*lines[last:], *lines[:first]]) | _read_top_of_nexis(lines[: min(length, first)])
    is_known = "published" in fields
    problems = [] if is_known else ["no line with a date is above the text: headline, outlet and date are left empty"]
    return make_item("\n".join(lines[first:last]), fields, at=at, problems=problems)


def _read_keys_of_nexis(lines: Sequence[str]) -> dict[str, Field]:
    """Return what the keys above and below the body say about the article."""
    found = filter(None, map(_NEXIS["key"].match, lines))
    said = {match[1].casefold(): re.sub(r"^(?:By|BY) ", "", match[2]) for match in found if match[2]}
    ours = (("url", "link"), ("url", "url"), ("author", "byline"), ("language", "language"))  # the last counts
    return {name: Field(said[key], "found", f"the line {key.capitalize()}") for name, key in ours if key in said}


def _read_top_of_nexis(top: Sequence[str]) -> dict[str, Field]:
    """Return headline, outlet and date, which come in this order above the copyright line.

    The cover of the delivery is above the first article, so the last date is taken, and the two lines above it.
    """
    keys = [bool(_NEXIS["key"].match(line)) for line in top]
    rights = [place for place, line in enumerate(top) if keys[place] and "copyright" in line.lower()]
    dates = ["" if is_key else parse_date(line[:_LONGEST_DATE]) for line, is_key in zip(top, keys, strict=True)]
    at = max((place for place, date in enumerate(dates[: rights[0] if rights else None]) if date), default=None)
    if at is None:
        return {}
    lines = {"headline": (at - 2, "the line above the outlet"), "outlet": (at - 1, "the line above the date")}
    named = {name: Field(top[place], "found", origin) for name, (place, origin) in lines.items() if place >= 0}
    return {**named, "published": Field(dates[at], "found", "the line below the outlet")}


# a new kind of file is a function above and a line here (see the package's docstring)
ARTICLES: dict[str, Callable[[bytes, str], list[Item]]] = {
    **dict.fromkeys(("txt", "md", "text"), read_text),
    **dict.fromkeys(("html", "htm", "xhtml"), read_page),
    "pdf": read_pdf,
    "docx": read_docx,
}
