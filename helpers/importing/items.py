"""An article on its way into a corpus: its limits and names, its text mended, its date, language and outlet guessed."""

import codecs
import datetime
import html
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from dateparser.date import DateDataParser
from ftfy import fix_encoding
from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

from helpers.lexicons import LEXICONS, read_lexicon
from helpers.reading import aliases
from helpers.reading.cleaning.repair import count_words, squeeze
from helpers.reading.files import STRAY, drop_controls, find_utf16, normalize

RULES = tomllib.loads((LEXICONS / "importing.toml").read_text(encoding="utf-8"))
LIMITS: dict[str, int] = RULES["limits"]
PATTERNS = {
    table: {name: re.compile(pattern, re.MULTILINE) for name, pattern in patterns.items()}
    for table, patterns in RULES["patterns"].items()
}
FIELDS = ("headline", "author", "published", "outlet", "language", "url")
ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_load_identifier = cache(partial(LanguageIdentifier.from_modelpath, MODEL_DIR / MODEL_FILE, norm_probs=True))  # slow
_FORMS, _MARKS = PATTERNS["date_forms"], PATTERNS["marks"]
_PARSER = DateDataParser(RULES["dates"]["languages"], settings=RULES["dates"]["dateparser"])


class Refused(ValueError):
    """A file, or a part of one, cannot be used; the message says why and how to fix it."""


class Field(NamedTuple):
    """A value, whether it was `found`, `guessed` or is `missing`, and where it comes from."""

    value: str
    status: str
    origin: str


class Item(NamedTuple):
    """An article as read: its text, what is known about it, and where it comes from.

    `at` is its place in the file ("row 7"), empty if it is the whole file; `path` is the file's path in the source
    folder; `notes` say how the text was read, and what speaks against it; `refused` says why it, or the whole file,
    cannot be used.
    """

    text: str = ""
    fields: dict[str, Field] = {}  # noqa: RUF012 (never changed in place)
    at: str = ""
    notes: tuple[str, ...] = ()
    refused: str = ""
    path: Path = Path()

    @property
    def origin(self) -> str:
        """The file and the place in it, as shown to the user."""
        return show(f"{self.path.as_posix()} {self.at}".strip())

    def get(self, name: str) -> str:
        """Return the value of a field, empty where it is not known."""
        return self.fields[name].value if name in self.fields else ""


def show(name: str) -> str:
    """Return a name or path on one line, as shown to the user: without characters that turn or hide text."""
    return " ".join(drop_controls(normalize(name)).split())


def fold(name: str) -> str:
    """Return a heading, or an outlet's name, as such are compared: its letters and digits, case folded, without The."""
    return "".join(filter(str.isalnum, re.sub(r"^the[ _-]", "", name.casefold())))


# our column for each name (see `fold`) that it has in other tables, the likelier names first
NAMES = {fold(row["name"]): row["column"] for row in read_lexicon("import_columns.csv")}


def decode(content: bytes) -> tuple[str, str]:
    """Return the text of a file, and a note on its encoding where that is not UTF-8.

    Raises Refused where the file is not plain text.
    """
    if encoding := find_utf16(content):
        with suppress(UnicodeDecodeError):
            how = "as marked" if encoding == "utf-16" else "guessed"
            return content.decode(encoding), f"encoding {encoding}, {how}"
    if b"\0" in content:
        raise Refused(f"it is not plain text (a NUL byte at byte {content.index(0)}): save it as plain text in UTF-8")
    with suppress(UnicodeDecodeError):
        return content.decode("utf-8-sig"), ""
    lenient = content.decode("utf-8", errors="replace")
    n_bad = lenient.count("\ufffd")
    if sum(len(letter.encode()) for letter in lenient if letter > "\x7f") - 3 * n_bad > n_bad:
        text = content.decode("utf-8-sig", errors=STRAY)
        return text, f"bytes that are not UTF-8, read as Windows-1252: {n_bad}; look at them"
    if declared := re.search(rb"""(?i)<meta[^>]{0,200}?charset\s*=\s*["']?([\w-]{2,20})""", content[:4096]):
        with suppress(LookupError, UnicodeDecodeError):
            named = codecs.lookup(declared[1].decode("ascii")).name
            encoding = RULES["encodings"].get(named, named)
            return content.decode(encoding), f"encoding {encoding}, as the page says"
    # é and closing marks in Mac Roman, and all in Windows-1252, where the first would be Ž, Ó, Õ behind small letters
    if len(re.findall(rb"(?<=[a-z.,!?])[\x8e\xd3\xd5]", content)) > len(re.findall(rb"[\x91-\x97\xe0-\xff]", content)):
        return content.decode("mac_roman"), "encoding guessed: Mac Roman"
    encoding = "cp1251" if re.search(rb"[\xc0-\xff]{4}", content) else "cp1252"  # Cyrillic: no accents come in fours
    return content.decode(encoding, errors="replace"), f"encoding guessed: {encoding.replace('cp', 'Windows-')}"


def mend_text(text: str) -> tuple[str, list[str]]:
    """Return a text with its entities read and with what was decoded twice set right, and notes on what was wrong."""
    mended = text = re.sub("\r\n?|[\u2028\u2029]", "\n", text).replace("\0", "\ufffd")
    for _ in range(2):  # some programs escape twice
        mended = _MARKS["entity"].sub(lambda entity: html.unescape(entity[0]), mended)
    mended = _MARKS["line_end"].sub("\n", mended)
    notes = ["entities such as &amp; or \\n were read"] if mended != text else []
    before, lines = mended, _MARKS["half_mark"].sub("”", mended).split("\n")
    mended = "\n".join(line if line.isascii() else fix_encoding(line) for line in lines)
    notes += ["its encoding was mistaken before (such as â€œ for “): mended"] * (mended != before)
    notes += [reason for reason, pattern in PATTERNS["lost"].items() if pattern.search(mended)]
    return mended or text, notes


def parse_date(written: str, day_first: bool | None = None) -> str:
    """Return the ISO form of a date, as exact as it is written; empty where it is none or could mean two days.

    `day_first` says how dates such as 03/04/2017 are read, where that is known (see `find_order`).
    """
    days = find_days(written)
    return days.get(day_first) or (days.get(True, "") if days.get(True) == days.get(False) else "")


def find_order(written: Iterable[str]) -> bool | None:
    """Return whether the dates of one file that are certain have the day first; None where they do not agree."""
    found = (_FORMS["numbers"].search(one) or _FORMS["month_first"].match(one) for one in written)
    numbers = [(int(one[1]), int(one[2])) for one in found if one]
    certain = {first > 12 for first, second in numbers if max(first, second) > 12}
    return certain.pop() if len(certain) == 1 else None


@lru_cache(100_000)  # many articles of a table are from one day
def find_days(written: str) -> dict[bool, str]:
    """Return what a date means in ISO form with the day first (True) and the month first (False); empty if it is none.

    It may stand in other words: it is then at most five words, the last with the year, and no mere year. In numbers
    with the year first the month is second; with a year of two digits, month and day come first, or nobody knows.
    """
    text = " ".join(_FORMS["time"].sub(" ", written).split()) if len(written) <= RULES["dates"]["longest"] else ""
    text = _FORMS["short_year"].sub(r"\1 20\2", text)
    if _FORMS["no_day"].search(text):
        return {}
    if _FORMS["month_first"].fullmatch(text):
        with suppress(ValueError):  # no such day: another order
            day = datetime.datetime.strptime(text, "%m/%d/%y").date()
            return {order: day.isoformat() for order in (True, False) if day.day > 12 or not order}
    if year_first := _FORMS["year_first"].search(text):
        with suppress(TypeError, ValueError):  # no such day; a week
            return dict.fromkeys((True, False), datetime.date(*map(int, filter(None, year_first.groups()))).isoformat())
        return {}
    words = text.split()
    last = next((place for place, word in enumerate(words, 1) if _FORMS["year"].search(word)), 0)
    for n in (0, *range(min(last, 5), 0, -1)) if last else ():
        part = " ".join(words[last - n : last]) if n else text
        read, numbers = _PARSER.get_date_data(part), {*map(int, re.findall(r"\d+", part))}
        date, size = read.date_obj, {"year": 4, "month": 7, "day": 10}.get(read.period)
        # "Post, March 2016", and not "Mission to Mars 2016"; "2016 at noon", and not "Man 2016", a Monday in Danish
        is_apart = part == text or (last > n and _FORMS["before_month"].search(words[last - n - 1]))
        is_month = date and (date.month not in numbers or _FORMS["month"].search(part))  # and not the 4 of "4 Mart"
        is_day = date and date.day in numbers and (date.month in numbers or re.search(r"[^\W\d_]{2}", part))
        is_year = part == text and not _FORMS["word"].search(part)
        if date and {10: is_day, 7: is_month and is_apart, 4: is_year}.get(size):  # some are made up
            is_open = size == 10 and date.day <= 12 and _FORMS["numbers"].search(part)
            other = date.replace(day=date.month, month=date.day) if is_open else date
            return {True: date.date().isoformat()[:size], False: other.date().isoformat()[:size]}
    return {}


def finish_item(item: Item, path: Path, note: str = "") -> Item:
    """Return an article as its reader gave it without empty fields, each value on one line, and with guesses.

    Entities, and what was decoded twice, are mended, long paragraphs kept once (a page may hold them for each size of
    screen); the date is in ISO form, if need be that in the file's name. An address given as the outlet becomes the
    url. The language is the ISO code of the one that its file states, else that of most of its text, guessed from the
    words of its longer paragraphs. `path` is the file's, `note` says how it was decoded.
    """
    text, mended = mend_text(item.text)
    printed = pd.Series(text.split("\n"), dtype="object")
    again = printed.map(squeeze).duplicated() & printed.map(count_words).ge(LIMITS["least_words"])
    mended += [f"paragraphs that stand in it a second time were left out: {again.sum()}"] * bool(again.any())
    text, mended = "\n".join(printed[~again]), [*mended, *find_turned(text)]
    lines = {name: show(mend_text(field.value)[0])[: LIMITS["cell_characters"]] for name, field in item.fields.items()}
    fields = {name: item.fields[name]._replace(value=value) for name, value in lines.items() if value}
    if "outlet" in fields and ADDRESS.fullmatch(fields["outlet"].value):  # a column `source` may hold addresses
        fields.setdefault("url", fields.pop("outlet"))
    if url := lines.get("url", ""):
        full = f"https://{url}" if re.match(r"(?:[\w-]+\.)+[A-Za-z]{2,}(?:[/?#]|$)", url) else url
        other = Field("", "missing", f"{url[:40]!r} is no web address: left empty; write it as https://...")
        fields["url"] = fields["url"]._replace(value=full) if ADDRESS.fullmatch(full) else other
    written = lines.get("published", "")
    named = "" if item.at else _FORMS["in_a_name"].search(path.stem)
    if iso := parse_date(written):
        fields["published"] = fields["published"]._replace(value=iso)
    elif named and (iso := parse_date(named[1].replace("_", "-"))):
        fields["published"] = Field(iso, "guessed", "the file's name")
    elif written:
        fields["published"] = Field("", "missing", f"{written[:40]!r} {RULES['names']['no_date']}")
    stated = fields.pop("language", None)
    if stated and (code := re.fullmatch("([A-Za-z]{2})(?:[-_][A-Za-z]{2,4})?", stated.value)):
        fields["language"] = Field(code[1].lower(), "found", stated.origin)
    else:
        rules, letters, start = RULES["languages"], Counter(), normalize(text[: LIMITS["language_characters"]])
        parts = (*start.splitlines(), start)
        long = [part for part in parts if sum(map(str.isalpha, part)) >= rules["least_letters"]]
        for part in long[:-1] or long:  # the last is the whole text
            chances = dict(_load_identifier().rank(part))
            letters["en" if chances["en"] > rules["ruled_out"] else max(chances, key=chances.get)] += len(part)
        if letters:
            fields["language"] = Field(max(letters, key=letters.get), "guessed", "its words")
    return item._replace(text=text, fields=fields, path=path, notes=(*item.notes, *mended, *filter(None, [note])))


def find_turned(times: str) -> list[str]:
    """Return a note where the times that begin lines go back, as in a live blog whose newest entry stands first."""
    found = [*dict.fromkeys(time.replace(".", ":") for time in _FORMS["clock"].findall(times))]
    is_turned = len(found) > 2 and pd.to_datetime(found, format="mixed", errors="coerce").is_monotonic_decreasing
    return [RULES["names"]["newest_first"]] * is_turned


def check_item(item: Item) -> Item:
    """Return the article with a note on what speaks against its text, or why it cannot be used.

    The field `complete` says why it seems to be cut off. Whether its date can be is said where the corpus is opened.
    """
    fields, notes, n_words, refused = dict(item.fields), [*item.notes], count_words(item.text), item.refused
    last = item.text.rstrip().rpartition("\n")[2].strip()[-400:]
    for reason, pattern in PATTERNS["cut"].items():
        if found := pattern.search(last):
            fields.setdefault("complete", Field(f"no: {reason}, {found[0].strip()[-40:]!r}", "guessed", "its end"))
    if fields.get("complete", ("",))[0].startswith("no: "):
        notes.append(f"the text seems to be cut off ({fields['complete'].value[4:]}): get the whole")
    is_short = n_words < LIMITS["short_words"]
    notes += [f"it has {n_words} words: if it is no article, delete its row in articles.csv"] * is_short
    notes += [f"language {code}: kept, not measured (English only)" for code in {item.get("language")} - {"", "en"}]
    if len(item.text) > (most := LIMITS["article_characters"]):
        refused = f"its text has {len(item.text):,} characters, more than {most:,}: split it into articles: not taken"
    elif not any(map(str.isalpha, ADDRESS.sub("", item.text))):
        refused = refused or "its text holds no word: not taken"
    return item._replace(fields=fields, notes=tuple(notes), refused=refused)


def settle_outlets(items: Sequence[Item], outlet: str | None, listed: Iterable[str] = ()) -> Iterator[Item]:
    """Yield the articles, each with an outlet: the one given, else its file's, else by folder or address.

    The folder is the first on the path that may be an outlet's: it has letters, and is no date or `texts 2`. Where the
    files of a folder name one outlet and no other, the other articles in it are from that outlet, unless the folder
    has the name of one; what rows of a table say is theirs alone. Names that are one to `aliases.fold` ("AYTON-POST",
    "A.P. News" and "AP News") take the spelling of the outlets `listed` in the corpus, else the most frequent, with a
    note, as has one that differs by The, marks or a place; a guess ("northmark-herald") takes that of one found.
    """
    default = Field(RULES["names"]["unknown_outlet"], "missing", RULES["names"]["no_outlet_known"])
    asked = Field(show(outlet), "found", "as asked for") if outlet else None
    known, stated, no_outlet = [], {}, PATTERNS["folders"]["no_outlet"]
    for item in items:
        parts, field = map(show, item.path.parts[:-1]), asked or item.fields.get("outlet", default)
        field = field._replace(value=re.sub("^(.+), The$", r"The \1", field.value.removeprefix("www.")))  # as in lists
        folder = next((part for part in parts if not (no_outlet.fullmatch(part) or parse_date(part))), "")
        known.append((item, folder, field))
        if field.status == "found":
            stated.setdefault("" if item.at else folder, set()).add(field.value)
    found = Counter(field.value for _, _, field in known if field.status == "found")
    names = [*sorted(found, key=found.get), *listed]  # of a spelling the last counts
    spelling = {fold(name): name for name in names} | {aliases.fold(name): name for name in names}
    for item, folder, field in known:
        host = re.sub(r"^[a-z]+://(?:www\.)?|[/:?#].*", "", item.get("url").casefold())
        parts = [part for part in sorted(host.split(".")) if part not in RULES["names"]["no_host"]]
        if field.status != "found" and folder:
            names = stated.get(folder, ()) if fold(folder) not in spelling else ()
            field = Field(*names if len(names) == 1 else (folder,), "guessed", f"the sub-folder {folder!r}")
        elif field.status == "missing" and parts:
            field = Field(host if fold(host) in spelling else max(parts, key=len), "guessed", "its address")
        name = spelling.get((fold if field.status == "guessed" else aliases.fold)(field.value), field.value)
        near, notes = spelling.get(fold(re.sub(r" \(.*\)$", "", name)), name), [*item.notes]
        if field.status == "found" and name != field.value:
            notes.append(f"its outlet, {field.value!r}, is read as {name!r}: if they are two, correct articles.csv")
        elif near != name:  # they differ by The, by marks, or by a place: The Gazette (London)
            notes.append(f"its outlet, {name!r}, is kept apart from {near!r}: if they are one, correct articles.csv")
        field = field._replace(value=name.replace("|", "/"))  # a bar separates names in the tables
        yield item._replace(fields={**item.fields, "outlet": field}, notes=tuple(notes))
