// Words for numbers, as hipstudy.labels has them.
function number(value, digits) {
  const text = value.toFixed(digits);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "\u2212");
}
const interval = (x, digits) =>
  `${number(x.mean, digits)} (${number(x.low, digits)} to ${number(x.high, digits)})`;
const percent = (share) => { // its sign stays on its line
  if (share > 0 && share < 0.005) return "under 1\u00a0%";
  if (share >= 0.995 && share < 1) return "over 99\u00a0%";
  return `${(share * 100).toFixed(0)}\u00a0%`;
};
const shareSaid = (share) => (share === Infinity ? "no share" : percent(share));
const counted = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;
const minutesSaid = (minutes) => number(minutes, 1).replace(/\.0$/, "");
const changeSaid = ({ in_percent, change_unit }) => (in_percent ? `Change, ${change_unit}`
  : `Change since the start${change_unit ? `, ${change_unit}` : ""}`);

// A sentence of the page's data with its gaps filled; a sign of per cent stays on its line.
const fill = (sentence, values) =>
  sentence.replace(/\[\[(\w+)\]\]/g, (_, gap) => values[gap]).replace(/(\d) %/g, "$1\u00a0%");

function minutesWords({ a, b }) {
  const { minutes_equal, minutes_more, minutes_fewer } = page.sentences;
  const sentence = Math.abs(a - b) < 1e-6 ? minutes_equal : b > a ? minutes_more : minutes_fewer;
  return fill(sentence, { a: minutesSaid(a), b: minutesSaid(b), apart: minutesSaid(Math.abs(b - a)) });
}

// Whether the model was run at this very dose.
const exactSaid = (isBetween, { sentences }) =>
  (isBetween ? fill(sentences.between, {}) : page.sentences.on_grid);

// The sentence under each picture.
function sayWeeks(found, about) {
  const [a, b] = ["A", "B"].map((arm) =>
    interval(found.weeks.filter((row) => row.arm === arm).at(-1), about.change_digits));
  const { mixed, one_cause } = page.sentences;
  const world = page.worlds.find((one) => one.name === found.world);
  const causes = world ? fill(one_cause, { cause: world.label.toLowerCase() }) : mixed;
  const change = fill(about.sentences.weeks, { causes, a, b });
  return found.cost ? `${change} ${sayCost(found)}` : change;
}

function sayCost({ cost, minutes }) {
  const [discomfort, soreness] = [cost.discomfort, cost.soreness].map((x) => interval(x, 2));
  const [a, b] = [minutes.a, minutes.b].map(minutesSaid);
  return fill(page.sentences.cost, { discomfort, soreness, a, b });
}

function sayCauses(found, about) {
  const pure = found.differences.slice(0, -1), mixed = found.differences.at(-1);
  const sorted = [...pure].sort((x, y) => x.mean - y.mean);
  const [least, most] = [sorted[0], sorted.at(-1)], { digits } = about;
  const same = most.mean - least.mean < 0.5 * 10 ** -digits;
  const sentences = about.sentences.differences[found.equal ? "equal" : "unequal"];
  return fill(sentences[same ? "same" : "apart"], {
    least: interval(same ? pure[0] : least, digits), least_cause: least.label.toLowerCase(),
    most: interval(most, digits), most_cause: most.label.toLowerCase(),
    mixed: interval(mixed, digits),
  });
}

function sayEven(even) {
  if (!even) return page.sentences.no_break_even;
  const sentences = page.sentences.break_even;
  const shares = even.map((x, i) => {
    const always = x.margin === 0 && !x.share && !x.low && !x.high;
    const kind = x.never === 1 ? "none" : always ? "any" : x.never ? "some_never" : "some";
    const [share, low, high] = [x.share, x.low, x.high].map(shareSaid);
    return fill(sentences[kind][i], { share, low, high, never: percent(x.never) });
  });
  return fill(sentences.around, { shares: shares.join("; ") });
}

// The line that stays in sight, and is read out when the controls rest.
function sayNow(found, about) {
  if (!found.weeks) return page.sentences.no_dose;
  const means = found.differences.slice(0, -1).map((x) => x.mean), { digits, sentences } = about;
  const { a, b } = found.minutes;
  const [least, most] = [Math.min(...means), Math.max(...means)].map((x) => number(x, digits));
  const range = fill(least === most ? sentences.now_same : sentences.now_range, { least, most });
  const equal = found.equal ? "equal" : "not equal";
  return fill(sentences.now, { range, a: minutesSaid(a), b: minutesSaid(b), equal });
}
