"""The command line: `xinyong run`, `list`, `compare`, `validate`, `report`, `show`, `coverage` and others."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from xinyong.cli.pages import page_for

if TYPE_CHECKING:
    from xinyong.cli.commands import app

__all__ = ["app", "main"]

DONE, CHECK_FAILED, BAD_INPUT, STOPPED = 0, 1, 2, 130


def __getattr__(name: str) -> Any:
    """Load the commands only when they are needed, so that help comes at once."""
    if name == "app":
        from xinyong.cli.commands import app

        return app
    raise AttributeError(f"module 'xinyong.cli' has no attribute {name!r}")


def main(words: Sequence[str] | None = None) -> None:
    """Run the command line; exit code 0 done, 1 a check failed, 2 bad input."""
    given = list(sys.argv[1:] if words is None else words)
    page = page_for(given)
    if page is not None:
        print(page, end="")
        sys.exit(DONE)
    try:
        sys.exit(_run(given))
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(DONE)
    except KeyboardInterrupt:
        print("xinyong: stopped; a run goes on with --resume", file=sys.stderr)
        sys.exit(STOPPED)


def _run(given: list[str]) -> int:
    """Carry out one command and say in one line what is wrong with it, if anything is."""
    from cyclopts import CycloptsError

    from xinyong.cli.commands import app
    from xinyong.cli.reading import one_flag_each
    from xinyong.errors import XinyongError

    try:
        tokens = one_flag_each(given)
        code = app(tokens, result_action="return_value", exit_on_error=False, print_error=False)
    except CycloptsError as error:
        error.verbose = False
        return _complain(f"{error} See `{_asked(error)} --help`.")
    except XinyongError as error:
        return _complain(error)
    except BrokenPipeError:
        raise
    except OSError as error:
        return _complain(f"{error.filename or 'this machine'}: {error.strerror or error}")
    except MemoryError:
        return _complain("there is not enough memory for this; choose a smaller --scale")
    return code if isinstance(code, int) else DONE


def _complain(message: object) -> int:
    """Say it in one line, whatever line breaks a parser put into it."""
    print(f"xinyong: {' '.join(str(message).split())}", file=sys.stderr)
    return BAD_INPUT


def _asked(error: Any) -> str:
    """The command in which an error happened, as it was typed."""
    return " ".join(["xinyong", *(error.command_chain or ())])
