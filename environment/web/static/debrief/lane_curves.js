// @ts-check
/** Vital signs as curves, three scales one below the other; a gap where nothing was known. */
import { Title } from "/static/debrief/lane_axis.js";
import { has, t } from "/static/app/text.js";
import { html } from "/static/app/ui.js";

const LANES = [
  { name: "lane.circulation", keys: ["sbp", "dbp", "hr"], low: 0, high: 200, marks: [50, 100, 150], height: 130 },
  { name: "lane.oxygen", keys: ["spo2"], low: 70, high: 100, marks: [80, 90], height: 48 },
  { name: "lane.breathing", keys: ["rr", "etco2"], low: 0, high: 60, marks: [20, 40], height: 60 },
];
const GAP = 26;

/** How high all of them are. */
export const CURVES_HEIGHT = LANES.reduce((sum, lane) => sum + lane.height + GAP, 0);

const label = (/** @type {any} */ row) => (has(`vital.${row.key}`) ? t(`vital.${row.key}`) : row.label);

/** The path of a curve. @returns {string} */
function path(/** @type {any} */ points, /** @type {any} */ x, /** @type {(v: number) => number} */ y) {
  let pen = "M";
  const parts = [];
  for (const [at, value] of points) {
    if (value === null) pen = "M";
    else {
      parts.push(`${pen}${x(at).toFixed(1)} ${y(value).toFixed(1)}`);
      pen = "L";
    }
  }
  return parts.join("");
}

/** All curves, from `top` on. */
export function Curves(/** @type {any} */ { axis, vitals, top }) {
  let at = top;
  return html`<g class="curves">${LANES.map((lane) => {
    const from = at + GAP - 6;
    at += lane.height + GAP;
    const y = (/** @type {number} */ value) => {
      const share = (Math.min(lane.high, Math.max(lane.low, value)) - lane.low) / (lane.high - lane.low);
      return from + (1 - share) * lane.height;
    };
    const rows = vitals.filter((/** @type {any} */ row) => lane.keys.includes(row.key));
    return html`<g role="group" aria-label=${t(lane.name)}>
      <${Title} y=${from + 12} text=${t(lane.name)} />
      ${lane.marks.map((mark) => html`
        <line class="scale" x1=${axis.x(0)} x2=${axis.x(axis.ends)} y1=${y(mark)} y2=${y(mark)} />
        <text class="scale" x=${axis.x(0) - 6} y=${y(mark) + 4}>${mark}</text>`)}
      <text class="legend" x=${axis.x(0)} y=${from - 5}>${rows.map((/** @type {any} */ row, /** @type {number} */ n) => html`
        <tspan class="ink-${row.key}" dx=${n ? 14 : 0}>${label(row)}</tspan>`)}</text>
      ${rows.map((/** @type {any} */ row) => html`
        <path class="curve line-${row.key}" data-vital=${row.key} d=${path(row.points, axis.x, y)} />`)}
    </g>`;
  })}</g>`;
}

/** The value of a curve at a moment: the last one before it, with its age; null where none was. */
export function valueAt(/** @type {[number, number | null][]} */ points, /** @type {number} */ moment) {
  let found = null;
  for (const [at, value] of points) {
    if (at > moment) break;
    found = value === null ? null : { value, age: moment - at };
  }
  return found;
}
