"""The program that opens strangers' files, apart from the one that writes the corpus: it may be killed at any time.

It reads a line of JSON (path, kind, columns) for each file and answers with one (items, notes, refused). It writes
nothing else and opens nothing but the file named.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from helpers.importing import documents, pages, tables, texts
from helpers.importing.items import Item, dump_item
from helpers.importing.languages import add_language
from helpers.importing.limits import Refused, limit
from helpers.importing.walking import is_table, suffix_of

_MAGIC = {
    b"%PDF-": "pdf",
    b"PK\x03\x04": "a zip file such as .docx or .xlsx",
    b"{\\rtf": "rtf",
    b"\xd0\xcf\x11\xe0": "a Word or Excel file of before 2007",
}
_READ = {"pdf": documents.read_pdf, "docx": documents.read_docx}
_READ |= dict.fromkeys(("html", "htm", "xhtml"), pages.read_page)


def read_file(path: Path, columns: dict[str, str]) -> dict[str, Any]:
    """Return what one file holds, as JSON can hold it; whatever it does, there is an answer."""
    suffix = suffix_of(path)
    try:
        content = path.read_bytes()
        _check_start(content, suffix)
        if is_table(path):
            read = tables.read_table(content, suffix, columns)
        else:
            read = tables.Table(_READ.get(suffix, texts.read_text)(content, path.stem), [], [])
        items = [dump_item(add_language(_bound(item))) for item in read.items]
        return {"items": items, "notes": read.notes, "refused": read.refused}
    except Refused as error:
        return _refuse(str(error))
    except MemoryError:
        return _refuse("it takes more memory than importing.toml allows: split it")
    except OSError as error:
        return _refuse(f"it cannot be opened ({error.strerror or error}): copy it again")
    except Exception as error:  # the libraries fail on broken files in many ways
        shown = " ".join(f"{type(error).__name__}: {error}".split())[:120]
        return _refuse(f"it is damaged or of another format ({shown}): save it again")


def _refuse(reason: str) -> dict[str, Any]:
    return {"items": [], "notes": [], "refused": [("", reason)]}


def _check_start(content: bytes, suffix: str) -> None:
    if not content.strip():
        raise Refused("it is empty: put an article in it")
    found = next((kind for start, kind in _MAGIC.items() if content.startswith(start)), "")
    if found and found != suffix and not (found.startswith("a zip") and suffix in ("docx", "xlsx")):
        raise Refused(f"it is {found} under the name .{suffix}: rename it, or save it as what its name says")
    wanted = {"pdf": b"%PDF-", "docx": b"PK", "xlsx": b"PK", "parquet": b"PAR1"}.get(suffix)
    if wanted and wanted not in content[:1024]:
        raise Refused(f"it is no .{suffix}: save it as what its name says")


def _bound(item: Item) -> Item:
    """Empty a text that is too long to be an article, with a line."""
    most = limit("article_characters")
    if len(item.text) <= most:
        return item
    reason = f"its text has {len(item.text):,} characters, more than {most:,}: split it into articles"
    return item._replace(text="", problems=[reason])


def _limit_memory() -> None:
    try:
        import resource  # not on Windows

        most = limit("memory_bytes")
        resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))
    except (ImportError, ValueError, OSError):
        pass


def main() -> None:
    """Answer until the other side closes."""
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # what a library prints is no answer
    _limit_memory()
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = json.dumps(read_file(Path(asked["path"]), asked["columns"]))
        except MemoryError:
            answer = json.dumps(_refuse("it takes too much memory: split it"))
        answers.write(answer + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
