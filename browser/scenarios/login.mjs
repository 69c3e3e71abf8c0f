import { assert, always, chapter, scenario } from '../kit/spec.mjs';

chapter('Logging in', () => {
  always('the right password leads to the account', async ({ visitor, server }) => {
    const robin = await server.person();

    await visitor.open('/login');
    await visitor.fill({ login: robin.username, password: robin.password });
    await visitor.press('#submit');

    assert.equal(visitor.path, '/account');
    assert.ok(await visitor.isLoggedIn());
  });

  always('the address does as well as the name', async ({ visitor, server }) => {
    const robin = await server.person();

    await visitor.logIn({ username: robin.email, password: robin.password });

    assert.equal(visitor.path, '/account');
  });

  always('a wrong password is told, the name stays, the password does not', async (world) => {
    const { visitor, server } = world;
    const robin = await server.person();

    await visitor.open('/login');
    await visitor.fill({ login: robin.username, password: 'not the one' });
    await visitor.page.check('#remember');
    const status = await visitor.press('#submit');

    assert.equal(status, 422);
    assert.equal(visitor.path, '/login');
    assert.equal(await visitor.problem(), 'invalid_credentials');
    assert.equal(await visitor.value('login'), robin.username);
    assert.equal(await visitor.value('password'), '');
    assert.ok(await visitor.page.isChecked('#remember'));
    assert.ok(!(await visitor.page.content()).includes('not the one'));
    assert.ok(!(await visitor.isLoggedIn()));
  });

  always('nobody of that name gets the same answer as a wrong password', async (world) => {
    const { visitor, server } = world;
    const robin = await server.person();
    const answer = async (login) => {
      await visitor.open('/login');
      await visitor.fill({ login, password: 'not the one' });
      const status = await visitor.press('#submit');
      return [status, (await visitor.text()).replaceAll(login, '…')];
    };

    assert.deepEqual(await answer('nobody-at-all'), await answer(robin.username));
  });

  always('one gets to where one was going', async ({ visitor, server }) => {
    const robin = await server.person();

    await visitor.open('/login?next=%2Fconfirm%2Fresend%3Fa%3Db');
    await visitor.fill({ login: robin.username, password: 'not the one' });
    await visitor.press('#submit');
    await visitor.fill({ login: robin.username, password: robin.password });
    await visitor.press('#submit');

    assert.equal(visitor.at, '/confirm/resend?a=b');
  });

  always('a page that needs somebody asks who it is and then shows itself', async (world) => {
    const { visitor, server } = world;
    const robin = await server.person();

    await visitor.open('/account/sessions');
    assert.equal(visitor.path, '/login');
    await visitor.fill({ login: robin.username, password: robin.password });
    await visitor.press('#submit');

    assert.equal(visitor.path, '/account/sessions');
  });

  always('logging out ends the session on the server', async ({ visitor, server }) => {
    const robin = await server.person();
    await visitor.logIn(robin, { remember: true });
    const taken = await visitor.stolen();

    await visitor.open('/logout');
    await visitor.press('#logout-yes');

    assert.equal(visitor.path, '/login');
    assert.ok(await visitor.has('#notice'));
    assert.equal(await visitor.cookie('session'), undefined);
    assert.equal(await visitor.cookie('remember'), undefined);
    const replayed = await server.ask('GET', '/account', { headers: { cookie: taken } });
    assert.equal(replayed.status, 303);
    const back = await server.ask('GET', '/restore?next=/account', { headers: { cookie: taken } });
    assert.match(back.headers.get('location'), /^\/login/);
  });

  scenario('looking at the log-out page ends nothing', async ({ visitor, server }) => {
    const robin = await server.person();
    await visitor.logIn(robin);

    await visitor.open('/logout');

    assert.ok(await visitor.isLoggedIn());
  });

  scenario('Tab and Enter are enough to log in', async ({ visitor, server }) => {
    const robin = await server.person();
    const { page } = visitor;
    await visitor.open('/login');
    await page.evaluate(() => document.activeElement.blur());
    const order = [];

    for (let step = 0; step < 20 && order.at(-1) !== 'submit'; step += 1) {
      await page.keyboard.press('Tab');
      const id = await page.evaluate(() => document.activeElement.id);
      order.push(id);
      if (id === 'login') await page.keyboard.type(robin.username);
      if (id === 'password') await page.keyboard.type(robin.password);
      if (id === 'remember') await page.keyboard.press('Space');
    }
    const fields = order.filter((id) => ['login', 'password', 'remember', 'submit'].includes(id));
    await visitor.follow(() => page.keyboard.press('Enter'));

    assert.deepEqual(fields, ['login', 'password', 'remember', 'submit']);
    assert.equal(visitor.path, '/account');
    assert.ok(await visitor.cookie('remember'));
  });
});
