// A host whose numbers come from the library: the page of a running program, or a notebook. What was
// sent once is not asked for again.
import { unbased } from "./numbers.js";

const MOST_PARTS = 600; // parts of answers that are held, each of a few kilobytes

export function remoteHost(page, { ask, ...more }) {
  const parts = new Map();
  function decoded(data, runs) {
    for (const [id, text] of Object.entries(data)) {
      const bytes = unbased(text), isWhole = id !== runs.start && id !== runs.logs;
      parts.set(id, isWhole ? new Int16Array(bytes) : new Float64Array(bytes));
    }
  }

  const steps = page.steps;
  function changesOf(ids) {
    const counts = new Map(Object.entries(ids).map(([key, id]) => [key, parts.get(id)])), known = new Map();
    return (outcome) => {
      const own = counts.get(page.outcomes[outcome].key);
      if (own && !known.has(outcome)) known.set(outcome, Float64Array.from(own, (count) => count * steps[outcome]));
      return known.get(outcome) ?? null;
    };
  }

  async function answer(request) {
    const reply = await ask("ask", { ...request, have: [...parts.keys()] });
    const { runs } = reply;
    decoded(reply.data, runs);
    const arms = Object.fromEntries(["a", "b", "none"].map((arm) => [arm, { changes: changesOf(runs[arm]) }]));
    const scene = { start: parts.get(runs.start), logs: parts.get(runs.logs), levels: runs.levels,
      shape: { worlds: page.worlds.length, draws: page.n_draws } };
    for (const id of [...parts.keys()].slice(0, Math.max(0, parts.size - MOST_PARTS))) parts.delete(id);
    return { ...reply, id: JSON.stringify([runs.a, runs.b, runs.start]), runs: arms, scene };
  }

  const values = { sets: [0, 1, 2, 3, 4, 6, 10], sessions_per_week: [1, 2, 3, 4, 5, 7, 14],
    stretch_min_wk: [0, 2, 10, 20, 40, 64, 90, 120] };
  return { page, ask: answer, curve: (request) => answer({ ...request, is_idle: true }),
    torque: (now) => ask("torque", { query: now.query }), first: new URLSearchParams(page.first).toString(),
    places: (name, now, mover) => {
      if (name === "load") return page.loads.map((one) => one.value);
      const here = now.arms[mover].controls[name];
      return [...new Set([...values[name], here])].sort((a, b) => a - b);
    },
    placed: (name, value) => (name === "load" ? page.loads.findIndex((one) => one.value === value) : value),
    ...more };
}
