"""The command line: what stands behind each target of the Makefile."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from helpers import commands
from helpers.commands import DEFAULT_CORPUS
from helpers.compare import compare_run
from helpers.executing import ROOT, run_notebooks
from helpers.reading.files import drop_controls, say_error


def make_figures(corpus: Path | None, only: list[str] | None, check: bool) -> list[str]:
    """Run the notebooks as the command line asks; return what went wrong, or with `check` what differs as well."""
    if not check:
        folder = Path.cwd() / (corpus or ROOT / DEFAULT_CORPUS)
        problems = run_notebooks(folder, only=only, root=ROOT)
        if problems:
            return commands.explain_empty(folder) or problems
        return commands.finish_run(folder, ROOT, whole=not only)
    with tempfile.TemporaryDirectory() as out:
        return run_notebooks(out=out, only=only, root=ROOT) + compare_run(ROOT, Path(out), only)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(prog="python -m helpers.run", description=__doc__)
    kinds = parser.add_subparsers(dest="command", required=True)
    figures = kinds.add_parser("figures", help="run every notebook and write its figures")
    place = figures.add_mutually_exclusive_group()
    place.add_argument("--corpus", type=Path, help="a folder with articles.csv in it (default: the seeds)")
    place.add_argument("--check", action="store_true", help="change nothing; say what differs from the committed run")
    figures.add_argument("--only", nargs="+", metavar="NAME", help="only notebooks whose names start so")
    report = kinds.add_parser("report", help="make report.html and report.docx of the last run, and run if needed")
    report.add_argument("--corpus", type=Path, default=ROOT / DEFAULT_CORPUS, help="a folder with articles.csv in it")
    report.add_argument("--template", type=Path, help="Markdown with ids of results.json (default: report.md there)")
    shared = kinds.add_parser("share", help="write tables, hashes, addresses and short quotations, but no full text")
    shared.add_argument("--corpus", type=Path, default=ROOT / DEFAULT_CORPUS, help="a folder with articles.csv in it")
    shared.add_argument("--words", type=int, default=25, help="the longest quotation, in words (default: 25)")
    shared.add_argument("--part", type=float, default=0.1, help="the most of an article that is quoted (default: 0.1)")
    sheet = kinds.add_parser("sheet", help="draw sentences of a corpus to code by hand, into its labels/coding/")
    sheet.add_argument("--corpus", type=Path, required=True, help="a folder with articles.csv in it")
    sheet.add_argument("--actor", help="whom the sentences are about (default: the actor of corpus.toml)")
    sheet.add_argument("--per-outlet", type=int, default=60, help="how many sentences of each outlet (default: 60)")
    sheet.add_argument("--seed", type=int, default=0, help="another number draws other sentences")
    made = kinds.add_parser("corpus", help="make a corpus folder from articles as they come, or add new ones to it")
    made.add_argument("--source", type=Path, required=True, help="a folder of articles, or a table of them")
    made.add_argument("--target", type=Path, required=True, help="the corpus folder, new or old")
    made.add_argument("--outlet", help="the outlet of all these articles")
    made.add_argument(
        "--column", action="append", default=[], metavar="OURS=THEIRS", help="a table's column: body=Text, date=Day ..."
    )
    read = kinds.add_parser("read", help="read a corpus into the store, on one processor, several or a cluster")
    read.add_argument("--corpus", type=Path, required=True, help="a folder with articles.csv in it")
    read.add_argument("--workers", type=int, default=1, help="processes of this machine that read (default: 1)")
    read.add_argument("--scheduler", metavar="ADDRESS", help="a Dask cluster that reads, by its address: tcp://...")
    kinds.add_parser("test", help="run the tests; further options go to pytest")
    kinds.add_parser("lab", help="open JupyterLab on the notebooks; further options go to JupyterLab")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command line and return its exit code."""
    parser = build_parser()
    options, rest = parser.parse_known_args(arguments)
    if options.command == "test":
        return run_tests(rest)
    if options.command == "lab":
        return open_lab(rest)
    if rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        if options.command == "sheet":
            print(*commands.draw_sheet(options.corpus, options.actor, options.per_outlet, options.seed), sep="\n")
            return 0
        if options.command == "report":
            problems = [] if commands.is_current(options.corpus, ROOT) else make_figures(options.corpus, None, False)
            if problems:
                raise ValueError("\n".join(problems))
            print(*commands.make_report(options.corpus, ROOT, options.template), sep="\n")
            return 0
        if options.command == "share":
            print(commands.share(options.corpus, ROOT, options.words, options.part)[0].parent)
            return 0
        if options.command == "read":
            print(commands.read_articles(options.corpus, options.workers, options.scheduler))
            return 0
        if options.command == "corpus":
            if hasattr(sys.stdout, "reconfigure"):  # a console that lacks a letter of a name shows "?" for it
                sys.stdout.reconfigure(errors="replace")
            print(*commands.make_corpus(options.source, options.target, options.outlet, options.column), sep="\n")
            return 0
        problems = make_figures(options.corpus, options.only, options.check)
    except (OSError, ValueError) as error:  # no such corpus, a folder that cannot be written, a full disk
        problems = [say_error(error)]
    except KeyboardInterrupt:
        problems = ["stopped; notebooks that had not ended are as they were, and what was read is stored"]
    problems = [drop_controls(problem) for problem in problems]  # a terminal acts on some
    print(*problems, sep="\n", end="\n" * bool(problems), file=sys.stderr)
    return 1 if problems else 0


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
