"""`xinyong serve`: finds the runs, says where the portal is, and answers until it is stopped."""

import socket
from collections.abc import Sequence
from pathlib import Path

from xinyong.errors import RunError
from xinyong.portal.app import make_app
from xinyong.portal.library import find_runs

EVERYWHERE = ("0.0.0.0", "::", "")


def serve(folders: Sequence[Path], host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve run folders (without any: those in runs/) until stopped. Raises RunError for folders that are not there."""
    for folder in folders:
        if not folder.is_dir():
            raise RunError(
                f"{folder}: there is no such folder; give run folders, or none to serve those in runs/"
            )
    if not 0 < port < 65536:
        raise RunError(f"--port {port}: ports run from 1 to 65535")
    _refuse_taken(host, port)
    import uvicorn

    shown = list(folders) or find_runs(Path("runs"))
    hosts = () if host in EVERYWHERE else (host, "localhost", "127.0.0.1", "[::1]")
    app = make_app(shown, hosts, desk_folder=Path("runs") / "desk")
    where = f"[{host}]" if ":" in host else host
    print(f"xinyong portal: http://{where}:{port}/  ({len(shown)} run(s); Ctrl+C stops it)", flush=True)
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        limit_concurrency=512,
        h11_max_incomplete_event_size=16_384,
    )


def _refuse_taken(host: str, port: int) -> None:
    """Say it in one line if the port cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError as error:
            raise RunError(
                f"--host {host} --port {port}: {error.strerror or error}; choose another port"
            ) from error
