// How a URL hides one face of a picture: options name people, and places they do not.

import { written } from './people.js';

/** So many people an option may name. */
const MOST = 20;
const BY_NAME = 'Such a URL is answered to who may search the index, or with a signature.';

/**
 * Returns `{patch, all, said}`: the options that hide a face, whether they hide all others as well,
 * and whom they hide in words. `names` are who each face is taken for, empty where nobody is.
 */
export function hiding(number, names, collection) {
  const named = (who) => `subject:${who.map((name) => written(collection, name)).join(';')}`;
  if (names.length === 1) return { patch: { redact: 'faces' }, all: false, said: 'Every face that is found is hidden; here that is one.' };
  const own = names[number];
  const others = names.filter((_, at) => at !== number);
  if (own && !others.includes(own)) return { patch: { 'redact.only': named([own]) }, all: false, said: `Who is taken for ${own} is hidden, and who may be. ${BY_NAME}` };
  const kept = [...new Set(others)];
  if (!own && others.every(Boolean) && kept.length <= MOST) return { patch: { 'redact.keep': named(kept) }, all: false, said: `All are hidden but ${kept.join(', ')}. ${BY_NAME}` };
  return { patch: { redact: 'faces' }, all: true, said: 'All faces are hidden: a URL tells one from the others by the name alone. Add this one to the index to hide nobody else.' };
}
