// The small curve under a slider: how far apart both arms end, over that control. It is asked for when
// the controls rest, point by point, and given up as soon as one moves.
import { smallCurve } from "./drawing.js";
import { mixedDifference } from "./numbers.js";

const MOST_CURVES = 200; // curves that are held

export function smallCurves(page, host, controls, view) {
  const curves = new Map();
  let turns = 0;
  const key = (now, control) => [now.id, view.mover, view.even, view.outcome, view.weights, control.name].join(" ");

  function draw(now) {
    for (const control of controls) {
      if (control.element.hidden) continue;
      const points = curves.get(key(now, control));
      control.curve.classList.toggle("hs-waiting", !points);
      if (points) smallCurve(control.curve, points, host.placed(control.name, now.arms[view.mover].controls[control.name]));
      else control.curve.replaceChildren();
    }
  }

  async function follow(now, looked) {
    const mine = turns;
    for (const control of controls) {
      const name = key(now, control);
      if (control.element.hidden || curves.has(name)) continue;
      const places = host.places(control.name, now, view.mover);
      const points = places.map((place) => ({ x: host.placed(control.name, place) }));
      for (let i = 0; i < places.length; i++) {
        const changes = [{ arm: view.mover, values: { [control.name]: places[i] } }];
        const there = await host.curve({ query: now.query, changes, ...looked }).catch(() => null);
        if (mine !== turns) return;
        const runs = there?.runs, b = runs?.b.changes(view.outcome), a = runs?.a.changes(view.outcome);
        if (a && b && !there.problems.length) points[i].y = mixedDifference(there.scene, view.outcome, b, a, view.weights);
      }
      if (curves.size > MOST_CURVES) curves.clear();
      curves.set(name, points);
      draw(now);
    }
  }
  return { draw, follow, giveUp: () => { turns += 1; } };
}
