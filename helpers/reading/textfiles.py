"""Find and decode the text files of a corpus folder, and nothing outside it."""

import difflib
import re
import unicodedata
from pathlib import Path


class FileFinder:
    """Finds the files of a folder by the names in articles.csv, and nothing outside the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder.resolve()
        self.names = {unicodedata.normalize("NFC", path.name): path for path in folder.iterdir() if path.is_file()}

    def find(self, name: str) -> Path:
        """Return the file called `name`; raise ValueError where there is none in the folder."""
        parts = name.replace("\\", "/")
        if parts.startswith("/") or re.match(r"[A-Za-z]:", parts) or ".." in parts.split("/") or "\0" in name:
            raise ValueError(f"{name!r} lies outside the corpus folder: copy the file into it and give its name alone")
        path = self.names.get(unicodedata.normalize("NFC", name), self.folder / parts)
        if not path.is_file():
            near = difflib.get_close_matches(name, list(self.names), n=1, cutoff=0.5)
            hint = f" (nearest: {near[0]!r})" if near else ""
            raise ValueError(f"no file {name!r} in {self.folder.name}/{hint}: correct the name or add the file")
        linked = path.is_symlink() or path.parent != self.folder  # else it is a file of the folder itself
        if linked and self.root not in path.resolve().parents:
            raise ValueError(f"{name!r} is a link out of the corpus folder: copy the file itself into it")
        return path


def decode_text(content: bytes, name: str) -> str:
    """Return the text of the file `name`; raise ValueError, which says where, if it is not text in UTF-8."""
    if b"\0" in content:
        at = content.index(b"\0")
        raise ValueError(f"{name!r} is not plain text (a NUL byte at byte {at}): save it as plain text in UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"byte {error.start} of {name!r} (0x{content[error.start]:02x}) is not UTF-8"
        raise ValueError(f"{found}: open it in an editor and save it as UTF-8") from None
