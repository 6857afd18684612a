// @ts-check
/** How things stood at a moment: read from the journal as of then, not remembered here. */
import { valueAt } from "/static/debrief/lane_curves.js";
import { ruleText } from "/static/debrief/words.js";
import { word } from "/static/app/names.js";
import { get } from "/static/app/store.js";
import { has, t } from "/static/app/text.js";
import { ageText, clockText, html, useEffect, useState } from "/static/app/ui.js";

const SHOWN = ["hr", "sbp", "dbp", "spo2", "rr", "etco2", "temp", "gcs"];
/** A moment must be looked at this long before it is read, milliseconds. */
const STILL_MS = 120;

/** The patient's state as of a moment; null until it is read. */
function useAsOf(/** @type {any} */ store, /** @type {number} */ moment, /** @type {boolean} */ here) {
  const [state, tell] = useState(/** @type {any} */ (null));
  useEffect(() => {
    if (!here || !store.here.patient) return undefined;
    let is = true;
    const timer = setTimeout(() => {
      get(`/twins/patient/${store.here.patient}/state?at=${moment}&frame=latest`)
        .then((read) => is && tell({ at: moment, ...read.body })).catch(() => is && tell(null));
    }, STILL_MS);
    return () => { is = false; clearTimeout(timer); };
  }, [moment, here]);
  return state;
}

/** The name of the band in which a moment lies. */
const inBand = (/** @type {any[]} */ bands, /** @type {number} */ at, /** @type {string} */ group) => {
  const band = bands.find((b) => b.from_s <= at && at < b.to_s) ?? bands.findLast((b) => b.from_s <= at);
  return band ? word(group, band.name) : "–";
};

/** One vital sign of that moment, dimmed with its age where it was not fresh. */
function Sign(/** @type {any} */ { store, name, reading, moment }) {
  const row = store.here.vitals[name];
  const age = reading ? moment - reading.effective : 0;
  const stale = reading && row.horizon_s !== null && age > row.horizon_s;
  return html`<div class="sign" data-vital=${name}>
    <dt>${has(`vital.${name}`) ? t(`vital.${name}`) : row.label}</dt>
    <dd class=${stale ? "stale" : `ink-${name}`}>${reading ? Number(reading.value.toFixed(row.decimals ?? 0)) : "–"}
      ${stale && html`<small> ${t("ago", { age: ageText(age) })}</small>`}</dd></div>`;
}

/** What an alert said at a moment: it counts on. */
const saidAt = (/** @type {any} */ alert, /** @type {number} */ moment) =>
  (alert.said.findLast((/** @type {any} */ s) => s[0] <= moment) ?? alert.said[0])[1];

/** All of it: vital signs, where the patient is, what is shown, what was done last. */
export function Moment(/** @type {any} */ { store, run, moment, first, letter }) {
  const state = useAsOf(store, moment, first);
  const { lanes } = run;
  const open = lanes.alerts.filter((/** @type {any} */ a) => a.from_s <= moment && (a.to_s === null || moment < a.to_s));
  const done = lanes.actions.filter((/** @type {any} */ a) => a.at_s <= moment).slice(-4).reverse();
  const held = lanes.instructor.filter((/** @type {any} */ i) => i.at_s <= moment && (i.to_s === null || moment < i.to_s)).slice(-4);
  const reading = (/** @type {string} */ name) => {
    if (first) return state?.values[name] ?? null;
    const row = lanes.vitals.find((/** @type {any} */ v) => v.key === name);
    const found = row && valueAt(row.points, moment);
    return found ? { value: found.value, effective: moment - found.age } : null;
  };
  return html`<section class="panel" aria-label="${t("debrief.moment")} ${letter}">
    <h2>${letter} ${t("debrief.moment")} <b data-moment=${Math.round(moment)}>${clockText(moment)}</b></h2>
    <dl class="signs">${SHOWN.map((name) => html`
      <${Sign} store=${store} name=${name} reading=${reading(name)} moment=${moment} />`)}</dl>
    <dl class="facts">
      ${Object.entries(lanes.phases).map(([twin, bands]) => html`
        <dt>${word("twin", twin)}</dt><dd>${inBand(/** @type {any[]} */ (bands), moment, "phase")}</dd>`)}
      <dt>${t("lane.rooms")}</dt><dd>${inBand(lanes.rooms, moment, "twin")}</dd>
      <dt>${t("lane.alerts")}</dt><dd>${open.length === 0 ? "–" : open.map((/** @type {any} */ a) => html`
        <div>${ruleText(a.rule, a.title)} · ${saidAt(a, moment)}</div>`)}</dd>
      ${held.length > 0 && html`<dt>${t("lane.instructor")}</dt><dd>${held.map((/** @type {any} */ i) => html`
        <div><small>${clockText(i.at_s)}</small> ${i.what}</div>`)}</dd>`}
      <dt>${t("debrief.last")}</dt><dd>${done.length === 0 ? "–" : done.map((/** @type {any} */ a) => html`
        <div><small>${clockText(a.at_s)}</small> ${a.what} <small>(${word("twin", a.by)})</small></div>`)}</dd>
    </dl></section>`;
}
