// @ts-check
/** Who it is, and what the patient's passport says. */
import { named, word } from "/static/app/names.js";
import { t } from "/static/app/text.js";
import { html, useState } from "/static/app/ui.js";

/** How bad an allergy is, where the passport says so. */
const how = (/** @type {any} */ allergy) => allergy.severity && `(${word("passport.allergy", allergy.severity)})`;

/** Identify, with or without a passport. */
export function Passport(/** @type {any} */ { store, outbox, why }) {
  const [name, setName] = useState("");
  const patient = store.here.patient;
  const at = (/** @type {string} */ member) => store.value(patient, member);
  const state = at("passport") ?? "unknown";
  const against = why(patient, "identify");
  const identify = (/** @type {boolean} */ passport) => outbox.put(patient, "identify", { name: name.trim(), passport },
    { text: t(passport ? "passport.scan" : "passport.identify") });
  const rows = (/** @type {any} */ map) => Object.entries(map ?? {});
  return html`<div class="grid">
    <p>${at("identified") ? t("passport.known", { name: at("name") ?? t("passport.no_name") }) : t("passport.not_known")}${" · "}<b>${t(`passport.${state}`)}</b></p>
    <label class="grid">${t("passport.name")}<input autocomplete="off" value=${name}
      onInput=${(/** @type {any} */ e) => setName(e.target.value)} /></label>
    <div class="row"><button class="main big" disabled=${Boolean(against)} onClick=${() => identify(true)}>${t("passport.scan")}</button>
      <button class="big" disabled=${Boolean(against) || !name.trim()} onClick=${() => identify(false)}>${t("passport.identify")}</button></div>
    ${against && html`<small>${against}</small>`}
    <dl class="atmist">
      <dt>${t("passport.conditions")}</dt><dd>${rows(at("condition")).map(([code, c]) => `${/** @type {any} */ (c).label ?? code}`).join(", ") || "–"}</dd>
      <dt>${t("passport.allergies")}</dt><dd>${rows(at("allergy")).map(([s, a]) => [named(store.here.drugs, s), how(a)].filter(Boolean).join(" ")).join(", ") || "–"}</dd>
      <dt>${t("passport.anticoagulant")}</dt><dd>${word("value", at("anticoagulant") ?? "–")}</dd>
      <dt>${t("passport.antiplatelet")}</dt><dd>${word("value", at("antiplatelet") ?? "–")}</dd>
      <dt>${t("passport.pregnancy")}</dt><dd>${at("pregnancy_weeks") ? t("passport.weeks", { n: at("pregnancy_weeks") }) : "–"}</dd>
      <dt>${t("passport.weight")}</dt><dd>${at("weight_kg") === null ? "–" : `${at("weight_kg")} kg`}</dd></dl>
  </div>`;
}
