// What people type is shown as they typed it, and never run. Scripts that are not ours would be
// refused by the browser, which complains about each; here not even that may happen.

import { mailTo } from '../kit/mail.mjs';
import { unique } from '../kit/servers.mjs';
import { assert, chapter, scenario } from '../kit/spec.mjs';

const CANARY = '"><svg onload=alert(1)>';
const OTHERS = [
  "'><img src=x onerror=alert(1)>",
  '</title></textarea><script>alert(1)</script>',
  'javascript:alert(1)',
  '{{ 7*7 }}{% raw %}',
  '<b>bold</b>&lt;',
];

const sown = () => `${CANARY}${unique('')}`;

/** No element of theirs is on the page, whatever they wrote. */
async function assertUnharmed(visitor, where) {
  const found = await visitor.page.evaluate(() => ({
    planted: document.querySelectorAll('svg, main img, main b, script:not([src])').length,
    handlers: [...document.querySelectorAll('*')].filter((element) =>
      [...element.attributes].some(({ name }) => name.startsWith('on') || name === 'style'),
    ).length,
    lures: document.querySelectorAll('[href^="javascript:" i], [src^="javascript:" i]').length,
  }));
  assert.deepEqual(found, { planted: 0, handlers: 0, lures: 0 }, where);
}

chapter('What people type', () => {
  scenario('is harmless in addresses of pages', async ({ visitor }) => {
    const parameters = ['next', 'notice', 'token', 'invitation', 'email', 'purpose', 'kind'];
    const paths = [
      '/login',
      '/sign-up',
      '/confirm',
      '/change-email',
      '/reset-password',
      '/forgot-password',
      '/confirm/resend',
      '/nothing',
    ];
    for (const path of paths) {
      for (const text of [CANARY, OTHERS[1]]) {
        const query = new URLSearchParams(parameters.map((name) => [name, text]));
        await visitor.open(`${path}?${query}#${encodeURIComponent(text)}`);
        await assertUnharmed(visitor, `${path} ${text}`);
      }
    }
    await visitor.open(`/${encodeURIComponent(CANARY)}`);
    await assertUnharmed(visitor, 'a path');
  });

  scenario('is harmless in forms that show it again', async ({ visitor }) => {
    const forms = {
      '/login': { login: '', password: 'not the one' },
      '/sign-up': { username: '', email: 'a@b', password: 'password' },
      '/forgot-password': { login: '' },
    };
    for (const text of [CANARY, ...OTHERS]) {
      for (const [path, fields] of Object.entries(forms)) {
        await visitor.open(path);
        const [first] = Object.keys(fields);
        await visitor.fill({ ...fields, [first]: text });
        await visitor.press('#submit');
        await assertUnharmed(visitor, `${path} ${text}`);
        if (await visitor.has(`#${first}`)) assert.equal(await visitor.value(first), text);
      }
    }
    await visitor.open('/confirm/resend');
    await visitor.page.evaluate(() => document.querySelector('main form').setAttribute('novalidate', ''));
    await visitor.fill({ email: `${CANARY}@example.com` });
    await visitor.press('#submit');
    await assertUnharmed(visitor, 'resend');
  });

  scenario('is harmless as a name, on every page and in every mail', async (world) => {
    const { visitor, server, come } = world;
    const username = sown();
    const email = `${unique('canary')}@example.com`;
    const password = 'three quiet words';
    await visitor.open('/sign-up');
    await visitor.fill({ username, email, password });
    await visitor.press('#submit');
    const { link } = await mailTo(server, email, 'confirm');
    await visitor.open(link);
    await visitor.press('#submit');

    const browser = await come({ userAgent: `Firefox/1 ${CANARY}` });
    await browser.logIn({ username, password });
    await browser.open('/account/keys');
    await browser.fill({ name: sown() });
    await browser.press('#submit');
    assert.match(await browser.text(), /svg onload/);
    await assertUnharmed(browser, 'a new key');
    const pages = ['', '/password', '/sessions', '/keys', '/data', '/delete'];
    for (const path of [...pages.map((page) => `/account${page}`), '/logout', '/reauthenticate']) {
      await browser.open(path);
      assert.match(await browser.text('body'), /svg onload/, path);
      await assertUnharmed(browser, path);
    }
    await browser.open('/forgot-password');
    await browser.fill({ login: username });
    await browser.press('#submit');
    await assertUnharmed(browser, 'look into your mail');
    await browser.open('/inbox');
    await assertUnharmed(browser, 'inbox');
    await browser.press(`#mails a[data-to="${email}"][data-kind=reset] >> nth=0`);
    assert.match(await browser.text('#letter'), /svg onload/);
    await assertUnharmed(browser, 'a mail');
    const frame = await (await browser.page.$('iframe')).contentFrame();
    assert.match(await frame.innerText('body'), /svg onload/);
    assert.equal(await frame.locator('svg, script').count(), 0);
  });
});
