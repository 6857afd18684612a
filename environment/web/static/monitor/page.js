// @ts-check
/** The patient monitor: how is the patient now? */
import { alarmsOf, readingOf } from "/static/monitor/alarms.js";
import { SetLimits } from "/static/monitor/limits.js";
import { Sound } from "/static/monitor/sound.js";
import { Pressure, Tile } from "/static/monitor/tile.js";
import { pressureTop, traces } from "/static/monitor/waves.js";
import { act } from "/static/app/act.js";
import { called } from "/static/app/names.js";
import { Sounder } from "/static/monitor/tone.js";
import { TRENDS, Trends } from "/static/monitor/trend.js";
import { TrendData } from "/static/app/trend_data.js";
import { t } from "/static/app/text.js";
import { clockText, html, mount, useActing, useState, useStore } from "/static/app/ui.js";
import { Signals } from "/static/monitor/wave_shapes.js";
import { Sweep, Wave } from "/static/monitor/wave.js";

const MARK = { high: "!!!", medium: "!!", low: "!" };
/** Alarms that are written out at once; the others are counted. */
const SHOWN = 3;

/** Seconds by which a monitor may be behind another and still be the one to show (engineering default). */
const BEHIND_S = 10;

/** The monitor to show: the one asked for, else of those on the patient that measure the one put on last. */
function monitorOf(/** @type {any} */ store) {
  const asked = new URLSearchParams(location.search).get("twin");
  if (asked) return asked;
  const on = [...store.twin(store.here.patient).links.get("monitoredBy") ?? []];
  const latest = (/** @type {string} */ id) => store.twins.get(id)?.values.get("hr")?.effective ?? -1;
  const now = Math.max(...on.map(latest));
  return on.findLast((id) => latest(id) >= now - BEHIND_S) ?? store.only("monitor")?.id ?? "";
}

/** What must outlive a drawing: the heart, the pens, the tones, the trends. */
function machinery(/** @type {any} */ store) {
  const signals = new Signals();
  const sounder = new Sounder();
  const sweep = new Sweep(signals, () => store.speed > 0);
  signals.onBeat = (at) => sounder.beat(store.value(monitorOf(store), "spo2") ?? 90, at - sweep.time);
  const data = new TrendData(store, TRENDS.map(([key]) => /** @type {string} */ (key)));
  return { signals, sounder, sweep, data, traces: traces(store, signals, () => monitorOf(store)) };
}

function AlarmBar(/** @type {any} */ { alarms, attached }) {
  const shown = alarms.slice(0, SHOWN);
  const isHigh = (/** @type {any} */ a) => a.priority === "high";
  return html`<div class="alarms" role="region" aria-label=${t("monitor.alarms")}>
    <div role="alert" class="list">${shown.filter(isHigh).map(one)}</div>
    <div role="status" class="list">${shown.filter((/** @type {any} */ a) => !isHigh(a)).map(one)}
      ${alarms.length > SHOWN && html`<p class="quiet">${t("wall.more", { n: alarms.length - SHOWN })}</p>`}
      ${alarms.length === 0 && attached && html`<p class="quiet">${t("monitor.no_alarm")}</p>`}</div>
  </div>`;
}

const one = (/** @type {any} */ alarm) => html`<p class="alarm ${alarm.priority}" key=${alarm.id} data-alarm=${alarm.id}
    data-priority=${alarm.priority}><span class="mark" aria-hidden="true">${MARK[/** @type {"high"} */ (alarm.priority)]}</span>
  <span class="visually-hidden">${t(`priority.${alarm.priority}`)}: </span>${alarm.text}
  ${alarm.technical && html`<small>${t("monitor.technical")}</small>`}</p>`;

function Monitor(/** @type {any} */ { store }) {
  useStore(store, 250);
  const [made] = useState(() => machinery(store));
  const monitor = monitorOf(store);
  if (store.twins.get(monitor)?.kind !== "monitor") {
    return html`<main><h1>${t("page.monitor")}</h1><p role="alert">${t("monitor.none", { twin: monitor })}</p></main>`;
  }
  const attached = store.value(monitor, "attached") === true;
  const alarms = alarmsOf(store, monitor);
  const silent = alarms.some((a) => a.id === "silent");
  const of = (/** @type {string} */ key) => alarms.find((a) => a.vital === key);
  const { doing, toast } = useActing(store);
  const [setting, set] = useState("");
  const parts = { store, monitor, of, set, reading: (/** @type {string} */ key) => readingOf(store, monitor, key) };
  const wave = (/** @type {string} */ name, note = "") => html`<${Wave} key=${name} sweep=${made.sweep}
    trace=${made.traces[/** @type {"ecg"} */ (name)]} label=${t(`wave.${name}`)} note=${note} />`;
  const invasive = store.value(monitor, "pressure_by") === "arterial_line";
  return html`<main class="monitor ${silent || !attached ? "no-signal" : ""}">
    <header class="bar"><div><h1>${called(store, monitor)}</h1><span class="clock" role="timer"
        aria-label=${t("monitor.clock")}>${clockText(store.now())}</span></div>
      <${AlarmBar} alarms=${alarms} attached=${attached} />
      <${Sound} sounder=${made.sounder} priority=${alarms[0]?.priority ?? ""}
        paused=${(/** @type {number} */ seconds) => act(store, monitor, "silence", { seconds })} /></header>
    <section class="signs" aria-label=${t("monitor.signs")}>
      ${wave("ecg", "II · 25 mm/s")}<${Tile} ...${parts} id="hr" />
      ${wave("pleth", "Pleth · 25 mm/s")}<${Tile} ...${parts} id="spo2" />
      ${invasive ? wave("art", `ART 0–${pressureTop(parts.reading("sbp")?.value ?? 0)} mmHg · 25 mm/s`) : html`<div class="wave empty" key="cuff"><p>${t("monitor.by_cuff")}</p></div>`}
      <${Pressure} ...${parts} invasive=${invasive} />
      ${wave("co2", "CO2 0–60 mmHg · 6.25 mm/s")}
      <div class="pair"><${Tile} ...${parts} id="etco2" /><${Tile} ...${parts} id="rr" />
        ${parts.reading("temp") && html`<${Tile} ...${parts} id="temp" />`}</div>
      ${(silent || !attached) && html`<p class="over" role="status">${t(silent ? "monitor.silent" : "monitor.not_attached")}</p>`}
    </section>
    <${Trends} store=${store} data=${made.data} />
    ${setting && html`<${SetLimits} store=${store} monitor=${monitor} id=${setting} doing=${doing} leave=${() => set("")} />`}
    ${toast}
  </main>`;
}

mount(Monitor);
