// @ts-check
/** The Glasgow Coma Scale in three rows, with its total (Teasdale 2014: eyes, verbal, motor). */
import { t } from "/static/app/text.js";
import { ageText, html, useState } from "/static/app/ui.js";

const ROWS = { gcs_eye: [4, 3, 2, 1], gcs_verbal: [5, 4, 3, 2, 1], gcs_motor: [6, 5, 4, 3, 2, 1] };

/** What was last found, and a new finding by one tap a row. */
export function Gcs(/** @type {any} */ { store, outbox, why }) {
  const [chosen, choose] = useState(/** @type {Record<string, number>} */ ({}));
  const patient = store.here.patient;
  const tube = store.value(patient, "intubated") === true;
  const keys = Object.keys(ROWS).filter((key) => !(tube && key === "gcs_verbal"));
  const complete = keys.every((key) => chosen[key]);
  const total = keys.reduce((sum, key) => sum + (chosen[key] ?? 0), 0);
  const against = why(patient, "record_finding");
  const last = store.vital("gcs");
  const note = () => {
    const texts = keys.map((key) => `${t(`gcs.${key}.letter`)}${chosen[key]}`).join(" ");
    for (const key of keys) {
      outbox.put(patient, "record_finding", { member: key, value: chosen[key] },
        { text: `GCS ${t(`gcs.${key}.letter`)}${chosen[key]}`, now: true });
    }
    // With a tube the verbal row cannot be tested, and no total is formed.
    if (!tube) outbox.put(patient, "record_finding", { member: "gcs", value: total }, { text: `GCS ${total} (${texts})`, now: true });
    choose({});
  };
  return html`<section class="rows" aria-label=${t("gcs.name")}><h2>${t("gcs.name")}</h2>
    ${last && html`<p class="dim">${t("gcs.last", { value: last.value, age: ageText(last.age) })}</p>`}
    ${tube && html`<p>${t("gcs.tube")}</p>`}
    ${keys.map((key) => html`<div key=${key} role="radiogroup" aria-label=${t(`gcs.${key}`)}><b>${t(`gcs.${key}`)}</b>
      <div class="row choices">${ROWS[/** @type {"gcs_eye"} */ (key)].map((n) => html`<button role="radio" key=${n}
        aria-checked=${String(chosen[key] === n)} class=${chosen[key] === n ? "main" : ""}
        onClick=${() => choose({ ...chosen, [key]: n })}><span><b>${n}</b> ${t(`gcs.${key}.${n}`)}</span></button>`)}</div></div>`)}
    <div class="row"><span class="total ${complete ? "" : "dim"}" aria-live="polite">${complete && !tube ? t("gcs.total", { total }) : t("gcs.incomplete")}</span>
      <button class="main big" disabled=${!complete || Boolean(against)} onClick=${note}>${t("gcs.note")}</button></div>
    ${against && html`<small>${against}</small>`}</section>`;
}
