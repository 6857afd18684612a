// @ts-check
/** Where a session begins: who are you? An instructor finds links for everybody. */
import { html, render } from "/static/app/ui.js";
import { LinkMaker, PARTS } from "/static/app/links.js";
import { get } from "/static/app/store.js";
import { word } from "/static/app/names.js";
import { loadTexts, t } from "/static/app/text.js";

/** Which parts a role has. */
const OF_ROLE = {
  trauma_leader: ["leader"],
  team_member: ["leader"],
  rescuer: ["rescuer"],
  display: ["shock_room", "monitor"],
  researcher: ["mind", "twins", "debrief"],
};

/** A page in the theme that was asked of this one. */
const inTheme = (/** @type {string} */ page) => {
  const theme = new URLSearchParams(location.search).get("theme");
  return theme ? `${page}?theme=${encodeURIComponent(theme)}` : page;
};

function Card(/** @type {any} */ { part, isInstructor }) {
  const page = inTheme(PARTS[/** @type {"console"} */ (part)]);
  return html`<section class="panel part" aria-label=${t(`page.${part}`)}>
    <h2>${t(`page.${part}`)}</h2>
    <p>${t(`start.${part}`)}</p>
    <a class="open" href=${page}>${t("start.open", { name: t(`page.${part}`) })}</a>
    ${isInstructor && html`<${LinkMaker} part=${part} />`}
  </section>`;
}

function Start(/** @type {any} */ { here, title }) {
  const role = here?.you.role ?? "";
  const isInstructor = role === "instructor";
  const parts = isInstructor ? Object.keys(PARTS) : OF_ROLE[/** @type {"rescuer"} */ (role)] ?? [];
  const isUsed = new URLSearchParams(location.search).get("link") === "used";
  const isAlone = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
  return html`<main>
    <p class="case"><b>traumatwin</b>${title && html` · <span>${title}</span>`}</p>
    <h1>${t("page.start")}</h1>
    ${isUsed && here !== null && html`<p class="used" role="alert">${t("start.used")}
      ${t("start.used.still", { name: word("twin", here.you.name) })}</p>`}
    ${here === null
      ? html`<p role="alert">${isUsed ? t("start.used") : ""} ${t("start.nobody")}</p>`
      : html`<p>${t(isInstructor ? "start.instructor" : "start.you", { name: word("twin", here.you.name) })}</p>`}
    ${isInstructor && isAlone && html`<p class="dim">${t("start.alone")}</p>`}
    <div class="grid parts">${parts.map((part) =>
      html`<${Card} key=${part} part=${part} isInstructor=${isInstructor} />`)}</div>
    ${here && html`<p class="row">${!parts.includes("twins") && html`<a href="/browse">${t("start.all_twins")}</a>`}
      <a href="/api">${t("start.api")}</a></p>`}
  </main>
  <footer class="note">${t("not_for_care")}</footer>`;
}

await loadTexts();
const here = await get("/here").then((read) => read.body, () => null);
const of = here === null ? [] : (await get("/twins")).body.filter((/** @type {any} */ row) => row.kind === "session");
// A world without people in it has no session, and its case no title.
const session = of.length > 0 ? (await get(`${of[0].href}/state?frame=latest`)).body : null;
const title = session?.values.title?.value ?? "";
document.title = [t("page.start"), title, "traumatwin"].filter(Boolean).join(" · ");
const root = /** @type {HTMLElement} */ (document.getElementById("page"));
root.replaceChildren();
render(html`<${Start} here=${here} title=${title} />`, root);
