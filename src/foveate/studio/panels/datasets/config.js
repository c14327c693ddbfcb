// A configuration as people read it: what somebody chose, and all of it below.

import { h } from '../../core/dom.js';
import { isGroup } from './field.js';

/** Returns a table of what is not as it is by the schema, and the rest folded. */
export function configuration(config, schema = {}) {
  const rows = chosen(config, schema);
  return h('div', {},
    rows.length
      ? h('div', { class: 'wide' }, h('table', { class: 'facts' }, h('caption', {}, 'Configuration'), h('tbody', {}, rows.map(([name, value]) => h('tr', {}, h('th', { scope: 'row' }, name), h('td', {}, h('code', {}, value)))))))
      : h('p', { class: 'muted' }, 'Made with all values as they are by default.'),
    h('details', {}, h('summary', { class: 'muted' }, 'All of the configuration'), h('pre', { tabindex: '0', 'aria-label': 'Configuration' }, JSON.stringify(config, null, 1))));
}

function chosen(config, { properties = {} }, path = '') {
  return Object.entries(config).flatMap(([name, value]) => {
    const said = properties[name] ?? {};
    if (isGroup(said) && value instanceof Object) return chosen(value, said, `${path}${name}.`);
    const text = JSON.stringify(value);
    return text === JSON.stringify(said.default) ? [] : [[path + name, text]];
  });
}
