// The edge of a mask as lines over the picture: marching squares, exact between pixels.

import { s } from './dom.js';

const MIDDLE = 127.5;
/** Which sides of a cell (0 top, 1 right, 2 bottom, 3 left) lines go between, by which of its corners are inside: 1, 2, 4, 8 clockwise from the upper left. The inside is on their right. */
const LINES = [[], [[0, 3]], [[1, 0]], [[1, 3]], [[2, 1]], [[0, 3], [2, 1]], [[2, 0]], [[2, 3]], [[3, 2]], [[0, 2]], [[1, 0], [3, 2]], [[1, 2]], [[3, 1]], [[0, 1]], [[3, 0]], []];

/** Returns the outlines of a mask, a grey picture: closed lines of `[x, y]`, 0..1 of it. */
export async function outlinesOf(blob) {
  const bitmap = await createImageBitmap(blob);
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  // Nothing lies around it, so that every line is closed.
  const values = new Uint8Array((width + 2) * (height + 2));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) values[(y + 1) * (width + 2) + x + 1] = data[4 * (y * width + x)];
  }
  return outlines(values, width + 2).map((line) => line.map(([x, y]) => [x / width, y / height]));
}

/** Returns closed lines between what is above the middle and what is not; `wide` is the length of a row. */
function outlines(values, wide) {
  const next = crossings(values, wide);
  const lines = [];
  for (const first of next.keys()) {
    const line = [];
    for (let side = first; next.has(side);) {
      const after = next.get(side);
      next.delete(side);
      line.push(point(values, wide, side));
      side = after;
    }
    if (line.length) lines.push(line);
  }
  return lines;
}

/** Returns which side of a cell follows on which; the upper one of the cell `n` is `2 n`, the left one `2 n + 1`. */
function crossings(values, wide) {
  const next = new Map();
  for (let at = 0; at + wide + 1 < values.length; at++) {
    const kind = (values[at] > MIDDLE) | ((values[at + 1] > MIDDLE) << 1) | ((values[at + wide + 1] > MIDDLE) << 2) | ((values[at + wide] > MIDDLE) << 3);
    if (kind === 0 || kind === 15) continue;
    const sides = [2 * at, 2 * at + 3, 2 * (at + wide), 2 * at + 1];
    for (const [from, to] of LINES[kind]) next.set(sides[from], sides[to]);
  }
  return next;
}

/** Returns where the line crosses a side, in pixels of what has no margin. */
function point(values, wide, side) {
  const at = side >> 1;
  const down = side % 2;
  const [low, high] = [values[at], values[at + (down ? wide : 1)]];
  const share = (MIDDLE - low) / (high - low);
  return [(at % wide) - 0.5 + (down ? 0 : share), Math.floor(at / wide) - 0.5 + (down ? share : 0)];
}

/** Returns outlines as a path over something of that size. */
function pathOf(lines, { width, height }) {
  return lines.map((line) => `M${line.map(([x, y]) => `${(x * width).toFixed(1)} ${(y * height).toFixed(1)}`).join('L')}Z`).join('');
}

/** Returns what shows a mask over something of that size: all else dimmed, its edge marching. */
export function edged(lines, size) {
  const d = pathOf(lines, size);
  const around = `M0 0H${size.width}V${size.height}H0Z`;
  return [
    s('path', { class: 'dim', 'fill-rule': 'evenodd', d: around + d }),
    s('path', { class: 'halo', d }),
    s('path', { class: 'edge ants', d }),
  ];
}
