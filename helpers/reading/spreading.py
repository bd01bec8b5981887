"""Reading on the workers of a Dask cluster: tasks out, chunks back, as the workers have room for them."""

import logging
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from helpers.reading.chunks import READ_TABLES, TABLES, Chunk, Task, list_types, read_chunk

if TYPE_CHECKING:
    from distributed import Client

# Workers give memory back to the system after each array, and a fifth of the time goes into asking for it again.
_KEEP_MEMORY = {
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": 1 << 30,
    "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": 1 << 26,
}
_GONE = "the scheduler went away; what was read is stored: run it again to go on"


@contextmanager
def open_client(workers: int = 1, scheduler: str | None = None) -> Iterator["Client | None"]:
    """Give a client of the cluster at an address, else of one made here of `workers` processes; None for one worker.

    A cluster made here listens on this machine alone, without a dashboard, and ends with the block. Raises OSError
    where no scheduler answers.
    """
    if workers == 1 and scheduler is None:
        yield None
        return
    import dask
    from distributed import Client, LocalCluster

    if scheduler:
        try:
            client = Client(scheduler, timeout=20, set_as_default=False)
        except (OSError, ValueError) as error:
            raise OSError(f"no scheduler answers at '{scheduler}' ({' '.join(str(error).split())})") from None
        with client:
            yield client
        return
    quiet = {
        "dashboard_address": None,
        "scheduler_kwargs": {"dashboard_address": "127.0.0.1:0"},  # any free port for its health page: no warning
        "silence_logs": logging.ERROR,
    }
    with (
        dask.config.set(_KEEP_MEMORY),
        LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, host="127.0.0.1", **quiet) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client


def count_threads(client: "Client") -> int:
    """Return how many threads a cluster has, at least 1; ConnectionError where its scheduler is gone."""
    try:
        return max(1, sum(client.nthreads().values()))
    except OSError:
        raise ConnectionError(_GONE) from None


def spread_tasks(tasks: Iterable[Task], client: "Client", tell: Callable[[int], object]) -> Iterator[Chunk]:
    """Yield the chunk of each task as it is done, read by the workers of a cluster.

    As many tasks as the workers have threads are under way at a time, so that neither here nor in the scheduler
    memory grows with the corpus. What was under way on a worker that ends is read by another. A task that ends one
    worker after another (a parse that takes all its memory) is halved until its article is found; that one is tried
    once more when nothing else is under way, which could have been to blame, and is then in `failed`.

    Raises ConnectionError where the scheduler goes away.
    """
    suspects: list[Task] = []
    yield from _send(tasks, client, tell, suspects)
    for suspect in suspects:
        blamed: list[Task] = []
        yield from _send([suspect], client, tell, blamed)
        if blamed:
            yield _fail(suspect, "it ended the process that read it")


def _send(
    tasks: Iterable[Task], client: "Client", tell: Callable[[int], object], suspects: list[Task]
) -> Iterator[Chunk]:
    """Yield the chunks of tasks; articles that end their worker join the suspects."""
    from distributed import KilledWorker, as_completed

    waiting, halves = iter(tasks), []
    sent, done = {}, as_completed(loop=client.loop)

    def fill() -> None:
        room = count_threads(client)
        while len(sent) < room and (task := next(waiting, None) or (halves.pop(0) if halves else None)):
            future = client.submit(read_chunk, task, pure=False)
            sent[future] = task
            done.add(future)

    fill()
    for future in done:
        task = sent.pop(future)
        try:
            chunk = future.result()
        except CancelledError:
            raise ConnectionError(_GONE) from None
        except KilledWorker:
            if len(task.keys) > 1:
                halves.extend(_halve(task))
            else:
                suspects.append(task)
        else:
            yield chunk
            tell(len(task.keys))
        future.release()
        fill()


def _halve(task: Task) -> list[Task]:
    half = len(task.keys) // 2
    return [
        replace(task, keys=task.keys[part], texts=task.texts[part], masks=task.masks[part], parses=task.parses[part])
        for part in (slice(0, half), slice(half, None))
    ]


def _fail(task: Task, why: str) -> Chunk:
    tables = {name: list_types(name).empty_table() for name in TABLES}
    return Chunk((), np.zeros((0, len(READ_TABLES)), np.int64), tables, dict.fromkeys(task.keys, why))
