// Operate: what runs where, how fast, and what went wrong lately.

import { h, s } from '../core/dom.js';
import { KEYS, read } from '../core/server.js';
import { trouble } from '../core/trouble.js';
import { bytes, count, ms, percent } from '../core/words.js';

const EVERY_MS = 2000;
/** Costs are summed up over a month, and written to the ledger every ten seconds or so. */
const COSTS_MS = 20_000;
const COSTS = 'v1/costs?days=30';
const NOT_TOLD = 'Told to holders of a signing key and, where there are none, to this machine alone.';
/** As `foveate costs` writes and folds. */
const LEAST = 0.00001;
const LITTLE = 0.01;
const HALF = '0.50';
const LAST_MS = 500;
const ERRORS = 'docs/reference/errors';

export default {
  id: 'operate',
  title: 'Operate',
  icon: 'M3 12h4l3-8 4 16 3-8h4',
  alone: true,
  open: (studio) => new Operate(studio),
};

// What is shown, in this order: what each needs of the status, and what it makes of that. More is a line here.
const PAGES = [
  [({ in_flight: now, queued, minutes }) => ({ now, queued, minutes }), load],
  [({ recent }) => recent, failures],
  [({ errors }) => errors, totals],
  [({ latency }) => latency, latencies],
  [({ networks }) => networks, networksHere],
  [({ stages }) => stages, stagesElsewhere],
  [({ caches, saved }) => ({ caches, saved }), cachesHere],
  [({ costs }) => costs ?? null, costsHere],
];

class Operate {
  constructor(studio) {
    Object.assign(this, { studio, costs: null, costsAt: -Infinity });
    this.failed = h('div');
    this.places = PAGES.map(([needs, shows]) => ({ needs, shows, said: '', element: h('section') }));
    this.element = h('div', { class: 'operate' }, h('h2', {}, 'Operate'), this.failed, this.places.map(({ element }) => element));
  }

  /** Shows how the server fares, anew for as long as it is looked at. */
  async look() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    do {
      try {
        this.meanings ??= (await read('v1/errors')).errors;
        await this.#count();
        this.#draw({ ...(await read('health/status')), costs: this.costs });
        this.failed.replaceChildren();
      } catch (why) {
        if (!this.failed.firstChild) this.failed.replaceChildren(trouble(why));
      }
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    } while (this.element.isConnected && turn === this.turn);
  }

  /** Asks now and then what it costs, for as long as whoever looks may know that. */
  async #count() {
    await this.studio.ready;
    const mayAsk = !this.studio.told.signed || sessionStorage.getItem(KEYS.signing);
    if (!mayAsk || performance.now() - this.costsAt < COSTS_MS) return;
    this.costsAt = performance.now();
    this.costs = await read(COSTS).catch((why) => {
      if (why.name === 'KeyNeeded') this.costsAt = Infinity;
      return why.name === 'KeyNeeded' ? null : { failed: why.message };
    });
  }

  /** Draws what changed: what stays keeps its focus and where it was scrolled to. */
  #draw(told) {
    for (const place of this.places) {
      const needed = place.needs(told);
      const said = JSON.stringify(needed);
      if (said === place.said) continue;
      place.said = said;
      place.element.replaceChildren(...place.shows(needed, this.meanings));
    }
  }
}

function load({ now, queued, minutes }) {
  const all = Math.max(1, ...minutes.in_flight, ...minutes.queued);
  const last = Math.max(1, Math.round((minutes.every_s * minutes.in_flight.length) / 60));
  const most = `Looked at every ${minutes.every_s} s: at most ${Math.max(0, ...minutes.in_flight)} at once and ${Math.max(0, ...minutes.queued)} waiting in ${last === 1 ? 'the last minute' : `the last ${last} minutes`}.`;
  return [
    h('p', { class: 'load' }, `${count(now, 'picture')} worked on, ${queued} waiting. `, h('span', { class: 'muted' }, most)),
    s('svg', { class: 'spark', viewBox: '0 0 149 40', preserveAspectRatio: 'none', role: 'img', 'aria-label': most },
      line(minutes.queued, all, 'waiting'), line(minutes.in_flight, all, 'working')),
    h('p', { class: 'kinds muted' }, h('i', { class: 'working' }), 'worked on', h('i', { class: 'waiting' }), 'waiting'),
  ];
}

/** Returns a line that ends at the right: now. */
function line(values, all, kind) {
  const from = 150 - values.length;
  return s('polyline', { class: kind, points: values.map((value, at) => `${from + at},${39 - (38 * value) / all}`).join(' ') });
}

function failures(recent, meanings) {
  return table('The last failures', ['when', 'what', 'route', 'status', 'took', 'request'],
    recent.map((row) => [new Date(row.time * 1000).toLocaleTimeString(), meaning(row.error, meanings), h('code', {}, row.route), row.status, ms(row.ms), h('code', {}, row.request)]));
}

function totals(errors, meanings) {
  const rows = Object.entries(errors).sort(([, one], [, other]) => other - one);
  return table('Errors since the start', ['times', 'what', 'what to do'],
    rows.map(([name, times]) => [times, meaning(name, meanings), (meanings[name]?.advice ?? '').split('`').map((part, at) => (at % 2 ? h('code', {}, part) : part))]));
}

/** Returns what an error means, by its class. */
function meaning(name, meanings) {
  const known = meanings[name];
  if (!known) return name || '–';
  return h('span', {}, h('a', { href: `${ERRORS}#${name}` }, name), h('small', { class: 'muted' }, known.message));
}

function networksHere(networks) {
  return table('Networks', ['name', 'what for', 'state', 'runs on', 'runs', 'mean', 'licence'],
    networks.map((row) => [row.name, row.task, row.state, row.runs_on || '–', row.runs, row.mean_ms === null ? '–' : ms(row.mean_ms), row.licence]));
}

function stagesElsewhere(stages) {
  if (!stages.length) return [];
  return table('Stages elsewhere', ['name', 'state', 'since'],
    stages.map((row) => [row.name, row.state, new Date(row.since * 1000).toLocaleString()]));
}

function cachesHere({ caches, saved }) {
  const rows = Object.entries(caches).map(([name, row]) => [name, row.hit, row.miss, percent(row.hit_rate)]);
  const spared = `${count(saved.decodes, 'picture')} need not be made anew, and ${bytes(saved.bytes)} of originals not be read again.`;
  return [...table('Caches', ['cache', 'hits', 'misses', 'hit rate'], rows), h('p', { class: 'muted' }, spared)];
}

function costsHere(costs) {
  if (!costs?.rows) return [h('h3', {}, 'Costs'), h('p', { class: 'muted' }, costs?.failed ?? NOT_TOLD, ' ', h('a', { href: 'docs/guides/costs' }, 'What it costs'))];
  const rows = [...largest(costs.rows), { route: 'all', class: '', ...costs.total }].map((row) => [h('code', {}, row.route), row.class || '–', row.requests, row.requests ? percent(row.hit_rate) : '–', `${(row.cpu_ms / 1000).toFixed(1)} s`, bytes(row.bytes_out), bytes(row.bytes_saved), `${money(row.cost.total)} ${costs.currency}`]);
  return table('Costs of the last 30 days', ['route', 'class', 'requests', 'from caches', 'CPU', 'sent', 'not read again', 'cost'], rows);
}

/** Returns the rows that say something, and one of what is no rendition and costs next to none: refusals, pages, probes. */
function largest(rows) {
  const little = LITTLE * rows.reduce((sum, row) => sum + row.cost.total, 0);
  const small = rows.filter((row) => !row.class && row.cost.total < little);
  if (small.length < 2) return rows;
  const together = { route: 'other', class: '', cost: { total: 0 } };
  for (const key of ['requests', 'hits', 'cpu_ms', 'bytes_out', 'bytes_saved']) together[key] = small.reduce((sum, row) => sum + row[key], 0);
  together.hit_rate = together.hits / Math.max(1, together.requests);
  together.cost.total = small.reduce((sum, row) => sum + row.cost.total, 0);
  return [...rows.filter((row) => !small.includes(row)), together];
}

/** Returns an amount in as many digits as say something. */
function money(amount) {
  if (amount > 0 && amount < LEAST) return `<${LEAST.toFixed(5)}`;
  return amount >= 1 || !amount ? amount.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 }) : amount.toFixed(5);
}

function table(title, head, rows) {
  if (!rows.length) return [h('h3', {}, title), h('p', { class: 'muted' }, 'None.')];
  return [h('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': title }, h('table', { class: 'facts' },
    h('caption', {}, title),
    h('thead', {}, h('tr', {}, head.map((name) => h('th', { scope: 'col' }, name)))),
    h('tbody', {}, rows.map((row) => h('tr', {}, row.map((cell) => h('td', {}, cell)))))))];
}

function latencies(routes) {
  const busiest = [...routes].sort(({ count: one }, { count: other }) => other - one);
  const shown = busiest.length ? h('div', { class: 'latencies' }, busiest.map(histogram)) : h('p', { class: 'muted' }, 'Nothing was answered yet.');
  return [h('h3', {}, 'From request to answer'), shown];
}

function histogram({ route, count: all, counts, upto_ms: bounds, within_ms: within }) {
  const most = Math.max(...counts);
  const last = bounds.at(-2);
  const said = Object.entries(within).map(([share, time]) => `${share === HALF ? 'half' : percent(share)} ${time === null ? `in more than ${short(last)}` : `within ${short(time)}`}`).join(', ');
  const bars = counts.map((number, at) => {
    const bar = h('b');
    bar.style.height = `${number ? Math.max(3, (100 * number) / most) : 0}%`;
    const upto = bounds[at];
    const title = `${count(number, 'answer')} ${upto === null ? `after more than ${short(last)}` : `within ${short(upto)}`}`;
    return h('div', { title }, h('span', {}, bar), h('small', {}, mark(upto)));
  });
  return h('figure', { class: 'latency' },
    h('figcaption', {}, h('code', {}, route), h('span', { class: 'muted' }, ` · ${count(all, 'answer')} · ${said}`)),
    h('div', { class: 'bars-up', role: 'img', 'aria-label': `${route}: ${said}` }, bars));
}

/** Returns what stands at the axis: the unit only where it changes, for there is little room. */
function mark(upto) {
  if (upto === null) return 'more';
  return upto < LAST_MS ? String(upto) : short(upto);
}

/** Returns a time with few digits. */
function short(time) {
  return time < 1000 ? ms(time) : `${Number((time / 1000).toFixed(1))} s`;
}
