// @ts-check
/** That the patient has no pulse, and what pages show of signs that have gone with it. */
import { t } from "/static/app/text.js";
import { html } from "/static/app/ui.js";

/** Rhythms that carry no pulse. */
export const PULSELESS = ["asystole", "vf", "pea"];
/** Signs that need a pulse: without one a number of before says nothing. */
const CARRIED = ["hr", "sbp", "dbp", "map", "spo2", "rr", "etco2"];

/** The rhythm without a pulse, "unknown" where nobody has looked; null while there is a pulse. @returns {string | null} */
export function arrestOf(/** @type {any} */ store) {
  const rhythm = store.value(store.here.patient, "rhythm");
  if (PULSELESS.includes(rhythm)) return rhythm;
  return store.value(store.here.patient, "pulse") === false ? rhythm ?? "unknown" : null;
}

/** A sign has gone with the pulse: its last number is old and is shown no more. */
export const isGone = (/** @type {any} */ store, /** @type {string} */ key, /** @type {any} */ seen) =>
  Boolean(seen?.stale) && CARRIED.includes(key) && arrestOf(store) !== null;

/** One line that nobody can overlook, whatever the assistants say. */
export function NoPulse(/** @type {any} */ { store }) {
  const rhythm = arrestOf(store);
  return html`<div role="alert" class="no-pulse">${rhythm !== null && html`<p class="alert high" data-arrest=${rhythm}>
    <span class="mark" aria-hidden="true">!!!</span><b>${t("arrest.no_pulse", { rhythm: t(`arrest.${PULSELESS.includes(rhythm) ? rhythm : "unknown"}`) })}</b></p>`}</div>`;
}
