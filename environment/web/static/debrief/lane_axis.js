// @ts-check
/** One time axis for all lanes: where a moment lies, and the minutes below them. */
import { clockText, html } from "/static/app/ui.js";

export const LEFT = 112;
const RIGHT = 34;
/** Widths between two times on the axis that can still be read, pixels. */
const APART = 70;

/**
 * @typedef {{width: number, ends: number, x: (at: number) => number, at: (x: number) => number}} Axis
 */

/** @returns {Axis} */
export function axisOf(/** @type {number} */ width, /** @type {number} */ ends) {
  const room = Math.max(1, width - LEFT - RIGHT);
  const long = Math.max(60, ends);
  return {
    width, ends: long,
    x: (at) => LEFT + (Math.min(long, Math.max(0, at)) / long) * room,
    at: (x) => Math.min(long, Math.max(0, ((x - LEFT) / room) * long)),
  };
}

/** Times that are written below the lanes. @returns {number[]} */
function ticks(/** @type {Axis} */ axis) {
  const most = Math.max(2, (axis.width - LEFT - RIGHT) / APART);
  const minutes = [1, 2, 5, 10, 15, 30, 60, 120].find((m) => axis.ends / 60 / m <= most) ?? 240;
  const found = [];
  for (let at = 0; at <= axis.ends; at += minutes * 60) found.push(at);
  return found;
}

/** Lines down through the lanes, and the times. */
export function Ticks(/** @type {{axis: Axis, height: number}} */ { axis, height }) {
  return html`<g class="ticks" aria-hidden="true">${ticks(axis).map((at) => html`
    <line x1=${axis.x(at)} x2=${axis.x(at)} y1="0" y2=${height - 18} />
    <text x=${axis.x(at)} y=${height - 4}>${clockText(at)}</text>`)}</g>`;
}

/** The name of a lane, at its left. */
export function Title(/** @type {{y: number, text: string}} */ { y, text }) {
  return html`<text class="lane-name" x="4" y=${y}>${text}</text>`;
}

/** Rows in which marks do not touch: the row of each, and how many there are. */
export function rowsOf(/** @type {{left: number, right: number}[]} */ marks) {
  /** @type {number[]} */
  const ends = [];
  const rows = marks.map(({ left, right }) => {
    let row = ends.findIndex((end) => end <= left);
    if (row < 0) row = ends.push(0) - 1;
    ends[row] = right;
    return row;
  });
  return { rows, count: ends.length };
}

/** Pixels of a label, roughly: enough to keep labels apart. */
export const widthOf = (/** @type {string} */ text) => 6.8 * text.length + 12;

/** Attributes of a mark that can be chosen by pointer and by key. */
export function choosing(/** @type {string} */ name, /** @type {boolean} */ chosen, /** @type {() => void} */ choose) {
  return {
    role: "button", tabindex: "0", "aria-label": name, "aria-pressed": String(chosen),
    onClick: choose,
    onKeyDown: (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      choose();
    },
  };
}
