// The page's sentences: words come from the page's data (words/page.en.toml), numbers are written as
// hipstudy.labels writes them. Every host shows these and no others.

// A number with so many decimals; a half is rounded away from zero, as it would be written.
export function number(value, digits) {
  if (!Number.isFinite(value)) return String(value);
  const [mantissa, power] = Math.abs(value).toExponential().split("e");
  const figures = mantissa.replace(".", ""), kept = Number(power) + 1 + digits;
  let whole = kept > 0 ? BigInt(figures.slice(0, kept).padEnd(kept, "0")) : 0n;
  if (kept >= 0 && Number(figures[kept] ?? 0) >= 5) whole += 1n;
  const text = whole.toString().padStart(digits + 1, "0");
  const cut = text.length - digits;
  const sign = value < 0 && whole ? "\u2212" : "";
  return sign + text.slice(0, cut) + (digits ? `.${text.slice(cut)}` : "");
}

export const interval = (x, digits) =>
  `${number(x.mean, digits)} (${number(x.low, digits)} to ${number(x.high, digits)})`;

export function percent(share) { // its sign stays on its line
  if (share > 0 && share < 0.005) return "under 1\u00a0%";
  if (share >= 0.995 && share < 1) return "over 99\u00a0%";
  return `${number(Number(`${share}e2`) || share * 100, 0)}\u00a0%`;
}

export const minutesSaid = (minutes) => number(minutes, 1).replace(/\.0$/, "");
const plain = (value) => String(Number(value)).replace("-", "\u2212");

// A passage with its gaps filled; a gap without a value is a fault and never an empty place.
export function fill(passage, values = {}) {
  return passage.replace(/\[\[(\w+)\]\]/g, (_, gap) => {
    if (values[gap] === undefined) throw new Error(`no ${gap} for: ${passage}`);
    return values[gap];
  }).replace(/(\d) %/g, "$1\u00a0%").replace(/ {2,}/g, " ").trim();
}

export function speaker(page) {
  const words = page.words;
  const say = (name, values) => fill(words[name], values);
  const counted = (n, thing) => say(n === 1 ? `one_${thing}` : `many_${thing}`, { n: plain(n) });

  // A size with its direction: "0.06 lower", or "no lower or higher" where it is 0 as written.
  function directed(value, digits) {
    const size = number(Math.abs(value), digits);
    if (Number(size) === 0) return words.change_none;
    return say(value < 0 ? "change_below" : "change_above", { size });
  }

  // Two ends of a band; of one direction, it is said once, the smaller size first.
  function span({ low, high }, digits) {
    const [least, most] = [low, high].map((end) => number(Math.abs(end), digits)).sort((x, y) => x - y);
    if (low * high > 0 && Number(least)) return say(low < 0 ? "span_below" : "span_above", { least, most });
    return `${directed(low, digits)} ${words.to} ${directed(high, digits)}`;
  }

  // What was taken for granted of the causes; nothing where all four weigh the same.
  function assumed({ differences }, { weights }) {
    const only = weights.filter((weight) => weight > 0).length === 1;
    if (only) return say("assumed_one", { cause: differences[weights.findIndex((weight) => weight > 0)].cause });
    return weights.every((weight) => weight === weights[0]) ? "" : words.assumed_own;
  }

  function answer(found, arms, view) {
    const { about, mixed } = found, { digits, margin } = about;
    const size = number(Math.abs(mixed.mean), digits), none = Number(size) === 0;
    const facts = { outcome: about.within, b: arms.b.label, a: arms.a.label,
      weeks: counted(found.last, "week"),
      size: none ? "" : say(mixed.mean < 0 ? "size_below" : "size_above",
        { size, unit: about.size_unit }) };
    const past = Math.max(Math.abs(mixed.low), Math.abs(mixed.high)) >= margin;
    const kind = none ? "answer_none" : !margin ? "answer_plain"
      : Math.abs(mixed.mean) >= margin ? "answer_plain" : past ? "answer_unsure" : "answer_same";
    const said = [assumed(found, view), say(kind, facts),
      say(none ? "answer_band_none" : "answer_band", { span: span(mixed, digits), b: arms.b.label })];
    if (margin) said.push(say("meaningful", { margin: plain(margin) }));
    const [a, b] = [arms.a, arms.b].map((arm) => arm.minutes.both);
    if (Math.abs(a - b) > 1e-6) said.push(say("answer_minutes", { a: minutesSaid(a), b: minutesSaid(b) }));
    return said.filter(Boolean).join(" ");
  }

  // The week in which an arm is sorest, of the weeks that every host has, so that all say the same.
  function sorest(found, arm, told) {
    const rows = found.felt[0].lines[arm].filter((row) => told.includes(row.week));
    return rows.reduce((top, row) => (row.level.mean > top.level.mean ? row : top));
  }

  function cost(found, arms, { told_weeks: told }) {
    const both = ["a", "b"], said = [];
    if (found.cost) {
      const of = (x) => `${directed(x.mean, 2)} (${span(x, 2)})`;
      said.push(say("cost", { a: arms.a.label, discomfort: of(found.cost.discomfort), soreness: of(found.cost.soreness) }));
      const [worst, name] = both.map((arm) => [sorest(found, arm, told), arms[arm].label])
        .reduce((most, one) => (one[0].level.mean > most[0].level.mean ? one : most));
      if (worst.level.mean && worst.week) said.push(say("cost_worst", { name, week: worst.week, level: interval(worst.level, 1) }));
    }
    for (const arm of both.map((each) => arms[each]).filter((each) => each.minutes.both > page.much_min_wk)) {
      said.push(say("cost_much", { name: arm.label, hours: number(arm.minutes.both / 60, 0) }));
    }
    return said.join(" ");
  }

  function minutes(arms) {
    const [a, b] = [arms.a, arms.b].map((arm) => arm.minutes.both);
    const kind = Math.abs(a - b) < 1e-6 ? "equal" : b > a ? "more" : "fewer";
    return say(`minutes_${kind}`, { a: minutesSaid(a), b: minutesSaid(b),
      apart: minutesSaid(Math.abs(b - a)), name: arms.b.label });
  }

  function weeksSaid(found, arms, shared, view) {
    const { about, lines } = found;
    const digits = about.in_percent ? 0 : about.digits;
    const change = (arm) => `${interval(lines[arm].at(-1), digits)} ${about.change_unit}`.trim();
    const start = `${number(lines.a[0].level.mean, about.digits)} ${about.unit}`.trim();
    const some = view.weights.filter((weight) => weight > 0).length > 1;
    const passages = [say("over_weeks", {
      title: about.title, start, week: found.last, a: arms.a.label, b: arms.b.label,
      change_a: change("a"), change_b: change("b"), runners: counted(page.n_runners, "runner"),
      mix: some ? words.mix_many : words.mix_one, draws: counted(page.n_draws, "draw") })];
    if (arms.a.minutes.both + arms.b.minutes.both > 0) {
      const [share, low, high] = shared.sessions_done;
      const own = shared.adherence;
      passages.push(own === null
        ? say("sessions", { share: `${number(share * 100, 0)} (${number(low * 100, 0)} to ${
          number(high * 100, 0)}) %` })
        : say("sessions_set", { share: percent(share), own: percent(own) }));
    }
    return passages.join(" ");
  }

  function naturally(found) {
    if (!found.about.margin) return "";
    return say("natural_course", { outcome: found.about.within, week: found.last,
      change: interval(found.lines.none.at(-1), found.about.digits) });
  }

  function causes(found, arms) {
    const { about, differences } = found, { digits } = about;
    const pure = differences.slice(0, -1);
    const sorted = [...pure].sort((x, y) => x.mean - y.mean), [least, most] = [sorted[0], sorted.at(-1)];
    const same = most.mean - least.mean < 0.5 * 10 ** -digits;
    const equal = Math.abs(arms.a.minutes.both - arms.b.minutes.both) < 1e-6;
    const unit = about.unit ? ` ${about.unit}` : "";
    const facts = { a: arms.a.label, b: arms.b.label, outcome: about.within, week: found.last, unit,
      time: equal ? words.time_equal : words.time_unequal,
      least: interval(same ? pure[0] : least, digits), least_cause: least.label.toLowerCase(),
      most: interval(most, digits), most_cause: most.label.toLowerCase() };
    const passages = [say(same ? "causes_same" : "causes_apart", facts),
      say("causes_mixed", { mixed: interval(found.mixed, digits) }),
      say(about.unit === "NRS points" ? "below_is_less" : "above_is_more", facts)];
    if (about.margin) passages.push(say("zone", { margin: plain(about.margin) }));
    return passages.join(" ");
  }

  function outside(row) {
    if (!row) return "";
    const facts = { ...row, estimate: number(row.estimate, 2), low: number(row.low, 2),
      high: number(row.high, 2), trials: counted(row.k, "trial"), n_nulls: plain(row.n_nulls) };
    const own = Object.fromEntries(["n_tightness", "n_runners"].map((name) => [name, row[name] ? plain(row[name]) : words.none_of]));
    return [say("outside", { ...facts, ...own }), row.n_nulls ? say("outside_nulls", facts) : ""].filter(Boolean).join(" ");
  }

  const shareSaid = (share) => (share === Infinity ? words.no_share : percent(share));
  function even(found, arms) {
    if (!found.even) return "";  // of one cause alone there is no share to ask for
    const parts = found.even.map((x) => {
      const by = x.margin ? say("by_margin", { points: counted(x.margin, "point") }) : words.at_all;
      const always = x.margin === 0 && !x.share && !x.low && !x.high;
      const kind = x.never === 1 ? "never" : always ? "always" : x.never ? "some_never" : "some";
      const [share, low, high] = [x.share, x.low, x.high].map(shareSaid);
      return say(`share_${kind}`, { by, share, low, high, never: percent(x.never) });
    });
    return say("break_even", { shares: parts.join("; "), b: arms.b.label });
  }

  function felt(found, arms, { told_weeks: told }) {
    const time = ["a", "b"].map((arm) => say("load_minutes", { name: arms[arm].label,
      ...Object.fromEntries(Object.entries(arms[arm].minutes).map(([k, v]) => [k, minutesSaid(v)])) }));
    const sore = ["a", "b"].map((arm) => {
      const most = sorest(found, arm, told);
      return most.level.mean && most.week ? say("sore", { name: arms[arm].label,
        level: interval(most.level, 1), week: most.week }) : say("not_sore", { name: arms[arm].label });
    });
    return say("load", { minutes: time.join("; "), soreness: sore.join("; "), weeks: told.join(", ") });
  }

  function torque(rows, arms, shared) {
    const at = (arm, week) => rows.find((row) => row.arm === arm && row.week === week
      && row.angle === shared.test_angle_deg);
    const week = shared.shown_week;
    return say("torque", { angle: plain(shared.test_angle_deg), start: interval(at("a", 0), 2), week,
      a: arms.a.label, b: arms.b.label, torque_a: interval(at("a", week), 2),
      torque_b: interval(at("b", week), 2), draws: counted(page.n_draws, "draw") });
  }

  // What one picture shows at one week, for a pointer and for keys.
  const atWeek = (found, arms, i) => say("at_week", { week: found.lines.a[i].week,
    ...Object.fromEntries(["a", "b"].flatMap((arm) => [[arm, arms[arm].label],
      [`change_${arm}`, `${interval(found.lines[arm][i], found.about.change_digits)} ${
        found.about.change_unit}`.trim()]])) });

  const status = (found, arms) => say("status", { outcome: found.about.title,
    change: `${directed(found.mixed.mean, found.about.digits)}`, b: arms.b.label, week: found.last });

  return { say, counted, answer, cost, minutes, weeksSaid, naturally, causes, outside, even, felt,
    torque, atWeek, status };
}
