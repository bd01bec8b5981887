"""Reading on the workers of a Dask cluster: the same tables, whatever happens to a worker."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from pyarrow.parquet import read_table

from helpers import reading
from helpers.reading import cluster, corpus, parsing
from helpers.run import ROOT
from tests.parsing import SEEDS, make_corpus
from tests.test_store import MORE, TEXTS, assert_same_tables

READ = parsing.read_articles
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def client():
    with reading.open_client(workers=2) as client:
        yield client


@pytest.fixture(scope="module")
def articles():
    texts = corpus.open_corpus(SEEDS).articles["text"]
    lines = [line for text in texts for line in text.split("\n")]
    return make_corpus({f"N-{n}": line for n, line in enumerate(lines[::2])})


@pytest.fixture(scope="module")
def wanted(articles):
    return reading.read_corpus(articles, store=None)


@pytest.fixture(autouse=True)
def short_tasks(monkeypatch):
    monkeypatch.setattr(reading, "TASK", 750)


def test_workers_give_the_tables_of_one_process(client, articles, wanted, tmp_path, monkeypatch):
    assert_same_tables(reading.read_corpus(articles, store=tmp_path, client=client), wanted)
    assert len(list(tmp_path.glob("tables/*/part-*"))) > 5
    monkeypatch.setattr(reading, "read_on_cluster", lambda *_: pytest.fail("read again"))
    assert_same_tables(reading.read_corpus(articles, store=tmp_path, client=client), wanted)


def test_a_worker_killed_in_mid_run_changes_nothing(client, articles, wanted, tmp_path):
    pids = client.run(os.getpid)

    def kill():
        while not list(tmp_path.glob("tables/*/part-*")):
            time.sleep(0.01)
        os.kill(min(pids.values()), signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    assert_same_tables(reading.read_corpus(articles, store=tmp_path, client=client), wanted)
    killer.join()


def test_a_worker_with_other_code_is_refused(client, monkeypatch):
    monkeypatch.setattr(parsing, "hash_code", lambda part: "another version")
    with pytest.raises(RuntimeError, match="a worker has another version of this project: install the same one"):
        reading.read_corpus(make_corpus(TEXTS), store=None, client=client)


def _poison(articles, *tell, **shared):
    """Ends its process at one article, as a parse does that takes all memory."""
    if any("took 7 villages" in article.text for article in articles):
        os._exit(1)
    return READ(articles, *tell, **shared)


def test_an_article_that_ends_its_worker_is_found_and_the_others_are_read(client, monkeypatch):
    monkeypatch.setattr(parsing, "read_articles", _poison)
    monkeypatch.setattr(client.cluster.scheduler, "allowed_failures", 0)
    few = {name: MORE[name] for name in ("C-6", "C-7", "C-8")}
    found = reading.read_corpus(make_corpus(few), store=None, client=client)
    assert found.corpus.rejected["source_file"].tolist() == ["C-7.txt"]
    assert "could not be read (it ended the process that read it)" in found.corpus.rejected["reason"][0]
    del few["C-7"]
    assert_same_tables(found, reading.read_corpus(make_corpus(few), store=None))


CLUSTER = """
from distributed import LocalCluster
if __name__ == "__main__":
    cluster = LocalCluster(n_workers=1, threads_per_worker=1, host="127.0.0.1", dashboard_address=None)
    print(cluster.scheduler_address, flush=True)
    input()
"""


def test_a_scheduler_that_goes_away_is_said_and_the_next_run_goes_on(articles, wanted, tmp_path):
    script = tmp_path / "cluster.py"
    script.write_text(CLUSTER)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    process = subprocess.Popen([sys.executable, str(script)], cwd=ROOT, **pipes)
    store = tmp_path / "store"

    def end():
        while len(list(store.glob("tables/*/part-*"))) < 2:
            time.sleep(0.01)
        process.kill()

    try:
        address = process.stdout.readline().strip()
        ender = threading.Thread(target=end)
        ender.start()
        with pytest.raises(OSError, match="scheduler"), reading.open_client(scheduler=address) as client:
            reading.read_corpus(articles, store=store, client=client)
        ender.join()
    finally:
        process.kill()
        process.wait()
    (folder,) = store.glob("tables/*")
    assert 0 < sum(len(read_table(part)) for part in folder.iterdir()) < len(articles.articles)
    assert_same_tables(reading.read_corpus(articles, store=store), wanted)


def test_an_address_without_a_scheduler_is_one_line(monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    with pytest.raises(OSError, match=r"no scheduler answers at 'tcp://localhost:1' \(.*\)$"):
        reading.open_client(scheduler="tcp://localhost:1").__enter__()
