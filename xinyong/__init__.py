"""xinyong (信用): a paper on China's social credit system, executable over a wholly synthetic society."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xinyong.api import claims, experiment, play
    from xinyong.draws import draw
    from xinyong.errors import XinyongError
    from xinyong.lab.compare import compare
    from xinyong.lab.experiment.results import Experiment, open_experiment
    from xinyong.lab.results import Run, open_run
    from xinyong.lab.scenario import Scenario, load_scenario
    from xinyong.lab.validate import validate
    from xinyong.rulebook import RuleBook

__version__ = "0.1.0"

_HOMES = {
    "Experiment": "xinyong.lab.experiment.results", "RuleBook": "xinyong.rulebook", "Run": "xinyong.lab.results",
    "Scenario": "xinyong.lab.scenario", "XinyongError": "xinyong.errors", "claims": "xinyong.api",
    "compare": "xinyong.lab.compare", "draw": "xinyong.draws", "experiment": "xinyong.api",
    "load_scenario": "xinyong.lab.scenario", "open_experiment": "xinyong.lab.experiment.results",
    "open_run": "xinyong.lab.results", "play": "xinyong.api", "validate": "xinyong.lab.validate",
}  # fmt: skip

__all__ = [
    "Experiment", "RuleBook", "Run", "Scenario", "XinyongError", "claims", "compare", "draw", "experiment",
    "load_scenario", "open_experiment", "open_run", "play", "validate",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import public names when first used, so that the command line starts quickly."""
    from importlib import import_module

    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'xinyong' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
