"""Every error this package raises on purpose, in one small tree.

    XinyongError
    ├── RuleError          a rule file, a rule's path or a rule's value
    ├── ScenarioError      a scenario, its dates or its processes
    ├── RecipeError        a recipe of totals for a population
    ├── ReadingError       an entry of the annotated reading of the paper
    ├── RefusedInput       data about single persons was offered: refused, whatever it is for
    ├── AssemblyError      processes that do not fit together: circles, two owners, unheard needs
    ├── OwnershipError     a process touched what it did not declare
    ├── RunError           a run or a run folder
    │   └── CheckpointError    a checkpoint of another scenario, rule book or version
    └── TargetError        a published series, or a target made of it

A message names the file or path, says what was wrong, gives the nearest valid name, and says what to do.
"""

import difflib
from collections.abc import Iterable

_LISTED = 12


class XinyongError(Exception):
    """Anything wrong with what was asked for; a bug raises something else. The command line exits with 2."""


class RuleError(XinyongError, AttributeError):
    """A rule file, a rule's path or a rule's value is wrong.

    It is also an AttributeError, because an unknown rule is an unknown attribute.
    """

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class ScenarioError(XinyongError):
    """A scenario, its dates or its processes are wrong."""


class RecipeError(XinyongError):
    """A population recipe is wrong or cannot be met."""


class ReadingError(XinyongError):
    """An entry of the annotated reading is wrong, or there is none of that number."""


class RefusedInput(XinyongError):  # noqa: N818
    """Data about single persons was offered; this laboratory takes totals only."""


class AssemblyError(XinyongError):
    """Processes do not fit together."""


class OwnershipError(XinyongError):
    """A process touched what it did not declare."""


class RunError(XinyongError):
    """A run or its folder cannot be used."""


class CheckpointError(RunError):
    """A checkpoint belongs to another scenario, rule book or version."""


class TargetError(XinyongError):
    """A published series or a target made of it cannot be used."""


def did_you_mean(name: str, choices: Iterable[str]) -> str:
    """Give the nearest valid name, in brackets and with a leading space, to stand after a complaint.

    Without a near name the valid ones are listed if they are few; otherwise the text is empty.
    """
    known = [str(choice) for choice in choices]
    near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.6)
    if near:
        return f" (did you mean '{near[0]}'?)"
    tails = [choice for choice in known if choice.rpartition(".")[2] == str(name).rpartition(".")[2]]
    if len(tails) == 1:
        return f" (did you mean '{tails[0]}'?)"
    if known and len(known) <= _LISTED:
        return f" (known: {', '.join(sorted(known))})"
    return ""
