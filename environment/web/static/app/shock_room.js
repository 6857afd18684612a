// @ts-check
/** The shock room's wall: where are we, what next? No name is shown. */
import { Alert, alertsOf, clockText, html, mount, useStore } from "/static/app/ui.js";

function ShockRoom(/** @type {any} */ { store }) {
  useStore(store);
  const wall = store.here.wall;
  return html`<main class="wall">${alertsOf(store, wall).slice(0, 3).map(
    (/** @type {any} */ alert) => html`<${Alert} alert=${alert} store=${store} />`)}
    <p>${clockText(store.now())}</p></main>`;
}

mount(ShockRoom);
