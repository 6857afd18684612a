// @ts-check
/** Where each panel of the console stands: at a place of its own, or behind a tab of the shelf. */
import { t } from "/static/app/text.js";
import { html, useEffect, useState } from "/static/app/ui.js";

/** All panels in the order in which they are read while a case is played. */
const PLAYED = ["next", "happened", "truth", "injects", "brief", "remembered", "people", "links", "reasons", "anything"];
/** Before it begins: first what has to be read and given out. */
const BEFORE = ["brief", "people", "links", ...PLAYED.filter((id) => !["brief", "people", "links"].includes(id))];
/** What always stands open while a case is played, by whether there is room for three columns. */
const OPEN = { wide: ["next", "happened", "truth", "injects"], narrow: ["next", "truth"] };
/** What lies on top of the shelf until somebody has chosen. */
const ON_TOP = ["injects", "brief"];
/** Where a browser keeps which tab was chosen. */
const CHOSEN = "console:tab";
/** As in the style: three columns from here on. */
const WIDE = matchMedia("(min-width: 80rem)");

function useIsWide() {
  const [isWide, tell] = useState(WIDE.matches);
  useEffect(() => {
    const heard = () => tell(WIDE.matches);
    WIDE.addEventListener("change", heard);
    return () => WIDE.removeEventListener("change", heard);
  }, []);
  return isWide;
}

/** The tabs of what is shelved: arrow keys, Home and End move between them. */
function Tabs(/** @type {{ids: string[], open: string, go: (id: string) => void}} */ { ids, open, go }) {
  const key = (/** @type {KeyboardEvent} */ event) => {
    const at = ids.indexOf(open);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1 + ids.length, Home: 0, End: ids.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    go(ids[to % ids.length]);
    document.getElementById(`tab-${ids[to % ids.length]}`)?.focus();
  };
  return html`<div class="tabs" role="tablist" aria-label=${t("console.shelf")} onKeyDown=${key}>${ids.map((id) => html`
    <button role="tab" key=${id} id=${`tab-${id}`} aria-selected=${String(id === open)} aria-controls=${`spot-${id}`}
      tabIndex=${id === open ? 0 : -1} onClick=${() => go(id)}>${t(`console.tab.${id}`)}</button>`)}</div>`;
}

/**
 * The panels by their names, each kept as it is wherever it goes. While a case is played, what is
 * used seldom lies behind tabs; before, everything stands open, and one reads on below.
 * @param {{panels: Record<string, any>, begun: boolean, title: any}} given
 */
export function Shelf({ panels, begun, title }) {
  const isWide = useIsWide();
  const [chosen, choose] = useState(localStorage.getItem(CHOSEN) ?? "");
  const shelved = begun ? PLAYED.filter((id) => !OPEN[isWide ? "wide" : "narrow"].includes(id)) : [];
  const open = [chosen, ...ON_TOP].find((id) => shelved.includes(id)) ?? "";
  const go = (/** @type {string} */ id) => {
    localStorage.setItem(CHOSEN, id);
    choose(id);
  };
  const order = begun ? [...PLAYED.filter((id) => !shelved.includes(id)), ...shelved] : BEFORE;
  const spots = order.map((id) => (shelved.includes(id)
    ? html`<div class="spot shelved" data-spot=${id} key=${id} id=${`spot-${id}`} role="tabpanel" aria-labelledby=${`tab-${id}`}
        hidden=${id !== open}>${panels[id]}</div>`
    : html`<div class="spot" data-spot=${id} key=${id} id=${`spot-${id}`}>${panels[id]}</div>`));
  if (begun) spots.splice(PLAYED.length - shelved.length, 0, html`<${Tabs} key="tabs" ids=${shelved} open=${open} go=${go} />`);
  return html`<main class="console" data-stage=${begun ? "played" : "before"}>${title}${spots}</main>`;
}
