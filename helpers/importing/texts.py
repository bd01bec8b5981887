"""Plain text: its encoding, and what its first lines say about the article."""

import re

from charset_normalizer import from_bytes

from helpers.importing.columns import find_field
from helpers.importing.dates import parse_dates
from helpers.importing.items import FIELDS, Field, Item, make_item
from helpers.importing.limits import Refused
from helpers.importing.nexis import is_nexis, split_nexis
from helpers.reading.cleaning.repair import count_words, ends_sentence

_MARKS = [
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
]
_SINGLE_BYTE = ["cp1252", "cp1251"]
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_KEY = re.compile(r"^\s*\**([A-Za-z][A-Za-z _-]{1,24}?)\**\s*:\**\s*(\S.*)$")
_BYLINE = re.compile(
    r"^(?:By|BY) ((?:[A-Z][\w.’'-]*|and|de|van|von|bin|[,&])(?: (?:[A-Z][\w.’'-]*|and|de|van|von|bin|[,&])){1,8})$"
)
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_MOST_KEYS, _TOP, _LONGEST_HEADLINE, _LONGEST_STAMP = 14, 6, 20, 60
_FILE_DATE = re.compile(r"(?:^|[ _.-])((?:19|20)\d\d-\d\d(?:-\d\d)?)(?=$|[ _.-])")


def decode(content: bytes, declared: str = "") -> tuple[str, str]:
    """Return the text of a file and how its encoding was told: empty for UTF-8, else a note.

    Raises Refused where it is no text.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                return content.decode(encoding), "" if encoding == "utf-8-sig" else f"encoding {encoding}, as marked"
            except UnicodeDecodeError as error:
                raise Refused(
                    f"byte {error.start} is not {encoding}, as the file's mark says: save it as UTF-8"
                ) from None
    if b"\0" in content:
        raise Refused(f"it is not plain text (a NUL byte at byte {content.index(0)}): save it as plain text in UTF-8")
    try:
        return content.decode("utf-8"), ""
    except UnicodeDecodeError as error:
        at = error.start
    if declared:
        try:
            return content.decode(declared), f"encoding {declared}, as the page says"
        except (LookupError, UnicodeDecodeError):
            pass
    best = from_bytes(content[:200_000], cp_isolation=_SINGLE_BYTE).best()
    if best is None:
        raise Refused(f"byte {at} (0x{content[at]:02x}) is not UTF-8, and no other encoding fits: save it as UTF-8")
    encoding = best.encoding if _CYRILLIC.search(str(best)) else "cp1252"
    text = content.decode(encoding, errors="replace")
    return text, f"encoding guessed: {encoding.replace('cp', 'Windows-')}"


def read_text(content: bytes, stem: str) -> list[Item]:
    """Return the article of a text file, with what its first lines and its name say, or those of a Nexis delivery."""
    text, note = decode(content)
    lines = [" ".join(line.split()) for line in text.splitlines()]
    if is_nexis(lines):
        return [item._replace(note=note) for item in split_nexis(lines)]
    return [describe_text(text, stem, note)]


def describe_text(text: str, stem: str, note: str = "", known: dict[str, Field] | None = None) -> Item:
    """Return a text as an article: `known` fields, then those its first lines state, then guesses."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    stated, n_read = _read_keys(lines)
    body = [line for line in lines[n_read:] if line]
    if "text" in stated:
        body.insert(0, stated.pop("text").value)
    guessed = _guess(body, stem)
    problems = []
    if "published" in stated:
        iso, said = parse_dates([stated["published"].value])[0]
        if iso:
            stated["published"] = Field(iso, "found", " ".join(filter(None, (stated["published"].where, said))))
        else:
            del stated["published"]
            problems.append(said)
    starts = " ".join(body[0].split()[:8]) if n_read and body else ""
    fields = {**guessed, **stated, **(known or {})}
    return make_item(text, fields, note=note, starts_with=starts, problems=problems)


def _read_keys(lines: list[str]) -> tuple[dict[str, Field], int]:
    """Return what `Title: ...`, `Source: ...` at the top say, and how many lines that takes."""
    stated: dict[str, Field] = {}
    n_read = 0
    for number, line in enumerate(lines[:_MOST_KEYS]):
        if line == "---" and not number:  # the block that some editors write above a .md
            continue
        if line == "---" and lines[0] == "---":
            n_read = number + 1
            break
        found = _KEY.match(line)
        field = find_field(found[1]) if found else None
        if field in ("text", *FIELDS) and field not in stated:
            stated[field] = Field(found[2].strip(), "found", f"line {number + 1} of the text")
            n_read = number + 1
            if field == "text":
                break
        elif line:
            break
    return stated, n_read


def _guess(body: list[str], stem: str) -> dict[str, Field]:
    """Guess headline, author and date from the top lines and from the file's name."""
    guessed: dict[str, Field] = {}
    body_lines = [line for line in body if not _ADDRESS.fullmatch(line)]
    if body and body_lines[-1:] != body[-1:]:
        guessed["url"] = Field(body[-1], "guessed", "the last line")
    named = _FILE_DATE.search(stem)
    if named and parse_dates([named[1]])[0][0]:
        guessed["published"] = Field(named[1], "guessed", "the file's name")
    for line in body[:_TOP]:
        if _ADDRESS.fullmatch(line):
            guessed["url"] = Field(line, "guessed", "the first lines")
            continue
        byline = _BYLINE.match(line)
        if byline:
            guessed.setdefault("author", Field(byline[1], "guessed", "the first lines"))
            continue
        stamp = re.sub(r"^(?:Published|Posted|Updated)(?: on)?:? ", "", line)
        date = parse_dates([stamp])[0][0] if len(line) <= _LONGEST_STAMP and count_words(line) <= 8 else ""
        if date:
            guessed.setdefault("published", Field(date, "guessed", "the first lines"))
        elif line == next(iter(body_lines), "") and _is_headline(line, body_lines[1:]):
            guessed["headline"] = Field(line.strip("#* "), "guessed", "the first line")
    return guessed


def _is_headline(line: str, below: list[str]) -> bool:
    """Tell whether a first line is short, ends no statement, and has prose below it."""
    n_words = count_words(line)
    ends = ends_sentence(line) and not line.endswith("?")
    return 2 <= n_words <= _LONGEST_HEADLINE and not ends and any(count_words(one) > n_words for one in below[:4])
