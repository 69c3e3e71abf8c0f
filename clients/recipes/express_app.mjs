// Express behind Countersign: who calls is in `request.claims`, or nobody gets in.

import express from 'express';

import { InvalidToken, Refused, Verifier } from '../js/countersign.mjs';

const { ISSUER, AUDIENCE, REVOCATIONS_KEY, PORT = '4000' } = process.env;
const verifier = new Verifier(ISSUER, { audience: AUDIENCE, apiKey: REVOCATIONS_KEY });

/** Guards what follows: a good token, and the role if one is named. */
function signedIn(role) {
  return async (request, response, next) => {
    const [scheme, token] = (request.get('authorization') ?? '').split(' ');
    if (scheme.toLowerCase() !== 'bearer') throw new InvalidToken('malformed');
    request.claims = await verifier.verify(token);
    if (role && !request.claims.roles?.includes(role)) {
      response.status(403).json({ error: 'access_denied' });
    } else {
      next();
    }
  };
}

const app = express();
app.get('/orders', signedIn(), (request, response) => {
  response.json({ user: request.claims.sub });
});
app.get('/admin', signedIn('admin'), (request, response) => {
  response.json({ user: request.claims.sub });
});
app.use((why, _request, response, next) => {
  if (!(why instanceof Refused)) return next(why);
  if (why.status === 401) response.set('WWW-Authenticate', `Bearer error="${why.code}"`);
  if (why.status === 503) response.set('Retry-After', '1');
  return response.status(why.status).json({ error: why.code, error_description: why.message });
});

const server = app.listen(Number(PORT), '127.0.0.1', () => {
  console.log(`listening on ${server.address().port}`);
});
process.on('SIGTERM', () => {
  verifier.close();
  server.close();
});
