// How a scenario is written: a sentence, the server it is about, and what people do there.

import { after, describe, it } from 'node:test';

import { closeBrowser } from './chromium.mjs';
import { servers } from './servers.mjs';
import { Visitor } from './visitor.mjs';

export { strict as assert } from 'node:assert';

/** So many scenarios of a chapter run side by side. */
const SIDE_BY_SIDE = 3;
const LONGEST_MS = 90_000;

let begun = 0;

after(closeBrowser);
process.on('exit', () => {
  if (begun > 0) return;
  console.log('no scenario has such a sentence');
  process.exitCode = 1;
});

/** Scenarios about one thing. */
export function chapter(title, scenarios) {
  describe(title, { concurrency: SIDE_BY_SIDE }, scenarios);
}

/** What holds with JavaScript and without it. */
export function always(sentence, act, options = {}) {
  scenario(`${sentence}, with JavaScript`, act, { ...options, javaScriptEnabled: true });
  scenario(`${sentence}, without JavaScript`, act, { ...options, javaScriptEnabled: false });
}

/** What is worth one look. `server` and the options of a browser's profile may be given. */
export function scenario(sentence, act, { server = 'plain', ...options } = {}) {
  it(sentence, { timeout: LONGEST_MS }, async () => {
    begun += 1;
    const place = servers[server];
    const people = [];
    const come = async (more = {}) => {
      const visitor = await Visitor.come(place, { ...options, ...more });
      people.push(visitor);
      return visitor;
    };
    try {
      const visitor = await come();
      await act({ visitor, server: place, come });
      const trouble = people.flatMap((person) => person.trouble);
      if (trouble.length > 0) throw new Error(`the browser complained:\n${trouble.join('\n')}`);
    } catch (error) {
      throw await withPages(error, people);
    } finally {
      await Promise.all(people.map((person) => person.leave()));
    }
  });
}

/** The failure, with where everybody was and what they saw. */
async function withPages(error, people) {
  const scenes = [];
  for (const [number, { page, trouble }] of people.entries()) {
    const seen = await page.innerText('body', { timeout: 1000 }).catch(() => '');
    const words = seen.replace(/\s+/g, ' ').slice(0, 600);
    scenes.push(`browser ${number + 1} is at ${page.url()} and shows: ${words}`);
    if (trouble.length > 0) scenes.push(`… and complained: ${trouble.join('; ')}`);
  }
  error.stack = `${error.stack}\n${scenes.join('\n')}`;
  return error;
}
