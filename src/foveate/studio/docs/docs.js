// The pages of the documents: they read without this; it adds search, copying and where one is.

import { copied } from '../core/copied.js';
import { h } from '../core/dom.js';
import { plain } from '../core/grammar.js';
import { addSearch } from './search.js';

function addCopying() {
  if (!navigator.clipboard) return; // only pages by https and of this machine have it
  for (const code of document.querySelectorAll('.code')) {
    const button = h('button', { type: 'button', class: 'button copy', onclick: () => copied(button, '', () => code.firstChild.textContent) }, 'Copy');
    code.append(button);
  }
}

/** Marks in the list of what is on the page where the reader is. */
function markPlace() {
  const links = new Map([...document.querySelectorAll('#page-here a')].map((link) => [plain(link.hash.slice(1)), link]));
  if (!links.size) return;
  const headings = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  const mark = () => {
    const read = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight / 3).pop() ?? headings[0];
    for (const [id, link] of links) {
      if (id === read.id) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
  };
  addEventListener('scroll', mark, { passive: true });
  mark();
}

/** Opens what a link into the page names, where that is folded. */
function openNamed() {
  const named = document.getElementById(plain(location.hash.slice(1)));
  if (named instanceof HTMLDetailsElement) named.open = true;
}

addSearch(document.getElementById('page-search'));
addCopying();
markPlace();
openNamed();
addEventListener('hashchange', openNamed);
document.querySelector('#page-contents [aria-current]')?.scrollIntoView({ block: 'nearest' });
if (document.querySelector('.builder')) import('./builder.js').then(({ build }) => build());
