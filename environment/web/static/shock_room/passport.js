// @ts-check
/** What the passport says, in one strip; not who it is. */
import { named } from "/static/app/names.js";
import { t, words } from "/static/app/text.js";
import { html } from "/static/app/ui.js";

export function Passport(/** @type {any} */ { store }) {
  const at = (/** @type {string} */ name) => store.value(store.here.patient, name);
  const state = at("passport") ?? "unknown";
  const conditions = Object.values(at("condition") ?? {}).map((/** @type {any} */ c) => c.label);
  const allergies = Object.keys(at("allergy") ?? {}).map((id) => named(store.here.drugs, id));
  const weeks = at("pregnancy_weeks") ?? 0;
  const drug = (/** @type {string} */ name) => {
    const taken = at(name);
    return taken && taken !== "none" ? words(taken) : "";
  };
  const rows = [
    ["conditions", conditions.join(", ")], ["allergies", allergies.join(", ")],
    ["anticoagulant", drug("anticoagulant")], ["antiplatelet", drug("antiplatelet")],
    ["pregnancy", weeks > 0 ? t("passport.weeks", { n: weeks }) : ""],
  ].filter(([, text]) => text);
  return html`<section class="passport" aria-label=${t("wall.passport")}>
    <b class="state ${state === "read" && rows.length > 0 ? "has" : ""}">${t(`passport.${state === "read" ? "read" : state}`)}</b>
    ${rows.map(([name, text]) => html`<span key=${name} data-passport=${name}><small>${t(`passport.${name}`)}</small> <b>${text}</b></span>`)}
  </section>`;
}
