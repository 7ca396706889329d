// The controls, the sentences, the pictures and the tables: what is shown follows what is moved.

const page = JSON.parse(document.getElementById("page").textContent);
const by = (id) => document.getElementById(id);
const weights = page.worlds.map((world) => `weight-${world.name}`);
const state = { views: {}, mix: null, weights: page.own.weights, grid: null };

// What the controls stand at.
function chosen() {
  const [sets, sessions, load] = ["sets", "sessions", "load"].map((id) => Number(by(id).value));
  const strength = page.strength_min[sets][sessions];
  let stretch = page.positions[Number(by("stretch").value)];
  if (by("even").checked) {
    const top = page.positions[page.positions.length - 1];
    stretch = Math.min(Math.max(page.minutes_a - strength, 0), top);
  }
  const dose = { sets, sessions, load, stretch_min: stretch };
  const outcome = Number(by("outcome").value), world = by("world").value;
  return { dose, outcome, world, minutes: { a: page.minutes_a, b: strength + stretch } };
}

function mixOf(world) {
  const place = page.worlds.findIndex((one) => one.name === world);
  return place < 0 ? { shares: state.mix } : { world: place };
}

// Everything that is shown, in full precision; for what is chosen, or with some of it changed.
function numbers(changed = {}) {
  const asked = { ...chosen(), ...changed }, { grid } = state;
  const about = page.outcomes[asked.outcome];
  const b = moved(grid, page.nodes, asked.outcome, asked.dose), a = fixed(grid, asked.outcome);
  const equal = Math.abs(asked.minutes.a - asked.minutes.b) < 1e-6;
  const found = { ...asked, outcome: about.name, equal,
    weeks: null, differences: null, even: null, cost: null, outside: null };
  if (!b) return found;
  const arms = [["A", a], ["B", b]];
  found.weeks = arms.flatMap(([arm, changes]) =>
    overWeeks(grid, asked.outcome, changes, mixOf(asked.world), page.band, about.in_percent)
      .map((row, i) => ({ arm, week: page.weeks[i], ...row })));
  const ends = [...page.worlds, page.prior].map((world) =>
    apart(grid, asked.outcome, b, a, mixOf(world.name)));
  found.differences = [...page.worlds, page.prior].map((world, i) =>
    ({ world: world.name, label: world.label, ...banded(ends[i], page.band) }));
  if (about.breaks_even) {
    found.cost = costOf(asked);
    found.outside = page.outside[page.sets[asked.dose.sets] ? "strength"
      : asked.dose.stretch_min ? "stretch" : "none"];
    found.even = page.margins.map((margin) =>
      breakEven(ends.slice(0, -1), state.weights, margin, page.band));
  }
  return found;
}

// What goes with a benefit in tightness: the mixed differences in discomfort and soreness.
function costOf({ dose }) {
  const of = (name) => {
    const place = page.outcomes.findIndex((one) => one.name === name), { grid } = state;
    const [b, a] = [moved(grid, page.nodes, place, dose), fixed(grid, place)];
    return banded(apart(grid, place, b, a, mixOf(page.prior.name)), page.band);
  };
  return { discomfort: of("discomfort_nrs"), soreness: of("soreness_nrs") };
}

// The weights of the causes; four of 0 are refused where they stand.
function weigh() {
  const at = weights.map((id) => Number(by(id).value));
  const values = at.map((level) => page.levels[level]);
  const none = values.every((weight) => weight === 0);
  say("no-prior", none && page.sentences.no_weights);
  weights.forEach((id) => by(id).setAttribute("aria-invalid", String(none)));
  if (!none) Object.assign(state, { weights: values, mix: shares(state.grid, at) });
  const whole = values.reduce((sum, weight) => sum + weight, 0);
  weights.forEach((id, w) => {
    const said = number(values[w], 1).replace(/\.0$/, "");
    const share = none ? "" : `, ${percent(values[w] / whole)} of runners`;
    tell(id, `${said}${share}`);
  });
}

function say(id, words) {
  by(id).hidden = !words;
  by(id).textContent = words || "";
}

function tell(id, words) {
  by(`${id}-said`).textContent = words;
  by(id).setAttribute("aria-valuetext", words);
}

function tellDose({ dose, minutes }) {
  const even = by("even").checked;
  tell("sets", dose.sets || page.sets[0] ? counted(page.sets[dose.sets], "set") : "none");
  const idle = page.sets[dose.sets] ? "" : " (no sets)";
  tell("sessions", counted(page.sessions[dose.sessions], "session") + idle);
  tell("load", page.loads[dose.load] + idle);
  tell("stretch", `${minutesSaid(dose.stretch_min)} min`);
  by("stretch").disabled = even;
  if (even) by("stretch").value = nearest(page.positions, dose.stretch_min);
  by("minutes").textContent = `${minutesWords(minutes)}`;
}

// Place of the one that is nearest.
const nearest = (list, value) =>
  list.reduce((best, one, i) =>
    Math.abs(one - value) < Math.abs(list[best] - value) ? i : best, 0);

// The pictures: Vega draws, this page feeds it.
async function drawn() {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  for (const [name, spec] of Object.entries(page.specs)) {
    const font = getComputedStyle(document.body).fontFamily;
    Object.assign(spec.config, { font, text: { fontSize: rem } });
    spec.config.axis.labelFontSize = 0.86 * rem;
    const how = { mode: "vega-lite", renderer: "svg", actions: false, ast: true, logLevel: 1 };
    state.views[name] = (await vegaEmbed(by(`${name}-chart`), spec, how)).view;
  }
}

function feed(name, range, [low, high], rows) {
  const view = state.views[name];
  view.signal(`${range}_low`, low).signal(`${range}_high`, high);
  for (const [data, values] of Object.entries(rows)) view.data(data, values);
  view.runAsync();
}

function feedWeeks(found, about) {
  const [low, high] = about.change_domain;
  const ends = ["A", "B"].map((arm) => {
    const end = found.weeks.filter((row) => row.arm === arm).at(-1);
    return { arm, week: end.week, place: end.mean };
  });
  const room = 0.07 * (high - low), [one, other] = ends;
  const short = room - Math.abs(one.place - other.place);
  if (short > 0) {
    const up = one.place >= other.place ? one : other, down = up === one ? other : one;
    up.place += short / 2;
    down.place -= short / 2;
  }
  feed("weeks", "change", about.change_domain, { lines: found.weeks, ends });
}

function feedCauses(found, about) {
  const margin = about.margin ? [{ low: -about.margin, high: about.margin }] : [];
  const { outside } = found;
  const above = outside
    ? [{ label: outside.label, mean: outside.estimate, low: outside.low, high: outside.high }] : [];
  state.views.causes.signal("has_outside", above.length > 0);
  feed("causes", "difference", about.difference_domain,
    { differences: [...above, ...found.differences], margin });
}

// The tables behind the pictures: text only, never markup.
function table(id, caption, heads, rows) {
  const make = (kind, words, scope) => {
    const cell = document.createElement(kind);
    cell.textContent = words;
    if (scope) cell.scope = scope;
    return cell;
  };
  const head = document.createElement("thead"), body = document.createElement("tbody");
  head.insertRow().append(...heads.map((words) => make("th", words, "col")));
  for (const [first, ...rest] of rows) {
    body.insertRow().append(make("th", first, "row"), ...rest.map((words) => make("td", words)));
  }
  const said = make("caption", caption);
  said.id = `${id}-head`;
  by(id).replaceChildren(said, head, body);
}

function tables(found, about) {
  const of = (arm) => found.weeks.filter((row) => row.arm === arm);
  const b = of("B");
  table("weeks-table", `${about.title}. ${changeSaid(about)}: mean (95\u00a0% band)`,
    ["Week", "A", "B"], of("A").map((row, i) =>
      [String(row.week), ...[row, b[i]].map((x) => interval(x, about.change_digits))]));
  table("causes-table", `${about.title}, B minus A at week ${page.last}${about.unit ? `, ${about.unit}` : ""}`,
    ["If hips are tight from", "Mean", "Low", "High"], found.differences.map((x) =>
      [x.label, ...[x.mean, x.low, x.high].map((value) => number(value, about.digits))]));
}

// One renewal a frame, however fast a control is moved; the spoken line waits for it to rest.
let asked = 0, resting = 0;
function soon() {
  if (!asked) asked = requestAnimationFrame(renew);
}

function renew() {
  asked = 0;
  const found = numbers(), about = page.outcomes[by("outcome").value];
  tellDose(found);
  say("no-dose", !found.weeks && page.sentences.no_dose);
  by("weeks-axis").textContent = changeSaid(about);
  const { part } = between(page.nodes, found.dose.stretch_min);
  by("exact").textContent = found.weeks ? exactSaid(part > 0 && part < 1, about) : "";
  by("causes-axis").textContent = `B minus A${about.unit ? `, ${about.unit}` : ""} (below 0: less under B)`;
  if (found.weeks) {
    by("weeks-said").textContent = sayWeeks(found, about);
    by("causes-said").textContent = sayCauses(found, about);
    by("even-said").textContent = sayEven(found.even);
    say("cost-said", found.cost && sayCost(found));
    say("outside-said", found.outside && found.outside.sentence);
    feedWeeks(found, about);
    feedCauses(found, about);
    tables(found, about);
  } else {
    for (const id of ["weeks-said", "causes-said", "even-said"]) by(id).textContent = page.sentences.no_dose;
    for (const id of ["cost-said", "outside-said"]) say(id, "");
    for (const id of ["weeks-table", "causes-table"]) by(id).replaceChildren();
    feed("weeks", "change", about.change_domain, { lines: [], ends: [] });
    feed("causes", "difference", about.difference_domain, { differences: [], margin: [] });
  }
  clearTimeout(resting);
  resting = setTimeout(() => (by("now").textContent = sayNow(found, about)), 300);
}

function back() {
  for (const part of ["sets", "sessions", "load", "stretch"]) by(part).value = page.own[part];
  by("even").checked = false;
}

function range(id, list, at) {
  Object.assign(by(id), { min: 0, max: list.length - 1, step: 1, value: at });
}

async function open() {
  if (!window.DecompressionStream) throw new Error("this browser is too old: one of 2023 or later is needed");
  state.grid = await unpacked(by("grid").textContent, page.shape, page.rounds);
  const parts = { sets: page.sets, sessions: page.sessions, load: page.loads, stretch: page.positions };
  for (const [part, list] of Object.entries(parts)) range(part, list, page.own[part]);
  weights.forEach((id, w) => range(id, page.levels, page.own.levels[w]));
  await document.fonts.ready;
  await drawn();
  weigh();
  renew();
  document.querySelector("form").addEventListener("input", ({ target }) => {
    if (weights.includes(target.id)) weigh();
    soon();
  });
  by("back").addEventListener("click", () => { back(); soon(); });
  window.hipstudy = { numbers };
  document.body.dataset.ready = "";
}

open().catch((error) => say("broken", `This page could not open: ${error.message}.`));
