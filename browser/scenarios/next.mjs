// Where one may be sent after a login. What the server answers is judged by the browser's own
// parser of URLs, which is the only one that counts.

import { readFileSync } from 'node:fs';

import { PASSWORD } from '../kit/servers.mjs';
import { assert, chapter, scenario } from '../kit/spec.mjs';

/** `kept` are paths of this host; `dropped` are not, or could be taken for something else. */
const targets = JSON.parse(readFileSync(new URL('../next.json', import.meta.url)));
const ALL = [...targets.kept, ...targets.dropped];

chapter('The way on after a login', () => {
  scenario('the list is as long as it should be', async () => {
    assert.ok(targets.dropped.length >= 200, `${targets.dropped.length}`);
    assert.equal(new Set(ALL).size, ALL.length);
  });

  const asked = (path) => async (server, headers, next) =>
    server.ask('GET', `${path}?next=${encodeURIComponent(next)}`, { headers });
  const sent = (path, fields) => async (server, headers, next) => {
    const from = { ...headers, origin: server.url };
    return server.ask('POST', path, { headers: from, form: { ...fields, next } });
  };
  const doors = {
    'GET /login': asked('/login'),
    'GET /restore': asked('/restore'),
    'POST /reauthenticate': sent('/reauthenticate', { password: PASSWORD }),
    'POST /language': sent('/language', { language: 'en' }),
  };

  for (const [door, knock] of Object.entries(doors)) {
    scenario(`${door} leads to this host, whatever it is asked for`, async (world) => {
      const { visitor, server } = world;
      await visitor.logIn(await server.person());
      const cookies = new Map((await visitor.context.cookies()).map((c) => [c.name, c.value]));
      const led = [];
      for (const next of ALL) {
        const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
        const answer = await knock(server, { cookie }, next);
        assert.equal(answer.status, 303, JSON.stringify(next));
        keep(cookies, answer);
        led.push({ next, location: answer.headers.get('location') });
      }
      await assertWithin(visitor, door.split(' ')[1], led);
      assertKept(led);
    });
  }

  scenario('POST /login leads to this host, whatever it is asked for', async (world) => {
    const { visitor, server } = world;
    const { username, password } = await server.person();
    const led = [];
    for (const next of ALL) {
      const answer = await sent('/login', { login: username, password })(server, {}, next);
      assert.equal(answer.status, 303, JSON.stringify(next));
      led.push({ next, location: answer.headers.get('location') });
    }
    await visitor.open('/login');
    await assertWithin(visitor, '/login', led);
    assertKept(led);
  });

  scenario('no page carries on what it would not follow', async ({ visitor }) => {
    const origin = new URL(visitor.server.url).origin;
    for (const next of targets.dropped.filter((_, number) => number % 6 === 0)) {
      await visitor.open(`/login?next=${encodeURIComponent(next)}`);
      const addresses = await visitor.page.evaluate(() => [
        ...[...document.querySelectorAll('a[href]')].map((link) => link.href),
        ...[...document.forms].map((form) => form.action),
        ...[...document.querySelectorAll('[name=next]')].map(
          (field) => new URL(field.value, location.href).href,
        ),
      ]);
      for (const address of addresses) {
        assert.equal(new URL(address).origin, origin, `${JSON.stringify(next)}: ${address}`);
      }
    }
  });
});

/** As a browser would: an answer may bring a new session. */
function keep(cookies, answer) {
  for (const line of answer.headers.getSetCookie()) {
    const [name, value] = line.split(';')[0].split('=');
    cookies.set(name, value);
  }
}

/** Every `Location` resolves, in Chromium, to the origin it came from. */
async function assertWithin(visitor, path, led) {
  const origins = await visitor.page.evaluate(
    ({ base, locations }) =>
      locations.map((location) => {
        const { origin, username, password } = new URL(location, base);
        return username || password ? `${origin} with userinfo` : origin;
      }),
    { base: visitor.server.url + path, locations: led.map(({ location }) => location) },
  );
  origins.forEach((origin, number) => {
    assert.equal(origin, visitor.server.url, JSON.stringify(led[number]));
  });
}

/** What is safe is followed to the letter, everything else leads home. */
function assertKept(led) {
  for (const { next, location } of led) {
    const expected = targets.kept.includes(next) ? next : '/account';
    assert.equal(location, expected, JSON.stringify(next));
  }
}
