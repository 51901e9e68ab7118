"""Let this process take institutions, rules and scenarios from a second checkout too, as if they had been added."""

import importlib
import shutil
import sys
from pathlib import Path

import pytest
import yaml

import xinyong.rulebook as rulebook
from xinyong import behaviours, institutions
from xinyong.assembly import known_processes
from xinyong.lab import scenario

PACKAGE = Path(rulebook.__file__).parent


def checkout(root: Path) -> Path:
    """The parts of a checkout that `xinyong new` writes to."""
    for folder in ("rules", "scenarios", "targets"):
        shutil.copytree(PACKAGE / folder, root / "xinyong" / folder)
    shutil.copy(PACKAGE / "sources.yaml", root / "xinyong")
    for folder in ("xinyong/institutions", "xinyong/behaviours", "tests/cases"):
        (root / folder).mkdir(parents=True)
    return root


def join(root: Path, name: str) -> None:
    """Add a process to the toy scenario of a checkout."""
    path = root / "xinyong" / "scenarios" / "toy.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content["processes"].append(name)
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def move_in(root: Path) -> None:
    importlib.invalidate_caches()
    institutions.__path__.append(str(root / "xinyong" / "institutions"))
    behaviours.__path__.append(str(root / "xinyong" / "behaviours"))
    rulebook.PACKAGE, scenario.FOLDER = root / "xinyong", root / "xinyong" / "scenarios"
    _forget()


def move_out() -> None:
    for package in (institutions, behaviours):
        gone = package.__path__.pop()
        for path in Path(gone).glob("*.py"):
            sys.modules.pop(f"{package.__name__}.{path.stem}", None)
            vars(package).pop(path.stem, None)
    rulebook.PACKAGE, scenario.FOLDER = PACKAGE, PACKAGE / "scenarios"
    _forget()


def _forget() -> None:
    known_processes.cache_clear()
    rulebook._own_book.cache_clear()


if __name__ == "__main__":
    move_in(Path(sys.argv[1]))
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", *sys.argv[2:]]))
