"""Who may reach the live explorer: this computer's own browser, once it has shown the token."""

import hmac
import secrets
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

from tornado.web import RequestHandler

from hipstudy.explore.outcome_words import WORDS
from hipstudy.explore.state import LONGEST_ADDRESS, is_own_query, own_query

HOST = "127.0.0.1"
QUESTIONS = ("ask", "torque", "report")  # what the page asks by POST
MAX_HEAD_BYTES = 4 * 2**20  # more than any browser sends, so that a long address gets its sentence
PAGE = Path(__file__).with_name("notice.html").read_text(encoding="utf-8").strip()
AGAIN, TURNED_AWAY, ALREADY_USED, FROM_ELSEWHERE, NO_WORD = (
    WORDS(f"access_{name}")
    for name in ("again", "turned_away", "already_used", "from_elsewhere", "no_word")
)
TOO_LONG = WORDS("access_too_long", LONGEST_ADDRESS)


class Guard:
    """A token that works once, the cookie it is exchanged for, and the rule for every request.

    The token never reaches a page: the one request that has it in its address is answered by the
    cookie and by the way to the same address without it. All addresses begin with a folder of
    chance: a cookie goes to every port of a computer, but only under its own folder, which no
    other server here knows.
    """

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(32)
        self._secret = secrets.token_urlsafe(32)
        self._is_spent = False
        self.folder = f"/{secrets.token_urlsafe(16)}/"
        self.port = 0
        self.on_entry: Callable[[], None] = lambda: None

    def way_in(self, query: str = "") -> str:
        """Address that lets a browser in, with the token: for the eyes of this user only."""
        rest = own_query(query)
        return f"{self.origin}{self.folder}?token={self.token}{'&' if rest else ''}{rest}"

    @property
    def origin(self) -> str:
        """Address of the server, without the token."""
        return f"http://{HOST}:{self.port}"

    @property
    def _cookie(self) -> str:
        return f"hipstudy-{self.port}"

    @property
    def headers(self) -> dict[str, str]:
        """What every answer says of itself, and first what the page may load and run.

        Scripts and styles come from this server's files only: none that stands in the page, none
        from outside, none made of text (no 'unsafe-eval'). The typeface stands within the style
        sheet (data:), and the icon, which is empty, in the page.
        """
        return {
            "Content-Security-Policy": (
                "default-src 'none'; script-src 'self'; style-src 'self'; "
                "img-src data:; font-src data:; connect-src 'self'; "
                "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            ),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
        }

    def knows(self, handler: RequestHandler) -> bool:
        """Whether the browser was let in before."""
        return _same(handler.get_cookie(self._cookie, "") or "", self._secret)

    def turns_away(self, handler: RequestHandler) -> bool:
        """Answer a request that must not, or need not, go on; say whether it was answered."""
        request = handler.request
        origin = request.headers.get("Origin")
        own = request.host == f"{HOST}:{self.port}"  # else another name was made to point here
        if not own or origin not in (None, self.origin):
            return _refuse(handler, TURNED_AWAY)
        if len(request.uri) > LONGEST_ADDRESS:
            return _refuse(handler, TOO_LONG, title="This address is too long", status=414)
        if request.path != self.folder:
            return self._turns_part_away(handler)
        token = handler.get_query_argument("token", None)
        if token is not None:
            return self._takes_token(handler, token)
        return self._turns_page_away(handler)

    def _turns_part_away(self, handler: RequestHandler) -> bool:
        """Files and answers are for the explorer's own page, and questions come from it alone."""
        request = handler.request
        is_own = self.knows(handler) and request.headers.get("Sec-Fetch-Site") == "same-origin"
        asks = request.path.removeprefix(self.folder) in QUESTIONS
        if request.method == "POST":
            # A page of another origin sends no JSON without asking first, and is not answered.
            kind = request.headers.get("Content-Type", "")
            is_json = kind.split(";")[0].strip().lower() == "application/json"
            is_own &= asks and is_json and request.headers.get("Origin") == self.origin
        else:
            is_own &= request.method in ("GET", "HEAD")
        return not is_own and _refuse(handler, TURNED_AWAY)

    def _turns_page_away(self, handler: RequestHandler) -> bool:
        """The page is for a tab that this user sent there."""
        if not self.knows(handler):
            return _refuse(handler, TURNED_AWAY)
        why = _not_a_tab(handler)
        if not why and handler.request.headers["Sec-Fetch-Site"] not in ("same-origin", "none"):
            why = FROM_ELSEWHERE
        if why:
            return _refuse(handler, why)
        return not is_own_query(handler.request.query) and self._leads_on(handler)

    def _takes_token(self, handler: RequestHandler, token: str) -> bool:
        """Exchange the token for the cookie, once."""
        if not _same(token, self.token):
            return _refuse(handler, TURNED_AWAY)
        why = _not_a_tab(handler)
        if why:
            return _refuse(handler, why)
        if self._is_spent:
            if not self.knows(handler):
                return _refuse(handler, ALREADY_USED)
            return self._leads_on(handler)
        self._is_spent = True
        handler.set_cookie(
            self._cookie, self._secret, httponly=True, samesite="Strict", path=self.folder
        )
        self._leads_on(handler)
        self.on_entry()
        return True

    def _leads_on(self, handler: RequestHandler) -> bool:
        """Send the browser to the page with the explorer's own settings only.

        By a page, and not by a redirect: that would count as come from where the way in was, which
        is a file, and so from another site.
        """
        rest = own_query(handler.request.query)
        address = escape(self.folder + (f"?{rest}" if rest else ""), quote=True)
        handler.set_header("Cache-Control", "no-store")
        handler.set_header("Content-Type", "text/html; charset=utf-8")
        head = f'<meta http-equiv="refresh" content="0; url={address}">'
        words = f'It opens by itself, or <a href="{address}">here</a>.'
        handler.finish(PAGE.format(head=head, title="The explorer opens", words=words))
        return True


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _not_a_tab(handler: RequestHandler) -> str:
    """Why a request is not for a tab of its own; nothing when it is."""
    headers = handler.request.headers
    if "Sec-Fetch-Site" not in headers:
        return NO_WORD
    is_tab = (
        handler.request.method == "GET"
        and headers.get("Sec-Fetch-Mode") == "navigate"
        and headers.get("Sec-Fetch-Dest") == "document"
    )
    return "" if is_tab else TURNED_AWAY


def _refuse(
    handler: RequestHandler,
    words: str,
    *,
    title: str = "This page is not open to you",
    status: int = 403,
) -> bool:
    handler.set_status(status)
    handler.set_header("Content-Type", "text/html; charset=utf-8")
    handler.set_header("Cache-Control", "no-store")
    handler.finish(PAGE.format(head="", title=title, words=words))
    return True


class Guarded(RequestHandler):
    """A handler that stands behind the guard."""

    def set_default_headers(self) -> None:
        """Every answer, a mistake's too, says what may be loaded and who may frame it."""
        for name, value in self.settings["guard"].headers.items():
            self.set_header(name, value)
        self.set_header("Cache-Control", "no-store")

    def prepare(self) -> None:
        """Let in only what the guard lets in."""
        self.settings["guard"].turns_away(self)

    def check_xsrf_cookie(self) -> None:
        """Nothing more: the guard lets in what asks something from its own pages only."""

    def write_error(self, status_code: int, **_: Any) -> None:
        """A mistake is said in a sentence, with how to learn more."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        words = WORDS("live_mistake", status_code)
        self.finish(PAGE.format(head="", title=WORDS("live_no_page"), words=words))


class Nothing(Guarded):
    """What the explorer does not have."""

    def prepare(self) -> None:
        """Say so."""
        if not self.settings["guard"].turns_away(self):
            _refuse(self, AGAIN, title="There is nothing at this address", status=404)
