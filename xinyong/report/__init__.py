"""Reports: one offline page in two languages for each run."""

from pathlib import Path

__all__ = ["write_report"]


def write_report(run_path: str | Path, against: Path | None = None) -> Path:
    """Write report.html into a run folder and give its path."""
    from xinyong.report.page import write_report as write

    return write(run_path, against)
