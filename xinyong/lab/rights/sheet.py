"""The test sheet of the EU AI Act, article 5(1)(c), for each system: met, not met or contested, and by what."""

from collections.abc import Iterable, Sequence

from xinyong.lab.rights.found import Finding, Line
from xinyong.lab.rights.rows import Element, Rows


def fill_in(rows: Rows, lines: Iterable[Line], systems: Sequence[str]) -> list[Finding]:
    """The sheet of every system of a world, element by element."""
    values = {(line.metric, line.part, line.system): line for line in lines}
    found = []
    for system in systems:
        for key, element in rows.ai_act.elements.items():
            if element.metric is None:
                said = rows.ai_act.declared[system][key]
                found.append(Finding(system, key, element.gloss, said.answer, said.why, None))
            else:
                found.append(_measured(system, key, element, values.get((*element.metric, system))))
    return found


def _measured(system: str, key: str, element: Element, line: Line | None) -> Finding:
    """Read an element off a metric; without a value it is contested, and the reason is the metric's."""
    assert element.metric is not None
    name = ".".join(element.metric)
    if line is None or line.value is None:
        reason = line.reason if line else "no such metric"
        return Finding(system, key, element.gloss, "contested", f"{name} not measured: {reason}", None)
    met = line.value > element.above
    why = f"{name} = {line.value:.3g}, {'above' if met else 'not above'} {element.above:g}"
    return Finding(system, key, element.gloss, "met" if met else "not met", why, line.value)
