"""What `import xinyong` offers is what it says it offers."""

import ast
import subprocess
import sys

import source

import xinyong


def test_all_is_sorted_and_every_name_exists():
    assert list(xinyong.__all__) == sorted(xinyong.__all__)
    assert len(set(xinyong.__all__)) == len(xinyong.__all__)
    missing = [name for name in xinyong.__all__ if not hasattr(xinyong, name)]
    assert not missing


def test_what_editors_are_told_is_what_is_offered():
    init = source.tree(source.PACKAGE / "__init__.py")
    told = {
        alias.asname or alias.name
        for node in ast.walk(init)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in node.body
        if isinstance(inner, ast.ImportFrom)
        for alias in inner.names
    }
    assert told == set(xinyong.__all__)
    assert set(dir(xinyong)) - {"__version__"} == set(xinyong.__all__)


def test_public_names_have_docstrings():
    assert all((getattr(xinyong, name).__doc__ or "").strip() for name in xinyong.__all__)


def test_importing_the_package_is_light():
    heavy = "numpy numba duckdb matplotlib"
    code = f"import sys, xinyong; print([m for m in '{heavy}'.split() if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"
