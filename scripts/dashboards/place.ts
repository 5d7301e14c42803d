import type { Place } from './panel.ts';

export const gridColumns = 24;

/** Puts each panel as high as it fits, and there as far to the left, below `top`. */
export function place(sizes: readonly Pick<Place, 'w' | 'h'>[], top: number): readonly Place[] {
  const heights = Array.from({ length: gridColumns }, () => top);
  return sizes.map(({ w, h }) => {
    const starts = Array.from({ length: gridColumns - w + 1 }, (_, x) => ({
      x,
      y: Math.max(...heights.slice(x, x + w)),
    }));
    const y = Math.min(...starts.map((start) => start.y));
    const x = starts.find((start) => start.y === y)?.x ?? 0;
    heights.fill(y + h, x, x + w);
    return { x, y, w, h };
  });
}
