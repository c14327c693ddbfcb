// Pointing at the design: choosing, moving, drawing larger, turning, and moving what is seen.

import { grown, moved, resized, turned } from './moves.js';
import { choosable, hit, touching } from './hits.js';
import { around, boxOf, covering, extentOf, planeOf, put } from './scene.js';
import { snapped } from './snapping.js';

/** A pointer that moves less than this has not moved. */
const STILL_PX = 4;
const SNAP_PX = 6;
const REACH_PX = 4;

export class Pointing {
  constructor(editor) {
    const { canvas, design, handles } = editor;
    Object.assign(this, { editor, canvas, design, handles, pointers: new Map(), drag: null, space: false });
    const { view } = canvas;
    view.addEventListener('pointerdown', (event) => this.#down(event));
    view.addEventListener('pointermove', (event) => this.#move(event));
    view.addEventListener('pointerup', (event) => this.#up(event));
    view.addEventListener('pointercancel', () => this.cancel());
    view.addEventListener('dblclick', (event) => this.#into(event));
    view.addEventListener('pointerleave', () => this.handles.hover(''));
  }

  #hit(event) {
    const { sheet, entered } = this.design;
    return hit(sheet, this.canvas.at(event), { entered, reach: REACH_PX / this.canvas.zoom });
  }

  #down(event) {
    if (event.target.closest('.above')) return;
    this.pointers.set(event.pointerId, event);
    if (this.pointers.size === 2) return this.#pinch();
    if (event.button > 1) return;
    this.canvas.view.setPointerCapture(event.pointerId);
    const grip = event.target.dataset?.grip;
    if (event.button === 1 || this.space) this.drag = this.#pan();
    else if (grip) this.drag = grip === 'turn' ? this.#turning() : this.#sizing(grip.split(' ').map(Number));
    else this.drag = this.#choosing(event);
    Object.assign(this.drag, { from: event, moved: false });
  }

  #move(event) {
    if (this.pointers.has(event.pointerId)) this.pointers.set(event.pointerId, event);
    const { drag } = this;
    if (!drag) {
      if (event.pointerType === 'mouse' && !event.buttons) this.handles.hover(this.#hit(event));
      return;
    }
    const { clientX: x, clientY: y } = drag.from ?? event;
    drag.moved ||= Math.hypot(event.clientX - x, event.clientY - y) > STILL_PX;
    if (!drag.moved) return;
    if (!drag.begun) drag.begin?.();
    drag.begun = true;
    drag.to(event, { x: (event.clientX - x) / this.canvas.zoom, y: (event.clientY - y) / this.canvas.zoom });
  }

  #up(event) {
    this.pointers.delete(event.pointerId);
    const { drag } = this;
    this.drag = null;
    if (drag?.begun) drag.end?.(event);
    else drag?.click?.(event);
    this.#clear();
  }

  /** Lets go of what is being dragged: all is as it was. Returns whether anything was. */
  cancel() {
    const { drag } = this;
    this.pointers.clear();
    this.drag = null;
    if (drag?.begun) {
      this.design.try([]);
      this.canvas.together();
    }
    this.#clear();
    return Boolean(drag?.begun);
  }

  #clear() {
    Object.assign(this.handles, { lines: [], marquee: null, step: null });
    this.handles.draw();
  }

  #pan() {
    let last = null;
    return { to: (event) => {
      if (last) this.canvas.panBy(event.clientX - last.clientX, event.clientY - last.clientY);
      last = event;
    } };
  }

  /** Two fingers zoom and move what is seen. */
  #pinch() {
    this.#drop();
    let before = null;
    const { left, top } = this.canvas.view.getBoundingClientRect();
    this.drag = { begun: true, moved: true, to: () => {
      const [one, other] = [...this.pointers.values()];
      if (!other) return;
      const now = { x: (one.clientX + other.clientX) / 2 - left, y: (one.clientY + other.clientY) / 2 - top, wide: Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) };
      if (before) {
        this.canvas.panBy(now.x - before.x, now.y - before.y);
        this.canvas.zoomBy(now.wide / before.wide, now);
      }
      before = now;
    } };
  }

  #drop() {
    const pointers = new Map(this.pointers);
    this.cancel();
    this.pointers = pointers;
  }

  /** Chooses what is pointed at, which then can be moved; beside all blocks a box chooses what it touches. */
  #choosing(event) {
    const id = this.#hit(event);
    const { design } = this;
    if (!id) return event.pointerType === 'touch' ? { ...this.#pan(), click: () => this.#out() } : this.#marquee(event);
    const more = event.shiftKey;
    // Who drags over a background means what lies before it, unless he chose it first.
    const isBehind = design.spots.get(id).node.role === 'background' && !design.chosen.includes(id);
    if (isBehind && event.pointerType !== 'touch') return { ...this.#marquee(event), click: () => (more ? design.toggle(id) : design.choose([id])) };
    if (!more && !design.chosen.includes(id)) design.choose([id]);
    const click = () => (more ? design.toggle(id) : design.choose([id]));
    return { ...this.#moving(), begin: () => {
      if (more && !design.chosen.includes(id)) design.toggle(id);
      this.#lift();
    }, click };
  }

  #out() {
    if (this.design.entered) this.design.enter('');
    this.design.choose([]);
  }

  #marquee(event) {
    const from = this.canvas.at(event);
    const before = event.shiftKey ? this.design.chosen : [];
    return {
      to: (now) => {
        const { spots, sheet, entered } = this.design;
        this.handles.marquee = around([from, this.canvas.at(now)]);
        this.design.choose([...before, ...touching(spots, sheet, entered, this.handles.marquee)]);
        this.handles.draw();
      },
      click: () => this.#out(),
    };
  }

  #lift() {
    this.canvas.lift(this.design.freeSpots.map(({ node }) => node.id)).catch(() => {});
  }

  #moving() {
    let step = { x: 0, y: 0 };
    return {
      to: (event, by) => {
        const spots = this.design.freeSpots;
        if (!spots.length) return;
        step = this.#snap(spots, straight(by, event.shiftKey), event);
        this.handles.step = step;
        this.canvas.carry(step);
        this.handles.draw();
      },
      end: () => {
        const said = Object.fromEntries(this.design.freeSpots.map((spot) => [spot.node.id, moved(spot, step)]));
        this.design.set(said, 'Move');
        this.canvas.together();
      },
    };
  }

  /** Returns a step that keeps to lines of the page and of what stands beside. */
  #snap(spots, by, event) {
    const box = covering(spots.map(extentOf));
    if (event.altKey || event.ctrlKey) return by;
    const there = { ...box, left: box.left + by.x, top: box.top + by.y };
    const { x, y, lines } = snapped(there, this.#others(spots), SNAP_PX / this.canvas.zoom);
    this.handles.lines = lines;
    return { x: by.x + (x || toWhole(there.left, by.x, lines, 'x')), y: by.y + (y || toWhole(there.top, by.y, lines, 'y')) };
  }

  #others(spots) {
    const { sheet, entered } = this.design;
    const own = new Set(spots.map(({ node }) => node.id));
    const beside = choosable(this.design.spots, sheet, entered).filter(({ node }) => !own.has(node.id));
    return [{ left: 0, top: 0, width: sheet.width, height: sheet.height }, ...beside.map(extentOf)];
  }

  #sizing(grip) {
    const [spot] = this.design.freeSpots;
    const [across, down] = grip;
    const keeps = spot.node.type === 'group' || Boolean(spot.node['keep-aspect']);
    const upright = !spot.node.rotation && spot.parents.every(({ rotation }) => !rotation);
    let said = null;
    return {
      to: (event, by) => {
        const step = upright && !event.altKey ? this.#snapSize(spot, grip, by) : by;
        const box = resized(spot, grip, step, { keeps: keeps !== (event.shiftKey && Boolean(across && down)), both: event.altKey });
        said = spot.node.type === 'group' ? grown(this.design.words, spot.node, box) : { [spot.node.id]: box };
        this.design.try(this.design.changesOf(said));
      },
      end: () => said && this.design.set(said, 'Resize'),
    };
  }

  #snapSize(spot, [across, down], by) {
    const { x, y } = put(planeOf(spot), { x: 0, y: 0 });
    const { width, height } = boxOf(spot.node);
    const box = { left: x + (across < 0 ? by.x : 0), top: y + (down < 0 ? by.y : 0), width: width + across * by.x, height: height + down * by.y };
    const moving = { x: across ? [across + 1] : [], y: down ? [down + 1] : [] };
    const found = snapped(box, this.#others([spot]), SNAP_PX / this.canvas.zoom, moving);
    this.handles.lines = found.lines;
    const edges = { x: box.left + (across > 0 ? box.width : 0), y: box.top + (down > 0 ? box.height : 0) };
    const whole = (axis) => found[axis] || toWhole(edges[axis], by[axis], found.lines, axis);
    return { x: by.x + whole('x'), y: by.y + whole('y') };
  }

  #turning() {
    const [spot] = this.design.freeSpots;
    let said = null;
    return {
      to: (event) => {
        said = { [spot.node.id]: turned(spot, this.canvas.at(event), event.shiftKey) };
        this.design.try(this.design.changesOf(said));
      },
      end: () => said && this.design.set(said, 'Turn'),
    };
  }

  /** Goes into the group under the pointer, or edits the text there. */
  #into(event) {
    if (event.target.closest('.above')) return;
    const { design } = this;
    const id = this.#hit(event);
    const node = design.spots.get(id)?.node;
    if (node?.type === 'text') return this.editor.edit(id);
    if (node?.type !== 'group') return null;
    design.enter(id);
    const inner = hit(design.sheet, this.canvas.at(event), { entered: id });
    return design.choose(inner ? [inner] : []);
  }

  /** Chooses all that may be chosen. */
  all() {
    const { spots, sheet, entered } = this.design;
    this.design.choose(choosable(spots, sheet, entered).map(({ node }) => node.id));
  }

  /** Returns the block that is chosen where Tab goes on from one, or back. */
  next(back) {
    const { design } = this;
    const ids = choosable(design.spots, design.sheet, design.entered).map(({ node }) => node.id);
    const at = ids.indexOf(design.chosen.at(-1));
    const to = at < 0 ? (back ? ids.length - 1 : 0) : at + (back ? -1 : 1);
    return ids[to] ?? '';
  }
}

/** Returns a step along one axis alone, where that is wanted. */
function straight({ x, y }, wanted) {
  if (!wanted) return { x, y };
  return Math.abs(x) > Math.abs(y) ? { x, y: 0 } : { x: 0, y };
}

/** Returns by how much a place that was moved by a step misses a whole pixel of the page, unless it keeps to a line. */
function toWhole(place, step, lines, axis) {
  return step && !lines.some((each) => each.axis === axis) ? Math.round(place) - place : 0;
}
