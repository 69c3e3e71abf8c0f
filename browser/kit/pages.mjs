// Every page, in the states worth looking at: a name, and how one gets there.

import { mailTo } from './mail.mjs';
import { PASSWORD, unique } from './servers.mjs';
import { REFUSED, open as openUserSystem } from './user-system.mjs';

const own = (username) => ({ username, email: `${unique('wren')}@example.com` });

/** Asks for a mail that brings a new password, and reads it. */
async function resetMail(visitor, server, robin) {
  await visitor.open('/forgot-password');
  await visitor.fill({ login: robin.email });
  await visitor.press('#submit');
  return mailTo(server, robin.email, 'reset');
}

async function member(visitor, server, options = {}) {
  const robin = await server.person(options.name);
  await visitor.logIn(robin, options);
  return robin;
}

async function signUp(visitor, { username, email, password = PASSWORD }) {
  await visitor.open('/sign-up');
  await visitor.fill({ username, email, password });
  return visitor.press('#submit');
}

async function invitation(server) {
  const email = `${unique('wren')}@example.com`;
  await server.asAdmin('POST', '/api/invitations', { email });
  return mailTo(server, email, 'invitation');
}

const guest = {
  'user-system': async ({ visitor }) => {
    await openUserSystem(visitor);
    visitor.forgive(REFUSED);
  },
  'user-system-wrong': async ({ visitor }) => {
    await openUserSystem(visitor);
    await visitor.page.click('#signup-form button');
    await visitor.page.waitForSelector('#email-error:visible');
    await visitor.page.click('#login-form button');
    await visitor.page.waitForSelector('#login-error:visible');
    visitor.forgive(REFUSED);
  },
  login: ({ visitor }) => visitor.open('/login'),
  'login-wrong': async ({ visitor }) => {
    await visitor.open('/login');
    await visitor.fill({ login: 'robin', password: 'not the one' });
    await visitor.press('#submit');
  },
  'login-logged-out': ({ visitor }) => visitor.open('/login?notice=logged-out'),
  'login-stolen': ({ visitor }) => visitor.open('/login?notice=stolen'),
  'forgot-password': ({ visitor }) => visitor.open('/forgot-password'),
  'check-mail': async ({ visitor, server }) => {
    await resetMail(visitor, server, await server.person());
  },
  'check-mail-wrong-code': async ({ visitor }) => {
    await signUp(visitor, own(unique('wren')));
    await visitor.fill({ code: 'AAAA-AAAA' });
    await visitor.press('#submit');
  },
  'reset-password': async ({ visitor, server }) => {
    const { link } = await resetMail(visitor, server, await server.person());
    await visitor.open(link);
  },
  'reset-password-weak': async ({ visitor, server }) => {
    const { link } = await resetMail(visitor, server, await server.person());
    await visitor.open(link);
    await visitor.fill({ new_password: 'password' });
    await visitor.press('#submit');
  },
  confirm: async ({ visitor, server }) => {
    const wren = own(unique('wren'));
    await signUp(visitor, wren);
    const { link } = await mailTo(server, wren.email, 'confirm');
    await visitor.open(link);
  },
  resend: ({ visitor }) => visitor.open('/confirm/resend'),
  'link-unknown': ({ visitor }) => visitor.open('/reset-password?token=csl_cut'),
  'link-expired': async ({ visitor, server }) => {
    const robin = await server.person();
    const { link } = await resetMail(visitor, server, robin);
    await resetMail(visitor, server, robin);
    await visitor.open(link);
  },
  'sign-up': ({ visitor }) => visitor.open('/sign-up'),
  'sign-up-weak': ({ visitor }) =>
    signUp(visitor, { ...own(unique('wren')), password: 'password' }),
  'sign-up-taken': async ({ visitor, server }) => {
    const robin = await server.person();
    await signUp(visitor, own(robin.username));
  },
  inbox: async ({ visitor, server }) => {
    await resetMail(visitor, server, await server.person());
    await visitor.open('/inbox');
  },
  'inbox-mail': async ({ visitor, server }) => {
    await resetMail(visitor, server, await server.person());
    await visitor.open('/inbox');
    await visitor.press('#mails a[data-kind=reset] >> nth=0');
  },
  'error-404': ({ visitor }) => visitor.open('/nothing-here'),
  'error-415': async ({ visitor }) => {
    await visitor.open('/login');
    await visitor.page.evaluate(() => {
      document.querySelector('main form').enctype = 'text/plain';
    });
    await visitor.fill({ login: 'robin', password: 'x' });
    await visitor.press('#submit');
  },
};

const inside = {
  account: async ({ visitor, server }) => {
    await member(visitor, server);
    await visitor.open('/account');
  },
  'account-address-wrong': async ({ visitor, server }) => {
    await member(visitor, server);
    await visitor.fill({ email: 'a@b' });
    await visitor.press('#submit-email');
  },
  'account-address-mail': async ({ visitor, server }) => {
    await member(visitor, server);
    await visitor.fill({ email: `${unique('new')}@example.org` });
    await visitor.press('#submit-email');
  },
  'change-email': async ({ visitor, server }) => {
    await member(visitor, server);
    const email = `${unique('new')}@example.org`;
    await visitor.fill({ email });
    await visitor.press('#submit-email');
    const { link } = await mailTo(server, email, 'change-address');
    await visitor.open(link);
  },
  'account-password': async ({ visitor, server }) => {
    await member(visitor, server);
    await visitor.open('/account/password');
  },
  'account-password-wrong': async ({ visitor, server }) => {
    await member(visitor, server);
    await visitor.open('/account/password');
    await visitor.fill({ current_password: 'not the one', new_password: 'four louder words' });
    await visitor.press('#submit');
  },
  'account-sessions': async ({ visitor, server, come }) => {
    const robin = await server.person();
    await (await come()).logIn(robin, { remember: true });
    await visitor.logIn(robin);
    await visitor.open('/account/sessions');
  },
  'account-keys': async ({ visitor, server }) => {
    await member(visitor, server);
    await visitor.open('/account/keys');
  },
  'account-keys-made': async ({ visitor, server }) => {
    await member(visitor, server);
    await visitor.open('/account/keys');
    await visitor.fill({ name: 'backup at night' });
    await visitor.press('#submit');
  },
  'account-keys-wrong': async ({ visitor, server }) => {
    await member(visitor, server);
    await visitor.open('/account/keys');
    await visitor.page.fill('#name', ' ');
    await visitor.press('#submit');
  },
  'account-data': async ({ visitor, server }) => {
    await member(visitor, server);
    await visitor.open('/account/data');
  },
  'account-delete': async ({ visitor, server }) => {
    await member(visitor, server);
    await visitor.open('/account/delete');
  },
  'account-delete-wrong': async ({ visitor, server }) => {
    await member(visitor, server);
    await visitor.open('/account/delete');
    await visitor.fill({ password: 'not the one' });
    await visitor.press('#submit');
  },
  'account-data-leaving': async ({ visitor, server }) => {
    const robin = await member(visitor, server);
    await visitor.open('/account/delete');
    await visitor.fill({ password: robin.password });
    await visitor.press('#submit');
    await visitor.logIn(robin);
  },
  reauthenticate: async ({ visitor, server }) => {
    await member(visitor, server);
    await visitor.open('/reauthenticate?next=/account/keys');
  },
  'reauthenticate-wrong': async ({ visitor, server }) => {
    await member(visitor, server);
    await visitor.open('/reauthenticate?next=/account/keys');
    await visitor.fill({ password: 'not the one' });
    await visitor.press('#submit');
  },
  logout: async ({ visitor, server }) => {
    await member(visitor, server);
    await visitor.open('/logout');
  },
};

const special = [
  { name: 'sign-up-proof', server: 'guarded', go: ({ visitor }) => visitor.open('/sign-up') },
  {
    name: 'sign-up-wait',
    server: 'guarded',
    go: async ({ visitor }) => {
      await visitor.open('/sign-up');
      await visitor.fill({ ...own(unique('wren')), password: PASSWORD });
      // As a browser without JavaScript sends it: with no proof.
      await visitor.follow(() =>
        visitor.page.evaluate(() => {
          HTMLFormElement.prototype.submit.call(document.querySelector('main form'));
        }),
      );
    },
  },
  {
    name: 'sign-up-invited',
    server: 'invited',
    go: async ({ visitor, server }) => visitor.open((await invitation(server)).link),
  },
  {
    name: 'sign-up-by-invitation',
    server: 'invited',
    go: ({ visitor }) => visitor.open('/sign-up'),
  },
  { name: 'sign-up-closed', server: 'closed', go: ({ visitor }) => visitor.open('/sign-up') },
  { name: 'login-closed', server: 'closed', go: ({ visitor }) => visitor.open('/login') },
  {
    name: 'forgot-password-without-mail',
    server: 'closed',
    go: ({ visitor }) => visitor.open('/forgot-password'),
  },
  {
    name: 'account-without-mail',
    server: 'closed',
    go: ({ visitor }) => visitor.logIn({ username: 'JohnDoe', password: 'John' }),
  },
  { name: 'inbox-empty', server: 'brief', go: ({ visitor }) => visitor.open('/inbox') },
];

export const pages = [
  ...Object.entries({ ...guest, ...inside }).map(([name, go]) => ({ name, go })),
  ...special,
];
