// @ts-check
/** The instructor's console: what happens now, what comes next, and how do I change it? */
import { Brief } from "/static/console/brief.js";
import { Course } from "/static/console/course.js";
import { Happened } from "/static/console/happened.js";
import { Anything, Injects } from "/static/console/inject.js";
import { Next } from "/static/console/next.js";
import { People, Reasons, Remembered } from "/static/console/people.js";
import { Shelf } from "/static/console/shelf.js";
import { TimeBar } from "/static/console/time.js";
import { Truth } from "/static/console/truth.js";
import { LinkMaker, PARTS } from "/static/app/links.js";
import { loadNames } from "/static/app/names.js";
import { t } from "/static/app/text.js";
import { html, mount, useActing, useState, useStore } from "/static/app/ui.js";

/** @type {Course | null} */
let course = null;

function Links() {
  return html`<section class="panel" aria-label=${t("console.links")}>
    <h2>${t("console.links")}</h2>
    <div class="grid links">${Object.keys(PARTS).filter((part) => part !== "console").map((part) => html`
      <details key=${part}><summary>${t(`page.${part}`)}</summary>
        <div class="grid"><a href=${PARTS[/** @type {"leader"} */ (part)]}>${t("start.open", { name: t(`page.${part}`) })}</a>
          <${LinkMaker} part=${part} /></div></details>`)}</div>
  </section>`;
}

function Console(/** @type {any} */ { store }) {
  useStore(store, 500);
  const { doing, toast } = useActing(store);
  const [about, choose] = useState(/** @type {any} */ (null));
  course ??= new Course(store);
  if (!store.twins.has("session")) {
    return html`<main><h1>${t("page.console")}</h1><p role="alert">${t("console.no_session")}</p></main>`;
  }
  if (store.here.over) {
    return html`<main class="console" data-stage="over"><section class="panel"><h1>${store.value("session", "title", t("page.console"))}</h1>
        <p>${t("console.look_back")}</p><a href="/debrief">${t("start.open", { name: t("page.debrief") })}</a></section>
      <${Happened} rows=${course.rows} about=${null} choose=${null} /><${Links} /></main>`;
  }
  const over = store.over; // what stands then is looked at; links still let people in
  const parts = { store, doing, about, choose, course, rows: course.rows };
  const rests = (/** @type {any} */ Panel) => html`<fieldset class="bare" disabled=${over}><${Panel} ...${parts} /></fieldset>`;
  const panels = {
    next: rests(Next), happened: rests(Happened), truth: rests(Truth), injects: rests(Injects), brief: html`<${Brief} ...${parts} />`,
    remembered: rests(Remembered), people: rests(People), links: html`<${Links} />`, reasons: html`<${Reasons} ...${parts} />`,
    anything: rests(Anything),
  };
  const begun = store.now() >= 1 || store.value("session", "running", false);
  return html`<fieldset class="bare" disabled=${over}><${TimeBar} store=${store} doing=${doing} about=${about}
      forget=${() => choose(null)} /></fieldset>
    <${Shelf} panels=${panels} begun=${begun}
      title=${html`<h1 class="visually-hidden" key="title">${t("page.console")}: ${store.value("session", "title", "")}</h1>`} />${toast}`;
}

await loadNames();
mount(Console);
