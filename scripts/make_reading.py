"""Write docs/reference/reading.md from the annotated reading: scripts/make_reading.py [--check]."""

import sys
from pathlib import Path

from xinyong.lab.coverage import SAID
from xinyong.lab.reading import Requirement, load_reading
from xinyong.rulebook import RuleBook

ROOT = Path(__file__).parents[1]
FILE = ROOT / "docs" / "reference" / "reading.md"
UP = "../../"
HEAD = """<!-- Made by scripts/make_reading.py from xinyong/reading; do not edit. -->

# The paper, item by item

What the paper says, in {n} statements that a program can carry, each in our own words with its place in the paper.
`xinyong coverage` checks every link; `xinyong coverage --requirement R49` tells one in full. The data lie in
`xinyong/reading/`, one file a section.

"""


def page() -> str:
    """The whole page."""
    reading = load_reading()
    found = reading.requirements.values()
    counts = ", ".join(f"{sum(r.status == status for r in found)} {said}" for status, said in SAID.items())
    parts = [HEAD.format(n=len(found)) + counts[0].upper() + counts[1:] + ".\n"]
    for section in reading.sections.values():
        parts.append(f"## {section.title.en} · {section.title.zh}\n")
        parts += [item(name, found) for name, found in section.requirements.items()]
    return "\n".join(parts)


def item(name: str, found: Requirement) -> str:
    """One statement in both languages, with its links."""
    status = SAID[found.status] + (f" {found.issue}" if found.issue else "")
    status += f": {found.why.en}" if found.why else ""
    lines = [
        f"### {name}\n",
        f"{found.en}  ",
        f"{found.zh}\n",
        f"- {found.tag}; {found.place.told()}; {status}",
    ]
    lines += [f"- check: {found.check}"] if found.check else []
    carried = found.carried_by
    links = [rule(path) for path in carried.rules]
    links += [f"[{file}]({UP}{file})" for file in carried.files]
    lines += [f"- carried by: {', '.join(links)}"] if links else []
    lines += [f"- test: {test(name)}" for name in carried.tests]
    lines += [f"- evidence disagrees: {', '.join(found.conflicts)}"] if found.conflicts else []
    return "\n".join(lines) + "\n"


def rule(path: str) -> str:
    """A rule as a link to its file."""
    head, _, rest = path.partition(".")
    file = f"cities/{rest.partition('.')[0]}" if head == "cities" and rest else head
    known = dict.fromkeys(RuleBook.load().sections, True)
    place = f"rules/{file}.yaml" if head in known or head == "policy_calendar" else "rules"
    return f"[`{path}`]({UP}xinyong/{place})"


def test(name: str) -> str:
    """A test as a link to its file."""
    file, _, title = name.partition("::")
    return f"[{Path(file).name}]({UP}{file}): {title.removeprefix('test_').replace('_', ' ')}"


def main() -> int:
    """Write the page, or with --check say that it is not current."""
    made = page()
    if "--check" in sys.argv[1:]:
        current = FILE.is_file() and FILE.read_text(encoding="utf-8") == made
        print("" if current else f"not current: {FILE}; run scripts/make_reading.py")
        return 0 if current else 1
    FILE.write_text(made, encoding="utf-8")
    print(f"written: {FILE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
