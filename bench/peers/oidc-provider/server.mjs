// server.mjs DATA PORT: oidc-provider with an adapter on SQLite, in two processes. Its login is a conversation with a
// browser, so tokens for a password come from a grant type of our own, registered as its documentation shows; what it
// issues is what its other grants issue: an opaque access token, a refresh token, and an ID token on each refresh.
import { readFileSync } from 'node:fs';
import { Provider, errors } from 'oidc-provider';
import { adapterOn } from './adapter.mjs';
import { onTwoCores, open, verifyPassword } from './database.mjs';

const [data, port] = process.argv.slice(2);

const own = (_ctx, client, token) => token.clientId === client.clientId;

function serve() {
  const secrets = JSON.parse(readFileSync(`${data}/secrets.json`, 'utf8'));
  const database = open(data);
  const byId = database.prepare('SELECT id, name, email FROM users WHERE id = ?');
  const byName = database.prepare('SELECT id, password FROM users WHERE name = ?');

  const provider = new Provider(`http://127.0.0.1:${port}`, {
    adapter: adapterOn(database),
    clients: [{
      client_id: 'bench',
      client_secret: 'bench-secret',
      grant_types: ['password', 'refresh_token', 'authorization_code'],
      redirect_uris: ['https://example.com/callback'],
      id_token_signed_response_alg: 'ES256',
    }],
    jwks: secrets.jwks,
    cookies: { keys: [secrets.cookie] },
    claims: { openid: ['sub', 'preferred_username'], email: ['email'] },
    features: {
      devInteractions: { enabled: false },
      introspection: { enabled: true, allowedPolicy: own },
      revocation: { enabled: true, allowedPolicy: own },
    },
    // each refresh token serves once
    rotateRefreshToken: true,
    ttl: { AccessToken: 86400, Grant: 1209600, IdToken: 3600, RefreshToken: 1209600 },
    async findAccount(_ctx, id) {
      const user = byId.get(id);
      return user && {
        accountId: id,
        claims: () => ({ sub: id, preferred_username: user.name, email: user.email }),
      };
    },
  });

  provider.registerGrantType('password', async (ctx) => {
    const { client, params } = ctx.oidc;
    const user = byName.get(params.username);
    if (!user || !await verifyPassword(user.password, params.password)) {
      throw new errors.InvalidGrant('wrong name or password');
    }
    const scope = 'openid email offline_access';
    const grant = new provider.Grant({ clientId: client.clientId, accountId: String(user.id) });
    grant.addOIDCScope(scope);
    const of = {
      accountId: String(user.id), client, grantId: await grant.save(), gty: 'password', scope,
    };
    const access = new provider.AccessToken(of);
    const refresh = new provider.RefreshToken({ ...of, rotations: 0 });
    ctx.body = {
      access_token: await access.save(),
      refresh_token: await refresh.save(),
      expires_in: access.expiration,
      token_type: access.tokenType,
      scope,
    };
  }, ['username', 'password', 'scope']);

  provider.on('server_error', (_ctx, error) => console.error(error));
  provider.listen(Number(port), '127.0.0.1');
}

onTwoCores(serve);
