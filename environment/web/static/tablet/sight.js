// @ts-check
/** Alerts that stand out of sight: how many, and a way to them. */
import { t } from "/static/app/text.js";
import { html, useEffect, useState } from "/static/app/ui.js";

/** Pixels that the way to more of them takes at the end of the list (page.css has the same). */
const MORE_PX = 52;
/** Pixels by which a card may be cut and still be seen whole. */
const CUT_PX = 4;

/** The cards of a list that are cut or out of sight, in their order. @returns {Element[]} */
function cutOff(/** @type {Element} */ list) {
  const box = list.getBoundingClientRect();
  const padded = list.classList.contains("more") ? MORE_PX : 0;
  const overflows = list.scrollHeight - padded > list.clientHeight + 1;
  if (!overflows) return [];
  return [...list.querySelectorAll("[data-card]")].filter((card) => {
    const { top, bottom } = card.getBoundingClientRect();
    return top < box.top - CUT_PX || bottom > box.bottom - MORE_PX + CUT_PX;
  });
}

/** Look again whenever something scrolls or changes its size. */
function useLook(/** @type {() => void} */ look) {
  useEffect(look);
  useEffect(() => {
    addEventListener("scroll", look, { capture: true, passive: true });
    addEventListener("resize", look);
    return () => {
      removeEventListener("scroll", look, { capture: true });
      removeEventListener("resize", look);
    };
  }, []);
}

/** How many cards of the list are out of sight; a tap leads to the next of them. */
export function More() {
  const [count, tell] = useState(0);
  const list = () => document.querySelector(".said");
  useLook(() => {
    const found = list();
    if (!found) return;
    const now = cutOff(found).length;
    found.classList.toggle("more", now > 0);
    tell(now);
  });
  if (count === 0) return null;
  const go = () => {
    const found = list();
    if (!found) return;
    const cut = cutOff(found);
    const end = found.getBoundingClientRect().bottom - MORE_PX;
    const below = cut.find((card) => card.getBoundingClientRect().bottom > end);
    const next = (below ?? cut[0])?.getBoundingClientRect().top;
    if (next !== undefined) found.scrollBy(0, next - found.getBoundingClientRect().top);
  };
  return html`<button class="more-of-them" onClick=${go}>${t(count === 1 ? "said.more_one" : "said.more", { n: count })}</button>`;
}

/** How many alerts stand while their list is scrolled away; a tap leads back to it. */
export function Standing(/** @type {{count: number}} */ { count }) {
  const [away, tell] = useState(false);
  useLook(() => {
    const [list, head] = [document.querySelector(".said"), document.querySelector(".patient")];
    if (list && head) tell(list.getBoundingClientRect().top + MORE_PX < head.getBoundingClientRect().bottom);
  });
  if (!away || count === 0) return null;
  return html`<button class="standing" onClick=${() => scrollTo(0, 0)}>${t(count === 1 ? "said.stands_one" : "said.stand", { n: count })}</button>`;
}
