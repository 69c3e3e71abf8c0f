// server.mjs DATA PORT: better-auth behind Node.js's own HTTP server, in two processes.
import { createServer } from 'node:http';
import { toNodeHandler } from 'better-auth/node';
import { authOn } from './auth.mjs';
import { onTwoCores } from './database.mjs';

const [data, port] = process.argv.slice(2);

onTwoCores(() => {
  const server = createServer(toNodeHandler(authOn(data, port)));
  server.keepAliveTimeout = 75_000;
  server.listen(Number(port), '127.0.0.1');
});
