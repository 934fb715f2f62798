//! The outcome as text, for people.

use std::fmt::Write as _;

use super::{
    Outcome,
    interval::Figure,
    sample::{Figures, ViewFigures},
};

/// How a figure is written.
#[derive(Clone, Copy)]
enum Unit {
    Milliseconds,
    Percent,
    Bytes,
    Plain,
}

pub fn of(outcome: &Outcome) -> String {
    let mut text = format!("{} log lines of requests", outcome.total.requests);
    if outcome.others > 0 {
        let _ = write!(text, "; {} other lines were passed over", outcome.others);
    }
    text.push_str(".\n");
    if outcome.total.requests == 0 {
        return text + "There is nothing to count. The services write one line of JSON for each request.\n";
    }
    services(&mut text, outcome);
    text.push_str(
        "\nIn brackets: where the true figure lies, in 95 of 100 such counts. \"?\": too few requests to tell.\n",
    );
    let all = [("all".to_owned(), &outcome.total)].into_iter();
    let routes = outcome.routes.iter().map(|(route, figures)| (route.clone(), figures));
    section(&mut text, "Routes", all.chain(routes));
    if !outcome.arms.is_empty() {
        section(&mut text, "Arms", outcome.arms.iter().map(|(arm, figures)| (arm.clone(), figures)));
        let both = outcome.both.iter().map(|((route, arm), figures)| (format!("{route} {arm}"), figures));
        section(&mut text, "Arms, route by route", both);
        compare(&mut text, outcome);
    }
    views(&mut text, outcome);
    text
}

/// The table for monitoring: a line for each service, and a dash for what no host has told.
fn services(text: &mut String, outcome: &Outcome) {
    let titles = ["", "requests", "half within ms", "99 % within ms", "4xx", "5xx", "processor ms each", "from cache"];
    let mut table = vec![titles.map(str::to_owned)];
    let figure = |figure: Option<Figure>, unit| figure.map_or_else(|| "-".to_owned(), |it| number(it.value, unit));
    for (service, figures) in &outcome.services {
        table.push([
            if service.is_empty() { "?".to_owned() } else { service.clone() },
            figures.requests.to_string(),
            figure(figures.p50, Unit::Milliseconds),
            figure(figures.p99, Unit::Milliseconds),
            figure(figures.client_errors, Unit::Percent),
            figure(figures.server_errors, Unit::Percent),
            figure(figures.cpu, Unit::Milliseconds),
            figure(figures.hits, Unit::Percent),
        ]);
    }
    lay_out(text, "Services", &table);
}

fn section<'a>(text: &mut String, title: &str, rows: impl Iterator<Item = (String, &'a Figures)>) {
    let mut table = vec![
        [
            "",
            "requests",
            "bytes",
            "each",
            "from cache",
            "half within ms",
            "99 % within ms",
            "processor ms",
            "4xx",
            "5xx",
        ]
        .map(str::to_owned),
    ];
    for (name, figures) in rows {
        table.push([
            name,
            figures.requests.to_string(),
            figures.bytes.map_or_else(String::new, amount),
            optional(figures.bytes_each, Unit::Bytes),
            optional(figures.hits, Unit::Percent),
            optional(figures.p50, Unit::Milliseconds),
            optional(figures.p99, Unit::Milliseconds),
            optional(figures.cpu, Unit::Milliseconds),
            optional(figures.client_errors, Unit::Percent),
            optional(figures.server_errors, Unit::Percent),
        ]);
    }
    lay_out(text, title, &table);
}

/// Leaves out columns without any figure.
fn lay_out<const N: usize>(text: &mut String, title: &str, table: &[[String; N]]) {
    let _ = write!(text, "\n{title}\n");
    let used: Vec<usize> =
        (0..N).filter(|at| *at == 0 || table.iter().skip(1).any(|row| !row[*at].is_empty())).collect();
    let width = |at: usize| table.iter().map(|row| row[at].chars().count()).max().unwrap_or_default();
    for row in table {
        let mut line = String::new();
        for at in &used {
            let _ = match at {
                0 => write!(line, "{:<1$}", row[0], width(0)),
                at => write!(line, "  {:>1$}", row[*at], width(*at)),
            };
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
}

/// Sentences about each arm beside the control, for routes that both have.
fn compare(text: &mut String, outcome: &Outcome) {
    let Some(control) = &outcome.control else { return };
    if outcome.arms.len() < 2 {
        let _ = write!(text, "\nThere is one arm only, {control}. Nothing can be compared.\n");
        return;
    }
    let _ = write!(text, "\nBeside {control}\n");
    for ((route, arm), figures) in outcome.both.iter().filter(|((_, arm), _)| arm != control) {
        let Some(other) = outcome.both.get(&(route.clone(), control.clone())) else { continue };
        for (what, unit, of) in [
            ("the middle time", Unit::Milliseconds, (|figures| figures.p50) as fn(&Figures) -> Option<Figure>),
            ("the time of the slowest in a hundred", Unit::Milliseconds, |figures| figures.p99),
            ("the mean size", Unit::Bytes, |figures| figures.bytes_each),
            ("the processor's time", Unit::Milliseconds, |figures| figures.cpu),
            ("the share from the cache", Unit::Percent, |figures| figures.hits),
            ("the share of 4xx", Unit::Percent, |figures| figures.client_errors),
            ("the share of 5xx", Unit::Percent, |figures| figures.server_errors),
        ] {
            if let Some((figure, other)) = of(figures).zip(of(other)) {
                let _ = writeln!(text, "{arm}, {route}: {what} {}.", verdict(&figure.minus(&other), unit));
            }
        }
    }
}

/// What a difference says.
fn verdict(difference: &Figure, unit: Unit) -> String {
    let Some((low, high)) = difference.bounds() else {
        return "cannot be compared, with so few requests".to_owned();
    };
    let word = if low > 0.0 {
        "is more"
    } else if high < 0.0 {
        "is less"
    } else if (low, high) == (0.0, 0.0) {
        return "is the same".to_owned();
    } else {
        "may be the same"
    };
    format!("{word}: by {}", written(difference, unit))
}

fn views(text: &mut String, outcome: &Outcome) {
    for (title, of) in [("Views, by arm", &outcome.views), ("Views, by package", &outcome.packagings)] {
        if of.is_empty() {
            continue;
        }
        let mut table = vec![
            [
                "",
                "views",
                "hours",
                "half begin within ms",
                "99 % begin within ms",
                "stalls an hour",
                "seconds stalled an hour",
                "switches an hour",
                "failed",
            ]
            .map(str::to_owned),
        ];
        table.extend(of.iter().map(|(name, views)| row(name, views)));
        lay_out(text, title, &table);
        for (name, views) in of {
            for (code, count) in &views.codes {
                let _ = writeln!(text, "{}{count} failed: {code}", prefix(name));
            }
        }
    }
    // Only arms are compared, because a viewer's arm is left to chance.
    let Some((control, other)) =
        outcome.control.as_ref().and_then(|control| Some((control, outcome.views.get(control)?)))
    else {
        return;
    };
    for (arm, views) in outcome.views.iter().filter(|(arm, _)| *arm != control && !arm.is_empty()) {
        for (what, unit, of) in [
            (
                "the middle time to the first frame",
                Unit::Milliseconds,
                (|views| views.first_frame_p50) as fn(&ViewFigures) -> Option<Figure>,
            ),
            ("stalls an hour", Unit::Plain, |views| views.stalls),
            ("the share that failed", Unit::Percent, |views| views.failures),
        ] {
            if let Some((figure, other)) = of(views).zip(of(other)) {
                let _ = writeln!(text, "{arm} beside {control}: {what} {}.", verdict(&figure.minus(&other), unit));
            }
        }
    }
}

fn prefix(name: &str) -> String {
    if name.is_empty() { String::new() } else { format!("{name}: ") }
}

fn row(name: &str, views: &ViewFigures) -> [String; 9] {
    [
        if name.is_empty() { "no experiment".to_owned() } else { name.to_owned() },
        views.views.to_string(),
        format!("{:.1}", views.hours),
        optional(views.first_frame_p50, Unit::Milliseconds),
        optional(views.first_frame_p99, Unit::Milliseconds),
        optional(views.stalls, Unit::Plain),
        views.stalled.map_or_else(String::new, |seconds| format!("{seconds:.1}")),
        optional(views.switches, Unit::Plain),
        optional(views.failures, Unit::Percent),
    ]
}

fn optional(figure: Option<Figure>, unit: Unit) -> String {
    figure.map_or_else(String::new, |figure| written(&figure, unit))
}

fn written(figure: &Figure, unit: Unit) -> String {
    let bound = |bound: Option<f64>| bound.map_or_else(|| "?".to_owned(), |bound| number(bound, unit));
    format!("{} ({} to {})", number(figure.value, unit), bound(figure.low), bound(figure.high))
}

fn number(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Milliseconds if value.abs() >= 100.0 => format!("{value:.0}"),
        Unit::Milliseconds | Unit::Plain => format!("{value:.2}"),
        Unit::Percent => format!("{:.2} %", value * 100.0),
        Unit::Bytes => amount(value),
    }
}

/// Bytes, in decimal units.
fn amount(bytes: f64) -> String {
    let (mut value, mut unit) = (bytes, "B");
    for next in ["kB", "MB", "GB", "TB"] {
        if value.abs() < 1000.0 {
            break;
        }
        (value, unit) = (value / 1000.0, next);
    }
    if unit == "B" { format!("{value:.0} B") } else { format!("{value:.1} {unit}") }
}
