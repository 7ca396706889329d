// The page of `hipstudy explore`: it asks the program that served it, and nobody else.
import { mount } from "./explorer.js";
import { remoteHost } from "./remote_host.js";

const ALIVE_MS = 5000;

export async function openLive() {
  const page = JSON.parse(document.getElementById("page").textContent);
  const post = (kind, request) => fetch(kind, { method: "POST", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...request, data: page.data }) });
  const ask = async (kind, request) => {
    const answer = await post(kind, request);
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer.json();
  };

  // One line a step; a page that is closed ends the line, and with it the report.
  async function report(address, onStep) {
    const answer = await post("report", { query: Object.fromEntries(new URLSearchParams(address)) });
    if (!answer.ok) throw new Error(`${answer.status}`);
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "", last = null;
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      const lines = (rest + value).split("\n");
      rest = lines.pop();
      for (const line of lines) {
        last = JSON.parse(line);
        if (last.done !== undefined) onStep(last);
      }
    }
    if (!last || last.done !== undefined) throw new Error("the report stopped without a word");
    return last;
  }

  const watch = (lose) => setInterval(async () => {
    try {
      const answer = await fetch("alive");
      if (!answer.ok) throw new Error(`${answer.status}`);
    } catch (error) { lose(error); }
  }, ALIVE_MS);

  window.hipstudy = await mount(document.getElementById("explorer"), remoteHost(page, { ask, report, watch,
    hasHistory: true, prints: true, address: () => location.search.slice(1),
    remember: (text, depth, isFirst) =>
      window.history[isFirst ? "replaceState" : "pushState"]({ depth }, "", `?${text}`),
    link: (text) => `hipstudy explore --link "?${text}"` }));
}
