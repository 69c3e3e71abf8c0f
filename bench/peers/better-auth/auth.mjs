// The better-auth of this peer: e-mail and password with Argon2id, bearer tokens, API keys; no rate limits, as none of
// the contestants has them in a measurement. No cookie cache: with it a revoked session would go on for minutes.
import { readFileSync } from 'node:fs';
import { apiKey } from '@better-auth/api-key';
import { betterAuth } from 'better-auth';
import { bearer } from 'better-auth/plugins';
import { hashPassword, open, verifyPassword } from './database.mjs';

/** Two processes write. A transaction that has read is refused at once when the other process has written meanwhile,
 * however long it would wait: so each waits for its turn when it begins. */
function openForTwo(data) {
  const database = open(data);
  const prepare = database.prepare.bind(database);
  database.prepare = (sql) => prepare(sql === 'begin' ? 'begin immediate' : sql);
  return database;
}

export const authOn = (data, port) => betterAuth({
  baseURL: `http://127.0.0.1:${port}`,
  secret: readFileSync(`${data}/secret`, 'utf8'),
  database: openForTwo(data),
  emailAndPassword: {
    enabled: true,
    password: {
      hash: hashPassword,
      verify: ({ hash, password }) => verifyPassword(hash, password),
    },
  },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  // the token is signed, and its signature is wanted
  plugins: [
    bearer({ requireSignature: true }),
    apiKey({ enableSessionForAPIKeys: true, rateLimit: { enabled: false } }),
  ],
});
