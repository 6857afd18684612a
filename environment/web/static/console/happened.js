// @ts-check
/** What has happened, to be read and marked. */
import { word } from "/static/app/names.js";
import { t } from "/static/app/text.js";
import { clockText, html, useEffect, useRef } from "/static/app/ui.js";

/** How many things of the past are shown at once. */
const SHOWN = 60;

const told = (/** @type {any} */ row) => html`<b class="time">${clockText(row.at)}</b>${" "}
  <span><small>${word("twin", row.who)}</small> ${row.what}</span>`;

/** The last things, latest first; a line can be chosen where it can be marked. */
export function Happened(/** @type {any} */ { rows, about, choose }) {
  const list = useRef(/** @type {any} */ (null));
  // Whoever has marked a line of before comes back to what happens now.
  useEffect(() => { if (!about) list.current?.scrollTo(0, 0); }, [about]);
  return html`<section class="panel happened" aria-label=${t("console.happened")}>
    <h2>${t("console.happened")}</h2>
    ${choose && html`<p class="dim">${t("console.happened_how")}</p>`}
    <ol class="plain course" ref=${list} tabIndex=${choose ? undefined : 0} aria-label=${t("console.happened")}>${rows.slice(-SHOWN).reverse().map((/** @type {any} */ row) => html`<li key=${row.seq} class=${row.tone}>
      ${choose ? html`<button class="quiet" aria-pressed=${String(about?.seq === row.seq)}
        onClick=${() => choose(about?.seq === row.seq ? null : row)}>${told(row)}</button>` : html`<div class="quiet">${told(row)}</div>`}</li>`)}
      ${rows.length === 0 && html`<li class="dim">${t("console.none")}</li>`}</ol>
  </section>`;
}
