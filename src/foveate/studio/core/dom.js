// Elements, made in one line each.

const SVG = 'http://www.w3.org/2000/svg';

/** Returns an element: `h('p', {class: 'muted', onclick: f}, 'text', child)`. Null children are left out. */
export function h(tag, props = {}, ...children) {
  return filled(document.createElement(tag), props, children);
}

/** Returns an SVG element. */
export function s(tag, props = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), props, children);
}

function filled(element, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || (value === false && !name.startsWith('aria-'))) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true && !name.startsWith('aria-') ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Returns Markdown of one line: code as code, links as their words. */
export function marked(text) {
  return text.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1').split('`').map((part, number) => (number % 2 ? h('code', {}, part) : part));
}

/** Lets the polite voice of a screen reader say something. */
export function say(text) {
  document.getElementById('polite').textContent = text;
}
