// @ts-check
/** The minds: what an agent believes and intends, at which line it is, and why, or why not. */
import { Beliefs } from "/static/mind/beliefs.js";
import { Feed } from "/static/mind/feed.js";
import { Intentions } from "/static/mind/intentions.js";
import { Messages } from "/static/mind/messages.js";
import { PlanText, Reasons } from "/static/mind/plan.js";
import { loadNames, word } from "/static/app/names.js";
import { get } from "/static/app/store.js";
import { t } from "/static/app/text.js";
import { html, mount, useEffect, useState, useStore } from "/static/app/ui.js";

/** A mind is looked into again when something has happened, at most this often, milliseconds. */
const EVERY_MS = 2000;
/** @type {Feed | null} */
let feed = null;

/** What a mind shows now; null where it does not think in this process, or may not be looked into. */
function useSeen(/** @type {any} */ store, /** @type {string} */ mind) {
  const [seen, tell] = useState(/** @type {any} */ (null));
  useEffect(() => {
    let [last, head, is] = [0, -1, true];
    const look = () => {
      if (performance.now() - last < EVERY_MS || store.head === head) return;
      [last, head] = [performance.now(), store.head];
      get(`/minds/${mind}`).then((r) => is && tell(r.body)).catch((e) => {
        if (is) tell({ wrong: String(e.message).slice(-3) });
        end();
      });
    };
    const end = store.watch(look);
    look();
    return () => { is = false; end(); };
  }, [mind]);
  return seen;
}

const asked = (/** @type {string} */ mind, /** @type {string} */ part, /** @type {string} */ of) =>
  get(`/minds/${mind}?part=${part}&of=${encodeURIComponent(of)}`).then((r) => r.body);

function Mind(/** @type {any} */ { store, mind, names }) {
  const seen = useSeen(store, mind);
  const [texts, know] = useState(/** @type {any} */ (null));
  const [place, go] = useState(/** @type {any} */ (null));
  const [belief, believe] = useState("");
  const [decision, decide] = useState(/** @type {any} */ (null));
  const [why, explain] = useState(/** @type {any} */ (null));
  const [plan, pick] = useState("");
  const [whyNot, answer] = useState("");
  useEffect(() => { if (seen && !seen.wrong && texts === null) get(`/minds/${mind}?part=texts`).then((r) => know(r.body)).catch(() => {}); }, [seen]);
  if (seen?.wrong === "403") return html`<p role="status">${t("mind.not_yours")}</p>`;
  const inside = seen && !seen.wrong ? seen : null;
  const ofBelief = (/** @type {string} */ text) => {
    believe(text); decide(null); explain(null);
    asked(mind, "why", text).then(explain).catch(() => explain([]));
  };
  const ofStep = (/** @type {any} */ frame, /** @type {any} */ change = null) => { go(frame); believe(""); decide(change); };
  const ofPlan = (/** @type {string} */ label) => {
    pick(label); answer("");
    if (!label) return;
    go(inside?.plans.find((/** @type {any} */ p) => p.label === label) ?? null);
    asked(mind, "why_not", label).then(answer).catch(() => answer(""));
  };
  const mine = feed?.decided.filter((c) => c.twin === mind) ?? [];
  return html`<div class="minds">
    <${Intentions} intentions=${inside?.intentions ?? (seen ? null : [])} decided=${mine} choose=${ofStep} />
    <${PlanText} texts=${texts} place=${place ?? mine.findLast((c) => c.value.file)?.value} />
    ${inside && html`<${Beliefs} beliefs=${inside.beliefs} now=${store.now()} chosen=${belief} choose=${ofBelief} />`}
    <${Reasons} belief=${belief} why=${why} decision=${decision} plans=${inside?.plans ?? []} plan=${plan} ask=${ofPlan} whyNot=${whyNot} />
    <${Messages} sent=${feed?.sent ?? []} names=${names} /></div>`;
}

function Minds(/** @type {any} */ { store }) {
  useStore(store);
  feed ??= new Feed(store);
  const minds = store.ofKind("mind").map((/** @type {any} */ m) => m.id);
  const [chosen, choose] = useState(location.hash.slice(1) || minds[0]);
  const names = minds.map((/** @type {string} */ id) => id.replace(/^mind_/, ""));
  if (minds.length === 0) return html`<main><h1>${t("page.mind")}</h1><p role="status">${t("mind.none")}</p></main>`;
  const mind = minds.includes(chosen) ? chosen : minds[0];
  return html`<main><h1>${t("page.mind")}</h1>
    <nav class="row" aria-label=${t("page.mind")}>${minds.map((/** @type {string} */ id, /** @type {number} */ n) => html`
      <button aria-pressed=${String(id === mind)} onClick=${() => { choose(id); history.replaceState(null, "", `#${id}`); }}>
        ${word("twin", names[n])} <small>${t(`mind.${store.value(id, "state", "stopped")}`)}</small></button>`)}</nav>
    <${Mind} key=${mind} store=${store} mind=${mind} names=${names} /></main>`;
}

await loadNames();
mount(Minds);
