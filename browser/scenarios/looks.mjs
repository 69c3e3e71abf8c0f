// What every page is like, whatever it is about: for all eyes, on every screen, small.

import { pages } from '../kit/pages.mjs';
import { axe } from '../kit/packages.mjs';
import { assert, chapter, scenario } from '../kit/spec.mjs';

const LIMIT_BYTES = 30_000;
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 360, height: 740 };
const NARROWEST = { width: 320, height: 640 };

chapter('Every page', () => {
  for (const { name, go, ...options } of pages) {
    scenario(`${name} is small, fits and can be read by all`, async (world) => {
      const { visitor } = world;
      const traffic = await Traffic.of(visitor.page);
      await go(world);

      await traffic.settle();
      traffic.assertSmall(visitor.server.url);
      await assertReadable(visitor.page);
      await assertFits(visitor.page);
    }, options);
  }

  scenario('the longest words fit, too', async ({ come }) => {
    for (const locale of ['de-DE', 'fr-FR', 'es-ES']) {
      const visitor = await come({ locale, viewport: NARROWEST });
      const robin = await visitor.server.person();
      for (const path of ['/login', '/sign-up', '/forgot-password', '/confirm/resend', '/nothing']) {
        await visitor.open(path);
        await assertFits(visitor.page, `${locale} ${path}`);
      }
      await visitor.logIn(robin);
      for (const path of ['', '/password', '/sessions', '/keys', '/data', '/delete']) {
        await visitor.open(`/account${path}`);
        await assertFits(visitor.page, `${locale} /account${path}`);
      }
    }
  });
});

/** What a page costs, nothing of it being in the browser's cache. */
class Traffic {
  static async of(page) {
    const traffic = new Traffic();
    const session = await page.context().newCDPSession(page);
    traffic.answers = new Map();
    session.on('Network.requestWillBeSent', ({ requestId, type, request, frameId }) => {
      if (type === 'Document' && traffic.isMain(frameId)) traffic.answers.clear();
      traffic.answers.set(requestId, { type, url: request.url, bytes: 0 });
    });
    session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      const answer = traffic.answers.get(requestId);
      if (answer) answer.bytes = encodedDataLength;
    });
    const { frameTree } = await session.send('Page.getFrameTree');
    traffic.isMain = (frameId) => frameId === frameTree.frame.id;
    await session.send('Network.enable');
    await session.send('Network.setCacheDisabled', { cacheDisabled: true });
    traffic.page = page;
    return traffic;
  }

  async settle() {
    await this.page.waitForLoadState('networkidle');
  }

  assertSmall(origin) {
    const all = [...this.answers.values()].filter(({ url }) => !url.startsWith('data:'));
    const listed = all.map(({ type, url, bytes }) => `${type} ${url} ${bytes}`).join('\n');
    const of = (kind) => all.filter(({ type }) => type === kind);
    const bytes = all.reduce((sum, answer) => sum + answer.bytes, 0);
    assert.equal(of('Document').filter(({ url }) => !url.endsWith('/body')).length, 1, listed);
    assert.ok(bytes > 1000 && bytes < LIMIT_BYTES, `${bytes} bytes:\n${listed}`);
    assert.ok(of('Stylesheet').length <= 1, listed);
    assert.ok(of('Script').length <= 1, listed);
    for (const { url } of all) assert.equal(new URL(url).origin, origin, listed);
  }
}

/** All rules in light at a desk and in dark on a phone; what depends on them in between, too. */
async function assertReadable(page) {
  const looks = [
    ['light', DESKTOP, { type: 'tag', values: RULES }],
    ['dark', DESKTOP, { type: 'rule', values: ['color-contrast'] }],
    ['dark', PHONE, { type: 'tag', values: RULES }],
    ['light', PHONE, { type: 'rule', values: ['color-contrast', 'target-size'] }],
  ];
  await page.evaluate(axe);
  for (const [colorScheme, size, runOnly] of looks) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const flaws = await page.evaluate(async (only) => {
      const { violations } = await globalThis.axe.run(document, {
        runOnly: only,
        resultTypes: ['violations'],
      });
      const places = ({ html, failureSummary }) => `${html} ${failureSummary}`;
      return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(places)}`);
    }, runOnly);
    assert.deepEqual(flaws, [], `${colorScheme}, ${size.width} px`);
  }
}

/** Nobody has to scroll sideways, on however small a screen. */
async function assertFits(page, what = '') {
  for (const size of [PHONE, NARROWEST]) {
    await page.setViewportSize(size);
    const { width, wide } = await page.evaluate(() => {
      const { clientWidth, scrollWidth } = document.documentElement;
      const outside = [...document.querySelectorAll('body *')]
        .filter((each) => each.getBoundingClientRect().right > clientWidth + 0.5)
        .map((each) => each.outerHTML.slice(0, 100));
      return { width: scrollWidth, wide: scrollWidth > clientWidth ? outside.slice(0, 5) : [] };
    });
    assert.ok(width <= size.width, `${what} ${width} of ${size.width} px: ${wide}`);
  }
}
