// @ts-check
/** What a mind believes, the newest first, each with its age and where it comes from. */
import { t, words } from "/static/app/text.js";
import { clockText, html, useState } from "/static/app/ui.js";

/** Rows drawn at most: the search finds the others. */
const MOST = 80;

/** The table; choosing a row asks why it is believed. */
export function Beliefs(/** @type {any} */ { beliefs, now, chosen, choose }) {
  const [wanted, want] = useState("");
  const [fixed, show] = useState(false);
  const rows = beliefs
    .filter((/** @type {any} */ b) => (fixed || b.source !== "self" || b.at_s !== null) && b.belief.includes(wanted))
    .sort((/** @type {any} */ a, /** @type {any} */ b) => (b.at_s ?? -1) - (a.at_s ?? -1));
  return html`<section class="panel" aria-label=${t("mind.beliefs")}><h2>${t("mind.beliefs")} <small>${rows.length}</small></h2>
    <div class="row"><label>${t("mind.search")} <input type="search" value=${wanted}
        onInput=${(/** @type {any} */ e) => want(e.currentTarget.value)} /></label>
      <button aria-pressed=${String(fixed)} onClick=${() => show(!fixed)}>${t("mind.notes")}</button></div>
    <div class="tall" tabindex="0" role="region" aria-label=${t("mind.beliefs")}><table>
      <thead><tr><th>${t("mind.belief")}</th><th>${t("mind.age")}</th><th>${t("mind.source")}</th></tr></thead>
      <tbody>${rows.slice(0, MOST).map((/** @type {any} */ b) => html`<tr data-belief=${b.belief} class=${chosen === b.text ? "chosen" : ""}>
        <td><button class="quiet text" aria-pressed=${String(chosen === b.text)} onClick=${() => choose(b.text)}><code>${b.belief}</code></button></td>
        <td>${b.at_s === null ? "–" : clockText(now - b.at_s)}</td>
        <td>${words(b.twin || b.source)}${b.quality && b.quality !== "good" ? ` (${b.quality})` : ""}</td></tr>`)}</tbody></table></div>
    ${rows.length > MOST && html`<p class="dim">${t("mind.more", { n: rows.length - MOST })}</p>`}</section>`;
}
