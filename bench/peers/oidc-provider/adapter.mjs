// oidc-provider's adapter on SQLite: one row for each thing it keeps, found by prepared statements.
const now = () => Math.floor(Date.now() / 1000);

export const SCHEMA = `
  CREATE TABLE things (
    model TEXT NOT NULL, id TEXT NOT NULL, payload TEXT NOT NULL,
    grant_id TEXT, user_code TEXT, uid TEXT, expires_at INTEGER, consumed_at INTEGER,
    PRIMARY KEY (model, id)
  ) WITHOUT ROWID;
  CREATE INDEX things_by_grant ON things (grant_id) WHERE grant_id IS NOT NULL;
  CREATE INDEX things_by_user_code ON things (user_code) WHERE user_code IS NOT NULL;
  CREATE INDEX things_by_uid ON things (uid) WHERE uid IS NOT NULL;
  CREATE TABLE users (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, email TEXT NOT NULL, password TEXT NOT NULL
  );`;

/** The class that oidc-provider makes one object of for each model. */
export function adapterOn(database) {
  const select = 'SELECT payload, consumed_at FROM things WHERE model = ?';
  const alive = '(expires_at IS NULL OR expires_at > ?)';
  const byId = database.prepare(`${select} AND id = ? AND ${alive}`);
  const byUid = database.prepare(`${select} AND uid = ? AND ${alive}`);
  const byUserCode = database.prepare(`${select} AND user_code = ? AND ${alive}`);
  const upsert = database.prepare(
    'INSERT INTO things (model, id, payload, grant_id, user_code, uid, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)'
      + ' ON CONFLICT DO UPDATE SET payload = excluded.payload, grant_id = excluded.grant_id,'
      + ' user_code = excluded.user_code, uid = excluded.uid, expires_at = excluded.expires_at',
  );
  const consume = database.prepare('UPDATE things SET consumed_at = ? WHERE model = ? AND id = ?');
  const destroy = database.prepare('DELETE FROM things WHERE model = ? AND id = ?');
  const revoke = database.prepare('DELETE FROM things WHERE grant_id = ?');

  const found = (row) => row && {
    ...JSON.parse(row.payload),
    ...(row.consumed_at === null ? {} : { consumed: row.consumed_at }),
  };

  return class {
    constructor(model) {
      this.model = model;
    }

    async upsert(id, payload, expiresIn) {
      const expires = typeof expiresIn === 'number' ? now() + expiresIn : null;
      const { grantId = null, userCode = null, uid = null } = payload;
      upsert.run(this.model, id, JSON.stringify(payload), grantId, userCode, uid, expires);
    }

    async find(id) {
      return found(byId.get(this.model, id, now()));
    }

    async findByUid(uid) {
      return found(byUid.get(this.model, uid, now()));
    }

    async findByUserCode(code) {
      return found(byUserCode.get(this.model, code, now()));
    }

    async consume(id) {
      consume.run(now(), this.model, id);
    }

    async destroy(id) {
      destroy.run(this.model, id);
    }

    async revokeByGrantId(grantId) {
      revoke.run(grantId);
    }
  };
}
