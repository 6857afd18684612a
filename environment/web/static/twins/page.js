// @ts-check
/** The twins: which there are, how each stood at a moment, what can be asked of it, its history. */
import { loadNames, word } from "/static/app/names.js";
import { get } from "/static/app/store.js";
import { t, words } from "/static/app/text.js";
import { History, Links, Operations, Values } from "/static/twins/parts.js";
import { clockText, html, mount, useEffect, useState, useStore } from "/static/app/ui.js";

/** Seconds of history before the moment that are shown. */
const BEFORE_S = 300;
/** Nothing is read before the slider stands still this long, milliseconds. */
const STILL_MS = 150;
/** A twin that is watched now is read again this often, milliseconds. */
const AGAIN_MS = 3000;

/** What the page shows of a twin, read as of the moment; null until it is read. */
function useTwin(/** @type {any} */ store, /** @type {any} */ twin, /** @type {number | null} */ at, /** @type {number} */ tick) {
  const [seen, tell] = useState(/** @type {any} */ (null));
  useEffect(() => {
    let is = true;
    const here = `/twins/${twin.kind}/${twin.id}`;
    const moment = at ?? store.now();
    const state = `${here}/state?frame=latest${at === null ? "" : `&at=${at}`}`;
    const past = `${here}/history?from=${Math.max(0, moment - BEFORE_S)}&to=${moment}&limit=500`;
    const timer = setTimeout(() => {
      Promise.all([state, `${here}/operations`, `${here}/links`, past].map((a) => get(a).then((r) => r.body)))
        .then(([values, operations, links, history]) => is && tell({ id: twin.id, moment, values, operations, links, history }))
        .catch(() => is && tell(null));
    }, at === null ? 0 : STILL_MS);
    return () => { is = false; clearTimeout(timer); };
  }, [twin.id, at, at === null ? tick : 0]);
  return seen?.id === twin.id ? seen : null;
}

function One(/** @type {any} */ { store, twin, at, set, go }) {
  const [tick, again] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => again((/** @type {number} */ n) => n + 1), AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  const seen = useTwin(store, twin, at, tick);
  const now = Math.ceil(store.now());
  return html`<div class="one"><header><h2>${twin.id}</h2>
      <p class="dim">${words(twin.kind)} · ${seen?.values.life ?? ""} ${seen?.values.phase ? `· ${word("phase", seen.values.phase)}` : ""}</p></header>
    <div class="row cursor panel" role="group" aria-label=${t("debrief.scrubber")}>
      <output>${clockText(at ?? now)}</output>
      <input type="range" min="0" max=${now} value=${Math.round(at ?? now)} aria-label=${t("debrief.moment")}
        aria-valuetext=${clockText(at ?? now)} onInput=${(/** @type {any} */ e) => set(Number(e.currentTarget.value))} />
      <button aria-pressed=${String(at === null)} onClick=${() => set(null)}>${t("twins.now")}</button></div>
    ${seen === null ? html`<p role="status">${t("debrief.reading")}</p>` : html`<div class="parts">
      <${Values} state=${seen.values} moment=${seen.moment} />
      <${Operations} rows=${seen.operations} />
      <${Links} rows=${seen.links} go=${go} />
      <${History} changes=${seen.history.changes} set=${set} /></div>`}</div>`;
}

function Twins(/** @type {any} */ { store }) {
  useStore(store, 2000);
  const [id, choose] = useState(location.hash.slice(1) || store.here.patient);
  const [at, set] = useState(/** @type {number | null} */ (null));
  const go = (/** @type {string} */ to) => { choose(to); history.replaceState(null, "", `#${to}`); };
  const all = [...store.twins.values()].filter((t) => t.kind);
  const kinds = [...new Set(all.map((twin) => twin.kind))].sort();
  const twin = store.twins.get(id) ?? all[0];
  return html`<main><h1>${t("page.twins")}</h1><div class="browse">
    <nav class="panel" aria-label=${t("page.twins")}>${kinds.map((kind) => html`<h3>${words(kind)}</h3>
      ${all.filter((one) => one.kind === kind).map((one) => html`<button class="quiet text" data-twin=${one.id}
        aria-pressed=${String(one.id === twin?.id)} onClick=${() => go(one.id)}>${one.id} <small>${one.life}</small></button>`)}`)}</nav>
    ${twin && html`<${One} key=${twin.id} store=${store} twin=${twin} at=${at} set=${set} go=${go} />`}</div></main>`;
}

await loadNames();
mount(Twins);
