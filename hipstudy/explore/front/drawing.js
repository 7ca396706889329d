// Pictures as SVG, drawn from numbers at the size they are shown. Nothing is told by colour alone: A is
// whole and B broken, no exercise is dotted, every cause has a mark of its own.
import { number } from "./sentences.js";

const SPACE = "http://www.w3.org/2000/svg";
const DASH = { a: "", b: "7 4", none: "1.5 4" };

export function shape(name, attributes = {}, ...children) {
  const one = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value);
  one.append(...children);
  return one;
}

// Round places for ticks of an axis, from low to high.
export function ticks(low, high, most) {
  const rough = (high - low) / most, unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * unit).find((n) => n >= rough * 0.999);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const places = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) places.push(i * step);
  return { places, digits };
}

const scale = (low, high, from, to) => (value) => from + ((value - low) / (high - low)) * (to - from);

function sized(host, least = 100) {
  const box = host.getBoundingClientRect();
  const width = Math.max(200, box.width), height = Math.max(least, box.height);
  const svg = shape("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true",
    focusable: "false" });
  return { svg, width, height };
}

const path = (points) => points.map(([x, y], i) =>
  `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

// A column of labels beside their places, moved apart so that none lies on another.
function spaced(labels, gap, low, high) {
  const sorted = labels.sort((one, other) => one.y - other.y);
  sorted.forEach((one, i) => { one.at = Math.max(one.y, i ? sorted[i - 1].at + gap : low); });
  for (let i = sorted.length - 1; i >= 0; i--) {
    const most = i === sorted.length - 1 ? high : sorted[i + 1].at - gap;
    sorted[i].at = Math.min(sorted[i].at, most);
  }
  return sorted;
}

function axes(svg, x, y, frame, xs, ys, words) {
  const { left, right, top, bottom } = frame;
  for (const place of ys.places) {
    svg.append(shape("line", { class: "hs-grid", x1: left, x2: right, y1: y(place), y2: y(place) }),
      shape("text", { class: "hs-tick", x: left - 6, y: y(place) + 4, "text-anchor": "end" },
        number(place, ys.digits)));
  }
  for (const place of xs.places) {
    svg.append(shape("text", { class: "hs-tick", x: x(place), y: bottom + 16, "text-anchor": "middle" },
      number(place, xs.digits)));
  }
  svg.append(shape("line", { class: "hs-axis", x1: left, x2: right, y1: bottom, y2: bottom }),
    shape("text", { class: "hs-tick", x: (left + right) / 2, y: bottom + 31, "text-anchor": "middle" },
      words.x),
    shape("text", { class: "hs-tick hs-head", x: 2, y: top - 8 }, words.y));
}

const short = (text, letters) => (text.length > letters ? `${text.slice(0, letters - 1)}\u2026` : text);

// Both arms over the weeks, with no exercise, the zone around A that is called small, and bands.
export function drawWeeks(host, { lines, margin, bands, range, at, words, names, kept }) {
  const { svg, width, height } = sized(host);
  const side = width < 520 ? 96 : 170;
  const frame = { left: 44, right: width - side, top: 22, bottom: height - 38 };
  const last = lines.a.at(-1).week;
  const x = scale(0, last, frame.left, frame.right), y = scale(range[0], range[1], frame.bottom, frame.top);
  const step = Math.ceil(last / Math.max(2, Math.min(12, (frame.right - frame.left) / 42)));
  const weeks = { places: Array.from({ length: Math.floor(last / step) + 1 }, (_, i) => i * step), digits: 0 };
  axes(svg, x, y, frame, weeks, ticks(range[0], range[1], Math.max(3, height / 55)), words);
  const of = (arm, part) => lines[arm].map((row) => [x(row.week), y(row[part])]);
  const area = (upper, lower) => `${path(upper)}${path([...lower].reverse()).replace("M", "L")}Z`;
  if (margin) {
    const edges = [1, -1].map((sign) => lines.a.map((row) => [x(row.week), y(row.mean + sign * margin)]));
    svg.append(shape("path", { class: "hs-zone", d: area(...edges) }));
  }
  if (bands) {
    for (const arm of ["a", "b"]) {
      for (const end of ["low", "high"]) {
        svg.append(shape("path", { class: `hs-band hs-${arm}`, d: path(of(arm, end)), "stroke-dasharray": DASH[arm] }));
      }
    }
  }
  for (const arm of ["none", "a", "b"]) {
    svg.append(shape("path", { class: `hs-line hs-${arm}`, d: path(of(arm, "mean")),
      "stroke-dasharray": DASH[arm] }));
  }
  if (kept) {
    svg.append(shape("path", { class: "hs-line hs-kept",
      d: path(kept.filter((row) => row.week <= last).map((row) => [x(row.week), y(row.mean)])) }));
  }
  const ends = ["a", "b", "none"].map((arm) => ({ arm, y: of(arm, "mean").at(-1)[1] }));
  if (kept) ends.push({ arm: "kept", y: y(kept.filter((row) => row.week <= last).at(-1).mean) });
  const labels = spaced(ends, 16, frame.top, frame.bottom);
  for (const { arm, at: place } of labels) {
    svg.append(shape("text", { class: `hs-name hs-${arm}`, x: frame.right + 6, y: place + 4 },
      short(names[arm], Math.floor(side / 7.4))));
  }
  if (at !== null) {
    svg.append(shape("line", { class: "hs-cursor", x1: x(lines.a[at].week), x2: x(lines.a[at].week),
      y1: frame.top, y2: frame.bottom }));
    for (const arm of ["a", "b"]) {
      svg.append(shape("circle", { class: `hs-dot hs-${arm}`, cx: of(arm, "mean")[at][0],
        cy: of(arm, "mean")[at][1], r: 4 }));
    }
  }
  host.replaceChildren(svg);
  return (px) => lines.a.reduce((best, row, i) =>
    (Math.abs(x(row.week) - px) < Math.abs(x(lines.a[best].week) - px) ? i : best), 0);
}

const MARKS = {
  circle: "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0Z", square: "M-4.5 -4.5h9v9h-9Z",
  triangle: "M0 -5.5L5.5 4.5H-5.5Z", diamond: "M0 -6L6 0L0 6L-6 0Z",
  cross: "M-4 -4L4 4M4 -4L-4 4M-5 0H5",
};

// One row a cause: difference with its band; the trials elsewhere on top, the zone called small.
export function drawCauses(host, { rows, margin, range, words }) {
  const { svg, width, height } = sized(host);
  const isNarrow = width < 480;
  const frame = { left: isNarrow ? 8 : 150, right: width - 12, top: 8, bottom: height - 46 };
  const x = scale(range[0], range[1], frame.left, frame.right);
  if (margin) {
    svg.append(shape("rect", { class: "hs-zone", x: x(-margin), width: x(margin) - x(-margin),
      y: frame.top, height: frame.bottom - frame.top }));
  }
  const marks = ticks(range[0], range[1], Math.max(3, width / 110));
  for (const place of marks.places) {
    svg.append(shape("line", { class: Math.abs(place) < 1e-9 ? "hs-axis" : "hs-grid", x1: x(place),
      x2: x(place), y1: frame.top, y2: frame.bottom }),
    shape("text", { class: "hs-tick", x: x(place), y: frame.bottom + 15, "text-anchor": "middle" },
      number(place, marks.digits)));
  }
  const room = Math.floor((x(0) - frame.left) / 6.6), rest = Math.floor((frame.right - x(0)) / 6.6);
  svg.append(
    shape("text", { class: "hs-tick", x: x(0) - 8, y: frame.bottom + 33, "text-anchor": "end" },
      `\u2190 ${short(words.less, Math.max(6, room - 3))}`),
    shape("text", { class: "hs-tick", x: x(0) + 8, y: frame.bottom + 33 },
      `${short(words.more, Math.max(6, rest - 3))} \u2192`));
  const high = (frame.bottom - frame.top) / rows.length;
  rows.forEach((row, i) => {
    const y = frame.top + (i + (isNarrow ? 0.72 : 0.5)) * high;
    svg.append(
      shape("text", { class: `hs-row ${row.is_mixed ? "hs-strong" : ""}`, x: isNarrow ? frame.left : frame.left - 10,
        y: isNarrow ? frame.top + (i + 0.42) * high : y + 4, "text-anchor": isNarrow ? "start" : "end" },
      row.label),
      shape("line", { class: `hs-range ${row.is_outside ? "hs-outside" : ""}`, x1: x(Math.max(row.low, range[0])),
        x2: x(Math.min(row.high, range[1])), y1: y, y2: y,
        "stroke-dasharray": row.is_outside ? "5 3" : "" }),
      shape("path", { class: `hs-mark ${row.is_outside ? "hs-outside" : ""}`, d: MARKS[row.mark],
        transform: `translate(${x(row.mean).toFixed(1)} ${y.toFixed(1)})` }));
  });
  host.replaceChildren(svg);
}

// Torque along the range: the start, the chosen week of both arms, the norm, what is trained, running.
export function drawRange(host, { rows, trained, running, week, words, names }) {
  const { svg, width, height } = sized(host);
  const side = width < 520 ? 96 : 170;
  const frame = { left: 44, right: width - side, top: 22, bottom: height - 38 };
  const angles = [...new Set(rows.map((row) => row.angle))].sort((a, b) => a - b);
  const top = Math.max(...rows.map((row) => row.high)) * 1.05;
  const x = scale(angles[0], angles.at(-1), frame.left, frame.right);
  const y = scale(0, top, frame.bottom, frame.top);
  for (const [from, to] of trained) {
    svg.append(shape("rect", { class: "hs-zone", x: x(Math.max(from, angles[0])), y: frame.top,
      width: Math.max(0, x(Math.min(to, angles.at(-1))) - x(Math.max(from, angles[0]))),
      height: frame.bottom - frame.top }));
  }
  axes(svg, x, y, frame, ticks(angles[0], angles.at(-1), width / 90), ticks(0, top, height / 60), words);
  const of = (arm, at, part) => rows.filter((row) => row.arm === arm && row.week === at)
    .map((row) => [x(row.angle), y(row[part])]);
  const norm = of("norm", 0, "mean");
  svg.append(shape("path", { class: "hs-norm", d: path(norm) }),
    shape("path", { class: "hs-line hs-none", d: path(of("a", 0, "mean")), "stroke-dasharray": DASH.none }));
  for (const arm of ["a", "b"]) {
    for (const end of ["low", "high"]) {
      svg.append(shape("path", { class: `hs-band hs-${arm}`, d: path(of(arm, week, end)), "stroke-dasharray": DASH[arm] }));
    }
    svg.append(shape("path", { class: `hs-line hs-${arm}`, d: path(of(arm, week, "mean")), "stroke-dasharray": DASH[arm] }));
  }
  for (const angle of running) {
    svg.append(shape("path", { class: "hs-mark hs-outside", d: "M0 0L5 9H-5Z",
      transform: `translate(${x(angle).toFixed(1)} ${frame.bottom - 10})` }));
  }
  const labels = spaced([["a", of("a", week, "mean")], ["b", of("b", week, "mean")],
    ["none", of("a", 0, "mean")], ["norm", norm]].map(([arm, points]) =>
    ({ arm, y: points.at(-1)[1] })), 16, frame.top, frame.bottom);
  for (const { arm, at } of labels) {
    svg.append(shape("text", { class: `hs-name hs-${arm}`, x: frame.right + 6, y: at + 4 },
      short(names[arm], Math.floor(side / 7.4))));
  }
  host.replaceChildren(svg);
}

// The outcome over one control, small: a line, and a dot where the control stands. A control with
// one place has none.
export function smallCurve(host, points, value) {
  if (points.length < 2) {
    host.replaceChildren();
    return;
  }
  const { svg, width, height } = sized(host, 16);
  const known = points.filter((point) => point.y !== undefined);
  const all = [0, ...known.map((point) => point.y)];
  const low = Math.min(...all), high = Math.max(...all, low + 1e-9);
  const xs = points.map((point) => point.x);
  const x = scale(Math.min(...xs), Math.max(...xs), 8, width - 8), y = scale(low, high, height - 4, 4);
  svg.append(shape("line", { class: "hs-grid", x1: 8, x2: width - 8, y1: y(0), y2: y(0) }));
  if (known.length > 1) {
    svg.append(shape("path", { class: "hs-small", d: path(known.map((p) => [x(p.x), y(p.y)])) }));
  }
  const here = known.find((point) => Math.abs(point.x - value) < 1e-9);
  if (here) svg.append(shape("circle", { class: "hs-small-dot", cx: x(here.x), cy: y(here.y), r: 3.5 }));
  host.replaceChildren(svg);
}
