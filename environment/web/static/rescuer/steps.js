// @ts-check
/** The way there and back: the next step on one large button, corrections with a reason. */
import { NEARLY_S, crewArrives, isAtDoor, reachedAt } from "/static/app/arrival.js";
import { called, word } from "/static/app/names.js";
import { restsText } from "/static/tablet/guards.js";
import { Tile } from "/static/tablet/parts.js";
import { t } from "/static/app/text.js";
import { clockText, html } from "/static/app/ui.js";

const NEXT = { dispatched: "en_route", en_route: "on_scene", on_scene: "assessed", assessed: "transporting" };
const BEFORE = { en_route: "dispatched", on_scene: "en_route", assessed: "on_scene", transporting: "assessed" };
const TIME_OF = { en_route: "crew_departure_s", on_scene: "arrival_onsite_s", transporting: "departure_onsite_s", handed_over: "arrival_er_s" };
const TIMES = ["call_at_s", "crew_departure_s", "arrival_onsite_s", "at_patient_s", "departure_onsite_s", "arrival_er_s"];

/** Steps, the vehicle, the monitor, the times so far. */
export function Steps(/** @type {any} */ { store, outbox, why, preh, vehicle, monitor, open }) {
  const phase = /** @type {"dispatched"} */ (store.twins.get(preh)?.phase ?? "");
  const next = NEXT[phase];
  const place = [...(store.twins.get(preh)?.links.get("locatedIn") ?? [])][0] ?? "accident_place";
  const advance = () => {
    const given = { to: next, ...(next === "on_scene" ? { place } : {}) };
    outbox.put(preh, "advance", given, { text: word("phase", next),
      undo: { twin: preh, operation: "correct", given: { to: phase, reason: t("act.undo") } } });
    // The crew sets out: its vehicle drives too, where it does not already.
    const to = { en_route: place, transporting: "hospital" }[next];
    if (to && vehicle && store.value(vehicle, "destination") !== to && !why(vehicle, "drive")) {
      outbox.put(vehicle, "drive", { destination: to }, { text: t("steps.drive", { place: called(store, to) }), now: true });
    }
  };
  const drives = next === "on_scene" && vehicle && crewArrives(store, vehicle).left > NEARLY_S;
  const against = why(preh, "advance") || (drives ? t("guard.crew_is_there") : "");
  const reached = store.value(preh, "at_patient_s") !== null;
  const attached = monitor && store.value(monitor, "attached") === true;
  // A step that was taken back has no time until it is taken again.
  const undone = (store.value(preh, "corrected") ?? []).map((/** @type {string} */ step) => TIME_OF[/** @type {"on_scene"} */ (step)]);
  const before = BEFORE[/** @type {"en_route"} */ (/** @type {string} */ (phase))];
  return html`<div class="grid">
    ${isAtDoor(store) && html`<button class="main big" onClick=${() => open("handover")}>${t("handover.hand_over")}</button>`}
    ${next && html`<button class="main big" disabled=${Boolean(against)} onClick=${advance}>${t(`steps.${next}`)}</button>
      ${against && html`<small>${against}</small>`}`}
    <div class="tiles" role="group" aria-label=${t("steps.more")}>
      <${Tile} label=${t("steps.reach_patient")} pressed=${reached} said=${reached} why=${restsText(store) || (reached ? "" : why(preh, "reach_patient"))}
        onTap=${() => reached || outbox.put(preh, "reach_patient", {}, { text: t("steps.reach_patient"), now: true })} />
      ${monitor && html`<${Tile} label=${t(attached ? "steps.is_on" : "steps.attach")} note=${attached ? t("steps.take_off") : ""} pressed=${attached} said=${false}
        why=${why(monitor, attached ? "detach" : "attach") || (attached ? "" : why(store.here.patient, "perform"))} onTap=${() => (attached
          ? outbox.put(monitor, "detach", {}, { text: t("steps.detach"), undo: { twin: monitor, operation: "attach", given: { patient: store.here.patient } } })
          : outbox.put(monitor, "attach", { patient: store.here.patient }, { text: t("steps.attach"), undo: { twin: monitor, operation: "detach", given: {} } }))} />`}
      ${before && html`<${Tile} label=${t("steps.correct", { phase: word("phase", before) })} why=${why(preh, "correct")}
        onTap=${() => outbox.put(preh, "correct", { to: before, reason: t("steps.wrong") }, { text: t("steps.correct", { phase: word("phase", before) }) })} />`}
    </div>
    <dl class="atmist" aria-label=${t("steps.times")}>${TIMES.map((name) => {
      const said = undone.includes(name) ? null : store.value(preh, name);
      // the vehicle knows when it came, whether or not somebody has said so
      const at = name === "arrival_er_s" ? reachedAt(store) ?? said : said;
      return [html`<dt key=${`t${name}`}>${t(`time.${name}`)}</dt>`, html`<dd key=${name}>${at === null ? "–" : clockText(at)}</dd>`];
    })}</dl></div>`;
}
