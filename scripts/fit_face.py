"""Size of the loss of face (phi_F) from one field experiment, under each reading of its abstract (decision 0046).

    .venv/bin/python scripts/fit_face.py [--write]

Bu and Liao 2022: in 40 Chinese villages the threat of being named on a blackboard cut the share of delinquents by 18.6
from 79.5 % and the rate of delinquency by 5.6 from 15.2 %; the abstract does not say whether points or per cent. A
villager pays unless what he saves is worth more than what he fears to lose: the logit of being delinquent falls by
phi_F times his face weight times the stigma of a named defaulter, everybody knowing. Stigma is that of the village as
it then is, so that the answer solves an equation. The default is the middle of the smallest and the largest reading;
their range is what phi_F is varied over. The experiment is about small debts in villages: it does not say what happens
in cities or with large debts.
"""

import argparse
import re
from pathlib import Path

import numpy as np

from xinyong.kernels.facing import stigma
from xinyong.kernels.variates import normal

RULES = Path(__file__).parent.parent / "xinyong" / "rules" / "facing.yaml"
SPREAD = 0.5
READINGS = {
    "share of delinquents, points": (0.795, 0.795 - 0.186),
    "share of delinquents, per cent": (0.795, 0.795 * (1 - 0.186)),
    "rate of delinquency, points": (0.152, 0.152 - 0.056),
    "rate of delinquency, per cent": (0.152, 0.152 * (1 - 0.056)),
}
FACE = np.exp(SPREAD * np.array([normal((q + 0.5) / 400) for q in range(400)]) - SPREAD**2 / 2)


def delinquent(before: float, scale: float, now: float) -> float:
    """Share delinquent under the threat, if `before` are without it and a share `now` is seen to be."""
    logit = np.log(before / (1 - before)) - scale * FACE * stigma(now, 1.0)
    return float((1 / (1 + np.exp(-logit))).mean())


def scale_for(before: float, under_threat: float) -> float:
    """The phi_F that brings the share down as observed, by bisection."""
    low, high = 0.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        if delinquent(before, middle, under_threat) > under_threat:
            low = middle
        else:
            high = middle
    return low


def fitted() -> dict[str, float]:
    """phi_F under each reading."""
    return {reading: scale_for(*shares) for reading, shares in READINGS.items()}


def main() -> None:
    """Print the readings; with --write put the default into the rules."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true")
    found = fitted()
    for reading, scale in found.items():
        print(f"{reading:32s} {scale:.3f}")
    default = round((min(found.values()) + max(found.values())) / 2, 2)
    print(f"{'default':32s} {default}")
    if parser.parse_args().write:
        text = RULES.read_text(encoding="utf-8")
        line = r"(face_scale:.*?2013-10-01: \{value: )[\d.]+"
        RULES.write_text(re.sub(line, rf"\g<1>{default}", text, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    main()
