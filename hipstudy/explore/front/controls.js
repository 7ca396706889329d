// The controls: built once, then set to what the host answers. A hand's turn is handed on; what the
// program sets is not taken for one.

// An element with attributes; a function is what happens on an event.
export function make(tag, attributes = {}, ...children) {
  const one = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") one.addEventListener(key, value);
    else if (value === true) one.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) one.setAttribute(key, value);
  }
  one.append(...children.filter((child) => child !== null));
  return one;
}

let serial = 0;
const unique = (name) => `hs-${name}-${(serial += 1)}`;

// A slider with its name, its value in words, and room for the small curve.
export function slider({ name, label, min, max, step, places, says, onTurn, hasCurve }) {
  const id = unique(name);
  const input = make("input", { type: "range", id, "data-name": name,
    min: places ? 0 : min, max: places ? places.length - 1 : max, step: places ? 1 : step });
  const output = make("output", { for: id, "aria-live": "off" });
  const title = make("label", { for: id }, label);
  const curve = hasCurve ? make("div", { class: "hs-curve", "aria-hidden": "true" }) : null;
  const at = () => (places ? places[Number(input.value)] : Number(input.value));
  const tell = (value) => {
    const said = says ? says(value) : String(value);
    output.textContent = said;
    input.setAttribute("aria-valuetext", said);
  };
  input.addEventListener("input", () => { tell(at()); onTurn(name, at()); });
  const element = make("div", { class: "hs-control" }, title, output, input, curve);
  const set = (value) => {
    if (places) {
      const gaps = places.map((place) => Math.abs(place - value));
      input.value = gaps.indexOf(Math.min(...gaps));
    } else {
      if (value > Number(input.max)) input.max = Math.ceil(value / step) * step;
      input.value = value;
    }
    tell(value);
  };
  return { name, element, input, curve, set, get: at,
    disable: (is) => { input.disabled = is; }, label: (words) => { title.textContent = words; } };
}

// A few choices side by side: one stop of the tab key.
export function choices({ name, label, onTurn, hasCurve }) {
  const box = make("div", { class: "hs-radios" });
  const curve = hasCurve ? make("div", { class: "hs-curve", "aria-hidden": "true" }) : null;
  const element = make("fieldset", { class: "hs-control hs-choices" }, make("legend", {}, label), box, curve);
  const group = unique(name);
  let options = [];
  const build = (list) => {
    if (JSON.stringify(list) === JSON.stringify(options)) return;
    options = list;
    box.replaceChildren(...list.map(({ value, words, kind }) => make("label", { class: kind },
      make("input", { type: "radio", name: group, value, "data-name": name,
        change: () => onTurn(name, value) }), make("span", {}, words))));
  };
  const set = (value) => {
    for (const input of box.querySelectorAll("input")) input.checked = input.value === String(value);
  };
  return { name, element, curve, build, set, get: () => box.querySelector(":checked")?.value,
    disable: (is) => { element.disabled = is; } };
}

export function select({ name, label, options = [], onTurn }) {
  const id = unique(name);
  const input = make("select", { id, "data-name": name, change: () => onTurn(name, input.value) });
  const title = make("label", { for: id }, label);
  const build = (list) => {
    const before = input.value;
    input.replaceChildren(...list.map(({ value, words }) => make("option", { value }, words)));
    if (before) input.value = before;
  };
  build(options);
  return { name, input, element: make("div", { class: "hs-control hs-select" }, title, input), build,
    set: (value) => { input.value = value; }, get: () => input.value,
    disable: (is) => { input.disabled = is; }, label: (words) => { title.textContent = words; } };
}

export function tick({ name, label, onTurn }) {
  const id = unique(name);
  const input = make("input", { type: "checkbox", id, "data-name": name,
    change: () => onTurn(name, input.checked) });
  return { name, input, element: make("div", { class: "hs-tick-box" }, input, make("label", { for: id }, label)),
    set: (value) => { input.checked = value; }, get: () => input.checked,
    disable: (is) => { input.disabled = is; } };
}

// A line of text that is read when it is left, or by Enter.
export function line({ name, label, onTurn }) {
  const id = unique(name), problem = `${id}-problem`;
  const input = make("input", { type: "text", id, "data-name": name, spellcheck: "false",
    autocomplete: "off", "aria-describedby": problem, change: () => onTurn(name, input.value),
    keydown: (event) => { if (event.key === "Enter") event.preventDefault(), input.blur(), input.focus(); } });
  const title = make("label", { for: id }, label);
  const problems = make("div", { id: problem, class: "hs-problems" });
  return { name, input, problems,
    element: make("div", { class: "hs-control hs-line-box" }, title, input, problems),
    set: (value) => { input.value = value; }, get: () => input.value,
    disable: (is) => { input.disabled = is; }, label: (words) => { title.textContent = words; } };
}

// Problems as text and never markup; read out as they appear.
export function listed(box, items) {
  if (box.dataset.said === JSON.stringify(items)) return;
  box.dataset.said = JSON.stringify(items);
  box.replaceChildren(...(items.length ? [make("div", { role: "alert" },
    make("ul", {}, ...items.map((item) => make("li", {}, item))))] : []));
}

// Tabs: one stop of the tab key, arrows go from one to the next.
export function tabs(names, onChoose) {
  const panels = {}, buttons = {};
  const choose = (name, focus) => {
    for (const each of Object.keys(buttons)) {
      const is = each === name;
      buttons[each].setAttribute("aria-selected", String(is));
      buttons[each].tabIndex = is ? 0 : -1;
      panels[each].hidden = !is;
    }
    if (focus) buttons[name].focus();
    onChoose(name);
  };
  const keys = Object.keys(names);
  const move = (event, name) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    choose(keys[(keys.indexOf(name) + step + keys.length) % keys.length], true);
  };
  const list = make("div", { role: "tablist" });
  for (const [name, words] of Object.entries(names)) {
    const id = unique(name);
    buttons[name] = make("button", { type: "button", role: "tab", id, "aria-controls": `${id}-panel`,
      click: () => choose(name), keydown: (event) => move(event, name) }, words);
    panels[name] = make("div", { role: "tabpanel", id: `${id}-panel`, "aria-labelledby": id, tabindex: "-1" });
    list.append(buttons[name]);
  }
  return { element: make("div", { class: "hs-tabs" }, list, ...Object.values(panels)), panels, choose };
}

// A table of numbers, scrolled where it is too wide.
export function table(caption, heads, rows) {
  const cell = (tag, words, scope) => make(tag, { scope }, words);
  return make("div", { class: "hs-table", role: "region", tabindex: "0", "aria-label": caption },
    make("table", {}, make("caption", {}, caption),
      make("thead", {}, make("tr", {}, ...heads.map((words) => cell("th", words, "col")))),
      make("tbody", {}, ...rows.map(([first, ...rest]) => make("tr", {}, cell("th", first, "row"),
        ...rest.map((words) => cell("td", words)))))));
}
