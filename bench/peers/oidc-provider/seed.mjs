// seed.mjs DATA USERS HASH: the tables, a signing key, and users with one password hash.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { SCHEMA } from './adapter.mjs';
import { forEachUser, open } from './database.mjs';

const [data, users, hash] = process.argv.slice(2);
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const key = { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256', kid: 'bench' };
const secrets = { jwks: { keys: [key] }, cookie: randomBytes(32).toString('hex') };
writeFileSync(`${data}/secrets.json`, JSON.stringify(secrets));

const database = open(data);
database.exec(SCHEMA);
const insert = database.prepare('INSERT INTO users (name, email, password) VALUES (?, ?, ?)');
forEachUser(database, Number(users), (name, email) => insert.run(name, email, hash));
database.close();
