"""Who may reach the live explorer: this computer's own browser, once it has shown the token."""

import hmac
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from tornado.web import RequestHandler

HOST = "127.0.0.1"
TURNED_AWAY = (
    "<!DOCTYPE html><html lang=en><meta charset=utf-8><title>hipstudy</title><main>"
    "<h1>This page is not open to you</h1><p>It opens only in the browser that hipstudy explore "
    "opened. Run <code>hipstudy explore</code> again, or <code>hipstudy explore --no-browser</code>"
    " for an address to paste.</p></main></html>"
)


class Guard:
    """A token, the cookie it is exchanged for, and the rule for every request.

    The token never reaches a page: the one request that has it in its address is answered by the
    cookie and by the same address without it.
    """

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(32)
        self._secret = secrets.token_urlsafe(32)
        self.port = 0
        self.on_entry: Callable[[], None] = lambda: None

    def way_in(self, query: str = "") -> str:
        """Address that lets a browser in, with the token: for the eyes of this user only."""
        rest = [(key, value) for key, value in parse_qsl(query) if key != "token"]
        words = urlencode([("token", self.token), *rest])
        return f"{self.origin}/?{words}"

    @property
    def origin(self) -> str:
        """Address of the server, without the token."""
        return f"http://{HOST}:{self.port}"

    @property
    def _cookie(self) -> str:
        return f"hipstudy-{self.port}"  # cookies do not tell ports apart

    def knows(self, handler: RequestHandler) -> bool:
        """Whether the browser was let in before."""
        return _same(handler.get_cookie(self._cookie, "") or "", self._secret)

    def turns_away(self, handler: RequestHandler) -> bool:
        """Answer a request that must not, or need not, go on; say whether it was answered."""
        request = handler.request
        own = request.host == f"{HOST}:{self.port}"  # else another name was made to point here
        origin = request.headers.get("Origin")
        reads = request.method in ("GET", "HEAD")
        if not own or (origin is None and not reads) or origin not in (None, self.origin):
            return _refuse(handler)
        shown = handler.get_query_argument("token", None)
        if shown is None:
            return not self.knows(handler) and _refuse(handler)
        if request.method != "GET" or not _same(shown, self.token):
            return _refuse(handler)
        # Lax, not Strict: the way in starts from a file, which a browser takes for another site.
        handler.set_cookie(self._cookie, self._secret, httponly=True, samesite="Lax", path="/")
        rest = [(key, value) for key, value in parse_qsl(request.query) if key != "token"]
        handler.set_header("Cache-Control", "no-store")
        handler.set_header("Referrer-Policy", "no-referrer")
        handler.redirect("/" + (f"?{urlencode(rest)}" if rest else ""))
        self.on_entry()
        return True


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _refuse(handler: RequestHandler) -> bool:
    handler.set_status(403)
    handler.set_header("Content-Type", "text/html; charset=utf-8")
    handler.finish(TURNED_AWAY)
    return True


class _Guarded:
    """What stands before a handler's own preparation."""

    def prepare(self) -> Any:
        """Let in only what the guard lets in."""
        if self.settings["guard"].turns_away(self):
            return None
        return super().prepare()

    def check_xsrf_cookie(self) -> None:
        """Nothing more: the guard lets in what changes something from its own pages only."""


def guarded(rule: Any) -> Any:
    """A rule of a tornado application whose handler stands behind the guard."""
    pattern, handler, *rest = rule
    return (pattern, type(handler.__name__, (_Guarded, handler), {}), *rest)
