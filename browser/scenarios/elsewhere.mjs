// Pages of others: what they make a browser send is not what its owner wants.

import { mailsTo } from '../kit/mail.mjs';
import { OTHER_PASSWORD, unique } from '../kit/servers.mjs';
import { assert, always, chapter, scenario } from '../kit/spec.mjs';
import { Stranger } from '../kit/stranger.mjs';

/** Another port is another origin of the same site; another host is another site. */
const HOSTS = ['127.0.0.1', 'localhost', '127.0.0.2'];

const quoted = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');

/** A page with one button that posts a form to somebody else. */
function lure(action, fields, { kind = 'application/x-www-form-urlencoded' } = {}) {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${quoted(name)}" value="${quoted(value)}">`,
  );
  return `<!doctype html><title>prizes</title><form method="post" action="${quoted(action)}"
    enctype="${kind}">${inputs.join('')}<button id="win">win</button></form>`;
}

/** Runs `act` with a server of somebody else's that shows `page`. */
async function withStranger(page, act) {
  const stranger = await Stranger.open(page);
  try {
    await act(stranger);
  } finally {
    await stranger.close();
  }
}

chapter('A form on a page from elsewhere', () => {
  for (const host of HOSTS) {
    always(`logs nobody in (${host})`, async ({ visitor, server }) => {
      const mallory = await server.person('mallory');
      const fields = { login: mallory.username, password: mallory.password, remember: 'on' };
      await withStranger(() => lure(`${server.url}/login`, fields), async (stranger) => {
        visitor.allow(stranger.by(host));
        await visitor.open('/login');
        await visitor.open(stranger.by(host));

        assert.equal(await visitor.press('#win'), 403);

        assert.equal(await visitor.problem(), 'access_denied');
        assert.ok(!(await visitor.isLoggedIn()));
        assert.equal(await visitor.cookie('remember'), undefined);
      });
    });

    always(`puts nobody into another account (${host})`, async ({ visitor, server }) => {
      const [robin, mallory] = [await server.person(), await server.person('mallory')];
      const fields = { login: mallory.username, password: mallory.password };
      await withStranger(() => lure(`${server.url}/login`, fields), async (stranger) => {
        visitor.allow(stranger.by(host));
        await visitor.logIn(robin);
        await visitor.open(stranger.by(host));
        await visitor.press('#win');

        await visitor.open('/account');

        assert.match(await visitor.text(), new RegExp(robin.email));
      });
    });

    scenario(`changes nothing (${host})`, async ({ visitor, server }) => {
      const robin = await server.person();
      const post = (path, fields) => ({ path, fields });
      const wishes = [
        post('/logout', {}),
        post('/language', { language: 'de' }),
        post('/account/language', { language: 'de' }),
        post('/account/email', { email: `${unique('m')}@example.org` }),
        post('/account/password', {
          current_password: robin.password,
          new_password: OTHER_PASSWORD,
        }),
        post('/account/sessions/end-others', {}),
        post('/account/keys', { name: 'mine' }),
        post('/account/delete', { password: robin.password }),
        post('/account/keep', {}),
        post('/sign-up', { username: unique('m'), password: OTHER_PASSWORD }),
        post('/forgot-password', { login: robin.username }),
        post('/reauthenticate', { password: robin.password }),
      ];
      let wish;
      const page = () => lure(`${server.url}${wish.path}`, wish.fields);
      await withStranger(page, async (stranger) => {
        visitor.allow(stranger.by(host));
        await visitor.logIn(robin);
        const mails = await mailsTo(server, robin.email);
        for (wish of wishes) {
          await visitor.open(stranger.by(host));
          assert.equal(await visitor.press('#win'), 403, wish.path);
        }

        await visitor.open('/account/keys');
        assert.equal(visitor.path, '/account/keys');
        assert.ok(!(await visitor.has('#keys > li')));
        assert.equal(await visitor.page.getAttribute('html', 'lang'), 'en');
        assert.deepEqual(await mailsTo(server, robin.email), mails);
        await visitor.context.clearCookies();
        await visitor.logIn(robin);
        assert.equal(visitor.path, '/account');
      });
    });

    scenario(`is no JSON, whatever it looks like (${host})`, async ({ visitor, server }) => {
      const robin = await server.person();
      const json = { '{"locale": "de", "x": "': '"}' };
      const page = () => lure(`${server.url}/api/tokens`, json, { kind: 'text/plain' });
      await withStranger(page, async (stranger) => {
        visitor.allow(stranger.by(host));
        await visitor.logIn(robin);
        await visitor.open(stranger.by(host));

        const status = await visitor.press('#win');

        assert.ok([400, 401, 403, 415].includes(status), `${status}`);
      });
    });
  }
});

chapter('A script on a page from elsewhere', () => {
  scenario('reads nothing and changes nothing', async ({ visitor, server }) => {
    const robin = await server.person();
    await withStranger(() => '<!doctype html><title>x</title>', async (stranger) => {
      visitor.allow(...HOSTS.map((host) => stranger.by(host)));
      await visitor.logIn(robin);
      for (const host of HOSTS) {
        await visitor.open(stranger.by(host));
        // What the browser refuses it also complains about.
        const complaints = visitor.trouble.length;
        const got = await visitor.page.evaluate(async (url) => {
          const tries = [
            ['/account', {}],
            ['/api/me', {}],
            ['/logout', { method: 'POST', mode: 'no-cors', body: new URLSearchParams({}) }],
            ['/api/me', { method: 'DELETE' }],
            ['/api/api-keys', { method: 'POST', mode: 'no-cors', body: '{"name":"x"}' }],
          ];
          const answers = [];
          for (const [path, options] of tries) {
            const answer = await fetch(url + path, { credentials: 'include', ...options }).then(
              (response) => `${response.type} ${response.status}`,
              () => 'refused',
            );
            answers.push(answer);
          }
          return answers;
        }, server.url);
        visitor.trouble.length = complaints;
        const nothing = (answer) => answer === 'refused' || answer === 'opaque 0';
        assert.ok(got.every(nothing), `${host}: ${got}`);
      }
      await visitor.open('/account/keys');
      assert.equal(visitor.path, '/account/keys');
      assert.ok(!(await visitor.has('#keys > li')));
    });
  });

  scenario('shows no page of ours in a frame', async ({ visitor, server }) => {
    const page = () => `<!doctype html><title>x</title><iframe src="${server.url}/login"></iframe>`;
    await withStranger(page, async (stranger) => {
      visitor.allow(stranger.by('localhost'));
      await visitor.open(stranger.by('localhost'));
      await visitor.page.waitForTimeout(300);

      const frames = visitor.page.frames().filter((frame) => frame.url().startsWith(server.url));
      for (const frame of frames) assert.ok(!(await frame.$('#login')));
      assert.ok(visitor.trouble.splice(0).every((line) => line.includes('frame-ancestors')));
    });
  });
});

chapter('Cookies bound to this host', () => {
  const NAMES = ['127.0.0.1', 'localhost', '127.0.0.2', '[::1]', 'app.localhost'];

  scenario('are kept without TLS by loopback names, and by no others', async ({ visitor }) => {
    const cookie = '__Host-x=1; Secure; HttpOnly; SameSite=Lax; Path=/';
    const page = (request) => ({
      headers: { 'set-cookie': cookie },
      body: `<!doctype html><title>x</title><main>${request.headers.cookie ?? ''}</main>`,
    });
    await withStranger(page, async (stranger) => {
      const all = [...NAMES, 'far.example'];
      visitor.allow(...all.map((host) => stranger.by(host)));
      const kept = {};
      for (const host of all) {
        await visitor.open(stranger.by(host));
        await visitor.open(stranger.by(host));
        kept[host] = await visitor.text();
      }
      const expected = NAMES.map((host) => [host, '__Host-x=1']);
      assert.deepEqual(kept, { ...Object.fromEntries(expected), 'far.example': '' });
    });
  });

  for (const host of ['127.0.0.1', 'localhost', 'app.localhost']) {
    scenario(`carry a session on http://${host}`, async ({ visitor, server }) => {
      const robin = await server.person();
      const origin = server.by(host);
      visitor.allow(origin);
      await visitor.open(`${origin}/login`);
      await visitor.fill({ login: robin.username, password: robin.password });
      await visitor.page.check('#remember');
      await visitor.press('#submit');

      assert.equal(visitor.page.url(), `${origin}/account`);
      for (const name of ['session', 'remember', 'device']) {
        const cookie = await visitor.cookie(name);
        assert.equal(cookie.secure, true);
        assert.equal(cookie.httpOnly, true);
        assert.equal(cookie.sameSite, 'Lax');
        assert.equal(cookie.path, '/');
        assert.equal(cookie.domain, host);
      }
      assert.equal((await visitor.cookie('session')).expires, -1);
      assert.equal(await visitor.page.evaluate(() => document.cookie), '');
    });
  }
});
