// @ts-check
/** Trends of the last 10, 30 or 60 minutes. */
import { html, useEffect, useState } from "/static/vendor/htm-preact.js";
import uPlot from "/static/vendor/uplot.js";
import { t } from "/static/app/text.js";
import { clockText } from "/static/app/ui.js";

export const MINUTES = [10, 30, 60];
/** Milliseconds between two drawings: a trend moves slowly. */
const DRAWN_MS = 1000;
/** Signs, by the custom property of their colour; dashed where two share one. */
export const TRENDS = [
  ["hr", "--hr"], ["sbp", "--pressure"], ["map", "--pressure", [6, 4]], ["spo2", "--spo2"], ["rr", "--rr"],
  ["etco2", "--co2", [2, 3]],
];

/** The chart's own style, once. */
const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: "/static/vendor/uplot.css" });
document.head.append(style);

const colour = (/** @type {string} */ name) =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** All lines on one axis of time: what is missing at a step is spanned within its line's own gaps. */
function joined(/** @type {any} */ data, /** @type {number} */ seconds) {
  const lines = TRENDS.map(([key]) => data.line(key, seconds));
  const times = [...new Set(lines.flatMap((l) => l.at))].sort((a, b) => a - b);
  const rows = lines.map((line) => {
    const known = new Map(line.at.map((/** @type {number} */ at, /** @type {number} */ i) => [at, line.of[i]]));
    return times.map((at) => known.get(at)); // undefined: joined by a line; null: a gap
  });
  return [times, ...rows];
}

function options(/** @type {any} */ store, /** @type {HTMLElement} */ place, /** @type {{seconds: number}} */ shown) {
  // asked anew at each drawing: the theme may change
  const axis = { stroke: () => colour("--dim"), font: "13px system-ui", grid: { stroke: () => colour("--line"), width: 1 }, ticks: { show: false } };
  return {
    width: place.clientWidth, height: place.clientHeight, legend: { show: false }, cursor: { show: false },
    scales: {
      x: { time: false, range: () => [Math.max(0, store.now() - shown.seconds), store.now()] },
      y: { range: (/** @type {any} */ _, /** @type {number} */ _low, /** @type {number} */ high) => [0, Math.max(160, high)] },
    },
    axes: [
      { ...axis, size: 26, space: 90, incrs: [60, 120, 300, 600], values: (/** @type {any} */ _, /** @type {number[]} */ at) => at.map(clockText) },
      { ...axis, size: 38 },
    ],
    series: [{}, ...TRENDS.map(([key, name, dash]) => ({
      label: t(`vital.${key}`), stroke: () => colour(/** @type {string} */ (name)), width: 2, dash, points: { show: false },
    }))],
  };
}

/** The panel: which curve is which, how far back, and the curves. */
export function Trends(/** @type {any} */ { store, data }) {
  const [minutes, choose] = useState(MINUTES[0]);
  const [shown] = useState({ seconds: 0 });
  shown.seconds = minutes * 60;
  useEffect(() => {
    data.reach(minutes * 60);
  }, [minutes, store.connected]);
  useEffect(() => {
    const place = /** @type {HTMLElement} */ (document.getElementById("trends"));
    const plot = new uPlot(options(store, place, shown), joined(data, shown.seconds), place);
    const draw = () => plot.setData(joined(data, shown.seconds));
    data.changed = draw;
    const timer = setInterval(draw, DRAWN_MS);
    const sizes = new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: place.clientHeight }));
    sizes.observe(place);
    const themes = new MutationObserver(draw);
    themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      clearInterval(timer);
      themes.disconnect();
      sizes.disconnect();
      plot.destroy();
    };
  }, []);
  return html`<section class="trends" aria-label=${t("monitor.trends")}>
    <div class="row"><h2>${t("monitor.trends")}</h2>
      <div class="row" role="group" aria-label=${t("monitor.how_far")}>${MINUTES.map((m) => html`<button key=${m}
        aria-pressed=${String(m === minutes)} onClick=${() => choose(m)}>${t("monitor.minutes", { m })}</button>`)}</div>
      <ul class="keys" aria-label=${t("monitor.curves")}>${TRENDS.map(([key, , dash]) => html`<li key=${key} data-key=${key}
        class=${dash ? "dashed" : ""}>${t(`vital.${key}`)}</li>`)}</ul></div>
    <div id="trends" role="img" aria-label=${t("monitor.trends_of", { m: minutes })}></div>
  </section>`;
}
