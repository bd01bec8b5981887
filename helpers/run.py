"""The command line: what is behind each target of the Makefile."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from helpers import reading, results
from helpers.notebooks import DEFAULT_CORPUS, DEFAULT_OUT, ROOT, compare_run, run_notebooks
from helpers.reading import open_corpus
from helpers.reading.corpus import hash_corpus
from helpers.reading.files import clear_parts, drop_controls, say_error

__all__ = ["ROOT", "main", "run_notebooks"]


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command line and return its exit code."""
    parser = build_parser()
    options, rest = parser.parse_known_args(arguments)
    if options.command in ("test", "lab"):
        return options.carry_out(rest)
    if rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        problems = options.carry_out(options) or []
    except (OSError, ValueError) as error:  # no such corpus, a folder that cannot be written, a full disk
        problems = [say_error(error)]
    except KeyboardInterrupt:
        problems = ["stopped; notebooks that had not finished are unchanged, and what was read is stored"]
    problems = [drop_controls(problem) for problem in problems]  # a terminal acts on some
    print(*problems, sep="\n", end="\n" * bool(problems), file=sys.stderr)
    return 1 if problems else 0


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line; `carry_out` of what it parses is the function of the command."""
    parser = argparse.ArgumentParser(prog="python -m helpers.run", description=__doc__)
    kinds = parser.add_subparsers(dest="command", required=True)

    def add(name: str, carry_out: object, about: str) -> argparse.ArgumentParser:
        kind = kinds.add_parser(name, help=about)
        kind.set_defaults(carry_out=carry_out)
        return kind

    folder = {"type": Path, "help": "a folder with articles.csv in it"}
    seeds = {**folder, "default": ROOT / DEFAULT_CORPUS}

    figures = add("figures", make_figures, "run every notebook and write its figures")
    place = figures.add_mutually_exclusive_group()
    place.add_argument("--corpus", type=Path, help=f"{folder['help']} (default: the seeds)")
    place.add_argument("--check", action="store_true", help="change nothing; say what differs from the committed run")
    figures.add_argument("--only", nargs="+", metavar="NAME", help="only notebooks whose names start so")

    report = add("report", make_report, "make report.html and report.docx of the last run, and run if needed")
    report.add_argument("--corpus", **seeds)
    report.add_argument("--template", type=Path, help="Markdown with ids of results.json (default: report.md there)")

    share = add("share", share_results, "write tables, hashes, addresses and short quotations, but no full text")
    share.add_argument("--corpus", **seeds)
    share.add_argument("--words", type=int, default=25, help="the longest quotation, in words (default: 25)")

    sheet = add("sheet", draw_sheet, "draw sentences of a corpus to code by hand, into its labels/coding/")
    sheet.add_argument("--corpus", required=True, **folder)
    sheet.add_argument("--actor", help="whom the sentences are about (default: the actor of corpus.toml)")
    sheet.add_argument("--per-outlet", type=int, default=60, help="how many sentences of each outlet (default: 60)")
    sheet.add_argument("--seed", type=int, default=0, help="another number draws other sentences")

    made = add("corpus", make_corpus, "make a corpus folder from articles as they come, or add new ones to it")
    made.add_argument("--source", type=Path, required=True, help="a folder of articles, or a table of them")
    made.add_argument("--target", type=Path, required=True, help="the corpus folder, new or old")
    made.add_argument("--outlet", help="the outlet of all these articles")
    column = "a table's column: body=Text, date=Day ..."
    made.add_argument("--column", action="append", default=[], metavar="OURS=THEIRS", help=column)

    read = add("read", read_articles, "read a corpus into the store, on one processor, several or a cluster")
    read.add_argument("--corpus", required=True, **folder)
    read.add_argument("--workers", type=int, default=1, help="processes of this machine that read (default: 1)")
    read.add_argument("--scheduler", metavar="ADDRESS", help="a Dask cluster that reads, by its address: tcp://...")

    add("test", run_tests, "run the tests; further options go to pytest")
    add("lab", open_lab, "open JupyterLab on the notebooks; further options go to JupyterLab")
    return parser


def find_places(folder: Path) -> tuple[Path, Path]:
    """Return the folder of the executed notebooks of a corpus, and that of its figures."""
    if folder.resolve() == (ROOT / DEFAULT_CORPUS).resolve():
        return ROOT / "notebooks", ROOT / DEFAULT_OUT
    return folder / "report", folder / "report"


def make_figures(options: argparse.Namespace) -> list[str]:
    """Run the notebooks and write results.json; return what went wrong, or with `check` what differs as well.

    Of a run of all notebooks, results.json says which corpus it is of, so that a report knows whether to run anything.
    """
    if options.check:
        with tempfile.TemporaryDirectory() as out:
            problems = run_notebooks(out=out, only=options.only, root=ROOT)
            return problems + compare_run(ROOT, Path(out), options.only)
    folder = Path.cwd() / (options.corpus or ROOT / DEFAULT_CORPUS)
    if problems := run_notebooks(folder, only=options.only, root=ROOT):
        return explain_empty(folder) or problems
    _, out = find_places(folder)
    clear_parts(out)
    made_of = "" if options.only else hash_corpus(open_corpus(folder), whole=True)
    results.write_results(results.gather_results(out), out, made_of)
    return []


def explain_empty(folder: Path) -> list[str]:
    """Return one line where a corpus holds no article that could be used, which stops most notebooks; else none."""

    try:
        opened = open_corpus(folder)
    except ValueError:
        return []
    reasons = opened.rejected["reason"].tolist() or ["articles.csv lists none"]
    more = f", and {len(reasons) - 1} more in notebook 01" if len(reasons) > 1 else ""
    line = f"{folder.name}: no article could be used. {reasons[-1]}{more}"
    return [] if len(opened.articles) else [line]


def make_report(options: argparse.Namespace) -> list[str]:
    """Make the report of a corpus from its last run, print its files, and return what went wrong.

    The notebooks run first, unless the last run was of all of them, on the corpus as it is now. The template is
    `template`, else report.md in the corpus folder, else the project's.
    """
    from helpers import report

    folder, opened = options.corpus, open_corpus(options.corpus)
    notebooks, out = find_places(folder)
    if not results.is_made_of(out, hash_corpus(opened, whole=True), notebooks):
        run = argparse.Namespace(corpus=folder, only=None, check=False)
        if problems := make_figures(run):
            return problems
    own = folder / "report.md"
    template = options.template or (own if own.is_file() else None)
    title = opened.settings.get("title") or folder.resolve().name
    print(*report.make_report(results.gather_results(out), out, title, template), sep="\n")
    return []


def share_results(options: argparse.Namespace) -> None:
    """Write what may be shown to others of a corpus's last run into its share/, and print that folder."""
    from helpers import share

    _, out = find_places(options.corpus)
    print(share.share_results(open_corpus(options.corpus), out, words=options.words)[0].parent)


def draw_sheet(options: argparse.Namespace) -> None:
    """Draw the sheet of a corpus that a person is to code, write it and print its paths.

    Raises FileExistsError where there is one, ValueError where the actor or the corpus is not known.
    """
    from helpers import coding, sentiment

    read = reading.read_corpus(open_corpus(options.corpus))
    actor = reading.pick_actor(read, options.actor)
    scores = sentiment.classify_targets(read, actor=actor)
    drawn = coding.draw_sheet(read, scores, actor=actor, per_outlet=options.per_outlet, seed=options.seed)
    print(*coding.write_sheet(drawn, options.corpus), sep="\n")


def read_articles(options: argparse.Namespace) -> None:
    """Read a corpus into the store that the notebooks read from, and print how many articles are there.

    Raises ValueError for a corpus or a number of workers that cannot be used, OSError where no scheduler answers.
    """
    if options.workers < 1:
        raise ValueError(f"--workers {options.workers}: write 1 or more")
    articles = open_corpus(options.corpus)
    with reading.open_client(options.workers, options.scheduler) as client:
        read = reading.read_corpus(articles, client=client)
    lost = len(read.corpus.rejected)
    rest = f"; {lost} lines in notebook 01 say what could not be used" if lost else ""
    print(f"{len(read.articles):,} articles are read and stored{rest}")


def make_corpus(options: argparse.Namespace) -> None:
    """Import articles into a corpus folder, draft its lists and print what was done and what to do next.

    Raises ValueError where source or target cannot be used.
    """
    from helpers import importing
    from helpers.reading import proposing

    if hasattr(sys.stdout, "reconfigure"):  # a console that lacks a letter of a name shows "?" for it
        sys.stdout.reconfigure(errors="replace")
    columns = dict(parse_column(column) for column in options.column)
    target = options.target
    imported = importing.import_articles(options.source, target, columns=columns, outlet=options.outlet)
    print(*importing.describe_import(imported), sep="\n")
    if len(imported.accepted):
        print("", *proposing.draft_lists(target), "", sep="\n")
        print(f"next: open {target / 'articles.csv'} in a spreadsheet and correct what was guessed or is missing;")
        print(f"      edit {target / 'actors.csv'}: delete what is not an actor, add other words for the same actor;")
        print(f"      then run  make figures CORPUS={target}  (or  python -m helpers.run figures --corpus {target})")


def parse_column(option: str) -> tuple[str, str]:
    """Return the two names of `OURS=THEIRS`; raise ValueError where it is not so."""
    ours, mark, theirs = option.partition("=")
    if not (mark and ours.strip() and theirs.strip()):
        raise ValueError(f"--column {option!r}: write it as OURS=THEIRS, such as body=Text")
    return ours.strip(), theirs.strip()


def run_tests(options: list[str]) -> int:
    """Run pytest on the project's tests."""
    import pytest

    os.chdir(ROOT)
    return pytest.main(options)


def open_lab(options: list[str]) -> int:
    """Open JupyterLab on the notebooks, without its requests for news and newer versions."""
    from jupyterlab.labapp import LabApp

    quiet = ["--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    LabApp.launch_instance(
        [f"--ServerApp.root_dir={ROOT}", "--LabApp.default_url=/lab/tree/notebooks", *quiet, *options]
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
