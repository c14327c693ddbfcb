// The design as a file: drawn by the server as it is seen here, kept or not; XML as it is kept.

import { h } from '../core/dom.js';
import { answered } from '../core/server.js';
import { asked } from './drawing.js';
import { bytes } from '../core/words.js';

const FORMATS = [['png', 'PNG, pixels as they are'], ['jpeg', 'JPEG'], ['webp', 'WebP'], ['avif', 'AVIF'], ['pdf', 'PDF, all pages, letters as letters'], ['svg', 'SVG'], ['xml', 'XML, the design itself']];
const WITH_QUALITY = new Set(['jpeg', 'webp', 'avif']);
const WITH_SCALE = new Set(['png', 'jpeg', 'webp', 'avif']);
const SCALES = [['0.5', 'Half'], ['1', 'As it is'], ['2', 'Twice'], ['3', 'Three times']];
const ENDS = { jpeg: 'jpg' };

/** Asks how, and makes the file. */
export function exportDialog(editor) {
  const { design } = editor;
  const format = h('select', { name: 'format', onchange: () => show() }, FORMATS.map(([value, text]) => h('option', { value }, text)));
  const scale = h('select', { name: 'scale' }, SCALES.map(([value, text]) => h('option', { value, selected: value === '1' }, `${text}, ${Math.round(design.sheet.width * value)} × ${Math.round(design.sheet.height * value)}`)));
  const quality = h('input', { type: 'number', name: 'quality', min: 1, max: 100, placeholder: 'as usual' });
  const told = h('p', { role: 'status', class: 'muted' });
  const act = h('button', { type: 'submit', class: 'button primary' }, 'Download');
  const rows = { scale: h('label', { class: 'line' }, h('span', {}, 'Size'), scale), quality: h('label', { class: 'line' }, h('span', {}, 'Quality'), quality) };
  const show = () => {
    rows.scale.hidden = !WITH_SCALE.has(format.value);
    rows.quality.hidden = !WITH_QUALITY.has(format.value);
  };
  const dialog = h('dialog', { 'aria-labelledby': 'export', class: 'export', onclose: () => dialog.remove() },
    h('form', { onsubmit: (event) => {
      event.preventDefault();
      make();
    } },
    h('h2', { id: 'export' }, 'Export'),
    h('label', { class: 'line' }, h('span', {}, 'Format'), format), rows.scale, rows.quality, told,
    h('div', { class: 'row end' }, h('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, 'Close'), act)));
  const make = async () => {
    act.disabled = true;
    told.textContent = 'It is being made…';
    told.classList.remove('wrong');
    try {
      const blob = format.value === 'xml' ? await xml(editor) : await drawn(design, { format: format.value, page: design.sheet.id, scale: WITH_SCALE.has(format.value) ? scale.value : 1, quality: WITH_QUALITY.has(format.value) ? quality.value : '' });
      save(blob, `${design.id}.${ENDS[format.value] ?? format.value}`);
      told.textContent = `${bytes(blob.size)}.`;
    } catch (why) {
      told.textContent = why.message;
      told.classList.add('wrong');
    }
    act.disabled = false;
  };
  show();
  document.body.append(dialog);
  dialog.showModal();
}

const drawn = async (design, about) => (await asked(design.scene, about)).blob();

async function xml(editor) {
  await editor.kept();
  const response = await answered(`v1/designs/${editor.design.id}`, { headers: { accept: 'application/xml' } });
  return response.blob();
}

/** Lets the browser save a file. */
export function save(blob, name) {
  const href = URL.createObjectURL(blob);
  const link = h('a', { href, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(href), 1000);
}

