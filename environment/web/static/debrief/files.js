// @ts-check
/** What can be taken along of each run: its report on paper, tables, records for others. */
import { language, t } from "/static/app/text.js";
import { html, useState } from "/static/app/ui.js";

/** After so many milliseconds somebody wonders whether anything happens. */
const SOON_MS = 500;

/** The name that the server gave a file. @returns {string} */
const nameOf = (/** @type {Response} */ answer) =>
  /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? "";

/** Ask for a file and hand it to the browser. */
async function fetched(/** @type {string} */ href) {
  const answer = await fetch(href);
  if (!answer.ok) throw new Error(String(answer.status));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = nameOf(answer);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** A link to one form of one run, and what becomes of it. */
function Form(/** @type {any} */ { form, run }) {
  const [state, tell] = useState("");
  const what = t(`debrief.form.${form}`);
  const take = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (state === "asked" || state === "long") return;
    tell("asked");
    const timer = setTimeout(() => tell("long"), SOON_MS);
    fetched(/** @type {HTMLAnchorElement} */ (event.currentTarget).href)
      .then(() => tell("")).catch((wrong) => tell(String(wrong.message))).finally(() => clearTimeout(timer));
  };
  return html`<li><a download href=${`/debrief/files/${form}?run=${run}&lang=${language}`} onClick=${take}>${what}</a>
    <span role="status">${state === "long" && html` <b class="dim">${t("debrief.preparing", { form: what })}</b>`}
      ${state !== "" && state !== "asked" && state !== "long" && html` <b class="bad">${t("debrief.not_made", { form: what, why: state })}</b>`}</span></li>`;
}

/** The panel: a link for each form. */
export function Files(/** @type {any} */ { told }) {
  if (told.forms.length === 0) return null;
  return html`<section class="panel files" aria-label=${t("debrief.files")}><h2>${t("debrief.files")}</h2>
    ${told.runs.map((/** @type {any} */ run, /** @type {number} */ number) => html`<div>
      ${told.runs.length > 1 && html`<h3>${"AB"[number]}: ${run.name}</h3>`}
      <ul>${told.forms.map((/** @type {string} */ form) => html`<${Form} key=${form} form=${form} run=${number} />`)}</ul></div>`)}
  </section>`;
}
