import { PASSWORD, unique } from '../kit/servers.mjs';
import { assert, chapter, scenario } from '../kit/spec.mjs';
import { PAGE, REFUSED, open } from '../kit/user-system.mjs';


const name = () => unique('wren').replace('-', '');

async function logIn(visitor, { username, password }, { remember = false } = {}) {
  await visitor.fill({ login: username, password });
  if (remember) await visitor.page.check('#remember_me');
  await visitor.page.click('#login-form button');
}

async function signUp(visitor, fields) {
  const right = {
    user_name: name(),
    first_name: 'Wren',
    last_name: 'Robin',
    email: `${unique('wren')}@example.com`,
    'new-password': PASSWORD,
    confirm: PASSWORD,
    ...fields,
  };
  await visitor.fill(right);
  await visitor.page.click('#signup-form button');
  return right;
}

const sees = (visitor, id) => visitor.page.waitForSelector(`#${id}:visible`);

/** A scenario on the page, after which what the API refused is forgiven. */
function flow(sentence, act) {
  scenario(sentence, async (world) => {
    await act(world);
    world.visitor.forgive(REFUSED);
  });
}

chapter('The page of the user system', () => {
  flow('whoever logs in is welcomed, also after a reload, and logs out', async (world) => {
    const { visitor, server } = world;
    const robin = await server.person();
    await open(visitor);
    assert.ok(await visitor.page.isVisible('#logged-out-view'));
    assert.ok(await visitor.page.isVisible('#signup-view'));
    assert.ok(!(await visitor.page.isVisible('#logged-in-view')));

    await logIn(visitor, robin);
    await sees(visitor, 'logged-in-view');

    assert.equal(await visitor.text('#welcome'), `Welcome, ${robin.username}!`);
    assert.equal(await visitor.value('password'), '');
    assert.equal(await visitor.cookie('remember'), undefined);
    const stolen = await visitor.stolen('session', 'device');
    await open(visitor);
    assert.ok(await visitor.page.isVisible('#logged-in-view'));
    await visitor.page.click('#logout');
    await sees(visitor, 'logged-out-view');
    assert.equal(await visitor.cookie('session'), undefined);
    const path = '/user-system/api/auth/verify_auth';
    const answer = await server.ask('GET', path, { headers: { cookie: stolen } });
    assert.equal(answer.status, 401, 'the session is over on the server');
    await logIn(visitor, robin);
    await sees(visitor, 'logged-in-view');
  });

  flow('a remembered browser is welcomed again after it was closed', async (world) => {
    const { visitor, server } = world;
    await open(visitor);
    await logIn(visitor, await server.person(), { remember: true });
    await sees(visitor, 'logged-in-view');

    await visitor.lose('session');
    await open(visitor);

    assert.ok(await visitor.page.isVisible('#logged-in-view'));
    await visitor.page.click('#logout');
    await sees(visitor, 'logged-out-view');
    assert.equal(await visitor.cookie('remember'), undefined);
  });

  flow('a wrong password is said on the page, and the fields stay', async ({ visitor, server }) => {
    const robin = await server.person();
    await open(visitor);

    await logIn(visitor, { ...robin, password: 'not the one' });
    await visitor.page.waitForSelector('#login-form [data-form]:visible');

    assert.equal(await visitor.text('#login-form [data-form]'), 'Invalid username or password');
    assert.equal(await visitor.value('login'), robin.username);
    await visitor.page.fill('#password', '');
    await visitor.page.click('#login-form button');
    await sees(visitor, 'password-error');
    assert.equal(await visitor.text('#password-error'), 'This field is required.');
    assert.equal(await visitor.page.getAttribute('#password', 'aria-invalid'), 'true');
  });

  flow('what is wrong with a sign-up stands beside each field', async ({ visitor }) => {
    await open(visitor);
    assert.equal(await visitor.text('#signup-form button'), 'Sign up');

    await signUp(visitor, { user_name: 'a!', email: 'nowhere', confirm: 'another' });
    await sees(visitor, 'user_name-error');

    assert.match(await visitor.text('#user_name-error'), /between 4 and 30 .* letters and numbers/);
    assert.equal(await visitor.text('#email-error'), 'Invalid email address.');
    assert.equal(await visitor.text('#confirm-error'), 'Passwords must match');
    assert.ok(!(await visitor.page.isVisible('#first_name-error')));
    const focused = await visitor.page.evaluate(() => document.activeElement.id);
    assert.equal(focused, 'user_name');
  });

  flow('whoever signs up is told so and welcomed, and the form is empty', async ({ visitor }) => {
    await open(visitor);

    const { user_name: username } = await signUp(visitor, {});
    await sees(visitor, 'message');
    await sees(visitor, 'logged-in-view');

    assert.match(await visitor.text('#message'), /successfully signed up/);
    assert.equal(await visitor.text('#welcome'), `Welcome, ${username}!`);
    assert.equal(await visitor.value('user_name'), '');
    assert.equal(await visitor.value('new-password'), '');
  });

  scenario('without JavaScript the page says that it needs it', async ({ visitor }) => {
    assert.equal(await visitor.open(PAGE), 200);

    assert.match(await visitor.text('main'), /works with JavaScript only/);
  }, { javaScriptEnabled: false });
});
