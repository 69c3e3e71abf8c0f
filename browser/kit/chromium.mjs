// The one browser of a run. Each visitor has a profile of their own in it.

import { chromium, needed } from './packages.mjs';

const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Nothing but this machine is in reach, whatever a page asks for.
  '--host-resolver-rules=MAP far.example 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, ' +
    'EXCLUDE *.localhost, EXCLUDE 127.0.0.*, EXCLUDE ::1',
];

let launched;

/** Debian's Chromium without a window. A folder that goes with it holds its data. */
export function browser() {
  launched ??= chromium.launch({
    executablePath: needed('COUNTERSIGN_CHROMIUM'),
    headless: true,
    args: [...FLAGS, ...(process.getuid() === 0 ? ['--no-sandbox'] : [])],
  });
  return launched;
}

export async function closeBrowser() {
  await (await launched)?.close();
  launched = undefined;
}
