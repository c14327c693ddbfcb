// Seen: faces at once, then what is told of each, as it arrives.

import { alike } from '../core/alike.js';
import { cutOut } from '../core/cutout.js';
import { h, s, say } from '../core/dom.js';
import { enrolForm, placeOf } from '../core/enrol.js';
import { SHOWN, doubts } from '../core/facts.js';
import { hiding } from '../core/hide.js';
import { key } from '../core/keys.js';
import { saliencyOf } from '../core/maps.js';
import { events, patiently } from '../core/server.js';
import { Times } from '../core/times.js';
import { busy, trouble } from '../core/trouble.js';
import { count, ms, percent } from '../core/words.js';

const JUDGING = ['age', 'gender', 'emotion', 'race'];
const LATE_MS = 300;
const SEARCH = 'search';
const LABELS = { faces: 'Faces', embedding: 'Embedding', age: 'Age', gender: 'Gender', emotion: 'Emotion', race: 'Race', search: 'Known people' };

export default {
  id: 'seen',
  title: 'Seen',
  icon: 'M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12Zm10-3a3 3 0 1 0 0 6 3 3 0 0 0 0-6Z',
  open: (studio) => new Seen(studio),
};

class Seen {
  constructor(studio) {
    this.studio = studio;
    this.head = h('h2', {}, 'Looking');
    this.notice = h('div');
    this.cards = h('div', { class: 'cards' });
    this.times = new Times(LABELS);
    this.where = h('button', { type: 'button', class: 'button', 'aria-pressed': 'false', onclick: () => this.toggleSaliency() }, 'Where people look');
    this.element = h('div', {}, h('div', { class: 'spread' }, this.head, this.where), this.notice, this.cards, this.times.element);
    this.chosen = -1;
    this.matches = [];
    key('s', 'Show where people look', () => this.toggleSaliency());
  }

  /** Looks at a picture that has arrived at the server. */
  async look(picture) {
    Object.assign(this, { picture, faces: [], told: new Map(), chosen: -1, matches: [] });
    this.#clear();
    const late = setTimeout(() => this.element.classList.add('late'), LATE_MS);
    try {
      await patiently(() => this.#listen(picture), { signal: picture.signal, waits: (left) => this.#waits(left) });
    } catch (why) {
      if (why.name !== 'AbortError') this.notice.replaceChildren(trouble(why, () => this.look(picture)));
    } finally {
      clearTimeout(late);
      this.element.classList.remove('late');
    }
  }

  #clear() {
    this.head.textContent = 'Looking';
    this.element.dataset.told = '';
    this.map = null;
    this.where.setAttribute('aria-pressed', 'false');
    this.times.element.hidden = true;
    for (const part of [this.notice, this.cards, this.studio.stage.overlay]) part.replaceChildren();
  }

  #waits(left) {
    this.notice.replaceChildren(...(left ? [busy(left, () => this.picture.leave())] : []));
  }

  async #listen(picture) {
    this.began = performance.now();
    await this.studio.ready;
    const { chosen, changes } = this.studio.index;
    this.searched = changes;
    const query = chosen ? `?collection=${encodeURIComponent(chosen)}` : '';
    for await (const { event, data } of events(`v1/recognise${query}`, picture.body, picture.signal)) {
      if (picture !== this.studio.picture) return;
      this.#take(event, data);
    }
  }

  #take(event, data) {
    if (event === 'faces') this.#found(data.value);
    else if (event === 'done') this.#end(data);
    else if (event === 'error') this.notice.append(trouble(Object.assign(new Error(data.message), { name: data.error })));
    else this.#fill(event, data);
    if (event === 'done') return;
    this.told.set(event, data);
    this.times.tell(event, data);
  }

  #found({ width, height, faces }) {
    const { picture, studio } = this;
    Object.assign(picture, { width, height });
    if (!studio.renders) {
      studio.stage.show(picture.shown, { width, height });
      studio.current.shown.drawn?.();
    }
    this.faces = faces;
    this.head.textContent = faces.length ? count(faces.length, 'face') : 'No face was found';
    say(this.head.textContent);
    studio.stage.overlay.replaceChildren(...faces.map((face, number) => this.#outline(face, number)));
    this.slots = faces.map(() => new Map());
    this.cards.replaceChildren(...faces.map((face, number) => this.#card(face, number)));
    this.times.expect(['faces', ...(faces.length ? this.#expected() : [])]);
    this.element.dataset.told = 'faces';
    performance.mark('boxes-drawn');
  }

  #outline({ box, landmarks }, number) {
    const { left: x, top: y, width, height } = box;
    const frame = { x, y, width, height, rx: Math.min(width, height) * 0.06 };
    const radius = Math.max(2, Math.min(width, height) * 0.05);
    const eyes = [landmarks.left_eye, landmarks.right_eye].flatMap(([cx, cy]) => [
      s('circle', { class: 'halo', cx, cy, r: radius }),
      s('circle', { class: 'line eye', cx, cy, r: radius }),
    ]);
    return s('g', { class: 'face fade', onclick: () => this.choose(number) },
      s('rect', { class: 'halo', ...frame }), s('rect', { class: 'line', ...frame }), eyes);
  }

  #card({ score, box }, number) {
    const label = `Face ${number + 1}`;
    const { image, size } = this.studio.stage;
    return h('article', { class: 'card fade', 'aria-label': label },
      h('header', {}, cutOut(image, size, box, label),
        h('div', {}, h('h3', {}, label), h('div', { class: 'muted' }, `sure by ${percent(score)}`))),
      this.#actions(number),
      this.#expected().map((word) => this.#slot(number, word)));
  }

  #slot(number, word) {
    const slot = h('div', { class: 'fact', 'data-word': word }, h('div', { class: 'spread' }, h('span', {}, this.#label(word)), h('span')),
      h('div', { class: 'value' }, h('div', { class: 'skeleton' })), doubts(word));
    this.slots[number].set(word, slot);
    return slot;
  }

  #label(word) {
    const { collections, chosen } = this.studio.index;
    return word === SEARCH && collections.length > 1 ? `${LABELS[word]} (collection ${chosen})` : LABELS[word];
  }

  #actions(number) {
    const button = (text, act, more = {}) => h('button', { type: 'button', class: 'button', onclick: act, ...more }, text);
    const adding = h('div', { class: 'adding' });
    const add = button('Add to index', () => this.#add(number, adding, add));
    return h('div', {}, h('div', { class: 'row' },
      button('Show in the picture', () => this.choose(number), { 'aria-pressed': 'false' }),
      button('Crop to this face', () => this.#crop(number)),
      button(this.#hides(number), () => this.#hide(number), { class: 'button hides' }),
      this.studio.index.may('write') ? add : null), adding);
  }

  #hiding(number) {
    const names = this.faces.map((_, at) => this.matches[at]?.[0]?.subject ?? '');
    return hiding(number, names, this.studio.index.chosen);
  }

  #hides(number) {
    return this.#hiding(number).all ? 'Hide all faces' : 'Hide this face';
  }

  #hide(number) {
    const { patch, said } = this.#hiding(number);
    this.studio.open('cut');
    this.studio.panels.get('cut').shown.hide(patch, said);
    say(said);
  }

  #crop(number) {
    this.studio.open('crop');
    this.studio.panels.get('crop').shown.goBy(number);
    say(`Crops go by face ${number + 1}.`);
  }

  #add(number, place, button) {
    const { picture, studio } = this;
    const at = placeOf(this.faces[number].box, picture);
    const close = (...told) => {
      place.replaceChildren(...told);
      button.hidden = false;
      button.focus();
    };
    const done = async (_, text) => {
      close(h('p', { class: 'muted' }, text));
      say(text);
      await studio.learn();
      await this.again();
    };
    const { element, field } = enrolForm(studio.index, { body: picture.body, at, source: picture.name }, { done, close: () => close() });
    button.hidden = true;
    place.replaceChildren(element);
    field.focus();
  }

  /** Searches anew where the index was changed, or another one is chosen. */
  async again() {
    const { picture, studio } = this;
    const { chosen, changes } = studio.index;
    if (!picture?.source || picture !== studio.picture || !this.slots || this.searched === changes) return;
    this.searched = changes;
    if (!chosen) return;
    const query = new URLSearchParams({ parts: `faces,${SEARCH}`, collection: chosen });
    try {
      for await (const { event, data } of events(`v1/recognise?${query}`, picture.body, picture.signal)) {
        if (event === SEARCH && picture === studio.picture) this.#fill(event, data);
      }
    } catch (why) {
      if (why.name !== 'AbortError') this.notice.replaceChildren(trouble(why, () => this.look(picture)));
    }
  }

  #expected() {
    const { attributes = [] } = this.studio.told;
    return ['embedding', ...JUDGING.filter((word) => attributes.includes(word)), ...(this.studio.index.chosen ? [SEARCH] : [])];
  }

  #fill(word, { ms: took, value, error, message }) {
    if (word === SEARCH) this.matches = value ?? [];
    for (const [number, slots] of (this.slots ?? []).entries()) {
      if (word === SEARCH) this.#makeRoom(number, slots);
      const slot = slots.get(word);
      // Faces beyond the best hundred are told of by nothing else.
      if (!slot || !(error || number in value)) continue;
      const shown = error ? h('div', {}, '⚠ ', message, ' ', h('code', { class: 'muted' }, error)) : this.#shown(word, value[number]);
      const [{ children: [label, time] }, place] = slot.children;
      label.textContent = this.#label(word);
      time.textContent = ms(took);
      place.replaceChildren(shown);
      place.classList.add('fade');
    }
  }

  /** Those who are searched for may be hidden by name; the first who is added makes the index. */
  #makeRoom(number, slots) {
    const card = this.cards.children[number];
    card.querySelector('.hides').textContent = this.#hides(number);
    if (!slots.get(SEARCH)?.isConnected) card.append(this.#slot(number, SEARCH));
  }

  #shown(word, value) {
    if (word !== SEARCH) return SHOWN[word](value);
    return alike(value, this.studio.thumbs, (subject) => this.studio.open('people', { subject }));
  }

  #end({ at_ms: wall }) {
    for (const slots of this.slots ?? []) for (const [word, slot] of slots) if (!this.told.has(word)) slot.remove();
    this.times.end(wall);
    say(`All is told, in ${ms(wall)}.`);
    this.element.dataset.told = 'all';
    performance.mark('all-told');
  }

  /** Shows or hides where people look. */
  async toggleSaliency() {
    const { picture, studio } = this;
    if (!picture?.source) return;
    if (this.map?.isConnected) {
      this.map.remove();
      this.where.setAttribute('aria-pressed', 'false');
      return;
    }
    try {
      this.map ??= await saliencyOf(picture);
    } catch (why) {
      if (why.name !== 'AbortError') this.notice.replaceChildren(trouble(why));
      return;
    }
    if (picture !== studio.picture) return;
    studio.stage.overlay.prepend(this.map);
    this.where.setAttribute('aria-pressed', 'true');
    say('Where people look is shown, the brighter the more.');
  }

  choose(number) {
    this.chosen = this.chosen === number ? -1 : number;
    for (const [at, group] of [...this.studio.stage.overlay.querySelectorAll('g.face')].entries()) group.classList.toggle('chosen', at === this.chosen);
    for (const [at, card] of [...this.cards.children].entries()) {
      card.classList.toggle('chosen', at === this.chosen);
      card.querySelector('[aria-pressed]').setAttribute('aria-pressed', at === this.chosen);
      if (at === this.chosen) card.scrollIntoView({ block: 'nearest' });
    }
  }
}
