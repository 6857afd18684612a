// @ts-check
/** Pre-alert and handover: the card that the team hears (ATMIST), as it stands now. */
import { crewArrives } from "/static/app/arrival.js";
import { amountText, injuryText, named, site, word } from "/static/app/names.js";
import { t } from "/static/app/text.js";
import { ageText, clockText, html, timeOfBoth } from "/static/app/ui.js";

const PARTS = ["age", "time", "mechanism", "injuries", "signs", "treatment", "special"];

/** Seconds from which a value is told with its age: it is not how the patient is (engineering default). */
const OLD_S = 120;

/**
 * What was given, each with the time of its first: drugs dose by dose as soon as all of them were read, what
 * runs in since when, blood. @returns {[number, string][]}
 */
function given(/** @type {any} */ store, /** @type {any[]} */ events) {
  const at = (/** @type {string} */ name) => Object.entries(store.value(store.here.patient, name) ?? {});
  const drugs = at("drug").map(([id, d]) => {
    const doses = events.filter((e) => e.name === "drug_given" && e.value.drug === id).map((e) => [e.value.amount, e.effective]);
    const told = doses.length < d.doses ? [[d.total, d.last_s]] : doses;
    return [told[0][1], `${named(store.here.drugs, id)} ${told.map(([amount, s]) => `${amountText(amount, d.unit)} ${timeOfBoth(store, s)}`).join(", ")}`];
  });
  const runs = at("infusion").map(([id, i]) =>
    [i.since_s, `${named(store.here.drugs, id)} ${amountText(i.rate, i.unit)} ${timeOfBoth(store, i.since_s)}`]);
  const blood = events.filter((e) => e.name === "blood_given").map((e) =>
    [e.effective, `${named(store.here.products, e.value.product)} × ${e.value.units} ${timeOfBoth(store, e.effective)}`]);
  return [...drugs, ...runs, ...blood];
}

/** The card that was handed over, where a person's tablet has sent it; nothing before. */
function sent(/** @type {any} */ store, /** @type {string} */ preh) {
  const last = store.value(preh, "atmist");
  const over = ["handed_over", "closed"].includes(store.twins.get(preh)?.phase ?? "");
  return over && last && PARTS.every((part) => typeof last[part] === "string") ? last : null;
}

/** The card from what the twins know now. @returns {Record<string, string>} */
function card(/** @type {any} */ store, /** @type {string} */ preh, /** @type {any[]} */ events) {
  const patient = store.here.patient;
  const at = (/** @type {string} */ name) => store.value(patient, name);
  const injury = store.value(preh, "injury_at_s");
  const injuries = Object.values(at("injury") ?? {}).map(injuryText);
  const signs = ["hr", "sbp", "rr", "spo2", "gcs"].map((key) => {
    const seen = store.vital(key);
    const age = seen !== null && seen.age > OLD_S ? ` (${t("ago", { age: ageText(seen.age) })})` : "";
    return seen && `${t(`vital.${key}`)} ${Number(seen.value).toFixed(store.here.vitals[key].decimals)}${age}`;
  }).filter(Boolean);
  const done = Object.entries(at("performed") ?? {}).map(([id, p]) => {
    const one = /** @type {any} */ (p);
    return /** @type {[number, string]} */ ([one.at_s, `${named(store.here.procedures, id)}${one.site ? ` ${site(one.site)}` : ""} ${timeOfBoth(store, one.at_s)}`]);
  });
  const treatment = [...done, ...given(store, events)].sort(([a], [b]) => a - b).map(([, text]) => text);
  const special = [
    (at("anticoagulant") ?? "none") !== "none" && `${t("passport.anticoagulant")}: ${word("value", at("anticoagulant"))}`,
    (at("antiplatelet") ?? "none") !== "none" && `${t("passport.antiplatelet")}: ${word("value", at("antiplatelet"))}`,
    at("pregnancy_weeks") && `${t("passport.pregnancy")}: ${t("passport.weeks", { n: at("pregnancy_weeks") })}`,
    ...Object.keys(at("allergy") ?? {}).map((s) => `${t("passport.allergies")}: ${named(store.here.drugs, s)}`),
    ...Object.values(at("condition") ?? {}).map((/** @type {any} */ c) => c.label),
  ].filter(Boolean);
  return {
    age: [at("age") === null ? "" : t("patient.age", { age: at("age") }), word("sex", at("sex") ?? "unknown")].filter(Boolean).join(" "),
    time: injury === null ? t("atmist.unknown") : timeOfBoth(store, injury),
    mechanism: [store.value(preh, "mechanism") && word("mechanism", store.value(preh, "mechanism")), store.value(preh, "dynamic")]
      .filter(Boolean).join(": ") || t("atmist.unknown"),
    injuries: injuries.join("; ") || t("injury.none"),
    signs: signs.join(", ") || t("atmist.no_signs"),
    treatment: treatment.join("; ") || t("atmist.none"),
    special: special.join("; ") || "–",
  };
}

/** Preview, pre-alert, handover. */
export function Handover(/** @type {any} */ { store, outbox, why, preh, vehicle, events }) {
  const kept = sent(store, preh);
  const now = kept ?? card(store, preh, events);
  const told = store.value(preh, "pre_alerted_s");
  const way = crewArrives(store, vehicle);
  const leader = store.value("trauma", "leader") ?? "trauma_team";
  return html`<div class="grid">
    <dl class="atmist" aria-label="ATMIST">${PARTS.map((part) => [
      html`<dt key=${`t${part}`}>${t(`atmist.${part}`)}</dt>`, html`<dd key=${part}>${now[part]}</dd>`])}
      ${!kept && html`<dt>${t("clock.eta")}</dt><dd>${way.outward || way.left === 0 ? "–" : clockText(way.left)}</dd>`}</dl>
    <p class="dim">${told === null ? t(store.only("trauma") ? "handover.not_sent" : "handover.not_told") : t("handover.told", { at: timeOfBoth(store, told) })}</p>
    ${kept ? html`<p><b>${t("handover.done", { at: timeOfBoth(store, store.value(preh, "arrival_er_s")) })}</b></p>` : html`
      <button class="${told === null ? "main" : ""} big" disabled=${Boolean(why(preh, "send_pre_alert"))}
        onClick=${() => outbox.put(preh, "send_pre_alert", { atmist: now }, { text: t("handover.pre_alert") })}>
        ${t(told === null ? "handover.pre_alert" : "handover.again")}</button>
      <button class="big" disabled=${Boolean(why(preh, "hand_over"))}
        onClick=${() => outbox.put(preh, "hand_over", { atmist: now, to: leader }, { text: t("handover.hand_over"),
          undo: { twin: preh, operation: "correct", given: { to: store.twins.get(preh)?.phase, reason: t("act.undo") } } })}>
        ${t("handover.hand_over")}</button>
      ${why(preh, "hand_over") && html`<small>${why(preh, "hand_over")}</small>`}`}
  </div>`;
}
