// seed.mjs DATA USERS HASH: better-auth's tables by its own migrations, a secret, and users with one password hash.
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { getMigrations } from 'better-auth/db/migration';

const [data, users, hash] = process.argv.slice(2);
writeFileSync(`${data}/secret`, randomBytes(32).toString('hex'));

const { authOn } = await import('./auth.mjs');
const { forEachUser } = await import('./database.mjs');
const auth = authOn(data, 0);
const { options } = auth;
const { runMigrations } = await getMigrations(options);
await runMigrations();
await auth.$context;

const { database } = options;
const now = new Date().toISOString();
const user = database.prepare(
  'INSERT INTO user (id, name, email, emailVerified, createdAt, updatedAt) VALUES (?, ?, ?, 1, ?, ?)',
);
const account = database.prepare(
  'INSERT INTO account (id, accountId, providerId, userId, password, createdAt, updatedAt)'
    + " VALUES (?, ?, 'credential', ?, ?, ?, ?)",
);
forEachUser(database, Number(users), (name, email) => {
  const id = `id-${name}`;
  user.run(id, name, email, now, now);
  account.run(`account-${name}`, id, id, hash, now, now);
});
