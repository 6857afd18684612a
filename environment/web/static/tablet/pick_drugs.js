// @ts-check
/** Drugs by what they are for; the dose comes next, with the usual one chosen. */
import { DoseForm, usual } from "/static/tablet/pick_dose.js";
import { amountText, named } from "/static/app/names.js";
import { Orders } from "/static/tablet/pick_orders.js";
import { Groups, Tile } from "/static/tablet/parts.js";
import { t } from "/static/app/text.js";
import { ageText, html, useState } from "/static/app/ui.js";

/** By class of the catalogue; the first group that fits has the drug. */
const GROUPS = {
  frequent: ["tranexamic_acid", "calcium_chloride", "fibrinogen", "crystalloid", "fentanyl",
    "ketamine", "esketamine", "midazolam", "propofol", "rocuronium", "adrenaline", "cefazolin"],
  bleeding: ["antifibrinolytic", "factor", "reversal", "haemostatic", "calcium"],
  fluid: ["fluid", "osmotherapy"],
  sedation: ["sedative", "opioid", "analgesic", "volatile"],
  airway: ["paralytic", "antidote", "cholinesterase_inhibitor"],
  circulation: ["catecholamine", "vasopressor", "anticholinergic", "antiarrhythmic", "beta_blocker",
    "alpha_blocker", "inotrope", "beta_agonist"],
  infection: ["antibiotic", "vaccine", "immunoglobulin"],
};

/** Which drugs belong to which group. @returns {[string, string[]][]} */
function grouped(/** @type {any} */ drugs) {
  const { frequent, ...byClass } = GROUPS;
  /** @type {Record<string, string[]>} */
  const found = { frequent, ...Object.fromEntries(Object.keys(byClass).map((g) => [g, []])), other: [] };
  for (const [id, row] of Object.entries(drugs)) {
    const group = Object.entries(byClass).find(([, tags]) =>
      /** @type {any} */ (row).classes.some((/** @type {string} */ c) => tags.includes(c)));
    found[group ? group[0] : "other"].push(id);
  }
  return Object.entries(found);
}

/** Pick a drug, then its dose. */
export function Drugs(/** @type {any} */ { store, outbox, why, trauma }) {
  const [chosen, choose] = useState("");
  const against = why(store.here.patient, "give_drug");
  if (chosen) {
    return html`<${DoseForm} store=${store} outbox=${outbox} drug=${chosen} why=${against} against=${why(trauma, "order_drug")}
      trauma=${store.twins.get(trauma)?.kind ? trauma : ""} done=${() => choose("")} />`;
  }
  // ordering is done from the same form, and may be possible when giving is not
  const closed = trauma && !why(trauma, "order_drug") ? "" : against;
  const given = store.value(store.here.patient, "drug") ?? {};
  const note = (/** @type {string} */ id) => {
    const had = given[id];
    if (had) return `${amountText(had.total, had.unit)} · ${t("ago", { age: ageText(store.now() - had.last_s) })}`;
    const { amount, unit } = usual(store, id);
    return amount === null ? t("dose.to_choose") : amountText(amount, unit);
  };
  const give = (/** @type {any} */ o) => outbox.put(store.here.patient, "give_drug",
    { drug: o.what, amount: o.amount, unit: o.unit, route: o.route },
    { text: `${named(store.here.drugs, o.what)} ${amountText(o.amount, o.unit)}` });
  return html`${trauma && html`<${Orders} store=${store} outbox=${outbox} why=${why} trauma=${trauma}
      kind="drug" against=${against} carryOut=${give} />`}
    <${Groups} name=${t("tab.drugs")} prefix="drugs" groups=${grouped(store.here.drugs)}
    tile=${(/** @type {string} */ id) => html`<${Tile} key=${id} label=${named(store.here.drugs, id)}
      note=${note(id)} tone=${given[id] ? "had" : ""} why=${closed} onTap=${() => choose(id)} />`} />`;
}
