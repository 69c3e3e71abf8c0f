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
from base import User, db  # noqa: E402

with app.app_context():
    db.create_all()
    db.session.execute(
        db.insert(User),
        [
            {
                "name": f"u{number:06}",
                "email": f"u{number:06}@example.com",
                "password": password_hash,
                "session_id": secrets.token_urlsafe(24),
            }
            for number in range(1, int(users) + 1)
        ],
    )
    db.session.commit()
