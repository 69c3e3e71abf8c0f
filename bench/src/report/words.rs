//! Figures as they are written: as many digits as mean something.

/// Three digits, thousands parted by commas.
pub(super) fn figure(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    if value >= 100.0 {
        return thousands(value.round() as u64);
    }
    let digits = if value >= 10.0 { 1 } else { 2 };
    format!("{value:.digits$}")
}

/// A time in microseconds, in the unit that suits it.
pub(super) fn time(microseconds: f64) -> String {
    match microseconds {
        us if !us.is_finite() => "–".to_owned(),
        us if us < 1000.0 => format!("{} µs", figure(us)),
        us if us < 1e6 => format!("{} ms", figure(us / 1000.0)),
        us => format!("{} s", figure(us / 1e6)),
    }
}

/// A ratio.
pub(super) fn times(ratio: f64) -> String {
    if ratio.is_finite() { format!("{}x", figure(ratio)) } else { "–".to_owned() }
}

/// Memory, given in KiB.
pub(super) fn mebibytes(kib: f64) -> String {
    if kib.is_finite() { format!("{} MiB", figure(kib / 1024.0)) } else { "–".to_owned() }
}

/// How many.
pub(super) fn count(value: f64) -> String {
    if value.is_finite() { thousands(value.round() as u64) } else { "–".to_owned() }
}

/// Percent.
pub(super) fn percent(value: f64) -> String {
    if value.is_finite() { format!("{value:.0} %") } else { "–".to_owned() }
}

/// A length of time.
pub(super) fn minutes(seconds: u64) -> String {
    if seconds < 120 {
        return format!("{seconds} seconds");
    }
    format!("{} minutes", seconds.div_ceil(60))
}

fn thousands(mut value: u64) -> String {
    let mut groups = Vec::new();
    while value >= 1000 {
        groups.push(format!("{:03}", value % 1000));
        value /= 1000;
    }
    groups.push(value.to_string());
    groups.reverse();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_the_digits_that_mean_something() {
        assert_eq!(figure(1_234_567.4), "1,234,567");
        assert_eq!(figure(42.06), "42.1");
        assert_eq!(figure(1.204), "1.20");
        assert_eq!(figure(f64::NAN), "–");
        assert_eq!(count(0.0), "0");
        assert_eq!((mebibytes(f64::NAN), percent(f64::NAN)), ("–".to_owned(), "–".to_owned()));
        assert_eq!(time(1534.0), "1.53 ms");
        assert_eq!(time(2_500_000.0), "2.50 s");
    }
}
