"""Write the files that something new needs: skeletons that load, run and stay silent until they are filled in."""

import contextlib
import keyword
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from xinyong.assembly import known_processes
from xinyong.errors import ScenarioError, did_you_mean
from xinyong.lab import skeletons

PACKAGE = Path(__file__).parent.parent
LONGEST = 40
_RESERVED = frozenset(
    {"rows", "signed", "key", "values", "cities", "policy_calendar", "sources", "code", "name", "gloss"}
)
Files = dict[Path, str]


@dataclass(frozen=True)
class Made:
    """Files written, and what to do next."""

    files: tuple[Path, ...]
    advice: str


def make(kind: str, name: str, into: Path | None = None) -> Made:
    """Write the files of a new institution, behaviour, city or statistic into a checkout, all of them or none.

    Raises ScenarioError for a name that cannot be used, a folder that is no checkout, or a full disk.
    """
    makers: Mapping[str, Callable[[str, Path], Files]] = {
        "institution": lambda n, root: _process("institution", n, root),
        "behaviour": lambda n, root: _process("behaviour", n, root),
        "city": _city,
        "statistic": _statistic,
    }
    if kind not in makers:
        raise ScenarioError(f"nothing is called '{kind}'{did_you_mean(kind, makers)}")
    _check_name(name)
    root = _checkout(into)
    files = makers[kind](name, root)
    _write(files)
    return Made(tuple(files), skeletons.ADVICE[kind].replace("NAME", name))


def _check_name(name: str) -> None:
    """Refuse what could not be a file, a class and a rule path at once."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) or len(name) > LONGEST:
        better = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", "_", name).strip("_").lower()[:LONGEST]
        near = f" (did you mean '{better}'?)" if re.fullmatch(r"[a-z][a-z0-9_]*", better) else ""
        raise ScenarioError(
            f"'{name}' is no name in snake_case{near}; use lower-case letters, digits and single _"
        )
    if keyword.iskeyword(name) or keyword.issoftkeyword(name) or name in _RESERVED:
        raise ScenarioError(f"'{name}' is a reserved word; choose another, say {name}_list")


def _checkout(into: Path | None) -> Path:
    """Find the root of the checkout to write into."""
    root = (into or PACKAGE.parent).resolve()
    missing = [p for p in ("xinyong/institutions", "xinyong/rules", "tests") if not (root / p).is_dir()]
    if missing:
        raise ScenarioError(f"{root} is no checkout of xinyong: it has no {missing[0]}; name one with --into")
    return root


def _title(name: str) -> str:
    words = name.replace("_", " ")
    return words[0].upper() + words[1:]


def _filled(text: str, name: str) -> str:
    camel = "".join(part.capitalize() for part in name.split("_"))
    return text.replace("CLASS", camel).replace("TITLE", _title(name)).replace("NAME", name)


def _process(kind: str, name: str, root: Path) -> Files:
    known = known_processes()
    if name in known:
        raise ScenarioError(
            f"there is already a process '{name}' ({known[name].__module__}); choose another name"
        )
    sections = {path.stem for path in (root / "xinyong" / "rules").glob("*.yaml")}
    if name in sections:
        raise ScenarioError(f"there is already a file of rules {name}.yaml; choose another name")
    institution = kind == "institution"
    text = skeletons.PROCESS if institution else skeletons.BEHAVIOUR
    case = skeletons.CASE.replace("COUNT", "decisions" if institution else "acts")
    return _new(
        {
            root / "xinyong" / f"{kind}s" / f"{name}.py": _filled(text, name),
            root / "xinyong" / "rules" / f"{name}.yaml": _filled(skeletons.RULES, name),
            root / "tests" / "cases" / f"{name}.yaml": _filled(case, name),
        }
    )


def _city(name: str, root: Path) -> Files:
    import yaml

    folder = root / "xinyong" / "rules" / "cities"
    if (folder / f"{name}.yaml").exists():
        raise ScenarioError(f"there is already a city '{name}' ({folder / name}.yaml); choose another name")
    codes = {int(yaml.safe_load(p.read_text(encoding="utf-8"))["code"]) for p in folder.glob("*.yaml")}
    free = next((code for code in range(1, 256) if code > max(codes, default=0)), 0)
    if not free:
        raise ScenarioError("every code from 1 to 255 is taken; a code is never reused")
    return _new({folder / f"{name}.yaml": _filled(skeletons.CITY, name).replace("CODE", str(free))})


def _statistic(name: str, root: Path) -> Files:
    import yaml

    path = root / "xinyong" / "targets" / "targets.yaml"
    text = path.read_text(encoding="utf-8")
    content = yaml.safe_load(text)
    taken = {str(row["counter"]) for row in content["rows"]} | set(content.get("statistics") or {})
    if name in taken:
        raise ScenarioError(
            f"there is already a statistic '{name}' in {path}; add a row for another date there"
        )
    head = "" if "statistics" in content else skeletons.STATISTICS
    return {path: text.rstrip("\n") + "\n" + head + _filled(skeletons.STATISTIC, name)}


def _new(files: Files) -> Files:
    """Refuse to write over anything."""
    for path in files:
        if path.exists():
            raise ScenarioError(f"{path} is already there; remove it, or choose another name")
    return files


def _write(files: Files) -> None:
    """Write every file, or none."""
    drafts: list[tuple[Path, Path]] = []
    placed: list[Path] = []
    try:
        for path, text in files.items():
            draft = path.with_name(path.name + ".tmp")
            drafts.append((draft, path))
            draft.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(text, encoding="utf-8")
        for draft, path in drafts:
            fresh = not path.exists()
            draft.replace(path)
            placed += [path] if fresh else []
    except OSError as error:
        for leftover in (*(draft for draft, _ in drafts), *placed):
            with contextlib.suppress(OSError):
                leftover.unlink(missing_ok=True)
        raise ScenarioError(
            f"cannot write {error.filename}: {error.strerror}; nothing was written"
        ) from error
