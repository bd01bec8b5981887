"""An article on its way into a corpus, and what its readers share: limits, names, encodings, mending."""

import codecs
import html
import io
import re
import tomllib
import zipfile
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

from charset_normalizer import from_bytes

from helpers.lexicons import LEXICONS, read_lexicon
from helpers.reading.files import drop_controls, normalize

RULES = tomllib.loads((LEXICONS / "importing.toml").read_text(encoding="utf-8"))
LIMITS: dict[str, int] = RULES["limits"]
PATTERNS = {
    table: {name: re.compile(pattern, re.MULTILINE) for name, pattern in patterns.items()}
    for table, patterns in RULES["patterns"].items()
}

FIELDS = ("headline", "author", "published", "outlet", "language", "url")
ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([\w-]{2,20})""", re.IGNORECASE)
_MAC = re.compile(rb"[a-z]\xd5[a-z]{1,2}\b|\xd2[A-Z][^\xd2]{2,400}\xd3")  # quotation marks and apostrophes of old Macs
_XML_ENTITIES = [mark.encode(code) for mark in ("<!DOCTYPE", "<!ENTITY") for code in ("ascii", "utf-16le", "utf-16be")]
_BREAK = re.compile(r"_x000D_\n?|\\r\\n|\\[nr](?![a-z])")  # a line's end, as Excel and programs spell it out
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[a-zA-Z]{2,31}\d{0,2});")

# of a byte that is not UTF-8: the letter in Windows-1252; of a letter that an encoding lacks: the byte with its number
codecs.register_error("stray bytes", lambda e: (e.object[e.start : e.end].decode("cp1252", errors="replace"), e.end))
codecs.register_error("as bytes", lambda e: (bytes(map(ord, e.object[e.start : e.end])), e.end))


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
    folder; `note` says how the text was read; `refused` why it, or the whole file, cannot be used. With a note alone it
    says how a table was read, and is no article.
    """

    text: str = ""
    fields: dict[str, Field] = {}  # noqa: RUF012 (never changed in place)
    at: str = ""
    note: str = ""
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


@cache
def load_names() -> dict[str, str]:
    """Return our column for each name (see `fold`) that it has in other tables, the likelier names first."""
    return {fold(row["name"]): row["column"] for row in read_lexicon("import_columns.csv")}


def check_kind(content: bytes, suffix: str) -> None:
    """Raise Refused for a file that starts like one of another format, and for a zip file that is not safe to open."""
    for start, (kind, *suffixes) in RULES["starts"].items():
        if content.startswith(start.encode("latin-1")) and suffix not in suffixes:
            raise Refused(f"it is {kind} under another name: rename it, or save it as what its name says")
    if not content.startswith(b"PK\x03\x04"):
        return
    archive = zipfile.ZipFile(io.BytesIO(content))
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)  # of a member that is larger, zipfile reads no more
    if unpacked > LIMITS["ratio_from"] and (ratio := unpacked / len(content)) > LIMITS["ratio"]:
        raise Refused(f"it unpacks to {ratio:,.0f} times its size, more than {LIMITS['ratio']:,}: not opened")
    for member in members:
        xml = archive.read(member) if member.filename.lower().endswith((".xml", ".rels")) else b""
        if any(mark in xml for mark in _XML_ENTITIES):
            raise Refused(f"{member.filename!r} in it defines XML entities, which no word processor writes: not opened")


def decode(content: bytes) -> tuple[str, str]:
    """Return the text of a file, and a note on its encoding where that is not UTF-8.

    Raises Refused where the file is not plain text.
    """
    marked = "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ""
    if b"\0" in content and not marked:
        raise Refused(f"it is not plain text (a NUL byte at byte {content.index(0)}): save it as plain text in UTF-8")
    with suppress(UnicodeDecodeError):
        return content.decode(marked or "utf-8-sig"), f"encoding {marked}, as marked" if marked else ""
    lenient = "" if marked else content.decode("utf-8", errors="replace")
    n_bad = lenient.count("\ufffd")
    if sum(len(letter.encode()) for letter in lenient if letter > "\x7f") - 3 * n_bad > n_bad:
        text = content.decode("utf-8-sig", errors="stray bytes")
        return text, f"bytes that are not UTF-8, read as Windows-1252: {n_bad}; look at them"
    if declared := _CHARSET.search(content[:4096]):
        with suppress(LookupError, UnicodeDecodeError):
            encoding = declared[1].decode("ascii")
            return content.decode(encoding), f"encoding {encoding}, as the page says"
    if not marked and _MAC.search(content) and not re.search(rb"[\x91-\x94]", content):
        return content.decode("mac_roman"), "encoding guessed: Mac Roman"
    best = None if marked else from_bytes(content[:200_000], cp_isolation=["cp1252", "cp1251"]).best()
    if best is None:
        raise Refused(f"it is not {marked or 'UTF-8'}, and no other encoding fits: save it as UTF-8")
    encoding = best.encoding if re.search("[\u0400-\u04ff]{4}", str(best)) else "cp1252"
    return content.decode(encoding, errors="replace"), f"encoding guessed: {encoding.replace('cp', 'Windows-')}"


def mend_text(text: str) -> tuple[str, str]:
    """Return a text with its entities read and with what was decoded twice set right, and a note on what was wrong."""
    unescape = partial(_ENTITY.sub, lambda entity: html.unescape(entity[0]))
    mended, n_mended = _BREAK.sub("\n", unescape(unescape(text))), 0  # some programs escape, and decode, twice
    notes = ["entities such as &amp; or \\n were read"] if mended != text else []
    for encoding, pattern in [*PATTERNS["garbled"].items()] * 2:
        mended, n = pattern.subn(partial(_decode_again, encoding), mended)
        n_mended += n
    if n_mended:
        notes.append(f"its encoding was mistaken before (such as â€œ for “): places mended: {n_mended}")
    notes += [reason for reason, pattern in PATTERNS["lost"].items() if pattern.search(mended)]
    return mended or text, "; ".join(notes)


def _decode_again(encoding: str, found: re.Match[str]) -> str:
    if found[0].rstrip("?\ufffd") == "â€":  # of the third byte there is no letter, so that it was lost
        return "”"
    for real in ("utf-8", encoding):
        with suppress(ValueError):
            return found[0].encode(encoding, errors="as bytes").decode(real)
    return found[0]
