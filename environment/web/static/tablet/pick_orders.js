// @ts-check
/** Orders that are open: carried out by one tap, or taken back with a reason. */
import { amountText, site } from "/static/app/names.js";
import { labelOf } from "/static/tablet/parts.js";
import { t } from "/static/app/text.js";
import { ageText, html } from "/static/app/ui.js";

/** What has been ordered of a kind (`drug`, `procedure`, `diagnostic`) and not yet done. */
export function Orders(/** @type {any} */ { store, outbox, why, trauma, kind, against, carryOut }) {
  const sites = store.value(trauma, "order_site") ?? {};
  const open = Object.entries(store.value(trauma, "order") ?? {}).map(([key, o]) => ({ key, site: sites[key] ?? "", .../** @type {any} */ (o) }))
    .filter((o) => o.status === "open" && o.kind === kind);
  if (open.length === 0) return null;
  // Whoever is simulated carries out what is ordered: nobody has to press for that.
  const isTaken = Object.values(store.value("session", "people") ?? {}).some((/** @type {any} */ p) => p.simulated && p.role === "team_member");
  const cancel = (/** @type {any} */ o) => outbox.put(trauma, "cancel_order",
    { order: o.key, reason: t("order.cancelled") }, { text: t("order.cancel_one", { what: labelOf(store.here, o.what) }) });
  return html`<div class="grid" role="group" aria-label=${t("order.open")}>${open.map((o) => {
    const what = `${labelOf(store.here, o.what)}${o.site ? ` · ${site(o.site)}` : ""}${o.unit ? ` ${amountText(o.amount, o.unit)}` : ""}`;
    return html`<div class="panel running" key=${o.key} role="group" aria-label=${what}>
      <span><b>${what}</b> <small>${t("order.since", { age: ageText(store.now() - o.at_s) })}${isTaken && ` · ${t("order.taken")}`}</small></span>
      ${carryOut && html`<button class=${isTaken ? "" : "main"} disabled=${Boolean(against)} title=${against || undefined} onClick=${() => carryOut(o)}>${t(isTaken ? "order.done_self" : "order.done")}</button>`}
      <button disabled=${Boolean(why(trauma, "cancel_order"))} onClick=${() => cancel(o)}>${t("order.cancel")}</button></div>`;
  })}</div>`;
}
