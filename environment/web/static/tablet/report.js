// @ts-check
/** The live report: what was done, when, by whom; the newest on top. */
import { notedText, resultText } from "/static/app/found.js";
import { amountText, called, named, site, word } from "/static/app/names.js";
import { alertText } from "/static/app/said.js";
import { labelOf } from "/static/tablet/parts.js";
import { has, t } from "/static/app/text.js";
import { clockText, html, timeOfDay, useState } from "/static/app/ui.js";

const at = (/** @type {string} */ where) => (where ? ` · ${site(where)}` : "");

/** What somebody said that he does: "start procedure warming" is an operation and what it is of. */
export function deedText(/** @type {any} */ here, /** @type {string} */ said) {
  const parts = said.split(" ");
  for (let n = parts.length; n > 0; n -= 1) {
    const deed = `do.${parts.slice(0, n).join("_")}`;
    if (has(deed)) return `${t(deed)} ${n < parts.length ? labelOf(here, parts.slice(n).join("_")) : ""}`.trim();
  }
  return said;
}

/**
 * By the event's name: its line, from its value.
 * @type {Record<string, (v: any, store: any) => string>}
 */
export const LINES = {
  procedure: (v, s) => `${named(s.here.procedures, v.procedure)}${at(v.site)}${
    v.change === "done" ? "" : ` · ${t(`change.${v.change}`)}`}`,
  drug_given: (v, s) => `${named(s.here.drugs, v.drug)} ${amountText(v.amount, v.unit)} ${word("route", v.route)}`,
  infusion_changed: (v, s) => `${named(s.here.drugs, v.drug)} ${amountText(v.rate, v.unit)} · ${t(`change.${v.change}`)}`,
  blood_given: (v, s) => `${named(s.here.products, v.product)} × ${v.units}`,
  diagnostic: (v, s) => `${named(s.here.diagnostics, v.diagnostic)}${
    v.result ? `: ${resultText(s, v.diagnostic, v.result)}` : ` · ${t("change.start")}`}`,
  finding: (v, s) => notedText(s, v.name, v.value),
  room_in: (v, s) => t("report.room_in", { room: called(s, v.room) }),
  room_out: (v, s) => t("report.room_out", { room: called(s, v.room) }),
  leader_changed: (v, s) => t("report.leader", { who: called(s, v.leader) }),
  phase_changed: (v) => `${word("phase", v.to)}${v.reason ? ` (${v.reason})` : ""}`,
  ordered: (v, s) => t("report.ordered", { what: labelOf(s.here, v.what) }),
  note: (v) => v.text,
  pre_alert: () => t("report.pre_alert"),
  handover: () => t("report.handover"),
  alert_raised: (v) => `${v.rule}: ${alertText(v.rule, v.text)}`,
  alert_acknowledged: (v, s) => `${v.rule}: ${deedText(s.here, v.reason)}`,
  answered: (v) => `${word("question", v.question)}: ${word("answer", v.answer)}`,
};

/** Write a note into the report. */
function Note(/** @type {any} */ { outbox, trauma, why }) {
  const [text, write] = useState("");
  const send = (/** @type {Event} */ event) => {
    event.preventDefault();
    outbox.put(trauma, "write_note", { text: text.trim() }, { text: text.trim(), now: true });
    write("");
  };
  return html`<form class="row" onSubmit=${send}><input aria-label=${t("report.note")} placeholder=${t("report.note")}
      value=${text} onInput=${(/** @type {any} */ e) => write(e.target.value)} />
    <button disabled=${!text.trim() || Boolean(why(trauma, "write_note"))}>${t("report.write")}</button></form>`;
}

/** All that has been done so far; with `trauma`, notes can be added. */
export function Report(/** @type {any} */ { store, events, outbox, trauma, why }) {
  const lines = events.filter((/** @type {any} */ e) => LINES[e.name]).reverse();
  return html`${trauma && html`<${Note} outbox=${outbox} trauma=${trauma} why=${why} />`}
    <ol class="report" aria-label=${t("tab.report")}>${lines.map((/** @type {any} */ e) => html`
    <li key=${e.seq} class=${e.name}><time>${clockText(e.effective)}<small>${timeOfDay(store, e.effective)}</small></time>
      <span>${LINES[e.name](e.value, store)}<small>${called(store, e.by)}</small></span></li>`)}
    ${lines.length === 0 && html`<li>${t("report.empty")}</li>`}</ol>`;
}
