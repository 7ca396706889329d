// Where the page's numbers come from: the grid unpacked, a dose between its minutes, causes mixed,
// means and bands. The same steps as hipstudy.explore.one_file (page_html, dose_grid), model.causes and
// studies.compare_tables.

async function unpacked(text, shape, rounds) {
  const squeezed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const open = new Blob([squeezed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = await new Response(open).arrayBuffer();
  const { outcomes, worlds, draws, weeks, levels, steps } = shape;
  const doses = steps.reduce((product, n) => product * n, 1);
  let at = 0;
  const floats = (n) => new Float64Array(bytes, (at += 8 * n) - 8 * n, n);
  const whole = (n) => new Uint8Array(bytes, (at += n) - n, n);
  const grid = {
    shape,
    rounds,
    start: floats(outcomes * worlds * draws),
    fixed: floats(outcomes * worlds * draws * weeks),
    logs: floats(levels * draws * worlds),
    possible: whole(doses),
  };
  const n = outcomes * doses * worlds * draws * weeks;
  const low = whole(n), high = whole(n);
  grid.counts = new Int16Array(n);
  for (let i = 0; i < n; i++) {
    const folded = low[i] | (high[i] << 8);
    grid.counts[i] = (folded >>> 1) ^ -(folded & 1);
  }
  let stride = worlds * draws * weeks;
  for (const size of [...steps].reverse()) {
    summedAlong(grid.counts, stride, size);
    stride *= size;
  }
  return grid;
}

function summedAlong(counts, stride, size) {
  for (let from = 0; from < counts.length; from += stride * size) {
    for (let i = from + stride; i < from + stride * size; i++) counts[i] += counts[i - stride];
  }
}

// Place of a dose's minutes of stretching among those of the grid, and the part above it.
function between(nodes, minutes) {
  let above = nodes.findIndex((node) => node > minutes);
  if (above < 0) above = nodes.length - 1;
  const below = above - 1;
  return { below, part: (minutes - nodes[below]) / (nodes[above] - nodes[below]) };
}

// Change since the start of the arm that is moved, (worlds, draws, weeks after 0); null where the
// grid has no prescription for it.
function moved(grid, nodes, outcome, dose) {
  const { steps, worlds, draws, weeks } = grid.shape;
  const { below, part } = between(nodes, dose.stretch_min);
  const row = ((dose.load * steps[1] + dose.sets) * steps[2] + dose.sessions) * steps[3];
  const ends = [part < 1 ? below : below + 1, part > 0 ? below + 1 : below];
  if (!ends.every((end) => grid.possible[row + end])) return null;
  const n = worlds * draws * weeks, doses = grid.possible.length;
  const [low, high] = ends.map((end) => (outcome * doses + row + end) * n);
  const found = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const from = grid.counts[low + i], to = grid.counts[high + i];
    found[i] = (from + (to - from) * part) * grid.rounds[outcome];
  }
  return found;
}

function fixed(grid, outcome) {
  const { worlds, draws, weeks } = grid.shape, n = worlds * draws * weeks;
  return grid.fixed.subarray(outcome * n, (outcome + 1) * n);
}

// Draws of the causes' shares, (draws, worlds), from one level a cause.
function shares(grid, chosen) {
  const { worlds, draws } = grid.shape;
  const found = new Float64Array(draws * worlds);
  for (let draw = 0; draw < draws; draw++) {
    const logs = chosen.map((level, w) => grid.logs[(level * draws + draw) * worlds + w]);
    const top = Math.max(...logs);
    const parts = logs.map((log) => Math.exp(log - top));
    const whole = parts.reduce((sum, part) => sum + part, 0);
    parts.forEach((part, w) => (found[draw * worlds + w] = part / whole));
  }
  return found;
}

// Levels of each draw at a week (0 is the start), in one world or mixed by shares.
function levels(grid, outcome, changes, week, mix) {
  const { worlds, draws, weeks } = grid.shape;
  const of = (world, draw) => {
    const place = world * draws + draw;
    const change = week ? changes[place * weeks + week - 1] : 0;
    return grid.start[outcome * worlds * draws + place] + change;
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

function banded(draws, band) {
  const sorted = Float64Array.from(draws).sort();
  const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
  return { mean, low: quantile(sorted, band[0]), high: quantile(sorted, band[1]) };
}

// Mean change since the start at every week shown, with its band.
function overWeeks(grid, outcome, changes, mix, band, inPercent) {
  const start = levels(grid, outcome, changes, 0, mix);
  return Array.from({ length: grid.shape.weeks + 1 }, (_, week) => {
    const now = levels(grid, outcome, changes, week, mix);
    const change = now.map((level, draw) =>
      inPercent ? (level / start[draw] - 1) * 100 : level - start[draw]);
    return banded(change, band);
  });
}

// Draws of the difference between the arms at the last week.
function apart(grid, outcome, b, a, mix) {
  const [ours, theirs] = [b, a].map((c) => levels(grid, outcome, c, grid.shape.weeks, mix));
  return ours.map((level, draw) => level - theirs[draw]);
}

const evenRound = (x) => (x - Math.floor(x) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x));

// Share of runners tight from the first cause at which the arm that is moved wins by a margin.
function breakEven(ends, weights, margin, band) {
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
