// A design as its JSON twin has it, and where its blocks lie on their page. Pure: nothing here is seen.
// The arithmetic is that of design/tree.py, against which it is tested.

/** How a plane lies on the page: `[a, b, c, d, e, f]`, as in SVG. */
export const STILL = [1, 0, 0, 1, 0, 0];

/** Returns one plane that lies in another. */
export function product([a, b, c, d, e, f], [p, q, r, s, t, u]) {
  return [a * p + c * q, b * p + d * q, a * r + c * s, b * r + d * s, a * t + c * u + e, b * t + d * u + f];
}

/** Returns what takes a plane back. */
export function inverse([a, b, c, d, e, f]) {
  const whole = a * d - b * c;
  return [d / whole, -b / whole, -c / whole, a / whole, (c * f - d * e) / whole, (b * e - a * f) / whole];
}

/** Returns a point of a plane where it lies outside of it. */
export const put = ([a, b, c, d, e, f], { x, y }) => ({ x: a * x + c * y + e, y: b * x + d * y + f });

/** Returns the value of an attribute, which is left out where it is as usual. */
export const valueOf = (block, name, usual = 0) => block[name] ?? usual;

/** Returns the corners of a block's box in its parent, from the top left, clockwise. */
export const boxOf = (block) => ({ left: valueOf(block, 'x'), top: valueOf(block, 'y'), width: valueOf(block, 'width'), height: valueOf(block, 'height') });

/** Returns how the plane of a block's own box lies, from how that of its parent does. */
export function within(plane, block) {
  const turn = (valueOf(block, 'rotation') * Math.PI) / 180;
  const [cos, sin] = turn ? [Math.cos(turn), Math.sin(turn)] : [1, 0];
  const { left, top, width, height } = boxOf(block);
  const [x, y] = [width / 2, height / 2];
  return product(plane, [cos, sin, -sin, cos, left + x - cos * x + sin * y, top + y - sin * x - cos * y]);
}

/** Returns the corners of a box of a plane where they lie outside of it. */
export function cornersOf(plane, { width, height }) {
  return [[0, 0], [width, 0], [width, height], [0, height]].map(([x, y]) => put(plane, { x, y }));
}

/** Returns the least upright box around points. */
export function around(points) {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { left, top, width: Math.max(...xs) - left, height: Math.max(...ys) - top };
}

/** Returns the least upright box around boxes. */
export const covering = (boxes) => around(boxes.flatMap(({ left, top, width, height }) => [{ x: left, y: top }, { x: left + width, y: top + height }]));

/** Yields every element below one, with what it is in: `{node, parent, parents, index, plane, page}`. */
export function* inside(node, page, plane = STILL, parents = [node]) {
  for (const [index, each] of (node.blocks ?? []).entries()) {
    yield { node: each, parent: node, parents, index, plane, page };
    if (each.type === 'group') yield* inside(each, page, within(plane, each), [...parents, each]);
  }
}

/** Returns every block and page of a design by its id; that of a page has no plane. */
export function spotsOf(scene) {
  const found = new Map();
  for (const [index, page] of (scene.pages ?? []).entries()) {
    found.set(page.id, { node: page, parent: null, parents: [], index, page });
    for (const spot of inside(page, page)) found.set(spot.node.id, spot);
  }
  return found;
}

/** Returns the plane of a block on its page. */
export const planeOf = ({ node, plane }) => within(plane, node);

/** Returns the least upright box on the page that holds a block: of a group, all that it shows. */
export function extentOf({ node, plane, page }) {
  const own = within(plane, node);
  const shown = node.type === 'group' ? (node.blocks ?? []).filter(({ hidden }) => !hidden) : [];
  if (shown.length) return covering(shown.map((each) => extentOf({ node: each, plane: own, page })));
  return around(cornersOf(own, boxOf(node)));
}

/** Says whether a block, or a group around it, is not to be changed. */
export const isLocked = ({ node, parents }) => Boolean(node.locked || parents.some(({ locked }) => locked));

/** Says whether neither a block nor a group around it is hidden. */
export const isSeen = ({ node, parents }) => ![node, ...parents].some(({ hidden, opacity }) => hidden || opacity === 0);

/** Returns blocks in the order in which they are painted. */
export const inPaintOrder = (blocks) => [...blocks].sort((one, other) => (one.z ?? 0) - (other.z ?? 0));

/** Returns where a block has to lie in another plane to stay where it is on the page. */
export function rehomed({ node, plane }, other) {
  const own = product(inverse(other), within(plane, node));
  const { width, height } = boxOf(node);
  const middle = put(own, { x: width / 2, y: height / 2 });
  const turn = (Math.atan2(own[1], own[0]) * 180) / Math.PI;
  return { x: exact(middle.x - width / 2), y: exact(middle.y - height / 2), rotation: exact(turn) };
}

/** Returns a length as it is kept: to a hundredth of a pixel. */
export const exact = (number) => Math.round(number * 100) / 100 + 0;

/** Returns what people call a block. */
export function called({ type, name, id, runs }) {
  if (name) return name;
  const words = runs ? lettersOf(runs).trim() : '';
  if (words) return words.slice(0, 40);
  return id.startsWith(type) ? id : `${type ?? 'page'} ${id}`;
}

/** Returns the letters of a text, whatever they look like. */
export const lettersOf = (runs = []) => runs.map((run) => run.text ?? run).join('');
