"""What is guessed about articles: the date (dateparser), the language, the outlet, and what speaks against them."""

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path

from dateparser.date import DateDataParser
from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

from helpers.importing.items import ADDRESS, LIMITS, PATTERNS, RULES, Field, Item, fold, mend_text, show
from helpers.reading.cleaning.repair import count_words
from helpers.reading.files import normalize

LONGEST_DATE = 80  # characters: longer texts are sentences that contain a date
_FORMS = PATTERNS["date_forms"]
_EXACT = {"year": 4, "month": 7, "day": 10}  # characters of an ISO date; a day not written dateparser may make up
_READ = 20_000  # characters: enough to tell the language


def parse_date(written: str, day_first: bool | None = None) -> str:
    """Return the ISO form of a date, as exact as it is written; empty where it is none or could mean two days.

    `day_first` says how dates such as 03/04/2017 are read, where that is known (see `find_order`).
    """
    days = find_days(written)
    return days.get(day_first) or (days[True] if days and days[True] == days[False] else "")


def find_order(written: Iterable[str]) -> bool | None:
    """Return whether the dates of one file that are certain have the day first; None where they do not agree."""
    numbers = [(int(one[1]), int(one[2])) for one in map(_FORMS["numbers"].search, written) if one]
    certain = {first > 12 for first, second in numbers if max(first, second) > 12}
    return certain.pop() if len(certain) == 1 else None


@lru_cache(100_000)  # many articles of a table are from one day
def find_days(written: str) -> dict[bool, str]:
    """Return what a date means in ISO form with the day first (True) and the month first (False); empty if it is none.

    It may stand in other words: it is then at most four words, the last with the year, and no mere year.
    """
    text = " ".join(_FORMS["time"].sub(" ", written).split()) if len(written) <= LONGEST_DATE else ""
    with suppress(ValueError):  # quicker, for large tables
        text = datetime.date.fromisoformat(text).isoformat()
        return dict.fromkeys((True, False), text) if _FORMS["year"].search(text) else {}
    words = text.split()
    last = next((place for place, word in enumerate(words, 1) if _FORMS["year"].search(word)), 0)
    for part in (text, *(" ".join(words[max(0, last - n) : last]) for n in (4, 3, 2, 1))) if last else ():
        numbers, known = {*map(int, re.findall(r"\d+", part))}, {}
        for day_first, order in ((True, "DMY"), (False, "DMY" if _FORMS["day_first"].search(part) else "MDY")):
            read = _load_parser(order).get_date_data(part)
            is_written = read.period != "day" or (read.date_obj and read.date_obj.day in numbers)
            if read.date_obj and is_written and (size := _EXACT.get(read.period)):
                known[day_first] = read.date_obj.date().isoformat()[:size]
        exact = len(known.get(True, ""))
        if exact == 10 or (exact and part == text) or (exact == 7 and not part[:1].isdigit()):
            return known
    return {}


@cache
def _load_parser(order: str) -> DateDataParser:
    settings = {"DATE_ORDER": order, "PARSERS": ["absolute-time"], "REQUIRE_PARTS": ["year"]}
    return DateDataParser(languages=RULES["dates"]["languages"], settings=settings)


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
    written = lines.get("published", "")
    named = "" if item.at else _FORMS["in_a_name"].search(path.stem)
    if iso := parse_date(written):
        fields["published"] = fields["published"]._replace(value=iso)
    elif named and parse_date(named[1]):
        fields["published"] = Field(named[1], "guessed", "the file's name")
    elif written:
        why = "is no date, or could mean two days: left empty; write it as 2016, 2016-02 or 2016-02-27"
        fields["published"] = Field("", "missing", f"{written[:40]!r} {why}")
    stated = fields.pop("language", None)
    if stated and (code := re.fullmatch("([A-Za-z]{2})(?:[-_][A-Za-z]{2,4})?", stated.value)):
        fields["language"] = Field(code[1].lower(), "found", stated.origin)
    elif language := _guess_language(normalize(text[:_READ])):
        fields["language"] = Field(language, "guessed", "its words")
    return item._replace(text=text, fields=fields, path=path, note="; ".join(filter(None, (item.note, mended, note))))


def _guess_language(text: str) -> str:
    """Return the language of most of the text: that of its paragraphs, where they are long enough to tell."""
    rules, letters = RULES["languages"], Counter()
    n_letters = {part: sum(map(str.isalpha, part)) for part in (*text.splitlines(), text)}
    long = [part for part, n in n_letters.items() if n >= rules["least_letters"]]
    for part in long[:-1] or long:  # the last is the whole text
        chances = dict(_load_identifier().rank(part))
        language = max(chances, key=chances.get)
        # of two related languages neither may be likely, though English is ruled out
        if chances[language] >= rules["sure"] or chances["en"] <= 1 - rules["sure"]:
            letters[language] += n_letters[part]
    return max(letters, key=letters.get, default="")


@cache
def _load_identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_modelpath(MODEL_DIR / MODEL_FILE, norm_probs=True)


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


def settle_outlets(items: Sequence[Item], outlet: str | None) -> list[Item]:
    """Return the articles, each with an outlet: the one given, else its file's, else by folder or address.

    A guess that is another spelling of an outlet found elsewhere ("northmark-herald") takes its spelling. Where the
    files of a sub-folder name one outlet and no other, the other articles in it are taken to be from that outlet.
    """
    default = Field(RULES["names"]["unknown_outlet"], "missing", "")
    asked = Field(show(outlet), "found", "as asked for") if outlet else None
    known = [(item, _guess_folder(item.path), asked or item.fields.get("outlet", default)) for item in items]
    stated: dict[str, set[str]] = {}
    for _, folder, field in known:
        if field.status == "found":
            stated.setdefault(folder, set()).add(field.value)
    spelling = {fold(name): name for names in stated.values() for name in sorted(names, reverse=True)}
    settled = []
    for item, folder, field in known:
        host = re.sub(r"^[a-z]+://|[/:?#].*", "", item.get("url").casefold())
        parts = set(host.split(".")) - {"", *RULES["names"]["no_host"]}
        if field.status != "found" and folder:
            names = stated.get(folder, ())
            field = Field(*names if len(names) == 1 else (folder,), "guessed", f"the sub-folder {folder!r}")
        elif field.status == "missing" and parts:
            field = Field(max(sorted(parts), key=len), "guessed", "its address")
        name = spelling.get(fold(field.value), field.value) if field.status == "guessed" else field.value
        field = field._replace(value=name.replace("|", "/"))  # a bar separates names in the tables
        settled.append(item._replace(fields={**item.fields, "outlet": field}))
    return settled


def _guess_folder(path: Path) -> str:
    """Return the first sub-folder on the path that may be an outlet's: it has letters, and is no date or `texts 2`."""
    for part in map(show, path.parts[:-1]):
        bare, is_key = re.sub(r"[\d\W_]+$", "", part.casefold()), re.fullmatch("[A-Z0-9]{8}", part)  # Zotero's
        is_other = bare in RULES["names"]["no_outlet"] or is_key or parse_date(part)
        if bare and not is_other:
            return part
    return ""
