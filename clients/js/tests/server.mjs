// The JavaScript verifier, jose and jsonwebtoken with the real server. Started by
// `clients/recipes/tests/test_server.py`, once for each algorithm.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { createPublicKey } from 'node:crypto';

import { createRemoteJWKSet, jwtVerify } from 'jose';
import jsonwebtoken from 'jsonwebtoken';

import { InvalidToken, Verifier } from '../countersign.mjs';
import { until } from './issuer.mjs';

const {
  COUNTERSIGN_URL: url, COUNTERSIGN_USER: user, COUNTERSIGN_ALGORITHM: algorithm,
  COUNTERSIGN_REVOCATIONS_KEY: apiKey,
} = process.env;
const jwks = `${url}/.well-known/jwks.json`;

async function signIn() {
  const authorization = `Basic ${Buffer.from(user).toString('base64')}`;
  const answer = await fetch(`${url}/api/tokens`, { method: 'POST', headers: { authorization } });
  return (await answer.json()).access_token;
}

async function logOut(token) {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${url}/api/tokens`, { method: 'DELETE', headers });
  assert.equal(answer.status, 204);
}

const isRevoked = (verifier, token) => verifier.verify(token).then(() => false, (why) => {
  assert.ok(why instanceof InvalidToken && why.reason === 'revoked', why.message);
  return true;
});

test('a token is verified offline and refused within a second of its end', async () => {
  const verifier = new Verifier(url, { apiKey, heartbeat: 1 });
  after(() => verifier.close());
  await until(() => verifier.listening, 'listening');

  for (let n = 0; n < 10; n += 1) {
    const token = await signIn();
    assert.deepEqual((await verifier.verify(token)).roles, ['admin']);
    await logOut(token);
    const begun = performance.now();
    await until(() => isRevoked(verifier, token), 'refused');
    assert.ok(performance.now() - begun < 1000);
  }
});

test('a token is refused within the ttl of its status list', async () => {
  const verifier = new Verifier(url);
  const [token, other] = [await signIn(), await signIn()];
  await verifier.verify(token);

  await logOut(token);
  const begun = performance.now();
  await until(() => isRevoked(verifier, token), 'refused');

  assert.ok(performance.now() - begun < 4000, 'the ttl is two seconds');
  assert.equal(await isRevoked(verifier, other), false);
});

test('jose verifies our tokens through discovery of the keys', async () => {
  const keys = createRemoteJWKSet(new URL(jwks));
  const expected = { issuer: url, audience: url, typ: 'at+jwt', algorithms: [algorithm] };

  const { payload, protectedHeader } = await jwtVerify(await signIn(), keys, expected);

  assert.equal(payload.iss, url);
  assert.equal(protectedHeader.alg, algorithm);
  const forged = `${(await signIn()).slice(0, -8)}AAAAAAAA`;
  await assert.rejects(jwtVerify(forged, keys, expected), { code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' });
});

test('jsonwebtoken verifies our tokens, but for EdDSA, which it does not know', async () => {
  const { keys } = await (await fetch(jwks)).json();
  const token = await signIn();
  const { header } = jsonwebtoken.decode(token, { complete: true });
  const key = createPublicKey({ key: keys.find(({ kid }) => kid === header.kid), format: 'jwk' });
  const read = (text) => jsonwebtoken.verify(text, key, {
    algorithms: [algorithm], issuer: url, audience: url,
  });

  if (algorithm === 'EdDSA') {
    assert.throws(() => read(token));
  } else {
    assert.equal(read(token).iss, url);
    assert.throws(() => read(`${token.slice(0, -8)}AAAAAAAA`), { message: 'invalid signature' });
  }
});
