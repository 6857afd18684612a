// @ts-check
/** Which traces a monitor draws, and when each of them has a signal. */
import { PULSELESS } from "/static/app/arrest.js";
import { readingOf } from "/static/monitor/alarms.js";

/** Scenario seconds without a new reading after which a trace is no more than a line; more at speed. */
const SILENT_S = 5;

/** Milliseconds for which readings come as far apart as at the speed of before (engineering default). */
const SLOWED_MS = 4000;

/** The fastest that a session has just been: what it measured then may be the newest for a moment. */
function paceOf(/** @type {any} */ store) {
  let [fast, until] = [0, 0];
  return () => {
    const at = performance.now();
    if (store.speed >= fast || at > until) fast = store.speed;
    if (store.speed === fast) until = at + SLOWED_MS;
    return fast;
  };
}

/** Tops of the pressure's scale, mmHg: the smallest that holds the systolic pressure with room above. */
const TOPS = [120, 180, 300];
export const pressureTop = (/** @type {number} */ sbp) => TOPS.find((top) => sbp * 1.1 < top) ?? 300;

/**
 * The traces of whatever monitor is shown.
 * @param {any} store @param {import("/static/monitor/wave_shapes.js").Signals} signals @param {() => string} shown
 */
export function traces(store, signals, shown) {
  const pace = paceOf(store);
  const fresh = (/** @type {string} */ key, least = SILENT_S) => {
    const seen = readingOf(store, shown(), key);
    return seen !== null && !seen.stale && (seen.cuff || seen.age < least + 3 * pace());
  };
  const number = (/** @type {string} */ key) => readingOf(store, shown(), key)?.value ?? 0;
  const rhythm = () => store.value(store.here.patient, "rhythm") ?? "sinus";
  const pulseless = () => PULSELESS.includes(rhythm());
  const attached = () => store.value(shown(), "attached") === true;
  const take = () => {
    const heart = fresh("hr") ? number("hr") : 0;
    signals.now = {
      rhythm: rhythm(), hr: heart, rr: pulseless() && !fresh("etco2") ? 0 : number("rr"), sbp: number("sbp"), dbp: number("dbp"),
      etco2: number("etco2"), poor: store.value(shown(), "poor_signal") === true,
    };
  };
  store.watch(() => {
    pace();
    take();
  });
  take();
  signals.onLook = take;
  const live = (/** @type {string} */ key) => () => attached() && (pulseless() || fresh(key));
  const oxygen = () => attached() && (pulseless() || fresh("hr")) &&
    (store.value(shown(), "poor_signal") === true || pulseless() || fresh("spo2"));
  /** @returns {[number, number]} */
  const range = (/** @type {number} */ low, /** @type {number} */ high) => [low, high];
  return {
    ecg: { name: "ecg", colour: "--hr", mmPerS: 25, range: () => range(-0.6, 1.3), live: live("hr"),
      at: (/** @type {number} */ s) => signals.ecg(s) },
    pleth: { name: "pleth", colour: "--spo2", mmPerS: 25, range: () => range(0, 1.05), live: oxygen,
      at: (/** @type {number} */ s) => signals.pleth(s) },
    art: { name: "art", colour: "--pressure", mmPerS: 25, range: () => range(0, pressureTop(number("sbp"))), live: live("sbp"),
      at: (/** @type {number} */ s) => signals.pressure(s) },
    co2: { name: "co2", colour: "--co2", mmPerS: 6.25, range: () => range(0, 60), live: live("etco2"),
      at: (/** @type {number} */ s) => signals.co2(s) },
  };
}
