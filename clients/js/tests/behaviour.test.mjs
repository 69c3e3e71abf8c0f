// What a verifier does when keys, lists and the stream are not as they should be: it refuses, says
// why once, and recovers.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { InvalidToken, TemporarilyUnavailable, Verifier } from '../countersign.mjs';
import { Issuer, KEYS, LIST, NAME, STREAM, fails, gives, until } from './issuer.mjs';

const refused = (verifier, token, reason = 'revoked') => assert.rejects(
  verifier.verify(token),
  (why) => why instanceof InvalidToken && why.reason === reason && why.code === 'invalid_token',
);
const unavailable = (verifier, token) => assert.rejects(
  verifier.verify(token),
  (why) => why instanceof TemporarilyUnavailable && why.status === 503,
);
const accepts = (verifier, token) => verifier.verify(token).then(() => true, () => false);

// ---- Keys.

test('keys are fetched once and again when they are old', async (t) => {
  const issuer = await Issuer.start(t);
  const verifier = issuer.verifier();
  const token = await issuer.token();

  const all = await Promise.all(Array.from({ length: 30 }, () => verifier.verify(token)));
  assert.ok(all.every(({ sub }) => sub === 'user-1'));
  assert.deepEqual([issuer.count(KEYS), issuer.count(LIST)], [1, 1]);
  issuer.pass(301);

  assert.ok(await accepts(verifier, token));
  assert.equal(issuer.count(KEYS), 2);
});

test('a new key is fetched and made-up ones cost nothing', async (t) => {
  const issuer = await Issuer.start(t);
  const verifier = issuer.verifier();
  await verifier.verify(await issuer.token());
  issuer.pass(6);
  const added = await issuer.addKey();

  assert.ok(await accepts(verifier, await issuer.token({}, added)));
  assert.equal(issuer.count(KEYS), 2);
  const stranger = await issuer.addKey();
  const token = await issuer.token({}, stranger);
  issuer.keys.delete(stranger);
  for (let n = 0; n < 100; n += 1) await refused(verifier, token, 'unknown_key');
  assert.equal(issuer.count(KEYS), 2);
  issuer.pass(6);
  await refused(verifier, token, 'unknown_key');
  assert.equal(issuer.count(KEYS), 3);
});

test('keys outlast the issuer for an hour and no longer', async (t) => {
  const issuer = await Issuer.start(t);
  const verifier = issuer.verifier({ requireStatus: false });
  const token = await issuer.token({ status: undefined });
  await verifier.verify(token);
  issuer.answers.set(KEYS, fails());

  for (let n = 0; n < 11; n += 1) {
    issuer.pass(300);
    assert.ok(await accepts(verifier, token));
  }
  issuer.pass(300);
  await unavailable(verifier, token);
  assert.equal(issuer.counted('the key set: answered 503'), 1);
  issuer.answers.delete(KEYS);
  issuer.pass(6);

  assert.ok(await accepts(verifier, token));
  assert.equal(issuer.counted('the key set: well again'), 1);
});

test('without keys nothing is accepted', async (t) => {
  const issuer = await Issuer.start(t);
  const moved = gives('', 302, { location: '/elsewhere' });
  issuer.answers.set('/elsewhere', gives(await issuer.jwks()));
  for (const answer of [fails(), fails(404), gives('{}'), gives('x'.repeat(70_000)), moved]) {
    issuer.answers.set(KEYS, answer);
    await unavailable(issuer.verifier(), await issuer.token());
  }
  assert.equal(issuer.count('/elsewhere'), 0);
});

test('an unknown key is no verdict while the issuer is away', async (t) => {
  const issuer = await Issuer.start(t);
  const verifier = issuer.verifier();
  await verifier.verify(await issuer.token());
  issuer.answers.set(KEYS, fails());
  issuer.pass(6);

  await unavailable(verifier, await issuer.token({}, await issuer.addKey()));
  assert.ok(await accepts(verifier, await issuer.token()));
});

test('an issuer that never ends its answer is given up', async (t) => {
  const issuer = await Issuer.start(t);
  issuer.answers.set(KEYS, (response) => {
    const drip = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(drip));
  });
  const begun = performance.now();

  await unavailable(issuer.verifier({ timeout: 0.3 }), await issuer.token());
  assert.ok(performance.now() - begun < 2000);
});

test('only addresses of the web are issuers', () => {
  for (const issuer of ['file:///etc', 'id.example', 'https://u@id.example', 'https://x?y', '']) {
    assert.throws(() => new Verifier(issuer), TypeError);
  }
});

// ---- Status lists.

test('a revoked token is refused within the ttl of its list', async (t) => {
  const issuer = await Issuer.start(t);
  const verifier = issuer.verifier();
  const token = await issuer.token({ idx: 9 });
  await verifier.verify(token);
  issuer.revoke(9);

  issuer.pass(60);

  await refused(verifier, token);
  assert.ok(await accepts(verifier, await issuer.token({ idx: 8 })));
});

test('a list is fetched once in its life and asked for changes later', async (t) => {
  const issuer = await Issuer.start(t);
  const verifier = issuer.verifier();
  const token = await issuer.token();
  for (let n = 0; n < 3; n += 1) await verifier.verify(token);
  assert.equal(issuer.count(LIST), 1);
  issuer.pass(50);
  for (let n = 0; n < 3; n += 1) await verifier.verify(token);

  assert.equal(issuer.count(LIST), 2);
  assert.equal(issuer.asked.at(-1).headers['if-none-match'], '"0"');
  // "Not modified" makes it good for another ttl.
  issuer.answers.set(LIST, fails());
  issuer.pass(59);
  assert.ok(await accepts(verifier, token));
});

for (const bad of ['stale', 'forged', 'truncated', 'oversized', 'away']) {
  test(`a ${bad} list fails closed, says so once and recovers`, async (t) => {
    const issuer = await Issuer.start(t);
    const verifier = issuer.verifier();
    const token = await issuer.token();
    await verifier.verify(token);
    const now = Math.floor(issuer.now);
    const good = await issuer.statusList();
    issuer.answers.set(LIST, {
      stale: gives(await issuer.statusList({ iat: now - 100, exp: now + 20 })),
      forged: gives(`${good.slice(0, -10)}AAAAAAAAAA`),
      truncated: gives(good.slice(0, 200)),
      oversized: gives('x'.repeat(3 << 20)),
      away: fails(),
    }[bad]);
    issuer.pass(50);
    assert.ok(await accepts(verifier, token), 'good until its ttl is over');
    issuer.pass(11);

    for (let n = 0; n < 5; n += 1) {
      await unavailable(verifier, token);
      issuer.pass(2);
    }
    assert.equal(issuer.counted('the status list'), 1, issuer.log.join('\n'));
    issuer.answers.delete(LIST);
    issuer.pass(2);

    assert.ok(await accepts(verifier, token));
    assert.equal(issuer.counted('well again'), 1);
  });
}

test('a list is good no longer than it says itself', async (t) => {
  const issuer = await Issuer.start(t);
  const verifier = issuer.verifier();
  const now = Math.floor(issuer.now);
  issuer.answers.set(LIST, gives(await issuer.statusList({ iat: now, exp: now + 20 })));
  assert.ok(await accepts(verifier, await issuer.token()));

  issuer.pass(20);

  await unavailable(verifier, await issuer.token());
});

test('a list that cannot be had is not asked for at each token', async (t) => {
  const issuer = await Issuer.start(t);
  const verifier = issuer.verifier();
  issuer.answers.set(LIST, fails());
  const token = await issuer.token();

  for (let n = 0; n < 100; n += 1) await unavailable(verifier, token);
  assert.equal(issuer.count(LIST), 1);
});

test('only lists of the issuer are asked', async (t) => {
  const issuer = await Issuer.start(t);
  const verifier = issuer.verifier();
  const elsewhere = [
    'https://evil.example/status-lists/1', 'https://id.example.evil.example/status-lists/1',
    'https://id.example@evil.example/status-lists/1', 'http://id.example/status-lists/1',
    'https://id.example/../status-lists/1', 'https://id.example/a/%2e%2e/1',
    'https://id.example/status-lists/1?x=1', 'https://id.example/status-lists/1#x',
    'https://id.example', 'https://id.example/', '//id.example/status-lists/1', '', null, 1,
    'https://id.example/status-lists/1\n', `https://id.example/${'x'.repeat(600)}`,
  ];

  for (const uri of elsewhere) {
    const token = await issuer.token({ status: { status_list: { idx: 1, uri } } });
    await refused(verifier, token, uri && uri !== 1 ? 'status' : 'claim');
  }
  assert.deepEqual(issuer.asked.map(({ url }) => url), [KEYS]);
});

test('a token without status is refused unless that is wanted', async (t) => {
  const issuer = await Issuer.start(t);
  const [strict, lax] = [issuer.verifier(), issuer.verifier({ requireStatus: false })];
  for (const status of [null, {}, { status_list: null }, { status_list: [] }, 'x', []]) {
    await refused(strict, await issuer.token({ status }), 'claim');
    await refused(lax, await issuer.token({ status }), 'claim');
  }
  for (const idx of [-1, true, 0.5, '1', null]) {
    const status = { status_list: { idx, uri: NAME + LIST } };
    await refused(lax, await issuer.token({ status }), 'claim');
  }

  await refused(strict, await issuer.token({ status: undefined }), 'status');
  assert.ok(await accepts(lax, await issuer.token({ status: undefined })));
});

// ---- The stream.

test('the stream is asked with its key and the lists are not', async (t) => {
  const issuer = await Issuer.start(t);
  const verifier = await issuer.listening();

  assert.ok(await accepts(verifier, await issuer.token()));
  const asked = issuer.asked.map(({ url, headers }) => [url, headers.authorization]);
  assert.deepEqual(asked, [[STREAM, 'Bearer csk_key'], [KEYS, undefined]]);
});

test('what the snapshot and the stream name is refused', async (t) => {
  const issuer = await Issuer.start(t);
  const entries = [issuer.entry({ jti: 'token-2' }), issuer.entry({ sid: 's-2' })];
  const verifier = await issuer.listening(entries);
  const before = Math.floor(issuer.now);

  await refused(verifier, await issuer.token({ jti: 'token-2' }));
  await refused(verifier, await issuer.token({ sid: 's-2' }));
  assert.ok(await accepts(verifier, await issuer.token()));
  const theirs = await issuer.token({ sub: 'user-2' });
  issuer.say('revoked', issuer.entry({ sub: 'user-2', before, except_sid: 'kept' }), '2');
  await until(async () => !await accepts(verifier, theirs), 'refused');
  assert.ok(await accepts(verifier, await issuer.token({ sub: 'user-2', sid: 'kept' })));
  issuer.pass(1);
  assert.ok(await accepts(verifier, await issuer.token({ sub: 'user-2' })));
  const token = await issuer.token({ jti: 'token-3' });
  const begun = performance.now();
  issuer.say('revoked', issuer.entry({ jti: 'token-3' }), '3');
  await until(async () => !await accepts(verifier, token), 'refused');
  assert.ok(performance.now() - begun < 1000);
});

test('nothing heard for three heartbeats and the list is asked', async (t) => {
  const issuer = await Issuer.start(t);
  const verifier = await issuer.listening();
  const token = await issuer.token();
  issuer.pass(14);
  assert.ok(await accepts(verifier, token));
  assert.equal(issuer.count(LIST), 0);

  issuer.pass(1);

  assert.ok(await accepts(verifier, token));
  assert.equal(issuer.count(LIST), 1);
  issuer.say('heartbeat', {}, '2');
  await until(() => verifier.listening, 'listening again');
});

test('a stream that says nothing more is asked anew', async (t) => {
  const issuer = await Issuer.start(t);
  const verifier = await issuer.listening([], { heartbeat: 0.1 });

  await until(() => issuer.count(STREAM) === 2, 'asked again');

  assert.equal(verifier.listening, false);
  assert.ok(await accepts(verifier, await issuer.token()));
  assert.equal(issuer.count(LIST), 1);
  assert.equal(issuer.counted('it says nothing; the status lists are asked instead'), 1);
});

test('a stream that dies mid-event is resumed where it was', async (t) => {
  const issuer = await Issuer.start(t);
  const verifier = await issuer.listening();
  const token = await issuer.token({ jti: 'token-2' });
  const event = `event: revoked\nid: 2\ndata: ${JSON.stringify(issuer.entry({ jti: 'token-2' }))}`;
  issuer.sayRaw(event);
  await issuer.hangUp();
  await until(() => issuer.count(STREAM) === 2, 'asked again');

  // Half an event is none; until it is heard again the list is asked.
  assert.equal(verifier.listening, false);
  assert.ok(await accepts(verifier, token));
  assert.equal(issuer.count(LIST), 1);
  const resumed = issuer.asked.filter(({ url }) => url === STREAM);
  assert.deepEqual(resumed.map(({ headers }) => headers['last-event-id']), [undefined, '1']);
  issuer.sayRaw(`${event}\n\n`);
  issuer.say('heartbeat', {}, '3');
  await until(() => verifier.listening, 'listening again');
  await refused(verifier, token);
  assert.equal(issuer.counted('the stream of revocations: it ended; the status lists are'), 1);
  assert.equal(issuer.counted('the stream of revocations: well again'), 1);
});

test('a position that is not known is given up', async (t) => {
  const issuer = await Issuer.start(t);
  const verifier = await issuer.listening();
  issuer.answers.set(STREAM, fails(400));
  await issuer.hangUp();
  await until(() => issuer.count(STREAM) === 2, 'asked again');
  issuer.answers.delete(STREAM);

  issuer.say('snapshot', { revoked: [] });
  issuer.say('ready', {}, '9');
  await until(() => verifier.listening, 'listening again');

  const resumed = issuer.asked.filter(({ url }) => url === STREAM);
  const positions = resumed.map(({ headers }) => headers['last-event-id']);
  assert.deepEqual(positions, [undefined, '1', undefined]);
});

test('what was heard stays true when the stream is not', async (t) => {
  const issuer = await Issuer.start(t);
  const verifier = await issuer.listening([issuer.entry({ jti: 'token-2' })]);
  await issuer.hangUp();
  await until(() => !verifier.listening, 'not listening');

  await refused(verifier, await issuer.token({ jti: 'token-2' }));
});

test('a heartbeat within a snapshot does not make it whole', async (t) => {
  const issuer = await Issuer.start(t);
  const verifier = issuer.verifier({ apiKey: 'csk_key' });
  const token = await issuer.token({ jti: 'token-2' });
  issuer.say('snapshot', { revoked: [] });
  issuer.say('heartbeat', {}, '7');
  issuer.say('snapshot', { revoked: [issuer.entry({ jti: 'token-2' })] });
  await until(async () => !await accepts(verifier, token), 'the second part');

  assert.equal(verifier.listening, false);
});

const strange = [
  'event: revoked\ndata: {\n\n', 'event: revoked\ndata: []\n\n',
  'event: revoked\ndata: {"exp": 1}\n\n', 'event: revoked\ndata: {"jti": 1, "exp": 1}\n\n',
  'event: revoked\ndata: {"jti": "x"}\n\n', 'event: snapshot\ndata: {"revoked": 1}\n\n',
  'event: revoked\ndata: {"sub": "x", "exp": 1}\n\n', 'event: revoked\ndata: null\n\n',
  'event: revoked\ndata: {"jti": "x", "sid": "y", "exp": 1}\n\n',
  'event: revoked\ndata: {"planet": "x", "exp": 1}\n\n', `data: ${'x'.repeat(9 << 20)}`,
];
for (const [n, event] of strange.entries()) {
  test(`what is not understood is not passed over: ${n}`, async (t) => {
    const issuer = await Issuer.start(t);
    const verifier = await issuer.listening();

    issuer.sayRaw(event);
    await until(() => !verifier.listening, 'not relied on');

    assert.ok(await accepts(verifier, await issuer.token()));
    assert.equal(issuer.count(LIST), 1);
    assert.equal(issuer.counted('the stream of revocations:'), 1);
    await until(() => issuer.count(STREAM) === 2 && issuer.listeners.length === 1, 'asked again');
    issuer.say('ready', {}, '2');
    await until(() => verifier.listening, 'listening again');
  });
}

test('without the stream a token without status is not judged', async (t) => {
  const issuer = await Issuer.start(t);
  const verifier = await issuer.listening([], { requireStatus: false });
  const token = await issuer.token({ status: undefined });
  assert.ok(await accepts(verifier, token));

  await issuer.hangUp();
  await until(() => !verifier.listening, 'not listening');

  await unavailable(verifier, token);
});

test('keys are fetched again when the stream says so', async (t) => {
  const issuer = await Issuer.start(t);
  const verifier = await issuer.listening();
  const old = await issuer.token();
  await verifier.verify(old);
  const next = await issuer.addKey();
  issuer.keys.delete(issuer.kid);

  issuer.say('revoked', issuer.entry({ keys: true }), '2');
  await until(() => issuer.count(KEYS) === 2, 'fetched');

  const token = await issuer.token({}, next);
  await until(() => accepts(verifier, token), 'the new key');
  await refused(verifier, old, 'unknown_key');
});

test('keys that were recalled and cannot be fetched end within a minute', async (t) => {
  const issuer = await Issuer.start(t);
  const verifier = await issuer.listening();
  const token = await issuer.token();
  await verifier.verify(token);
  issuer.answers.set(KEYS, fails());
  issuer.say('revoked', issuer.entry({ keys: true }), '2');
  await until(() => issuer.counted('the key set:') === 1, 'asked');

  assert.ok(await accepts(verifier, token));
  issuer.pass(60);
  await unavailable(verifier, token);
  issuer.answers.delete(KEYS);
  issuer.pass(6);
  assert.ok(await accepts(verifier, token));
});

test('a key that may not listen is said once', async (t) => {
  const issuer = await Issuer.start(t);
  issuer.answers.set(STREAM, fails(403));
  const verifier = issuer.verifier({ apiKey: 'csk_key' });
  await until(() => issuer.count(STREAM) === 3, 'three tries');

  assert.ok(await accepts(verifier, await issuer.token()));
  assert.equal(issuer.counted('the stream of revocations: answered 403'), 1);
  assert.equal(issuer.counted('csk_key'), 0);
});
