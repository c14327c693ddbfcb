// What blocks become by being moved, drawn larger, or turned. Pure: places in, attributes out.

import { boxOf, exact, inverse, put, valueOf } from './scene.js';

/** The handles of a box: which of its sides each moves. */
export const HANDLES = [[-1, -1], [0, -1], [1, -1], [1, 0], [1, 1], [0, 1], [-1, 1], [-1, 0]];
const LEAST = 1;
/** Lengths of a block that grow with it as a whole. */
const LENGTHS = ['x', 'y', 'width', 'height', 'size', 'letter-spacing', 'padding'];
const SAID_LENGTHS = ['radius', 'stroke', 'shadow'];
const RUN_LENGTHS = ['size', 'letter-spacing'];
const NUMBER = /(^|[ (])(-?\d+(?:\.\d+)?)(?=$|[ )])/g;

/** Returns a step on the page as one in a plane. */
function along(plane, { x, y }) {
  const back = inverse([...plane.slice(0, 4), 0, 0]);
  return put(back, { x, y });
}

/** Returns where a block lies that was moved by a step on its page. */
export function moved({ node, plane }, step) {
  const { x, y } = along(plane, step);
  return { x: exact(valueOf(node, 'x') + x), y: exact(valueOf(node, 'y') + y) };
}

/**
 * Returns the box of a block of which a handle was drawn by a step on its page: what is opposite stays.
 * `keeps` is whether the ratio of its sides does, `both` whether the other side moves as much.
 */
export function resized({ node, plane }, [across, down], step, { keeps = false, both = false } = {}) {
  const turn = (valueOf(node, 'rotation') * Math.PI) / 180;
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const { x, y } = along(plane, step);
  const times = both ? 2 : 1;
  const { left, top, width, height } = boxOf(node);
  let wide = Math.max(width + across * (x * cos + y * sin) * times, LEAST);
  let high = Math.max(height + down * (y * cos - x * sin) * times, node.type === 'line' ? 0 : LEAST);
  if (keeps && width && height) [wide, high] = alike({ width, height }, { wide, high }, across, down);
  // The middle moves by half of what was added, in the block's own directions.
  const [dx, dy] = both ? [0, 0] : [(across * (wide - width)) / 2, (down * (high - height)) / 2];
  const middle = { x: left + width / 2 + dx * cos - dy * sin, y: top + height / 2 + dx * sin + dy * cos };
  return { x: exact(middle.x - wide / 2), y: exact(middle.y - high / 2), width: exact(wide), height: exact(high) };
}

function alike({ width, height }, { wide, high }, across, down) {
  const by = !across ? high / height : !down ? wide / width : Math.max(wide / width, high / height);
  return [width * by, height * by];
}

/** Returns a group made larger as a whole, by what its box became: attributes by id. */
export function grown(words, node, { x, y, width, height }) {
  const by = width / node.width;
  return { [node.id]: { x, y, width, height: exact(height) }, ...Object.assign({}, ...(node.blocks ?? []).map((each) => scaled(words, each, by))) };
}

/** Returns what a block, and all in it, says that is `by` times as large, as design/scaling.py has it: attributes by id. */
export function scaled(words, node, by) {
  const said = {};
  for (const name of LENGTHS) if (words.value(node, name)) said[name] = exact(words.value(node, name) * by);
  for (const name of SAID_LENGTHS) if (words.value(node, name)) said[name] = lengths(words.value(node, name), by);
  if (node.runs?.some(saysLength)) said.runs = node.runs.map((run) => (saysLength(run) ? larger(run, by) : run));
  return { [node.id]: said, ...Object.assign({}, ...(node.blocks ?? []).map((each) => scaled(words, each, by))) };
}

const saysLength = (run) => RUN_LENGTHS.some((name) => run[name]);

const larger = (run, by) => ({ ...run, ...Object.fromEntries(RUN_LENGTHS.filter((name) => run[name]).map((name) => [name, exact(run[name] * by)])) });

/** Returns a stroke, a shadow or radii with lengths of another scale; colours stay. */
function lengths(text, by) {
  if (typeof text === 'number') return exact(text * by);
  return text.replace(NUMBER, (_, before, number) => `${before}${exact(number * by)}`);
}

/** Returns the angle of a block of which the knob was drawn to a point of its page. */
export function turned({ node, plane }, point, steps) {
  const { left, top, width, height } = boxOf(node);
  const middle = put(plane, { x: left + width / 2, y: top + height / 2 });
  const outer = Math.atan2(plane[1], plane[0]);
  const angle = ((Math.atan2(point.x - middle.x, middle.y - point.y) - outer) * 180) / Math.PI;
  const step = steps ? 15 : 1;
  const whole = Math.round(angle / step) * step;
  return { rotation: ((((whole + 180) % 360) + 360) % 360) - 180 || null };
}
