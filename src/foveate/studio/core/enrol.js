// Adding a face of a picture to the index: a name, the reason where it is refused, and a way to add it all the same.

import { h, say } from './dom.js';
import { nameForm } from './names.js';
import { trouble } from './trouble.js';

/** Returns where the middle of a box lies, as X of the width and Y of the height. */
export function placeOf({ left, top, width, height }, size) {
  const share = (value, whole) => Math.min(1, Math.max(0, value / whole)).toFixed(5);
  return `${share(left + width / 2, size.width)}x${share(top + height / 2, size.height)}`;
}

/** Returns a form for one face. `ask` is `{body, at, source}`; `done` is given the name once it is added. */
export function enrolForm(index, ask, { done, close }) {
  const notice = h('div', { class: 'told' });
  let forced = '';
  const { form, field, go } = nameForm(index, { label: 'Who is it?', button: 'Add', cancel: close, act: (subject) => add(subject) });

  async function add(subject) {
    try {
      const { body, at, source } = ask;
      const said = await index.enrol(body, { subject, at, source, force: forced === subject ? true : '' });
      await done(subject, told(said, subject));
    } catch (why) {
      refused(why, subject);
    }
  }

  function refused(why, subject) {
    if (why.name !== 'FaceRefused') return notice.replaceChildren(trouble(why));
    forced = subject;
    go.textContent = 'Add anyway';
    say(`${why.message} It can be added anyway.`);
    return notice.replaceChildren(h('div', { class: 'notice' }, h('p', {}, '⚠ ', why.message), h('p', { class: 'muted' }, 'A search may miss it. Another picture does more.')));
  }

  field.addEventListener('input', () => {
    forced = '';
    go.textContent = 'Add';
  });
  return { element: h('div', { class: 'enrol' }, form, notice), field };
}

function told({ already, resembles }, subject) {
  if (already) return `This picture was added for ${subject} before.`;
  return resembles ? `Added as ${subject}. Looks like ${resembles.subject}, too.` : `Added as ${subject}.`;
}
