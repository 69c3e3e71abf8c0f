"""seed.py DATA USERS HASH APP: the tables of the application in the folder APP, and users with one password hash."""

import os
import secrets
import sys

data, users, password_hash, app_folder = sys.argv[1:]
os.environ["DATA"] = data
sys.path[:0] = [app_folder, os.path.dirname(os.path.abspath(__file__))]
with open(os.path.join(data, "secret"), "w") as file:
    file.write(secrets.token_hex(32))

from app import app  # noqa: E402  (needs DATA and its secret)
from base import db  # noqa: E402

ROWS = """
    WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < :users)
    INSERT INTO user (name, email, password, session_id)
    SELECT printf('u%06d', n), printf('u%06d@example.com', n), :hash, lower(hex(randomblob(18))) FROM n
"""

with app.app_context():
    db.create_all()
    db.session.execute(db.text(ROWS), {"users": int(users), "hash": password_hash})
    db.session.commit()
