"""Have files read by a program of its own, which is stopped where one takes too long or brings it down."""

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, NamedTuple

from helpers.importing.items import Item, load_item
from helpers.importing.limits import limit
from helpers.importing.walking import is_table

_ROOT = Path(__file__).parents[2]
_START_SECONDS = 60  # the first answer waits for the libraries to load


class Answer(NamedTuple):
    """What one file holds: its articles, what was guessed of it, and why it or a part is refused: (part, words)."""

    items: list[Item]
    notes: list[tuple[str, str]]
    refused: list[tuple[str, str]]


def read_apart(files: Iterable[Path], columns: Mapping[str, str]) -> Iterator[tuple[Path, Answer]]:
    """Yield each file with what a worker program reads in it; a file that stops the worker is refused."""
    worker = None
    try:
        for path in files:
            table = is_table(path)
            try:
                size = path.stat().st_size
            except OSError as error:  # gone since the folder was listed
                yield path, _refuse(f"it cannot be opened ({error.strerror}): copy it again")
                continue
            most = limit("table_bytes" if table else "article_bytes")
            if size > most:
                yield path, _refuse(f"it has {size:,} bytes, more than {most:,}: split it")
                continue
            starting = worker is None
            worker = worker or _start()
            seconds = limit("table_seconds" if table else "seconds")
            answer = _ask(worker, path, columns, seconds + (_START_SECONDS if starting else 0))
            if answer is None:
                stopped = worker.poll() is None
                worker = _stop(worker)
                how = f"took longer than {seconds} seconds and was stopped" if stopped else "broke off"
                answer = _refuse(f"reading it {how}: save it as .txt, or split it")
            yield path, answer
    finally:
        _stop(worker)


def _start() -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"}
    environment["OPENBLAS_NUM_THREADS"] = "1"
    return subprocess.Popen(
        [sys.executable, "-m", "helpers.importing.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="ascii",
        env=environment,
    )


def _stop(worker: subprocess.Popen[str] | None) -> None:
    if worker is not None:
        worker.kill()
        worker.wait()
        for stream in (worker.stdin, worker.stdout):
            with suppress(OSError):  # what was not yet sent to it
                stream.close()


def _ask(worker: subprocess.Popen[str], path: Path, columns: Mapping[str, str], seconds: float) -> Answer | None:
    """Return the worker's answer, None where there is none in time."""
    answers: queue.Queue[str] = queue.Queue()
    try:
        worker.stdin.write(json.dumps({"path": str(path), "columns": dict(columns)}) + "\n")
        worker.stdin.flush()
    except OSError:
        return None
    threading.Thread(target=_read_line, args=(worker.stdout, answers), daemon=True).start()
    try:
        line = answers.get(timeout=seconds)
    except queue.Empty:
        return None
    if not line.endswith("\n"):
        return None
    return load_answer(json.loads(line))


def load_answer(raw: Mapping[str, Any]) -> Answer:
    """Return an Answer from its JSON."""
    pairs = {name: [(part, words) for part, words in raw[name]] for name in ("notes", "refused")}
    return Answer([load_item(item) for item in raw["items"]], **pairs)


def _refuse(reason: str) -> Answer:
    return Answer([], [], [("", reason)])


def _read_line(stream: IO[str], answers: "queue.Queue[str]") -> None:
    try:
        answers.put(stream.readline())
    except (OSError, ValueError):
        answers.put("")
