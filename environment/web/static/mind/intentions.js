// @ts-check
/** What a mind is at now, and what it did last: each as a tree from the event down to the step. */
import { t } from "/static/app/text.js";
import { clockText, html } from "/static/app/ui.js";

/** Decisions shown. */
const LAST = 25;
/** What an event says, without where it comes from. */
const bare = (/** @type {string} */ text) => text.replace(/\[(?:at|source|twin|quality)\(.*$/, "");

/** Frames from the outermost plan to the step, one inside the other. */
function Frames(/** @type {any} */ { frames, choose }) {
  const [frame, ...inner] = frames;
  return html`<ul class="frames"><li><button class="quiet text" onClick=${() => choose(frame)}>
      <b>${frame.plan}</b> <small>${bare(frame.trigger)}</small></button>
    ${frame.next && html`<code>${frame.next}</code>`}
    ${inner.length > 0 && html`<${Frames} frames=${inner} choose=${choose} />`}</li></ul>`;
}

/** The panel. */
export function Intentions(/** @type {any} */ { intentions, decided, choose }) {
  return html`<section class="panel" aria-label=${t("mind.intentions")}><h2>${t("mind.intentions")}</h2>
    ${intentions === null ? html`<p class="dim">${t("mind.elsewhere")}</p>`
      : intentions.length === 0 ? html`<p class="dim">${t("mind.idle")}</p>`
        : intentions.map((/** @type {any} */ one) => html`<div data-intention=${one.id}>
          <span class="flag">${t(`mind.${one.state}`)}</span> ${one.reason}
          <${Frames} frames=${one.frames} choose=${choose} /></div>`)}
    <h3>${t("mind.decided")}</h3>
    <div class="tall" tabindex="0" role="region" aria-label=${t("mind.decided")}><ul class="plain">
      ${decided.slice(-LAST).reverse().map((/** @type {any} */ c) => html`<li key=${c.seq} data-decided=${c.value.plan}>
        <button class="quiet text" onClick=${() => choose(c.value, c)}><small>${clockText(c.effective)}</small>
          ${c.name === "failed" ? html` <b class="bad">${t("mind.failed")}</b> ${c.value.message}` : html` <b>${c.value.act}</b>`}</button>
        ${c.value.stack && html`<${Frames} frames=${[...c.value.stack].reverse()} choose=${(/** @type {any} */ f) => choose(f, c)} />`}</li>`)}
    </ul></div></section>`;
}
