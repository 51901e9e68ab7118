from pathlib import Path

import pytest

from tests.cli.calling import TINY, call


@pytest.fixture(scope="session")
def tiny(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("scenarios") / "tiny.yaml"
    path.write_text(TINY)
    return path


@pytest.fixture(scope="session")
def finished(tiny, tmp_path_factory) -> Path:
    """A small run with two replicates; not to be changed."""
    folder = tmp_path_factory.mktemp("runs") / "tiny"
    code, _, err = call("run", tiny, "--out", folder, "--replicates", 2, "--threads", 1, "--quiet")
    assert code == 0, err
    return folder
