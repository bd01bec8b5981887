"""What all tests share."""

import os

from hypothesis import settings

# No deadline: the first example of a property often pays for loading a model. Elsewhere than on a developer's own
# machine the examples are the same in every run, so that a change is not blamed for an old weakness.
settings.register_profile("project", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("project")
