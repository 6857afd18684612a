// @ts-check
/** What came back: the latest result of each diagnostic, of a sample what a team acts on first. */
import { latestResults, resultText } from "/static/app/found.js";
import { named, word } from "/static/app/names.js";
import { t } from "/static/app/text.js";
import { ageText, html } from "/static/app/ui.js";

/** Results that fit on the wall; the latest are shown. */
const MOST = 3;

/** What somebody saw on the eFAST by hand, where no device has said it. */
function byHand(/** @type {any} */ store, /** @type {any} */ trauma) {
  const views = Object.entries(store.value(trauma.id, "fast") ?? {});
  if (views.length === 0) return null;
  const at = Math.max(...views.map(([, v]) => /** @type {any} */ (v).at_s));
  const positive = views.filter(([, v]) => /** @type {any} */ (v).positive).map(([view]) => word("fast", view));
  return { id: "efast", name: named(store.here.diagnostics, "efast"), at, taken: at,
    text: positive.length > 0 ? `${t("fast.positive")}: ${positive.join(", ")}` : t("fast.negative") };
}

export function Results(/** @type {any} */ { store, trauma, events }) {
  const told = latestResults(store, events).map((r) => ({ ...r, text: resultText(store, r.id, r.result, true) }));
  // the trauma process holds each view as it was last seen, by a device or by hand
  const fast = byHand(store, trauma);
  const rows = [...told.filter((r) => !(fast && r.id === "efast")), ...(fast ? [fast] : [])].sort((a, b) => b.at - a.at);
  return html`<section class="results" aria-label=${t("diagnostic.results")}><h2>${t("diagnostic.results")}${
      rows.length > MOST && ` (${t("wall.more", { n: rows.length - MOST })})`}</h2>
    <ul aria-label=${t("diagnostic.results")}>${rows.slice(0, MOST).map((r) => html`<li key=${r.id} data-diagnostic=${r.id}>
        <span class="name">${r.name} <small>${t("wall.taken", { age: ageText(store.now() - r.taken) })}</small></span> <b>${r.text}</b></li>`)}
      ${rows.length === 0 && html`<li class="dim">${t("diagnostic.no_results")}</li>`}</ul></section>`;
}
