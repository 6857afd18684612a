// @ts-check
/**
 * Waveforms made from the numbers: a heart that beats at the shown rate, breaths at the shown rate,
 * heights by pressure and CO2. Pictures for training, not recordings; no number is read off them.
 */

/**
 * @typedef {{rhythm: string, hr: number, rr: number, sbp: number, dbp: number, etco2: number,
 *   poor: boolean}} Numbers
 */

/** Complexes a minute of a heart that beats without a pulse (engineering default). */
const PEA_RATE = 40;
/** Seconds from the R wave to the pulse in a radial line, and at the finger (textbook values). */
const TO_LINE_S = 0.16;
const TO_FINGER_S = 0.28;
/** Pulse pressure, mmHg, of a full pleth (engineering default). */
const FULL_PULSE = 45;
/** Columns of waves of the ECG, by rhythm: seconds from R, width in seconds, millivolts. */
const NARROW = [[-0.17, 0.022, 0.14], [-0.028, 0.009, -0.12], [0, 0.011, 1.1], [0.03, 0.011, -0.25]];
const WIDE = [[-0.045, 0.03, -0.2], [0, 0.045, 0.9], [0.09, 0.045, -0.55]];

const bell = (/** @type {number} */ t, /** @type {number} */ at, /** @type {number} */ width) =>
  Math.exp(-((t - at) ** 2) / (2 * width * width));

/** Chance that looks the same each time: smooth noise of a time, about -1 to 1. */
const noise = (/** @type {number} */ t) =>
  (Math.sin(t * 7.31) + Math.sin(t * 13.7 + 1.3) + Math.sin(t * 23.9 + 4.1)) / 3;

/** Pulse of an artery from its beginning: 0 to 1, with its notch. */
export function pulse(/** @type {number} */ t, /** @type {number} */ period) {
  if (t < 0) return 0;
  const rise = 0.11;
  const fall = Math.max(0.2, 0.42 * period);
  const rest = Math.exp(-(period - rise) / fall); // it has come down when the next one comes
  const decay = (Math.exp(-(t - rise) / fall) - rest) / (1 - rest);
  const wave = t < rise ? Math.sin((Math.PI / 2) * (t / rise)) ** 2 : decay;
  return Math.max(0, wave + 0.09 * bell(t, 0.36, 0.04));
}

/** What the sensors feel, as functions of a time that only grows. */
export class Signals {
  constructor() {
    /** @type {Numbers} */
    this.now = { rhythm: "sinus", hr: 0, rr: 0, sbp: 0, dbp: 0, etco2: 0, poor: false };
    /** When the last hearts' beats were, the latest last. @type {number[]} */
    this.beats = [];
    /** The pressure that each beat makes: a wave has one, however the number goes on. @type {Map<number, [number, number]>} */
    this._made = new Map();
    this._breath = 0;
    this._breathAt = 0;
    /** Called to take the numbers anew. */
    this.onLook = () => {};
    /** Called with the time of each beat that can be felt. */
    this.onBeat = (/** @type {number} */ _at) => {};
  }

  get rate() {
    if (this.now.rhythm === "pea") return PEA_RATE;
    return ["asystole", "vf"].includes(this.now.rhythm) ? 0 : this.now.hr;
  }

  /** Let the heart beat and the chest move up to a time. */
  advance(/** @type {number} */ to) {
    this._breath += ((to - this._breathAt) * this.now.rr) / 60;
    this._breathAt = to;
    if (this.rate < 1) return;
    const last = this.beats.at(-1);
    let next = last === undefined ? to : last + 60 / this.rate;
    if (next < to - 2) next = to; // it stood still: begin anew
    while (next <= to + 0.35) {
      this.beats.push(next);
      this._made.set(next, [this.now.sbp, this.now.dbp]);
      if (this.now.rhythm !== "pea") this.onBeat(next);
      next += (60 / this.rate) * (1 + 0.015 * noise(next));
    }
    if (this.beats.length > 8) for (const old of this.beats.splice(0, this.beats.length - 8)) this._made.delete(old);
  }

  /** Millivolts. */
  ecg(/** @type {number} */ t) {
    const rhythm = this.now.rhythm;
    const drift = 0.02 * noise(t / 9);
    if (rhythm === "asystole") return drift;
    if (rhythm === "vf") {
      return 0.45 * noise(t * 2.4) * (0.7 + 0.3 * Math.sin(t * 0.9)) + 0.2 * Math.sin(t * 31 + 2 * noise(t));
    }
    const wide = rhythm === "wide_qrs" || rhythm === "pea";
    const period = 60 / Math.max(20, this.rate);
    const tWave = wide ? [0.32, 0.06, -0.35] : [0.12 + 0.16 * Math.sqrt(period), 0.045, 0.28];
    let sum = drift;
    for (const beat of this.beats) {
      for (const [at, width, size] of [...(wide ? WIDE : NARROW), tWave]) {
        sum += size * bell(t - beat, at, width);
      }
    }
    return sum;
  }

  /** The last beat whose pulse has come to a place. */
  _last(/** @type {number} */ t, /** @type {number} */ delay) {
    return this.beats.findLast((beat) => beat + delay <= t);
  }

  /** Time since the last pulse has come to a place. */
  _since(/** @type {number} */ t, /** @type {number} */ delay) {
    const beat = this._last(t, delay);
    return beat === undefined ? Infinity : t - beat - delay;
  }

  get _pulseless() {
    return ["pea", "asystole", "vf"].includes(this.now.rhythm);
  }

  /** mmHg in an arterial line. */
  pressure(/** @type {number} */ t) {
    if (this._pulseless) return 12 + noise(t / 5);
    const [sbp, dbp] = this._made.get(this._last(t, TO_LINE_S) ?? NaN) ?? [this.now.sbp, this.now.dbp];
    return dbp + (sbp - dbp) * Math.min(1, pulse(this._since(t, TO_LINE_S), 60 / Math.max(20, this.rate)));
  }

  /** The finger's pulse, 0 to 1; small and restless where the signal is poor. */
  pleth(/** @type {number} */ t) {
    if (this._pulseless) return 0.05 + 0.015 * noise(t);
    const felt = this.now.sbp > 0 ? (this.now.sbp - this.now.dbp) / FULL_PULSE : 0.7;
    const size = Math.min(1, Math.max(0.2, felt)) * (this.now.poor ? 0.2 : 1);
    const restless = this.now.poor ? 0.12 * noise(t * 1.7) + 0.15 : 0;
    return 0.05 + restless + 0.9 * size * pulse(this._since(t, TO_FINGER_S), 60 / Math.max(20, this.rate));
  }

  /** mmHg of CO2: nothing while breathing in, a rising plateau while breathing out. */
  co2(/** @type {number} */ t) {
    const breath = this._breath + ((t - this._breathAt) * this.now.rr) / 60;
    const at = breath - Math.floor(breath);
    if (at < 0.42 || this.now.rr < 1) return 0;
    const out = (at - 0.42) / 0.58;
    const edge = Math.min(1, out / 0.1) * Math.min(1, (1 - out) / 0.06);
    return this.now.etco2 * edge * (0.88 + 0.12 * out);
  }
}
