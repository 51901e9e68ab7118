"""What the code of a process says beyond its declarations: rule files it reads, keys it draws with."""

import ast
import importlib
import inspect
from collections.abc import Iterable
from functools import lru_cache
from types import ModuleType

from xinyong.process import Process

PACKAGE = "xinyong"
# modules that carry every process, or read every rule; what they name is not what one process uses
COMMON = frozenset({
    "process", "columns", "notices", "engine", "assembly", "rulebook", "rulefiles", "rules_of_day", "errors", "i18n",
})  # fmt: skip
KEYS = {
    "key": "this week's key: new luck every week",
    "fixed_key": "the process's own key that never changes",
    "trait_key": "the key of persons' standing traits, the same for every process",
}


def draws_of(process: Process) -> tuple[str, ...]:
    """The draw keys that the code of a process names, in words; empty where nothing is drawn."""
    tree = _tree(type(process).__module__)
    named = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    below = set().union(*(_attributes(name) for name in _helpers(type(process).__module__)), set())
    return tuple(told for key, told in KEYS.items() if key in named | below)


def sections_of(process: Process, sections: Iterable[str]) -> tuple[str, ...]:
    """The rule files whose rules a process reads: the one of its own name, and those its code and helpers name."""
    module = type(process).__module__
    words = set().union(*(_words(name) for name in (module, *_helpers(module))))
    return tuple(s for s in sections if s == process.name or s in words)


@lru_cache(maxsize=256)
def _words(module: str) -> frozenset[str]:
    """Attributes and strings of a module: `rules.courts`, `leaves("redress")`."""
    tree = _tree(module)
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    texts = {
        node.value.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " not in node.value
    }
    return frozenset(attributes | texts)


@lru_cache(maxsize=256)
def _attributes(module: str) -> frozenset[str]:
    return frozenset(node.attr for node in ast.walk(_tree(module)) if isinstance(node, ast.Attribute))


@lru_cache(maxsize=256)
def _tree(module: str) -> ast.Module:
    return ast.parse(inspect.getsource(importlib.import_module(module)))


@lru_cache(maxsize=256)
def _helpers(module: str) -> tuple[str, ...]:
    """Modules of the package that a process's module imports, the common ones and kernels left out."""
    found: ModuleType = importlib.import_module(module)
    named = {value.__name__ for value in vars(found).values() if inspect.ismodule(value)}
    named |= {str(getattr(value, "__module__", "")) for value in vars(found).values() if callable(value)}
    return tuple(sorted(
        name for name in named
        if name.startswith(f"{PACKAGE}.") and name != module
        and name.split(".")[1] not in {*COMMON, "kernels", "institutions", "behaviours"}
    ))  # fmt: skip
