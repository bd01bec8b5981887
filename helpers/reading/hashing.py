"""A name for code and lexicons as they are now, so that what they computed is not taken for what others would."""

import hashlib
from functools import cache
from pathlib import Path

from helpers.lexicons import LEXICONS

_HOME = Path(__file__).parent


@cache
def hash_code(modules: tuple[str, ...], lexicons: tuple[str, ...] = ()) -> str:
    """Return a hash of modules (files and folders of helpers/reading/, without .py) and of files of helpers/lexicons/.

    It is taken once: what a running kernel has loaded stays as it was, and nothing must be kept under the name of a
    lexicon that was changed since.
    """
    code = [file for name in modules for form in (f"{name}.py", f"{name}/*.py") for file in _HOME.glob(form)]
    digest = hashlib.sha256()
    for file in [*(LEXICONS / name for name in lexicons), *sorted(code)]:
        digest.update(b"\0" + file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
