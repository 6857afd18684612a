// @ts-check
/** What the case is, for the instructor's eyes: who is hurt, how, what can be found, what for. */
import { amountText, word } from "/static/app/names.js";
import { t, words } from "/static/app/text.js";
import { clockText, html } from "/static/app/ui.js";

/** The briefing: on top before the beginning and at first, one tap away afterwards. */
export function Brief(/** @type {any} */ { store }) {
  const known = store.value("session", "briefing");
  if (known === null) return null;
  const { patient } = known;
  const who = [t("patient.age", { age: patient.age }), word("sex", patient.sex), amountText(patient.weight_kg, "kg"),
    patient.pregnancy_weeks > 0 && t("brief.pregnant", { weeks: patient.pregnancy_weeks })].filter(Boolean).join(" · ");
  const asked = [patient.history, ...patient.conditions].filter(Boolean).join(" · ");
  const rows = /** @type {[string, string][]} */ ([
    ["brief.patient", who],
    ["brief.mechanism", known.mechanism],
    ["brief.history", asked],
    ["brief.medication", patient.medication.map(words).join(", ")],
    ["brief.allergies", patient.allergies.map(words).join(", ")],
  ]).filter(([, text]) => text);
  return html`<section class="panel brief" tabIndex=${0} aria-label=${t("brief.name")}>
    <h2>${known.title}</h2><p class="dim">${t("brief.name")}, ${t("brief.secret")}</p>
    <dl class="facts">${rows.map(([key, text]) => html`<div key=${key}><dt>${t(key)}</dt><dd>${text}</dd></div>`)}</dl>
    <h3>${t("brief.injuries")}</h3>
    <ul>${known.injuries.map((/** @type {any} */ injury) => html`<li key=${injury.label + injury.at_s}>${injuryText(injury)}</li>`)}
      ${known.injuries.length === 0 && html`<li class="dim">${t("console.none")}</li>`}</ul>
    ${["goals", "traps"].map((name) => known[name].length > 0 && html`<h3 key=${name}>${t(`brief.${name}`)}</h3>
      <ul>${known[name].map((/** @type {string} */ line) => html`<li key=${line}>${line}</li>`)}</ul>`)}
  </section>`;
}

/** An injury by its label; where it is, how severe, and when it comes if that is later. */
function injuryText(/** @type {any} */ injury) {
  const name = injury.label || t("brief.at_site", { what: words(injury.kind), site: word("site", injury.where) });
  const more = [injury.ais !== null && `AIS ${injury.ais}`,
    injury.at_s > 0 && t("brief.from", { at: clockText(injury.at_s) })].filter(Boolean);
  return more.length > 0 ? `${name} (${more.join(", ")})` : name;
}
