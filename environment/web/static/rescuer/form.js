// @ts-check
/** The emergency form: what happened, what was seen; each field is one tap. */
import { called, word } from "/static/app/names.js";
import { get } from "/static/app/store.js";
import { Tile } from "/static/tablet/parts.js";
import { t } from "/static/app/text.js";
import { html, useEffect, useState } from "/static/app/ui.js";

const FLAGS = ["entrapment", "is_car_accident"];
const NUMBERS = [1, 2, 3, 4, 5];

/** What the fields of a twin may hold, as its model says. @returns {Record<string, any>} */
function useModel(/** @type {string} */ kind) {
  const [told, tell] = useState(/** @type {any} */ ({}));
  useEffect(() => {
    fetch(`/models/${kind}`, { headers: { Accept: "application/vnd.traumatwin.model+json" } })
      .then((r) => r.json()).then((m) => tell(m.properties)).catch(() => {});
  }, [kind]);
  return told;
}

/** Fill in the form. */
export function Form(/** @type {any} */ { store, outbox, why, preh, events }) {
  const model = useModel("preh");
  const against = why(preh, "record");
  const at = (/** @type {string} */ name) => store.value(preh, name);
  const put = (/** @type {string} */ member, /** @type {any} */ value, /** @type {string} */ text) => {
    const before = at(member);
    outbox.put(preh, "record", { member, value }, { text,
      undo: before === null ? null : { twin: preh, operation: "record", given: { member, value: before } } });
  };
  // what the caller said; the form's own fields go before it
  const call = events.find((/** @type {any} */ e) => e.name === "call_taken" && e.value.process === preh)?.value;
  const place = [...(store.twins.get(preh)?.links.get("locatedIn") ?? [])][0] ?? call?.place ?? "";
  const where = at("address") ?? [place && called(store, place), place && store.value(place, "address")].filter(Boolean).join(", ");
  const code = at("dispatch_code") ?? call?.code ?? null;
  const signs = at("sign") ?? [];
  const tick = (/** @type {string} */ sign) => {
    const on = !signs.includes(sign);
    const value = on ? [...signs, sign] : signs.filter((/** @type {string} */ s) => s !== sign);
    const text = `${word("sign", sign)}: ${t(on ? "yes" : "no")}`;
    outbox.put(preh, "record", { member: "sign", value }, { text,
      undo: { twin: preh, operation: "record", given: { member: "sign", value: signs } } });
  };
  return html`<div class="grid">
    <dl class="atmist"><dt>${t("form.dynamic")}</dt><dd>${at("dynamic") ?? (call?.dynamic || "–")}</dd>
      <dt>${t("form.address")}</dt><dd>${where || "–"}</dd>
      <dt>${t("form.code")}</dt><dd>${code === null ? "–" : word("code", code)}</dd></dl>
    <div class="row choices" role="group" aria-label=${t("form.mechanism")}><span>${t("form.mechanism")}</span>
      ${(model.mechanism?.choices ?? []).map((/** @type {string} */ m) => html`<button key=${m} disabled=${Boolean(against)}
        aria-pressed=${String(at("mechanism") === m)}
        onClick=${() => put("mechanism", m, word("mechanism", m))}>${word("mechanism", m)}</button>`)}</div>
    <div class="row choices" role="group" aria-label=${t("form.hurt")}><span>${t("form.hurt")}</span>${NUMBERS.map((n) => html`
      <button key=${n} aria-pressed=${String(at("patients_number") === n)} disabled=${Boolean(against)}
        onClick=${() => put("patients_number", n, `${t("form.hurt")}: ${n}`)}>${n}</button>`)}</div>
    <div class="tiles" role="group" aria-label=${t("form.signs")}>
      ${FLAGS.map((f) => html`<${Tile} key=${f} label=${word("sign", f)} pressed=${at(f) === true} why=${against}
        onTap=${() => put(f, at(f) !== true, `${word("sign", f)}: ${t(at(f) === true ? "no" : "yes")}`)} />`)}
      ${(model.sign?.choices ?? []).map((/** @type {string} */ s) => html`<${Tile} key=${s} label=${word("sign", s)}
        pressed=${signs.includes(s)} why=${against} onTap=${() => tick(s)} />`)}</div>
    ${against && html`<p class="dim">${against}</p>`}
  </div>`;
}
