"""An article on its way into a corpus, and what the readers of files share: limits, encodings, a check of zip files."""

import codecs
import io
import re
import tomllib
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from charset_normalizer import from_bytes

from helpers.lexicons import LEXICONS

RULES = tomllib.loads((LEXICONS / "importing.toml").read_text(encoding="utf-8"))
LIMITS: dict[str, int] = RULES["limits"]

FIELDS = ("headline", "author", "published", "outlet", "language", "url")
MARKS = ("starts_with", "ends_with")  # columns of articles.csv: which part of its file a row is
KEPT = ("published_note", "rules_off")  # columns of articles.csv that only a person can have written
KNOWN = (*FIELDS, "source_file", *MARKS, *KEPT)  # columns of a table that say something about an article

ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
# marks that change the direction of text, spaces without width, control characters, halves of a character
_UNSEEN = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_ENCODINGS = {  # by byte order mark; one of UTF-32 starts like one of UTF-16
    **dict.fromkeys((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE), "utf-32"),
    **dict.fromkeys((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE), "utf-16"),
}
_STARTS = {
    b"%PDF-": "a PDF",
    b"PK\x03\x04": "a zip file such as .docx or .xlsx",
    b"{\\rtf": "an RTF file",
    b"\xd0\xcf\x11\xe0": "a Word or Excel file from before 2007",
}
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_ENTITIES = [mark.encode(code) for mark in ("<!DOCTYPE", "<!ENTITY") for code in ("ascii", "utf-16-le", "utf-16-be")]


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
    folder; `note` says how the text was read; `problems` what is wrong with the article or missing.
    """

    text: str
    fields: dict[str, Field]
    at: str = ""
    note: str = ""
    starts_with: str = ""
    problems: Sequence[str] = ()
    path: Path = Path()

    @property
    def origin(self) -> str:
        """The file and the place in it, as shown to the user."""
        return f"{show(self.path)} {self.at}".strip()

    def get(self, name: str) -> str:
        """Return the value of a field, empty where it is not known."""
        return self.fields[name].value if name in self.fields else ""

    def with_field(self, name: str, field: Field) -> "Item":
        """Return the article with a field set."""
        return self._replace(fields={**self.fields, name: field})


class Contents(NamedTuple):
    """What one file holds: articles, notes on how it was read, and what was refused, in words that follow its name."""

    items: list[Item]
    notes: list[str]
    refused: list[str]


def make_item(text: str, fields: dict[str, Field], **rest: str | Iterable[str]) -> Item:
    """Return an Item without empty fields, each value on one line; an address given as the outlet becomes the url."""
    squeezed = {name: field._replace(value=" ".join(field.value.split())) for name, field in fields.items()}
    kept = {name: field for name, field in squeezed.items() if field.value}
    if "outlet" in kept and ADDRESS.fullmatch(kept["outlet"].value):  # a column `source` may hold addresses
        kept.setdefault("url", kept.pop("outlet"))
    return Item(text, kept, **rest)


def show(name: str | Path) -> str:
    """Return a name or path as shown to the user: without characters that turn or hide text."""
    shown = name.as_posix() if isinstance(name, Path) else name
    return unicodedata.normalize("NFC", _UNSEEN.sub("", shown))


def check_kind(content: bytes, own: bytes = b"") -> None:
    """Raise Refused for a file that starts like one of another format; `own` is how it may start."""
    for start, kind in _STARTS.items():
        if content.startswith(start) and start != own:
            raise Refused(f"it is {kind} under another name: rename it, or save it as what its name says")


def decode(content: bytes, declared: str = "") -> tuple[str, str]:
    """Return the text of a file, and a note on its encoding where that is not UTF-8.

    `declared` is the encoding that the file names, if any. Raises Refused where the file is not plain text.
    """
    check_kind(content)
    marked = next((encoding for mark, encoding in _ENCODINGS.items() if content.startswith(mark)), "")
    if b"\0" in content and not marked:
        raise Refused(f"it is not plain text (a NUL byte at byte {content.index(0)}): save it as plain text in UTF-8")
    try:
        return content.decode(marked or "utf-8-sig"), marked and f"encoding {marked}, as marked"
    except UnicodeDecodeError as error:
        at = error.start
    if marked:
        raise Refused(f"byte {at} is not {marked}, as the file's mark says: save it as UTF-8")
    with suppress(LookupError, UnicodeDecodeError):
        return content.decode(declared), f"encoding {declared}, as the page says"
    best = from_bytes(content[:200_000], cp_isolation=["cp1252", "cp1251"]).best()
    if best is None:
        raise Refused(f"byte {at} (0x{content[at]:02x}) is not UTF-8, and no other encoding fits: save it as UTF-8")
    encoding = best.encoding if _CYRILLIC.search(str(best)) else "cp1252"
    return content.decode(encoding, errors="replace"), f"encoding guessed: {encoding.replace('cp', 'Windows-')}"


def check_zip(content: bytes) -> None:
    """Raise Refused for a zip file that would unpack to too much, or whose XML defines entities."""
    check_kind(content, b"PK\x03\x04")
    archive = zipfile.ZipFile(io.BytesIO(content))
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)  # of a member that is larger, zipfile reads no more
    ratio = unpacked / len(content)
    if len(members) > LIMITS["members"]:
        raise Refused(f"it packs {len(members):,} files, more than {LIMITS['members']:,}: not opened")
    if unpacked > LIMITS["unpacked_bytes"]:
        raise Refused(f"it unpacks to {unpacked:,} bytes, more than {LIMITS['unpacked_bytes']:,}: not opened")
    if unpacked > LIMITS["ratio_from"] and ratio > LIMITS["ratio"]:
        raise Refused(f"it unpacks to {ratio:,.0f} times its size, more than {LIMITS['ratio']}: not opened")
    if any(member.flag_bits & 1 for member in members):
        raise Refused("it is locked with a password: save it without one")
    for name in archive.namelist():
        xml = archive.read(name) if name.lower().endswith((".xml", ".rels")) else b""
        if any(mark in xml for mark in _ENTITIES):
            raise Refused(f"{name!r} in it defines XML entities, which no word processor writes: not opened")
