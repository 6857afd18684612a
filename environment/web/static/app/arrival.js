// @ts-check
/** When the patient comes, as the vehicle that brings him says it now. */

/** Seconds before its arrival in which a vehicle counts as there, as its twin judges it. */
export const NEARLY_S = 30;
/** Phases in which the team waits for the patient. */
const AWAITED = ["pre_alerted", "activated"];

/**
 * When the vehicle that brings the patient came to where it goes, as it says itself: at a place that it
 * reached after it had left the scene. Null before. @returns {number | null}
 */
export function reachedAt(/** @type {any} */ store) {
  const preh = store.only("preh");
  const left = preh ? store.value(preh.id, "departure_onsite_s") : null;
  if (left === null) return null;
  const come = store.ofKind("vehicle").map((/** @type {any} */ v) => {
    const place = v.values.get("place");
    const isThere = store.value(v.id, "status") !== "driving" && place?.value === store.value(v.id, "destination") && place?.effective > left;
    return isThere ? place.effective : null;
  });
  return come.find((/** @type {number | null} */ at) => at !== null) ?? null;
}

/** The vehicle has come, and its crew has not handed over: its own word, ahead of the process. */
export function isAtDoor(/** @type {any} */ store) {
  return store.only("preh")?.phase === "transporting" && reachedAt(store) !== null;
}

/** The crew has handed the patient over. */
export function isHandedOver(/** @type {any} */ store) {
  const preh = store.only("preh");
  return ["handed_over", "closed"].includes(preh?.phase ?? "") && store.value(preh.id, "arrival_er_s") !== null;
}

/** The patient is in hospital, but nobody of the team has said so. */
export function hasComeUnsaid(/** @type {any} */ store) {
  const isAwaited = AWAITED.includes(store.only("trauma")?.phase ?? "");
  return isAwaited && (isAtDoor(store) || isHandedOver(store));
}

/** The vehicle that brings the patient is elsewhere, as it says itself: nobody can say that he is in. */
export function isStillComing(/** @type {any} */ store) {
  const preh = store.only("preh");
  return [...(preh?.links.get("carriedBy") ?? [])].some((vehicle) => {
    const eta = store.value(vehicle, "eta_s");
    if (store.value(vehicle, "status") === "driving") return eta !== null && eta > store.now() + NEARLY_S;
    return preh.links.get("locatedIn")?.has(store.value(vehicle, "place")) ?? false;
  });
}

/** When the patient came, as the team says; null before, and once that was taken back. @returns {number | null} */
export function arrivedAt(/** @type {any} */ store) {
  const trauma = store.only("trauma");
  return !trauma || AWAITED.includes(trauma.phase) ? null : store.value(trauma.id, "arrived_s");
}

/** Seconds until the patient comes: of the vehicle that carries him, once it is on its way here. */
export function arrivesIn(/** @type {any} */ store) {
  if (store.only("preh")?.phase !== "transporting") return null;
  const vehicles = store.ofKind("vehicle");
  const carries = (/** @type {any} */ v) => v.links.get("carries")?.has(store.here.patient);
  const comes = (/** @type {any} */ v) => store.value(v.id, "status") === "driving" &&
    store.twins.get(store.value(v.id, "destination"))?.kind !== "place"; // not still on its way out
  const vehicle = vehicles.find(carries) ?? vehicles.find(comes);
  const eta = vehicle ? store.value(vehicle.id, "eta_s") : null;
  return eta === null ? null : Math.max(0, eta - store.now());
}

/**
 * Seconds until a crew is where its vehicle drives, 0 when it does not; `outward`: to the scene, else
 * to the hospital. The vehicle knows before the process is told, so it goes first.
 */
export function crewArrives(/** @type {any} */ store, /** @type {string} */ vehicle) {
  const drives = store.value(vehicle, "status") === "driving";
  const outward = store.twins.get(store.value(vehicle, "destination"))?.kind === "place";
  const eta = drives ? store.value(vehicle, "eta_s") : null;
  return { outward, left: eta === null ? 0 : Math.max(0, eta - store.now()) };
}
