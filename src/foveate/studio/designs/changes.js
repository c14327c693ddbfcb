// Change sets as `/v1/designs/ID/changes` has them, made, done and taken back. A design is a value:
// what is done to it makes another one.

import { lettersOf, spotsOf } from './scene.js';

/** What stands for the design itself. */
const ROOT = '';

/** A change that cannot be done to what is there now. */
export class Misfit extends Error {}

/** Returns changes that say attributes of an element otherwise; null is as usual, and what is so already is left out. */
export function setting(node, said) {
  return Object.entries(said)
    .filter(([name, to]) => !same(node[name], to))
    .map(([attribute, to]) => ({ change: 'changed', type: node.type ?? (node.pages ? 'design' : 'page'), id: node.pages ? ROOT : node.id, attribute, was: node[attribute] ?? null, to: to ?? null }));
}

/** Returns the change that puts a new element in, `after` the one of that id, or first. */
export const adding = (block, parent, after, index) => ({ change: 'added', block, to: { parent, after, index } });

/** Returns the change that takes an element out. */
export const removing = ({ node, parent, index }) => ({ change: 'removed', block: { type: 'page', ...node }, was: placeOf(parent, index) });

/** Returns the change that puts an element elsewhere: in `parent`, so many before it. */
export function moving(spot, parent, index) {
  const others = childrenOf(parent).filter(({ id }) => id !== spot.node.id);
  const to = { parent: parent.id ?? ROOT, after: others[index - 1]?.id ?? '', index };
  return { change: 'moved', type: spot.node.type ?? 'page', id: spot.node.id, was: placeOf(spot.parent, spot.index), to };
}

function placeOf(parent, index) {
  return { parent: parent?.id ?? ROOT, after: parent ? childrenOf(parent)[index - 1]?.id ?? '' : '', index };
}

const childrenOf = ({ pages, blocks }) => pages ?? blocks ?? [];

/** Returns what takes changes back. */
export const inverted = (changes) => changes.map(back).reverse();

function back(change) {
  if (change.change === 'added') return { change: 'removed', block: change.block, was: change.to };
  if (change.change === 'removed') return { change: 'added', block: change.block, to: change.was };
  return { ...change, was: change.to, to: change.was, sentence: undefined };
}

/**
 * Returns the design with all changes done: what goes or moves is lifted out, then all that comes is put
 * in, then attributes are said. Throws a Misfit for elements that are not there and, where `strictly`, for
 * values that are others than a change says was there.
 */
export function changed(scene, changes, strictly = false) {
  const made = structuredClone(scene);
  const spots = spotsOf(made);
  const elements = new Map([[ROOT, made], ...[...spots].map(([id, { node }]) => [id, node])]);
  const lifted = changes.filter(({ change }) => change === 'moved' || change === 'removed');
  const gone = new Set(lifted.map((each) => each.id ?? each.block.id));
  for (const each of lifted) {
    if (each.change === 'removed') fits(each.block, spots, gone, strictly);
    lift(each.id ?? each.block.id, spots, made);
  }
  for (const each of changes.filter(({ change }) => change === 'added')) hold(structuredClone(each.block), elements);
  putAll(changes, elements);
  for (const each of changes.filter(({ change }) => change === 'changed')) say(each, elements, strictly);
  return made;
}

/** Throws a Misfit where more would go with an element than a change says, or another one. */
function fits(block, spots, gone, strictly) {
  const { node } = spots.get(block.id) ?? {};
  if (!node) return;
  const { type, blocks: said = [], ...own } = { type: 'page', ...block };
  const { blocks: there = [], type: kind = 'page', ...is } = node;
  if (strictly && (type !== kind || !same(own, is))) throw new Misfit(`${block.id} is another one meanwhile.`);
  const stays = there.find(({ id }) => !gone.has(id) && !said.some((each) => each.id === id));
  if (stays) throw new Misfit(`There is ${stays.id} in ${block.id}, which is to stay.`);
  for (const each of said) fits(each, spots, gone, strictly);
}

function lift(id, spots, scene) {
  const spot = spots.get(id);
  if (!spot) throw new Misfit(`There is no ${id} any more.`);
  const siblings = childrenOf(spot.parent ?? scene);
  siblings.splice(siblings.indexOf(spot.node), 1);
}

function hold(block, elements) {
  const { type, ...page } = block;
  const node = type === 'page' ? { blocks: [], ...page } : block;
  if (elements.has(node.id)) throw new Misfit(`There is a ${node.id} already.`);
  elements.set(node.id, node);
  for (const each of node.blocks ?? []) hold(each, elements);
}

/** Puts elements in, each after the one that it names, which may have to come first. */
function putAll(changes, elements) {
  const waiting = new Map(changes.filter(({ change }) => change === 'moved' || change === 'added').map((each) => [each.id ?? each.block.id, each]));
  const putOne = (id) => {
    const { to } = waiting.get(id);
    waiting.delete(id);
    if (waiting.has(to.after)) putOne(to.after);
    const parent = elements.get(to.parent);
    if (!parent) throw new Misfit(`There is no ${to.parent} any more.`);
    const siblings = parent.pages ?? (parent.blocks ??= []);
    const before = siblings.findIndex((each) => each.id === to.after);
    siblings.splice(before >= 0 ? before + 1 : to.after ? Math.min(to.index, siblings.length) : 0, 0, elements.get(id));
  };
  for (const id of [...waiting.keys()]) if (waiting.has(id)) putOne(id);
}

function say({ id, attribute, was, to }, elements, strictly) {
  const node = elements.get(id);
  if (!node) throw new Misfit(`There is no ${id} any more.`);
  if (strictly && !same(node[attribute], was)) throw new Misfit(`${attribute} of ${id} is another one meanwhile.`);
  if (to === null || to === undefined) delete node[attribute];
  else node[attribute] = to;
}

/** Says whether two values say the same, in whatever order; what is null is left out. */
export function same(one, other) {
  const [a, b] = [one ?? null, other ?? null];
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => same(a[key], b[key]));
}

/** Returns an id that nothing in a design has: `text-2`. */
export function idFor(scene, kind, more = new Set()) {
  const taken = spotsOf(scene);
  for (let number = 1; ; number++) {
    const id = `${kind}-${number}`;
    if (!taken.has(id) && !more.has(id)) return id;
  }
}

/** Returns a copy of a block, of which nothing has an id of the design. */
export function copied(scene, block, more = new Set()) {
  const id = idFor(scene, block.type, more);
  more.add(id);
  return { ...structuredClone(block), id, ...(block.blocks && { blocks: block.blocks.map((each) => copied(scene, each, more)) }) };
}

/** Returns runs with other letters: those that are new look as what they stand beside. */
export function retyped(runs, text) {
  const before = [...lettersOf(runs)];
  const after = [...text];
  let head = 0;
  while (head < Math.min(before.length, after.length) && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < Math.min(before.length, after.length) - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const looks = runs.flatMap((run) => [...(run.text ?? run)].map(() => (typeof run === 'string' ? null : run)));
  const between = looks[head] && looks[head] === looks[head - 1] ? looks[head] : looks[before.length > head + tail ? head : Math.max(head - 1, 0)] ?? null;
  return joined(after.map((letter, at) => [letter, at < head ? looks[at] : at >= after.length - tail ? looks[at - after.length + before.length] : between]));
}

function joined(letters) {
  const runs = [];
  let last;
  for (const [letter, look] of letters) {
    if (runs.length && look === last) {
      if (look) runs.at(-1).text += letter;
      else runs[runs.length - 1] += letter;
    } else runs.push(look ? { ...look, text: letter } : letter);
    last = look;
  }
  return runs;
}
