"""Which modules of helpers/ others import: what lists of modules are held against."""

import ast
from collections.abc import Iterator
from pathlib import Path

HOME = Path(__file__).parents[1] / "helpers"


def follow_imports(*modules: str) -> set[str]:
    """Names of modules ("sentences", "reading/models"; a folder means all in it) and of all that they import."""
    seen: set[str] = set()
    waiting = [file for name in modules for file in _find_files(name)]
    while waiting:
        file = waiting.pop()
        name = file.relative_to(HOME).with_suffix("").as_posix()
        if name not in seen:
            seen.add(name)
            waiting += [other for one in _list_imports(file) for other in _find_files(one)]
    return seen


def _find_files(name: str) -> list[Path]:
    return [*HOME.glob(f"{name}.py"), *HOME.glob(f"{name}/*.py")]


def _list_imports(file: Path) -> Iterator[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    typing = [node for node in ast.walk(tree) if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    for_types = {inner for node in typing for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node not in for_types and (node.module or "").startswith("helpers"):
            inner = "/".join(node.module.split(".")[1:])
            yield from [inner] if inner else [alias.name for alias in node.names]
