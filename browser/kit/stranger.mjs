// A web server that is not ours, on this machine: what it serves is what somebody wants done.

import { createServer } from 'node:http';

export class Stranger {
  /** Serves `page(request)` as HTML on a port of its own, by every loopback address. */
  static async open(page) {
    const stranger = new Stranger();
    stranger.server = createServer((request, response) => {
      const answer = page(request);
      const { headers = {}, body = '' } = typeof answer === 'string' ? { body: answer } : answer;
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers });
      response.end(body);
    });
    await new Promise((ready) => stranger.server.listen(0, '127.0.0.1', ready));
    stranger.port = stranger.server.address().port;
    // The rest of 127.0.0.0/8 and ::1, at the same port.
    stranger.others = await Promise.all(['127.0.0.2', '::1'].map((host) => stranger.also(host)));
    return stranger;
  }

  async also(host) {
    const server = createServer((...pair) => this.server.emit('request', ...pair));
    await new Promise((ready, failed) => {
      server.on('error', failed);
      server.listen(this.port, host, ready);
    });
    return server;
  }

  by(host) {
    return `http://${host}:${this.port}`;
  }

  async close() {
    for (const server of [this.server, ...this.others]) {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    }
  }
}
