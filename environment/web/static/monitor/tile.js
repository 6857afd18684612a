// @ts-check
/** Numbers of the monitor: large, with unit, limits, alarm, and their age when they are old. */
import { isGone } from "/static/app/arrest.js";
import { word } from "/static/app/names.js";
import { limitsOf } from "/static/monitor/alarms.js";
import { has, t } from "/static/app/text.js";
import { ageText, clockText, html } from "/static/app/ui.js";

const text = (/** @type {any} */ store, /** @type {string} */ key, /** @type {any} */ seen) =>
  (seen === null || isGone(store, key, seen) ? "–" : seen.value.toFixed(store.here.vitals[key].decimals));

/** Whose limits they are, in words. */
export const whose = (/** @type {string} */ by) => (by === "adult" ? t("monitor.adult")
  : by.startsWith("age ") ? t("monitor.age", { age: by.slice(4) }) : t("monitor.set_by", { who: word("twin", by) }));

/** Alarm limits, one above the other, as monitors show them. */
function Limits(/** @type {any} */ { store, monitor, id, set }) {
  const { low, high, by } = limitsOf(store, monitor, id);
  if (low === null && high === null) return null;
  const told = t("monitor.limits", { low: low ?? "–", high: high ?? "–" });
  return html`<button class="limits" aria-label="${told}: ${whose(by)}" title=${whose(by)} onClick=${() => set(id)}>
    <span>${high ?? "–"}</span><span>${low ?? "–"}</span></button>`;
}

/** How old a number is, where that matters. */
const Age = (/** @type {any} */ { seen }) =>
  html`<small class="age">${seen?.stale ? t("vital.old", { age: ageText(seen.age) }) : ""}</small>`;

/** One sign. */
export function Tile(/** @type {any} */ { store, monitor, id, of, reading, set }) {
  const row = store.here.vitals[id];
  const seen = reading(id);
  const alarm = of(id);
  const name = t(`vital.${id}`);
  const full = has(`vital_full.${id}`) ? t(`vital_full.${id}`) : row.label;
  return html`<div class="tile ${seen?.stale ? "old" : ""}" data-vital=${id} data-seq=${seen?.seq ?? 0}
      role="group" aria-label=${full} data-alarm-priority=${alarm?.priority ?? ""}>
    <div class="name">${name} <small>${row.shown_unit}</small></div>
    <${Limits} store=${store} monitor=${monitor} id=${id} set=${set} />
    <b class="value ${alarm && !alarm.technical && !seen?.stale ? alarm.priority : ""}">${text(store, id, seen)}</b>
    <${Age} seen=${seen} /></div>`;
}

/** Arterial pressure, or the cuff's with the time of its last measurement. */
export function Pressure(/** @type {any} */ { store, monitor, of, reading, set, invasive }) {
  const [high, low, mean] = ["sbp", "dbp", "map"].map(reading);
  const alarm = of("sbp") ?? of("map");
  const tone = alarm && !alarm.technical && !high?.stale ? alarm.priority : "";
  const row = store.here.vitals.sbp;
  const every = store.value(monitor, "cuff_interval_s");
  const when = high?.cuff && !invasive
    ? t("monitor.measured", { at: clockText(high.at), age: ageText(high.age) }) : "";
  return html`<div class="tile pressure ${high?.stale ? "old" : ""}" data-vital="sbp" data-seq=${high?.seq ?? 0}
      role="group" aria-label=${t(invasive ? "monitor.art_full" : "monitor.nibp_full")} data-alarm-priority=${alarm?.priority ?? ""}>
    <div class="name">${t(invasive ? "monitor.art" : "monitor.nibp")} <small>${row.shown_unit}</small></div>
    <${Limits} store=${store} monitor=${monitor} id="sbp" set=${set} />
    <b class="value ${tone}">${text(store, "sbp", high)}/${text(store, "dbp", low)}</b>
    <span class="mean" data-vital="map">(${text(store, "map", mean)})</span>
    ${when && html`<small class="when">${when}${every && ` · ${t("monitor.every", { min: every / 60 })}`}</small>`}
    <${Age} seen=${high} /></div>`;
}
