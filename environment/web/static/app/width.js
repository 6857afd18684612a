// @ts-check
/** How wide an element is, and becomes. */
import { useEffect, useState } from "/static/app/ui.js";

/** Follow how wide an element is. @returns {[number, (e: any) => void]} */
export function useWidth() {
  const [width, measure] = useState(900);
  const [element, hold] = useState(/** @type {any} */ (null));
  useEffect(() => {
    if (!element) return undefined;
    const watcher = new ResizeObserver(([entry]) => measure(Math.max(720, Math.floor(entry.contentRect.width))));
    watcher.observe(element);
    return () => watcher.disconnect();
  }, [element]);
  return [width, hold];
}
