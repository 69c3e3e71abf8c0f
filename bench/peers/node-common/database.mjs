// What the peers on Node.js share: the database, hashing, and two processes on one port.
import cluster from 'node:cluster';
import { hash, verify } from '@node-rs/argon2';
import Database from 'better-sqlite3';

// Argon2id is the default
const COST = { memoryCost: 19456, timeCost: 2, parallelism: 1 };

/** The database: WAL, and each commit waits for the disk, as with all contestants. */
export function open(data) {
  const database = new Database(`${data}/app.db`);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('busy_timeout = 10000');
  return database;
}

// both run on libuv's threads
export const hashPassword = (password) => hash(password, COST);
export const verifyPassword = (hashed, password) => verify(hashed, password);

/** Calls `serve` in one process for each of two cores, and ends them all on SIGTERM. */
export function onTwoCores(serve) {
  if (!cluster.isPrimary) {
    serve();
    return;
  }
  const workers = [cluster.fork(), cluster.fork()];
  let ending = false;
  const end = () => {
    ending = true;
    workers.forEach((worker) => worker.process.kill('SIGTERM'));
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  cluster.on('exit', (worker, code) => {
    if (!ending) {
      console.error(`a worker ended with ${code}`);
      process.exitCode = 1;
      end();
    }
  });
}

/** The users u000001 … as rows for a prepared statement each, in one transaction. */
export function forEachUser(database, users, insert) {
  database.transaction(() => {
    for (let number = 1; number <= users; number += 1) {
      const name = `u${String(number).padStart(6, '0')}`;
      insert(name, `${name}@example.com`);
    }
  })();
}
