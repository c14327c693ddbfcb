// Operate: what runs where, how fast, and what went wrong lately.

import { h, s } from '../core/dom.js';
import { read } from '../core/server.js';
import { trouble } from '../core/trouble.js';
import { count, ms, percent } from '../core/words.js';

const EVERY_MS = 2000;

export default {
  id: 'operate',
  title: 'Operate',
  icon: 'M3 12h4l3-8 4 16 3-8h4',
  alone: true,
  open: () => new Operate(),
};

class Operate {
  constructor() {
    this.body = h('div');
    this.element = h('div', { class: 'operate' }, h('h2', {}, 'Operate'), this.body);
  }

  /** Shows how the server fares, anew for as long as it is looked at. */
  async look() {
    do {
      try {
        this.#draw(await read('health/status'));
      } catch (why) {
        this.body.replaceChildren(trouble(why));
      }
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    } while (this.element.isConnected);
  }

  #draw(told) {
    this.body.replaceChildren(
      h('p', {}, `${count(told.in_flight, 'picture')} worked on, ${told.queued} waiting.`),
      table('Networks', ['name', 'what for', 'state', 'runs on', 'runs', 'mean', 'licence'],
        told.networks.map((row) => [row.name, row.task, row.state, row.runs_on || '–', row.runs, row.mean_ms === null ? '–' : ms(row.mean_ms), row.licence])),
      table('Caches', ['cache', 'hits', 'misses', 'hit rate'],
        Object.entries(told.caches).map(([name, row]) => [name, row.hit, row.miss, percent(row.hit_rate)])),
      h('h3', {}, 'Latency'), ...told.latency.map(histogram),
      table('Errors', ['class', 'count'], Object.entries(told.errors)),
      table('The last failures', ['when', 'route', 'status', 'took', 'request'],
        told.recent.map((row) => [new Date(row.time * 1000).toLocaleTimeString(), row.route, row.status, ms(row.ms), row.request])));
  }
}

function table(title, head, rows) {
  if (!rows.length) return h('p', { class: 'muted' }, `${title}: none.`);
  return h('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': title }, h('table', { class: 'facts' },
    h('caption', {}, title),
    h('thead', {}, h('tr', {}, head.map((name) => h('th', { scope: 'col' }, name)))),
    h('tbody', {}, rows.map((row) => h('tr', {}, row.map((cell) => h('td', {}, cell)))))));
}

function histogram({ route, count: all, counts, upto_ms: bounds, mean_ms: mean }) {
  const most = Math.max(...counts);
  const said = counts.map((number, at) => number && `${number} up to ${bounds[at] === null ? 'more' : ms(bounds[at])}`).filter(Boolean).join(', ');
  return h('figure', { class: 'latency' },
    h('figcaption', { class: 'spread' }, h('code', {}, route), h('span', { class: 'muted' }, `${count(all, 'answer')} · mean ${ms(mean)}`)),
    s('svg', { viewBox: `0 0 ${counts.length * 10} 20`, preserveAspectRatio: 'none', role: 'img', 'aria-label': said },
      counts.map((number, at) => s('rect', { x: at * 10 + 1, width: 8, y: 20 - (20 * number) / most, height: (20 * number) / most }))));
}
