"""seed.py DATA USERS PASSWORD: Debian's schema for glewlwyd, its OpenID Connect plugin, one confidential client, and
users with the password, all hashed the way glewlwyd does: PBKDF2-HMAC-SHA256, 100,000 rounds (its documentation's
least). Argon2id is not among what it knows."""

import base64
import hashlib
import json
import os
import secrets
import sqlite3
import sys

SCHEMA = "/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3"
ROUNDS = 100_000
SCOPES = "openid", "g_profile"
PLUGIN = {
    "iss": "http://localhost/",
    "jwt-type": "sha",
    "jwt-key-size": "256",
    "key": secrets.token_hex(32),
    "access-token-duration": 86400,
    "refresh-token-duration": 1209600,
    "code-duration": 600,
    "refresh-token-rolling": True,
    "refresh-token-one-use": "always",
    "allow-non-oidc": True,
    "auth-type-code-enabled": True,
    "auth-type-code-revoke-replayed": False,
    "auth-type-token-enabled": False,
    "auth-type-id-token-enabled": False,
    "auth-type-none-enabled": False,
    "auth-type-password-enabled": True,
    "auth-type-client-enabled": True,
    "auth-type-device-enabled": False,
    "auth-type-refresh-enabled": True,
    "subject-type": "public",
    "name-claim": "mandatory",
    "introspection-revocation-allowed": True,
    "introspection-revocation-allow-target-client": True,
    "introspection-revocation-auth-scope": [],
}
CLIENT = {
    "redirect_uri": ["http://localhost/callback"],
    "authorization_type": ["password", "refresh_token", "client_credentials"],
    "client_secret": ["bench-secret"],
    "token_endpoint_auth_method": ["client_secret_basic"],
}


def password_hash(password):
    # glewlwyd makes such salts of letters and digits
    salt = secrets.token_hex(8).encode()
    digest = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ROUNDS, 32)
    return f"{base64.b64encode(digest + salt).decode()},{ROUNDS}"


def configure(database):
    (parameters,) = database.execute("SELECT gumi_parameters FROM g_user_module_instance").fetchone()
    parameters = {**json.loads(parameters), "pbkdf2-iterations": ROUNDS}
    database.execute("UPDATE g_user_module_instance SET gumi_parameters = ?", [json.dumps(parameters)])
    database.execute(
        "INSERT INTO g_plugin_module_instance (gpmi_module, gpmi_name, gpmi_parameters)"
        " VALUES ('oidc', 'oidc', ?)",
        [json.dumps(PLUGIN)],
    )
    client = database.execute(
        "INSERT INTO g_client (gc_client_id, gc_confidential) VALUES ('bench', 1)"
    ).lastrowid
    database.executemany(
        "INSERT INTO g_client_property (gc_id, gcp_name, gcp_value) VALUES (?, ?, ?)",
        [(client, name, value) for name, values in CLIENT.items() for value in values],
    )


def add_users(database, users, hashed):
    numbers = f"WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {users})"
    database.execute(
        f"{numbers} INSERT INTO g_user (gu_username, gu_name, gu_email)"
        " SELECT printf('u%06d', n), printf('u%06d', n), printf('u%06d@example.com', n) FROM n"
    )
    everyone = "FROM g_user WHERE gu_username <> 'admin'"
    database.execute(
        f"INSERT INTO g_user_password (gu_id, guw_password) SELECT gu_id, ? {everyone}", [hashed]
    )
    for scope in SCOPES:
        database.execute("INSERT OR IGNORE INTO g_user_scope (gus_name) VALUES (?)", [scope])
        database.execute(
            "INSERT INTO g_user_scope_user (gu_id, gus_id) SELECT gu_id,"
            f" (SELECT gus_id FROM g_user_scope WHERE gus_name = ?) {everyone}",
            [scope],
        )


def main(data, users, password):
    database = sqlite3.connect(os.path.join(data, "glewlwyd.db"))
    database.execute("PRAGMA journal_mode = WAL")
    with open(SCHEMA) as schema:
        database.executescript(schema.read())
    with database:
        configure(database)
        add_users(database, int(users), password_hash(password))
    database.close()
    with open(os.path.join(os.path.dirname(__file__), "glewlwyd.conf")) as template:
        settings = template.read().replace("@DATA@", data)
    with open(os.path.join(data, "glewlwyd.conf"), "w") as file:
        file.write(settings)


if __name__ == "__main__":
    main(*sys.argv[1:])
