// Edges and middles that a block keeps to while it is moved: those of the page and of its neighbours.

const SIDES = { x: ['left', 'width'], y: ['top', 'height'] };

/** Returns the three lines of a box along an axis: both edges, and the middle. */
const linesOf = (box, axis) => [0, 0.5, 1].map((share) => box[SIDES[axis][0]] + share * box[SIDES[axis][1]]);

/**
 * Returns `{x, y, lines}`: by how much a box is to be moved to keep to the nearest line of others, within
 * `reach`, and the lines that it keeps to, `{axis, at, from, to}`. `moving` says which of its three lines
 * of each axis move: all do where it is moved as a whole.
 */
export function snapped(box, others, reach, moving = { x: [0, 1, 2], y: [0, 1, 2] }) {
  const step = { x: nearest(box, others, 'x', reach, moving.x), y: nearest(box, others, 'y', reach, moving.y) };
  const at = { ...box, left: box.left + step.x, top: box.top + step.y };
  return { ...step, lines: ['x', 'y'].flatMap((axis) => kept(box, at, others, axis, moving[axis])) };
}

function nearest(box, others, axis, reach, moving) {
  const own = linesOf(box, axis).filter((_, number) => moving.includes(number));
  const steps = others.flatMap((other) => linesOf(other, axis)).flatMap((line) => own.map((mine) => line - mine));
  const least = Math.min(...steps.map(Math.abs));
  return least <= reach ? steps.find((step) => Math.abs(step) === least) : 0;
}

function kept(was, box, others, axis, moving) {
  const cross = axis === 'x' ? 'y' : 'x';
  const shift = axis === 'x' ? box.left - was.left : box.top - was.top;
  // A box of which one edge moves grows: its other lines stay where they were.
  const mine = linesOf(was, axis).filter((_, number) => moving.includes(number)).map((line) => line + shift);
  return mine.flatMap((at) => {
    const met = others.filter((other) => linesOf(other, axis).some((line) => Math.abs(line - at) < 0.01));
    if (!met.length) return [];
    const ends = [box, ...met].flatMap((each) => [linesOf(each, cross)[0], linesOf(each, cross)[2]]);
    return [{ axis, at, from: Math.min(...ends), to: Math.max(...ends) }];
  });
}
