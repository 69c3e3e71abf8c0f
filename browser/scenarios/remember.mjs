import { mailsTo } from '../kit/mail.mjs';
import { assert, always, chapter, scenario } from '../kit/spec.mjs';

chapter('Being remembered', () => {
  always('a remembered browser is let in again after it was closed', async (world) => {
    const { visitor, server } = world;
    await visitor.logIn(await server.person(), { remember: true });
    const before = await visitor.cookie('remember');

    await visitor.lose('session');
    await visitor.open('/account/sessions');

    assert.equal(visitor.path, '/account/sessions');
    assert.ok(await visitor.isLoggedIn());
    assert.notEqual((await visitor.cookie('remember')).value, before.value);
  });

  always('a browser that was not to be remembered has to log in again', async (world) => {
    const { visitor, server } = world;
    await visitor.logIn(await server.person());

    assert.equal(await visitor.cookie('remember'), undefined);
    await visitor.lose('session');
    await visitor.open('/account');

    assert.equal(visitor.path, '/login');
  });

  always('a stolen cookie shown again ends the session, and its owner is told', async (world) => {
    const { visitor, server, come } = world;
    const robin = await server.person();
    await visitor.logIn(robin, { remember: true });
    const thief = await come();
    await thief.context.addCookies([{ ...(await visitor.cookie('remember')), expires: -1 }]);

    for (let use = 0; use < 2; use += 1) {
      await visitor.lose('session');
      await visitor.open('/account');
      assert.equal(visitor.path, '/account');
    }
    await thief.open('/account');

    assert.equal(thief.path, '/login');
    assert.match(thief.at, /notice=stolen/);
    assert.ok(await thief.has('#notice'));
    assert.ok(!(await thief.isLoggedIn()));
    await visitor.open('/account');
    assert.equal(visitor.path, '/login');
    assert.ok((await mailsTo(server, robin.email)).includes('session-stolen'));
  });

  scenario('two tabs of a remembered browser both come back', async ({ visitor, server }) => {
    await visitor.logIn(await server.person(), { remember: true });
    await visitor.lose('session');
    const second = await visitor.context.newPage();

    await Promise.all([visitor.open('/account'), second.goto('/account/sessions')]);

    assert.equal(visitor.path, '/account');
    assert.equal(new URL(second.url()).pathname, '/account/sessions');
  });

  const brief = { server: 'brief' };

  always('what can do harm asks for the password again, and goes on there', async (world) => {
    const { visitor, server } = world;
    const robin = await server.person();
    await visitor.logIn(robin, { remember: true });

    // Longer than a password counts as given lately, on this server.
    await visitor.page.waitForTimeout(31_000);
    await visitor.open('/account/keys');
    assert.equal(visitor.path, '/reauthenticate');
    await visitor.fill({ password: 'not the one' });
    assert.equal(await visitor.press('#submit'), 422);
    await visitor.lose('session');
    await visitor.open('/account/keys');
    assert.equal(visitor.path, '/reauthenticate', 'brought back is not given lately');
    await visitor.fill({ password: robin.password });
    await visitor.press('#submit');

    assert.equal(visitor.path, '/account/keys');
    assert.ok(await visitor.cookie('remember'));
  }, brief);
});
