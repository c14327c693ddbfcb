// What is laid over the drawing: outlines of what is chosen, handles, and the lines that a move keeps to.

import { s } from '../core/dom.js';
import { HANDLES } from './moves.js';
import { boxOf, cornersOf, covering, extentOf, isLocked, planeOf, put } from './scene.js';

const KNOB_PX = 28;
const SIZE_PX = 10;
const NEAR_PX = 26;
/** A box that is narrower, or lower, has no handles in the middles of its sides: they would cover it. */
const LEAST_PX = { across: { x: 60, y: 24 }, down: { x: 44, y: 36 } };
/** What is not carried along with what is chosen. */
const STAYS = new Set(['within', 'missing', 'over', 'locked']);

export class Handles {
  constructor(canvas, design) {
    Object.assign(this, { canvas, design, lines: [], marquee: null, over: '', step: null });
    canvas.onplace(() => this.draw());
    design.on('scene chosen', () => this.draw());
  }

  /** Draws them where they are now. */
  draw() {
    const { chosenSpots, entered, spots } = this.design;
    const group = spots.get(entered);
    const over = this.over && !this.design.chosen.includes(this.over) && spots.get(this.over);
    this.canvas.overlay.replaceChildren(
      ...[...this.canvas.drawing.missing.keys()].map((id) => spots.get(id)).filter((spot) => spot?.page.id === this.design.page).map((spot) => this.#outline(spot, 'missing')),
      ...(group ? [this.#outline(group, 'within')] : []),
      ...(over ? [this.#outline(over, 'over')] : []),
      ...chosenSpots.map((spot) => this.#outline(spot, isLocked(spot) ? 'locked' : 'chosen')),
      ...(chosenSpots.length === 1 && !isLocked(chosenSpots[0]) && !this.step && this.canvas.hides !== chosenSpots[0].node.id ? this.#handles(chosenSpots[0]) : []),
      ...(chosenSpots.length > 1 ? [this.#around(covering(chosenSpots.map(extentOf)))] : []),
      ...this.#lines(),
      ...(this.marquee ? [this.#box(this.marquee, 'marquee')] : []));
  }

  /** Shows a block that the pointer is over. */
  hover(id) {
    if (id === this.over) return;
    this.over = id;
    this.draw();
  }

  #shift(place) {
    return this.canvas.seen({ x: place.x + (this.step?.x ?? 0), y: place.y + (this.step?.y ?? 0) });
  }

  #outline(spot, kind) {
    const corners = cornersOf(planeOf(spot), boxOf(spot.node)).map((corner) => (STAYS.has(kind) ? this.canvas.seen(corner) : this.#shift(corner)));
    return s('polygon', { class: kind, points: corners.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ') });
  }

  #around(box) {
    return this.#box({ ...box, left: box.left + (this.step?.x ?? 0), top: box.top + (this.step?.y ?? 0) }, 'around');
  }

  #box({ left, top, width, height }, kind) {
    const { x, y } = this.canvas.seen({ x: left, y: top });
    const { zoom } = this.canvas;
    return s('rect', { class: kind, x, y, width: width * zoom, height: height * zoom });
  }

  #handles(spot) {
    const plane = planeOf(spot);
    const box = boxOf(spot.node);
    const turn = (Math.atan2(plane[1], plane[0]) * 180) / Math.PI;
    const at = (across, down) => this.canvas.seen(put(plane, { x: ((across + 1) / 2) * box.width, y: ((down + 1) / 2) * box.height }));
    const long = { x: box.width * this.canvas.zoom, y: box.height * this.canvas.zoom };
    const roomy = ({ x, y }) => spot.node.type !== 'group' && long.x >= x && long.y >= y;
    const shown = HANDLES.filter(([across, down]) => (across && down ? long.y > 1 || down > 0 : roomy(across ? LEAST_PX.across : LEAST_PX.down)));
    const middle = at(0, -1);
    const up = ((turn - 90) * Math.PI) / 180;
    const knob = { x: middle.x + Math.cos(up) * KNOB_PX, y: middle.y + Math.sin(up) * KNOB_PX };
    return [
      s('line', { class: 'stem', x1: middle.x, y1: middle.y, x2: knob.x, y2: knob.y }),
      grip(s('circle', { class: 'knob', cx: knob.x, cy: knob.y, r: SIZE_PX / 2 + 1 }), knob, 'turn', 'grab'),
      ...shown.map(([across, down]) => {
        const { x, y } = at(across, down);
        const square = s('rect', { class: 'grip', x: x - SIZE_PX / 2, y: y - SIZE_PX / 2, width: SIZE_PX, height: SIZE_PX, rx: 2, transform: `rotate(${turn} ${x} ${y})` });
        return grip(square, { x, y }, `${across} ${down}`, cursorOf(across, down, turn));
      }),
    ];
  }

  #lines() {
    return this.lines.map(({ axis, at, from, to }) => {
      const [one, other] = (axis === 'x' ? [[at, from], [at, to]] : [[from, at], [to, at]]).map(([x, y]) => this.canvas.seen({ x, y }));
      return s('line', { class: 'kept', x1: one.x, y1: one.y, x2: other.x, y2: other.y });
    });
  }
}

/** Returns a handle with what a finger meets of it. */
function grip(shape, { x, y }, name, cursor) {
  const near = s('circle', { class: 'near', cx: x, cy: y, r: NEAR_PX / 2, 'data-grip': name });
  near.style.cursor = cursor;
  return s('g', {}, shape, near);
}

function cursorOf(across, down, turn) {
  const names = ['ns-resize', 'nesw-resize', 'ew-resize', 'nwse-resize'];
  const angle = (Math.atan2(across, -down) * 180) / Math.PI + turn;
  return names[((Math.round(angle / 45) % 4) + 4) % 4];
}
