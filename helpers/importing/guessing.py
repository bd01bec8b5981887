"""What is guessed about articles: which column is which, the date, the language and the outlet."""

import datetime
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

from helpers.importing.items import RULES, Field, Item, Refused, show
from helpers.lexicons import read_lexicon
from helpers.reading.sheets import suggest

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_YEAR, _DAY = r"(?P<year>(?:1[6-9]|20)\d\d)\b", r"\b(?P<day>\d{1,2})(?:st|nd|rd|th)?\b"
_DATES = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"^{_YEAR}(?:[-/.](?P<month>\d{{1,2}})(?:[-/.](?P<day>\d{{1,2}}))?)?(?=$|[T ,])",
        r"^(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?:T?\d{6}Z?)?$",
        rf"^(?P<month>\d{{1,2}})[./-]{_YEAR}$",
        rf"{_DAY}(?: of)?[ -]{_MONTH},?[ -]{_YEAR}",
        rf"\b{_MONTH} {_DAY},? ?{_YEAR}",
        rf"\b{_MONTH},? {_YEAR}",
    )
]
_NUMBERS = re.compile(rf"(?:^|(?<=[ ,]))(\d{{1,2}})([./-])(\d{{1,2}})\2{_YEAR}")
_LONGEST_DATE = 80  # characters: longer texts are sentences that contain a date
_HOW_TO_WRITE = "left empty; write it as 2016, 2016-02 or 2016-02-27"

_LANGUAGE_CODE = re.compile(r"([a-z]{2,3})(?:[-_][A-Za-z]{2,4})?", re.IGNORECASE)
_READ = 20_000  # characters: enough to tell the language

_ZOTERO_KEY = re.compile(r"[A-Z0-9]{8}")
_NAME_DATE = re.compile(r"^(?:\d{4}(?:-?\d\d){0,2})[ _.-]+")
_BEFORE_HEADLINE = re.compile(r"^(.{2,40}?)(?:_| - | – )")
_AFTER_HEADLINE = re.compile(r".* (?:[-–—|]|_) (.{2,40})$")  # browsers save a page as `Headline - Outlet`


# ---- columns


def fold(name: str) -> str:
    """Return a heading as headings are compared: its letters and digits, case folded."""
    return "".join(character for character in name.casefold() if character.isalnum())


@cache
def load_names() -> dict[str, str]:
    """Return our column for each name (see `fold`) that it has in other tables, the likelier names first."""
    names: dict[str, str] = {}
    for row in read_lexicon("import_columns.csv"):
        names.setdefault(fold(row["name"]), row["column"])
    return names


def check_options(columns: Mapping[str, str] | None) -> dict[str, str]:
    """Return the columns that the user chose, by our names; raise ValueError for a name that is not ours."""
    checked = {}
    for name, heading in (columns or {}).items():
        if fold(name) not in load_names():
            ours = ", ".join(["body", *sorted(set(load_names().values()))])
            raise ValueError(f"column {name!r} is not one of ours: give one of {ours}")
        checked[load_names()[fold(name)]] = heading
    return checked


def map_columns(headings: Sequence[str], columns: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return our column -> the table's: those that the user chose, and those guessed by name.

    Raises Refused where a chosen column is not there.
    """
    by_name = {fold(heading): heading for heading in reversed(headings)}
    chosen, guessed = {}, {}
    for field, heading in columns.items():
        same = [one for one in headings if one.strip() == heading.strip()] or [by_name.get(fold(heading))]
        if same[0] is None:
            shown = ", ".join(map(repr, headings[:20]))
            raise Refused(f"it has no column {heading!r}{suggest(heading, headings)}: it has {shown}")
        chosen[field] = same[0]
    for name, field in load_names().items():
        if name in by_name and field not in {*chosen, *guessed} and by_name[name] not in chosen.values():
            guessed[field] = by_name[name]
    return chosen, guessed


# ---- dates


def parse_date(written: str) -> str:
    """Return the ISO form of a date, empty where the text is not a date or could mean two days."""
    return parse_dates([written])[0][0]


def parse_dates(written: Sequence[str]) -> list[tuple[str, str]]:
    """Return, for each date of one file, its ISO form, as exact as it is known, and a note on how it was read.

    A date such as 03/04/2017 is read in the order that the other dates of the file agree on. Where they do not, and
    where a text is not a date, the ISO form is empty and the note is the reason. For an empty text both are empty.
    """
    found = [_NUMBERS.search(one) for one in written if len(one) <= _LONGEST_DATE]
    pairs = [(int(one[1]) > 12, int(one[3]) > 12) for one in found if one and one[2] != "."]
    orders = {day_first for day_first, month_first in pairs if day_first != month_first}
    day_first = orders.pop() if len(orders) == 1 else None
    return [_parse(" ".join(one.split()), day_first) for one in written]


def _parse(written: str, day_first: bool | None) -> tuple[str, str]:
    if not written:
        return "", ""
    if len(written) > _LONGEST_DATE:
        return "", f"{written[:30]!r}... is not a date: {_HOW_TO_WRITE}"
    for pattern in _DATES:
        found = pattern.search(written)
        iso = _join(**found.groupdict()) if found else ""
        if iso:
            return iso, ""
    numbers = _NUMBERS.search(written)
    if not numbers:
        return "", f"{written!r} is not a date that can be read: {_HOW_TO_WRITE}"
    one, mark, other, year = numbers.groups()
    readings = {True: _join(year, other, one), False: _join(year, one, other)}  # day first?
    possible = sorted(set(readings.values()) - {""})
    if not possible:
        return "", f"{written!r} is not a day of the calendar: left empty; write it as 2016-02-27"
    if len(possible) == 1:
        return possible[0], ""
    if mark == ".":
        return readings[True], "day first, as dates with full stops are written"
    if day_first is None:
        return "", f"{written!r} can mean {readings[True]} or {readings[False]}: left empty; write it as 2016-02-27"
    order = "day first" if day_first else "month first"
    return readings[day_first], f"{order}, as the other dates of the file are written"


def _join(year: str, month: str | None = None, day: str | None = None) -> str:
    """Return an ISO date as exact as its parts, empty where there is no such day."""
    if not month or (month.isdigit() and not int(month)):
        return year
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    if not day or not int(day):
        return f"{year}-{number:02}" if number <= 12 else ""
    try:
        return datetime.date(int(year), number, int(day)).isoformat()
    except ValueError:
        return ""


# ---- language


def add_language(item: Item) -> Item:
    """Return the article with its language as an ISO code: the one its file states, else one guessed from its words."""
    rules, text, fields = RULES["languages"], item.text[:_READ], dict(item.fields)
    stated = fields.pop("language", None)
    if stated and (code := _LANGUAGE_CODE.fullmatch(stated.value)):
        fields["language"] = Field(code[1].lower(), "found", stated.origin)
    elif sum(map(str.isalpha, text)) >= rules["least_letters"]:
        chances = dict(_load_identifier().rank(text))
        language = max(chances, key=chances.get)
        # of two related languages neither may be likely, though English is ruled out
        if chances[language] >= rules["sure"] or chances["en"] <= 1 - rules["sure"]:
            fields["language"] = Field(language, "guessed", "its words")
    return item._replace(fields=fields)


@cache
def _load_identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_modelpath(MODEL_DIR / MODEL_FILE, norm_probs=True)


# ---- outlets


def settle_outlets(found: Sequence[Item], outlet: str | None) -> list[Item]:
    """Return the articles, each with an outlet: the one given, else its file's, else by folder, address or file name.

    A guess that is another spelling of an outlet found elsewhere ("northmark-herald") takes its spelling. Where the
    files of a sub-folder name one outlet and no other, the other articles in it are taken to be from that outlet.
    """
    if outlet:
        return [item.with_field("outlet", Field(show(outlet).strip(), "found", "as asked for")) for item in found]
    folders = [_guess_folder(item.path) for item in found]
    names = [[] if item.at else _split_name(item.path) for item in found]
    in_folder: dict[str, set[str]] = {}
    spelling: dict[str, str] = {}
    for item, folder in zip(found, folders, strict=True):
        field = item.fields.get("outlet")
        if field and field.status == "found":
            in_folder.setdefault(folder, set()).add(field.value)
            spelling.setdefault(_fold_outlet(field.value), field.value)
    spelling = {_fold_outlet(folder): folder for folder in folders if folder} | spelling
    n_files = Counter(_fold_outlet(name) for parts in names for name in parts)
    settled = []
    for item, folder, parts in zip(found, folders, names, strict=True):
        guess = item.fields.get("outlet")
        repeated = [part for part in parts if n_files[_fold_outlet(part)] > 1 or _fold_outlet(part) in spelling]
        if guess and guess.status == "found":
            settled.append(item)
            continue
        if folder:
            stated = in_folder.get(folder, set())
            guess = Field(*(stated if len(stated) == 1 else [folder]), "guessed", f"the sub-folder {folder!r}")
        elif guess is None and (host := _guess_from_address(item.get("url"))):
            guess = Field(host, "guessed", "its address")
        elif guess is None and repeated:
            guess = Field(repeated[0], "guessed", "the file's name")
        guess = guess or Field(RULES["names"]["unknown_outlet"], "missing", "")
        value = spelling.get(_fold_outlet(guess.value), guess.value)
        settled.append(item.with_field("outlet", guess._replace(value=value)))
    return settled


def may_be_outlet(name: str) -> bool:
    """Return whether a folder or sheet of this name can be an outlet's: it has letters, and is no date or `Sheet1`."""
    bare = re.sub(r"[\d\W_]+$", "", name.casefold())
    return bool(bare) and bare not in RULES["names"]["no_outlet"] and not parse_date(name)


def _guess_folder(path: Path) -> str:
    """Return the first sub-folder on the path that may be an outlet's, empty where none is."""
    parts = [show(part).strip() for part in path.parts[:-1]]
    return next((part for part in parts if may_be_outlet(part) and not _ZOTERO_KEY.fullmatch(part)), "")


def _split_name(path: Path) -> list[str]:
    """Return what is before and after the headline in a file's name, where it has such parts."""
    stem = _NAME_DATE.sub("", show(path.stem))
    parts = [found[1].strip() for pattern in (_BEFORE_HEADLINE, _AFTER_HEADLINE) if (found := pattern.match(stem))]
    return [part for part in dict.fromkeys(parts) if any(map(str.isalpha, part))]


def _guess_from_address(url: str) -> str:
    with suppress(ValueError):
        parts = (urlsplit(url).hostname or "").split(".")
        return max((part for part in parts if part not in RULES["names"]["no_host"]), key=len, default="")
    return ""


def _fold_outlet(name: str) -> str:
    return fold(re.sub(r"^the[ _-]", "", name.casefold()))
