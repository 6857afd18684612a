// @ts-check
/** A small curve beside a number. */
import { html } from "/static/vendor/htm-preact.js";

const [WIDTH, HEIGHT] = [120, 36];

/** A curve of the last seconds; `least` is the smallest span of values that fills its height. */
export function Spark(/** @type {any} */ { data, name, seconds, least, label }) {
  const { at, of } = data.line(name, seconds);
  if (at.length < 2) return html`<svg class="spark" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true"></svg>`;
  const now = data.store.now();
  const values = of.filter((/** @type {any} */ v) => v !== null);
  const middle = (Math.min(...values) + Math.max(...values)) / 2;
  const span = Math.max(least, Math.max(...values) - Math.min(...values));
  let pen = "M";
  let path = "";
  at.forEach((/** @type {number} */ second, /** @type {number} */ i) => {
    if (of[i] === null) {
      pen = "M";
      return;
    }
    const x = WIDTH * (1 - (now - second) / seconds);
    const y = HEIGHT / 2 - ((of[i] - middle) / span) * (HEIGHT - 4);
    path += `${pen}${x.toFixed(1)} ${y.toFixed(1)}`;
    pen = "L";
  });
  return html`<svg class="spark" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${label}
    preserveAspectRatio="none"><path d=${path} fill="none" stroke="currentcolor" stroke-width="2.5"
    vector-effect="non-scaling-stroke" /></svg>`;
}
