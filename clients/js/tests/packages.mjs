// Finds packages where COUNTERSIGN_NODE_PACKAGES says they are, outside the tree:
//     node --import ./packages.mjs …

import { register } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const place = process.env.COUNTERSIGN_NODE_PACKAGES;
if (!place) throw new Error('COUNTERSIGN_NODE_PACKAGES is not set: run this by cargo xtask');
const parent = pathToFileURL(join(place, 'packages.mjs')).href;
const hook = `export function resolve(name, context, next) {
  const bare = /^[a-z@]/.test(name) && !name.includes(':');
  const there = bare && !context.parentURL?.includes('/node_modules/');
  return next(name, there ? { ...context, parentURL: ${JSON.stringify(parent)} } : context);
}`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
