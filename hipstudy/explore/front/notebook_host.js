// Any notebook: questions and answers are messages to and from the kernel. It has no address of its own;
// the settings are kept with the widget, where Python reads them.
import { mount } from "./explorer.js";
import { remoteHost } from "./remote_host.js";

const LOST_MS = 60000; // a kernel that runs another cell answers late, and is not lost

export function render({ model, el }) {
  const waiting = new Map();
  let serial = 0;
  model.on("msg:custom", ({ number, reply, is_last }) => {
    const asked = waiting.get(number);
    if (!asked) return;
    if (is_last) { waiting.delete(number); clearTimeout(asked.timer); asked.done(reply); } else asked.step(reply);
  });
  const ask = (kind, question, step = () => {}) => new Promise((done, failed) => {
    const number = (serial += 1);
    const timer = kind === "report" ? 0 : setTimeout(() => failed(new Error("no answer")), LOST_MS);
    waiting.set(number, { done, step, timer });
    model.send({ kind, number, question });
  });
  const root = document.createElement("div");
  // The keys move a slider, and not the notebook: JupyterLab looks at what has the focus itself first.
  root.addEventListener("focusin", ({ target }) => target.setAttribute("data-lm-suppress-shortcuts", ""));
  el.append(root);
  mount(root, remoteHost(model.get("page"), { ask, hasHistory: false, prints: false,
    report: (address, onStep) => ask("report", { query: Object.fromEntries(new URLSearchParams(address)) }, onStep),
    address: () => model.get("address"),
    remember: (text) => { model.set("address", text); model.save_changes(); },
    link: (text) => `hipstudy explore --link "?${text}"` }));
}
