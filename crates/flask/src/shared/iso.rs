//! Times as ISO 8601 has them, in UTC.

/// `2027-01-15T08:00:00Z`, of unix seconds.
pub(crate) fn time(unix: i64) -> String {
    jiff::Timestamp::from_second(unix).unwrap_or_default().to_string()
}
