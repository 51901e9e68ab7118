"""Files and functions stay small enough to be read."""

import ast
import re
from pathlib import Path

import pytest
import source

FILE, FUNCTION, INSTITUTION = 400, 40, 150
EVERYWHERE = sorted(
    path
    for folder in ("xinyong", "tests", "benchmarks", "scripts")
    for path in (source.ROOT / folder).rglob("*.py")
    if ".venv" not in path.parts
)
MARKS = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")


def label(path: Path) -> str:
    return str(path.relative_to(source.ROOT))


def code_lines(path: Path) -> int:
    """Lines of code without blank lines, docstrings, and what a process declares it owns, reads and posts.

    Declarations are a table, not code (decision 0016).
    """
    tree, lines = source.tree(path), path.read_text(encoding="utf-8").splitlines()
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    left_out = [node for c in classes for node in c.body if isinstance(node, ast.Assign)]
    texts = [n for n in ast.walk(tree) if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)]
    out = {i for node in left_out + texts for i in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    return sum(bool(line.strip()) for i, line in enumerate(lines, 1) if i not in out)


@pytest.mark.parametrize("path", EVERYWHERE, ids=label)
def test_a_file_has_one_idea(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    limit = FILE
    if path.parent == source.PACKAGE / "institutions":
        lines, limit = code_lines(path), INSTITUTION
    assert lines <= limit, f"{label(path)} has {lines} lines; the limit is {limit}"


@pytest.mark.parametrize("path", EVERYWHERE, ids=label)
def test_a_function_fits_a_screen(path):
    long = {node.name: source.body_lines(node) for node in source.functions(path)}
    long = {name: lines for name, lines in long.items() if lines > FUNCTION}
    assert not long, f"{label(path)}: {long}; the limit is {FUNCTION} lines without docstring"


@pytest.mark.parametrize("path", EVERYWHERE, ids=label)
def test_no_star_no_broad_except_no_leftovers(path):
    for node in ast.walk(source.tree(path)):
        where = f"{label(path)}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.ImportFrom):
            assert all(alias.name != "*" for alias in node.names), f"{where}: import names, not *"
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else "BaseException"
            broad = {"Exception", "BaseException"} & set(re.findall(r"\w+", caught))
            assert not broad, f"{where}: name what can go wrong"
    found = MARKS.search(path.read_text(encoding="utf-8"))
    assert not found, f"{label(path)}: '{found.group()}' belongs in an issue"


def test_the_median_function_is_short():
    sizes = sorted(source.body_lines(node) for path in source.modules() for node in source.functions(path))
    assert sizes[len(sizes) // 2] < 12
