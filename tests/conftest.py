"""What all tests share."""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor

import pytest
from hypothesis import settings

from helpers import reading
from tests import runs
from tests.parsing import SEEDS

# No deadline: the first example of a property often pays for loading a model. Elsewhere than on a developer's own
# machine the examples are the same in every run, so that a change is not blamed for an old weakness.
settings.register_profile("project", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("project")


@pytest.hookimpl(tryfirst=True)  # before `-m "not slow"` chooses
def pytest_collection_modifyitems(items):
    """What waits for a run beside the tests is slow and comes last: none of the other tests has to wait with it."""
    waiting = [item for item in items if any(name.endswith("_run") for name in item.fixturenames)]
    for item in waiting:
        item.add_marker("slow")
    items.sort(key=waiting.__contains__)


@pytest.fixture(scope="session", autouse=True)
def started(request, tmp_path_factory):
    """The runs that the chosen tests ask for, by name: one after another, in a process beside the tests."""
    fixtures = {name for item in request.session.items for name in item.fixturenames}
    asked = {name: do for name, do in runs.RUNS.items() if f"{name}_run" in fixtures}
    pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))  # one that may have children, as imports do
    yield {name: pool.submit(do, tmp_path_factory.mktemp(name)) for name, do in asked.items()}
    pool.shutdown(wait=False, cancel_futures=True)
    for child in multiprocessing.active_children():  # the run under way, if the tests end before it
        child.kill()


@pytest.fixture(scope="session")
def seeds():
    """What is read of the seeds."""
    return reading.read_corpus(reading.open_corpus(SEEDS))


@pytest.fixture
def project(tmp_path):
    """An empty project."""
    for name in ("notebooks", "seeds"):
        (tmp_path / name).mkdir()
    return tmp_path


def make_run(name):
    """The fixture of one run: seeds_run, elsewhere_run ..."""
    return pytest.fixture(scope="session", name=f"{name}_run")(lambda started: started[name].result())


seeds_run, drawn_run, hostile_run, hanging_run, single_run, elsewhere_run = map(make_run, runs.RUNS)
