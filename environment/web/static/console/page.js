// @ts-check
/** The instructor's console: what happens now, what comes next, and how do I change it? */
import { Brief } from "/static/console/brief.js";
import { Course } from "/static/console/course.js";
import { deed, waitsFor } from "/static/console/deeds.js";
import { Injects } from "/static/console/inject.js";
import { People, Reasons, Remembered } from "/static/console/people.js";
import { TimeBar } from "/static/console/time.js";
import { Truth } from "/static/console/truth.js";
import { LinkMaker, PARTS } from "/static/app/links.js";
import { loadNames, word } from "/static/app/names.js";
import { t } from "/static/app/text.js";
import { clockText, html, mount, useActing, useState, useStore } from "/static/app/ui.js";

/** How many things of the past are shown at once. */
const SHOWN = 60;
/** @type {Course | null} */
let course = null;

function Next(/** @type {any} */ { store, doing }) {
  const next = Object.entries(store.value("session", "next") ?? {})
    .sort(([, a], [, b]) => a.at_s - b.at_s);
  const waiting = Object.entries(store.value("session", "waiting") ?? {});
  const people = store.value("session", "people") ?? {};
  // whole seconds of both, so that what is written adds up
  const left = (/** @type {any} */ row) => Math.trunc(row.at_s) - Math.trunc(store.now());
  const now = (/** @type {string} */ name) => doing("session", "trigger", { name }, { done: t("console.brought") });
  return html`<section class="panel" aria-label=${t("console.next")}>
    <h2>${t("console.next")}</h2>
    <ol class="plain upcoming">${next.map(([name, row]) => html`<li key=${name} class="row between" data-next=${row.do}>
      <span><b class="time">${clockText(row.at_s)}</b> <small>${left(row) > 0 && t("console.in", { left: clockText(left(row)) })}</small><br />
        ${word("twin", row.by)}: ${deed(store, row.do, row.given, row.by)}
        ${row.why && html` <small>${t("console.answers", { why: row.why })}</small>`}
        ${people[row.by]?.simulated === false && html` <small class="flag">${t("console.by_person")}</small>`}</span>
      <span class="row end"><button onClick=${() => now(name)} disabled=${people[row.by]?.simulated === false}>${t("console.now")}</button>
        <button onClick=${() => doing("session", "skip", { name }, { done: t("console.skipped") })}>${t("console.skip")}</button></span></li>`)}
      ${next.length === 0 && html`<li class="dim">${t("console.none")}</li>`}</ol>
    ${waiting.length > 0 && html`<details><summary>${t("console.triggers", { n: waiting.length })}</summary>
      <ul class="plain">${waiting.map(([name, row]) => html`<li key=${name} class="row between">
        <span>${word("twin", row.by)}: ${deed(store, row.do, row.given, row.by)} <small>${t("console.waits_for", { what: waitsFor(store, row) })}</small></span>
        <button onClick=${() => now(name)}>${t("console.now")}</button></li>`)}</ul></details>`}
  </section>`;
}

const told = (/** @type {any} */ row) => html`<b class="time">${clockText(row.at)}</b>${" "}
  <span><small>${word("twin", row.who)}</small> ${row.what}</span>`;

function Happened(/** @type {any} */ { rows, about, choose }) {
  return html`<section class="panel" aria-label=${t("console.happened")}>
    <h2>${t("console.happened")}</h2>
    ${choose && html`<p class="dim">${t("console.happened_how")}</p>`}
    <ol class="plain course">${rows.slice(-SHOWN).reverse().map((/** @type {any} */ row) => html`<li key=${row.seq} class=${row.tone}>
      ${choose ? html`<button class="quiet" aria-pressed=${String(about?.seq === row.seq)}
        onClick=${() => choose(about?.seq === row.seq ? null : row)}>${told(row)}</button>` : html`<div class="quiet">${told(row)}</div>`}</li>`)}
      ${rows.length === 0 && html`<li class="dim">${t("console.none")}</li>`}</ol>
  </section>`;
}

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
    return html`<main class="console"><section class="panel"><h1>${store.value("session", "title", t("page.console"))}</h1>
        <p>${t("console.look_back")}</p><a href="/debrief">${t("start.open", { name: t("page.debrief") })}</a></section>
      <${Happened} rows=${course.rows} about=${null} choose=${null} /><${Links} /></main>`;
  }
  const over = store.over; // what stands then is looked at; links still let people in
  return html`<fieldset class="bare" disabled=${over}><${TimeBar} store=${store} doing=${doing} about=${about}
      forget=${() => choose(null)} /></fieldset>
    <main class="console"><h1 class="visually-hidden">${t("page.console")}: ${store.value("session", "title", "")}</h1>
      <fieldset class="bare" disabled=${over}><div class="column"><${Brief} store=${store} /><${Next} store=${store} doing=${doing} />
        <${Happened} rows=${course.rows} about=${about} choose=${choose} /></div>
      <div class="column"><${Truth} store=${store} doing=${doing} /><${Injects} store=${store} doing=${doing} /></div></fieldset>
      <div class="column"><fieldset class="bare" disabled=${over}><${People} store=${store} doing=${doing} />
        <${Remembered} store=${store} doing=${doing} /></fieldset><${Reasons} store=${store} course=${course} /><${Links} /></div>
    </main>${toast}`;
}

await loadNames();
mount(Console);
