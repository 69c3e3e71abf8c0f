//! Which system made a stored hash, told from how it begins.

/// The scheme of a stored hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// `$argon2id$`: our own, and every other library's.
    Argon2id,
    /// `$argon2i$`
    Argon2i,
    /// `$argon2d$`
    Argon2d,
    /// `$2a$`, `$2b$`, `$2y$`
    Bcrypt,
    /// `$bcrypt-sha256$`
    PasslibBcryptSha256,
    /// `$1$`
    Md5Crypt,
    /// `$5$`
    Sha256Crypt,
    /// `$6$`
    Sha512Crypt,
    /// `$P$` and `$H$` of WordPress and phpBB.
    Phpass,
    /// `{SSHA}`, `{SSHA256}`, `{SSHA512}`
    SaltedSha,
    /// `$pbkdf2$`, `$pbkdf2-sha256$`, `$pbkdf2-sha512$`
    PasslibPbkdf2,
    /// `$scrypt$`
    PasslibScrypt,
    /// `pbkdf2:sha256:…`
    WerkzeugPbkdf2,
    /// `scrypt:…`
    WerkzeugScrypt,
    /// `pbkdf2_sha256$…`, `pbkdf2_sha1$…`
    DjangoPbkdf2,
    /// `scrypt$…`
    DjangoScrypt,
    /// `argon2$…`
    DjangoArgon2,
    /// `bcrypt$…`
    DjangoBcrypt,
    /// `bcrypt_sha256$…`
    DjangoBcryptSha256,
}

const PREFIXES: [(&str, Scheme); 27] = [
    ("$argon2id$", Scheme::Argon2id),
    ("$argon2i$", Scheme::Argon2i),
    ("$argon2d$", Scheme::Argon2d),
    ("$2a$", Scheme::Bcrypt),
    ("$2b$", Scheme::Bcrypt),
    ("$2y$", Scheme::Bcrypt),
    ("$bcrypt-sha256$", Scheme::PasslibBcryptSha256),
    ("$1$", Scheme::Md5Crypt),
    ("$5$", Scheme::Sha256Crypt),
    ("$6$", Scheme::Sha512Crypt),
    ("$P$", Scheme::Phpass),
    ("$H$", Scheme::Phpass),
    ("{SSHA}", Scheme::SaltedSha),
    ("{SSHA256}", Scheme::SaltedSha),
    ("{SSHA512}", Scheme::SaltedSha),
    ("$pbkdf2$", Scheme::PasslibPbkdf2),
    ("$pbkdf2-sha256$", Scheme::PasslibPbkdf2),
    ("$pbkdf2-sha512$", Scheme::PasslibPbkdf2),
    ("$scrypt$", Scheme::PasslibScrypt),
    ("pbkdf2:", Scheme::WerkzeugPbkdf2),
    ("scrypt:", Scheme::WerkzeugScrypt),
    ("pbkdf2_sha256$", Scheme::DjangoPbkdf2),
    ("pbkdf2_sha1$", Scheme::DjangoPbkdf2),
    ("scrypt$", Scheme::DjangoScrypt),
    ("argon2$", Scheme::DjangoArgon2),
    ("bcrypt$", Scheme::DjangoBcrypt),
    ("bcrypt_sha256$", Scheme::DjangoBcryptSha256),
];

impl Scheme {
    pub(super) fn of(stored: &str) -> Option<Self> {
        PREFIXES.iter().find(|(prefix, _)| stored.starts_with(prefix)).map(|(_, scheme)| *scheme)
    }

    /// The name for logs and for a person looking at a user's record.
    pub fn name(self) -> &'static str {
        match self {
            Self::Argon2id => "argon2id",
            Self::Argon2i => "argon2i",
            Self::Argon2d => "argon2d",
            Self::Bcrypt => "bcrypt",
            Self::PasslibBcryptSha256 => "passlib-bcrypt-sha256",
            Self::Md5Crypt => "md5-crypt",
            Self::Sha256Crypt => "sha256-crypt",
            Self::Sha512Crypt => "sha512-crypt",
            Self::Phpass => "phpass",
            Self::SaltedSha => "ldap-salted-sha",
            Self::PasslibPbkdf2 => "passlib-pbkdf2",
            Self::PasslibScrypt => "passlib-scrypt",
            Self::WerkzeugPbkdf2 => "werkzeug-pbkdf2",
            Self::WerkzeugScrypt => "werkzeug-scrypt",
            Self::DjangoPbkdf2 => "django-pbkdf2",
            Self::DjangoScrypt => "django-scrypt",
            Self::DjangoArgon2 => "django-argon2",
            Self::DjangoBcrypt => "django-bcrypt",
            Self::DjangoBcryptSha256 => "django-bcrypt-sha256",
        }
    }
}

impl std::fmt::Display for Scheme {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
