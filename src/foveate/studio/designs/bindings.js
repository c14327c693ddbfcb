// Keys of the editor: each does what a visible control does.

import { key, noted } from '../core/keys.js';
import { group, insertCopies, insertKind, nudge, order, removeChosen, ungroup } from './inserting.js';

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const LEAP = 10;

/** Binds all keys. */
export function bindKeys(editor) {
  const { design, canvas } = editor;
  canvas.view.addEventListener('keydown', (event) => inView(editor, event));
  canvas.view.addEventListener('keyup', (event) => { if (event.key === ' ') editor.pointing.space = false; });
  noted('Tab', 'Choose the next block; with Shift the one before');
  noted('ArrowUp', 'Move what is chosen; with Shift ten times as far');
  noted('Enter', 'Edit the text, or go into the group');
  noted(' ', 'Held down: move what is seen');
  key('Escape', 'Out of the group; choose nothing', () => out(editor));
  key('Delete', 'Delete what is chosen', () => removeChosen(design));
  key('Backspace', 'Delete what is chosen', () => removeChosen(design));
  key('Ctrl+z', 'Undo', () => editor.head.undo());
  key('Ctrl+Shift+z', 'Do it again', () => editor.head.redo());
  key('Ctrl+y', 'Do it again', () => editor.head.redo());
  key('Ctrl+d', 'Duplicate', () => insertCopies(design, design.chosenSpots.map(({ node }) => node), 'Duplicate'));
  key('Ctrl+g', 'Group', () => group(design));
  key('Ctrl+Shift+g', 'Ungroup', () => ungroup(design));
  key('Ctrl+a', 'Choose all blocks', () => editor.pointing.all());
  key('Ctrl+s', 'Keep it now', () => { editor.kept().catch(() => {}); });
  key(']', 'One step to the front', () => order(design, 'forward'));
  key('[', 'One step to the back', () => order(design, 'backward'));
  key('}', 'To the front', () => order(design, 'front'));
  key('{', 'To the back', () => order(design, 'back'));
  key('t', 'Put in a text', () => editor.edit(insertKind(design, 'text')));
  key('r', 'Put in a rectangle', () => insertKind(design, 'rect'));
  key('o', 'Put in an ellipse', () => insertKind(design, 'ellipse'));
  key('l', 'Put in a line', () => insertKind(design, 'line'));
  key('i', 'Put in a picture', () => editor.pictures.ask());
  key('e', 'Export', () => editor.head.exporting());
  key('+', 'Zoom in', () => canvas.zoomBy(1.25));
  key('-', 'Zoom out', () => canvas.zoomBy(0.8));
  key('0', 'Fit the page', () => canvas.fit());
}

/** Takes keys that belong to who points at the design. */
function inView(editor, event) {
  if (event.target !== editor.canvas.view || event.ctrlKey || event.metaKey || event.altKey) return;
  const by = ARROWS[event.key];
  if (by) arrow(editor, by, event.shiftKey ? LEAP : 1);
  else if (event.key === 'Enter') into(editor);
  else if (event.key === ' ') editor.pointing.space = true;
  else if (event.key !== 'Tab' || !step(editor, event.shiftKey)) return;
  event.preventDefault();
}

function arrow({ design, canvas }, [x, y], far) {
  if (design.freeSpots.length) nudge(design, { x: x * far, y: y * far });
  else canvas.panBy(-x * far * 8, -y * far * 8);
}

/** Chooses the next block; past the last one the focus goes on. */
function step(editor, back) {
  const id = editor.pointing.next(back);
  editor.design.choose(id ? [id] : []);
  if (id) editor.told(id);
  return Boolean(id);
}

function into(editor) {
  const { design } = editor;
  const [spot] = design.freeSpots;
  if (spot?.node.type === 'text') editor.edit(spot.node.id);
  else if (spot?.node.type === 'group') {
    design.enter(spot.node.id);
    design.choose([spot.node.blocks?.[0]?.id ?? '']);
  }
}

function out(editor) {
  const { design } = editor;
  if (editor.pointing.cancel()) return;
  const group = design.spots.get(design.entered);
  design.enter(group?.parents.length > 1 ? group.parent.id : '');
  design.choose(group ? [group.node.id] : []);
}
