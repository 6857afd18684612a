// @ts-check
/** Field triage (national guideline 2021): RED decides, YELLOW is asked; and the decision. */
import { called, named } from "/static/app/names.js";
import { Tile } from "/static/tablet/parts.js";
import { t } from "/static/app/text.js";
import { html, useState } from "/static/app/ui.js";

/** What makes the assistant tick a criterion by itself: what the monitor shows, or the GCS that was noted. */
const tickedBy = (/** @type {any} */ item) => (item.group !== "physiology" || item.id === "respiratory_distress" ? ""
  : t(item.id === "cannot_follow_commands" ? "triage.by_gcs" : "triage.by_monitor"));

/** Tick criteria, decide. */
export function Triage(/** @type {any} */ { store, outbox, why, preh }) {
  const rows = store.here.triage;
  const set = { red: store.value(preh, "red") ?? [], yellow: store.value(preh, "yellow") ?? [] };
  const tick = (/** @type {string} */ item, /** @type {boolean} */ on) => {
    const [act, back] = on ? ["flag", "unflag"] : ["unflag", "flag"];
    outbox.put(preh, act, { item }, { text: `${named(rows, item)}${on ? "" : ` · ${t("no")}`}`,
      undo: { twin: preh, operation: back, given: { item } } });
  };
  return html`<div class="grid"><${Severity} store=${store} outbox=${outbox} why=${why} preh=${preh} set=${set} />
    ${["red", "yellow"].map((colour) => html`<h2 key=${`h${colour}`}>${t(`triage.${colour}`, { n: set[/** @type {"red"} */ (colour)].length })}</h2>
      <div class="tiles" key=${colour} role="group" aria-label=${t(`triage.${colour}_name`)}>${Object.values(rows)
        .filter((/** @type {any} */ i) => i.colour === colour).map((/** @type {any} */ i) => {
          const on = set[/** @type {"red"} */ (colour)].includes(i.id);
          return html`<${Tile} key=${i.id} label=${named(rows, i.id)} tone=${colour} pressed=${on} note=${tickedBy(i)}
            why=${why(preh, on ? "unflag" : "flag")} onTap=${() => tick(i.id, !on)} />`;
        })}</div>`)}</div>`;
}

/** The decision that brings the trauma team, or does not. */
function Severity(/** @type {any} */ { store, outbox, why, preh, set }) {
  const [asking, ask] = useState("");
  const severity = store.value(preh, "severity") ?? "undetermined";
  const against = severity === "severe" ? "" : why(preh, "decide_severity");
  const reason = [...set.red, ...set.yellow].map((item) => named(store.here.triage, item)).join(", ") || t("severity.by_judgement");
  const decide = () => {
    outbox.put(preh, "decide_severity", { severity: asking, reason }, { text: t(`answer.${asking}`) });
    ask("");
  };
  return html`<div class="severity" role="group" aria-label=${t("severity.name")}>
    <div class="row"><h2>${t("severity.name")}</h2><b>${t(`severity.${severity}`)}</b>
      ${severity !== "undetermined" && html`<small>${called(store, store.value(preh, "severity_by") ?? "")}</small>`}</div>
    ${severity !== "severe" && !asking && html`<div class="row">${["severe", "not_severe"].map((s) => html`
      <button key=${s} aria-pressed=${String(severity === s)} disabled=${Boolean(against)} onClick=${() => ask(s)}>${t(`answer.${s}`)}</button>`)}</div>`}
    ${asking && html`<p>${t(`severity.ask_${asking}`, { reason })}</p>
      <div class="row"><button class="main" onClick=${decide}>${t("severity.confirm", { what: t(`answer.${asking}`) })}</button>
        <button onClick=${() => ask("")}>${t("pick.back")}</button></div>`}
    ${against && html`<small>${against}</small>`}</div>`;
}
