//! Moments in words.

/// A moment in words that every language reads: `2027-01-15 08:00 UTC`.
pub(crate) fn when(unix: i64) -> String {
    moment(unix, "%Y-%m-%d %H:%M UTC")
}

/// The same for programs: what `<time datetime>` takes (RFC 3339).
pub(super) fn machine(unix: i64) -> String {
    moment(unix, "%Y-%m-%dT%H:%M:%SZ")
}

fn moment(unix: i64, form: &str) -> String {
    // Further away than the year 9999 nothing happens.
    let at = jiff::Timestamp::from_second(unix).unwrap_or(jiff::Timestamp::MAX);
    at.strftime(form).to_string()
}

#[cfg(test)]
mod tests {
    use super::{machine, when};

    #[test]
    fn a_moment_is_written_as_date_and_time() {
        assert_eq!(when(0), "1970-01-01 00:00 UTC");
        assert_eq!(when(951_782_399), "2000-02-28 23:59 UTC");
        assert_eq!(when(951_782_400), "2000-02-29 00:00 UTC");
        assert_eq!(when(1_800_000_000), "2027-01-15 08:00 UTC");
        assert_eq!(machine(1_800_000_000), "2027-01-15T08:00:00Z");
        assert_eq!(when(4_107_542_400), "2100-03-01 00:00 UTC");
        assert!(when(i64::MAX).starts_with("9999-12-"));
    }
}
