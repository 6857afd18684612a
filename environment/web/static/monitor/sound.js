// @ts-check
/** Sound of the monitor: off until somebody wants it, paused with a countdown. */
import { PAUSE_S } from "/static/monitor/tone.js";
import { t } from "/static/app/text.js";
import { clockText, html, useEffect, useState } from "/static/app/ui.js";

/** Milliseconds between two looks whether a tone is due. */
const LOOK_MS = 250;

export function Sound(/** @type {any} */ { sounder, priority, paused }) {
  const [, again] = useState(0);
  const draw = () => again((/** @type {number} */ n) => n + 1);
  useEffect(() => {
    const timer = setInterval(draw, LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  sounder.sound(priority);
  const left = sounder.pauseLeft;
  const turn = () => {
    if (sounder.isOn) sounder.stop();
    else sounder.start();
    draw();
  };
  const pause = () => {
    if (left === 0) paused(PAUSE_S); // who paused it is told by the twin; the sound is this screen's
    sounder.pause(left > 0 ? 0 : PAUSE_S);
    draw();
  };
  const beats = () => {
    sounder.beats = !sounder.beats;
    draw();
  };
  const state = !sounder.isOn ? "off" : left > 0 ? "paused" : "on";
  return html`<div class="sound row" role="group" aria-label=${t("sound.name")} data-sound=${state}>
    <button aria-pressed=${String(sounder.isOn)} onClick=${turn}>${t(sounder.isOn ? "sound.off" : "sound.on")}</button>
    ${sounder.isOn && html`<button aria-pressed=${String(sounder.beats)} onClick=${beats}>${t("sound.beats")}</button>`}
    <button class=${left > 0 ? "paused" : ""} aria-pressed=${String(left > 0)} onClick=${pause}>${
      left > 0 ? t("sound.paused", { left: clockText(Math.ceil(left)) }) : t("sound.pause")}</button>
  </div>`;
}
