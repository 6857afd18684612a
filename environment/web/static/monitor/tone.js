// @ts-check
/**
 * Alarm tones by Web Audio, of the pattern of IEC 60601-1-8: ten pulses for high priority
 * (3 + 2, a pause, 3 + 2), three for medium, two for low; five partials from one base frequency.
 */

/** Hz of the pulses' base and partials' strengths; the standard: 150 to 1000 Hz, four partials or more. */
const BASE_HZ = 523;
const PARTIALS = [0, 1, 0.8, 0.6, 0.5, 0.4];
/** Seconds that a tone's edges take. */
const EDGE_S = 0.02;
/** Seconds for which the sound can be paused at once (customary). */
export const PAUSE_S = 120;

/**
 * Pulses of a burst: seconds from its beginning, length, pitch; and when it comes again.
 * @type {Record<string, {repeat: number, length: number, pulses: [number, number][]}>}
 */
export const PATTERNS = {
  high: { repeat: 6, length: 0.15, pulses: ten([1, 1, 1, 1.26, 1.5]) },
  medium: { repeat: 12, length: 0.2, pulses: [[0, 1], [0.4, 0.84], [0.8, 0.67]] },
  low: { repeat: 25, length: 0.2, pulses: [[0, 0.84], [0.4, 0.67]] },
};

/** Two groups of five with a pause between: [seconds, pitch]. @returns {[number, number][]} */
function ten(/** @type {number[]} */ pitches) {
  const five = [0, 0.25, 0.5, 0.85, 1.1];
  return [0, 1.95].flatMap((begin) =>
    five.map((at, i) => /** @type {[number, number]} */ ([begin + at, pitches[i]])));
}

/** Hz of the tone at each beat: the lower, the less saturated (two semitones each 5 %). */
export const beatPitch = (/** @type {number} */ spo2) => 880 * 2 ** ((spo2 - 100) / 30);

const KEPT = "audio-paused-until";

export class Sounder {
  constructor() {
    /** @type {AudioContext | null} */
    this.context = null;
    this.playing = "";
    this.next = 0;
    this.beats = false;
    /** Date of the machine until which the sound is paused; kept over a reload. */
    this.pausedUntil = Number(sessionStorage.getItem(KEPT) ?? 0);
  }

  /** Browsers play nothing before somebody has asked for it. */
  start() {
    this.context ??= new AudioContext();
    this.context.resume();
    this.wave ??= this.context.createPeriodicWave(
      Float32Array.from(PARTIALS), new Float32Array(PARTIALS.length));
  }

  stop() {
    this.context?.close();
    this.context = null;
    this.wave = undefined;
    this.next = 0;
  }

  get isOn() {
    return this.context !== null;
  }

  /** Seconds of the pause that are left. */
  get pauseLeft() {
    return Math.max(0, (this.pausedUntil - Date.now()) / 1000);
  }

  pause(/** @type {number} */ seconds) {
    this.pausedUntil = Date.now() + 1000 * seconds;
    sessionStorage.setItem(KEPT, String(this.pausedUntil));
  }

  /** Sound the highest priority now (or nothing); call it as often as one likes. */
  sound(/** @type {string} */ priority) {
    if (this.context === null) return;
    const now = this.context.currentTime;
    if (priority === "" || this.pauseLeft > 0) {
      this.playing = "";
      return;
    }
    const pattern = PATTERNS[priority];
    if (priority === this.playing && now < this.next) return;
    this.playing = priority;
    this.next = now + pattern.repeat;
    for (const [at, pitch] of pattern.pulses) this._pulse(now + 0.05 + at, pattern.length, BASE_HZ * pitch, 0.3);
  }

  /** The short tone of a beat. */
  beat(/** @type {number} */ spo2, /** @type {number} */ inS) {
    if (this.context === null || !this.beats || this.pauseLeft > 0) return;
    this._pulse(this.context.currentTime + Math.max(0, inS), 0.06, beatPitch(spo2), 0.08);
  }

  _pulse(/** @type {number} */ at, /** @type {number} */ length, /** @type {number} */ hz, /** @type {number} */ loud) {
    if (!this.context || !this.wave) return;
    const tone = this.context.createOscillator();
    const gain = this.context.createGain();
    tone.setPeriodicWave(this.wave);
    tone.frequency.value = hz;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(loud, at + EDGE_S);
    gain.gain.setValueAtTime(loud, at + length - EDGE_S);
    gain.gain.linearRampToValueAtTime(0, at + length);
    tone.connect(gain).connect(this.context.destination);
    tone.start(at);
    tone.stop(at + length);
  }
}
