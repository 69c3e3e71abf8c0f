// Mails, read where a person trying things out reads them: on the inbox page.

import { Visitor } from './visitor.mjs';

const readers = new Map();

/** Runs `look` on the inbox page of a server; one reader after another. */
async function atInbox(server, look) {
  const before = readers.get(server.name) ?? Visitor.come(server);
  const turn = before.then(async (reader) => {
    await reader.open('/inbox');
    return { reader, found: await look(reader) };
  });
  // Whoever fails leaves the inbox to the next one.
  readers.set(server.name, turn.then(({ reader }) => reader, () => before));
  return (await turn).found;
}

/** The last mail of this kind to this address: its words, its link and its code. */
export async function mailTo(server, to, kind) {
  return atInbox(server, async (reader) => {
    await reader.press(`#mails a[data-to="${to}"][data-kind="${kind}"] >> nth=0`);
    const text = await reader.text('#letter');
    const code = /\b[0-9A-Z]{4}-[0-9A-Z]{4}\b/.exec(text)?.[0];
    const links = reader.page.locator('#letter a[href]');
    const link = (await links.count()) > 0 ? await links.first().getAttribute('href') : undefined;
    return { subject: await reader.text('h1'), text, code, link };
  });
}

/** The kinds of all mails to this address, the last one first. */
export async function mailsTo(server, to) {
  return atInbox(server, async (reader) => {
    const entries = reader.page.locator(`#mails a[data-to="${to}"]`);
    return entries.evaluateAll((all) => all.map((entry) => entry.dataset.kind));
  });
}
