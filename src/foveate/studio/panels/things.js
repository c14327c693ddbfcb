// Things: what a picture shows, in words and where, asked for once somebody looks here.

import { copied } from '../core/copied.js';
import { h, say } from '../core/dom.js';
import { patiently, post, read } from '../core/server.js';
import { KINDS, apart, boxed, lined } from '../core/sights.js';
import { on, press, toggleButton } from '../core/toggle.js';
import { busy, trouble } from '../core/trouble.js';
import { count, ms, percent } from '../core/words.js';

const PARTS = { objects: 'Objects', tags: 'In words', moderation: 'Moderation', text: 'Text' };
const LATE_MS = 300;
const KEEP = 'segment.keep';
const CHOOSE = 'Choose classes, here or in the picture, to crop around them or to change them.';

export default {
  id: 'things',
  title: 'Things',
  icon: 'M4 8V4h4m8 0h4v4M4 16v4h4m8 0h4v-4M9 9h6v6H9Z',
  open: (studio) => new Things(studio),
};

/** Returns a class as options write it. */
const word = (label) => label.replaceAll(' ', '-');

class Things {
  constructor(studio) {
    this.studio = studio;
    // The stage shows the source, with these boxes and no others.
    this.explains = true;
    this.took = h('span', { class: 'mono muted' });
    this.notice = h('div');
    studio.stage.onplace(() => this.element?.isConnected && this.told && apart(this.sights, this.picture));
    this.sections = new Map(Object.keys(PARTS).map((part) => [part, this.#section(part)]));
    this.element = h('div', { class: 'things' }, h('div', { class: 'spread' }, h('h2', {}, 'Things'), this.took), this.notice,
      [...this.sections.values()].map(({ element }) => element));
  }

  #section(part) {
    const time = h('span', { class: 'mono muted' });
    const place = h('div', { class: 'seen' });
    return { time, place, element: h('section', { 'data-part': part, 'aria-label': PARTS[part] }, h('div', { class: 'spread' }, h('h3', {}, PARTS[part]), time), place) };
  }

  /** Asks once what is in a picture, but for what this server has no weights for. */
  async look(picture) {
    Object.assign(this, { picture, told: null, classes: new Map(), chosen: new Set(), list: null, line: -1 });
    this.#clear();
    const late = setTimeout(() => this.element.classList.add('late'), LATE_MS);
    try {
      const { missing = {} } = await read('v1/studio', picture.signal);
      const began = performance.now();
      const told = await this.#ask(picture, Object.keys(PARTS).filter((part) => !missing[part]));
      if (picture === this.picture) this.#tell(told, missing, performance.now() - began);
    } catch (why) {
      if (why.name !== 'AbortError' && picture === this.picture) this.#fail(trouble(why, () => this.look(picture)));
    } finally {
      clearTimeout(late);
      this.element.classList.remove('late');
    }
  }

  #ask(picture, parts) {
    if (!parts.length) return {};
    const waits = (left) => this.notice.replaceChildren(...(left ? [busy(left, () => picture.leave())] : []));
    return patiently(() => post(`v1/analyse?parts=${parts}`, picture.body, picture.signal), { signal: picture.signal, waits });
  }

  #clear() {
    this.element.dataset.known = '';
    this.took.textContent = '';
    this.notice.replaceChildren();
    this.sights = [];
    if (this.element.isConnected) this.studio.stage.guides.replaceChildren();
    const [first, ...others] = this.sections.values();
    first.element.hidden = false;
    first.time.textContent = '';
    first.place.replaceChildren(...[0, 1, 2, 3].map(() => h('div', { class: 'skeleton' })));
    // What comes below is of any height: it comes with the rest, so that nothing moves.
    for (const { element } of others) element.hidden = true;
  }

  /** Says what went wrong, in the place of what was to be told. */
  #fail(notice) {
    this.notice.replaceChildren(notice);
    for (const { element } of this.sections.values()) element.hidden = true;
  }

  #tell(told, missing, wall) {
    this.told = told;
    this.took.textContent = told.timings_ms ? ms(wall) : '';
    for (const { label } of told.objects ?? []) this.classes.set(label, this.classes.get(label) ?? this.classes.size);
    const shown = { objects: () => this.#objects(), tags: () => this.#words(), moderation: () => moderated(told.moderation), text: () => this.#lines() };
    for (const [part, { time, place, element }] of this.sections) {
      element.hidden = false;
      time.textContent = part in told ? ms(told.timings_ms[part] ?? 0) : '';
      place.replaceChildren(h('div', { class: 'fade' }, part in told ? shown[part]() : this.#away(missing[part] ?? [])));
    }
    this.#show();
    this.element.dataset.known = 'all';
    say(this.#summary());
  }

  #summary() {
    const { objects, tags, text, moderation } = this.told;
    return [tags?.alt, objects && `${count(objects.filter((thing) => thing.counted).length, 'object')}.`, text && `${count(text.length, 'line')} of text.`, moderation && sentence(moderation)].filter(Boolean).join(' ');
  }

  #away(weights) {
    return [
      h('p', {}, '⚠ The weights of this are not here: ', h('code', { class: 'muted' }, 'WeightsMissing')),
      h('p', {}, 'On the server, run ', h('code', {}, `foveate models pull ${weights.join(' ')}`), '.'),
      h('button', { type: 'button', class: 'button', onclick: () => this.look(this.picture) }, 'Look again'),
    ];
  }

  #objects() {
    const { objects } = this.told;
    if (!objects.length) return h('p', { class: 'muted' }, 'None of the 80 classes that are known here was found.');
    const legend = [...this.classes].map(([label, kind]) => {
      const own = objects.filter((thing) => thing.label === label);
      const [{ score }] = own;
      const counted = own.filter((thing) => thing.counted).length;
      return toggleButton([h('i', { class: `k${kind % KINDS}` }), label, counted > 1 ? ` × ${counted}` : ''], () => this.#choose(label),
        { 'data-label': label, title: `${count(own.length, 'box', 'boxes')}, the surest by ${percent(score)}` });
    });
    this.legend = h('div', { class: 'row legend', role: 'group', 'aria-label': 'Classes' }, legend);
    this.acts = h('div', { class: 'acts' }, h('p', { class: 'muted' }, CHOOSE));
    return [this.legend, this.acts];
  }

  #choose(label) {
    if (!this.chosen.delete(label)) this.chosen.add(label);
    this.line = -1;
    const names = [...this.chosen];
    for (const button of this.legend.children) press(button, this.chosen.has(button.dataset.label));
    this.acts.replaceChildren(...(names.length ? this.#acts(names) : [h('p', { class: 'muted' }, CHOOSE)]));
    this.#draw();
    say(names.length ? `${names.join(', ')}: what may be done is below.` : 'No class is chosen.');
  }

  /** Returns what may be done with things of these classes: each sets options of the URL. */
  #acts(names) {
    const said = names.join(', ');
    const classes = names.map(word).join('|');
    const button = (text, act) => h('button', { type: 'button', class: 'button', 'aria-label': `${text} ${said}`, onclick: act }, text);
    const { rows } = this.studio.options;
    const sure = names.map((label) => `${label} ${percent(this.told.objects.find((thing) => thing.label === label).score)}`);
    return [h('p', { title: 'How sure the surest of each is' }, sure.join(' · ')), h('div', { class: 'row' },
      button('Crop around', () => this.#crop(`object:${classes}`, said)),
      button('Hide', () => this.#cut('hide', { redact: `object:${classes}` }, `Hidden is all that may be ${said}, also what is too unsure to be drawn here, with some room around it. What is not found stays visible.`, `hide ${said}`)),
      rows.has(KEEP) ? button('Cut out', () => this.#cut('cut', { segment: 'foreground', [KEEP]: classes }, `Cut out is what is found as ${said}.`)) : null)];
  }

  #crop(gravity, said) {
    this.studio.open('crop');
    this.studio.panels.get('crop').shown.goByGravity(gravity, said);
    say(`Crops go by ${said}.`);
  }

  #cut(what, patch, said, name) {
    this.studio.open('cut');
    this.studio.panels.get('cut').shown[what](patch, said, name);
    say(said);
  }

  #words() {
    const { labels, caption, alt } = this.told.tags;
    const copy = h('button', { type: 'button', class: 'button', onclick: () => copied(copy, 'alt text', () => alt) }, 'Copy alt text');
    return [
      h('p', { class: 'caption' }, caption),
      labels.length ? h('div', { class: 'bars' }, labels.flatMap(({ label, score }) => [h('span', {}, label), bar(score), h('span', {}, percent(score))])) : h('p', { class: 'muted' }, 'No word is sure.'),
      h('p', { class: 'alt' }, h('span', { class: 'muted' }, 'Alt text, a proposal: '), alt), copy,
    ];
  }

  #lines() {
    const { text } = this.told;
    if (!text.length) return h('p', { class: 'muted' }, 'No text was found.');
    this.list = h('ul', { class: 'read' }, text.map((line, number) => h('li', {},
      toggleButton([h('span', { dir: 'auto' }, line.text), h('span', { class: 'muted' }, percent(line.score))], () => this.#point(number)))));
    const copy = h('button', { type: 'button', class: 'button', onclick: () => copied(copy, 'text', () => text.map((line) => line.text).join('\n')) }, 'Copy text');
    return [this.list, h('div', { class: 'row' }, copy,
      h('button', { type: 'button', class: 'button', onclick: () => this.#crop('text', 'the text') }, 'Crop around text'),
      h('button', { type: 'button', class: 'button', onclick: () => this.#cut('hide', { redact: 'text' }, 'Hidden is every line that is found, also what nobody can read. What is not found stays visible.', 'hide text') }, 'Hide text'))];
  }

  /** Shows one line in the picture. */
  #point(number) {
    this.line = this.line === number ? -1 : number;
    this.#draw();
  }

  /** Draws anew over what the stage shows, which is a source of another size than was known perhaps. */
  #show() {
    const { picture, studio } = this;
    if ('width' in this.told) Object.assign(picture, { width: this.told.width, height: this.told.height });
    if (!this.element.isConnected || picture !== studio.picture) return;
    studio.stage.show(picture.shown, picture);
    this.#draw();
  }

  /** Draws over what the stage shows now. */
  drawn() {
    if (this.told) this.#draw();
  }

  /** Says nothing of a picture that has gone, while the next one is on its way. */
  follow() {
    if (this.picture !== this.studio.picture) this.#clear();
  }

  #draw() {
    if (this.picture !== this.studio.picture) return;
    const { objects = [], text = [] } = this.told;
    const pointed = this.line >= 0;
    for (const [number, { firstElementChild: button }] of [...(this.list?.children ?? [])].entries()) if (on(button) !== (number === this.line)) press(button);
    const lines = text.map((line, number) => lined(line, { chosen: number === this.line, dimmed: (pointed && number !== this.line) || this.chosen.size > 0 }, () => this.#point(number)));
    const things = objects.map((thing) => {
      const chosen = this.chosen.has(thing.label);
      return boxed(thing, { kind: this.classes.get(thing.label), chosen, dimmed: pointed || (this.chosen.size > 0 && !chosen) }, () => this.#choose(thing.label));
    });
    this.sights = [...lines, ...things];
    // Small things lie over large ones, so that all of them can be clicked, and names over all.
    const shown = [...things.sort((one, other) => area(other) - area(one)), ...lines];
    this.studio.stage.guides.replaceChildren(...shown.map(({ shape }) => shape), ...shown.map(({ name }) => name));
    apart(this.sights, this.picture);
  }
}

const area = ({ box }) => box.width * box.height;

function bar(share) {
  const filled = h('b');
  filled.style.width = `${100 * share}%`;
  return h('i', {}, filled);
}

function moderated(told) {
  return [h('p', {}, sentence(told)), h('p', { class: 'muted' }, `Not looked for: ${told.unseen.join(', ')}.`)];
}

/** Says whether a picture is flagged, and by what. */
function sentence({ nsfw, flagged, threshold, service }) {
  const score = `the score is ${percent(nsfw)}, the limit ${percent(threshold)}`;
  if (!flagged) return `Not flagged for nudity: ${score}.`;
  if (service?.flagged) return `⚠ Flagged by the service that is asked${service.labels.length ? ` (${service.labels.join(', ')})` : ''}; for nudity ${score}.`;
  return nsfw >= threshold ? `⚠ Flagged for nudity: ${score}.` : `⚠ Flagged for the parts of bodies that are seen; of the whole ${score}.`;
}
