// Which block lies under a place of the page. Pure.

import { boxOf, extentOf, inPaintOrder, inverse, isLocked, isSeen, put, within, STILL } from './scene.js';

/** Yields what is in a page, groups after what is in them, that in front first. */
export function* inFront(node, page = node, plane = STILL, parents = [node]) {
  for (const each of inPaintOrder(node.blocks ?? []).reverse()) {
    if (each.type === 'group') yield* inFront(each, page, within(plane, each), [...parents, each]);
    yield { node: each, parent: node, parents, plane, page };
  }
}

/** Says whether a place of the page lies in a block's own box, or so near as `reach`. */
export function isIn(spot, place, reach = 0) {
  const { x, y } = put(inverse(within(spot.plane, spot.node)), place);
  const { width, height } = boxOf(spot.node);
  return x >= -reach && y >= -reach && x <= width + reach && y <= height + reach;
}

/**
 * Returns the id of the block that a click at a place means: the one in front, or the outermost group that
 * it is in, within the one that was `entered`; empty where there is none. Locked ones are clicked through.
 */
export function hit(page, place, { entered = '', reach = 0 } = {}) {
  for (const spot of inFront(page)) {
    if (spot.node.type === 'group' || isLocked(spot) || !isSeen(spot) || !isIn(spot, place, reach)) continue;
    return outermost(spot, entered);
  }
  return '';
}

/** Returns the outermost block around a spot that may be chosen, or the one in the group that was entered. */
export function outermost({ node, parents }, entered) {
  const path = [...parents.slice(1), node];
  const at = path.findIndex(({ id }) => id === entered);
  return path[at + 1]?.id ?? node.id;
}

/** Returns what of a page, or of the group that was entered, may be chosen, in the order of painting. */
export function choosable(spots, page, entered) {
  const inside = [...spots.values()].filter(({ parent }) => parent && parent.id === (entered || page.id));
  return inside.filter((spot) => !isLocked(spot) && isSeen(spot));
}

/** Returns the ids of what may be chosen and touches a box of the page; what lies behind all of the box does not. */
export function touching(spots, page, entered, box) {
  const touches = (own) => overlap(own, box) && !holds(own, box);
  return choosable(spots, page, entered).filter((spot) => touches(extentOf(spot))).map(({ node }) => node.id);
}

function holds(outer, inner) {
  return outer.left <= inner.left && outer.top <= inner.top && outer.left + outer.width >= inner.left + inner.width && outer.top + outer.height >= inner.top + inner.height;
}

function overlap(one, other) {
  return one.left < other.left + other.width && other.left < one.left + one.width && one.top < other.top + other.height && other.top < one.top + one.height;
}
