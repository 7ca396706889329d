"""Who may reach the live explorer: attacked in a browser, as another page here would."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browsing import browser, from_outside  # noqa: F401 - a fixture
from live_explorer import (
    A_PART,
    A_QUESTION,
    A_TAB,
    SETTLED,
    asked_for,
    cookie_of,
    family,
    inside,
    let_in,
    opened,
    page_of,
    serving,
)
from websocket import WebSocketBadStatusException, create_connection

from hipstudy.explore import state

QUESTIONS = ("ask", "torque", "report")
LINUX = pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="needs Linux's /proc")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("explorer"), "--runners", "20") as running:
        yield running


@contextmanager
def another_server(html):
    """Another local server on another port: its address, and the cookies that it was sent."""
    cookies = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            cookies.append(self.headers.get("Cookie"))
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_):
            pass

    other = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{other.server_port}/", cookies
    finally:
        other.shutdown()
        other.server_close()


def base_of(address):
    return page_of(address).split("?")[0]


@LINUX
@pytest.mark.parametrize("override", ["template", "theme"])
def test_a_link_chooses_neither_template_nor_theme(browser, server, override):  # noqa: F811
    address, *_ = server
    payload = "x' onload='window.hacked=1'></script><script>window.hacked=1</script>"
    for value in ("reveal", "classic", payload):
        context = inside(browser, address)
        here = context.new_page()
        asked = []
        here.on("request", lambda request, asked=asked: asked.append(request.url))
        here.goto(page_of(address, **{override: value}, outcome="soreness_nrs"))
        here.wait_for_function(SETTLED)
        assert here.evaluate("window.hacked") is None
        assert override not in urlsplit(here.url).query, "only the page's own keys are kept"
        assert "outcome=soreness_nrs" in here.url
        assert "reveal.js" not in here.content()
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(address))
        assert from_outside(asked, origin) == []
        context.close()


def test_the_opening_address_keeps_the_page_s_own_keys_only(tmp_path):
    with serving(tmp_path, "--runners", "20", "--link", "?template=reveal&week=3") as running:
        address, *_ = running
        assert [pair.split("=")[0] for pair in urlsplit(address).query.split("&")] == [
            "token",
            "week",
        ]
        cookie, sent_to = let_in(address + "&theme=x&outcome=soreness_nrs&voila-x=1")
        assert sent_to == urlsplit(address).path + "?week=3&outcome=soreness_nrs"
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert f"Path={urlsplit(address).path}" in cookie
        assert "token" not in cookie


def test_injected_and_foreign_scripts_do_not_run(browser, server):  # noqa: F811
    address, *_ = server
    with (
        another_server("window.hacked = 'foreign'") as (foreign, _),
        opened(browser, address) as here,
    ):
        here.evaluate(
            """(foreign) => {
            const put = (change) => { const one = document.createElement('script');
                                      change(one); document.body.append(one); };
            put((one) => { one.textContent = "window.hacked = 'in the page'"; });
            put((one) => { one.src = foreign; });
            put((one) => { one.src = "data:text/javascript,window.hacked='data'"; });
            const box = document.createElement('div');
            box.innerHTML = `<img src=x onerror="window.hacked='handler'">
              <a id="hs-js" href="javascript:void(window.hacked='link')">x</a>
              <iframe src="${foreign}"></iframe>`;
            document.body.append(box);
            document.getElementById('hs-js').click();
            setTimeout("window.hacked = 'text'", 0); }""",
            foreign,
        )
        here.wait_for_timeout(700)
        assert here.evaluate("window.hacked") is None
        framed = [frame.url for frame in here.frames[1:] if frame.url.startswith(foreign)]
        assert framed == []


def test_every_answer_says_what_may_run_and_that_nobody_may_frame_it(server):
    import urllib.error
    import urllib.request

    base, cookie = base_of(server[0]), cookie_of(server[0])
    for path, headers in (
        ("explorer.js", A_PART),
        ("explorer.css", A_PART),
        ("alive", A_PART),
        ("ask", A_PART),
        ("", A_PART),
        ("", A_TAB),
        ("nowhere", A_PART),
    ):
        request = urllib.request.Request(base + path, headers=headers | {"Cookie": cookie})
        try:
            answer = urllib.request.urlopen(request)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy, path
        assert "frame-ancestors 'none'" in policy, path
        assert "default-src 'none'" in policy, path
        assert "unsafe" not in policy, path


ATTACK = """<!DOCTYPE html><title>another page</title><body><a id=link href="{page}">free runs</a>
<iframe src="{page}"></iframe><embed src="{page}"><object data="{page}"></object>
<img src="{page}"><link rel="prerender" href="{page}"><link rel="prefetch" href="{page}">
<script src="{page}"></script><form id=form method=post action="{page}" target=out></form>
<iframe name=out></iframe><script>
window.done = (async () => {{
  const opened = [];
  for (const mode of ["no-cors", "cors"])
    for (const method of ["GET", "POST"])
      for (const way of ["{page}", "{base}ask", "{base}report", "{base}alive"])
        for (const kind of ["text/plain", "application/json"])
          try {{ await fetch(way, {{ mode, method, credentials: "include",
            headers: {{ "Content-Type": kind }},
            body: method === "POST" ? "{{}}" : undefined }}); }}
          catch {{}}
  document.getElementById("form").submit();
  navigator.sendBeacon("{base}report", "{{}}");
  window.open("{page}");
  for (const way of {sockets}) {{
    opened.push(await new Promise((say) => {{
      const one = new WebSocket(way);
      one.onopen = () => say(true); one.onerror = () => say(false);
      one.onclose = () => say(false); }}));
  }}
  return opened;
}})();
</script>"""


@LINUX
def test_another_local_page_asks_nothing_starts_nothing_and_opens_no_socket(
    browser,  # noqa: F811
    server,
):
    address, process, folder = server
    base = base_of(address)
    with opened(browser, address) as here:
        before = set(family(process.pid))
        socket = f"{base.replace('http', 'ws')}ask"
        html = ATTACK.format(page=page_of(address, template="reveal"), base=base, sockets=[socket])
        with another_server(html) as (other, cookies):
            page = here.context.new_page()
            page.goto(other)
            assert page.evaluate("window.done") == [False]
            page.click("#link")
            page.wait_for_selector("text=This page is not open to you")
            assert "copy the part of its address from the question mark on" in page.inner_text("p")
            page.wait_for_timeout(1500)  # a report would have started by now
            assert cookies
            assert not any(cookies), "a cookie goes to every port, so its folder must be unknown"
        assert set(family(process.pid)) == before
        assert not (folder / "reports").exists()
        assert here.evaluate(SETTLED), "the explorer's own page goes on"
        assert here.is_hidden(".hs-lost")


def test_the_token_works_once_and_who_is_in_goes_on(browser, tmp_path):  # noqa: F811
    with serving(tmp_path, "--runners", "20") as (address, _, folder):
        first = browser.new_context()
        here = first.new_page()
        here.goto(address)
        here.wait_for_function(SETTLED)
        assert "token" not in here.url
        second = browser.new_context().new_page()
        answer = second.goto(address)
        assert answer.status == 403
        said = second.inner_text("main")
        assert "it was used already" in said
        assert "run hipstudy explore again" in said
        here.goto(address + "&week=2")
        here.wait_for_function(SETTLED)
        assert "token" not in here.url
        assert "week=2" in here.url
        here.reload()
        here.wait_for_function(SETTLED)
        first.close()
        second.context.close()
        assert "eavesdropping" not in (folder / "out").read_text() + (folder / "err").read_text()
        assert (folder / "err").read_text() == ""


def test_a_long_address_gets_a_sentence(browser, server):  # noqa: F811
    address, *_ = server
    context = inside(browser, address)
    for letters in (9_000, 70_000, 300_000):
        here = context.new_page()
        answer = here.goto(page_of(address, a="x" * letters))
        assert answer.status == 414
        assert "too long to be one of hipstudy's" in here.inner_text("main")
    context.close()
    line = "hip-flexor 3x10 @5 kg, first 3 wk @bodyweight, 3/wk x 12 wk; stretch 4x30 s daily"
    full = f'{line}; label "{chr(0x1F3C3) * 60}"'
    asked = state.read(state.urlencode({"a": full, "b": full}), state.start())
    assert len(asked.address()) < state.LONGEST_ADDRESS / 2


def test_nothing_is_served_without_the_cookie_or_to_another_page(server):
    address, process, folder = server
    base, inner = base_of(address), cookie_of(address)
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(address))
    paths = ("", "explorer.js", "explorer.css", "alive", *QUESTIONS, "login", "?token=guess",
             "?token=%C3%A9", "api/kernels", "voila/render/x", "page.html.j2")  # fmt: skip
    for headers in ({}, A_TAB, A_PART):
        for path in paths:
            assert asked_for(base + path, **headers)[0] == 403, path
            assert asked_for(f"{origin}/{path}", **headers)[0] == 403, path
    script, part = f"{base}explorer.js", A_PART | {"Cookie": inner}
    assert asked_for(script, **part)[0] == 200
    assert asked_for(script, **part, Host="evil.example")[0] == 403
    assert asked_for(script, **part, Origin="http://evil.example")[0] == 403
    for site in ("cross-site", "same-site", "none", ""):
        assert asked_for(script, **part | {"Sec-Fetch-Site": site})[0] == 403
    tab = A_TAB | {"Cookie": inner}
    for change in (
        {"Sec-Fetch-Mode": "cors"},
        {"Sec-Fetch-Mode": ""},
        {"Sec-Fetch-Dest": "iframe"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": ""},
    ):
        assert asked_for(base, **tab | change)[0] == 403, change
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        for path in ("", "explorer.js", "alive", "api/kernels"):
            whole = part | A_QUESTION | {"Origin": origin}
            assert asked_for(base + path, method, b"{}", **whole)[0] == 403, (method, path)
    for path in ("login", "voila/files/00_explore.ipynb", "api/kernels", "page.html.j2", "x"):
        status, said = asked_for(base + path, **part)
        assert status == 404, path
        assert "There is nothing at this address" in said
    with pytest.raises(WebSocketBadStatusException) as caught:
        create_connection(f"{base.replace('http', 'ws')}ask", cookie=inner, origin=origin)
    assert caught.value.status_code == 403
    token = address.split("token=")[1]
    asked_for(f"{base}explorer.js?token={token}")
    assert token not in (folder / "err").read_text()
    assert (folder / "out").read_text().count(token) == 1  # where it was asked for
    for line in Path(f"/proc/{process.pid}/cmdline").read_text().split("\0"):
        assert token not in line


@pytest.mark.parametrize("path", QUESTIONS)
def test_a_question_comes_from_the_page_itself_and_no_form_or_other_origin(server, path):
    base, cookie = base_of(server[0]), cookie_of(server[0])
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(server[0]))
    whole = A_PART | A_QUESTION | {"Cookie": cookie, "Origin": origin}
    assert asked_for(base + path, "POST", b"no question", **whole)[0] == 400
    for change in (
        {"Cookie": ""},
        {"Origin": ""},
        {"Origin": "null"},
        {"Origin": "http://evil.example"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": ""},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Host": "localhost"},
    ):
        assert asked_for(base + path, "POST", b"{}", **whole | change)[0] == 403, change
    assert not (server[2] / "reports").exists()


def test_a_question_of_a_page_that_is_not_known_gets_no_answer(server):
    base, cookie = base_of(server[0]), cookie_of(server[0])
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(server[0]))
    whole = A_PART | A_QUESTION | {"Cookie": cookie, "Origin": origin}
    assert asked_for(f"{base}ask", "POST", b'{"data": "another file"}', **whole)[0] == 410
    assert asked_for(f"{base}ask", "POST", b'{"data": "", "changes": 3}', **whole)[0] == 400
    assert asked_for(f"{base}ask", "POST", b"[]", **whole)[0] == 400
