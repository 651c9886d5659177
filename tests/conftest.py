"""What every test can rely on: no screen needed, English texts, no thread left running."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
REAL_DATA = REPOSITORY.parent / "shared" / "real_data"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--onscreen", action="store_true", help="show the windows of the UI tests")


def pytest_configure(config: pytest.Config) -> None:
    if not config.getoption("--onscreen"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"


@pytest.fixture(autouse=True)
def _texts_in_english() -> Iterator[None]:
    from reviewer_app.texts import use_language

    use_language("en")
    yield
    use_language("en")


@pytest.fixture(autouse=True)
def _no_thread_left_running() -> Iterator[None]:
    """Fail the test that leaves a thread running, and name the thread."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 5
    for thread in set(threading.enumerate()) - before:
        thread.join(max(0.0, deadline - time.monotonic()))
    left = [
        thread
        for thread in set(threading.enumerate()) - before
        if thread.is_alive() and not getattr(thread, "shared_by_tests", False)
    ]
    if left:
        pytest.fail("threads left running: " + ", ".join(sorted(t.name for t in left)))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of real result files that lies beside the repository."""
    if not REAL_DATA.is_dir():
        pytest.skip("the real result files are not beside the repository")
    return REAL_DATA
