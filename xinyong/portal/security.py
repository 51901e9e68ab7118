"""What stands before every page: headers that forbid foreign and inline code, limits, and plain refusals."""

import time
from collections import OrderedDict
from collections.abc import Iterable
from urllib.parse import unquote_to_bytes

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
HEADERS = {
    "content-security-policy": POLICY, "x-content-type-options": "nosniff", "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "geolocation=(), camera=(), microphone=()", "x-frame-options": "DENY",
}  # fmt: skip
LONGEST_URL, LARGEST_BODY = 4096, 16_384
READERS_KEPT = 4096


class Bucket:
    """Tokens for each reader: so many at once, so many a second."""

    def __init__(self, per_second: float, burst: float) -> None:
        self.per_second, self.burst = per_second, burst
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, who: str, now: float | None = None) -> bool:
        """Take a token; False if there is none left."""
        moment = time.monotonic() if now is None else now
        tokens, last = self._held.pop(who, (self.burst, moment))
        tokens = min(self.burst, tokens + (moment - last) * self.per_second)
        allowed = tokens >= 1.0
        self._held[who] = (tokens - allowed, moment)
        while len(self._held) > READERS_KEPT:
            self._held.popitem(last=False)
        return allowed


class Guard:
    """ASGI middleware: refuses early what is malformed, too long, too fast or foreign; adds the headers."""

    def __init__(
        self, app: ASGIApp, hosts: Iterable[str], per_second: float = 100.0, burst: float = 300.0,
        a_minute: float = 12.0,
    ) -> None:  # fmt: skip
        self.app, self.hosts = app, frozenset(hosts)
        self.reads, self.writes = Bucket(per_second, burst), Bucket(a_minute / 60, a_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        status, told = self._refusal(scope)
        if status:
            extra = {"retry-after": "2"} if status == 429 else {}
            await JSONResponse({"error": told}, status, headers=extra)(scope, receive, guarded)
            return
        await self.app(scope, receive, guarded)

    def _refusal(self, scope: Scope) -> tuple[int, str]:
        """Status and reason of a refusal; 0 where there is none."""
        headers, client = Headers(scope=scope), scope.get("client")
        who = client[0] if client else ""
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_URL:
            return 414, f"the address is longer than {LONGEST_URL} characters"
        if not _clean(scope.get("raw_path") or scope["path"].encode(), scope["query_string"]):
            return 400, "the address holds bytes that are no text (UTF-8, no control characters)"
        if self.hosts and _host(headers) not in self.hosts:
            return 421, "this portal answers under its own name only"
        if not self.reads.take(who):
            return 429, "too many requests; wait a moment"
        return self._write_refusal(scope, headers, who) if scope["method"] == "POST" else (0, "")

    def _write_refusal(self, scope: Scope, headers: Headers, who: str) -> tuple[int, str]:
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length) > LARGEST_BODY:
            return 413, f"the request is larger than {LARGEST_BODY} bytes, or does not say how large it is"
        if "transfer-encoding" in headers:
            return 411, "say how long the request is"
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return 403, "this request came from another site"
        if not self.writes.take(who):
            return 429, "too many experiments; wait a minute"
        return 0, ""


def _host(headers: Headers) -> str:
    return headers.get("host", "").rpartition(":")[0] or headers.get("host", "")


def _clean(*parts: bytes) -> bool:
    """Whether every part is UTF-8 without control characters, also once percent signs are read."""
    for part in parts:
        try:
            text = unquote_to_bytes(part.replace(b"+", b" ")).decode("utf-8")
        except UnicodeDecodeError:
            return False
        if any(ord(c) < 32 or ord(c) == 127 for c in text):
            return False
    return True
