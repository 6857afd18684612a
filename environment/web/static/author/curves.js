// @ts-check
/** The curves of a simulation, of the one before behind it, and marks of what happened. */
import uPlot from "/static/vendor/uplot.js";
import { t } from "/static/app/text.js";
import { clockText, html, useEffect } from "/static/app/ui.js";

/** Signs, by the custom property of their colour; the blood lost has an axis of its own. */
export const SIGNS = [
  ["hr", "--hr"], ["sbp", "--pressure"], ["dbp", "--pressure", [6, 4]], ["spo2", "--spo2"], ["rr", "--rr"],
  ["etco2", "--co2", [2, 3]], ["bled_ml", "--temp"],
];
/** How each kind of mark is drawn, besides its colour. */
export const SIGN_OF = { injury: "✚", action: "●", refused: "✕", alert: "▲" };
const COLOUR_OF = { injury: "--bad", action: "--accent", refused: "--text", alert: "--high" };

const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: "/static/vendor/uplot.css" });
document.head.append(style);

const colour = (/** @type {string} */ name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Both runs on one axis of time; what one has no value for is spanned. */
function joined(/** @type {any} */ now, /** @type {any} */ before) {
  const runs = before ? [now, before] : [now];
  const times = [...new Set(runs.flatMap((run) => run.at))].sort((a, b) => a - b);
  const rows = runs.flatMap((run) => SIGNS.map(([key]) => {
    const known = new Map(run.at.map((/** @type {number} */ at, /** @type {number} */ i) => [at, run.curves[/** @type {string} */ (key)][i]]));
    return times.map((at) => known.get(at));
  }));
  return [times, ...rows];
}

/** Lines and signs of what happened, over the curves. */
function drawMarks(/** @type {any} */ plot, /** @type {any[]} */ marks) {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = `${13 * ratio}px system-ui`;
  ctx.textAlign = "center";
  for (const mark of marks) {
    const at = Math.max(plot.scales.x.min, mark.at_s);
    const x = plot.valToPos(at, "x", true);
    const kind = /** @type {"injury"} */ (mark.kind);
    ctx.strokeStyle = ctx.fillStyle = colour(COLOUR_OF[kind]);
    ctx.globalAlpha = 0.45;
    ctx.lineWidth = ratio;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.globalAlpha = 1;
    ctx.fillText(SIGN_OF[kind], x, bbox.top - 4 * ratio);
  }
  ctx.restore();
}

function options(/** @type {HTMLElement} */ place, /** @type {any} */ now, /** @type {any} */ before, /** @type {(at: number) => void} */ look) {
  const dim = colour("--dim");
  const axis = { stroke: dim, font: "13px system-ui", grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
  const lines = (/** @type {boolean} */ old) => SIGNS.map(([key, name, dash]) => ({
    label: t(`author.sign.${key}`), stroke: colour(/** @type {string} */ (name)) + (old ? "aa" : ""), width: old ? 1.2 : 2, dash: old ? [1, 3] : dash,
    points: { show: false }, scale: key === "bled_ml" ? "ml" : "y",
  }));
  return {
    width: place.clientWidth, height: place.clientHeight, padding: [22, 8, 0, 0], legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: {
      x: { time: false, range: () => [0, Math.max(now.ends_s, before?.ends_s ?? 0)] },
      y: { range: (/** @type {any} */ _, /** @type {number} */ _low, /** @type {number} */ high) => [0, Math.max(160, high)] },
      ml: { range: (/** @type {any} */ _, /** @type {number} */ _low, /** @type {number} */ high) => [0, Math.max(1000, high)] },
    },
    axes: [
      { ...axis, size: 26, space: 70, incrs: [60, 120, 300, 600, 1200], values: (/** @type {any} */ _, /** @type {number[]} */ at) => at.map(clockText) },
      { ...axis, size: 38 },
      { ...axis, size: 58, side: 1, scale: "ml", grid: { show: false }, values: (/** @type {any} */ _, /** @type {number[]} */ v) => v.map((n) => `${n} mL`) },
    ],
    series: [{}, ...lines(false), ...(before ? lines(true) : [])],
    hooks: {
      draw: [(/** @type {any} */ plot) => drawMarks(plot, now.marks)],
      setCursor: [(/** @type {any} */ plot) => plot.cursor.idx !== null && plot.cursor.idx !== undefined && look(plot.data[0][plot.cursor.idx])],
    },
  };
}

/** The picture; `look` hears at which moment somebody points. */
export function Curves(/** @type {any} */ { now, before, look }) {
  useEffect(() => {
    const place = /** @type {HTMLElement} */ (document.getElementById("curves"));
    const plot = new uPlot(options(place, now, before, look), joined(now, before), place);
    const sizes = new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: place.clientHeight }));
    sizes.observe(place);
    return () => {
      sizes.disconnect();
      plot.destroy();
    };
  }, [now, before]);
  return html`<div id="curves" role="img" aria-label=${t("author.curves", { at: clockText(now.ends_s) })}></div>`;
}
