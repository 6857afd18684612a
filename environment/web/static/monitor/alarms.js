// @ts-check
/** Alarms of the device itself, as its twin tells them; limits beside the numbers. */
import { isGone } from "/static/app/arrest.js";
import { t } from "/static/app/text.js";
import { ageText } from "/static/app/ui.js";

/** @typedef {{id: string, priority: "high" | "medium" | "low", text: string, vital: string, technical: boolean}} Alarm */

const RANK = { high: 0, medium: 1, low: 2 };
const TECHNICAL = ["silent", "poor", "no_signal"];

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

/** Limits of a sign: the monitor's own, else those of the table. @returns {{low: number | null, high: number | null, by: string}} */
export function limitsOf(/** @type {any} */ store, /** @type {string} */ monitor, /** @type {string} */ key) {
  const row = store.here.vitals[key];
  return store.value(monitor, "alarm_limit", {})[key] ?? { low: row.low_alarm, high: row.high_alarm, by: "adult" };
}

/** An alarm in words, with the value of now. */
function told(/** @type {any} */ store, /** @type {string} */ monitor, /** @type {any} */ row) {
  const { kind, member, limit } = row;
  const seen = member ? readingOf(store, monitor, member) : null;
  if (kind === "low" || kind === "high") {
    const is = seen?.value ?? row.value;
    const value = typeof is === "number" ? is.toFixed(store.here.vitals[member].decimals) : "–";
    // within the limit again, but not far enough yet for the alarm to end
    const isBack = seen !== null && (kind === "low" ? is >= limit : is <= limit);
    return t(isBack ? `monitor.was_${kind}` : `monitor.${kind}`, { name: t(`vital.${member}`), value, limit });
  }
  if (kind === "no_signal") return t("monitor.no_signal", { name: t(`vital.${member}`), age: ageText(seen?.age ?? null) });
  return t(`monitor.${kind}`);
}

/** The alarms that stand, the most urgent first. @returns {Alarm[]} */
export function alarmsOf(/** @type {any} */ store, /** @type {string} */ monitor) {
  const gone = (/** @type {any} */ row) => isGone(store, row.member, readingOf(store, monitor, row.member));
  return Object.entries(store.value(monitor, "alarm", {}))
    .filter(([, row]) => !(["low", "high"].includes(row.kind) && gone(row))) // a sign of before the arrest
    .map(([id, row]) => ({
      id, priority: row.priority, text: told(store, monitor, row), vital: row.member, technical: TECHNICAL.includes(row.kind),
    }))
    .sort((x, y) => RANK[/** @type {"high"} */ (x.priority)] - RANK[/** @type {"high"} */ (y.priority)]);
}
