"""The columns of every table: what each one means and what it may hold.

They are listed in `schemas.csv` beside this file, one row a column; the row without a column says what one row of the
table is. From them one pandera schema a table is made, and the lists of columns in helpers/README.md. Each table is
checked against its schema where it is made, so a column can be relied on by name.
"""

from itertools import groupby
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pandera.pandas import Check, Column, DataFrameSchema

_TYPES = {
    "text": "str", "unique text": "str", "optional text": "str", "whole number": "int64", "number": "float64",
    "yes or no": "bool", "day": "datetime64[s]",
}  # fmt: skip
_COLUMNS = pd.read_csv(Path(__file__).with_suffix(".csv"), dtype=str, keep_default_na=False).to_dict("records")
_VALUES = {(row["table"], row["column"]): tuple(row["values"].split("|")) for row in _COLUMNS}
VOICES = _VALUES["mentions", "voice"]
ALL_VOICES = "all"  # where several are added up
KINDS = _VALUES["mentions", "kind"]
ROLES = _VALUES["mentions", "role"]
ACTS, UNDERGOES, ATTACHED = _VALUES["acts", "role"]
NAMED_BY = _VALUES["harms", "named"]  # how the doer of a harm is named
GENRES = tuple(filter(None, _VALUES["articles", "genre"]))
_OPTIONAL = {(row["table"], row["column"]) for row in _COLUMNS if row["type"] == "optional text"}
UNRESOLVED = "unresolved"  # instead of an actor, where the text leaves several open
NOT_NAMED = "no source named"  # the source type of "reportedly", "is said to": nobody is cited

# Rules of honesty. In story clusters: below FEW nothing is claimed, from ENOUGH on there are intervals. LEVEL: of tests
# and, as 1 - LEVEL, of intervals.
FEW, ENOUGH, LEVEL = 5, 20, 0.05

TABLES: dict[str, DataFrameSchema] = {}
ROWS: dict[str, pa.DataType] = {}  # of a list of rows, in Arrow
_EMPTY: dict[str, pd.DataFrame] = {}  # tables without a row, which have the types
for _name, (_table, *_listed) in groupby(_COLUMNS, lambda row: row["table"]):
    _columns = {}  # `check` sets their types; a day or a number may be missing
    for _row in _listed:
        _checks = [Check.isin(_row["values"].split("|"))] if _row["values"] else []
        _checks += [Check.in_range(float(_row["lowest"]), float(_row["highest"] or "inf"))] if _row["lowest"] else []
        _unique, _gaps = _row["type"] == "unique text", _row["type"] in ("day", "number")
        _columns[_row["column"]] = Column(None, _checks, unique=_unique, nullable=_gaps, description=_row["meaning"])
    _EMPTY[_name] = _empty = pd.DataFrame({row["column"]: pd.Series(dtype=_TYPES[row["type"]]) for row in _listed})
    _arrow = [(at, pa.large_string() if it == "str" else pa.from_numpy_dtype(it)) for at, it in _empty.dtypes.items()]
    ROWS[_name] = pa.large_list(pa.struct(_arrow))
    TABLES[_name] = DataFrameSchema(_columns, strict=True, name=_name, description=_table["meaning"])


def check(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Return `frame` with the columns of `table` in their order and types.

    Raises KeyError for a missing column that is not optional, pandera.errors.SchemaError, which names column and value,
    for one that holds what it must not.
    """
    if not len(frame):
        return _EMPTY[table].copy()
    types = _EMPTY[table].dtypes
    absent = {name: "" for name in types.index if (table, name) in _OPTIONAL and name not in frame}
    typed = frame.assign(**absent)[[*types.index]].reset_index(drop=True)
    wrong = {name: types[name] for name, found in typed.dtypes.items() if found != types[name]}  # most are right
    return TABLES[table].validate(typed.astype(wrong) if wrong else typed, inplace=True)  # it changes nothing
