// One attribute as a field, made by its row of the table of words.

import { h } from '../../core/dom.js';

/** Attributes that are known by shorter names beside their fields. */
const TITLES = { x: 'X', y: 'Y', 'letter-spacing': 'Spacing', 'line-height': 'Line height', valign: 'Vertical', src: 'Source', alt: 'In words', color: 'Colour' };
/** Kinds of which only the server can say whether a text is one. */
export const JUDGED = new Set(['colour', 'fill', 'stroke', 'shadow', 'path', 'radius', 'viewbox']);
const JUDGED_NAMES = new Set(['options', 'lang']);
const STEPS = { opacity: 0.05, 'line-height': 0.05, weight: 100 };
const COLOUR = /#[0-9a-f]{3,8}\b|(?:rgb|hsl|oklch)a?\([^)]*\)|[a-z]+/i;

/** Returns a name as people read it. */
export const titleOf = (name) => TITLES[name] ?? name[0].toUpperCase() + name.slice(1).replaceAll('-', ' ');

let number = 0;

/**
 * Returns `{element, show(value), fail(text)}`; `act(value, {judged, live})` is told what is wanted: live
 * where more of it will follow at once, judged where the server has to be asked whether it is right.
 */
export function field(row, words, act) {
  const id = `field-${(number += 1)}`;
  const wrong = h('small', { class: 'wrong', id: `${id}-wrong`, role: 'alert', hidden: true });
  const fail = (text) => {
    wrong.hidden = !text;
    wrong.textContent = text;
  };
  const tell = (value, more) => {
    fail('');
    act(value, { judged: JUDGED.has(row.kind) || JUDGED_NAMES.has(row.name), ...more });
  };
  const { parts, show, wide } = (MAKERS[row.kind] ?? text)({ ...row, id }, tell, words);
  const element = h('div', { class: `property${wide ? ' wide' : ''}`, 'data-name': row.name, title: row.help }, h('label', { for: id }, titleOf(row.name)), h('div', { class: 'parts' }, parts), wrong);
  return { element, show, fail };
}

function text({ id, name, values }, tell) {
  const input = h('input', { type: 'text', id, name, spellcheck: 'false', title: values, onchange: () => tell(input.value) });
  return { parts: [input], show: (value) => put(input, value ?? ''), wide: true };
}

function amount({ id, name, least, most, whole }, tell) {
  const step = STEPS[name] ?? 1;
  const input = h('input', { type: 'number', id, name, min: least, max: most, step: whole || step < 1 ? step : 'any', oninput: () => said(true), onchange: () => said(false) });
  const said = (live) => {
    if (input.value === '' || !input.checkValidity()) return;
    tell(Number(input.value), { live });
  };
  return { parts: [input], show: (value) => put(input, value === null ? '' : String(Math.round(value * 100) / 100)) };
}

function flag({ id, name }, tell) {
  const input = h('input', { type: 'checkbox', id, name, onchange: () => tell(input.checked) });
  return { parts: [input], show: (value) => { input.checked = Boolean(value); } };
}

function choice({ id, name, words: rows }, tell) {
  const input = h('select', { id, name, onchange: () => tell(input.value) }, rows.map((each) => h('option', { value: each }, each)));
  return { parts: [input], show: (value) => { input.value = value; } };
}

function choices({ id, name, words: rows }, tell) {
  const boxes = rows.map((each, at) => h('input', { type: 'checkbox', value: each, id: at ? null : id, name, 'aria-label': each, onchange: () => tell(boxes.filter(({ checked }) => checked).map(({ value }) => value).join(' ')) }));
  const show = (value) => {
    const said = new Set(String(value ?? '').split(' '));
    for (const box of boxes) box.checked = said.has(box.value);
  };
  return { parts: boxes.map((box) => h('label', { class: 'check' }, box, h('span', { 'aria-hidden': 'true' }, box.value))), show, wide: true };
}

function line(row, tell, words) {
  if (row.name === 'font') return fonts(row, tell, words);
  return text(row, tell);
}

function fonts({ id, name }, tell, words) {
  const input = h('select', { id, name, onchange: () => tell(input.value) }, words.fonts.map(({ family, here }) => h('option', { value: family }, here ? family : `${family} (not here)`)));
  const show = (value) => {
    if (![...input.options].some((each) => each.value === value)) input.append(h('option', { value }, `${value} (unknown)`));
    input.value = value;
  };
  return { parts: [input], show, wide: true };
}

/** A colour, and what a paint says beside it: what is typed is kept, the swatch exchanges the colour in it. */
function paint(usual) {
  return ({ id, name, values }, tell) => {
    const input = h('input', { type: 'text', id, name, spellcheck: 'false', title: values, onchange: () => tell(input.value.trim() || 'none') });
    const swatch = h('input', { type: 'color', 'aria-label': `${titleOf(name)}, by a palette`, oninput: () => said(true), onchange: () => said(false) });
    const said = (live) => {
      const now = input.value.trim();
      const plain = !now || now === 'none' || now.startsWith('url(') ? usual(swatch.value) : recoloured(now, swatch.value);
      input.value = plain;
      tell(plain, { live, judged: false });
    };
    const show = (value) => {
      put(input, value ?? 'none');
      if (document.activeElement !== swatch) swatch.value = hex(colourIn(value ?? ''));
      swatch.classList.toggle('none', !value || value === 'none');
    };
    return { parts: [swatch, input], show, wide: true };
  };
}

/** Returns the first colour that a paint says. */
function colourIn(value) {
  return String(value).replace(/^(linear|radial)-gradient\([^,]*,/, '').match(COLOUR)?.[0] ?? '';
}

/** Returns a paint with another colour where its first one stands; how far one sees through that stays. */
function recoloured(value, colour) {
  const old = colourIn(value);
  const alpha = /^#[0-9a-f]{8}$/i.test(old) ? old.slice(7) : '';
  return old ? value.replace(old, colour + alpha) : colour;
}

/** Returns a colour of CSS as a palette takes it. */
export function hex(colour) {
  const pen = (hex.pen ??= document.createElement('canvas').getContext('2d'));
  pen.fillStyle = '#000000';
  pen.fillStyle = /^#[0-9a-f]{8}$/i.test(colour) ? colour.slice(0, 7) : colour || '#000000';
  return pen.fillStyle.startsWith('#') ? pen.fillStyle : '#000000';
}

function radius({ id, name, values }, tell) {
  const input = h('input', { type: 'text', id, name, inputmode: 'decimal', title: values, onchange: () => tell(input.value.trim() || '0') });
  return { parts: [input], show: (value) => put(input, value ?? 0) };
}

/** Shows a value where nobody types just now. */
function put(input, value) {
  if (document.activeElement !== input || input.type === 'color') input.value = value;
}

const MAKERS = {
  number: amount,
  length: amount,
  flag,
  choice,
  choices,
  line,
  colour: paint((colour) => colour),
  fill: paint((colour) => colour),
  stroke: paint((colour) => `${colour} 2`),
  shadow: paint((colour) => `0 4 12 ${colour}`),
  radius,
};
