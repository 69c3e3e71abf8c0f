// Pictures of every page in light, dark and on a phone, and a page that shows them all.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { closeBrowser } from './kit/chromium.mjs';
import { pages } from './kit/pages.mjs';
import { servers } from './kit/servers.mjs';
import { Visitor } from './kit/visitor.mjs';

const VARIANTS = {
  light: [{ width: 1280, height: 800 }, 'light'],
  dark: [{ width: 1280, height: 800 }, 'dark'],
  phone: [{ width: 360, height: 740 }, 'light'],
};

const [folder, ...chosen] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });

async function take({ name, go, server = 'plain', ...options }) {
  const place = servers[server];
  const people = [];
  const come = async () => {
    const visitor = await Visitor.come(place, options);
    people.push(visitor);
    return visitor;
  };
  try {
    const visitor = await come();
    await go({ visitor, server: place, come });
    for (const [variant, [size, colorScheme]] of Object.entries(VARIANTS)) {
      await visitor.page.setViewportSize(size);
      await visitor.page.emulateMedia({ colorScheme });
      const path = join(folder, `${name}-${variant}.png`);
      await visitor.page.screenshot({ path, fullPage: true, animations: 'disabled' });
    }
    console.log(name);
    return true;
  } catch (error) {
    console.log(`${name}: FAILED: ${error.message}`);
    return false;
  } finally {
    await Promise.all(people.map((person) => person.leave()));
  }
}

function contactSheet(names) {
  const row = (name) => {
    const image = (variant) =>
      `<td><a href="${name}-${variant}.png"><img src="${name}-${variant}.png" alt="${name}, ` +
      `${variant}" loading="lazy" width="${variant === 'phone' ? 180 : 420}"></a></td>`;
    return `<tr><th scope="row">${name}</th>${Object.keys(VARIANTS).map(image).join('')}</tr>`;
  };
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Every page</title>
<style>body{font:15px system-ui;background:#999}th{text-align:left}td{vertical-align:top}</style>
<h1>Every page</h1><table>${names.map(row).join('\n')}</table></html>
`;
}

const wanted = pages.filter(({ name }) => chosen.length === 0 || chosen.includes(name));
const taken = [];
for (const page of wanted) {
  if (await take(page)) taken.push(page.name);
}
writeFileSync(join(folder, 'index.html'), contactSheet(taken));
await closeBrowser();
console.log(`${taken.length} of ${wanted.length} pages, ${folder}/index.html`);
process.exit(taken.length === wanted.length ? 0 : 1);
