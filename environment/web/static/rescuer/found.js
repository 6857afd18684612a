// @ts-check
/** What is found by hand: looking is asked of the patient, seeing is written down. */
import { foundText } from "/static/app/found.js";
import { word } from "/static/app/names.js";
import { Tile } from "/static/tablet/parts.js";
import { t } from "/static/app/text.js";
import { ageText, html } from "/static/app/ui.js";

const LOOKS = ["gcs", "pupils", "breath_sounds", "temperature", "pulse", "skin", "voice"];
/** Yes or no, as the patient's twin has them. */
const SIGNS = ["respiratory_distress", "seizure", "focal_deficit", "amnesia_or_loc", "smoke"];
const CHOICES = { breath_sounds_left: ["normal", "reduced", "absent"],
  breath_sounds_right: ["normal", "reduced", "absent"], voice: ["normal", "hoarse", "stridor", "absent"] };

/** Examine, and note. */
export function Found(/** @type {any} */ { store, outbox, why, events }) {
  const patient = store.here.patient;
  const against = why(patient, "record_finding");
  const note = (/** @type {string} */ member, /** @type {any} */ value) => {
    const before = store.value(patient, member);
    const text = `${word("finding", member)}: ${value === true ? t("yes") : value === false ? t("no") : word("value", value)}`;
    outbox.put(patient, "record_finding", { member, value }, { text,
      undo: before === null ? null : { twin: patient, operation: "record_finding", given: { member, value: before } } });
  };
  const last = new Map(events.filter((/** @type {any} */ e) => e.name === "finding").map((/** @type {any} */ e) => [e.value.name, e]));
  const seen = (/** @type {string} */ what) => {
    const { value, effective } = last.get(what) ?? {};
    return typeof value?.value === "object" ? `${foundText(store, value.value)} · ${t("ago", { age: ageText(store.now() - effective) })}` : "";
  };
  return html`<section class="grid">
    <h2>${t("found.look")}</h2>
    <div class="tiles" role="group" aria-label=${t("found.look")}>${LOOKS.map((what) => html`<${Tile} key=${what}
      label=${word("look", what)} note=${seen(what)} tone=${seen(what) ? "had" : ""} why=${why(patient, "examine")}
      onTap=${() => outbox.put(patient, "examine", { what }, { text: word("look", what), now: true })} />`)}</div>
    <h2>${t("found.note")}</h2>
    <div class="tiles" role="group" aria-label=${t("found.note")}>${SIGNS.map((sign) => {
      const is = store.value(patient, sign) === true;
      return html`<${Tile} key=${sign} label=${word("finding", sign)} pressed=${is} why=${against}
        onTap=${() => note(sign, !is)} />`;
    })}</div>
    ${Object.entries(CHOICES).map(([member, values]) => html`<div key=${member} class="row choices" role="group"
      aria-label=${word("finding", member)}><span>${word("finding", member)}</span>${values.map((v) => html`<button key=${v}
        aria-pressed=${String(store.value(patient, member) === v)} disabled=${Boolean(against)}
        onClick=${() => note(member, v)}>${word("value", v)}</button>`)}</div>`)}
  </section>`;
}
