// An issuer in the test's hand: keys, status lists and a stream that it can break in any way.

import { createServer } from 'node:http';
import { deflateSync } from 'node:zlib';

import { CompactSign, exportJWK, generateKeyPair } from 'jose';

import { Verifier } from '../countersign.mjs';

export const NAME = 'https://id.example';
export const KEYS = '/.well-known/jwks.json';
export const LIST = '/status-lists/1';
export const STREAM = '/revocations';

export class Issuer {
  asked = [];
  answers = new Map();
  now = Date.now() / 1000;
  keys = new Map();
  bits = Buffer.alloc(128);
  ttl = 60;
  version = 0;
  listeners = [];
  said = [];
  log = [];
  verifiers = [];

  static async start(test) {
    const issuer = new Issuer();
    issuer.kid = await issuer.addKey();
    issuer.server = createServer((request, response) => issuer.answer(request, response));
    await new Promise((done) => issuer.server.listen(0, '127.0.0.1', done));
    issuer.url = `http://127.0.0.1:${issuer.server.address().port}`;
    test.after(() => {
      for (const verifier of issuer.verifiers) verifier.close();
      issuer.server.closeAllConnections();
      issuer.server.close();
    });
    return issuer;
  }

  verifier(options = {}) {
    const note = (level) => (text) => this.log.push(`${level} ${text}`);
    const made = new Verifier(NAME, {
      reachAt: this.url, clock: () => this.now, log: { warn: note('warn'), info: note('info') },
      ...options,
    });
    this.verifiers.push(made);
    return made;
  }

  /** One that listens, once it does. */
  async listening(revoked = [], options = {}) {
    const verifier = this.verifier({ apiKey: 'csk_key', ...options });
    this.say('snapshot', { revoked });
    this.say('ready', {}, '1');
    await until(() => verifier.listening, 'listening');
    return verifier;
  }

  pass(seconds) {
    this.now += seconds;
  }

  async addKey() {
    const kid = `key-${this.keys.size}`;
    this.keys.set(kid, await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true }));
    return kid;
  }

  async jwks() {
    const listed = [...this.keys].map(async ([kid, { publicKey }]) => (
      { ...await exportJWK(publicKey), kid, alg: 'EdDSA', use: 'sig' }
    ));
    return JSON.stringify({ keys: await Promise.all(listed) });
  }

  token(claims = {}, kid = this.kid) {
    const now = Math.floor(this.now);
    const all = {
      iss: NAME, sub: 'user-1', aud: NAME, client_id: 'c', scope: '', iat: now, exp: now + 100_000,
      jti: 'token-1', sid: 'session-1', auth_time: now, amr: ['pwd'], roles: ['admin'], epoch: 0,
      status: { status_list: { idx: claims.idx ?? 1, uri: NAME + LIST } }, ...claims,
    };
    return this.sign('at+jwt', all, kid);
  }

  sign(typ, claims, kid = this.kid) {
    const header = { alg: 'EdDSA', typ, kid };
    const signer = new CompactSign(Buffer.from(JSON.stringify(claims))).setProtectedHeader(header);
    return signer.sign(this.keys.get(kid).privateKey);
  }

  revoke(idx) {
    this.bits[Math.floor(idx / 8)] |= 1 << (idx % 8);
    this.version += 1;
  }

  statusList(claims = {}) {
    const now = Math.floor(this.now);
    const lst = deflateSync(this.bits).toString('base64url');
    return this.sign('statuslist+jwt', {
      iss: NAME, sub: NAME + LIST, iat: now, exp: now + 10_000, ttl: this.ttl,
      status_list: { bits: 1, lst }, ...claims,
    });
  }

  count(path) {
    return this.asked.filter(({ url }) => url === path).length;
  }

  counted(text) {
    return this.log.filter((line) => line.includes(text)).length;
  }

  entry(what) {
    return { ...what, exp: Math.floor(this.now) + 600 };
  }

  say(event, data = {}, id = undefined) {
    this.sayRaw(`event: ${event}\ndata: ${JSON.stringify(data)}\n${id ? `id: ${id}\n` : ''}\n`);
  }

  sayRaw(raw) {
    if (this.listeners.length > 0) this.listeners[0].write(raw);
    else this.said.push(raw);
  }

  async hangUp() {
    const listener = this.listeners.shift();
    await new Promise((done) => listener.end(done));
  }

  async answer(request, response) {
    this.asked.push({ url: request.url, headers: request.headers });
    const own = this.answers.get(request.url);
    if (own) {
      own(response);
    } else if (request.url === KEYS) {
      response.writeHead(200, { 'cache-control': 'max-age=300' }).end(await this.jwks());
    } else if (request.url === LIST) {
      const etag = `"${this.version}"`;
      if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
      else response.writeHead(200, { etag }).end(await this.statusList());
    } else if (request.url === STREAM) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
      this.listeners.push(response);
      response.on('close', () => {
        this.listeners = this.listeners.filter((listener) => listener !== response);
      });
      for (const raw of this.said.splice(0)) response.write(raw);
    } else {
      response.writeHead(404).end();
    }
  }
}

export function gives(body, status = 200, headers = {}) {
  return (response) => response.writeHead(status, headers).end(body);
}

export const fails = (status = 503) => gives('no', status);

/** Waits for what happens beside the test. */
export async function until(holds, what, seconds = 10) {
  const end = performance.now() + seconds * 1000;
  while (!await holds()) {
    if (performance.now() > end) throw new Error(`never: ${what}`);
    await new Promise((done) => {
      setTimeout(done, 5);
    });
  }
}
