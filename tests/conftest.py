"""What all tests share."""

import os
import subprocess
import sys
from functools import partial

import pytest
from hypothesis import settings

from tests import runs

# No deadline: the first example of a property often pays for loading a model. Elsewhere than on a developer's own
# machine the examples are the same in every run, so that a change is not blamed for an old weakness.
settings.register_profile("project", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("project")


@pytest.fixture(scope="session", autouse=True)
def notebook_runs(request, tmp_path_factory):
    """What returns the run of all notebooks of a name: those that the chosen tests ask for are begun at once.

    They are done by a process beside the tests, which use one processor.
    """
    fixtures = {name for item in request.session.items for name in item.fixturenames}
    asked = [name for name in runs.RUNS if f"{name}_run" in fixtures]
    if not asked:
        yield None
        return
    place = tmp_path_factory.mktemp("runs")
    with (place / "log.txt").open("wb") as log:
        program = [sys.executable, "-m", "tests.runs", str(place), *asked]
        process = subprocess.Popen(program, cwd=runs.run.ROOT, stdout=log, stderr=log)
        try:
            yield partial(runs.wait_for, place, process=process)
        finally:
            process.terminate()
            process.wait()


def make_run(name):
    """The fixture of one run: seeds_run, renamed_run ..."""
    return pytest.fixture(scope="session", name=f"{name}_run")(lambda notebook_runs: notebook_runs(name))


seeds_run, renamed_run, single_run, elsewhere_run = map(make_run, runs.RUNS)
