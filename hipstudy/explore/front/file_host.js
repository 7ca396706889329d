// The one file: its numbers come from a packed grid of doses within it, as hipstudy.explore.one_file
// (grid_packing, dose_grid) makes it. It asks nothing of any network.
import { mount } from "./explorer.js";
import { unbased } from "./numbers.js";
import { fill, minutesSaid } from "./sentences.js";

async function unpacked(text, { shape, rounds, levels, minutes_a: nodes }) {
  const open = new Blob([unbased(text)]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = await new Response(open).arrayBuffer();
  const { outcomes, worlds, draws, weeks, steps } = shape;
  const doses = steps.reduce((product, n) => product * n, 1), one = worlds * draws * weeks;
  let place = 0;
  const floats = (n) => new Float64Array(bytes, (place += 8 * n) - 8 * n, n);
  const whole = (n) => new Uint8Array(bytes, (place += n) - n, n);
  const start = floats(outcomes * worlds * draws), logs = floats(levels.length * draws * worlds);
  const possible = whole(doses);
  const opened = (n) => {
    const low = whole(n), high = whole(n), counts = new Int16Array(n);
    for (let i = 0; i < n; i++) {
      const folded = low[i] | (high[i] << 8);
      counts[i] = (folded >>> 1) ^ -(folded & 1);
    }
    return counts;
  };
  const others = opened(2 * outcomes * one), line = opened(outcomes * nodes.length * one);
  for (let i = one; i < line.length; i++) {
    if (Math.floor(i / one) % nodes.length) line[i] += line[i - one];
  }
  const counts = opened(outcomes * doses * one);
  let stride = one;
  for (const size of [...steps].reverse()) {
    for (let from = 0; from < counts.length; from += stride * size) {
      for (let i = from + stride; i < from + stride * size; i++) counts[i] += counts[i - stride];
    }
    stride *= size;
  }
  return { scene: { shape, start, logs, levels }, others, line, counts, possible, one, doses, rounds };
}

// Place of a dose's minutes of stretching among those of the grid, and the part above it.
function between(nodes, minutes) {
  let above = nodes.findIndex((node) => node > minutes);
  if (above < 0) above = nodes.length - 1;
  const below = above - 1;
  return { below, part: (minutes - nodes[below]) / (nodes[above] - nodes[below]) };
}

const nearest = (list, value) => list.reduce((best, one) =>
  (Math.abs(one - value) < Math.abs(best - value) ? one : best));

export function fileHost(page, grid) {
  const { steps } = page, { one, rounds } = grid;
  const scaled = (counts, from, outcome) =>
    Float64Array.from({ length: one }, (_, i) => counts[from + i] * rounds[outcome]);
  const other = (which) => ({ changes: (o) => scaled(grid.others, (which * rounds.length + o) * one, o) });

  const ownA = page.arm_a.minutes.stretch, nodesA = page.minutes_a;

  // Changes at a part of the way between two rows of counts.
  const mixed = (counts, low, high, part) => (outcome) => {
    const from = low(outcome), to = high(outcome);
    return Float64Array.from({ length: one }, (_, i) =>
      (counts[from + i] + (counts[to + i] - counts[from + i]) * part) * rounds[outcome]);
  };

  // The other arm, at its own minutes of stretching or at others.
  function stayed(minutes) {
    if (minutes === ownA) return { ...other(0), isBetween: false };
    const { below, part } = between(nodesA, minutes);
    const row = (at) => (outcome) => (outcome * nodesA.length + at) * one;
    return { changes: mixed(grid.line, row(below), row(below + 1), part), isBetween: part > 0 && part < 1 };
  }

  // Change of the arm that is moved; null where the grid has no prescription for it.
  function moved(dose) {
    const { below, part } = between(steps.stretch_min_wk, dose.stretch_min_wk);
    const places = ["load", "sets", "sessions_per_week"].map((name) => steps[name].indexOf(dose[name]));
    const size = grid.scene.shape.steps;
    const row = ((places[0] * size[1] + places[1]) * size[2] + places[2]) * size[3];
    const ends = [part < 1 ? below : below + 1, part > 0 ? below + 1 : below];
    if (!ends.every((end) => grid.possible[row + end])) return null;
    const [low, high] = ends.map((end) => (outcome) => (outcome * grid.doses + row + end) * one);
    return { changes: mixed(grid.counts, low, high, part), isBetween: part > 0 && part < 1 };
  }

  function doseOf(query, changes, even) {
    const nodes = steps.stretch_min_wk;
    const dose = { ...page.own };
    for (const name of Object.keys(dose)) {
      const given = query[name], value = name === "load" ? given : Number(given);
      const known = name === "stretch_min_wk" ? page.dials.stretch_min_wk.places : steps[name];
      if (given !== undefined && (known.includes(value) || (name === "stretch_min_wk" && value >= 0
        && value <= known.at(-1)))) dose[name] = value;
    }
    for (const { arm, values } of changes) {
      if (arm !== "b") continue;
      for (const [name, value] of Object.entries(values ?? {})) {
        if (name === "load") dose.load = steps.load.includes(value) ? value : dose.load;
        else if (name === "stretch_min_wk") dose[name] = Math.min(Math.max(value, 0), nodes.at(-1));
        else dose[name] = nearest(steps[name], value);
      }
    }
    // Where a programme begins there are no numbers: as in dose_grid.DoseGrid.changes.
    if (!dose.sets && dose.stretch_min_wk < nodes[1]) dose.stretch_min_wk = 0;
    const strength = page.session_min[dose.sets] * dose.sessions_per_week;
    const asked = even ? strength + dose.stretch_min_wk - page.arm_a.minutes.strength : Number(query.stretch_a ?? ownA);
    const isHere = asked !== ownA && nodesA.length > 1 && Number.isFinite(asked);
    const stretch = isHere ? Math.min(Math.max(asked, nodesA[0]), nodesA.at(-1)) : ownA;
    return { dose, strength, stretch };
  }

  function armA(stretch) {
    if (stretch === ownA) return page.arm_a;
    const said = [page.work_a, fill(page.words.stretching, { minutes: minutesSaid(stretch) })];
    const { strength } = page.arm_a.minutes;
    return { ...page.arm_a, label: fill(page.words.changed, { label: page.arm_a.label }),
      dose: said.filter(Boolean).join("; "), minutes: { strength, stretch, both: strength + stretch } };
  }

  const isOwn = (dose) => Object.keys(dose).every((name) => dose[name] === page.own[name]);

  function doseSaid(dose) {
    if (isOwn(dose)) return page.arm_b.dose;
    const load = page.loads.find((each) => each.value === dose.load).words;
    const parts = [dose.sets ? fill(page.words.work, { sets: dose.sets, reps: page.reps, load,
      sessions: dose.sessions_per_week }) : null,
    dose.stretch_min_wk ? fill(page.words.stretching, { minutes: minutesSaid(dose.stretch_min_wk) }) : null];
    return parts.filter(Boolean).join("; ") || page.words.no_exercise;
  }

  function answer({ query, changes, even }) {
    const { dose, strength, stretch } = doseOf(query, changes, even), a = stayed(stretch), b = moved(dose);
    if (!b) return { problems: [fill(page.words.no_dose, { hours: page.max_hours_wk })] };
    const has = dose.sets > 0, all = stretch === ownA ? dose : { ...dose, stretch_a: stretch };
    const error = a.isBetween ? page.errors[b.isBetween ? 2 : 1] : page.errors[0];
    return { id: JSON.stringify(all), problems: [], scene: grid.scene, weeks: page.weeks, shared: page.shared,
      query: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, String(value)])),
      runs: { a, none: other(1), b },
      arms: { a: armA(stretch), b: { ...page.arm_b, label: isOwn(dose) ? page.arm_b.label
        : fill(page.words.changed, { label: page.arm_b.label }), controls: dose, has_work: has, dose: doseSaid(dose),
        session_min: page.session_min,
        minutes: { strength, stretch: dose.stretch_min_wk, both: strength + dose.stretch_min_wk } } },
      outside: page.outside[has ? "strength" : dose.stretch_min_wk ? "stretch" : "none"],
      exact: (about) => (a.isBetween || b.isBetween ? fill(page.words.between, { error: error[about.key] }) : page.words.on_grid) };
  }

  const ask = async (request) => answer(request);
  return { page, ask, curve: ask, first: new URLSearchParams(page.own).toString(), hasHistory: true, prints: true,
    address: () => location.hash.slice(1),
    remember: (text, depth, isFirst) =>
      window.history[isFirst ? "replaceState" : "pushState"]({ depth }, "", `#${text}`),
    link: (text) => (location.protocol === "file:"
      ? `${location.pathname.split("/").at(-1)}#${text}` : `${location.href.split("#")[0]}#${text}`),
    places: (name) => (name === "stretch_min_wk" ? steps[name].filter((one) => page.dials[name].places.includes(one))
      : steps[name]),
    placed: (name, value) => {
      const list = name === "stretch_min_wk" ? page.dials[name].places : steps[name];
      return list.indexOf(name === "load" ? value : nearest(list, value));
    } };
}

export async function openFile() {
  const root = document.getElementById("explorer");
  try {
    if (!window.DecompressionStream) throw new Error("this browser is too old: one of 2023 or later is needed");
    const page = JSON.parse(document.getElementById("page").textContent);
    const grid = await unpacked(document.getElementById("grid").textContent.trim(), page);
    window.hipstudy = await mount(root, fileHost(page, grid));
  } catch (error) {
    console.error(error);
    const broken = document.getElementById("broken");
    broken.hidden = false;
    broken.textContent = `This page could not open: ${error.message}.`;
  }
}
