"""Reading on the workers of a Dask cluster: tasks out, chunks back, as the workers have room for them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from helpers.reading.chunks import READ_TABLES, Chunk, Task, list_types, read_chunk

if TYPE_CHECKING:
    from distributed import Client

AHEAD = 2  # tasks sent for each thread of a worker: one to read and one to begin with when it is done


def spread_tasks(tasks: Sequence[Task], client: "Client", tell: Callable[[int], object]) -> Iterator[Chunk]:
    """Yield the chunk of each task as it is done, read by the workers of a cluster.

    Few tasks are under way at a time, so that neither here nor in the scheduler memory grows with the corpus. What
    was under way on a worker that ends is read by another. An article that ends one worker after another (a parse
    that takes all its memory) is found by halving its task, and is in `failed`.
    """
    from distributed import KilledWorker, as_completed

    waiting, sent = list(reversed(tasks)), {}

    def send() -> None:
        task = waiting.pop()
        future = client.submit(read_chunk, task, pure=False)
        sent[future] = task
        done.add(future)

    done = as_completed()
    for _ in range(min(len(waiting), AHEAD * max(1, sum(client.nthreads().values())))):
        send()
    for future in done:
        task = sent.pop(future)
        error = future.exception()
        if error is None:
            yield future.result()
            tell(len(task.keys))
        elif not isinstance(error, KilledWorker):
            raise error
        elif len(task.keys) > 1:
            waiting += _halve(task)
        else:
            yield _fail(task, "it ended the process that read it")
        future.release()
        while waiting and len(sent) < AHEAD * max(1, sum(client.nthreads().values())):
            send()


def _halve(task: Task) -> list[Task]:
    half = len(task.keys) // 2
    return [
        replace(task, keys=task.keys[part], texts=task.texts[part], masks=task.masks[part])
        for part in (slice(0, half), slice(half, None))
    ]


def _fail(task: Task, why: str) -> Chunk:
    import numpy as np

    tables = {name: list_types(name).empty_table() for name in READ_TABLES}
    return Chunk((), np.zeros((0, len(READ_TABLES)), np.int64), tables, dict.fromkeys(task.keys, why))
