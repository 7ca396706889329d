// From the runs of two arms to what is shown: causes mixed, means, bands, break-even shares. The same
// steps as hipstudy.model.causes and hipstudy.studies.compare_tables. A scene has what no dose changes:
// shape, start and the logarithms of the causes' shares. Runs give the changes since the start of one
// arm in one outcome, (worlds, draws, weeks after 0).

export function unbased(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
}

// Draws of the causes' shares, (draws, worlds), from the weight of each cause.
export function shares(scene, weights) {
  const { worlds, draws } = scene.shape;
  const rows = weights.map((weight) => scene.levels.indexOf(weight));
  const found = new Float64Array(draws * worlds);
  for (let draw = 0; draw < draws; draw++) {
    const logs = rows.map((row, w) => scene.logs[(row * draws + draw) * worlds + w]);
    const top = Math.max(...logs);
    const parts = logs.map((log) => Math.exp(log - top));
    const whole = parts.reduce((sum, part) => sum + part, 0);
    parts.forEach((part, w) => (found[draw * worlds + w] = part / whole));
  }
  return found;
}

// Levels of each draw at a week (0 is the start), in one world or mixed by shares.
export function levels(scene, outcome, changes, week, mix) {
  const { worlds, draws } = scene.shape, weeks = changes ? changes.length / (worlds * draws) : 0;
  const of = (world, draw) => {
    const place = world * draws + draw;
    const change = week ? changes[place * weeks + week - 1] : 0;
    return scene.start[outcome * worlds * draws + place] + change;
  };
  return Array.from({ length: draws }, (_, draw) => {
    if (mix.world !== undefined) return of(mix.world, draw);
    let sum = 0;
    for (let w = 0; w < worlds; w++) sum += mix.shares[draw * worlds + w] * of(w, draw);
    return sum;
  });
}

// numpy's quantile, by straight lines between the sorted.
function quantile(sorted, share) {
  const place = share * (sorted.length - 1), below = Math.floor(place), part = place - below;
  const low = sorted[below], high = sorted[Math.min(below + 1, sorted.length - 1)];
  return part < 0.5 ? low + (high - low) * part : high - (high - low) * (1 - part);
}

export function banded(draws, band) {
  const sorted = Float64Array.from(draws).sort();
  const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
  return { mean, low: quantile(sorted, band[0]), high: quantile(sorted, band[1]) };
}

// Mean change since the start at every week, with its band, and the level.
export function overWeeks(scene, outcome, changes, mix, band, inPercent) {
  const start = levels(scene, outcome, null, 0, mix);
  const weeks = changes.length / (scene.shape.worlds * scene.shape.draws);
  return Array.from({ length: weeks + 1 }, (_, week) => {
    const now = week ? levels(scene, outcome, changes, week, mix) : start;
    const change = now.map((level, draw) =>
      inPercent ? (level / start[draw] - 1) * 100 : level - start[draw]);
    return { ...banded(change, band), level: banded(now, band) };
  });
}

// Draws of the difference between the arms at the last week.
export function apart(scene, outcome, b, a, mix) {
  const last = b.length / (scene.shape.worlds * scene.shape.draws);
  const [ours, theirs] = [b, a].map((changes) => levels(scene, outcome, changes, last, mix));
  return ours.map((level, draw) => level - theirs[draw]);
}

const evenRound = (x) => (x - Math.floor(x) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x));

// Share of runners tight from the first cause at which arm B wins by a margin.
export function breakEven(ends, weights, margin, band) {
  const others = weights.slice(1), sum = others.reduce((a, b) => a + b, 0);
  const parts = others.map((weight) => (sum ? weight / sum : 1 / others.length));
  const draws = ends[0].map((first, draw) => {
    const rest = -parts.reduce((total, part, i) => total + part * ends[i + 1][draw], 0);
    const slope = -first - rest;
    if (margin > 0 ? rest >= margin : rest > 0) return 0;
    const share = slope > 0 ? (margin - rest) / slope : Infinity;
    return share > 1 ? Infinity : share;
  }).sort((x, y) => x - y);
  const at = (share) => draws[evenRound(share * (draws.length - 1))];
  const never = draws.filter((share) => share === Infinity).length / draws.length;
  return { margin, share: at(0.5), low: at(band[0]), high: at(band[1]), never };
}

// Every number that one state shows. `now` is the host's answer, `view` what the page alone chooses.
export function numbers(page, now, view) {
  const { scene, runs } = now, { band } = page;
  const about = page.outcomes[view.outcome];
  const mix = { shares: shares(scene, view.weights) };
  const changes = (arm, outcome = view.outcome) => runs[arm].changes(outcome);
  const lines = Object.fromEntries(["a", "b", "none"].map((arm) =>
    [arm, overWeeks(scene, view.outcome, changes(arm), mix, band, about.in_percent)
      .map((row, i) => ({ week: now.weeks[i], ...row }))]));
  const mixes = [...page.worlds.map((_, world) => ({ world })), mix];
  const ends = mixes.map((each) => apart(scene, view.outcome, changes("b"), changes("a"), each));
  const differences = [...page.worlds, page.prior].map((world, i) =>
    ({ world: world.name, label: world.label, cause: world.cause, ...banded(ends[i], band) }));
  const mixed = (name) => {
    const place = page.outcomes.findIndex((one) => one.name === name);
    return banded(apart(scene, place, changes("b", place), changes("a", place), mix), band);
  };
  const found = { about, lines, differences, last: now.weeks.at(-1), mixed: differences.at(-1) };
  if (about.is_primary) {
    found.cost = { discomfort: mixed("discomfort_nrs"), soreness: mixed("soreness_nrs") };
    found.outside = now.outside;
    found.even = view.weights.slice(1).some((weight) => weight > 0) && page.margins.map((margin) =>
      breakEven(ends.slice(0, -1), view.weights, margin, band));
  }
  found.felt = ["soreness_nrs", "discomfort_nrs"].map((name) => {
    const place = page.outcomes.findIndex((one) => one.name === name);
    return { name, about: page.outcomes[place], lines: Object.fromEntries(["a", "b", "none"].map((arm) =>
      [arm, overWeeks(scene, place, changes(arm, place), mix, band, false)
        .map((row, i) => ({ week: now.weeks[i], ...row }))])) };
  });
  return found;
}

// Mean of the mixed difference alone, for a point of a small curve.
export function mixedDifference(scene, outcome, b, a, weights) {
  const draws = apart(scene, outcome, b, a, { shares: shares(scene, weights) });
  return draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
}
