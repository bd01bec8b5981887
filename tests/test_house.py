"""The rules of the house: which way imports run, what is written where, and that the seeds are as they were found."""

import hashlib
import inspect
import re
import subprocess
import sys
from functools import cache

import grimp
import nbformat
import pytest
from importlinter.cli import lint_imports

from helpers.importing import formats
from helpers.reading import schemas
from helpers.run import ROOT
from tests.pseudonyms import NO_ACTOR, read_table

SEEDS = ROOT / "seeds"
PLACES = re.findall(
    r"\w+",
    "Aleppo Ankara Baghdad Beirut Damascus Deir Hama Hasakah Homs Idlib Ithriya Kobani Latakia Manbij Mosul Palmyra "
    "Raqqa Rasafa Resafa Tabqa Tadmur Zour Syria Syrian Syrians Russian Kurdish Kurds Iranian Iraq Iraqi Turkish",
)


def find_corpus_words() -> set[str]:
    """The names of the seeds' outlets, authors, actors and places; descriptions such as "regime" are ordinary words."""
    articles, actors = read_table(SEEDS / "articles.csv"), read_table(SEEDS / "actors.csv")
    names = actors.loc[actors["kind"].ne("description"), "alias"]
    return {*articles["outlet"], *articles["author"], *actors["actor"], *names, *PLACES} - {*NO_ACTOR, "U.S."}


def find_words(words: set[str], text: str) -> list[str]:
    return sorted(word for word in words if word in text and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text))


def test_words_of_the_corpus_are_found():
    words = find_corpus_words()
    assert find_words(words, "the share that Sputnik's text gives to ISIS in Raqqa") == ["ISIS", "Raqqa", "Sputnik"]
    assert find_words(words, "the regime, the militants, an army and every actor of the visits") == []


@pytest.mark.parametrize("folder", ["helpers", "notebooks"])
def test_code_and_lexicons_name_no_outlet_actor_or_place(folder):
    words, named = find_corpus_words(), {}
    for path in sorted((ROOT / folder).rglob("*")):
        if path.suffix == ".ipynb":
            text = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
        elif path.suffix in {".py", ".csv", ".toml", ".md"} and path.name != "countries.csv":  # it knows all countries
            text = path.read_text(encoding="utf-8")
        else:
            continue
        if found := find_words(words, text):
            named[path.name] = found
    assert named == {}


@pytest.mark.parametrize(("folders", "most"), [
    (["helpers/*.py", "helpers/charts/*.py"], 6762),
    (["helpers/lexicons/*.py"], 66),
    (["helpers/reading/**/*.py"], 6550),
    (["helpers/importing/*.py"], 1200),
    (["tests/*.py"], 8204),
])  # fmt: skip
def test_a_room_stays_within_its_budget(folders, most):
    """Lines with docstrings and blanks. Whoever needs more deletes some: never a docstring, an error or a hint."""
    files = [path for folder in folders for path in ROOT.glob(folder)]
    over = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files) - most
    assert over <= 0, f"{' + '.join(folders)}: {over} lines more than the {most:,} of its budget; delete code first"


def test_modules_are_few_and_none_is_long_nor_is_the_readme():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").split()) < 1800
    modules = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / "helpers").rglob("*.py")}
    assert len(modules) <= 80
    assert {path.name: n for path, n in modules.items() if n > 400} == {}


def test_no_chain_of_imports_is_long():
    """Whoever follows an import downwards arrives; imports inside functions count, those for types do not."""
    graph = grimp.build_graph("helpers", exclude_type_checking_imports=True, cache_dir=None)

    @cache
    def follow(module: str) -> tuple[str, ...]:
        return (module, *max(map(follow, graph.find_modules_directly_imported_by(module)), key=len, default=()))

    longest = max(map(follow, graph.modules), key=len)
    assert len(longest) <= 8, " > ".join(longest)


def test_imports_run_one_way(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename="pyproject.toml", no_cache=True) == 0, capsys.readouterr().out


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=" ".join)
def test_code_has_one_style(command):
    program = [sys.executable, "-m", "ruff", *command, "--no-cache", "."]
    run = subprocess.run(program, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("table", schemas.TABLES)
def test_the_map_lists_every_column(table):
    schema = schemas.TABLES[table]
    rows = [f"| `{name}` | {column.description} |" for name, column in schema.columns.items()]
    listed = [f"**`{table}`**: {schema.description}", "", "| column | meaning |", "|---|---|", *rows]
    assert "\n".join(listed) in (ROOT / "helpers" / "README.md").read_text(encoding="utf-8")


def test_the_map_shows_a_reader_of_files_as_it_is():
    shown = (ROOT / "helpers" / "README.md").read_text(encoding="utf-8")
    assert f"```python\n{inspect.getsource(formats.read_markdown)}```" in shown


def test_the_top_folder_holds_nothing_that_was_left_behind():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.splitlines()
    known = """.ci .gitattributes .gitignore CITATION.cff LICENSE Makefile README.md pyproject.toml requirements.lock
        requirements.txt figures helpers notebooks seeds tests"""
    assert {path.split("/")[0] for path in tracked} <= {*known.split()}


def test_seeds_are_byte_for_byte_as_recorded():
    recorded = read_table(SEEDS / "articles.csv").set_index("source_file")["sha256"].to_dict()
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in SEEDS.glob("*.txt")} == recorded


def test_lock_pins_what_is_required_and_names_no_index():
    """Each requirement stands in the lock with the same version; no address, no path, no unhashed package."""
    required = re.findall(r"^([\w.-]+==[\w.]+)", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[\w.-]+==)", lock)[1:]
    pinned = {block.split()[0].lower().replace("_", "-") for block in blocks}
    assert {name.lower().replace("_", "-") for name in required} <= pinned
    assert all("--hash=sha256:" in block for block in blocks)
    assert not re.search(r"https?:|file:|--(extra-)?index-url|--find-links|\s/\w", lock)
