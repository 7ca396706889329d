// The panel of controls: what moves a dose, both arms, the causes' weights. It knows no numbers of the
// model; it says what a hand asks for, and stands where the host's answer stands.
import { choices, line, listed, make, select, slider, tick } from "./controls.js";
import { fill, minutesSaid, number, percent } from "./sentences.js";

const FIRST = ["sets", "sessions_per_week", "load", "stretch_min_wk"];
const MORE = ["reps", "lever", "unloaded_weeks", "support_height_cm"];

// Whole sets and sessions whose strength work fits into the minutes, and stretching for the rest.
export function planned(minutes, sessionMin, most) {
  let best = { sets: 0, sessions_per_week: most.sessions[0], used: 0 };
  for (const sets of most.sets.filter((n) => n > 0)) {
    for (const sessions of most.sessions) {
      const used = sessionMin[sets] * sessions, size = sets * sessions;
      const before = best.sets * best.sessions_per_week;
      if (used <= minutes && (size > before || (size === before && sessions > best.sessions_per_week))) {
        best = { sets, sessions_per_week: sessions, used };
      }
    }
  }
  const { used, ...values } = best;
  return { ...values, stretch_min_wk: minutes - used };
}

export function dosePanel(page, speak, handlers) {
  const { labels, dials } = page, all = {};
  const words = (name, values) => fill(labels[name], values);
  const onTurn = (name, value) => handlers.arm(name, value);
  const add = (control) => (all[control.name] = control);

  const mover = add(choices({ name: "mover", label: labels.moves, onTurn: (_, arm) => handlers.mover(arm) }));
  const says = { sets: (n) => String(n), stretch_min_wk: (n) => minutesSaid(n) };
  for (const name of Object.keys(dials)) {
    add(slider({ name, ...dials[name], says: says[name], onTurn,
      hasCurve: FIRST.includes(name) }));
  }
  add(choices({ name: "load", label: labels.load, onTurn, hasCurve: true }));
  if (page.is_live) add(select({ name: "lever", label: labels.lever, options: page.levers, onTurn }));
  const even = add(tick({ name: "even", label: labels.even, onTurn: (_, is) => handlers.even(is) }));
  const unsaid = make("p", { class: "hs-minutes" });
  const problems = make("div", { class: "hs-problems" });

  const shared = (name, value) => handlers.shared(name, value);
  const own = {};
  if (page.is_live) {
    for (const [name, dial] of Object.entries(page.shared_dials)) {
      own[name] = add(slider({ name, ...dial, onTurn: shared }));
    }
    own.adherence_usual = add(tick({ name: "adherence_usual", label: labels.adherence_usual,
      onTurn: (_, is) => shared("adherence", is ? null : own.adherence.get()) }));
    own.rom_usual = add(tick({ name: "rom_usual",
      label: page.is_measured ? labels.rom_measured : labels.rom_usual,
      onTurn: (_, is) => shared("start_rom_deg", is ? null : own.start_rom_deg.get()) }));
    own.running_speed = add(select({ name: "running_speed", label: labels.speed, options: page.speeds,
      onTurn: (name, value) => shared(name, Number(value)) }));
  }
  const preset = page.is_live ? add(select({ name: "preset", label: "", options: [], 
    onTurn: (_, value) => value && handlers.preset(value) })) : null;
  const typed = page.is_live ? add(line({ name: "line", label: "", onTurn: (_, text) => handlers.line(text) })) : null;
  if (preset) preset.build([{ value: "", words: labels.own }, ...page.presets]);

  const outcome = add(select({ name: "outcome", label: labels.outcome,
    options: page.outcomes.map((one, i) => ({ value: String(i), words: one.title })),
    onTurn: (_, value) => handlers.view({ outcome: Number(value) }) }));
  const guess = add(select({ name: "guess", label: labels.guess, onTurn: (_, value) => handlers.guess(value),
    options: [{ value: "equal", words: labels.guess_equal },
      ...page.worlds.map((world, i) => ({ value: String(i),
        words: words("guess_only", { cause: world.cause }) })),
      { value: "own", words: labels.guess_own }] }));
  const weights = page.worlds.map((world, i) => add(slider({ name: `weight_${world.name}`,
    label: world.label, min: 0, max: 10, step: 0.5,
    says: (value) => handlers.weightSaid(value, i), onTurn: (_, value) => handlers.weight(i, value) })));
  const noWeights = make("div", { class: "hs-problems" });
  const weighing = make("fieldset", {}, make("legend", {}, labels.weights),
    ...weights.map((each) => each.element), noWeights, make("p", { class: "hs-note" }, labels.weights_note));

  // Three questions that set the controls for whoever does not know where to begin.
  const asNow = { value: "", words: labels.as_now }, upper = (text) => text[0].toUpperCase() + text.slice(1);
  const asked = { minutes: select({ name: "ask_minutes", label: labels.ask_minutes, onTurn: () => {},
    options: [asNow, ...page.questions.minutes.map((n) => ({ value: String(n), words: words("minutes_option", { n }) }))] }),
  load: select({ name: "ask_load", label: labels.ask_load, onTurn: () => {}, options: [asNow, ...page.loads] }),
  cause: select({ name: "ask_cause", label: labels.ask_cause, onTurn: () => {}, options: [
    asNow, { value: "equal", words: labels.ask_unknown },
    ...page.worlds.map((world, i) => ({ value: String(i), words: upper(world.cause) }))] }) };
  const questions = make("details", { class: "hs-questions" }, make("summary", {}, labels.start),
    ...Object.values(asked).map((one) => one.element),
    make("button", { type: "button", click: () => handlers.questions({
      minutes: asked.minutes.get(), load: asked.load.get(), cause: asked.cause.get() }) }, labels.go));

  const chips = make("div", { class: "hs-chips", role: "group", "aria-label": labels.chips },
    make("span", { class: "hs-note" }, labels.chips), ...page.chips.map((chip) =>
      make("button", { type: "button", class: "hs-chip", click: () => handlers.chip(chip) }, chip.words)));

  const more = make("details", { class: "hs-more" }, make("summary", {}, labels.more),
    ...[preset, typed].filter(Boolean).map((one) => one.element),
    ...MORE.filter((name) => all[name]).map((name) => all[name].element),
    all.added_kg ? all.added_kg.element : null,
    ...Object.values(own).map((one) => one.element), weighing);
  const hint = make("p", { class: "hs-note" }, labels.curve);
  const element = make("form", { class: "hs-controls", autocomplete: "off",
    submit: (event) => event.preventDefault() },
  questions, chips, page.is_live ? mover.element : null,
  ...FIRST.map((name) => all[name].element), even.element, unsaid, problems, hint, outcome.element, guess.element, more);

  function setShared(now, has) {
    if (!page.is_live) return;
    const { adherence, start_rom_deg: rom } = now.shared;
    if (!has("weeks")) own.weeks.set(now.shared.weeks);
    own.adherence_usual.set(adherence === null);
    if (!has("adherence")) own.adherence.set(100 * (adherence ?? now.shared.adherence_usual));
    own.rom_usual.set(rom === null);
    if (!has("start_rom_deg")) own.start_rom_deg.set(rom ?? now.shared.rom_usual);
    own.running_speed.set(String(now.shared.running_speed));
    for (const one of [own.start_rom_deg, own.rom_usual]) one.disable(page.is_measured);
  }

  // Stand where the answer stands, but for what a hand has moved on since.
  function show(now, view, has) {
    const arm = now.arms[view.mover], at = arm.controls;
    mover.build(["a", "b"].map((each) => ({ value: each, words: now.arms[each].label, kind: `hs-name-${each}` })));
    mover.set(view.mover);
    for (const name of [...FIRST, ...MORE, "added_kg"].filter((each) => all[each])) {
      const dead = (!arm.has_work && !["sets", "stretch_min_wk"].includes(name))
        || (name === "added_kg" && !arm.is_weighted);
      all[name].element.hidden = dead;
      if (name === "load") all.load.build(loads(at.load));
      if (!dead && !has(name)) all[name].set(name === "added_kg" ? Number.parseFloat(at.load) || 5 : at[name]);
    }
    even.set(view.even);
    unsaid.textContent = speak.minutes(now.arms);
    if (preset) { preset.label(words("preset", { name: arm.label })); preset.set(arm.preset); }
    if (typed) {
      typed.label(words("line", { name: arm.label }));
      if (!typed.problems.childElementCount) typed.set(arm.line);
    }
    setShared(now, has);
    outcome.set(String(view.outcome));
    const first = view.weights[0], only = view.weights.filter((weight) => weight > 0).length === 1;
    guess.set(view.weights.every((weight) => weight === first) ? "equal"
      : only ? String(view.weights.findIndex((weight) => weight > 0)) : "own");
    weights.forEach((each, i) => { if (!has(each.name)) each.set(view.weights[i]); });
  }

  const loads = (value) => (page.loads.some((one) => one.value === value) ? page.loads
    : [...page.loads, { value, words: words("load_added", { n: value }) }]);

  const clear = () => Object.values(asked).forEach((one) => one.set(""));

  return { element, show, all, typed, more, clear,
    problems: (items) => listed(problems, items),
    lineProblems: (items) => { if (typed) listed(typed.problems, items); if (items.length) more.open = true; },
    weightProblems: (items) => listed(noWeights, items),
    curves: FIRST.map((name) => all[name]) };
}

export const weightWords = (labels, value, weights, i) => {
  const all = weights.map((weight, w) => (w === i ? value : weight));
  const whole = all.reduce((sum, weight) => sum + weight, 0);
  const weight = number(value, 1).replace(/\.0$/, "");
  return whole ? fill(labels.share, { weight, share: percent(value / whole) }) : weight;
};
