// Somebody with a browser of their own: what they do, what they see, and what went wrong meanwhile.

import { browser } from './chromium.mjs';

/** What is loaded again for no reason but the browser's own. */
const QUIET = /\/favicon\.ico$/;

export class Visitor {
  /** @param server where they go @param options as `browser.newContext` takes them */
  static async come(server, options = {}) {
    const visitor = new Visitor();
    visitor.server = server;
    visitor.javascript = options.javaScriptEnabled ?? true;
    visitor.options = options;
    visitor.context = await (await browser()).newContext({
      locale: 'en-GB',
      baseURL: server.url,
      ...options,
    });
    visitor.context.setDefaultTimeout(20_000);
    visitor.trouble = [];
    visitor.origins = new Set([server.url]);
    visitor.watch();
    visitor.page = await visitor.context.newPage();
    return visitor;
  }

  /** Console errors, failures and strangers contacted are kept, to be found at the end. */
  watch() {
    const { context, trouble } = this;
    const navigated = new Set();
    context.on('request', (request) => {
      if (request.isNavigationRequest()) navigated.add(request.url());
      const { protocol, origin } = new URL(request.url());
      if (protocol !== 'data:' && protocol !== 'blob:' && !this.origins.has(origin)) {
        trouble.push(`a request to elsewhere: ${request.url()}`);
      }
    });
    context.on('response', (response) => {
      if (response.status() >= 500) trouble.push(`${response.status()} of ${response.url()}`);
    });
    context.on('console', (message) => {
      const url = message.location().url.replace(/#.*/, '');
      // A page with another status than 200 is noted by the browser as a resource that failed.
      const ownPage = message.text().startsWith('Failed to load resource') && navigated.has(url);
      const quiet = ownPage || QUIET.test(url);
      if (['error', 'warning'].includes(message.type()) && !quiet) {
        trouble.push(`console: ${message.text()} (${url})`);
      }
    });
    context.on('weberror', (error) => trouble.push(`script: ${error.error().stack}`));
    context.on('dialog', (dialog) => {
      trouble.push(`a dialog: ${dialog.message()}`);
      dialog.dismiss().catch(() => {});
    });
  }

  /** What was provoked is no trouble. */
  forgive(pattern) {
    const left = this.trouble.filter((line) => !pattern.test(line));
    this.trouble.splice(0, this.trouble.length, ...left);
  }

  /** Going there is meant. */
  allow(...origins) {
    origins.forEach((origin) => this.origins.add(origin));
  }

  /** Another person at the same server, with the same kind of browser. */
  async another(options = {}) {
    return Visitor.come(this.server, { ...this.options, ...options });
  }

  async leave() {
    await this.context.close();
  }

  /** Goes to an address; answers the status it ended with. */
  async open(path) {
    const response = await this.page.goto(path, { waitUntil: 'load' });
    return response.status();
  }

  /** Fills in fields by their ids, all at once as a password manager would. */
  async fill(fields) {
    for (const [id, text] of Object.entries(fields)) {
      await this.page.fill(`#${id}`, text);
    }
  }

  /** Presses something that leads to another page; answers the status that page came with. */
  async press(selector) {
    return this.follow(() => this.page.click(selector));
  }

  /** Does something that leads to another page; answers the status that page came with. */
  async follow(act) {
    const arrived = this.page.waitForNavigation({ waitUntil: 'load' });
    const [response] = await Promise.all([arrived, act()]);
    return response.status();
  }

  async logIn({ username, password }, { remember = false } = {}) {
    await this.open('/login');
    await this.fill({ login: username, password });
    if (remember) await this.page.check('#remember');
    await this.press('#submit');
  }

  /** Path and query of the page. */
  get at() {
    const { pathname, search } = new URL(this.page.url());
    return pathname + search;
  }

  get path() {
    return new URL(this.page.url()).pathname;
  }

  /** The code of what went wrong; `null` when nothing did. */
  async problem() {
    const place = this.page.locator('#error-code');
    if ((await place.count()) === 0) return null;
    return place.first().getAttribute('data-code');
  }

  async text(selector = 'main') {
    return (await this.page.locator(selector).first().innerText()).trim();
  }

  async value(id) {
    return this.page.inputValue(`#${id}`);
  }

  async has(selector) {
    return (await this.page.locator(selector).count()) > 0;
  }

  /** A cookie by its short name (`session`, `remember`, `device`, `language`). */
  async cookie(name) {
    const cookies = await this.context.cookies();
    return cookies.find((cookie) => cookie.name === `__Host-${name}`);
  }

  /** Throws a cookie away, as the end of the browser or of its life would. */
  async lose(name) {
    await this.context.clearCookies({ name: `__Host-${name}` });
  }

  /** The cookies as another program would send them after taking them. */
  async stolen(...names) {
    const cookies = await this.context.cookies();
    const chosen = cookies.filter(
      (cookie) => names.length === 0 || names.some((name) => cookie.name === `__Host-${name}`),
    );
    return chosen.map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  /** Whether this browser is logged in, found out beside the page. */
  async isLoggedIn() {
    const answer = await this.server.ask('GET', '/account', {
      headers: { cookie: await this.stolen('session', 'device') },
    });
    return answer.status === 200;
  }
}
