// One button: the report of exactly what is on screen, its steps, and what came of it. One at a time.
import { make } from "./controls.js";

export function reportPanel(page, host, { address, lose }) {
  const { labels } = page;
  const element = make("div", { class: "hs-report" });
  const button = make("button", { type: "button", click: start }, labels.pdf);
  let isRunning = false, isUnread = false, madeOf = null;

  async function start() {
    if (isRunning || isUnread) return;
    isRunning = button.disabled = true;
    madeOf = address();
    const bar = make("progress", { max: "1", value: "0", "aria-label": labels.pdf });
    const stage = make("span", { role: "status" });
    element.replaceChildren(bar, stage);
    try {
      finish(await host.report(madeOf, ({ done, words: step }) => { bar.value = done; stage.textContent = step; }));
    } catch (error) { lose(error); }
    isRunning = false;
    button.disabled = isUnread;
    look();
  }

  function finish(last) {
    if (last.problems) {
      element.replaceChildren(make("div", { role: "alert" }, make("p", {}, last.failed),
        make("ul", {}, ...last.problems.map((one) => make("li", {}, one)))));
      return;
    }
    element.replaceChildren(make("p", { role: "status" }, make("a", { class: "hs-pdf", download: "compare.pdf",
      href: `data:application/pdf;base64,${last.pdf}` }, "compare.pdf"), ` ${last.words}`),
    make("p", { class: "hs-problems hs-stale", hidden: true }, labels.report_other));
  }

  // Say so when the one that was made is not of what is on screen.
  function look() {
    const note = element.querySelector(".hs-stale");
    if (note) note.hidden = madeOf === address();
  }

  // No report is made while a line that was typed is no prescription.
  function refuse(is) {
    isUnread = is;
    button.disabled = is || isRunning;
  }
  return { button, element, look, refuse, get isUnread() { return isUnread; } };
}
