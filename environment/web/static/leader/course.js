// @ts-check
/** The course: phases, rooms, where the patient goes next, the end. */
import { hasComeUnsaid, isHandedOver, isStillComing } from "/static/app/arrival.js";
import { called, word } from "/static/app/names.js";
import { restsText } from "/static/tablet/guards.js";
import { Tile, forAll } from "/static/tablet/parts.js";
import { t } from "/static/app/text.js";
import { clockText, html, useEffect, useState } from "/static/app/ui.js";

const ENDS = ["icu", "ward", "sub_intensive", "transfer", "mortuary"];
/** Where a case goes on that was finished in error, by the type of the room: as the Trauma twin has it. */
const PHASE_OF_TYPE = { ct: "diagnostics", angiography: "operating", theatre: "operating" };
const STEPS = { pre_alerted: "activated", activated: "delivered" };

/**
 * What watches the patient: on and off are two buttons, each says what shall be. Whoever finds it so
 * already, because another was faster, changes nothing.
 */
function Monitors(/** @type {any} */ { store, outbox, why }) {
  const patient = store.here.patient;
  const monitors = store.ofKind("monitor").map((/** @type {any} */ m) => m.id);
  const hands = why(patient, "perform");
  const given = { attach: { patient }, detach: {} };
  const side = (/** @type {string} */ id, /** @type {"attach" | "detach"} */ wanted) => {
    const is = (store.value(id, "attached") === true) === (wanted === "attach");
    const text = t(`course.${wanted}`, { monitor: called(store, id) });
    const back = wanted === "attach" ? "detach" : "attach";
    const against = restsText(store) || (is ? "" : why(id, wanted) || (wanted === "attach" ? hands : ""));
    const put = () => (is ? outbox.say(text) : outbox.put(id, wanted, given[wanted],
      { text, undo: { twin: id, operation: back, given: given[/** @type {"attach"} */ (back)] } }));
    return html`<button aria-label=${text} aria-pressed=${String(is)} disabled=${Boolean(against)}
      title=${against || undefined} onClick=${put}>${t(`course.${wanted}_short`)}</button>`;
  };
  const note = (/** @type {string} */ id) => {
    const on = store.value(id, "attached") === true;
    const against = why(id, on ? "detach" : "attach") || (on ? "" : hands);
    return against && !forAll(against) && !restsText(store) ? against : t(on ? "course.monitor_on" : "course.monitor_off");
  };
  return html`<h2>${t("course.monitors")}</h2>${forAll(hands) && !restsText(store) && html`<p class="dim">${hands}</p>`}
    <div class="fast" role="group" aria-label=${t("course.monitors")}>${monitors.map((/** @type {string} */ id) => html`
      <div class="row monitor" key=${id}><span>${called(store, id)} <small>${note(id)}</small></span>
        ${side(id, "attach")}${side(id, "detach")}</div>`)}</div>`;
}

/** Take the next step, or take it back. */
const step = (/** @type {any} */ { store, outbox, trauma }, /** @type {string} */ to) => outbox.put(trauma, "advance", { to }, {
  text: t(`course.step.${to}`),
  undo: { twin: trauma, operation: "correct", given: { to: store.twins.get(trauma)?.phase, reason: t("act.undo") } } });

/** Above everything: the patient is here, and the team has to say so before it can do anything. */
export function Arrived(/** @type {any} */ given) {
  const { store, why, trauma } = given;
  return html`<div class="arrived" role="group" aria-label=${t("course.step.delivered")}>
    <p>${t(isHandedOver(store) ? "course.handed_over_how" : "course.arrived_how")}</p>
    <button class="main big" disabled=${Boolean(why(trauma, "advance"))} onClick=${() => step(given, "delivered")}>${t("course.step.delivered")}</button></div>`;
}

/** Move the patient, note the next destination, finish. */
export function Course(/** @type {any} */ { store, outbox, why, trauma }) {
  const [ending, end] = useState("");
  useEffect(() => { // what is asked next is seen
    if (ending) document.getElementById("confirm-end")?.scrollIntoView({ block: "nearest" });
  }, [ending]);
  const process = store.twins.get(trauma);
  const now = store.value(trauma, "room");
  const stays = store.value(trauma, "stay") ?? {};
  const rooms = store.ofKind("room").map((/** @type {any} */ r) => r.id);
  // who stands at the door has arrived: that is said above all pages
  const next = hasComeUnsaid(store) ? "" : STEPS[/** @type {"activated"} */ (process?.phase)];
  const against = why(trauma, "advance") || (next === "delivered" && isStillComing(store) ? t("guard.patient_has_come") : "");
  const move = (/** @type {string} */ room) => outbox.put(trauma, "move", { room }, {
    text: t("report.room_in", { room: called(store, room) }),
    now: true, undo: now ? { twin: trauma, operation: "move", given: { room: now } } : null });
  const finish = () => {
    outbox.put(trauma, "finish", { destination: ending }, { text: t("course.finished", { where: word("end", ending) }) });
    end("");
  };
  return html`<div class="grid">
    ${next && html`<button class="main big" disabled=${Boolean(against)}
      onClick=${() => step({ store, outbox, trauma }, next)}>
      ${t(`course.step.${next}`)}</button>${against && html`<small>${against}</small>`}`}
    <h2>${t("course.rooms_now")}</h2><p class="dim">${t("course.rooms_how")}</p>${why(trauma, "move") && !forAll(why(trauma, "move")) && html`<p class="dim">${why(trauma, "move")}</p>`}
    <div class="tiles" role="group" aria-label=${t("course.rooms")}>${rooms.map((/** @type {string} */ room) => html`
      <${Tile} key=${room} label=${called(store, room)} pressed=${room === now}
        tone=${room !== now && store.value(room, "patient") === store.here.patient ? "had" : ""} said=${true} why=${room === now ? "" : why(trauma, "move")} onTap=${() => room !== now && move(room)}
        note=${stays[room] ? t("course.stay", { age: clockText((stays[room].out_s ?? store.now()) - stays[room].in_s) })
          : store.value(room, "patient") === store.here.patient ? t("course.brought")
          : word("status", store.value(room, "status") ?? "free")} />`)}</div>
    <${Monitors} store=${store} outbox=${outbox} why=${why} />
    <h2>${t("course.next")}</h2><p class="dim">${t("course.next_how")}</p>
    <div class="row choices" role="group" aria-label=${t("course.next")}>${rooms.map((/** @type {string} */ room) => html`
      <button key=${room} aria-pressed=${String(store.value(trauma, "destination") === room)}
        disabled=${Boolean(why(trauma, "set_destination"))}
        onClick=${() => outbox.put(trauma, "set_destination", { destination: room },
          { text: t("course.goes_next", { room: called(store, room) }) })}>${called(store, room)}</button>`)}</div>
    <h2>${t("course.finish")}</h2>
    <div class="row choices" role="group" aria-label=${t("course.finish")}>${ENDS.map((e) => html`
      <button key=${e} aria-pressed=${String((ending || store.value(trauma, "final_destination")) === e)}
        disabled=${Boolean(why(trauma, "finish"))} onClick=${() => end(e)}>${word("end", e)}</button>`)}</div>
    ${ending && html`<button class="main big" id="confirm-end" disabled=${Boolean(why(trauma, "finish"))} onClick=${finish}>${t("course.confirm", { where: word("end", ending) })}</button>`}
    ${store.finished && !store.over && html`<button class="big" disabled=${Boolean(why(trauma, "correct"))}
      onClick=${() => outbox.put(trauma, "correct", { to: PHASE_OF_TYPE[/** @type {"ct"} */ (store.value(now, "type"))] ?? "shock_room", reason: t("course.reopen") },
        { text: t("course.reopen") })}>${t("course.reopen")}</button>`}
  </div>`;
}
