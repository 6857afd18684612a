// @ts-check
/** Messages between agents as a ladder: a line for each agent, an arrow for each message. */
import { useWidth } from "/static/app/width.js";
import { word } from "/static/app/names.js";
import { t } from "/static/app/text.js";
import { clockText, html } from "/static/app/ui.js";

const LAST = 30;
const ROW = 34;
const HEAD = 40;
const LEFT = 70;

/** The panel. */
export function Messages(/** @type {any} */ { sent, names }) {
  const [width, hold] = useWidth();
  const rows = sent.slice(-LAST);
  const at = (/** @type {string} */ name) => LEFT + 60 + (Math.max(0, names.indexOf(name)) * (width - LEFT - 120)) / Math.max(1, names.length - 1);
  const height = HEAD + rows.length * ROW + 10;
  return html`<section class="panel" aria-label=${t("mind.messages")}><h2>${t("mind.messages")}</h2>
    ${rows.length === 0 && html`<p class="dim">${t("mind.silent")}</p>`}
    <div class="ladder" ref=${hold} tabindex="0" role="region" aria-label=${t("mind.ladder")}><svg width=${width} height=${height} role="list" aria-label=${t("mind.messages")}>
      ${names.map((/** @type {string} */ n) => html`<g aria-hidden="true"><text class="head" x=${at(n)} y="16">${word("twin", n)}</text>
        <line class="life" x1=${at(n)} x2=${at(n)} y1="24" y2=${height} /></g>`)}
      ${rows.map((/** @type {any} */ c, /** @type {number} */ n) => {
        const [from, to, y] = [at(c.by), at(c.value.to), HEAD + n * ROW + 18];
        const tip = to > from ? -8 : 8;
        const text = `${c.value.performative} ${c.value.content}`;
        const whole = `${clockText(c.effective)} ${c.by} → ${c.value.to}: ${text}`;
        const room = Math.max(12, Math.floor(Math.abs(to - from) / 7));
        return html`<g role="listitem" aria-label=${whole} data-message=${c.seq}><title>${whole}</title>
          <text class="when" x="4" y=${y + 4}>${clockText(c.effective)}</text>
          <text class="said" x=${(from + to) / 2} y=${y - 6}>${text.length > room ? `${text.slice(0, room - 1)}…` : text}</text>
          <line class="arrow" x1=${from} x2=${to} y1=${y} y2=${y} />
          <path class="tip" d="M${to} ${y}l${tip} -5v10z" /></g>`;
      })}</svg></div></section>`;
}
