// @ts-check
/** When the patient comes, as the vehicle that brings him says it now. */

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
