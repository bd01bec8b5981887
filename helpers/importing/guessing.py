"""What is guessed about articles: which column is which, the date, the language and the outlet."""

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

from helpers.importing.items import ADDRESS, LIMITS, PATTERNS, RULES, Field, Item, mend_text, show
from helpers.lexicons import read_lexicon
from helpers.reading.cleaning.repair import count_words
from helpers.reading.files import normalize

_PARTS = {"YEAR": r"(?P<year>(?:1[6-9]|20)\d\d)\b", "DAY": r"\b(?P<day>\d{1,2})(?:st|nd|rd|th)?\b"}
_PARTS["MONTH"] = rf"\b(?P<month>{'|'.join(RULES['dates']['months'])})\b\.?"
_DATES = [
    re.compile(re.sub("YEAR|DAY|MONTH", lambda part: _PARTS[part[0]], form), re.IGNORECASE)
    for form in RULES["dates"]["forms"]
]
_NUMBERS = re.compile(rf"(?:^|(?<=[ ,]))(\d{{1,2}})([./-])(\d{{1,2}})\2{_PARTS['YEAR']}")
_FORMS = "2016, 2016-02 or 2016-02-27"
LONGEST_DATE = 80  # characters: longer texts are sentences that contain a date

_NAMED_DATE = re.compile(r"(?:^|[ _.-])((?:19|20)\d\d-\d\d(?:-\d\d)?)(?=$|[ _.-])")
_LANGUAGE_CODE = re.compile(r"([a-z]{2})(?:[-_][A-Za-z]{2,4})?", re.IGNORECASE)
_READ = 20_000  # characters: enough to tell the language
_ZOTERO_KEY = re.compile(r"[A-Z0-9]{8}")


def fold(name: str) -> str:
    """Return a heading, or an outlet's name, as such are compared: its letters and digits, case folded, without The."""
    return "".join(filter(str.isalnum, re.sub(r"^the[ _-]", "", name.casefold())))


@cache
def load_names() -> dict[str, str]:
    """Return our column for each name (see `fold`) that it has in other tables, the likelier names first."""
    return {fold(row["name"]): row["column"] for row in read_lexicon("import_columns.csv")}


# ---- dates


def parse_date(written: str, day_first: bool | None = None) -> str:
    """Return the ISO form of a date, as exact as it is written; empty where it is none or could mean two days.

    `day_first` says how dates such as 03/04/2017 are read, where that is known (see `find_order`).
    """
    if len(written) > LONGEST_DATE:
        return ""
    for pattern in _DATES:
        found = pattern.search(written)
        if found and (iso := _join(**found.groupdict())):
            return iso
    days = find_days(written)
    return days.get(day_first) or (next(iter(days.values())) if len({*days.values()}) == 1 else "")


def find_order(written: Iterable[str]) -> bool | None:
    """Return whether the dates of one file that are certain have the day first; None where they do not agree."""
    certain = {order for days in map(find_days, written) if len(days) == 1 for order in days}
    return certain.pop() if len(certain) == 1 else None


def find_days(written: str) -> dict[bool, str]:
    """Return what a date of numbers means with the day first (True) and the month first; with dots it is the day."""
    numbers = _NUMBERS.search(" ".join(written.split()))
    if not numbers:
        return {}
    one, mark, other, year = numbers.groups()
    days = {True: _join(year, other, one), False: "" if mark == "." else _join(year, one, other)}
    return {day_first: iso for day_first, iso in days.items() if iso}


def _join(year: str, month: str | None = None, day: str | None = None) -> str:
    """Return an ISO date as exact as its parts, empty where there is no such day."""
    if not month or (month.isdigit() and not int(month)):
        return year
    named = (re.fullmatch(pattern, month, re.IGNORECASE) for pattern in RULES["dates"]["months"])
    number = int(month) if month.isdigit() else [bool(found) for found in named].index(True) + 1
    with suppress(ValueError):
        if day and int(day):
            return datetime.date(int(year), number, int(day)).isoformat()
        return datetime.date(int(year), number, 1).isoformat()[:7]
    return ""


# ---- articles


def finish_item(item: Item, path: Path, note: str) -> Item:
    """Return an article as its reader gave it without empty fields, each value on one line, and with guesses.

    Entities, and what was decoded twice, are mended; the date is in ISO form, if need be that in the file's name. An
    address given as the outlet becomes the url. The language is the ISO code of the one that its file states, else that
    of most of its text, guessed from its words. `path` is the file's, `note` says how it was decoded.
    """
    text, mended = mend_text(item.text)
    most = LIMITS["cell_characters"]
    lines = {name: show(mend_text(field.value)[0])[:most] for name, field in item.fields.items()}
    fields = {name: item.fields[name]._replace(value=value) for name, value in lines.items() if value}
    if "outlet" in fields and ADDRESS.fullmatch(fields["outlet"].value):  # a column `source` may hold addresses
        fields.setdefault("url", fields.pop("outlet"))
    named = "" if item.at else _NAMED_DATE.search(path.stem)
    if (written := lines.get("published")) and (iso := parse_date(written)):
        fields["published"] = fields["published"]._replace(value=iso)
    elif named and parse_date(named[1]):
        fields["published"] = Field(named[1], "guessed", "the file's name")
    elif written:
        reason = f"{written[:40]!r} is no date, or could mean two days: left empty; write it as {_FORMS}"
        fields["published"] = Field("", "missing", reason)
    stated = fields.pop("language", None)
    if stated and (code := _LANGUAGE_CODE.fullmatch(stated.value)):
        fields["language"] = Field(code[1].lower(), "found", stated.origin)
    elif language := _guess_language(normalize(text[:_READ])):
        fields["language"] = Field(language, "guessed", "its words")
    return item._replace(text=text, fields=fields, path=path, note="; ".join(filter(None, (item.note, mended, note))))


def check_item(item: Item) -> Item:
    """Return the article with a note on what speaks against its text or date, or why it cannot be used.

    The field `complete` says why it seems to be cut off.
    """
    fields, notes, n_words, n_letters = dict(item.fields), [item.note], count_words(item.text), len(item.text)
    date, oldest, most = item.get("published"), RULES["dates"]["oldest"], LIMITS["article_characters"]
    is_late = date > datetime.date.today().isoformat()[: len(date)]
    last = item.text.rstrip().rpartition("\n")[2].strip()[-400:]
    for reason, pattern in PATTERNS["cut"].items():
        if found := pattern.search(last):
            fields.setdefault("complete", Field(f"no: {reason}, {found[0].strip()[-40:]!r}", "guessed", "its end"))
    if fields.get("complete", ("",))[0].startswith("no: "):
        notes.append(f"the text seems to be cut off ({fields['complete'].value[4:]}): get the whole")
    if n_words < LIMITS["short_words"]:
        notes.append(f"it has {n_words} words: if it is no article, delete its row in articles.csv")
    if date and (is_late or date < oldest):
        when = "in the future" if is_late else f"before {oldest}"
        notes.append(f"its date, {date}, is {when}: correct it in articles.csv if it is wrong")
    refused = item.refused or ("" if any(map(str.isalpha, item.text)) else "its text holds no word: not taken")
    if "\0" in item.text:
        refused = "its text holds a NUL character, so it is not plain text: save it again"
    if n_letters > most:
        refused = f"its text has {n_letters:,} characters, more than {most:,}: split it into articles: not taken"
    return item._replace(fields=fields, note="; ".join(filter(None, notes)), refused=refused)


def _guess_language(text: str) -> str:
    """Return the language of most of the text: that of its paragraphs, where they are long enough to tell."""
    rules, identifier, letters = RULES["languages"], _load_identifier(), Counter()
    for part in [*text.splitlines(), text]:
        n_letters = sum(map(str.isalpha, part))
        if n_letters >= rules["least_letters"] and (part is not text or not letters):
            chances = dict(identifier.rank(part))
            language = max(chances, key=chances.get)
            # of two related languages neither may be likely, though English is ruled out
            if chances[language] >= rules["sure"] or chances["en"] <= 1 - rules["sure"]:
                letters[language] += n_letters
    return max(letters, key=letters.get, default="")


@cache
def _load_identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_modelpath(MODEL_DIR / MODEL_FILE, norm_probs=True)


# ---- outlets


def settle_outlets(items: Sequence[Item], outlet: str | None) -> list[Item]:
    """Return the articles, each with an outlet: the one given, else its file's, else by folder or address.

    A guess that is another spelling of an outlet found elsewhere ("northmark-herald") takes its spelling. Where the
    files of a sub-folder name one outlet and no other, the other articles in it are taken to be from that outlet.
    """
    given = Field(show(outlet or ""), "found", "as asked for")
    unknown = Field(RULES["names"]["unknown_outlet"], "missing", "")
    fields = [given if outlet else item.fields.get("outlet", unknown) for item in items]
    folders = [_guess_folder(item.path) for item in items]
    found = [(folder, field.value) for folder, field in zip(folders, fields, strict=True) if field.status == "found"]
    stated: dict[str, set[str]] = {}
    for folder, name in found:
        stated.setdefault(folder, set()).add(name)
    spelling = {fold(folder): folder for folder in folders}
    spelling |= {fold(folder): min(own) for folder, own in stated.items() if folder and len(own) == 1}
    spelling |= {fold(name): name for _, name in reversed(found)}  # the first that is stated counts
    settled = []
    for item, guess, folder in zip(items, fields, folders, strict=True):
        if guess.status != "found" and folder:
            guess = Field(folder, "guessed", f"the sub-folder {folder!r}")
        elif guess.status == "missing" and (url := item.get("url")):
            parts = set(re.sub(r"^[a-z]+://|[/:?#].*", "", url.casefold()).split(".")) - {*RULES["names"]["no_host"]}
            guess = Field(max(sorted(parts), key=len), "guessed", "its address") if parts else guess
        name = guess.value if guess.status == "found" else spelling.get(fold(guess.value), guess.value)
        guess = guess._replace(value=name.replace("|", "/"))  # a bar separates names in the tables
        settled.append(item._replace(fields={**item.fields, "outlet": guess}))
    return settled


def _guess_folder(path: Path) -> str:
    """Return the first sub-folder on the path that may be an outlet's: it has letters, and is no date or `texts 2`."""
    for part in map(show, path.parts[:-1]):
        bare = re.sub(r"[\d\W_]+$", "", part.casefold())
        is_other = bare in RULES["names"]["no_outlet"] or _ZOTERO_KEY.fullmatch(part) or parse_date(part)
        if bare and not is_other:
            return part
    return ""
