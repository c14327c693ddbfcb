// What is put in: new blocks, copies, groups, pages; and what is taken out.

import { adding, copied, idFor, moving, removing, setting } from './changes.js';
import { moved } from './moves.js';
import { STILL, covering, exact, extentOf, inPaintOrder, isSeen, planeOf, rehomed, within } from './scene.js';

/** A new block is so large a part of its page. */
const SHARE = 0.4;
const BESIDE = 24;
const PALETTE = { fill: '#4c6ef5', text: '#1b1b1f', light: '#ffffff' };
/** Of full light: letters on what is darker are light. */
const DARK = 0.45;
const HEX = /#(?:[\da-f]{6}|[\da-f]{3})(?![\da-f])/i;

/** What may be put in: a title, the path of an icon, and what such a block says beside its place. */
export const KINDS = {
  text: ['Text', 'M5 7V5h14v2M12 5v14M9 19h6', (size, ink) => ({ width: size, height: size * 0.16, size: exact(size * 0.11), color: ink, fit: 'shrink', runs: ['Your text'] })],
  rect: ['Rectangle', 'M4 6h16v12H4z', (size) => ({ width: size, height: size * 0.6, fill: PALETTE.fill })],
  ellipse: ['Ellipse', 'M12 5c5 0 8 3 8 7s-3 7-8 7-8-3-8-7 3-7 8-7z', (size) => ({ width: size * 0.7, height: size * 0.7, fill: PALETTE.fill })],
  line: ['Line', 'M4 20 20 4', (size, ink) => ({ width: size, height: 0, stroke: `${ink} ${Math.max(Math.round(size / 100), 1)}` })],
};

/** Returns the group or page that what is new stands in, and its plane. */
function home(design) {
  const spot = design.spots.get(design.entered);
  return spot ? { parent: spot.node, plane: planeOf(spot) } : { parent: design.sheet, plane: STILL };
}

/** Returns what puts a block before all of its siblings. */
function inFrontOf({ blocks = [] }) {
  const z = Math.max(0, ...blocks.map((each) => each.z ?? 0));
  return z ? { z } : {};
}

const lastOf = ({ blocks = [] }) => blocks.at(-1)?.id ?? '';

/** Puts a new block in the middle of the page, or about a place of it, and chooses it. */
export function insert(design, type, said, place) {
  const { sheet } = design;
  const { parent } = home(design);
  const block = { type, id: idFor(design.scene, type), ...said, ...inFrontOf(parent) };
  const { x, y } = place ?? { x: sheet.width / 2, y: sheet.height / 2 };
  Object.assign(block, { x: exact(x - block.width / 2), y: exact(y - block.height / 2), width: exact(block.width), height: exact(block.height) });
  const spot = { node: block, parent: sheet, plane: STILL };
  if (parent !== sheet) Object.assign(block, rehomed(spot, home(design).plane));
  design.do([adding(block, parent.id, lastOf(parent), parent.blocks?.length ?? 0)], `Put in ${type}`);
  design.choose([block.id]);
  return block.id;
}

/** Puts in a block of a kind. */
export function insertKind(design, kind) {
  const { width, height } = design.sheet;
  return insert(design, kind, KINDS[kind][2](Math.min(width, height) * SHARE, inkOf(design)));
}

/** Returns the colour that letters in the middle of the page are told apart in. */
function inkOf({ sheet, spots }) {
  const [x, y] = [sheet.width / 2, sheet.height / 2];
  const holds = ({ left, top, width, height }) => left <= x && x <= left + width && top <= y && y <= top + height;
  const below = [...spots.values()].filter((spot) => spot.parent && spot.page === sheet && isSeen(spot) && holds(extentOf(spot)));
  const fills = [sheet.fill, ...below.map(({ node }) => node.fill)].filter((fill) => HEX.test(fill ?? ''));
  return fills.length && lightOf(fills.at(-1)) < DARK ? PALETTE.light : PALETTE.text;
}

/** Returns how light the first colour of a fill is, 0..1. */
function lightOf(fill) {
  const [text] = HEX.exec(fill);
  const digits = text.length === 4 ? [...text.slice(1)].map((each) => each + each) : text.slice(1).match(/../g);
  const [red, green, blue] = digits.map((each) => parseInt(each, 16) / 255);
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/** Takes out what is chosen. */
export function removeChosen(design) {
  const spots = outermostOf(design.freeSpots);
  return design.do(spots.map(removing), 'Delete');
}

/** Returns those of blocks that are in none of the others. */
function outermostOf(spots) {
  const own = new Set(spots.map(({ node }) => node.id));
  return spots.filter(({ parents }) => !parents.some(({ id }) => own.has(id)));
}

/** Puts copies of blocks in, a little beside, and chooses them. */
export function insertCopies(design, blocks, title = 'Put in copies') {
  const { parent } = home(design);
  const more = new Set();
  const made = blocks.map((block) => ({ ...copied(design.scene, block, more), x: exact((block.x ?? 0) + BESIDE), y: exact((block.y ?? 0) + BESIDE) }));
  let after = lastOf(parent);
  const changes = made.map((block, number) => {
    const change = adding(block, parent.id, after, (parent.blocks?.length ?? 0) + number);
    after = block.id;
    return change;
  });
  design.do(changes, title);
  design.choose(made.map(({ id }) => id));
}

/** Returns the `z` of a block, which most do not say. */
const zOf = ({ z }) => z ?? 0;

/** Makes one group of what is chosen, where the one in front stood. */
export function group(design) {
  const spots = outermostOf(design.freeSpots).sort((one, other) => zOf(one.node) - zOf(other.node) || one.index - other.index);
  if (!spots.length) return;
  const last = spots.at(-1);
  const { left, top, width, height } = covering(spots.map(extentOf));
  const outer = last.parents.length > 1 ? planeOf(design.spots.get(last.parent.id)) : STILL;
  const node = { type: 'group', id: idFor(design.scene, 'group'), width: exact(width), height: exact(height), ...(last.node.z && { z: last.node.z }), blocks: [] };
  Object.assign(node, rehomed({ node: { ...node, x: left, y: top }, plane: STILL }, outer));
  if (!node.rotation) delete node.rotation;
  const inner = within(outer, node);
  design.do([
    adding(node, last.parent.id, beforeAll(last, spots), last.index),
    // Behind each other in the group as they were outside of it.
    ...spots.map((spot, number) => moving(spot, { id: node.id, blocks: spots.slice(0, number).map((each) => each.node) }, number)),
    ...spots.flatMap((spot) => setting(spot.node, design.words.tidy(spot.node, rehomed(spot, inner)))),
  ], 'Group');
  design.choose([node.id]);
}

/** Returns the last sibling before a block that stays where it is. */
function beforeAll({ parent, index }, spots) {
  const gone = new Set(spots.map(({ node }) => node.id));
  return parent.blocks.slice(0, index).filter(({ id }) => !gone.has(id)).at(-1)?.id ?? '';
}

/** Returns what a block that leaves a group takes along, to look as it did in it. */
function alone(node, { hidden, opacity = 1, blend }, z) {
  return { z, ...(hidden && { hidden }), ...(opacity !== 1 && { opacity: exact(opacity * (node.opacity ?? 1)) }), ...(blend && { blend: node.blend ?? blend }) };
}

/** Takes groups that are chosen apart; what was in them stays where it is seen. */
export function ungroup(design) {
  const groups = design.freeSpots.filter(({ node }) => node.type === 'group');
  const inner = [];
  for (const spot of groups) {
    const plane = spot.plane;
    const own = planeOf(spot);
    let after = spot.parent.blocks[spot.index - 1]?.id ?? '';
    const { blocks = [] } = spot.node;
    const changes = inPaintOrder(blocks).flatMap((node, number) => {
      const index = blocks.indexOf(node);
      const each = { node, parent: spot.node, plane: own, index };
      const to = { parent: spot.parent.id, after, index: spot.index + number };
      after = node.id;
      inner.push(node.id);
      return [{ ...moving(each, spot.node, index), to }, ...setting(node, design.words.tidy(node, { ...rehomed(each, plane), ...alone(node, spot.node, zOf(spot.node)) }))];
    });
    design.do([...changes, { ...removing(spot), block: { ...spot.node, blocks: [] } }], 'Ungroup');
  }
  if (inner.length) design.choose(inner);
}

/** Says in which direction chosen blocks stand in line, about the box around them, or a single one on its page. */
export function align(design, axis, share) {
  const spots = outermostOf(design.freeSpots);
  const { sheet } = design;
  const whole = spots.length > 1 ? covering(spots.map(extentOf)) : { left: 0, top: 0, width: sheet.width, height: sheet.height };
  const [edge, side] = axis === 'x' ? ['left', 'width'] : ['top', 'height'];
  const changes = spots.flatMap((spot) => {
    const box = extentOf(spot);
    const by = whole[edge] + share * whole[side] - (box[edge] + share * box[side]);
    return stepped(design, spot, axis === 'x' ? { x: by, y: 0 } : { x: 0, y: by });
  });
  return design.do(changes, 'Align');
}

/** Moves what is chosen by a step on its page. */
export function nudge(design, step) {
  return design.do(outermostOf(design.freeSpots).flatMap((spot) => stepped(design, spot, step)), 'Move', { joins: `nudge ${design.chosen}` });
}

const stepped = (design, spot, step) => setting(spot.node, design.words.tidy(spot.node, moved(spot, step)));

/** Puts chosen blocks in front of the next one, behind it, or at an end; those beside each other stay so. */
export function order(design, to) {
  const spots = outermostOf(design.freeSpots);
  const homes = new Set(spots.map(({ parent }) => parent));
  const changes = [...homes].flatMap((parent) => ordered(design, parent, new Map(spots.filter((spot) => spot.parent === parent).map((spot) => [spot.node, spot])), to));
  return changes.length ? design.do(changes, 'Order') : undefined;
}

function ordered(design, { id, blocks }, chosen, to) {
  const before = inPaintOrder(blocks);
  const row = reordered(before, chosen, to);
  if (row.every((node, at) => node === before[at])) return [];
  const others = blocks.filter((node) => !chosen.has(node));
  const z = new Map();
  return row.flatMap((node, at) => {
    const next = row.slice(at).find((each) => !chosen.has(each));
    z.set(node, !chosen.has(node) ? zOf(node) : at ? z.get(row[at - 1]) : next ? zOf(next) : zOf(node));
    if (!chosen.has(node)) return [];
    const after = at ? row[at - 1] : others[others.indexOf(next) - 1];
    const index = after ? blocks.filter((each) => each !== node).indexOf(after) + 1 : 0;
    const place = { ...moving(chosen.get(node), { id, blocks }, 0), to: { parent: id, after: after?.id ?? '', index } };
    return [place, ...setting(node, design.words.tidy(node, { z: z.get(node) }))];
  });
}

/** Returns blocks in another order of painting, those that are chosen further to one end. */
function reordered(row, chosen, to) {
  const [mine, others] = [row.filter((node) => chosen.has(node)), row.filter((node) => !chosen.has(node))];
  if (to === 'front') return [...others, ...mine];
  if (to === 'back') return [...mine, ...others];
  const made = to === 'forward' ? [...row].reverse() : [...row];
  for (let at = 1; at < made.length; at++) {
    if (chosen.has(made[at]) && !chosen.has(made[at - 1])) [made[at - 1], made[at]] = [made[at], made[at - 1]];
  }
  return to === 'forward' ? made.reverse() : made;
}
