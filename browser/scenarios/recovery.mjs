import { mailTo, mailsTo } from '../kit/mail.mjs';
import { OTHER_PASSWORD } from '../kit/servers.mjs';
import { assert, always, chapter } from '../kit/spec.mjs';

async function askForMail(visitor, login) {
  await visitor.open('/login');
  await visitor.press('a[href$="/forgot-password"]');
  await visitor.fill({ login });
  return visitor.press('#submit');
}

chapter('A forgotten password', () => {
  always('a new one by the link of a mail, and former sessions are over', async (world) => {
    const { visitor, server, come } = world;
    const robin = await server.person();
    const elsewhere = await come();
    await elsewhere.logIn(robin, { remember: true });

    await askForMail(visitor, robin.username);
    const { link } = await mailTo(server, robin.email, 'reset');
    assert.equal(await visitor.open(link), 200);
    await visitor.fill({ new_password: OTHER_PASSWORD });
    await visitor.press('#submit');

    assert.equal(visitor.path, '/login');
    assert.ok(await visitor.has('#notice'));
    assert.ok(!(await visitor.isLoggedIn()), 'a reset logs nobody in');
    await elsewhere.open('/account');
    assert.equal(elsewhere.path, '/login');
    await visitor.logIn(robin);
    assert.equal(await visitor.problem(), 'invalid_credentials');
    await visitor.logIn({ ...robin, password: OTHER_PASSWORD });
    assert.equal(visitor.path, '/account');
    assert.ok((await mailsTo(server, robin.email)).includes('password-changed'));
  });

  always('a new one by the code, in the browser that asked', async ({ visitor, server }) => {
    const robin = await server.person();

    await askForMail(visitor, robin.email);
    const { code } = await mailTo(server, robin.email, 'reset');
    await visitor.fill({ code });
    await visitor.press('#submit');
    await visitor.fill({ new_password: OTHER_PASSWORD });
    await visitor.press('#submit');

    assert.equal(visitor.path, '/login');
    await visitor.logIn({ ...robin, password: OTHER_PASSWORD });
    assert.equal(visitor.path, '/account');
  });

  always('a code is worth nothing in another browser', async ({ visitor, server, come }) => {
    const robin = await server.person();
    const stranger = await come();

    await askForMail(visitor, robin.email);
    const { code } = await mailTo(server, robin.email, 'reset');
    await askForMail(stranger, 'nobody@example.com');
    await stranger.fill({ code });
    await stranger.press('#submit');
    if (await stranger.has('#new_password')) {
      await stranger.fill({ new_password: OTHER_PASSWORD });
      await stranger.press('#submit');
    }

    assert.ok(await stranger.problem());
    await visitor.logIn(robin);
    assert.equal(visitor.path, '/account');
  });

  always('whoever is not known gets the same page', async ({ visitor, server }) => {
    const robin = await server.person();
    const answer = async (login) => {
      const status = await askForMail(visitor, login);
      return [status, visitor.path, (await visitor.text()).replaceAll(login, '…')];
    };

    assert.deepEqual(await answer(`no-${robin.email}`), await answer(robin.email));
  });

  always('a weak password is refused beside its field, and the link stays good', async (world) => {
    const { visitor, server } = world;
    const robin = await server.person();
    await askForMail(visitor, robin.email);
    const { link } = await mailTo(server, robin.email, 'reset');

    await visitor.open(link);
    await visitor.fill({ new_password: 'password' });
    assert.equal(await visitor.press('#submit'), 422);
    assert.equal(await visitor.page.getAttribute('#new_password', 'aria-invalid'), 'true');
    assert.ok((await visitor.text('#new_password-error')).length > 0);
    assert.equal(await visitor.value('new_password'), '');
    await visitor.fill({ new_password: OTHER_PASSWORD });
    await visitor.press('#submit');

    assert.equal(visitor.path, '/login');
  });

  always('a program that looks at the link uses nothing up', async ({ visitor, server }) => {
    const robin = await server.person();
    await askForMail(visitor, robin.email);
    const { link } = await mailTo(server, robin.email, 'reset');
    const path = link.slice(server.url.length);

    for (const method of ['GET', 'HEAD', 'GET', 'OPTIONS']) {
      await server.ask(method, path);
    }
    await visitor.open(link);
    await visitor.fill({ new_password: OTHER_PASSWORD });
    await visitor.press('#submit');

    assert.equal(visitor.path, '/login');
  });
});

chapter('A link that does nothing any more', () => {
  /** What it says, and that its next step leads to a page. */
  async function says(visitor, link, kind, status) {
    assert.equal(await visitor.open(link), status);
    assert.equal(await visitor.page.getAttribute('#message', 'data-kind'), kind);
    assert.ok((await visitor.text('#message')).length > 20);
    assert.equal(await visitor.press('#next-step'), 200);
  }

  always('one that was used says so and offers another', async ({ visitor, server }) => {
    const robin = await server.person();
    await askForMail(visitor, robin.email);
    const { link } = await mailTo(server, robin.email, 'reset');
    await visitor.open(link);
    await visitor.fill({ new_password: OTHER_PASSWORD });
    await visitor.press('#submit');

    await says(visitor, link, 'link-used', 410);

    assert.equal(visitor.path, '/forgot-password');
  });

  always('one that a later one replaced says so', async ({ visitor, server }) => {
    const robin = await server.person();
    await askForMail(visitor, robin.email);
    const { link } = await mailTo(server, robin.email, 'reset');
    await askForMail(visitor, robin.email);

    await says(visitor, link, 'link-expired', 410);
  });

  always('one that was cut off, or is not from here, says so', async ({ visitor, server }) => {
    const robin = await server.person();
    await askForMail(visitor, robin.email);
    const { link } = await mailTo(server, robin.email, 'reset');

    for (const broken of [link.slice(0, -5), `${link}x`, link.replace(/=.*/, '='), '/confirm']) {
      await says(visitor, broken, 'link-unknown', 404);
    }
    await says(visitor, link.replace('/reset-password', '/confirm'), 'link-unknown', 404);
    await says(visitor, '/change-email?token=csl_nonsense', 'link-unknown', 404);
  });

  always('a form sent when its link was dead already says so, too', async (world) => {
    const { visitor, server, come } = world;
    const robin = await server.person();
    const slow = await come();
    await askForMail(visitor, robin.email);
    const { link } = await mailTo(server, robin.email, 'reset');
    await slow.open(link);
    await visitor.open(link);
    await visitor.fill({ new_password: OTHER_PASSWORD });
    await visitor.press('#submit');

    await slow.fill({ new_password: 'a password of the slow one' });
    assert.equal(await slow.press('#submit'), 410);

    assert.equal(await slow.page.getAttribute('#message', 'data-kind'), 'link-used');
    await visitor.logIn({ ...robin, password: OTHER_PASSWORD });
    assert.equal(visitor.path, '/account');
  });
});
