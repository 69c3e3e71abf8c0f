import { mailTo } from '../kit/mail.mjs';
import { assert, always, chapter } from '../kit/spec.mjs';

const lang = (visitor) => visitor.page.getAttribute('html', 'lang');

chapter('The language of the pages', () => {
  const asked = { 'en-GB': 'en', 'de-AT': 'de', 'fr-CA': 'fr', 'es-MX': 'es', 'ja-JP': 'en' };

  always('is the one the browser asks for', async ({ come }) => {
    const titles = new Set();
    for (const [locale, language] of Object.entries(asked)) {
      const visitor = await come({ locale });
      await visitor.open('/login');
      assert.equal(await lang(visitor), language, locale);
      titles.add(await visitor.page.title());
    }
    assert.equal(titles.size, 4);
  });

  always('is another when it is chosen, and stays so', async ({ visitor }) => {
    await visitor.open('/forgot-password?a=b');

    await visitor.press('button[name=language][value=fr]');

    assert.equal(await lang(visitor), 'fr');
    assert.equal(visitor.at, '/forgot-password?a=b');
    await visitor.open('/login');
    assert.equal(await lang(visitor), 'fr');
  });

  always('is the one of mails, too', async ({ come, server }) => {
    const robin = await server.person();
    const visitor = await come({ locale: 'es-ES' });
    await visitor.logIn(robin);
    await visitor.page.selectOption('#language', 'es');
    await visitor.press('#submit-language');
    await visitor.context.clearCookies();

    await visitor.open('/forgot-password');
    await visitor.fill({ login: robin.username });
    await visitor.press('#submit');

    const { text } = await mailTo(server, robin.email, 'reset');
    assert.match(text, /contraseña/);
  });

  always('is that of errors', async ({ come }) => {
    const visitor = await come({ locale: 'de-DE' });
    await visitor.open('/login');
    await visitor.fill({ login: 'niemand', password: 'falsches Passwort' });
    await visitor.press('#submit');

    assert.match(await visitor.text('#problem'), /Passwort|Kennwort/);
  });
});
