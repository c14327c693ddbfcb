// The assistant: a design changed by a sentence, told as it goes, and nothing done that is not accepted.

import { h } from '../../core/dom.js';
import { read } from '../../core/server.js';
import { answer } from '../answers.js';

const EXAMPLES = ['Make the title bigger', 'Make the background darker', 'Put the logo at the top right'];
const HINT = 'Say what is to be changed, in plain words of English, German, French, Spanish or Japanese. “It” is what is chosen.';

export default {
  id: 'chat',
  title: 'Assistant',
  icon: 'M4 5h16v11H9l-5 4zM8 9h8M8 12h5',
  open: (editor) => new Chat(editor),
};

class Chat {
  constructor(editor) {
    Object.assign(this, { editor, design: editor.design, answers: [], asking: null });
    this.log = h('div', { class: 'talk', role: 'log', 'aria-label': 'What was asked, and what came of it' });
    this.start = h('div', { class: 'start' }, h('p', { class: 'muted' }, HINT),
      h('div', { class: 'row' }, EXAMPLES.map((text) => h('button', { type: 'button', class: 'button', onclick: () => this.ask(text) }, text))));
    this.field = h('textarea', { name: 'request', rows: 2, 'aria-label': 'What is to be changed', placeholder: 'Make the logo bigger', onkeydown: (event) => this.#key(event) });
    this.model = h('input', { type: 'checkbox', name: 'model' });
    this.act = h('button', { type: 'submit', class: 'button primary' }, 'Ask');
    this.form = h('form', { class: 'asking', onsubmit: (event) => this.#submit(event) }, this.field,
      h('div', { class: 'row' }, this.choice = h('label', { class: 'check', title: 'Plain words are understood without it', hidden: true }, this.model, 'By the language model'), this.act));
    this.element = h('div', { class: 'chat' }, h('h2', { class: 'unseen' }, 'Assistant'), this.start, this.log, this.form);
    this.#offer();
  }

  /** Offers the language model where one is set. */
  async #offer() {
    const { assistant } = await read('v1/studio').catch(() => ({ assistant: true }));
    this.choice.hidden = !assistant;
  }

  leave() {
    for (const each of this.answers) each.leave();
  }

  #key(event) {
    event.stopPropagation();
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  #submit(event) {
    event.preventDefault();
    if (this.asking) return this.asking.abort();
    const text = this.field.value.trim();
    if (!text) return null;
    this.field.value = '';
    return this.ask(text);
  }

  /** Asks for a change; what is chosen, or `blocks`, is what is meant by *it*. */
  async ask(request, { shown = request, blocks = this.design.chosen } = {}) {
    if (this.asking) return;
    this.start.hidden = true;
    this.leave();
    this.asking = new AbortController();
    this.act.textContent = 'Stop';
    const told = answer(this, shown);
    this.answers.push(told);
    this.log.append(told.element);
    this.follow();
    try {
      await told.run({ request, model: this.model.checked, blocks: [...blocks] }, this.asking.signal);
    } finally {
      this.asking = null;
      this.act.textContent = 'Ask';
      this.follow();
    }
  }

  /** Lets the end of the talk be seen. */
  follow() {
    requestAnimationFrame(() => this.answers.at(-1)?.element.scrollIntoView({ block: 'nearest' }));
  }
}
