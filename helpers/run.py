"""The command line: what is behind each target of the Makefile."""

import argparse
import os
import runpy
import sys
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from helpers import reading, results
from helpers.lexicons import LEXICONS
from helpers.notebooks import DEFAULT_CORPUS, ROOT, find_places, run_notebooks
from helpers.reading import open_corpus
from helpers.reading.corpus import hash_corpus, refuse_unreadable
from helpers.reading.files import drop_controls, say_error


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command line and return its exit code."""
    parser = build_parser()
    options, rest = parser.parse_known_args(arguments)
    given = vars(options)
    command, carry_out = given.pop("command"), given.pop("carry_out")
    if command in ("test", "lab"):
        return carry_out(*rest)
    if rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        problems = carry_out(**given) or []
    except (OSError, ValueError) as error:  # no such corpus, a folder that cannot be written, a full disk
        problems = [say_error(error)]
    except KeyboardInterrupt:
        problems = ["stopped; notebooks that had not finished are unchanged, and what was read is stored"]
    for problem in problems:
        print(drop_controls(problem), file=sys.stderr)  # a terminal acts on some
    return 1 if problems else 0


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line: of each command `carry_out`, its function, and what that is given."""
    parser = argparse.ArgumentParser(prog="python -m helpers.run", description=__doc__)
    kinds = parser.add_subparsers(dest="command", required=True)

    def add(name: str, carry_out: object, about: str, **corpus: Any) -> argparse.ArgumentParser:
        kind = kinds.add_parser(name, help=about)
        kind.set_defaults(carry_out=carry_out)
        if corpus:
            kind.add_argument("--corpus", type=Path, help="a folder with articles.csv in it", **corpus)
        return kind

    seeds, own = {"default": ROOT / DEFAULT_CORPUS}, {"required": True}
    figures = add("figures", make_figures, "run every notebook and write its figures", **seeds)
    figures.add_argument("--only", nargs="+", metavar="NAME", help="only notebooks whose names start so")

    add("report", make_report, "make report.html and report.docx of the last run, and run if needed", **seeds)
    about = "write tables, hashes, addresses and short quotations, but no full text"
    share = add("share", share_results, about, **seeds)
    share.add_argument("--words", type=int, default=25, help="the longest quotation, in words (default: 25)")

    sheet = add("sheet", draw_sheet, "draw sentences of a corpus to code by hand, into its labels/coding/", **own)
    sheet.add_argument("--actor", help="whom the sentences are about (default: the actor of corpus.toml)")
    sheet.add_argument("--per-outlet", type=int, default=60, help="how many sentences of each outlet (default: 60)")
    sheet.add_argument("--seed", type=int, default=0, help="another number draws other sentences")

    made = add("corpus", make_corpus, "make a corpus folder from articles as they come, or add new ones to it")
    made.add_argument("--source", type=Path, required=True, help="a folder of articles, or a table of them")
    made.add_argument("--target", type=Path, required=True, help="the corpus folder, new or old")
    made.add_argument("--outlet", help="the outlet of all these articles")
    made.add_argument("--column", action="append", default=[], metavar="OURS=THEIRS", help="body=Text, date=Day ...")

    read = add("read", fill_store, "read a corpus into the store, on one processor, several or a cluster", **own)
    read.add_argument("--workers", type=int, default=1, help="processes of this machine that read (default: 1)")
    read.add_argument("--scheduler", metavar="ADDRESS", help="a Dask cluster that reads, by its address: tcp://...")

    two = ["--numprocesses=2", "--dist=loadfile", "--no-loadscope-reorder"]  # what a file's tests share is made once
    add("test", partial(run_module, "pytest", *two), "run the tests; options of pytest may follow")
    lab = [f"--ServerApp.root_dir={ROOT}", "--LabApp.default_url=/lab/tree/notebooks"]
    add("lab", partial(run_module, "jupyterlab", *lab), "open JupyterLab on the notebooks; its options may follow")
    return parser


def open_articles(corpus: Path) -> reading.Corpus:
    """Return a corpus as opened. Raises ValueError, with the reasons, where no article of it could be used."""
    opened = open_corpus(corpus)
    measured = refuse_unreadable(opened)
    if measured.articles.empty:  # which would stop most notebooks, each with an error of its own
        reasons = measured.rejected["reason"].tolist() or ["articles.csv lists none: import some (make corpus)"]
        raise ValueError("\n".join([f"{corpus.name}: no article could be used", *reasons[:20]]))
    return opened


def make_figures(corpus: Path, only: list[str] | None = None) -> list[str]:
    """Run the notebooks, write results.json and say where all is; return what went wrong.

    Of a run of all notebooks, results.json says which corpus it is of, so that a report knows whether to run anything.
    """
    opened = open_articles(corpus)
    if problems := run_notebooks(corpus.resolve(), only=only, root=ROOT):
        return problems
    written, out = find_places(corpus, ROOT)
    results.write_results(out, "" if only else hash_corpus(opened, whole=True))
    rest = f"; to be checked: {lost} (a line each in notebook 01)" if (lost := len(opened.rejected)) else ""
    print(f"figures are in {out}; start with {written / '00-summary.ipynb'}{rest}")
    return []


def make_report(corpus: Path) -> list[str]:
    """Make the report of a corpus from its last run, print its files, and return what went wrong.

    The notebooks run first, unless the last run was of all of them, on the corpus as it is now. The template is
    report.md in the corpus folder, else the project's.
    """
    from helpers import report

    opened, (notebooks, out), own = open_corpus(corpus), find_places(corpus, ROOT), corpus / "report.md"
    is_made = results.is_made_of(out, hash_corpus(opened, whole=True), notebooks)
    if not is_made and (problems := make_figures(corpus)):
        return problems
    title = opened.settings.get("title") or corpus.resolve().name
    template, today = own if own.is_file() else LEXICONS / "report.md", date.today()
    byline = ", ".join(filter(None, [opened.settings.get("author"), f"{today.day} {today:%B %Y}"]))
    print(*report.make_report(results.read_results(out), out, title, template, byline=byline), sep="\n")
    return []


def share_results(corpus: Path, words: int) -> None:
    """Write what may be shown to others of a corpus's last run into its share/, and print what is left out, and where.

    Raises ValueError where a figure is of other articles than the corpus has now.
    """
    from helpers import export

    _, out = find_places(corpus, ROOT)
    written = export.share_results(reading.read_corpus(open_corpus(corpus)).corpus, out, words=words)
    beside = {path.name for path in out.glob("[0-9][0-9]-*.*") if path.suffix != ".ipynb"}
    for name in sorted(beside - {path.name for path in written}):
        print(f"left out: {name}: it belongs to no figure, or does not say which article each row is from")
    print(written[0].parent)


def draw_sheet(corpus: Path, actor: str | None, per_outlet: int, seed: int) -> None:
    """Draw the sheet of a corpus that a person is to code, write it, and print whom it is about and its paths.

    Raises FileExistsError where there is one, ValueError where the corpus is not known or never mentions the actor.
    """
    from helpers import coding, sentiment

    if per_outlet < 1:
        raise ValueError(f"--per-outlet {per_outlet}: write how many sentences of each outlet to draw, 1 or more")
    read = reading.read_corpus(open_articles(corpus))
    actor = reading.pick_actor(read, actor)
    scores = sentiment.classify_targets(read, actor=actor)
    drawn = coding.draw_sheet(read, scores, actor=actor, per_outlet=per_outlet, seed=seed)
    paths = coding.write_sheet(drawn, corpus)
    print(drop_controls(f"{len(drawn):,} sentences about {actor}:"), *paths, paths[-1].read_text("utf-8"), sep="\n")


def fill_store(corpus: Path, workers: int, scheduler: str | None) -> None:
    """Read a corpus into the store that the notebooks read from, and print how many articles are there.

    Raises ValueError for a corpus or a number of workers that cannot be used, OSError where no scheduler answers.
    """
    with reading.open_client(workers, scheduler) as client:
        read = reading.read_corpus(open_articles(corpus), client=client)
    rest = f"; to be checked: {lost} (a line each in notebook 01)" if (lost := len(read.corpus.rejected)) else ""
    print(f"articles read and stored: {len(read.articles):,}{rest}")


def make_corpus(source: Path, target: Path, outlet: str | None, column: list[str]) -> list[str]:
    """Import articles into a corpus folder, draft its lists, print what was done and what to do next; return problems.

    `column` has the columns of a table, each as OURS=THEIRS. Raises ValueError where one is written otherwise, and
    where source or target cannot be used.
    """
    from helpers import importing, labels

    if hasattr(sys.stdout, "reconfigure"):  # a console that lacks a letter of a name shows "?" for it
        sys.stdout.reconfigure(errors="replace")
    columns = {}
    for option in column:
        ours, _, theirs = (part.strip() for part in option.partition("="))
        if not (ours and theirs):
            cure = 'write OURS=THEIRS, such as body=Text; a name with spaces only as --column "body=Full text"'
            raise ValueError(f"column {option!r} (COLUMNS, --column): {cure}")
        columns[ours] = theirs
    imported = importing.import_articles(source, target, columns=columns, outlet=outlet)
    if imported.accepted.empty and imported.rejected.empty:
        raise ValueError(f"'{source}' holds no file that can be imported: say where the articles are")
    print(*importing.describe_import(imported), sep="\n")
    has_articles = len((target / "articles.csv").read_bytes().strip().splitlines()) > 1  # below its headings
    is_drafted = all((target / name).is_file() for name in ("actors.csv", "sources.csv", "labels.csv"))
    if len(imported.accepted) or (has_articles and not is_drafted):  # the last import may have been cut short
        print("", *labels.draft_lists(target), "", sep="\n")
    if (target / "actors.csv").is_file():
        print((LEXICONS / "next.txt").read_text(encoding="utf-8").format(target=target), end="")
    return [] if has_articles else [f"no article came from {source}: {target} has none"]


def run_module(name: str, *options: str) -> int:
    """Run another package from the project's folder, as `python -m` does, and exit as it exits."""
    os.chdir(ROOT)
    # where labconfig/ turns off JupyterLab's announcements: it asks for no news and looks for no updates
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join([str(LEXICONS), os.environ.get("JUPYTER_CONFIG_PATH", "")])
    sys.argv = [name, *options]
    runpy.run_module(name, run_name="__main__", alter_sys=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
