// @ts-check
/** Traces that sweep over the screen behind a gap, one canvas each, all from one clock. */
import { html, useEffect } from "/static/vendor/htm-preact.js";

/** CSS pixels of a millimetre (96 to the inch). */
const MM = 96 / 25.4;
/** Width of the gap before the pen, mm. */
const GAP_MM = 4;
/** A gap in time longer than this is not drawn: the page was hidden, the session stood still. */
const LONGEST_S = 0.5;

/**
 * @typedef {{name: string, colour: string, mmPerS: number, range: () => [number, number],
 *   at: (t: number) => number, live: () => boolean}} Trace
 * `colour` is the name of a custom property.
 */

class Pen {
  constructor(/** @type {HTMLCanvasElement} */ canvas, /** @type {Trace} */ trace) {
    this.canvas = canvas;
    this.trace = trace;
    this.x = 0;
    /** @type {number | null} */
    this.y = null;
    this.fit();
    this.sizes = new ResizeObserver(() => this.fit());
    this.sizes.observe(canvas);
  }

  /** One canvas pixel is one pixel of the screen; what is drawn goes into a new size. */
  fit() {
    const scale = devicePixelRatio || 1;
    const { clientWidth: w, clientHeight: h } = this.canvas;
    if (w === this.width && h === this.height) return;
    const before = this.width ? this._copy() : null;
    this.width = w;
    this.height = h;
    this.canvas.width = Math.round(w * scale);
    this.canvas.height = Math.round(h * scale);
    const context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    context.scale(scale, scale);
    context.lineWidth = 2;
    context.lineJoin = "round";
    this.context = context;
    if (before) context.drawImage(before, 0, 0, w, h);
    this.recolour();
    this.x = before && this.x < w ? this.x : 0;
    this.y = null;
  }

  /** The strip as it is. */
  _copy() {
    const copy = document.createElement("canvas");
    copy.width = this.canvas.width;
    copy.height = this.canvas.height;
    copy.getContext("2d")?.drawImage(this.canvas, 0, 0);
    return copy;
  }

  /** Seconds that the strip holds. */
  get seconds() {
    return (this.width ?? 0) / (this.trace.mmPerS * MM);
  }

  /** Go on in the colour of the page's theme; what is drawn already takes it at once. */
  recolour() {
    const { context } = this;
    if (!context) return;
    const colour = getComputedStyle(this.canvas).getPropertyValue(this.trace.colour).trim();
    context.strokeStyle = colour;
    context.fillStyle = colour;
    context.globalCompositeOperation = "source-in"; // only where something is drawn
    context.fillRect(0, 0, this.width ?? 0, this.height ?? 0);
    context.globalCompositeOperation = "source-over";
  }

  /** Draw from one time to another. */
  draw(/** @type {number} */ from, /** @type {number} */ to) {
    const { context, trace } = this;
    const width = this.width ?? 0;
    const height = this.height ?? 0;
    if (!context || width < 2) return;
    const pxPerS = trace.mmPerS * MM;
    const live = trace.live();
    const [low, high] = trace.range();
    const step = Math.min(0.02, 0.5 / pxPerS);
    const count = Math.max(1, Math.ceil((to - from) / step));
    const dx = ((to - from) * pxPerS) / count;
    this._clear(dx * count);
    context.beginPath();
    if (this.y !== null) context.moveTo(this.x, this.y);
    for (let i = 1; i <= count; i += 1) {
      this.x += dx;
      const share = live ? (trace.at(from + ((to - from) * i) / count) - low) / (high - low) : 0;
      const y = height - 3 - Math.min(1, Math.max(0, share)) * (height - 6);
      if (this.x >= width) {
        context.stroke();
        context.beginPath();
        this.x -= width;
        this.y = null;
        context.clearRect(0, 0, this.x + dx * (count - i) + GAP_MM * MM, height);
      }
      if (this.y === null) context.moveTo(this.x, y);
      else context.lineTo(this.x, y);
      this.y = y;
    }
    context.setLineDash(live ? [] : [4, 6]);
    context.stroke();
  }

  /** Wipe what the pen comes to, and the gap before it. */
  _clear(/** @type {number} */ ahead) {
    this.context?.clearRect(this.x + 1, 0, ahead + GAP_MM * MM, this.height ?? 0);
  }

  end() {
    this.sizes.disconnect();
  }
}

/** Moves all pens together, each frame; in steps of a second for who wants less motion. */
export class Sweep {
  /** @param {{advance: (to: number) => void, onBeat: (at: number) => void, onLook: () => void}} signals @param {() => boolean} running */
  constructor(signals, running) {
    /** @type {Set<Pen>} */
    this.pens = new Set();
    this.signals = signals;
    this.running = running;
    this.time = 0;
    /** Something has been drawn. */
    this.begun = false;
    const themes = new MutationObserver(() => this.pens.forEach((pen) => pen.recolour()));
    themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    let last = performance.now();
    const frame = (/** @type {number} */ at) => {
      const passed = (at - last) / 1000;
      if (!calm || passed >= 1) {
        last = at;
        if (running()) this._go(Math.min(passed, calm ? 1.5 : LONGEST_S));
        else if (!this.begun) this._fill();
      }
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  /** Nothing runs, and nothing is drawn yet: strips as they stand on a monitor that was stopped. */
  _fill() {
    const pens = [...this.pens];
    if (!pens.some((pen) => pen.trace.live())) return;
    const heard = this.signals.onBeat;
    this.signals.onLook();
    this.signals.onBeat = () => {}; // a picture makes no sound
    const all = Math.max(...pens.map((pen) => pen.seconds));
    // the pens end two thirds across: what is newest is seen beside its gap
    for (let left = all * 1.66; left > 0; left -= LONGEST_S) this._go(Math.min(LONGEST_S, left));
    this.signals.onBeat = heard;
  }

  _go(/** @type {number} */ passed) {
    this.begun = true;
    const from = this.time;
    // The heart is a step ahead of the pens, never by much: its beats follow the number at once.
    for (let t = from; t < from + passed; t += 0.25) this.signals.advance(Math.min(from + passed, t + 0.25));
    this.time = from + passed;
    for (const pen of this.pens) pen.draw(from, this.time);
  }
}

/** One trace of a sweep. */
export function Wave(/** @type {{sweep: Sweep, trace: Trace, label: string, note?: string}} */ { sweep, trace, label, note }) {
  const id = `wave-${trace.name}`;
  useEffect(() => {
    const pen = new Pen(/** @type {HTMLCanvasElement} */ (document.getElementById(id)), trace);
    sweep.pens.add(pen);
    return () => {
      sweep.pens.delete(pen);
      pen.end();
    };
  }, []);
  return html`<figure class="wave" data-wave=${trace.name}>
    <canvas id=${id} role="img" aria-label=${label}></canvas>
    <figcaption aria-hidden="true">${note}</figcaption></figure>`;
}
