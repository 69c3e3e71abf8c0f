import { readFileSync } from 'node:fs';

import { mailTo, mailsTo } from '../kit/mail.mjs';
import { OTHER_PASSWORD, unique } from '../kit/servers.mjs';
import { assert, always, chapter, scenario } from '../kit/spec.mjs';

chapter('An account', () => {
  always('shows its owner and is in the language they choose', async ({ visitor, server, come }) => {
    const robin = await server.person();
    await visitor.logIn(robin);
    assert.match(await visitor.text(), new RegExp(robin.email));

    await visitor.page.selectOption('#language', 'de');
    await visitor.press('#submit-language');

    assert.equal(visitor.path, '/account');
    assert.equal(await visitor.page.getAttribute('html', 'lang'), 'de');
    assert.ok(await visitor.has('#notice'));
    const elsewhere = await come();
    await elsewhere.logIn(robin);
    assert.equal(await elsewhere.page.getAttribute('html', 'lang'), 'de');
  });

  always('gets another password, and other browsers are out', async ({ visitor, server, come }) => {
    const robin = await server.person();
    const elsewhere = await come();
    await elsewhere.logIn(robin, { remember: true });
    await visitor.logIn(robin);
    const before = await visitor.cookie('session');

    await visitor.open('/account/password');
    await visitor.fill({ current_password: 'not the one', new_password: OTHER_PASSWORD });
    assert.equal(await visitor.press('#submit'), 422);
    assert.equal(await visitor.page.getAttribute('#current_password', 'aria-invalid'), 'true');
    await visitor.fill({ current_password: robin.password, new_password: 'password' });
    assert.equal(await visitor.press('#submit'), 422);
    assert.equal(await visitor.page.getAttribute('#new_password', 'aria-invalid'), 'true');
    await visitor.fill({ current_password: robin.password, new_password: OTHER_PASSWORD });
    await visitor.press('#submit');

    assert.ok(await visitor.has('#notice'));
    assert.notEqual((await visitor.cookie('session')).value, before.value);
    await visitor.open('/account');
    assert.equal(visitor.path, '/account');
    await elsewhere.open('/account');
    assert.equal(elsewhere.path, '/login');
    assert.ok((await mailsTo(server, robin.email)).includes('password-changed'));
  });

  for (const by of ['link', 'code']) {
    always(`gets another address by the ${by}, and both are told`, async (world) => {
      const { visitor, server } = world;
      const robin = await server.person();
      const email = `${unique('new')}@example.org`;
      await visitor.logIn(robin);

      await visitor.fill({ email });
      await visitor.press('#submit-email');
      const { link, code } = await mailTo(server, email, 'change-address');
      assert.ok((await mailsTo(server, robin.email)).includes('address-changing'));
      if (by === 'code') await visitor.fill({ code });
      else await visitor.open(link);
      await visitor.press('#submit');

      assert.equal(visitor.path, '/account');
      assert.ok(await visitor.has('#notice'));
      assert.match(await visitor.text(), new RegExp(email));
      assert.ok((await mailsTo(server, robin.email)).includes('address-changed'));
      await visitor.context.clearCookies();
      await visitor.logIn({ username: email, password: robin.password });
      assert.equal(visitor.path, '/account');
    });
  }

  always('lists its sessions and ends the others', async ({ visitor, server, come }) => {
    const robin = await server.person();
    await visitor.logIn(robin);
    const others = [await come(), await come()];
    for (const other of others) await other.logIn(robin, { remember: true });

    await visitor.open('/account/sessions');
    assert.equal(await visitor.page.locator('#sessions > li').count(), 3);
    await visitor.press('#sessions > li form[action$="/account/sessions/end"] button >> nth=0');
    assert.ok(await visitor.has('#notice'));
    assert.equal(await visitor.page.locator('#sessions > li').count(), 2);
    await visitor.press('#end-others');
    assert.equal(await visitor.page.locator('#sessions > li').count(), 1);

    assert.ok(await visitor.isLoggedIn());
    for (const other of others) {
      await other.open('/account');
      assert.equal(other.path, '/login');
    }
  });

  always('forgets a browser it knew', async ({ visitor, server }) => {
    const robin = await server.person();
    await visitor.logIn(robin);

    await visitor.open('/account/sessions');
    const known = await visitor.page.locator('#devices > li').count();
    await visitor.press('#devices > li form button >> nth=0');

    assert.equal(known, 1);
    await visitor.logIn(robin);
    assert.equal(visitor.path, '/account');
  });

  always('makes an API key that is shown once, used and revoked', async ({ visitor, server }) => {
    const robin = await server.person();
    await visitor.logIn(robin);
    const asked = async (key) => {
      const headers = { authorization: `Bearer ${key}` };
      return (await server.ask('GET', '/api/me', { headers })).status;
    };

    await visitor.open('/account/keys');
    await visitor.fill({ name: 'backup at night' });
    await visitor.press('#submit');
    const key = await visitor.text('#new-key');
    assert.equal(await asked(key), 200);
    await visitor.open('/account/keys');
    assert.ok(!(await visitor.page.content()).includes(key));
    assert.match(await visitor.text('#keys'), /backup at night/);
    await visitor.press('#keys > li form button');

    assert.ok(await visitor.has('#notice'));
    assert.ok(!/backup at night/.test(await visitor.text('#keys')));
    assert.equal(await asked(key), 401);
  });

  scenario('copies a new key at the press of a button', async ({ visitor, server }) => {
    await visitor.logIn(await server.person());
    await visitor.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await visitor.open('/account/keys');
    await visitor.fill({ name: 'copied' });
    await visitor.press('#submit');

    await visitor.page.click('.copy button');

    const copied = await visitor.page.evaluate(() => navigator.clipboard.readText());
    assert.equal(copied, await visitor.text('#new-key'));
  });

  always('gives away all it holds as a file', async ({ visitor, server }) => {
    const robin = await server.person();
    await visitor.logIn(robin);

    await visitor.open('/account/data');
    const [download] = await Promise.all([
      visitor.page.waitForEvent('download'),
      visitor.page.click('#export'),
    ]);

    assert.match(download.suggestedFilename(), /\.json$/);
    const text = readFileSync(await download.path(), 'utf8');
    const data = JSON.stringify(JSON.parse(text));
    assert.ok(data.includes(robin.username) && data.includes(robin.email));
    assert.ok(!/argon2|digest|__Host-/.test(data));
  });

  always('is left, and kept after all', async ({ visitor, server }) => {
    const robin = await server.person();
    await visitor.logIn(robin);

    await visitor.open('/account/data');
    await visitor.press('#delete');
    await visitor.fill({ password: 'not the one' });
    assert.equal(await visitor.press('#submit'), 422);
    await visitor.fill({ password: robin.password });
    await visitor.press('#submit');
    assert.equal(visitor.path, '/login');
    assert.ok(await visitor.has('#notice'));
    assert.ok(!(await visitor.isLoggedIn()));
    assert.ok((await mailsTo(server, robin.email)).includes('deletion-announced'));
    await visitor.fill({ login: robin.username, password: robin.password });
    await visitor.press('#submit');
    assert.equal(visitor.path, '/account/data');
    await visitor.press('#keep');

    assert.ok(await visitor.has('#delete'));
    await visitor.open('/account');
    assert.equal(visitor.path, '/account');
  });
});

chapter('A password field', () => {
  scenario('shows what is typed at the press of a switch', async ({ visitor }) => {
    await visitor.open('/login');
    await visitor.fill({ password: 'visible' });
    const type = () => visitor.page.getAttribute('#password', 'type');

    const types = [await type()];
    await visitor.page.click('.password button');
    types.push(await type());
    await visitor.page.click('.password button');
    types.push(await type());

    assert.deepEqual(types, ['password', 'text', 'password']);
    assert.equal(await visitor.value('password'), 'visible');
  });

  scenario('tells password managers what it is for', async ({ visitor, server }) => {
    const robin = await server.person();
    const fields = () =>
      visitor.page.$$eval('main input[autocomplete]', (all) =>
        Object.fromEntries(all.filter((each) => each.id).map((each) => [each.id, each.autocomplete])),
      );

    await visitor.open('/login');
    const login = await fields();
    await visitor.open('/sign-up');
    const signUp = await fields();
    await visitor.logIn(robin);
    await visitor.open('/account/password');
    const change = await fields();

    assert.deepEqual([login.login, login.password], ['username', 'current-password']);
    assert.deepEqual(
      [signUp.username, signUp.email, signUp.password],
      ['username', 'email', 'new-password'],
    );
    assert.equal(change.current_password, 'current-password');
    assert.equal(change.new_password, 'new-password');
  });
});
