// Words for numbers, as hipstudy.labels has them.
function number(value, digits) {
  const text = value.toFixed(digits);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "\u2212");
}
const interval = (x, digits) =>
  `${number(x.mean, digits)} (${number(x.low, digits)} to ${number(x.high, digits)})`;
const percent = (share) => // its sign stays on its line
  share > 0 && share < 0.005 ? "under 1\u00a0%" : `${(share * 100).toFixed(0)}\u00a0%`;
const shareSaid = (share) => (share === Infinity ? "no share" : percent(share));
const counted = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;
const minutesSaid = (minutes) => number(minutes, 1).replace(/\.0$/, "");
const changeSaid = ({ in_percent, change_unit }) => (in_percent ? `Change, ${change_unit}`
  : `Change since the start${change_unit ? `, ${change_unit}` : ""}`);
const unitSaid = (unit) => (unit ? ` ${unit}` : "");

function minutesWords({ a, b }) {
  const both = `Clock minutes a week: A ${minutesSaid(a)}, B ${minutesSaid(b)}`;
  if (Math.abs(a - b) < 1e-6) return `${both}, equal.`;
  const more = `${minutesSaid(Math.abs(b - a))} ${b > a ? "more" : "fewer"}`;
  return `${both}: not equal, so the difference holds B\u2019s ${more} minutes too.`;
}

// Whether the model was run at this very dose.
const exactSaid = (isBetween, { off }) => (isBetween
  ? `This dose lies between doses that were run: its numbers may be off by ${off}.`
  : "The model was run at this dose: its numbers are only rounded.");

// The sentence under each picture.
function sayWeeks(found, about) {
  const ends = ["A", "B"].map((arm) => {
    const end = found.weeks.filter((row) => row.arm === arm).at(-1);
    return `${interval(end, about.change_digits)} under ${arm}`;
  });
  const name = found.world;
  const where = name === page.prior.name
    ? "with the causes mixed as you weigh them"
    : `if hips are tight from: ${page.worlds.find((w) => w.name === name).label.toLowerCase()}`;
  return `${about.title}: modelled mean change after ${counted(page.last, "week")}, ${where}, ` +
    `${ends.join(" and ")}${about.change_unit ? `, in ${about.change_unit}` : ""}; ` +
    `95\u00a0% band over ${page.shape.draws} draws of the parameters.`;
}

function sayCauses(found, about) {
  const pure = found.differences.slice(0, -1), mixed = found.differences.at(-1);
  const sorted = [...pure].sort((x, y) => x.mean - y.mean);
  const [least, most] = [sorted[0], sorted.at(-1)], { digits } = about;
  const same = most.mean - least.mean < 0.5 * 10 ** -digits;
  const unit = unitSaid(about.unit);
  const range = same
    ? `is ${interval(pure[0], digits)}${unit} whatever the cause`
    : `runs from ${interval(least, digits)} (${least.label.toLowerCase()}) to ` +
      `${interval(most, digits)}${unit} (${most.label.toLowerCase()})`;
  return `${about.title}, modelled difference B minus A after ${counted(page.last, "week")}, ` +
    `at ${found.equal ? "equal" : "unequal"} minutes a week, ${range}. ` +
    `Mixed as you weigh the causes: ${interval(mixed, digits)}. In brackets 95\u00a0% bands over ` +
    `${page.shape.draws} draws of the parameters.`;
}

function sayEven(even) {
  if (!even) return "A break-even share is worked out for tightness.";
  const said = even.map((x) => {
    const by = x.margin ? `by ${counted(x.margin, "point")}` : "at all";
    const none = x.never ? `, and no share does it in ${percent(x.never)} of draws` : "";
    return `${by}, ${shareSaid(x.share)} (${shareSaid(x.low)} to ${shareSaid(x.high)}${none})`;
  });
  return "Break-even share: for the mean tightness to favour B " + said.join("; ") +
    " of runners would have to be tight from end-range torque.";
}

// The line that stays in sight, and is read out when the controls rest.
function sayNow(found, about) {
  if (!found.weeks) return page.no_dose;
  const means = found.differences.slice(0, -1).map((x) => x.mean), { digits } = about;
  const { a, b } = found.minutes;
  const ends = [Math.min(...means), Math.max(...means)].map((x) => number(x, digits));
  const range = ends[0] === ends[1] ? `${ends[0]}${unitSaid(about.unit)} whatever the cause`
    : `${ends.join(" to ")}${unitSaid(about.unit)} over the four causes`;
  return `${about.title}, B minus A at week ${page.last}: ${range}. ` +
    `Minutes a week: A ${minutesSaid(a)}, B ${minutesSaid(b)}, ${found.equal ? "equal" : "not equal"}.`;
}
