// @ts-check
/** Links by which people come in: each works once; made by the instructor only. */
import { html, useState } from "/static/app/ui.js";
import { t } from "/static/app/text.js";

/** The parts of a session: the name of each, and its page. */
export const PARTS = {
  console: "/console",
  leader: "/leader",
  rescuer: "/rescuer",
  shock_room: "/shock-room",
  monitor: "/monitor",
  debrief: "/debrief",
  mind: "/mind",
  twins: "/browse",
};

/** Ask for a new link. @returns {Promise<{href: string, qr: {size: number, path: string}}>} */
export async function newLink(/** @type {string} */ part, person = "") {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  const response = await fetch("/links", { method: "POST", headers, body: JSON.stringify({ part, person }) });
  const told = await response.json();
  if (!response.ok) throw new Error(told.detail ?? told.title);
  return told;
}

/** A code for a camera. */
export function Qr(/** @type {any} */ { qr, label }) {
  const box = `0 0 ${qr.size} ${qr.size}`;
  return html`<svg class="qr" viewBox=${box} role="img" aria-label=${label}
    shape-rendering="crispEdges"><path d=${qr.path} /></svg>`;
}

/** A button that makes a link for a part, perhaps for one of the cast, and what it made. */
export function LinkMaker(/** @type {{part: string, person?: string, name?: string}} */ { part, person = "", name = t(`page.${part}`) }) {
  const [made, setMade] = useState(null);
  const [wrong, setWrong] = useState("");
  const make = () => newLink(part, person).then(
    (link) => { setMade(link); setWrong(""); },
    (error) => setWrong(String(error.message)),
  );
  return html`<button onClick=${make} aria-label=${`${t("start.link")}: ${name}`}>
      ${made ? t("start.link.another") : t("start.link")}</button>
    ${wrong && html`<small role="alert">${wrong}</small>`}
    ${made && html`<${Qr} qr=${made.qr} label=${t("start.qr", { name })} />
      <code>${made.href}</code><small>${t("start.once")}</small>`}`;
}
