// Copying, and saying so.

import { say } from './dom.js';
import { Refused } from './server.js';

const SAID_MS = 2000;

/** Copies what `make` gives, and has the button say so for a moment. */
export async function copied(button, what, make) {
  const usual = button.dataset.usual ??= button.textContent;
  let said = `Copied ${what}`.trim();
  try {
    await navigator.clipboard.writeText(await make());
  } catch (why) {
    said = why instanceof Refused ? why.message : 'The browser does not let this page copy.';
  }
  say(said);
  button.textContent = said;
  setTimeout(() => { button.textContent = usual; }, SAID_MS);
}
