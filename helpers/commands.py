"""What stands behind a command: a corpus made, its last run finished, reported and shared, a sheet to code."""

from pathlib import Path

from helpers.reading.files import clear_parts

DEFAULT_CORPUS, DEFAULT_OUT = "seeds", "figures"


def find_places(folder: Path, root: Path) -> tuple[Path, Path]:
    """Return where the executed notebooks of a corpus lie, and where its figures."""
    if folder.resolve() == (root / DEFAULT_CORPUS).resolve():
        return root / "notebooks", root / DEFAULT_OUT
    return folder / "report", folder / "report"


def finish_run(folder: Path, root: Path, whole: bool = True) -> list[str]:
    """Write the contact sheet and results.json of a run; return what stood in the way, one line each.

    Of a `whole` run results.json says which corpus it is of, so that a report knows whether it has to run anything.
    """
    from helpers import contact, report
    from helpers.reading import corpus

    notebooks, out = find_places(folder, root)
    clear_parts(out)
    contact.write_contact_sheet(out)
    try:
        made_of = corpus.hash_corpus(corpus.open_corpus(folder), whole=True) if whole else ""
        report.write_results(report.gather_results(notebooks, out), out, made_of)
    except ValueError as error:
        return [str(error)]
    return []


def explain_empty(folder: Path) -> list[str]:
    """Return one line where a corpus holds no article that could be used, which stops most notebooks; else none."""
    from helpers.reading import corpus

    try:
        opened = corpus.open_corpus(folder)
    except ValueError:
        return []
    if len(opened.articles):
        return []
    reasons = opened.rejected["reason"].tolist()
    more = f", and {len(reasons) - 1} more in notebook 01" if len(reasons) > 1 else ""
    return [f"{folder.name}: no article could be used. {reasons[-1] if reasons else 'articles.csv lists none'}{more}"]


def is_current(folder: Path, root: Path) -> bool:
    """Say whether the last run was of all notebooks, and on the corpus as it is now.

    Raises ValueError where there is no such corpus.
    """
    from helpers import report
    from helpers.reading import corpus

    opened = corpus.open_corpus(folder)
    return report.is_made_of(find_places(folder, root)[1], corpus.hash_corpus(opened, whole=True))


def make_report(folder: Path, root: Path, template: Path | None = None) -> list[Path]:
    """Make the report of a corpus from its last run; return the files.

    The template is `template`, else report.md in the corpus folder, else the project's. Raises ValueError where the
    template has a number that no result gave.
    """
    from helpers import report
    from helpers.reading import corpus

    notebooks, out = find_places(folder, root)
    own = folder / "report.md"
    template = template or (own if own.is_file() else None)
    title = corpus.open_corpus(folder).settings.get("title") or folder.resolve().name
    return report.make_report(report.gather_results(notebooks, out), out, title, template)


def share(folder: Path, root: Path, words: int, part: float) -> list[Path]:
    """Write what may be shown to others of a corpus's last run into its share/; return the files."""
    from helpers import share
    from helpers.reading import corpus

    out = find_places(folder, root)[1]
    return share.share_results(corpus.open_corpus(folder), out, words=words, part=part)


def draw_sheet(folder: Path, actor: str | None, per_outlet: int, seed: int) -> list[Path]:
    """Draw the sheet of a corpus that a person is to code, and write it; return the paths.

    Raises FileExistsError where there is one, ValueError where the actor or the corpus is not known.
    """
    from helpers import coding, reading, sentiment
    from helpers.reading import corpus

    read = reading.read_corpus(corpus.open_corpus(folder))
    actor = reading.pick_actor(read, actor)
    scores = sentiment.classify_targets(read, actor=actor)
    return coding.write_sheet(coding.draw_sheet(read, scores, actor=actor, per_outlet=per_outlet, seed=seed), folder)


def read_articles(folder: Path, workers: int = 1, scheduler: str | None = None) -> str:
    """Read a corpus into the store that the notebooks read from; return what to print.

    Raises ValueError for a corpus or a number of workers that cannot be used, OSError where no scheduler answers.
    """
    from helpers import reading
    from helpers.reading import corpus

    if workers < 1:
        raise ValueError(f"--workers {workers}: write 1 or more")
    articles = corpus.open_corpus(folder)
    with reading.open_client(workers, scheduler) as client:
        read = reading.read_corpus(articles, client=client)
    lost = len(read.corpus.rejected)
    rest = f"; {lost} lines in notebook 01 say what could not be used" if lost else ""
    return f"{len(read.articles):,} articles are read and stored{rest}"


def make_corpus(source: Path, target: Path, outlet: str | None, columns: list[str]) -> list[str]:
    """Import articles into a corpus folder and draft its lists; return what to print.

    Raises ValueError where source or target cannot be used.
    """
    from helpers import importing
    from helpers.reading import proposing

    named = dict(parse_column(column) for column in columns)
    imported = importing.import_articles(source, target, columns=named, outlet=outlet)
    lines = importing.describe_import(imported)
    if len(imported.accepted):
        lines += ["", *proposing.draft_lists(target)]
        lines += [
            "",
            f"next: open {target / 'articles.csv'} in a spreadsheet and mend what was guessed or is missing;",
            f"      edit {target / 'actors.csv'}: delete who is no actor, add other words for the same actor;",
            f"      then run  make figures CORPUS={target}  (or  python -m helpers.run figures --corpus {target})",
        ]
    return lines


def parse_column(option: str) -> tuple[str, str]:
    """Return the two names of `OURS=THEIRS`; raise ValueError where it is not so."""
    ours, mark, theirs = option.partition("=")
    if not (mark and ours.strip() and theirs.strip()):
        raise ValueError(f"--column {option!r}: write it as OURS=THEIRS, such as body=Text")
    return ours.strip(), theirs.strip()
