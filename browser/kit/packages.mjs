// What is not of Node itself. The packages lie outside the source tree, where xtask put them.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(needed('COUNTERSIGN_NODE_PACKAGES'), 'packages.js'));

export const { chromium } = require('playwright-core');

/** The source of axe-core, to be run in a page. */
export const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** A variable of the environment without which nothing here works. */
export function needed(name) {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: run this by \`cargo xtask test --only browser\``);
  }
  return value;
}
