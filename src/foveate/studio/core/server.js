// All that is asked of the server. Paths are below the page, wherever that lies.

/** What went wrong, as the server names it. */
export class Refused extends Error {
  constructor(name, message, { status = 0, retryAfter = 0 } = {}) {
    super(message);
    Object.assign(this, { name, status, retryAfter });
  }
}

export const LOST = 'ConnectionLost';
const BUSY = 503;
const BUSY_NAMES = new Set(['QueueFull', 'ServerBusy', 'MemoryBudgetSpent']);
const ENDS = new Set(['done', 'error', 'question', 'kept']);
const MOST_TRIES = 8;
const SIGNED_S = 3600;

/** Returns the address of a path of this server. */
export const at = (path) => new URL(path, document.baseURI);

/** Where a key lies for as long as the tab is open: that of signed URLs, of the face index, of datasets and of designs. */
export const KEYS = { signing: 'key', index: 'index-key', datasets: 'datasets-key', designs: 'designs-key' };
/** What browsers say where a picture goes, so that format=auto answers as it would there. */
const PICTURES = 'image/avif,image/webp,*/*';
/** What asks the face index: recognition only where it names a collection. */
const ASKS_INDEX = /^v1\/(people|studio|recognise\?.*collection=)/;
const ASKS_DATASETS = /^v1\/(datasets|handlers|raw)/;
const ASKS_DESIGNS = /^v1\/(designs|elements|brands|page-sizes)/;
const NO_KEY = new Set(['KeyNeeded', 'BadSignature']);

function keyFor(path) {
  const own = (ASKS_INDEX.test(path) && KEYS.index) || (ASKS_DATASETS.test(path) && KEYS.datasets) || (ASKS_DESIGNS.test(path) && KEYS.designs);
  return (own && sessionStorage.getItem(own)) || sessionStorage.getItem(KEYS.signing);
}

/** Says whether a path is asked for with a key, which links do not send. */
export const hasKey = (path) => Boolean(keyFor(path));

function headers(path, extra = {}) {
  const key = keyFor(path);
  return key ? { ...extra, authorization: `Bearer ${key}` } : extra;
}

/** Returns the headers with which a rendition is asked for: with those of the face index where its options name people. */
const rendering = (url) => ({ accept: PICTURES, ...(url.includes('subject:') ? headers('v1/people') : {}) });

async function refusal(response) {
  const said = await response.json().catch(() => ({}));
  return new Refused(said.error ?? `HTTP ${response.status}`, said.message ?? 'The server gave no reason.', {
    status: response.status,
    retryAfter: Number(response.headers.get('retry-after')) || 0,
  });
}

function lost(why) {
  if (why.name === 'AbortError' || why instanceof Refused) return why;
  return new Refused(LOST, 'The server cannot be reached. Is it running, and is the network there?');
}

async function asked(path, options) {
  try {
    const response = await fetch(at(path), { ...options, headers: headers(path, options.headers) });
    if (response.ok) return response;
    const why = await refusal(response);
    // One that is not taken must not stand before another that would be.
    if (NO_KEY.has(why.name) && ASKS_INDEX.test(path)) sessionStorage.removeItem(KEYS.index);
    throw why;
  } catch (why) {
    throw lost(why);
  }
}

/** Returns the answer to a request with these headers and this body. Throws a Refused. */
export const answered = (path, { method = 'GET', headers: more = {}, body, signal } = {}) => asked(path, { method, headers: more, body, signal });

/** Returns the JSON at a path. */
export const read = async (path, signal) => (await asked(path, { signal })).json();

/** Returns the bytes at a path, as a blob. */
export const blobAt = async (path, signal) => (await asked(path, { signal })).blob();

/** Returns the JSON that a request without a body answers with, such as a DELETE. */
export const send = async (method, path, signal) => {
  const answer = await asked(path, { method, signal });
  return answer.status === 204 ? null : answer.json();
};

/** Returns the JSON that a POST of JSON answers with. */
export async function post(path, body, signal, more = {}) {
  const response = await asked(path, { method: 'POST', signal, headers: { 'content-type': 'application/json', ...more }, body: JSON.stringify(body) });
  return response.json();
}

/** Returns the answer at the address of a rendition. */
export async function rendered(url, signal) {
  try {
    const response = await fetch(url, { signal, headers: rendering(url) });
    if (!response.ok) throw await refusal(response);
    return response;
  } catch (why) {
    throw lost(why);
  }
}

let signs = false;

/** Says whether image URLs have to be signed here. */
export function signing(on) {
  signs = on;
}

/** Returns the address of an image URL, signed by the server where it answers no other. */
export async function signed(path, signal) {
  if (!signs) return at(path).href;
  const { pathname, search } = new URL(path, location.origin); // as it will be sent: nothing else would be what was signed
  const { path: known } = await post('v1/sign', { path: pathname + search, expires_s: SIGNED_S }, signal);
  return at(known.slice(1)).href;
}

/** Uploads a picture once; returns `{reference, bytes, expires_s}`. `progress` is told 0..1. */
export function upload(blob, { signal, progress }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', at('v1/references'));
    for (const [name, value] of Object.entries(headers('v1/references'))) request.setRequestHeader(name, value);
    request.responseType = 'json';
    request.upload.onprogress = (event) => progress(event.loaded / event.total);
    request.onload = () => {
      const said = request.response ?? {};
      if (request.status === 201) return resolve(said);
      const about = { status: request.status, retryAfter: Number(request.getResponseHeader('retry-after')) || 0 };
      return reject(new Refused(said.error ?? `HTTP ${request.status}`, said.message ?? 'The server gave no reason.', about));
    };
    request.onerror = () => reject(lost(new Error('lost')));
    signal.addEventListener('abort', () => {
      request.abort();
      reject(signal.reason);
    });
    request.send(blob);
  });
}

const ASKED_TO_POLL = new URLSearchParams(location.search).has('polling');
let polls = ASKED_TO_POLL;

/** Yields `{event, data}` of what a POST tells; asks again and again where no stream gets through. */
export async function* events(path, body, signal) {
  if (!polls) {
    let last = null;
    for await (const told of streamed(path, body, signal)) {
      last = told.event;
      yield told;
    }
    if (ENDS.has(last)) return;
    // Something on the way cut it off, and would do so again.
    polls = true;
  }
  try {
    yield* polled(path, body, signal);
  } catch (why) {
    // It was the server, and nothing on the way.
    if (why.name === LOST) polls = ASKED_TO_POLL;
    throw why;
  }
}

async function* polled(path, body, signal) {
  const { events: where } = await post(path, body, signal, { prefer: 'respond-async' });
  for (let known = 0, over = false; !over;) {
    const { events: told, done } = await read(`${where}?after=${known}`, signal);
    const { data: { error, message } } = told.find(({ event }) => event === 'error') ?? { data: {} };
    if (BUSY_NAMES.has(error)) throw new Refused(error, message, { status: BUSY, retryAfter: 1 });
    yield* told;
    known += told.length;
    over = done;
  }
}

async function* streamed(path, body, signal) {
  const response = await asked(path, {
    method: 'POST',
    signal,
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify(body),
  });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read().catch((why) => {
      if (signal.aborted) throw why;
      return { done: true };
    });
    if (done) return;
    text += value;
    const whole = text.split('\n\n');
    text = whole.pop();
    yield* whole.map(eventOf);
  }
}

function eventOf(text) {
  const fields = Object.fromEntries(text.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
  return { event: fields.event, data: JSON.parse(fields.data) };
}

/** Runs `work` until the server is not busy any more; `waits` is told the seconds that are left. */
export async function patiently(work, { signal, waits }) {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (why) {
      // Without a time to come back it is no crowd that is in the way, but something that stays.
      if (why.status !== BUSY || !why.retryAfter || tries === MOST_TRIES) throw why;
      // Those who were sent away together must not come back together.
      const pause = Math.max(1, why.retryAfter) + Math.random();
      for (let left = pause; left > 0; left -= 1) {
        waits(Math.ceil(left));
        await sleep(Math.min(1, left) * 1000, signal);
      }
      waits(0);
    }
  }
}

function sleep(time, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, time);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
