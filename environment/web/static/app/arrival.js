// @ts-check
/** When the patient comes, as the vehicle that brings him says it now. */

/**
 * The vehicle has come, and nobody has said yet that the patient is in: its own word, ahead of the
 * process. It stands at a place that it reached after it had left the scene.
 */
export function isAtDoor(/** @type {any} */ store) {
  const preh = store.only("preh");
  const left = preh ? store.value(preh.id, "departure_onsite_s") : null;
  if (preh?.phase !== "transporting" || left === null) return false;
  return store.ofKind("vehicle").some((/** @type {any} */ v) => {
    const place = v.values.get("place");
    return store.value(v.id, "status") !== "driving" && place?.value === store.value(v.id, "destination") && place?.effective > left;
  });
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
