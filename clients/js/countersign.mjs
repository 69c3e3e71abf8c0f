// Verifies access tokens of Countersign where they are used, by its published keys alone.
//
//     const verifier = new Verifier('https://id.example', { audience: 'https://api.example' });
//     const claims = await verifier.verify(token);   // or InvalidToken, TemporarilyUnavailable
//
// One file; besides Node 18 or later it needs `jose`. Whether a token was taken back is asked of
// the issuer's status lists, each kept for its `ttl`; with `apiKey` it listens to the stream of
// revocations and knows within the second. What cannot be known is refused: without keys, without a
// list younger than its `ttl` and without a stream that is heard, `verify` throws
// TemporarilyUnavailable. Everything a token, a list or a key set may not be is refused in the
// order form, header, key, algorithm, type, signature, claims, as the server itself does.
//
// Whoever gives an `apiKey` calls `close()` at the end: the stream keeps a process alive.

import { Buffer } from 'node:buffer';
import { inflateSync } from 'node:zlib';

import { compactVerify, importJWK } from 'jose';

const MAX_TOKEN = 8 * 1024;
const MAX_KEY_SET = 64 * 1024;
const MAX_LIST_SENT = 2 * 1024 * 1024;
const MAX_LIST = 1024 * 1024;
const MAX_LISTS = 64 * 1024 * 1024;
const MAX_EVENT = 8 * 1024 * 1024;
const MAX_REVOKED = 1_000_000;
const MAX_DEPTH = 8;
const LAST_DATE = 253_402_300_799;

export const REASONS = {
  malformed: 'the token is malformed',
  header: "the token's header has a member that is not accepted",
  unknown_key: 'the token is signed with an unknown key',
  algorithm: "the token's algorithm is not accepted",
  type: 'the token is of another type',
  signature: "the token's signature is wrong",
  issuer: 'the token comes from another issuer',
  audience: 'the token is meant for another audience',
  expired: 'the token has expired',
  not_yet_valid: 'the token is not valid yet',
  claim: 'a claim of the token is missing or not acceptable',
  status: 'the token does not say where its status is',
  revoked: 'the token was revoked',
};

/** A token that must not be accepted now. `code` is the error of RFC 6750 or RFC 6749, `status`
 * what to answer; the message repeats nothing of the token. */
export class Refused extends Error {
  code = 'invalid_request';
  status = 400;
}

/** The token is not, or no longer, good. `reason` is a key of REASONS. */
export class InvalidToken extends Refused {
  code = 'invalid_token';
  status = 401;

  constructor(reason) {
    super(REASONS[reason]);
    this.reason = reason;
  }
}

/** Whether the token is good cannot be known now: answer 503. */
export class TemporarilyUnavailable extends Refused {
  code = 'temporarily_unavailable';
  status = 503;
}

/**
 * Verifies tokens of one issuer for one audience.
 *
 * - issuer         the server's `public_url`, exactly
 * - audience       its `audience`; without one, the issuer
 * - apiKey         an API key with the scope `revocations`: listen to the stream
 * - reachAt        where the issuer is reached from here, if not under its own name
 * - typ            the type of the tokens
 * - leeway         by how many seconds `iat` and `nbf` may lie in the future, at most 60
 * - requireStatus  whether a token that names no status list is refused, where no stream is heard
 * - refetch        an unknown `kid` has the keys fetched again, but not within so many seconds
 * - keysOutlast    for so many seconds keys are believed while the issuer cannot be asked
 * - heartbeat      the seconds between two heartbeats of the stream; after three it is not relied on
 * - timeout        the seconds a fetch may take
 */
export class Verifier {
  #keys;
  #lists;
  #stream;

  constructor(issuer, options = {}) {
    const {
      audience = issuer, apiKey, reachAt = issuer, typ = 'at+jwt', leeway = 10,
      requireStatus = true, refetch = 5, keysOutlast = 3600, heartbeat = 5, timeout = 5,
      clock = () => Date.now() / 1000, log = console,
    } = options;
    for (const url of [issuer, reachAt]) {
      if (!/^https?:\/\/[^/?#@\s]+(\/[^?#\s]*)?$/.test(url)) {
        throw new TypeError(`no http or https address: ${JSON.stringify(url)}`);
      }
    }
    Object.assign(this, { issuer, audience, typ, requireStatus });
    this.leeway = Math.max(0, Math.min(leeway, 60));
    this.clock = new Clock(clock);
    const say = new Say(log);
    const web = new Web(issuer.replace(/\/+$/, ''), reachAt.replace(/\/+$/, ''), timeout);
    this.#keys = new Keys(web, this.clock, say, refetch, keysOutlast);
    const open = (text) => this.#open(text, MAX_LIST_SENT, 'statuslist+jwt');
    this.#lists = new Lists(this, web, say, open);
    if (apiKey) {
      this.#stream = new Stream(web, this.clock, say, this.#keys, apiKey, heartbeat);
      this.#stream.run();
    }
  }

  /** The claims of a token that is good now; else InvalidToken or TemporarilyUnavailable. */
  async verify(token) {
    const claims = await this.#open(token, MAX_TOKEN, this.typ);
    this.#judge(claims);
    await this.#askWhetherRevoked(claims);
    return claims;
  }

  /** Whether the stream is heard, so that no list is asked. */
  get listening() {
    return this.#stream?.heard() ?? false;
  }

  /** Ends the stream. */
  close() {
    this.#stream?.close();
  }

  /** The claims of a token whose form, header, key, type and signature are right. */
  async #open(token, limit, typ) {
    const header = strictJson(split(token, limit)[0]);
    if (!Object.keys(header).every((name) => ['alg', 'typ', 'kid', 'countersign'].includes(name))) {
      throw new InvalidToken('header');
    }
    // The key decides the algorithm; a token only repeats it. No published key is of HS256.
    if (!['EdDSA', 'ES256', 'RS256', 'HS256'].includes(header.alg)) {
      throw new InvalidToken('algorithm');
    }
    const { alg, key } = await this.#keys.get(header.kid);
    if (alg !== header.alg) throw new InvalidToken('algorithm');
    if (!sameType(header.typ, typ)) throw new InvalidToken('type');
    const opened = await compactVerify(token, key, { algorithms: [alg] }).catch(() => {
      throw new InvalidToken('signature');
    });
    // Tokens under a secret that services share have it, and no published key verifies those.
    if (Object.hasOwn(header, 'countersign')) throw new InvalidToken('header');
    return strictJson(opened.payload);
  }

  /** RFC 9068, and what the server puts into every access token. */
  #judge(claims) {
    const has = (name) => Object.hasOwn(claims, name);
    if (claims.iss !== this.issuer) throw new InvalidToken('issuer');
    const aud = Array.isArray(claims.aud) && claims.aud.length === 1 ? claims.aud[0] : claims.aud;
    if (aud !== this.audience) throw new InvalidToken('audience');
    this.#judgeTimes(claims);
    for (const name of ['sub', 'jti', 'client_id']) need(isText(claims[name]));
    need(!has('sid') || isText(claims.sid));
    need(typeof claims.scope === 'string');
    need(!has('azp') || claims.azp === claims.client_id);
    // A token bound to a key (RFC 7800) must not be taken for a bearer token.
    need(!has('cnf'));
    need(isTexts(claims.amr) && (!has('roles') || isTexts(claims.roles)));
    need(isCount(claims, 'epoch') && isCount(claims, 'auth_time'));
    need(!has('status') || isReference(claims));
  }

  #judgeTimes(claims) {
    const dates = Object.hasOwn(claims, 'nbf') ? ['iat', 'exp', 'nbf'] : ['iat', 'exp'];
    need(dates.every((name) => isCount(claims, name) && claims[name] <= LAST_DATE));
    need(claims.exp > claims.iat);
    const now = Math.floor(this.clock.wall());
    if (now >= claims.exp) throw new InvalidToken('expired');
    if (Math.max(claims.iat, claims.nbf ?? 0) > now + this.leeway) {
      throw new InvalidToken('not_yet_valid');
    }
  }

  /** What the stream said stays true; only while it is heard is its silence an answer. */
  async #askWhetherRevoked(claims) {
    if (this.#stream?.revoked(claims)) throw new InvalidToken('revoked');
    if (this.#stream?.heard()) return;
    if (Object.hasOwn(claims, 'status')) {
      const { idx, uri } = claims.status.status_list;
      if (await this.#lists.revoked(idx, uri)) throw new InvalidToken('revoked');
    } else if (this.requireStatus) {
      throw new InvalidToken('status');
    } else if (this.#stream) {
      throw new TemporarilyUnavailable('the stream of revocations is not heard');
    }
  }
}

// ---- The form of a token.

/** The three parts, each in its one canonical spelling of base64url. */
function split(token, limit) {
  if (typeof token !== 'string' || token.length > limit) throw new InvalidToken('malformed');
  const parts = token.split('.', 4);
  if (parts.length !== 3) throw new InvalidToken('malformed');
  return parts.map(decode);
}

function decode(part) {
  const raw = Buffer.from(part, 'base64url');
  if (raw.length === 0 || raw.toString('base64url') !== part) throw new InvalidToken('malformed');
  return raw;
}

/** How the numbers of an object were spelled: to JavaScript 1.0 and 1 are the same. */
const SPELLED = new WeakMap();

/** An object as all readers understand it: no name twice, no number out of range, no half of a
 * surrogate pair, at most eight levels. */
function strictJson(raw) {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw);
    const value = JSON.parse(text);
    if (!isObject(value)) throw new SyntaxError('no object');
    SPELLED.set(value, inspect(text));
    return value;
  } catch {
    throw new InvalidToken('malformed');
  }
}

/** Walks through text that is known to be JSON. Gives the spelling of each number by its path. */
function inspect(text) {
  const spelled = new Map();
  const levels = [];
  const path = [];
  const number = /-?\d[\d.eE+-]*/y;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '{' || sign === '[') {
      if (levels.push(new Set()) > MAX_DEPTH) throw new SyntaxError('too deep');
      path.push(null);
    } else if (sign === '}' || sign === ']') {
      levels.pop();
      path.pop();
    } else if (sign === '"') {
      const end = endOfString(text, at);
      const string = JSON.parse(text.slice(at, end + 1));
      if (/\p{Surrogate}/u.test(string)) throw new SyntaxError('half of a pair');
      at = end;
      if (isFollowedByColon(text, end + 1)) {
        if (levels.at(-1).has(string)) throw new SyntaxError('a name stands twice');
        levels.at(-1).add(string);
        path[path.length - 1] = string;
      }
    } else if (sign === '-' || (sign >= '0' && sign <= '9')) {
      number.lastIndex = at;
      const [found] = number.exec(text);
      if (!Number.isFinite(Number(found))) throw new SyntaxError('out of range');
      spelled.set(JSON.stringify(path), found);
      at += found.length - 1;
    }
  }
  return spelled;
}

function endOfString(text, begin) {
  for (let at = begin + 1; ; at += 1) {
    if (text[at] === '"') return at;
    if (text[at] === '\\') at += 1;
  }
}

function isFollowedByColon(text, at) {
  while (' \t\r\n'.includes(text[at])) at += 1;
  return text[at] === ':';
}

/** RFC 7515 §4.1.9: without regard to case, and `application/` may be left out. */
function sameType(given, expected) {
  if (typeof given !== 'string' || /[^\x20-\x7e]/.test(given)) return false;
  return [expected, `application/${expected}`].includes(given.toLowerCase());
}

function need(holds) {
  if (!holds) throw new InvalidToken('claim');
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value) {
  return typeof value === 'string' && value !== '';
}

function isTexts(value) {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** An integer, spelled as one, not negative. */
function isCount(object, name) {
  return isIndex(object[name]) && isSpelledWhole(object, [name]);
}

function isSpelledWhole(object, path) {
  return /^\d+$/.test(SPELLED.get(object)?.get(JSON.stringify(path)));
}

/** One bit of one list. A token that can be taken back must not pass for one that cannot. */
function isReference(claims) {
  const list = isObject(claims.status) ? claims.status.status_list : undefined;
  const whole = isSpelledWhole(claims, ['status', 'status_list', 'idx']);
  return isObject(list) && isIndex(list.idx) && whole && isText(list.uri);
}

function isIndex(value) {
  return Number.isSafeInteger(value) && value >= 0;
}

// ---- What all of the following needs.

/** The time, and how long something is ago by two clocks: the one that may be set and the one that
 * may stand still while the machine sleeps. The larger counts. */
class Clock {
  constructor(wall) {
    this.wall = wall;
  }

  mark() {
    return [this.wall(), performance.now() / 1000];
  }

  since(mark) {
    if (!mark) return Infinity;
    return Math.max(this.wall() - mark[0], performance.now() / 1000 - mark[1]);
  }
}

/** Says of each matter once what is wrong with it, and once that it is well again. */
class Say {
  #said = new Map();

  constructor(log) {
    this.log = log;
  }

  wrong(matter, why) {
    if (this.#said.get(matter) === why || this.#said.size > 1000) return;
    this.#said.set(matter, why);
    this.log.warn(`countersign: ${matter}: ${why}`);
  }

  well(matter) {
    if (this.#said.delete(matter)) this.log.info(`countersign: ${matter}: well again`);
  }
}

/** A fetch that brought nothing to believe. Its message says why. */
class Unreachable extends Error {}

/** The issuer over HTTP: no redirects, no more than asked for, and not for ever. */
class Web {
  constructor(issuer, base, timeout) {
    Object.assign(this, { issuer, base, timeout });
  }

  /** A segment begins with no dot: nothing leads out of the issuer's own tree. */
  isOwn(url) {
    const path = /^(\/[A-Za-z0-9_~-]+(\.[A-Za-z0-9_~-]+)*)+$/;
    return isText(url) && url.length <= 512 && url.startsWith(`${this.issuer}/`)
      && path.test(url.slice(this.issuer.length));
  }

  async open(path, headers, signal) {
    try {
      return await fetch(this.base + path, { headers, signal, redirect: 'manual' });
    } catch (why) {
      throw new Unreachable(`cannot be fetched (${why.cause?.code ?? why.name})`);
    }
  }

  /** The status, the headers and at most `limit` bytes of the answer. */
  async fetch(path, headers, limit) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), this.timeout * 1000);
    try {
      const answer = await this.open(path, headers, stop.signal);
      if (answer.status !== 200) stop.abort();
      if (answer.status === 304) return { status: 304, headers: answer.headers };
      if (answer.status !== 200) throw new Unreachable(`answered ${answer.status}`);
      const parts = [];
      let length = 0;
      for await (const part of answer.body) {
        length += part.length;
        if (length > limit) throw new Unreachable('larger than allowed');
        parts.push(part);
      }
      return { status: 200, headers: answer.headers, body: Buffer.concat(parts) };
    } catch (why) {
      if (why instanceof Unreachable) throw why;
      throw new Unreachable(stop.signal.aborted ? 'too slow' : `broke off (${why.name})`);
    } finally {
      clearTimeout(timer);
    }
  }
}

// ---- The published keys.

/** The JWK Set, kept for its `max-age` (5 seconds to an hour). While the issuer cannot be asked the
 * keys that are there are believed for `outlast` seconds. */
class Keys {
  static MATTER = 'the key set';

  #keys = new Map();
  #maxAge = 0;
  #fetched;
  #tried;
  #recalled;
  #failed = false;
  #pending;

  constructor(web, clock, say, refetch, outlast) {
    Object.assign(this, { web, clock, say, refetch, outlast });
  }

  async get(kid) {
    if (this.clock.since(this.#fetched) >= this.#maxAge || this.#recalled) {
      // Whoever has keys does not wait for who fetches.
      await this.#fetch(this.#keys.size === 0);
    }
    if (typeof kid === 'string' && !this.#keys.has(kid)) await this.#fetch(true);
    const gone = this.clock.since(this.#fetched) >= this.outlast;
    if (gone || (this.#recalled && this.clock.since(this.#recalled) >= 60)) {
      throw new TemporarilyUnavailable("the issuer's keys cannot be fetched");
    }
    const key = typeof kid === 'string' ? this.#keys.get(kid) : undefined;
    if (key) return key;
    if (this.#failed && typeof kid === 'string') {
      throw new TemporarilyUnavailable("the issuer's keys cannot be fetched");
    }
    throw new InvalidToken('unknown_key');
  }

  /** The issuer said that its keys are others: those known are good for a minute more. */
  async recall() {
    await this.#pending;
    this.#recalled = this.clock.mark();
    this.#tried = undefined;
    await this.#fetch(true);
  }

  /** Waits for the fetch that it begins, and if `wait` for one that others began. */
  #fetch(wait) {
    if (this.#pending) return wait ? this.#pending : undefined;
    if (this.clock.since(this.#tried) < this.refetch) return undefined;
    this.#pending = this.#fetchNow().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  async #fetchNow() {
    const begun = this.clock.mark();
    const recalled = this.#recalled;
    this.#tried = begun;
    try {
      [this.#keys, this.#maxAge] = await this.#read();
    } catch (why) {
      this.#failed = true;
      this.say.wrong(Keys.MATTER, why.message);
      return;
    }
    this.#fetched = begun;
    this.#failed = false;
    if (this.#recalled === recalled) this.#recalled = undefined;
    this.say.well(Keys.MATTER);
  }

  async #read() {
    const { headers, body } = await this.web.fetch('/.well-known/jwks.json', {}, MAX_KEY_SET);
    let listed;
    try {
      listed = strictJson(body).keys;
    } catch {
      throw new Unreachable('is no strict JSON');
    }
    if (!Array.isArray(listed)) throw new Unreachable('has no list of keys');
    const found = new Map();
    const twice = new Set();
    for (const jwk of listed) {
      const kid = isObject(jwk) ? jwk.kid : undefined;
      if (!isText(kid) || kid.length > 256) {
        this.say.wrong('a key without a name', 'not used');
        continue;
      }
      const key = await usable(jwk);
      if (!key) this.say.wrong(`the key ${JSON.stringify(kid)}`, 'of a kind that is not used');
      else if (found.has(kid)) twice.add(kid);
      else found.set(kid, key);
    }
    for (const kid of twice) {
      this.say.wrong(`the key ${JSON.stringify(kid)}`, 'listed twice, so neither is used');
      found.delete(kid);
    }
    const maxAge = /\bmax-age=(\d{1,9})\b/.exec(headers.get('cache-control') ?? '');
    return [found, Math.max(5, Math.min(maxAge ? Number(maxAge[1]) : 300, 3600))];
  }
}

/** The y coordinates of the points of small order on Ed25519, low byte first, without the sign:
 * under such a key anybody can sign anything. */
const SMALL_ORDER = new Set([
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
]);

const KINDS = { 'OKP Ed25519': 'EdDSA', 'EC P-256': 'ES256', RSA: 'RS256' };

/** The public key of a JWK that may verify by exactly one algorithm, or undefined. */
async function usable(jwk) {
  if (['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'].some((name) => Object.hasOwn(jwk, name))) {
    return undefined;
  }
  const kind = jwk.kty === 'RSA' ? 'RSA' : `${jwk.kty} ${jwk.crv}`;
  const alg = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  const { use = 'sig', key_ops: operations = ['verify'] } = jwk;
  if (!alg || (jwk.alg ?? alg) !== alg || use !== 'sig') return undefined;
  try {
    if (!operations.includes('verify') || !isSound(jwk, alg)) return undefined;
    const { kty, crv, x, y, n, e } = jwk;
    return { alg, key: await importJWK(JSON.parse(JSON.stringify({ kty, crv, x, y, n, e })), alg) };
  } catch {
    return undefined;
  }
}

function isSound(jwk, alg) {
  if (alg === 'EdDSA') {
    const point = Buffer.from(decode(jwk.x));
    if (point.length !== 32) return false;
    point[31] &= 0x7f;
    return !SMALL_ORDER.has(point.toString('hex'));
  }
  if (alg === 'ES256') return decode(jwk.x).length === 32 && decode(jwk.y).length === 32;
  const [n, e] = [decode(jwk.n), decode(jwk.e)];
  const bits = n.length * 8 - Math.clz32(n[0]) + 24;
  const odd = e.at(-1) % 2 === 1 && !(e.length === 1 && e[0] === 1);
  return n[0] !== 0 && e[0] !== 0 && bits >= 2048 && bits <= 8192 && odd && e.length <= 5;
}

// ---- Status lists, draft-ietf-oauth-status-list.

/** The lists of the issuer, each kept for its `ttl` and fetched anew a little earlier. */
class Lists {
  #lists = new Map();

  constructor(verifier, web, say, open) {
    Object.assign(this, { verifier, clock: verifier.clock, web, say, open });
  }

  async revoked(idx, uri) {
    if (!this.web.isOwn(uri)) throw new InvalidToken('status');
    const known = this.#lists.get(uri) ?? { ttl: 0, exp: 0 };
    this.#lists.set(uri, known);
    const byte = Math.floor(idx / 8);
    if (this.clock.since(known.fetched) >= known.ttl * 0.75 || !this.#good(known)) {
      // Who has a list that is good still does not wait for who fetches.
      await this.#fetch(known, uri, !this.#good(known));
    } else if (byte >= known.bits.length) {
      // The list may have grown since.
      await this.#fetch(known, uri, true);
    }
    if (!this.#good(known)) {
      throw new TemporarilyUnavailable('the status of the token cannot be known now');
    }
    if (byte >= known.bits.length) {
      this.say.wrong(`the status list ${uri}`, "shorter than a token's index");
      throw new InvalidToken('status');
    }
    return ((known.bits[byte] >> (idx % 8)) & 1) === 1;
  }

  #good(known) {
    const young = this.clock.since(known.fetched) < known.ttl;
    return known.bits !== undefined && young && this.clock.wall() < known.exp;
  }

  #fetch(known, uri, wait) {
    if (known.pending) return wait ? known.pending : undefined;
    if (this.clock.since(known.tried) < 1) return undefined;
    known.pending = this.#fetchNow(known, uri).finally(() => {
      known.pending = undefined;
    });
    return known.pending;
  }

  async #fetchNow(known, uri) {
    const begun = this.clock.mark();
    known.tried = begun;
    if (this.clock.wall() >= known.exp) known.etag = undefined;
    try {
      await this.#read(known, uri);
    } catch (why) {
      // What is wrong with a token is wrong with a list that is one.
      const refused = why instanceof Refused ? 'refused: ' : '';
      this.say.wrong(`the status list ${uri}`, `${refused}${why.message}`);
      return;
    }
    known.fetched = begun;
    this.say.well(`the status list ${uri}`);
    this.#dropBeyondLimit(uri);
  }

  async #read(known, uri) {
    const asked = { accept: 'application/statuslist+jwt' };
    if (known.etag) asked['if-none-match'] = known.etag;
    const path = uri.slice(this.web.issuer.length);
    const { status, headers, body } = await this.web.fetch(path, asked, MAX_LIST_SENT);
    if (status === 304) {
      if (known.etag) return;
      throw new Unreachable('answered 304 to whoever has nothing');
    }
    const claims = await this.open(body.toString('latin1'));
    Object.assign(known, this.#judge(claims, uri), { etag: headers.get('etag') ?? undefined });
  }

  #judge(claims, uri) {
    const refuse = (why) => {
      throw new Unreachable(`refused: ${why}`);
    };
    const { sub, iat, exp, ttl, status_list: content } = claims;
    const now = Math.floor(this.clock.wall());
    if (sub !== uri) refuse('the list is another one');
    const dated = isCount(claims, 'iat') && isCount(claims, 'exp') && iat < exp && exp <= LAST_DATE;
    if (!dated || !isCount(claims, 'ttl') || ttl === 0) refuse('iat, exp or ttl is not acceptable');
    if (iat > now + this.verifier.leeway) refuse('it was made in the future');
    if (exp <= now) refuse('it has expired');
    if (!isObject(content) || content.bits !== 1) refuse('not of one bit each');
    return { bits: inflate(content.lst, refuse), ttl: Math.min(ttl, 3600), exp };
  }

  /** The lists asked for longest ago go first; they can be fetched again. */
  #dropBeyondLimit(latest) {
    let size = 0;
    for (const known of this.#lists.values()) size += known.bits?.length ?? 0;
    const ages = [...this.#lists].sort(([, a], [, b]) => (a.fetched?.[1] ?? 0) - (b.fetched?.[1] ?? 0));
    for (const [uri, known] of ages) {
      if (size <= MAX_LISTS && this.#lists.size <= 1000) return;
      if (uri === latest) continue;
      size -= known.bits?.length ?? 0;
      this.#lists.delete(uri);
    }
  }
}

function inflate(lst, refuse) {
  try {
    const packed = decode(typeof lst === 'string' ? lst : '');
    const { buffer, engine } = inflateSync(packed, { maxOutputLength: MAX_LIST, info: true });
    if (engine.bytesWritten === packed.length) return buffer;
  } catch (why) {
    if (why.code === 'ERR_BUFFER_TOO_LARGE') refuse('larger than allowed');
    refuse('not compressed as it must be');
  }
  return refuse('cut off, or with a tail');
}

// ---- The stream of revocations.

/** Listens to `GET /revocations`. What it heard is kept until the tokens would have expired. */
class Stream {
  static MATTER = 'the stream of revocations';

  #position;
  #heardAt;
  #whole = false;
  #jti = new Map();
  #sid = new Map();
  #sub = new Map();
  #pruned;
  #closed = new AbortController();

  constructor(web, clock, say, keys, apiKey, heartbeat) {
    Object.assign(this, { web, clock, say, keys, apiKey, silence: 3 * heartbeat });
    this.#pruned = clock.mark();
  }

  heard() {
    return this.clock.since(this.#heardAt) < this.silence;
  }

  revoked({ jti, sid, sub, iat }) {
    if (this.#jti.has(jti) || (sid !== undefined && this.#sid.has(sid))) return true;
    const ended = this.#sub.get(sub) ?? [];
    return ended.some(({ before, kept }) => iat <= before && (kept === undefined || sid !== kept));
  }

  close() {
    this.#closed.abort();
  }

  async run() {
    let failures = 0;
    while (!this.#closed.signal.aborted) {
      const why = await this.#listen().then(() => 'it ended', (error) => error.message);
      if (this.#closed.signal.aborted) return;
      failures = this.#heardAt ? 1 : failures + 1;
      this.#heardAt = undefined;
      this.say.wrong(Stream.MATTER, `${why}; the status lists are asked instead`);
      // Not all at the same moment, and not ever oftener.
      const pause = Math.min(30, 0.25 * 2 ** failures) * (0.5 + Math.random() / 2);
      await new Promise((done) => {
        const timer = setTimeout(done, pause * 1000);
        this.#closed.signal.addEventListener('abort', () => (clearTimeout(timer), done()));
      });
    }
  }

  async #listen() {
    const headers = { accept: 'text/event-stream', authorization: `Bearer ${this.apiKey}` };
    this.#whole = this.#position !== undefined;
    if (this.#whole) headers['last-event-id'] = this.#position;
    const stop = new AbortController();
    const end = () => stop.abort();
    this.#closed.signal.addEventListener('abort', end);
    let timer = setTimeout(end, this.silence * 1000);
    try {
      const answer = await this.web.open('/revocations', headers, stop.signal);
      // It knows nothing of where we were: from the beginning.
      if (answer.status === 400) this.#position = undefined;
      if (answer.status !== 200) throw new Unreachable(`answered ${answer.status}`);
      const events = new Events();
      const connected = this.clock.mark();
      for await (const more of answer.body) {
        clearTimeout(timer);
        timer = setTimeout(end, this.silence * 1000);
        for (const event of events.read(more)) await this.#apply(event);
        if (this.clock.since(this.#heardAt ?? connected) >= this.silence) break;
      }
    } catch (why) {
      if (why instanceof Unreachable && !stop.signal.aborted) throw why;
      throw new Unreachable(stop.signal.aborted ? 'it says nothing' : `it broke off (${why.name})`);
    } finally {
      clearTimeout(timer);
      this.#closed.signal.removeEventListener('abort', end);
      stop.abort();
    }
  }

  async #apply({ kind, data, id }) {
    try {
      const said = JSON.parse(data);
      if (kind === 'snapshot') await this.#keep(said.revoked);
      else if (kind === 'revoked') await this.#keep([said]);
    } catch {
      throw new Unreachable(`an event ${JSON.stringify(kind.slice(0, 20))} that is not understood`);
    }
    // From a snapshot on something is missing until `ready`. Whoever resumes is sent what was
    // missed before any heartbeat.
    if (kind === 'snapshot' || kind === 'ready') this.#whole = kind === 'ready';
    if (!this.#whole) return;
    if (id !== undefined) this.#position = id;
    if (this.#heardAt || kind === 'ready' || kind === 'heartbeat') {
      this.#heardAt = this.clock.mark();
      this.say.well(Stream.MATTER);
    }
  }

  async #keep(entries) {
    let recall = false;
    for (const entry of entries) {
      const kind = ['jti', 'sid', 'sub', 'keys'].filter((name) => Object.hasOwn(entry, name));
      const { exp, before, except_sid: kept } = entry;
      const good = isIndex(exp) && kind.length === 1 && (kind[0] === 'keys' || isText(entry[kind[0]]));
      if (!good || (kind[0] === 'sub' && !isIndex(before))) throw new TypeError('no known entry');
      if (kind[0] === 'keys') recall = true;
      else if (kind[0] === 'jti') this.#jti.set(entry.jti, exp);
      else if (kind[0] === 'sid') this.#sid.set(entry.sid, exp);
      else this.#end(entry.sub, { before, kept, exp });
    }
    this.#prune();
    if (recall) await this.keys.recall();
  }

  #end(sub, end) {
    const others = (this.#sub.get(sub) ?? []).filter(
      ({ before, kept }) => before !== end.before || kept !== end.kept,
    );
    this.#sub.set(sub, [...others, end]);
  }

  #prune() {
    if (this.clock.since(this.#pruned) >= 60) {
      this.#pruned = this.clock.mark();
      const now = this.clock.wall() - 60;
      for (const known of [this.#jti, this.#sid]) {
        for (const [name, exp] of known) if (exp <= now) known.delete(name);
      }
      for (const [name, ended] of this.#sub) {
        const left = ended.filter(({ exp }) => exp > now);
        if (left.length > 0) this.#sub.set(name, left);
        else this.#sub.delete(name);
      }
    }
    if (this.#jti.size + this.#sid.size + this.#sub.size > MAX_REVOKED) {
      throw new RangeError('more than is kept');
    }
  }
}

/** Reads server-sent events. One that is not complete is none. */
class Events {
  #decoder = new TextDecoder();
  #rest = '';
  #kind = 'message';
  #data = [];
  #length = 0;
  #id;

  * read(more) {
    const lines = (this.#rest + this.#decoder.decode(more, { stream: true })).split('\n');
    this.#rest = lines.pop();
    if (this.#rest.length + this.#length > MAX_EVENT) {
      throw new Unreachable('an event larger than allowed');
    }
    for (const line of lines.map((text) => text.replace(/\r$/, ''))) {
      if (line === '') {
        const event = { kind: this.#kind, data: this.#data.join('\n'), id: this.#id };
        const there = this.#data.length > 0;
        [this.#kind, this.#data, this.#length, this.#id] = ['message', [], 0, undefined];
        if (there) yield event;
        continue;
      }
      const [, name, value] = /^([^:]*)(?:: ?(.*))?$/s.exec(line);
      if (name === 'event') this.#kind = value ?? '';
      else if (name === 'id' && !value?.includes('\0')) this.#id = value ?? '';
      else if (name === 'data') {
        this.#data.push(value ?? '');
        this.#length += line.length;
      }
    }
  }
}
