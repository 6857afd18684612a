// @ts-check
/** Why an assistant says something: from the readings to the words, one step a line. */
import { get } from "/static/app/store.js";
import { t } from "/static/app/text.js";
import { clockText, html, useEffect, useState } from "/static/app/ui.js";
import { stepsOf } from "/static/tablet/reasons.js";

/** The last time that a display said this, in the journal. @returns {Promise<any>} */
async function lastSaid(
  /** @type {string} */ display, /** @type {string[]} */ names, /** @type {(v: any) => boolean} */ fits,
) {
  let found = null;
  for (const name of names) {
    let address = `/twins/display/${display}/history?kinds=event&name=${name}&limit=100`;
    while (address) {
      const { body } = await get(address);
      for (const change of body.changes) {
        if (fits(change.value) && (found === null || change.seq > found.seq)) found = change;
      }
      address = body.next ?? "";
    }
  }
  return found;
}

/** The chain of reasons of an alert or a suggestion; `stands`: what stands on the card already. */
export function Why(/** @type {any} */ { store, display, rule, suggestion, stands = "" }) {
  const [steps, tell] = useState(/** @type {any} */ (null));
  useEffect(() => {
    const read = async () => {
      const said = rule
        ? await lastSaid(display, ["alert_raised", "alert_changed"], (v) => v.rule === rule)
        : await lastSaid(display, ["suggested"], (v) => v.name === suggestion);
      if (said === null) return tell([]);
      const { body } = await get(`/twins/display/${display}/why/${said.seq}`);
      const told = stepsOf(store, body.chain).filter((step) => step.text !== stands);
      if (body.hidden > 0) told.push({ at: said.effective, literal: [], text: body.hidden === 1 ? t("why.hidden_one") : t("why.hidden", { n: body.hidden }) });
      return tell(told);
    };
    read().catch(() => tell([]));
  }, [display, rule, suggestion]);
  if (steps === null) return html`<p class="why dim">${t("why.reading")}</p>`;
  if (steps.length === 0) return html`<p class="why dim">${t("why.unknown")}</p>`;
  return html`<ol class="why" tabIndex="0" aria-label=${t("why.chain")}>${steps.map((/** @type {any} */ s) => html`
    <li><small>${clockText(s.at)}</small> ${s.text}${s.literal.length > 0 && html`
      <details><summary>${t("why.plan_text")}</summary><code>${s.literal.join("\n")}</code></details>`}</li>`)}</ol>`;
}
