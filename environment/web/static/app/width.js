// @ts-check
/** How wide an element is, and becomes. */
import { useEffect, useState } from "/static/app/ui.js";

/** Follow how wide an element is, but never less than this. @returns {[number, (e: any) => void]} */
export function useWidth(least = 720) {
  const [width, measure] = useState(900);
  const [element, hold] = useState(/** @type {any} */ (null));
  useEffect(() => {
    if (!element) return undefined;
    const watcher = new ResizeObserver(([entry]) => measure(Math.max(least, Math.floor(entry.contentRect.width))));
    watcher.observe(element);
    return () => watcher.disconnect();
  }, [element]);
  return [width, hold];
}
