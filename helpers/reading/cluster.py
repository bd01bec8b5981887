"""Reading on several processes or a cluster, by Dask: tasks out, results back, as the workers have room for them."""

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from distributed import Client

    from helpers.reading.parsing import Article

Result = tuple[Any, Any, dict[str, str]]  # rows and parses of some articles, and what failed, by key
# Workers give memory back to the system after each array, and a fifth of the time goes into asking for it again.
_KEEP_MEMORY = {
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": 1 << 30,
    "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": 1 << 26,
}
PATIENCE = 20  # seconds until a scheduler must answer
_GONE = "the scheduler went away; what was read is stored: run it again to go on"


@contextmanager
def open_client(workers: int = 1, scheduler: str | None = None) -> Iterator["Client | None"]:
    """Give a client of the cluster at an address, else of one made here of `workers` processes; None for one worker.

    A cluster made here listens on this machine alone, without a dashboard, and ends with the block. Raises ValueError
    for what is no number of workers or no address, OSError where no scheduler answers.
    """
    if workers < 1:
        raise ValueError(f"workers = {workers}: write 1 or more")
    if scheduler is not None and not re.fullmatch(r"(tcp|tls|ws|wss)://[^\s:/]+:\d{1,5}", scheduler):
        raise ValueError(f"scheduler = {scheduler!r}: write a Dask scheduler's address, such as tcp://scheduler:8786")
    if workers == 1 and scheduler is None:
        yield None
        return
    import dask
    from distributed import Client, LocalCluster

    with ExitStack() as stack:
        quiet = {"dashboard_address": None, "silence_logs": logging.ERROR}
        quiet |= {"scheduler_kwargs": {"dashboard_address": "127.0.0.1:0"}}  # any free port for its health page
        if scheduler is None:
            stack.enter_context(dask.config.set(_KEEP_MEMORY))
            cluster = LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, host="127.0.0.1", **quiet)
            scheduler = stack.enter_context(cluster)
        try:
            client = stack.enter_context(Client(scheduler, timeout=PATIENCE, set_as_default=False))
        except (OSError, ValueError) as error:
            raise OSError(f"no scheduler answers at '{scheduler}' ({' '.join(str(error).split())})") from None
        yield client


def read_on_cluster(
    read: Callable[..., "Result"], tasks: "Iterable[list[Article]]", client: "Client", alone: bool = False
) -> "Iterator[Result]":
    """Yield what `read` returns of each task, some articles, as workers of a cluster finish it.

    As many tasks as the workers have threads are under way at a time, so that memory grows neither here nor in the
    scheduler. Dask gives what was under way on a worker that ended to another; a task that ended several is read
    again at the end, each article `alone`, with nothing else under way; one that ends its workers even then cannot be
    read. Raises ConnectionError where the scheduler goes away.
    """
    from distributed import KilledWorker, as_completed

    tasks, again = iter(tasks), []
    try:
        room = 1 if alone else max(1, sum(client.nthreads().values()))
    except OSError:
        raise ConnectionError(_GONE) from None
    sent = {client.submit(read, task, pure=False): task for task in islice(tasks, room)}
    done = as_completed(sent, loop=client.loop)
    for future in done:
        task = sent.pop(future)
        try:
            yield future.result()
        except KilledWorker:
            if alone:
                yield (), (), {task[0].key: "it ended the process that read it"}
            else:
                again += [[article] for article in task]
        except CancelledError:
            raise ConnectionError(_GONE) from None
        for task in islice(tasks, 1):
            sent[more := client.submit(read, task, pure=False)] = task
            done.add(more)
    if again:
        yield from read_on_cluster(read, again, client, alone=True)
