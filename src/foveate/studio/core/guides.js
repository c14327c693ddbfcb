// Lines over the picture: what a platform covers, and why a crop lies where it lies.

import { s } from './dom.js';

const ARM = 0.03;

/** Returns what dims all of a picture but a box, or the ellipse in it. */
export function allBut({ width, height }, box, round = false) {
  const { left, top } = box;
  const [rx, ry] = [box.width / 2, box.height / 2];
  const hole = round
    ? `M${left} ${top + ry}a${rx} ${ry} 0 1 0 ${2 * rx} 0a${rx} ${ry} 0 1 0 ${-2 * rx} 0Z`
    : `M${left} ${top}h${box.width}v${box.height}h${-box.width}Z`;
  return [
    s('path', { class: 'dim', 'fill-rule': 'evenodd', d: `M0 0H${width}V${height}H0Z${hole}` }),
    s('path', { class: 'halo', d: hole }),
    s('path', { class: 'edge', d: hole }),
  ];
}

/** Returns a frame around a box, of a kind that the style sheet knows. */
export function frame({ left: x, top: y, width, height }, kind) {
  return ['halo', kind].map((name) => s('rect', { class: name, x, y, width, height }));
}

/** Returns a cross at a place. */
export function cross({ width, height }, x, y) {
  const arm = ARM * Math.max(width, height);
  const d = `M${x - arm} ${y}h${2 * arm}M${x} ${y - arm}v${2 * arm}`;
  return ['halo', 'edge'].map((name) => s('path', { class: name, d }));
}

/** Returns whether a box lies in another one, or in the ellipse in it. */
export function within(inner, outer, round = false) {
  const [rx, ry] = [outer.width / 2, outer.height / 2];
  const corners = [0, 1].flatMap((x) => [0, 1].map((y) => [
    (inner.left + x * inner.width - outer.left - rx) / rx,
    (inner.top + y * inner.height - outer.top - ry) / ry,
  ]));
  return corners.every(([x, y]) => (round ? Math.hypot(x, y) : Math.max(Math.abs(x), Math.abs(y))) <= 1);
}
