// @ts-check
/** Why a twin says no, in words: of an answer, or of what stands against an operation. */
import { word } from "/static/app/names.js";
import { has, inWords, t } from "/static/app/text.js";

/** Phases in the order of a case: of two of them, which comes first. */
const COURSE = ["called", "dispatched", "en_route", "on_scene", "assessed", "transporting", "handed_over",
  "pre_alerted", "activated", "delivered", "shock_room", "diagnostics", "operating", "ready_for_hospitalisation", "closed"];

/** The names among some words of the program that are one of these. */
const namesIn = (/** @type {any} */ text, /** @type {(name: string) => boolean} */ fits) =>
  (`${text}`.match(/[a-z][a-z0-9_]*/g) ?? []).filter(fits);
const isPhase = (/** @type {string} */ name) => COURSE.includes(name);
const listed = (/** @type {string} */ group, /** @type {string[]} */ names) => names.map((name) => word(group, name)).join(", ");

/** By guard: its sentence, where more is to be said than its text holds. @type {Record<string, (told: any) => string>} */
const SAID = {
  // Most often it is only too early, or too late; else what it needs is said.
  phase_allows: ({ expected, found }) => {
    const [needed, [now]] = [namesIn(expected, isPhase), namesIn(found, isPhase)];
    const at = needed.map((phase) => COURSE.indexOf(phase));
    if (COURSE.indexOf(now) < Math.min(...at)) return t("guard.phase_too_early", { first: word("phase", needed[0]) });
    if (COURSE.indexOf(now) > Math.max(...at)) return t("guard.phase_too_late", { now: word("phase", now) });
    return t("guard.phase_allows", { expected: listed("phase", needed) });
  },
  step_is_allowed: ({ expected }) => t("guard.step_is_allowed",
    { expected: listed("phase", namesIn(`${expected}`.replace(/^[^(]*/, ""), isPhase)) || "–" }),
  role_is_allowed: ({ expected }) => t("guard.role_is_allowed",
    { expected: listed("job", namesIn(expected, (name) => has(`job.${name}`))) }),
  within_rights: ({ expected, found }) => (/ in phase /.test(expected)
    ? t("guard.phase_too_late", { now: word("phase", `${expected}`.replace(/^.* in phase /, "")) })
    : t("guard.within_rights", { found: listed("job", namesIn(found, (name) => has(`job.${name}`))) })),
  hands_reach: ({ expected }) => t(/scene/.test(expected) ? "guard.hands_reach_scene" : "guard.hands_reach_hospital"),
  status_fits: ({ found }) => t("guard.status_fits", { found: word("status", `${found}`.replace(/^status /, "")) }),
  mtp_fits: ({ found }) => t(`${found}`.endsWith("True") ? "guard.mtp_runs" : "guard.mtp_does_not_run"),
};

/** A refusal in words. */
export function refusal(/** @type {any} */ told) {
  const { guard, expected, found } = told;
  if (guard in SAID) return SAID[guard](told);
  if (has(`guard.${guard}`)) return t(`guard.${guard}`);
  if (guard) return t("guard.other", { expected: inWords(`${expected}`), found: inWords(`${found}`) });
  const wrong = told.validationErrors?.map((/** @type {any} */ e) => `${e.field} ${e.description}`);
  return wrong?.join("; ") ?? told.detail ?? told.title ?? t("act.failed");
}
