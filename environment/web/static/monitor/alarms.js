// @ts-check
/**
 * Alarms of the device itself: limits that are crossed, a rhythm without a pulse, sensors that give
 * nothing. Priorities and what counts as extreme are engineering defaults.
 */
import { t } from "/static/app/text.js";
import { clockText } from "/static/app/ui.js";

/** @typedef {{id: string, priority: "high" | "medium" | "low", text: string, vital: string, technical?: boolean}} Alarm */

/** Beyond these a crossed limit is of high priority: below, above. */
const EXTREME = {
  hr: [40, 150], sbp: [70, 220], map: [50, 140], spo2: [85, Infinity], rr: [5, 40], etco2: [20, 65], temp: [32, 40],
};
/** Scenario seconds that a value stays beyond its limit, or back within, before it counts. */
const HOLD_S = 4;
const RANK = { high: 0, medium: 1, low: 2 };
/** Signs whose silence together is the device's. */
const CONTINUOUS = ["hr", "spo2", "rr"];
export const PULSELESS = ["asystole", "vf", "pea"];

/**
 * A reading with its age. @returns {{value: any, age: number, stale: boolean, seq: number, cuff: boolean,
 *   at: number} | null}
 */
export function readingOf(/** @type {any} */ store, /** @type {string} */ monitor, /** @type {string} */ key) {
  const found = store.twins.get(monitor)?.values.get(key);
  if (!found || found.value === null || typeof found.value !== "number") return null;
  const row = store.here.vitals[key];
  const cuff = found.quality === "cuff" && row.cuff_horizon_s !== null;
  const horizon = cuff ? row.cuff_horizon_s : row.horizon_s;
  const age = Math.max(0, store.now() - found.effective);
  return { value: found.value, age, stale: age > horizon, seq: found.seq, cuff, at: found.effective };
}

/** What is wrong now, before anything is held. @returns {Alarm[]} */
export function wrongNow(/** @type {any} */ store, /** @type {string} */ monitor) {
  if (store.value(monitor, "attached") !== true) return [];
  const rhythm = store.value(store.here.patient, "rhythm") ?? "";
  /** @type {Alarm[]} */
  const wrong = [];
  if (PULSELESS.includes(rhythm)) {
    wrong.push({ id: "rhythm", priority: "high", text: t(`monitor.${rhythm}`), vital: "hr" });
  }
  const readings = Object.keys(EXTREME).map((key) => ({ key, seen: readingOf(store, monitor, key) }));
  const silent = CONTINUOUS.every((key) => readings.find((r) => r.key === key)?.seen?.stale ?? true);
  if (silent) {
    if (wrong.length > 0) return wrong;
    return [{ id: "silent", priority: "medium", text: t("monitor.silent"), vital: "", technical: true }];
  }
  for (const { key, seen } of readings) {
    if (seen === null) continue;
    const found = seen.stale ? noSignal(store, monitor, key, seen.age) : crossed(store, key, seen.value);
    if (found !== null) wrong.push(found);
  }
  if (wrong.some((w) => w.id === "sbp")) drop(wrong, "map"); // one alarm for one pressure
  if (store.value(monitor, "poor_signal") === true && !wrong.some((w) => w.id === "no-spo2")) {
    wrong.push({ id: "no-spo2", priority: "low", text: t("monitor.poor"), vital: "spo2", technical: true });
  }
  return wrong;
}

function drop(/** @type {Alarm[]} */ wrong, /** @type {string} */ id) {
  const at = wrong.findIndex((w) => w.id === id);
  if (at >= 0) wrong.splice(at, 1);
}

/** @returns {Alarm} */
function noSignal(
  /** @type {any} */ store, /** @type {string} */ monitor, /** @type {string} */ key, /** @type {number} */ age,
) {
  const poor = key === "spo2" && store.value(monitor, "poor_signal") === true;
  const text = poor ? t("monitor.poor")
    : t("monitor.no_signal", { name: t(`vital.${key}`), age: clockText(age) });
  return { id: `no-${key}`, priority: "low", text, vital: key, technical: true };
}

/** @returns {Alarm | null} */
function crossed(/** @type {any} */ store, /** @type {string} */ key, /** @type {number} */ value) {
  const { low_alarm: low, high_alarm: high, decimals } = store.here.vitals[key];
  const below = low !== null && value < low;
  if (!below && !(high !== null && value > high)) return null;
  const [least, most] = EXTREME[/** @type {"hr"} */ (key)];
  const priority = value < least || value > most ? "high" : "medium";
  const filled = { name: t(`vital.${key}`), value: value.toFixed(decimals), limit: below ? low : high };
  return { id: key, priority, text: t(below ? "monitor.low" : "monitor.high", filled), vital: key };
}

/** Holds alarms for a moment before they come and go, so that a value at its limit does not chatter. */
export class Alarms {
  constructor() {
    /** @type {Map<string, {alarm: Alarm, since: number, last: number}>} */
    this._known = new Map();
    this._begun = false;
  }

  /** The alarms at a time, the most urgent first. @returns {Alarm[]} */
  at(/** @type {number} */ now, /** @type {Alarm[]} */ wrong) {
    for (const alarm of wrong) {
      // who opens the page late sees what has been wrong for long
      const since = this._known.get(alarm.id)?.since ?? (this._begun ? now : now - HOLD_S);
      this._known.set(alarm.id, { alarm, since, last: now });
    }
    this._begun = true;
    const held = (/** @type {{since: number, last: number}} */ known) => known.last - known.since >= HOLD_S;
    for (const [id, known] of this._known) {
      const over = known.last !== now && (!held(known) || now - known.last > HOLD_S);
      if (over || now < known.last) this._known.delete(id);
    }
    return [...this._known.values()].filter(held).map(({ alarm }) => alarm)
      .sort((x, y) => RANK[x.priority] - RANK[y.priority]);
  }
}
