// Mails, read where a person trying things out reads them: on the inbox page.

import { Visitor } from './visitor.mjs';

/** The last mail of this kind to this address: its words, its link and its code. */
export async function mailTo(server, to, kind) {
  const reader = await Visitor.come(server);
  try {
    await reader.open('/inbox');
    const entry = `#mails a[data-to="${to}"][data-kind="${kind}"]`;
    await reader.press(entry);
    const text = await reader.text('#letter');
    const code = /\b[0-9A-Z]{4}-[0-9A-Z]{4}\b/.exec(text)?.[0];
    const links = reader.page.locator('#letter a[href]');
    const link = (await links.count()) > 0 ? await links.first().getAttribute('href') : undefined;
    return { subject: await reader.text('h1'), text, code, link };
  } finally {
    await reader.leave();
  }
}

/** The kinds of all mails to this address, the last one first. */
export async function mailsTo(server, to) {
  const reader = await Visitor.come(server);
  try {
    await reader.open('/inbox');
    const entries = reader.page.locator(`#mails a[data-to="${to}"]`);
    return await entries.evaluateAll((all) => all.map((entry) => entry.dataset.kind));
  } finally {
    await reader.leave();
  }
}
