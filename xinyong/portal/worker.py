"""The process that plays one order: reads `order.json`, tells its progress in lines, writes `result.json`."""

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from xinyong.errors import XinyongError
from xinyong.lab.tables import write_json

MOST_BYTES = 8 << 30


def main(folder: Path) -> int:
    """Play an order; 0 if it is done, 1 if it cannot be."""
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    told = json.loads((folder / "order.json").read_text(encoding="utf-8"))
    try:
        result = (_experiment if told["kind"] == "experiment" else _worlds)(told["order"], folder)
    except XinyongError as error:
        order = told["order"]
        problem = str(error).replace(str(folder), "the desk")
        say(problem=problem.replace(order.get("folder", ""), order["run"]) if "folder" in order else problem)
        return 1
    except MemoryError:
        say(problem="this order needs more memory than the desk gives; order fewer persons")
        return 1
    write_json(folder / "result.json", result)
    return 0


def say(**facts: Any) -> None:
    """Tell the portal something."""
    print(json.dumps(facts), flush=True)


def _experiment(order: dict[str, Any], folder: Path) -> dict[str, Any]:
    from xinyong.lab.desk import play

    return play(order, folder, lambda done, whole, _: say(done=done, whole=whole))


def _worlds(order: dict[str, Any], folder: Path) -> dict[str, Any]:
    from dataclasses import asdict

    from xinyong.lab.two_worlds import two_worlds

    say(done=0, whole=2)
    both = two_worlds(Path(order["folder"]), order["id"], order["switch"], lambda n: say(done=n, whole=2))
    return asdict(both)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
