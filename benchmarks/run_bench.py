"""The table of docs/reference/benchmarks.md: python -m benchmarks [--quick] [--no-agreement]"""

import statistics
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from benchmarks import agree, machine
from benchmarks.drive import ROOT, Tool

PAGE = ROOT / "docs" / "reference" / "benchmarks.md"
BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"
WARM_UP, AIM, AIM_BYTES, AIM_MESA, AIM_STARSIM = 156, 50.0, 48, 100, 3
FIRST_BUSY_WEEK = 470
COMMON = {
    10_000: ("mesa", "mesa lists", "starsim"),
    100_000: ("mesa", "mesa lists", "starsim"),
    1_000_000: ("starsim",),
}
NAMES = {
    "mesa": "Mesa",
    "mesa lists": "Mesa, waiting times",
    "starsim": "Starsim",
    "xinyong": "xinyong",
    "full": "xinyong",
}


@dataclass
class Speed:
    """Blocks of one tool, size and number of workers."""

    tool: str
    persons: int
    threads: int = 1
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    load: list[float] = field(default_factory=list)

    def add(self, model: Tool, weeks: int) -> None:
        """Measure one block."""
        took = model.ask("step", weeks=weeks, threads=self.threads)
        work = model.persons * weeks / 1e6
        self.wall.append(work / took["wall"])
        self.cpu.append(work / took["cpu"])
        self.load.append(took["load"])

    @property
    def rate(self) -> float:
        """Million person-weeks a second, median of blocks."""
        return statistics.median(self.wall)

    def row(self, *more: str) -> str:
        cells = [
            NAMES[self.tool], f"{self.persons:,}", str(self.threads), f"{self.rate:.3g}",
            f"{min(self.wall):.3g} to {max(self.wall):.3g}", f"{statistics.median(self.cpu):.3g}",
            f"{statistics.median(self.load):.1f}", *more,
        ]  # fmt: skip
        return "| " + " | ".join(cells) + " |"


HEAD = (
    "| tool | persons | workers | M person-weeks/s | lowest to highest block | per processor-second | load |"
)


def say(text: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}, load {machine.load():.1f}] {text}", flush=True)


def common_at(persons: int, blocks: int, seconds: float) -> list[Speed]:
    """All tools at one size: built, warmed up, then measured block by block in turn."""
    models = [Tool(tool, persons=persons, seed=1) for tool in ("xinyong", *COMMON[persons])]
    speeds, lengths = [], []
    for model in models:
        model.ask("step", weeks=WARM_UP - 8)
        took = model.ask("step", weeks=8)["wall"] / 8
        for threads in (1, 2) if model.tool == "xinyong" else (1,):
            speeds.append((model, Speed(model.tool, model.persons, threads)))
            lengths.append(max(2, min(26, round(seconds / took))))
    for _ in range(blocks):
        for (model, speed), weeks in zip(speeds, lengths, strict=True):
            speed.add(model, weeks)
    for model in models:
        model.close()
    found = [speed for _, speed in speeds]
    say(f"common model, {persons:,}: " + ", ".join(f"{s.tool} x{s.threads} {s.rate:.3g}" for s in found))
    return found


def common_part(quick: bool) -> tuple[list[str], list[str]]:
    """Table of the common model and its ratios."""
    blocks, seconds = (3, 0.3) if quick else (7, 0.6)
    speeds = [s for n in COMMON if not (quick and n > 100_000) for s in common_at(n, blocks, seconds)]
    lines = [HEAD, "|---|---:|---:|---:|---:|---:|---:|", *(s.row() for s in speeds)]
    return lines, ratios(speeds)


def ratios(speeds: list[Speed]) -> list[str]:
    """xinyong over each other tool, block against block of the same round."""
    lines = ["| persons | against | 1 worker | 2 workers | aim |", "|---:|---|---:|---:|---|"]
    for other in (s for s in speeds if s.tool != "xinyong"):
        ours = {s.threads: s for s in speeds if s.tool == "xinyong" and s.persons == other.persons}
        times = [
            statistics.median(a / b for a, b in zip(ours[t].wall, other.wall, strict=True)) for t in (1, 2)
        ]
        aim = {"mesa": AIM_MESA, "starsim": AIM_STARSIM}.get(other.tool)
        reached = "" if aim is None else f"{aim} times: {'reached' if max(times) >= aim else 'not reached'}"
        lines.append(
            f"| {other.persons:,} | {NAMES[other.tool]} | {times[0]:.1f} | {times[1]:.1f} | {reached} |"
        )
    return lines


def full_at(persons: int, blocks: int, weeks: int, short: bool) -> dict[str, Any]:
    """Everything switched on at one size: burn-in, blocks with one and two workers in turn, shares, memory."""
    model = Tool("full", persons=persons, seed=1, short=short)
    first = 104 if short else FIRST_BUSY_WEEK
    model.ask("step", weeks=2, threads=2)
    burn = model.ask("step", weeks=first - 2, threads=2)
    speeds = {t: Speed("full", model.persons, t) for t in (1, 2)}
    for _ in range(blocks):
        for speed in speeds.values():
            speed.add(model, weeks)
    memory = model.ask("memory")
    shares = model.ask("shares", weeks=weeks)
    model.close()
    rate = model.persons * (first - 2) / burn["wall"] / 1e6
    say(
        f"everything, {persons:,}: x1 {speeds[1].rate:.3g}, x2 {speeds[2].rate:.3g}, {memory['all']:.1f} bytes a person"
    )
    return {
        "speeds": speeds, "memory": memory, "shares": shares, "burn": rate, "persons": model.persons,
        "build": model.built["seconds"],
        "how": f"{blocks} blocks of {weeks} weeks" + (", burn-in of 104 weeks" if short else ""),
    }  # fmt: skip


def full_part(quick: bool) -> tuple[list[str], list[str], list[str]]:
    """Tables of the whole model: speed, memory, shares."""
    sizes = (
        [(100_000, 5, 13, False), (1_000_000, 5, 13, False)]
        if quick
        else [(100_000, 5, 26, False), (1_000_000, 7, 13, False), (10_000_000, 2, 13, True)]
    )
    found = [full_at(*size) for size in sizes]
    lines = [
        HEAD.replace("load |", "load | burn-in, 2 workers | measured |"),
        "|---|---:|---:|---:|---:|---:|---:|---:|---|",
    ]
    lines += [s.row(f"{f['burn']:.3g}", f["how"]) for f in found for s in f["speeds"].values()]
    memory = [
        "| persons | columns of parties | side tables | all, bytes a person | process, MiB "
        "| people made in, s | all built in, s |"
    ]
    memory.append("|---:|---:|---:|---:|---:|---:|---:|")
    for f in found:
        m = f["memory"]
        cells = [f"{m[n]:.1f}" for n in ("columns", "tables", "all")]
        cells += [f"{m['rss'] / 2**20:,.0f}", f"{m['population']:.1f}", f"{f['build']:.1f}"]
        memory.append(f"| {f['persons']:,} | " + " | ".join(cells) + " |")
    middle = found[min(1, len(found) - 1)]
    whole = sum(middle["shares"].values())
    shares = [f"| part, {middle['persons']:,} persons, 1 worker | ms a week | share |", "|---|---:|---:|"]
    shares += [f"| {n} | {ms:.2f} | {100 * ms / whole:.0f} % |" for n, ms in middle["shares"].items()]
    return [*lines, "", *verdict(found, middle)], memory, shares


def verdict(found: list[dict[str, Any]], middle: dict[str, Any]) -> list[str]:
    """The aims on speed, linearity and memory."""
    if middle["persons"] < 900_000:
        return ["- the aims are for 1 M persons and are not looked at in a quick run"]
    two = middle["speeds"][2].rate
    lines = [
        f"- aim of {AIM:.0f} M person-weeks/s on two cores at 1 M persons: {two:.1f}, {_yes(two >= AIM)}"
    ]
    if len(found) > 1:
        per = {f["persons"]: 1000 / f["speeds"][2].rate for f in found}
        told = ", ".join(f"{ns:.1f} at {n:,}" for n, ns in per.items())
        lines.append(f"- linear in persons: nanoseconds a person-week, two workers: {told}")
    size = middle["memory"]["all"]
    lines.append(f"- aim of {AIM_BYTES} bytes of state a person: {size:.1f}, {_yes(size <= AIM_BYTES)}")
    return lines


def _yes(good: bool) -> str:
    return "reached" if good else "**not reached**"


def triad_part(quick: bool) -> str:
    """Memory bandwidth, one line."""
    model = Tool("triad", persons=8_000_000 if quick else 64_000_000)
    found = model.ask("measures")
    model.close()
    return f"- memory bandwidth (triad, float64): {found['1']:.1f} GB/s with one thread, {found['2']:.1f} with two"


def page(quick: bool, with_agreement: bool) -> tuple[list[str], bool]:
    """Everything between the markers."""
    started, before = time.perf_counter(), machine.load()
    bandwidth = triad_part(quick)
    full, memory, shares = full_part(quick)
    common, against = common_part(quick)
    agreement, good = agree.main(quick) if with_agreement else (["(left out of this run)"], True)
    minutes = (time.perf_counter() - started) / 60
    about = [
        f"Made {time.strftime('%Y-%m-%d')} by `{' '.join(['make bench', *sys.argv[1:]])}` in {minutes:.0f} minutes.",
        "",
        *machine.describe(), bandwidth,
        f"- load average {before:.1f} at the beginning, {machine.load():.1f} at the end; a load above the number of "
        "workers measured, plus one, means that other work disturbed the numbers",
    ]  # fmt: skip
    parts = [
        ("", about), ("## Everything switched on", full), ("## Memory", memory), ("## Where the time goes", shares),
        ("## The common model", common), ("## Ratios", against), ("## Agreement", agreement),
    ]  # fmt: skip
    lines = [line for title, body in parts for line in ([title, ""] if title else []) + [*body, ""]]
    return lines, good


def main() -> None:
    """Measure, print, and write the page (a quick run prints only)."""
    quick = "--quick" in sys.argv
    lines, good = page(quick, "--no-agreement" not in sys.argv)
    print("\n".join(lines))
    if not quick or "--write" in sys.argv:
        text = PAGE.read_text(encoding="utf-8")
        head, tail = text.split(BEGIN)[0], text.split(END)[1]
        PAGE.write_text(head + BEGIN + "\n" + "\n".join(lines) + END + tail, encoding="utf-8")
    sys.exit(not good)
