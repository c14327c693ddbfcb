// Seen: faces at once, then what is told of each, as it arrives.

import { h, s, say } from '../core/dom.js';
import { key } from '../core/keys.js';
import { saliencyOf } from '../core/saliency.js';
import { events, patiently } from '../core/server.js';
import { busy, trouble } from '../core/trouble.js';
import { count, ms, percent } from '../core/words.js';

const JUDGING = ['age', 'gender', 'emotion', 'race'];
const LATE_MS = 300;
const THUMB = 112;
/** What is known of how often each is wrong; docs/guides/people.md has the tables. */
const WRONG = {
  age: 'Off by 7.0 years on average: 421 faces of utkface.',
  gender: 'Wrong for 14 % of 421 faces of utkface, of children for 33 %.',
  emotion: 'Six emotions that 306 people posed: F1 of .60 on average.',
  race: 'Five words of a data set, which often disagree with how people see themselves.',
};
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
    this.times = h('section', { class: 'times', 'aria-label': 'Times' });
    this.where = h('button', { type: 'button', class: 'button', 'aria-pressed': 'false', onclick: () => this.toggleSaliency() }, 'Where people look');
    this.element = h('div', {}, h('div', { class: 'spread' }, this.head, this.where), this.notice, this.cards, this.times);
    this.chosen = -1;
    key('s', 'Show where people look', () => this.toggleSaliency());
  }

  /** Looks at a picture that has arrived at the server. */
  async look(picture) {
    Object.assign(this, { picture, faces: [], told: new Map(), chosen: -1 });
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
    for (const part of [this.notice, this.cards, this.times, this.studio.stage.overlay]) part.replaceChildren();
  }

  #waits(left) {
    this.notice.replaceChildren(...(left ? [busy(left, () => this.picture.leave())] : []));
  }

  async #listen(picture) {
    this.began = performance.now();
    const collection = await this.studio.collection;
    const query = collection ? `?collection=${encodeURIComponent(collection)}` : '';
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
    if (event !== 'done') this.told.set(event, data);
    this.#drawTimes();
  }

  #found({ width, height, faces }) {
    const { picture, studio } = this;
    Object.assign(picture, { width, height });
    studio.stage.show(picture.shown, { width, height });
    this.faces = faces;
    this.head.textContent = faces.length ? count(faces.length, 'face') : 'No face was found';
    say(this.head.textContent);
    studio.stage.overlay.replaceChildren(...faces.map((face, number) => this.#outline(face, number)));
    this.slots = faces.map(() => new Map());
    this.cards.replaceChildren(...faces.map((face, number) => this.#card(face, number)));
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

  #card({ score }, number) {
    const slots = this.#expected().map((word) => {
      const slot = h('div', { class: 'fact' }, h('div', { class: 'spread' }, h('span', {}, LABELS[word]), h('span')), h('div', { class: 'skeleton' }));
      this.slots[number].set(word, slot);
      return slot;
    });
    return h('article', { class: 'card fade', 'aria-label': `Face ${number + 1}` },
      h('header', {}, this.#thumb(number),
        h('div', {}, h('h3', {}, `Face ${number + 1}`), h('div', { class: 'muted' }, `sure by ${percent(score)}`))),
      h('div', { class: 'row' }, h('button', { type: 'button', class: 'button', 'aria-pressed': 'false', onclick: () => this.choose(number) }, 'Show in the picture')),
      slots);
  }

  #expected() {
    const { attributes = [], people = false } = this.studio.told;
    return ['embedding', ...JUDGING.filter((word) => attributes.includes(word)), ...(people ? ['search'] : [])];
  }

  #thumb(number) {
    const canvas = h('canvas', { width: THUMB, height: THUMB, role: 'img', 'aria-label': `Face ${number + 1}` });
    const { box } = this.faces[number];
    const side = Math.max(box.width, box.height) * 1.25;
    const { image, size } = this.studio.stage;
    const draw = () => {
      const times = image.naturalWidth / size.width;
      const left = (box.left + box.width / 2 - side / 2) * times;
      const top = (box.top + box.height / 2 - side / 2) * times;
      canvas.getContext('2d').drawImage(image, left, top, side * times, side * times, 0, 0, THUMB, THUMB);
    };
    image.decode().then(draw, () => {});
    return canvas;
  }

  #fill(word, { ms: took, value, error, message }) {
    for (const [number, slots] of (this.slots ?? []).entries()) {
      const slot = slots.get(word);
      if (!slot) continue;
      const shown = error ? h('div', {}, '⚠ ', message, ' ', h('code', { class: 'muted' }, error)) : SHOWN[word](value[number]);
      slot.replaceChildren(h('div', { class: 'spread' }, h('span', {}, LABELS[word]), h('span', {}, ms(took))), shown, ...doubts(word));
      slot.classList.add('fade');
    }
  }

  #end({ at_ms: wall }) {
    for (const slots of this.slots ?? []) for (const [word, slot] of slots) if (!this.told.has(word)) slot.remove();
    const sum = [...this.told.values()].reduce((total, { ms: took }) => total + took, 0);
    this.times.dataset.sum = `${ms(sum)} of work in ${ms(wall)}`;
    say(`All is told, in ${ms(wall)}.`);
    this.element.dataset.told = 'all';
    performance.mark('all-told');
  }

  #drawTimes() {
    const told = [...this.told].filter(([, { error }]) => !error);
    const end = Math.max(1, ...told.map(([, { at_ms: at }]) => at));
    this.times.replaceChildren(h('h3', {}, 'Times'), ...told.map(([word, { ms: took, at_ms: at }]) => h('div', { class: 'lane' },
      h('span', {}, LABELS[word] ?? word),
      s('svg', { viewBox: '0 0 100 8', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
        s('rect', { x: Math.max(0, (100 * (at - took)) / end), y: 1, width: Math.max(0.5, (100 * took) / end), height: 6, rx: 1 })),
      h('span', { class: 'mono muted' }, ms(took)))), h('p', { class: 'muted' }, this.times.dataset.sum ?? ''));
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

function doubts(word) {
  return WRONG[word] ? [h('details', { class: 'small' }, h('summary', {}, 'How often is this wrong?'), h('p', { class: 'muted' }, WRONG[word], ' ', h('a', { href: 'docs' }, 'The tables')))] : [];
}

function bars(shares) {
  const rows = Object.entries(shares).sort(([, one], [, other]) => other - one).slice(0, 3);
  return h('div', { class: 'bars' }, rows.flatMap(([word, share]) => {
    const bar = h('b');
    bar.style.width = `${100 * share}%`;
    return [h('span', {}, word), h('i', {}, bar), h('span', {}, percent(share))];
  }));
}

const SHOWN = {
  embedding: (row) => h('div', { class: 'muted' }, `${row.length} numbers of length 1`),
  age: ({ years, range }) => h('div', {}, `about ${Math.round(years)} years`, h('span', { class: 'muted' }, ` · ${range[0]} to ${range[1]}`)),
  gender: ({ probabilities }) => bars(probabilities),
  emotion: ({ probabilities }) => bars(probabilities),
  race: ({ probabilities }) => bars(probabilities),
  search: (matches) => (matches.length
    ? bars(Object.fromEntries(matches.map(({ subject, probability }) => [subject || 'without a name', probability])))
    : h('div', { class: 'muted' }, 'nobody who is enrolled')),
};
