import { mailTo, mailsTo } from '../kit/mail.mjs';
import { PASSWORD, unique } from '../kit/servers.mjs';
import { assert, always, chapter, scenario } from '../kit/spec.mjs';

/** Fills the form in and sends it; where the server has doubts, waits as it says. */
async function signUp(visitor, { username, email, password = PASSWORD }) {
  await visitor.open('/sign-up');
  await visitor.fill({ username, email, password });
  let status = await visitor.press('#submit');
  if (!visitor.javascript && (await visitor.has('#wait'))) {
    const seconds = Number(/\d+/.exec(await visitor.text('#wait'))[0]);
    await visitor.page.waitForTimeout((seconds + 1) * 1000);
    await visitor.fill({ password });
    status = await visitor.press('#submit');
  }
  return status;
}

function somebody() {
  const username = unique('wren');
  return { username, email: `${username}@example.com`, password: PASSWORD };
}

for (const server of ['plain', 'guarded']) {
  const how = { plain: 'freely', guarded: 'where robots are kept out and addresses are proven' };

  chapter(`Signing up ${how[server]}`, () => {
    always('by the link of the mail, and then log in', async ({ visitor, server }) => {
      const wren = somebody();

      assert.equal(await signUp(visitor, wren), 200);
      assert.ok(await visitor.has('#code'), 'the page that says where to look');
      const { link } = await mailTo(server, wren.email, 'confirm');
      await visitor.open(link);
      await visitor.press('#submit');
      assert.equal(visitor.path, '/login');
      assert.ok(await visitor.has('#notice'));
      await visitor.logIn(wren);

      assert.equal(visitor.path, '/account');
      assert.match(await visitor.text(), new RegExp(wren.email));
    }, { server });

    always('by the code of the mail, and then log in', async ({ visitor, server }) => {
      const wren = somebody();

      await signUp(visitor, wren);
      await visitor.fill({ code: 'AAAA-AAAA' });
      assert.equal(await visitor.press('#submit'), 422);
      const { code } = await mailTo(server, wren.email, 'confirm');
      await visitor.fill({ code: code.toLowerCase().replace('-', ' ') });
      await visitor.press('#submit');
      assert.equal(visitor.path, '/login');
      await visitor.logIn(wren);

      assert.equal(visitor.path, '/account');
    }, { server });
  });
}

chapter('Signing up', () => {
  always('what is wrong stands beside its field, and what was typed stays', async (world) => {
    const { visitor, server } = world;
    const robin = await server.person();
    const wren = somebody();
    const flaws = [
      ['password', { ...wren, password: 'password' }],
      ['username', { ...wren, username: 'no@name' }],
      ['email', { ...wren, email: 'a@b' }],
      ['username', { ...wren, username: robin.username.toUpperCase() }],
    ];
    for (const [field, typed] of flaws) {
      assert.equal(await signUp(visitor, typed), 422, field);
      assert.equal(await visitor.page.getAttribute(`#${field}`, 'aria-invalid'), 'true', field);
      const described = await visitor.page.getAttribute(`#${field}`, 'aria-describedby');
      const ids = described.split(' ');
      assert.ok(ids.includes(`${field}-error`), described);
      assert.ok((await visitor.text(`#${field}-error`)).length > 10);
      assert.equal(await visitor.value('username'), typed.username);
      assert.equal(await visitor.value('email'), typed.email);
      assert.equal(await visitor.value('password'), '');
    }
  });

  always('an address that has an account gets the same page, and another mail', async (world) => {
    const { visitor, server } = world;
    const robin = await server.person();
    const wren = somebody();
    const answer = async (email) => {
      const status = await signUp(visitor, { ...wren, username: unique('wren'), email });
      return [status, visitor.path, (await visitor.text()).replaceAll(email, '…')];
    };

    assert.deepEqual(await answer(robin.email), await answer(wren.email));
    assert.ok((await mailsTo(server, robin.email)).includes('account-exists'));
  });

  always('whoever has not confirmed is told so where that is required', async (world) => {
    const { visitor } = world;
    const wren = somebody();
    await signUp(visitor, wren);

    await visitor.logIn(wren);

    assert.equal(await visitor.problem(), 'unconfirmed');
    assert.ok(!(await visitor.isLoggedIn()));
  }, { server: 'guarded' });

  always('another mail can be had, and the former link is dead', async (world) => {
    const { visitor, server } = world;
    const wren = somebody();
    await signUp(visitor, wren);
    const first = await mailTo(server, wren.email, 'confirm');

    await visitor.open('/confirm/resend');
    await visitor.fill({ email: wren.email });
    await visitor.press('#submit');
    const second = await mailTo(server, wren.email, 'confirm');

    assert.notEqual(second.link, first.link);
    assert.equal(await visitor.open(first.link), 410);
    await visitor.open(second.link);
    await visitor.press('#submit');
    assert.equal(visitor.path, '/login');
  });

  always('a robot that fills in everything makes no account', async ({ visitor, server }) => {
    const wren = somebody();
    await visitor.open('/sign-up');
    await visitor.fill(wren);
    await visitor.page.evaluate(() => {
      document.querySelector('[name=website]').value = 'https://robot.example';
    });

    assert.equal(await visitor.press('#submit'), 200);

    assert.deepEqual(await mailsTo(server, wren.email), []);
    await visitor.logIn(wren);
    assert.equal(await visitor.problem(), 'invalid_credentials');
  });

  scenario('nobody sees or reaches the field that is for robots', async ({ visitor }) => {
    await visitor.open('/sign-up');
    const seen = [];
    for (let step = 0; step < 25; step += 1) {
      await visitor.page.keyboard.press('Tab');
      seen.push(await visitor.page.evaluate(() => document.activeElement.name));
    }

    assert.ok(!seen.includes('website'));
    const box = await visitor.page.locator('[name=website]').boundingBox();
    assert.ok(!box || box.x + box.width < 0 || box.width < 2 || box.height < 2, box);
  });

  scenario('how strong a password is stands below it while it is typed', async ({ visitor }) => {
    await visitor.open('/sign-up');
    const said = async (password) => {
      const answer = visitor.page.waitForResponse('**/password/strength');
      await visitor.page.fill('#password', '');
      await visitor.page.locator('#password').pressSequentially(password);
      await answer;
      await visitor.page.waitForTimeout(300);
      return visitor.text('#password-strength');
    };

    const weak = await said('password1');
    const strong = await said('grape-lantern-umbrella-9');

    assert.ok(weak.length > 0 && strong.length > 0);
    assert.notEqual(weak, strong);
  });

  always('where it is by invitation, an invitation is enough', async (world) => {
    const { visitor, server } = world;
    const wren = somebody();
    const sent = await server.asAdmin('POST', '/api/invitations', { email: wren.email });
    assert.equal(sent.status, 202);
    const { link } = await mailTo(server, wren.email, 'invitation');

    await visitor.open(link);
    assert.equal(await visitor.value('email'), wren.email);
    await visitor.fill({ username: wren.username, password: wren.password });
    await visitor.press('#submit');

    assert.equal(visitor.path, '/account', 'the invitation proved the address: one is in');
    await visitor.context.clearCookies();
    assert.equal(await visitor.open(link), 410);
    await visitor.logIn(wren);
    assert.equal(visitor.path, '/account');
  }, { server: 'invited' });

  always('where it is by invitation, nobody else gets in', async ({ visitor }) => {
    await visitor.open('/sign-up');

    assert.ok(!(await visitor.has('#password')));
    assert.ok((await visitor.text()).length > 20);
  }, { server: 'invited' });

  always('where it is closed, no page offers it', async ({ visitor }) => {
    await visitor.open('/login');
    assert.ok(!(await visitor.has('a[href*="/sign-up"]')));
    await visitor.open('/sign-up');

    assert.ok(!(await visitor.has('#password')));
    assert.ok((await visitor.text()).length > 20);
  }, { server: 'closed' });
});
