// The one file: its numbers come from a packed grid of doses within it, as hipstudy.explore.one_file
// (grid_packing, dose_grid) makes it. It asks nothing of any network.
import { mount } from "./explorer.js";
import { unbased } from "./numbers.js";
import { fill, minutesSaid } from "./sentences.js";

async function unpacked(text, { shape, rounds, levels }) {
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
  const others = opened(2 * outcomes * one), counts = opened(outcomes * doses * one);
  let stride = one;
  for (const size of [...steps].reverse()) {
    for (let from = 0; from < counts.length; from += stride * size) {
      for (let i = from + stride; i < from + stride * size; i++) counts[i] += counts[i - stride];
    }
    stride *= size;
  }
  return { scene: { shape, start, logs, levels }, others, counts, possible, one, doses, rounds };
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

  // Change of the arm that is moved; null where the grid has no prescription for it.
  function moved(dose) {
    const { below, part } = between(steps.stretch_min_wk, dose.stretch_min_wk);
    const places = ["load", "sets", "sessions_per_week"].map((name) => steps[name].indexOf(dose[name]));
    const size = grid.scene.shape.steps;
    const row = ((places[0] * size[1] + places[1]) * size[2] + places[2]) * size[3];
    const ends = [part < 1 ? below : below + 1, part > 0 ? below + 1 : below];
    if (!ends.every((end) => grid.possible[row + end])) return null;
    return { changes: (outcome) => {
      const [low, high] = ends.map((end) => (outcome * grid.doses + row + end) * one);
      return Float64Array.from({ length: one }, (_, i) => {
        const from = grid.counts[low + i], to = grid.counts[high + i];
        return (from + (to - from) * part) * rounds[outcome];
      });
    }, isBetween: part > 0 && part < 1 };
  }

  function doseOf(query, changes, even) {
    const dose = { ...page.own };
    for (const name of Object.keys(dose)) {
      const given = query[name], value = name === "load" ? given : Number(given);
      const known = name === "stretch_min_wk" ? page.dials.stretch_min_wk.places : steps[name];
      if (given !== undefined && (known.includes(value) || (name === "stretch_min_wk" && value >= 0
        && value <= known.at(-1) && !(value > 0 && value < known[1])))) dose[name] = value;
    }
    for (const { arm, values } of changes) {
      if (arm !== "b") continue;
      for (const [name, value] of Object.entries(values ?? {})) {
        if (name === "load") dose.load = steps.load.includes(value) ? value : dose.load;
        else dose[name] = nearest(name === "stretch_min_wk" ? page.dials[name].places : steps[name], value);
      }
    }
    const strength = page.session_min[dose.sets] * dose.sessions_per_week;
    if (even) {
      const rest = Math.min(Math.max(page.arm_a.minutes.both - strength, 0), steps.stretch_min_wk.at(-1));
      dose.stretch_min_wk = rest > 0 && rest < steps.stretch_min_wk[1] ? steps.stretch_min_wk[1] : rest;
    }
    return { dose, strength };
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
    const { dose, strength } = doseOf(query, changes, even), b = moved(dose);
    if (!b) return { problems: [fill(page.words.no_dose, { hours: page.max_hours_wk })] };
    const has = dose.sets > 0;
    return { id: JSON.stringify(dose), problems: [], scene: grid.scene, weeks: page.weeks, shared: page.shared,
      query: Object.fromEntries(Object.entries(dose).map(([name, value]) => [name, String(value)])),
      runs: { a: other(0), none: other(1), b },
      arms: { a: page.arm_a, b: { ...page.arm_b, label: isOwn(dose) ? page.arm_b.label
        : fill(page.words.changed, { label: page.arm_b.label }), controls: dose, has_work: has, dose: doseSaid(dose),
        session_min: page.session_min,
        minutes: { strength, stretch: dose.stretch_min_wk, both: strength + dose.stretch_min_wk } } },
      outside: page.outside[has ? "strength" : dose.stretch_min_wk ? "stretch" : "none"],
      exact: (about) => (b.isBetween ? fill(page.words.between, { error: page.errors[about.key] }) : page.words.on_grid) };
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
