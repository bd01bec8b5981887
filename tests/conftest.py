"""What all tests share."""

import os

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
    """What is slow comes first, so that of two processes none is left alone with it; what needs a run is slow."""
    for item in items:
        if any(name.endswith("_run") for name in item.fixturenames):
            item.add_marker("slow")
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


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
    do = runs.RUNS[name]
    return pytest.fixture(scope="session", name=f"{name}_run")(
        lambda tmp_path_factory: do(tmp_path_factory.mktemp(name))
    )


seeds_run, drawn_run, hostile_run, hanging_run, single_run, elsewhere_run = map(make_run, runs.RUNS)
