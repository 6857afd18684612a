// @ts-check
/** What others have just done to the patient: one line, so that nobody does it a second time. */
import { called } from "/static/app/names.js";
import { LINES } from "/static/tablet/report.js";
import { t } from "/static/app/text.js";
import { ageText, html } from "/static/app/ui.js";

/** Seconds for which a deed is new, and how many are told (engineering defaults). */
const NEW_S = 120;
const MOST = 3;
const DEEDS = ["procedure", "drug_given", "blood_given", "infusion_changed"];

/** @param {any} given `events`: what happened, oldest first; `me`: whose deeds are known here */
export function Lately({ store, events, me }) {
  const told = events.filter((/** @type {any} */ e) => DEEDS.includes(e.name) && e.twin === store.here.patient && e.by !== me
    && store.now() - e.effective < NEW_S).slice(-MOST).reverse();
  return html`<p class="lately" role="status" aria-label=${t("lately.name")}>${told.map((/** @type {any} */ e) => html`<span key=${e.seq}
    ><b>${called(store, e.by)}</b>: ${LINES[e.name](e.value, store)} <small>${t("ago", { age: ageText(store.now() - e.effective) })}</small></span>`)}</p>`;
}
