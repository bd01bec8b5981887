"""What an import did, in lines for a person."""

from typing import TYPE_CHECKING

from helpers.importing.limits import read_rules

if TYPE_CHECKING:
    from helpers.importing import Imported

_FEW = 3  # articles that one line names


def describe_import(imported: "Imported") -> list[str]:
    """Return how many articles were taken and from whom, a line for each that was not, and what was guessed."""
    accepted, rejected, guesses = imported
    lines = [f"accepted: {len(accepted):,}; rejected: {len(rejected):,}"]
    counts = accepted["outlet"].value_counts().sort_index()
    lines += [f"  {outlet}: {n:,}" for outlet, n in counts.items()]
    if len(rejected):
        lines += ["", "rejected, with the reason:", *(f"  {reason}" for reason in rejected["reason"])]
    lines += _describe_guesses(accepted, guesses)
    return lines


def _describe_guesses(accepted: "Imported.accepted", guesses: "Imported.guesses") -> list[str]:
    lines = [f"  {row.origin}" for row in guesses[guesses["article_id"] == ""].itertuples()]
    own = guesses[guesses["article_id"] != ""]
    fields = own[own["field"] != "text"]
    for field, rows in fields.groupby("field", sort=False):
        parts = [f"{int((rows['status'] == status).sum()):,} {status}" for status in ("found", "guessed")]
        without = len(accepted) - int(rows.loc[rows["status"] != "missing", "article_id"].nunique())
        lines.append(f"  {field}: {', '.join(parts)}, {without:,} missing")
    said = own[
        (own["origin"] != "")
        & ((own["status"] == "missing") | ((own["field"] == "text") & (own["status"] == "guessed")))
    ]
    lines += [f"  {row.article_id}: {row.field}: {row.origin}" for row in said.itertuples()]
    unknown = accepted[accepted["outlet"] == read_rules()["names"]["unknown_outlet"]]
    if len(unknown):
        shown = ", ".join(unknown["article_id"][:_FEW]) + (" ..." if len(unknown) > _FEW else "")
        lines.append(
            f"  no outlet is known of {len(unknown):,} of {len(accepted):,} ({shown}): write it into articles.csv, "
            'column outlet; or import into a new folder, with a sub-folder for each outlet, or OUTLET="Name" '
            "(--outlet) where all are of one"
        )
    foreign = accepted[~accepted["language"].isin(["", "en"])]
    lines += [
        f"  {row.article_id} is in {row.language}: kept, not measured (English only)" for row in foreign.itertuples()
    ]
    return ["", "found, guessed and missing (import.csv says so for each article):", *lines] if lines else []
