// The cases that every verifier of Countersign is held to, in `clients/vectors/`.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { InvalidToken, TemporarilyUnavailable } from '../countersign.mjs';
import { Issuer, KEYS, LIST, NAME, gives } from './issuer.mjs';

function read(name) {
  return JSON.parse(readFileSync(new URL(`../../vectors/${name}`, import.meta.url)));
}

async function verdict(asked) {
  try {
    await asked;
  } catch (why) {
    if (why instanceof InvalidToken) return why.reason;
    if (why instanceof TemporarilyUnavailable) return 'unavailable';
    throw why;
  }
  return 'accepted';
}

test('every attack on a token is refused for its own reason', async (t) => {
  const issuer = await Issuer.start(t);
  const file = read('jwt.json');
  issuer.answers.set(KEYS, gives(JSON.stringify(file.keys)));
  const { audience } = file;
  const verifier = issuer.verifier({ audience, requireStatus: false, clock: () => file.now });
  const wrong = [];

  for (const { name, token, length = token.length, expect } of file.cases) {
    // A list is not what is tried here: the one good token that names one names none of ours.
    const wanted = name === 'good, a status' ? 'status' : expect;
    const got = await verdict(verifier.verify(token.padEnd(length, token.at(-1))));
    if (got !== wanted) wrong.push(`${name}: ${wanted}, got ${got}`);
  }

  assert.ok(file.cases.length > 480);
  assert.deepEqual(wrong, []);
  // However many keys the tokens named, they were asked for once more at the most.
  assert.ok(issuer.count(KEYS) <= 2);
  assert.ok(issuer.asked.every(({ url }) => url === KEYS));
});

test('every status list is taken or refused as it must be', async (t) => {
  const issuer = await Issuer.start(t);
  const file = read('lists.json');
  const wrong = [];
  const keys = JSON.parse(await issuer.jwks());
  issuer.answers.set(KEYS, gives(JSON.stringify({ keys: [...keys.keys, ...file.keys.keys] })));
  issuer.now = file.now;

  for (const { name, list, idx, expect } of file.cases) {
    issuer.answers.set(LIST, gives(list));
    const words = { good: 'accepted' };
    const got = await verdict(issuer.verifier().verify(await issuer.token({ idx })));
    if (got !== (words[expect] ?? expect)) wrong.push(`${name}: ${expect}, got ${got}`);
  }

  assert.equal(file.uri, NAME + LIST);
  assert.deepEqual(wrong, []);
});

test('of a key set what is usable is used', async (t) => {
  const issuer = await Issuer.start(t);
  const wrong = [];

  for (const { name, jwks, usable, refused } of read('keys.json').cases) {
    issuer.answers.set(KEYS, gives(jwks));
    issuer.log = [];
    const verifier = issuer.verifier();
    for (const kid of ['ed-0', 'ed-1', 'ed-2', 'es', 'rs', '']) {
      const alg = { es: 'ES256', rs: 'RS256' }[kid] ?? 'EdDSA';
      const header = Buffer.from(JSON.stringify({ alg, typ: 'at+jwt', kid })).toString('base64url');
      const got = await verdict(verifier.verify(`${header}.e30.AAAA`));
      const unknown = usable ? 'unknown_key' : 'unavailable';
      const wanted = usable?.includes(kid) ? 'signature' : unknown;
      if (got !== wanted) wrong.push(`${name}, ${kid}: ${wanted}, got ${got}`);
    }
    const once = refused.map((kid) => (kid ? `the key "${kid}":` : 'a key without a name'));
    if (!usable) once.push('the key set:');
    for (const text of once) {
      if (issuer.counted(text) !== 1) wrong.push(`${name}: logged ${issuer.counted(text)} × ${text}`);
    }
  }

  assert.deepEqual(wrong, []);
});
