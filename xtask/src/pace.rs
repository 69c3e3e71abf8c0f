//! How fast the released server answers its pages, those of somebody logged in included: from the
//! request to the whole answer, over one connection on loopback.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::demo::Demo;

const PAGES: [&str; 12] = [
    "/login",
    "/sign-up",
    "/forgot-password",
    "/confirm/resend",
    "/confirm?token=nonsense",
    "/account",
    "/account/password",
    "/account/sessions",
    "/account/keys",
    "/account/data",
    "/account/delete",
    "/inbox",
];
const REQUESTS: usize = 300;
/// The median of each page stays below.
const LIMIT: Duration = Duration::from_millis(1);
/// Other work on the machine may spoil a round; not all of them.
const ROUNDS: usize = 5;

/// Measures every page.
///
/// # Errors
/// When a page's median is over the limit in every round, or it is not answered.
pub(crate) fn check(folder: &Path) -> Result<()> {
    let demo = Demo::start_released(folder, &[])?;
    demo.explain(measure(demo.text("url")?))
}

fn measure(url: &str) -> Result<()> {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
    let cookies = log_in(&agent, url)?;
    for page in PAGES {
        // A page for visitors sends those who are logged in on.
        let cookies = if page.starts_with("/account") { cookies.as_str() } else { "" };
        let mut best = Duration::MAX;
        for _ in 0..ROUNDS {
            best = best.min(median(&agent, &format!("{url}{page}"), cookies)?);
            if best < LIMIT {
                break;
            }
        }
        println!("{page:<26} {:>6} us", best.as_micros());
        ensure!(best < LIMIT, "{page}: {best:?} at the median, {LIMIT:?} is the limit");
    }
    Ok(())
}

fn median(agent: &ureq::Agent, url: &str, cookies: &str) -> Result<Duration> {
    let mut times = Vec::with_capacity(REQUESTS);
    for _ in 0..REQUESTS {
        let begun = Instant::now();
        let mut answer = agent.get(url).header("cookie", cookies).call()?;
        let text = answer.body_mut().read_to_string()?;
        times.push(begun.elapsed());
        ensure!(text.contains("<h1"), "{url}: no page but {}: {text}", answer.status());
    }
    times.sort_unstable();
    Ok(times[REQUESTS / 2])
}

fn log_in(agent: &ureq::Agent, url: &str) -> Result<String> {
    let request = agent.post(format!("{url}/login")).header("origin", url);
    let answer = request.send_form([("login", "JohnDoe"), ("password", "John")])?;
    let set = answer.headers().get_all("set-cookie").iter();
    let pairs = set.filter_map(|value| value.to_str().ok()?.split(';').next());
    let cookies = pairs.collect::<Vec<_>>().join("; ");
    cookies.contains("__Host-session=").then_some(cookies).context("nobody was logged in")
}
