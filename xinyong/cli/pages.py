"""Help pages, kept as text so that `--help` answers at once; a test holds them to what the commands say.

`make reference` writes them anew.
"""

from collections.abc import Sequence
from pathlib import Path

FILE = Path(__file__).with_name("pages.txt")
WIDTH = 80
_HELP = ("--help", "-h")
_HEAD = "\f"


def page_for(words: Sequence[str]) -> str | None:
    """The help page or version that was asked for, or None if there is something to do."""
    if list(words) == ["--version"]:
        from xinyong import __version__

        return __version__ + "\n"
    asked = [word for word in words if word not in _HELP]
    if (len(asked) < len(words) and len(asked) < 2) or not words:
        return read_pages().get(asked[0] if asked else "")
    return None


def read_pages() -> dict[str, str]:
    """Every page by command; the first, without a name, is the one of `xinyong` itself."""
    if not FILE.is_file():
        return {}
    parts = FILE.read_text(encoding="utf-8").split(_HEAD)
    return {name: page for name, _, page in (part.partition("\n") for part in parts if part)}


def make_pages() -> dict[str, str]:
    """Write every page from what the commands say of themselves."""
    import io

    from rich.console import Console

    from xinyong.cli.commands import app

    pages = {}
    for name in ("", *(n for n in app if not n.startswith("-"))):
        out = io.StringIO()
        app.help_print([name] if name else [], console=Console(file=out, width=WIDTH, color_system=None))
        pages[name] = "\n".join(line.rstrip() for line in out.getvalue().strip().splitlines()) + "\n"
    return pages


def pages_text() -> str:
    """Lay every page out as the file holds them."""
    return "".join(f"{_HEAD}{name}\n{page}" for name, page in make_pages().items())
