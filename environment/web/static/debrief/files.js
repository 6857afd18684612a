// @ts-check
/** What can be taken along of each run: its report on paper, tables, records for others. */
import { language, t } from "/static/app/text.js";
import { html } from "/static/app/ui.js";

/** The panel: a link for each form. */
export function Files(/** @type {any} */ { told }) {
  if (told.forms.length === 0) return null;
  return html`<section class="panel files" aria-label=${t("debrief.files")}><h2>${t("debrief.files")}</h2>
    ${told.runs.map((/** @type {any} */ run, /** @type {number} */ number) => html`<div>
      ${told.runs.length > 1 && html`<h3>${"AB"[number]}: ${run.name}</h3>`}
      <ul>${told.forms.map((/** @type {string} */ form) => html`<li><a download
        href=${`/debrief/files/${form}?run=${number}&lang=${language}`}>${t(`debrief.form.${form}`)}</a></li>`)}</ul></div>`)}
  </section>`;
}
