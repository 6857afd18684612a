// @ts-check
/** What was given: blood by product, fluid, drugs with their last time. */
import { amountText, named } from "/static/app/names.js";
import { t } from "/static/app/text.js";
import { ageText, html } from "/static/app/ui.js";

/** Totals of the patient, by product of the catalogue. */
const BLOOD = [
  ["red_cells", "red_cells"], ["plasma", "plasma"], ["platelets_given", "platelets"],
  ["cryoprecipitate", "cryoprecipitate"], ["whole_blood", "whole_blood"],
];
/** Drugs that fit on the wall; the latest are shown. */
const DRUGS = 4;

export function Given(/** @type {any} */ { store }) {
  const { patient } = store.here;
  const blood = BLOOD.map(([member, product]) => ({ product, units: store.value(patient, member) ?? 0 }));
  const fluid = store.value(patient, "crystalloid_ml") ?? 0;
  const drugs = Object.entries(store.value(patient, "drug") ?? {})
    .sort(([, a], [, b]) => /** @type {any} */ (b).last_s - /** @type {any} */ (a).last_s);
  const shown = blood.filter((b) => b.units > 0);
  return html`<section class="given" aria-label=${t("wall.given")}>
    <h2>${t("wall.blood")}</h2>
    <ul class="blood" aria-label=${t("wall.blood")}>${shown.map((b) => html`<li key=${b.product} data-product=${b.product}>
        <b>${b.units}</b> ${named(store.here.products, b.product)}</li>`)}
      ${shown.length === 0 && html`<li class="dim">${t("wall.none")}</li>`}
      ${fluid > 0 && html`<li data-product="crystalloid"><b>${Math.round(fluid)}</b> mL ${t("wall.crystalloid")}</li>`}</ul>
    <h2>${t("wall.drugs")}</h2>
    <ul class="drugs" aria-label=${t("wall.drugs")}>${drugs.slice(0, DRUGS).map(([id, d]) => {
      const drug = /** @type {any} */ (d);
      return html`<li key=${id} data-drug=${id}><span>${named(store.here.drugs, id)} <b>${amountText(drug.total, drug.unit)}</b></span>
        <small>${t("ago", { age: ageText(store.now() - drug.last_s) })}</small></li>`;
    })}
      ${drugs.length === 0 && html`<li class="dim">${t("wall.none")}</li>`}
      ${drugs.length > DRUGS && html`<li class="dim">${t("wall.more", { n: drugs.length - DRUGS })}</li>`}</ul></section>`;
}
