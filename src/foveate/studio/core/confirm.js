// A question before what cannot be undone. The way back has the focus.

import { h } from './dom.js';

let number = 0;

/** Returns, once it is answered, whether it is to be done. `act` is what the button says: "Erase Ann". */
export function confirmed(title, text, act) {
  const id = `ask-${(number += 1)}`;
  const cancel = h('button', { value: '', class: 'button', autofocus: true }, 'Cancel');
  const dialog = h('dialog', { 'aria-labelledby': id, 'aria-describedby': `${id}-text`, class: 'ask' },
    h('form', { method: 'dialog' },
      h('h2', { id }, title), h('p', { id: `${id}-text` }, text),
      h('div', { class: 'row' }, cancel, h('button', { value: 'yes', class: 'button danger' }, act))));
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    dialog.showModal();
    cancel.focus();
  });
}
