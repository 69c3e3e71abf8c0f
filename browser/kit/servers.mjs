// The servers that xtask started, by name, and what a program (not a browser) asks of them.

import { randomBytes } from 'node:crypto';

import { needed } from './packages.mjs';

/** Good enough for the password policy of any of them. */
export const PASSWORD = 'three quiet words';
export const OTHER_PASSWORD = 'four louder words still';

class Server {
  constructor(name, ready) {
    this.name = name;
    this.url = ready.url;
    this.adminPassword = ready.admin_password;
  }

  /** The same server by another name of this machine. */
  by(host) {
    const url = new URL(this.url);
    url.hostname = host;
    return url.origin;
  }

  /** One request by no browser: neither cookies nor redirects are followed. */
  async ask(method, path, { headers = {}, json, form, as } = {}) {
    const sent = { ...headers };
    let body;
    if (json !== undefined) {
      sent['content-type'] = 'application/json';
      body = JSON.stringify(json);
    } else if (form !== undefined) {
      sent['content-type'] = 'application/x-www-form-urlencoded';
      body = new URLSearchParams(form).toString();
    }
    if (as) {
      sent.authorization = `Basic ${Buffer.from(as.join(':')).toString('base64')}`;
    }
    return fetch(this.url + path, { method, headers: sent, body, redirect: 'manual' });
  }

  async asAdmin(method, path, json) {
    return this.ask(method, path, { json, as: ['admin', this.adminPassword] });
  }

  /** Somebody who signed up by the API, with a name and an address of their own. */
  async person(name = 'robin') {
    const username = unique(name);
    const email = `${username}@example.com`;
    const json = { username, email, password: PASSWORD };
    const answer = await this.asAdmin('POST', '/api/users', json);
    if (answer.status >= 300) {
      throw new Error(`no user: ${answer.status} ${await answer.text()}`);
    }
    return { username, email, password: PASSWORD };
  }
}

const ready = JSON.parse(needed('COUNTERSIGN_BROWSER'));

export const servers = Object.fromEntries(
  Object.entries(ready).map(([name, line]) => [name, new Server(name, line)]),
);

/** A name that nobody else in this run has. */
export function unique(name) {
  return `${name}-${randomBytes(4).toString('hex')}`;
}
