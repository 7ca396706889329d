// The explorer: one page in three hosts. A host answers what a dose gives; all that is shown is worked
// out, put into words and drawn here.
import { make, slider, table, tabs } from "./controls.js";
import { dosePanel, planned, weightWords } from "./dose_panel.js";
import { drawCauses, drawRange, drawWeeks } from "./drawing.js";
import { numbers } from "./numbers.js";
import { reportPanel } from "./report_panel.js";
import { fill, interval, minutesSaid, number, speaker } from "./sentences.js";
import { smallCurves } from "./small_curves.js";

const BUSY_MS = 200, REST_MS = 300;
const VIEW = ["outcome", "prior"];

export async function mount(root, host) {
  const { page } = host, { labels } = page, speak = speaker(page);
  const label = (name, values) => fill(labels[name], values);
  let now = null, found = null, at = null, kept = null, gone = false, depth = 0;
  let pending = null, flying = false, busy = 0, resting = 0;
  let wanted = 0; // the outcome that is asked for, and shown once its numbers are there
  const settle = () => { view.outcome = wanted; };
  const past = [], ranges = new Map();
  const view = { outcome: 0, weights: page.weights, mover: "b", even: false, week: null, bands: true, spare: {} };

  // --- what stands on the page -----------------------------------------------------------------
  const lost = make("div", { class: "hs-lost", role: "alert", hidden: true });
  const head = make("h1"), answer = make("p", { class: "hs-answer" }), cost = make("p", { class: "hs-cost" });
  const figure = make("div", { class: "hs-chart", role: "slider", tabindex: "0", "aria-label": labels.week,
    "aria-valuemin": "0" });
  const tip = make("p", { class: "hs-tip" });
  const status = make("p", { class: "hs-status", role: "status", "aria-live": "polite" });
  const said = Object.fromEntries(["weeks", "natural", "exact", "causes", "outside", "even", "torque", "felt"]
    .map((name) => [name, make("p", { class: `hs-said hs-said-${name}` })]));
  const causes = make("div", { class: "hs-chart hs-low" }), torque = make("div", { class: "hs-chart" });
  const felt = page.felt.map(() => make("div", { class: "hs-chart hs-low hs-pair" }));
  const numbersOf = Object.fromEntries(["weeks", "causes", "torque"].map((name) => [name, make("div")]));
  const behind = (name) => make("details", { class: "hs-numbers", toggle: () => show() },
    make("summary", {}, labels.numbers), numbersOf[name]);
  const bands = make("label", { class: "hs-tick-box" }, make("input", { type: "checkbox", checked: true,
    change: (event) => { view.bands = event.target.checked; show(); } }), labels.bands);
  const panels = tabs({ causes: labels.tab_causes, ...(page.is_live ? { torque: labels.tab_torque } : {}),
    felt: labels.tab_felt }, (name) => { root.dataset.tab = name; if (now) draw(); });
  const doses = make("div", { class: "hs-doses" });
  const printed = make("p", { class: "hs-note hs-printed" });
  const keptSaid = make("p", { class: "hs-note" }), copied = make("p", { class: "hs-note hs-copied", role: "status" });
  const button = (words, click) => make("button", { type: "button", click }, words);
  const undo = button(labels.undo, back);
  const report = page.is_live ? reportPanel(page, host, { address: () => address(), lose }) : null;
  const dose = dosePanel(page, speak, {
    arm: (name, value) => turn({ arm: view.mover, values: { [name]: value } }),
    preset: (name) => turn({ arm: view.mover, preset: name }),
    line: (text) => turn({ arm: view.mover, line: text }),
    shared: (name, value) => turn({ shared: { [name]: value } }),
    even: (is) => { view.even = is; turn({}); },
    mover: (arm) => { view.mover = arm; dose.lineProblems([]); dose.problems([]); show(); rest(); },
    view: ({ outcome }) => {
      at = null;
      wanted = outcome;
      if (now.runs.b.changes(outcome)) { settle(); show(); rest(); } else turn({});
    },
    weight: (i, value) => weigh(view.weights.map((weight, w) => (w === i ? value : weight))),
    weightSaid: (value, i) => weightWords(labels, value, view.weights, i),
    guess: (value) => (value === "own" ? (dose.more.open = true) : weigh(guessed(value))),
    questions: ({ minutes, load, cause }) => {
      if (cause) weigh(guessed(cause));
      if (minutes) plan(Number(minutes), { load });
      else if (load) turn({ arm: "b", values: { load } });
    },
    chip: (chip) => (chip.minutes ? plan(chip.minutes, {}) : turn({ arm: "b", ...chip.change })),
  });

  const curves = smallCurves(page, host, dose.curves, view);
  panels.panels.causes.append(causes, said.causes, said.outside, said.even, behind("causes"));
  const week = page.is_live ? slider({ name: "week", label: labels.curve_week, min: 0, max: 1, step: 1,
    onTurn: (_, value) => {
      if (value === now.weeks.at(-1)) delete now.query.week; else now.query.week = String(value);
      now.torque = null;
      drawTorque();
      rest();
    } }) : null;
  if (page.is_live) panels.panels.torque.append(week.element, torque, said.torque, behind("torque"));
  panels.panels.felt.append(...felt.flatMap((chart, i) => [make("h3", {}, page.felt[i]), chart]), said.felt);
  const tools = make("div", { class: "hs-tools" }, undo, button(labels.reset, reset),
    button(labels.copy, copy), button(labels.keep, keep),
    host.prints ? button(labels.print, () => window.print()) : null,
    report && report.button);
  root.classList.add("hs");
  root.replaceChildren(lost,
    make("div", { class: "hs-work" },
      make("div", { class: "hs-head" }, head, make("p", { class: "hs-advice" }, page.not_advice),
        make("p", { class: "hs-note" }, page.who), ...(page.warnings.length ? [make("div", { class: "file-warnings" }, make("p", {}, make("b", {}, page.warnings[0])),
        make("ul", {}, ...page.warnings.slice(1).map((one) => make("li", {}, one))))] : [])),
      make("div", { class: "hs-seen" }, answer, cost, make("figure", {}, figure, tip)),
      make("div", { class: "hs-right" }, dose.element,
        make("div", { class: "hs-foot" }, tools, copied, keptSaid, report && report.element)),
      make("div", { class: "hs-below" }, bands, doses, said.weeks, said.natural, said.exact, behind("weeks"),
        make("h2", { class: "hs-why" }, labels.why), panels.element, printed)),
    status);

  // --- what is shown ---------------------------------------------------------------------------
  // In a picture an arm is called without "changed", so that its name has room.
  const suffix = fill(page.words.changed, { label: "" });
  function names() {
    const full = ["a", "b"].map((arm) => now.arms[arm].label), bare = full.map((one) => one.split(suffix)[0]);
    const [a, b] = bare[0] === bare[1] ? full : bare;
    return { a, b, none: labels.none, norm: labels.norm, kept: labels.kept_line };
  }

  // A picture keeps its axis while the outcome stays, so that what moves is the line.
  function rangeOf(name, values) {
    const low = Math.min(0, ...values), high = Math.max(0, ...values);
    const known = ranges.get(name) ?? [0, 0];
    const room = 0.04 * (high - low || 1);
    if (!ranges.has(name) || low < known[0] || high > known[1]) ranges.set(name, [Math.min(low - room, known[0]), Math.max(high + room, known[1])]);
    return ranges.get(name);
  }

  function show() {
    found = numbers(page, now, view);
    if (at !== null && at >= found.lines.a.length) at = null;
    const { a, b } = now.arms;
    head.replaceChildren(...label("question", { a: "\u0001", b: "\u0002" }).split(/([\u0001\u0002])/).map((part) =>
      (part === "\u0001" ? make("span", { class: "hs-name-a" }, a.label)
        : part === "\u0002" ? make("span", { class: "hs-name-b" }, b.label) : part)));
    answer.textContent = speak.answer(found, now.arms, view);
    cost.textContent = speak.cost(found, now.arms, now.shared);
    doses.replaceChildren(...["a", "b"].map((arm) => make("p", { class: `hs-dose hs-dose-${arm}` },
      make("b", { class: `hs-name-${arm}` }, now.arms[arm].label), ` ${now.arms[arm].dose}; `,
      make("b", {}, label("minutes_each", { n: minutesSaid(now.arms[arm].minutes.both) })))));
    tell("weeks", speak.weeksSaid(found, now.arms, now.shared, view) + (view.bands ? ` ${page.words.band_key}` : ""));
    tell("natural", speak.naturally(found));
    tell("exact", now.exact?.(found.about) ?? "");
    tell("causes", speak.causes(found, now.arms));
    tell("outside", speak.outside(found.outside));
    tell("even", speak.even(found, now.arms));
    tell("felt", speak.felt(found, now.arms, now.shared));
    dose.show(now, view, has);
    undo.disabled = depth === 0;
    draw();
    root.dataset.shown = String(Number(root.dataset.shown ?? 0) + 1);
  }

  function tell(name, words) {
    said[name].textContent = words;
    said[name].hidden = !words;
  }

  // Every sentence of this state; a test holds them against another host's, letter for letter.
  const sentences = () => [answer, cost, ...Object.entries(said).filter(([name]) => !["torque", "exact"].includes(name))
    .map(([, one]) => one)].map((one) => one.textContent);

  let nearest = () => 0;
  function draw() {
    const { about, lines, differences, last } = found, unit = about.change_unit ? `, ${about.change_unit}` : "";
    const keptLines = kept && kept.outcome === about.name ? kept.lines : null;
    const every = ["a", "b", "none"].flatMap((arm) => lines[arm].flatMap((row) => [row.low, row.high]));
    const zone = about.margin ? lines.a.flatMap((row) => [row.mean - about.margin, row.mean + about.margin]) : [];
    nearest = drawWeeks(figure, { lines, at, margin: about.margin, bands: view.bands, names: names(), kept: keptLines,
      range: rangeOf(`weeks ${about.name}`, [...every, ...zone, ...(keptLines ?? []).map((row) => row.mean)]),
      words: { x: labels.week, y: `${about.title}${unit}` } });
    const shown = at ?? lines.a.length - 1;
    figure.setAttribute("aria-valuemax", String(last));
    figure.setAttribute("aria-valuenow", String(lines.a[shown].week));
    figure.setAttribute("aria-valuetext", speak.atWeek(found, now.arms, shown));
    tip.textContent = at === null ? "" : speak.atWeek(found, now.arms, at);
    const rows = differences.map((row, i) => ({ ...row, mark: page.marks[i], is_mixed: i === differences.length - 1 }));
    const outside = found.outside && { mean: found.outside.estimate, ...found.outside, mark: "circle",
      is_outside: true, label: page.words.outside_label };
    if (!panels.panels.causes.hidden) {
      drawCauses(causes, { rows: outside ? [outside, ...rows] : rows, margin: about.margin,
        range: rangeOf(`causes ${about.name}`, [...rows, ...(outside ? [outside] : [])].flatMap((row) => [row.low, row.high])),
        words: { less: label("less_with", names()), more: label("more_with", names()) } });
    }
    if (!panels.panels.felt.hidden) {
      found.felt.forEach((one, i) => {
        const asLevels = i === 0; // soreness is shown as it is, discomfort as it changes
        const of = (arm) => one.lines[arm].map((row) => ({ week: row.week, ...(asLevels ? row.level : row) }));
        const all = { a: of("a"), b: of("b"), none: of("none") };
        drawWeeks(felt[i], { lines: all, margin: 0, at: null, bands: view.bands, names: names(), kept: null,
          range: rangeOf(`felt ${one.name}`, [...all.a, ...all.b, ...all.none].flatMap((row) => [row.low, row.high])),
          words: { x: labels.week, y: `${one.about.title}${asLevels ? `, ${one.about.unit}` : `, ${one.about.change_unit}`}` } });
      });
    }
    if (page.is_live && !panels.panels.torque.hidden) drawTorque();
    writeTables();
    curves.draw(now);
  }

  async function drawTorque() {
    const mine = `${now.id} ${now.query.week}`;
    if (!now.torque) {
      const found = await host.torque(now).catch(lose);
      if (!found || `${now.id} ${now.query.week}` !== mine) return;
      now.torque = found;
    }
    week.input.max = String(now.weeks.at(-1));
    week.set(now.torque.shown_week);
    const { rows, trained, running } = now.torque;
    tell("torque", speak.torque(rows, now.arms, now.torque));
    drawRange(torque, { rows, trained, running, week: now.torque.shown_week, names: { ...names(), none: `${labels.week} 0` },
      words: { x: labels.angle, y: labels.torque_axis } });
    numbersOf.torque.replaceChildren(table(labels.tab_torque,
      [labels.arm, labels.week, labels.angle, labels.mean, labels.low, labels.high],
      rows.map((row) => [names()[row.arm], String(row.week), number(row.angle, 0),
        ...[row.mean, row.low, row.high].map((value) => number(value, 3))])));
  }

  function writeTables() {
    const { about, lines, differences, last } = found, unit = (words) => (words ? `, ${words}` : "");
    const isOpen = (name) => numbersOf[name].parentElement.open;
    if (isOpen("weeks")) {
      numbersOf.weeks.replaceChildren(table(label("mean_band", { title: about.title, unit: unit(about.change_unit) }),
        [labels.week, now.arms.a.label, now.arms.b.label, labels.none], lines.a.map((row, i) => [String(row.week),
          ...["a", "b", "none"].map((arm) => interval(lines[arm][i], about.change_digits))])));
    }
    if (isOpen("causes")) {
      const rows = found.outside ? [{ ...found.outside, mean: found.outside.estimate, label: page.words.outside_label }] : [];
      numbersOf.causes.replaceChildren(table(label("difference", { title: about.title, a: now.arms.a.label,
        b: now.arms.b.label, week: last, unit: unit(about.unit) }), [labels.if_tight, labels.mean, labels.low, labels.high],
      [...rows, ...differences].map((row) => [row.label, ...[row.mean, row.low, row.high].map((value) => number(value, about.digits))])));
    }
  }

  // --- what a hand asks for --------------------------------------------------------------------
  const has = (name) => Boolean(pending?.changes.some((one) => name in (one.values ?? one.shared ?? {})));
  const guessed = (value) => (value === "equal" ? page.worlds.map(() => 1) : page.worlds.map((_, i) => (String(i) === value ? 1 : 0)));

  function weigh(weights) {
    const none = weights.every((weight) => weight === 0);
    dose.weightProblems(none ? [labels.no_weights] : []);
    if (none) return;
    view.weights = weights;
    if (weights.every((weight) => now.scene.levels.includes(weight))) show();
    else turn({});
    rest();
  }

  function plan(minutes, { load: weight }) {
    const values = planned(minutes, now.arms.b.session_min, page.most);
    view.mover = "b";
    view.even = true;
    turn({ arm: "b", values: weight && values.sets ? { ...values, load: weight } : values });
  }

  // A control that moves on before the last answer came replaces what it asked for; others add up.
  function turn(change) {
    pending ??= { changes: [] };
    const last = pending.changes.at(-1);
    const same = last && last.arm === change.arm && Object.keys(last.values ?? last.shared ?? {}).join() ===
      Object.keys(change.values ?? change.shared ?? {}).join() && !change.line && !change.preset && !last.line && !last.preset;
    if (same) pending.changes.pop();
    pending.changes.push(change);
    curves.giveUp();
    copied.replaceChildren();
    if (!flying) send();
  }

  const looked = (outcome) => ({ outcome: page.outcomes[outcome].key, weights: view.weights, even: view.even,
    mover: view.mover, spare: view.spare });

  async function send(query = now.query) {
    flying = true;
    const { changes } = pending ?? { changes: [] };
    pending = null;
    busy ||= setTimeout(() => { root.dataset.busy = ""; status.textContent = labels.working; }, BUSY_MS);
    try {
      take(await host.ask({ query, changes, ...looked(wanted) }), changes);
    } catch (error) {
      lose(error);
      return;
    } finally {
      flying = false;
      if (!pending) {
        clearTimeout(busy);
        busy = 0;
        delete root.dataset.busy;
      }
    }
    if (pending) await send();
    else rest();
  }

  function take(reply, changes) {
    const isLine = changes.some((one) => one.line !== undefined);
    dose.problems(isLine ? [] : reply.problems);
    if (isLine || !reply.problems.length) dose.lineProblems(isLine ? reply.problems : []);
    if (isLine || !reply.problems.length) report?.refuse(isLine && reply.problems.length > 0);
    if (reply.runs) {
      now = reply;
      settle();
    }
    for (const arm of ["a", "b"]) if (now.arms[arm].has_work) view.spare[arm] = now.arms[arm].line;
    show();
  }

  function lose(error) {
    if (gone) return;
    gone = true;
    console.warn(error);
    lost.textContent = page.host === "notebook" ? labels.lost_notebook : labels.lost;
    lost.hidden = false;
  }

  // --- when the controls rest ------------------------------------------------------------------
  function rest() {
    clearTimeout(resting);
    resting = setTimeout(() => {
      if (flying || pending || !now) return;
      status.textContent = speak.status(found, now.arms);
      remember();
      report?.look();
      curves.follow(now, looked(view.outcome));
    }, REST_MS);
  }

  const address = () => {
    const own = { outcome: page.outcomes[view.outcome].key, prior: view.weights.join(",") };
    return new URLSearchParams({ ...now.query, ...own }).toString();
  };

  let here = null;
  function remember() {
    const next = address();
    if (next === here) return;
    if (here !== null) { depth += 1; past.push(here); }
    here = next;
    host.remember(next, depth, depth === 0);
    undo.disabled = depth === 0;
  }

  function back() {
    if (depth === 0) return;
    if (host.hasHistory) { window.history.back(); return; }
    depth -= 1;
    load(past.pop(), false);
  }

  // Take settings from an address; what is not the explorer's own is dropped.
  async function load(text, isNew) {
    const given = new URLSearchParams(text);
    const outcome = page.outcomes.findIndex((one) => one.key === given.get("outcome"));
    const weights = (given.get("prior") ?? "").split(",").map(Number);
    wanted = Math.max(0, outcome);
    view.weights = page.weights;
    if (weights.length === page.worlds.length && weights.every((w) => w >= 0 && (page.is_live || page.levels.includes(w)))
      && weights.some((w) => w > 0)) view.weights = weights;
    view.even = false;
    at = null;
    ranges.clear();
    const query = Object.fromEntries([...given].filter(([key]) => page.keys.includes(key) && !VIEW.includes(key)));
    pending = null;
    await send(query);
    if (!isNew && now) { here = address(); undo.disabled = depth === 0; }
  }

  function reset() {
    view.mover = "b";
    dose.clear();
    load(host.first, true);
  }

  // --- the tools ---------------------------------------------------------------------------------
  async function copy() {
    const text = host.link(address());
    try {
      await navigator.clipboard.writeText(text);
      copied.replaceChildren(page.is_live ? labels.copied : labels.copied_file);
    } catch {
      const field = make("input", { type: "text", readonly: true, value: text, "aria-label": labels.copy });
      copied.replaceChildren(labels.copy_failed, field);
      field.select();
    }
  }

  function keep() {
    kept = { outcome: found.about.name, lines: found.lines.b };
    keptSaid.replaceChildren(label("kept", { words: `${now.arms.b.label}: ${now.arms.b.dose}. ${speak.answer(found, now.arms, view)}` }), " ",
      make("button", { type: "button", click: () => { kept = null; keptSaid.replaceChildren(); draw(); } }, labels.drop));
    draw();
  }

  // --- hands on the picture ------------------------------------------------------------------------
  const point = (i) => { if (i !== at) { at = i; draw(); } };
  figure.addEventListener("pointermove", (event) => point(nearest(event.clientX - figure.getBoundingClientRect().left)));
  figure.addEventListener("pointerleave", () => point(null));
  figure.addEventListener("keydown", (event) => {
    const last = found.lines.a.length - 1, from = at ?? last;
    const to = { ArrowLeft: from - 1, ArrowDown: from - 1, ArrowRight: from + 1, ArrowUp: from + 1, Home: 0, End: last,
      Escape: null }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    point(to === null ? null : Math.min(last, Math.max(0, to)));
  });
  new ResizeObserver(() => now && draw()).observe(root);
  // On paper the pictures are drawn for its width, and the day is on it.
  const paper = (is) => () => {
    const date = new Date().toLocaleDateString("en-GB", { dateStyle: "long" });
    root.classList.toggle("hs-paper", is);
    printed.textContent = label("paper", { version: page.version, date });
    if (now) draw();
  };
  for (const is of [true, false]) window.addEventListener(is ? "beforeprint" : "afterprint", paper(is));
  if (host.hasHistory) {
    window.history.scrollRestoration = "manual"; // what is undone leaves the page where it is
    window.addEventListener("popstate", (event) => {
      depth = event.state?.depth ?? 0;
      load(host.address(), false);
    });
  }
  host.watch?.(lose);

  panels.choose("causes");
  await load(host.address() || host.first, false);
  here = null;
  remember();
  rest();
  root.dataset.ready = "";
  root.explorer = { numbers: (changes = {}) => numbers(page, now, { ...view, ...changes }), get now() { return now; },
    get view() { return view; }, isSettled: () => !flying && !pending && now !== null, turn, address, said: () => sentences() };
  return root.explorer;
}
