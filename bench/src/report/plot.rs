//! Plots: a bar for each contestant, on a logarithmic scale.

use serde::Serialize;

use super::{
    table::{cpu, measured},
    words::time,
};
use crate::{job::Job, results::Results};

/// What is said of whoever is asked for more than it can give.
pub(super) const CANNOT: &str = "cannot keep up";

const WIDTH: f64 = 760.0;
const LEFT: f64 = 250.0;
const RIGHT: f64 = 90.0;
const TOP: f64 = 44.0;
const STEP: f64 = 26.0;

/// A plot as its template wants it.
#[derive(Serialize)]
pub(super) struct Plot {
    /// Its name in the folder of plots.
    pub(super) file: String,
    title: String,
    width: f64,
    height: f64,
    left: f64,
    top: f64,
    bottom: f64,
    lines: Vec<Line>,
    bars: Vec<Bar>,
}

/// A power of ten.
#[derive(Serialize)]
struct Line {
    x: f64,
    label: String,
}

/// One contestant.
#[derive(Serialize)]
pub(super) struct Bar {
    label: String,
    value: String,
    ours: bool,
    y: f64,
    length: f64,
}

/// What one bar stands for.
pub(super) struct Measure {
    pub(super) label: String,
    pub(super) ours: bool,
    /// Infinite: whoever cannot keep up is listed, and has no bar.
    pub(super) value: f64,
}

/// Server CPU for each request of `job`.
pub(super) fn of(results: &Results, job: Job) -> Option<Plot> {
    let measures = measured(results, job).into_iter().map(|(about, cell)| Measure {
        label: about.title.clone(),
        ours: about.ours,
        value: cpu(cell),
    });
    let title = format!("{} {}: server CPU for a request", job.code(), job.name());
    bars(format!("cpu-{}.svg", job.name()), title, measures.collect(), time)
}

/// A plot of `measures`, each written as `words` say; none without measures.
pub(super) fn bars(
    file: String,
    title: String,
    measures: Vec<Measure>,
    words: impl Fn(f64) -> String,
) -> Option<Plot> {
    let measures: Vec<Measure> =
        measures.into_iter().filter(|measure| measure.value > 0.0).collect();
    let finite = || measures.iter().map(|measure| measure.value).filter(|value| value.is_finite());
    let least = finite().reduce(f64::min)?.log10().floor();
    let most = finite().fold(f64::MIN, f64::max).log10().ceil();
    let span = (most - least).max(1.0);
    let scale = |value: f64| (value.log10() - least) / span * (WIDTH - LEFT - RIGHT);
    let length = |value: f64| if value.is_finite() { scale(value).max(1.0) } else { 0.0 };
    let said = |value: f64| if value.is_finite() { words(value) } else { CANNOT.to_owned() };
    let bottom = TOP + STEP * measures.len() as f64;
    let powers = (0..=span as i32).map(|power| 10_f64.powf(least + f64::from(power)));
    Some(Plot {
        file,
        title,
        width: WIDTH,
        height: bottom + 28.0,
        left: LEFT,
        top: TOP,
        bottom,
        lines: powers.map(|p| Line { x: rounded(LEFT + scale(p)), label: words(p) }).collect(),
        bars: measures
            .iter()
            .zip(0_u32..)
            .map(|(measure, at)| Bar {
                label: measure.label.clone(),
                value: said(measure.value),
                ours: measure.ours,
                y: TOP + STEP * f64::from(at),
                length: rounded(length(measure.value)),
            })
            .collect(),
    })
}

fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_ten_times_as_much_is_one_line_longer() {
        let measure = |value| Measure { label: String::new(), ours: true, value };

        let plot = bars(String::new(), String::new(), vec![measure(10.0), measure(100.0)], time);

        let plot = plot.unwrap();
        let line = plot.lines[1].x - plot.lines[0].x;
        assert!((plot.bars[1].length - line).abs() < 0.2);
        assert!(plot.bars[0].length < 2.0);
        assert!(bars(String::new(), String::new(), vec![measure(0.0)], time).is_none());
        let over = vec![measure(10.0), measure(f64::INFINITY)];
        let plot = bars(String::new(), String::new(), over, time).unwrap();
        assert_eq!((plot.bars[1].length, plot.bars[1].value.as_str()), (0.0, CANNOT));
    }
}
