//! `edge-gallery stats`: what the log lines of the services say, for each service and for each arm of an experiment.

mod interval;
mod json;
mod lines;
mod report;
mod sample;

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufRead, BufReader, Write as _},
    path::PathBuf,
};

use crate::Failure;
use sample::{Figures, Sample, ViewFigures, Views};

/// The route of which every view is one request.
const MASTER: &str = "/api/hls/playlist";

/// Reads the JSON log lines of viewer-edge and video-edge, and counts requests, bytes, hits of the cache, times and
/// errors, for each service and route. Other lines are passed over. It compares the arms of VIDEO_EXPERIMENT, and says
/// where too few requests came to tell.
#[derive(clap::Args)]
pub struct Arguments {
    /// Files with log lines; `-` or nothing is the standard input
    files: Vec<PathBuf>,
    /// The arm with which the others are compared [default: the one with the most requests]
    #[arg(long, value_name = "ARM")]
    control: Option<String>,
    /// Print the outcome as one line of JSON
    #[arg(long)]
    json: bool,
}

/// Everything that the lines say.
struct Outcome {
    lines: u64,
    others: u64,
    total: Figures,
    services: BTreeMap<String, Figures>,
    routes: BTreeMap<String, Figures>,
    arms: BTreeMap<String, Figures>,
    /// By route and arm.
    both: BTreeMap<(String, String), Figures>,
    control: Option<String>,
    /// By arm, or under an empty name where no experiment ran; and by packaging.
    views: BTreeMap<String, ViewFigures>,
    packagings: BTreeMap<String, ViewFigures>,
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut counts = Counts::default();
    if arguments.files.is_empty() {
        counts.read(io::stdin().lock())?;
    }
    for file in &arguments.files {
        if file.as_os_str() == "-" {
            counts.read(io::stdin().lock())?;
        } else {
            let opened = File::open(file).map_err(|error| format!("{}: {error}", file.display()))?;
            counts.read(BufReader::new(opened)).map_err(|error| format!("{}: {error}", file.display()))?;
        }
    }
    if let Some(control) = &arguments.control
        && !counts.requests.keys().any(|(_, _, arm)| arm.as_ref() == Some(control))
    {
        return Err(format!("no line has the arm {control}").into());
    }
    let outcome = counts.outcome(arguments.control.clone());
    let mut out = io::stdout().lock();
    if arguments.json {
        writeln!(out, "{}", json::of(&outcome))?;
    } else {
        write!(out, "{}", report::of(&outcome))?;
    }
    Ok(())
}

#[derive(Default)]
struct Counts {
    lines: u64,
    others: u64,
    /// By service, route and arm.
    requests: BTreeMap<(String, String, Option<String>), Sample>,
    /// By arm, and by packaging.
    views: BTreeMap<String, Views>,
    packagings: BTreeMap<String, Views>,
}

impl Counts {
    fn read(&mut self, input: impl BufRead) -> io::Result<()> {
        for line in input.split(b'\n') {
            let line = line?;
            if line.is_empty() {
                continue;
            }
            self.lines += 1;
            let Some(request) = lines::read(&String::from_utf8_lossy(&line)) else {
                self.others += 1;
                continue;
            };
            if let Some(report) = &request.report {
                self.views.entry(request.arm.clone().unwrap_or_default()).or_default().add(report);
                self.packagings.entry(report.packaging.clone()).or_default().add(report);
            }
            let of = (request.service.clone(), request.route.clone(), request.arm.clone());
            self.requests.entry(of).or_default().add(&request);
        }
        Ok(())
    }

    fn outcome(self, control: Option<String>) -> Outcome {
        let mut total = Sample::default();
        let [mut services, mut routes, mut arms] = [(); 3].map(|()| BTreeMap::<String, Sample>::new());
        let mut both = BTreeMap::<(String, String), Sample>::new();
        for ((service, route, arm), sample) in &self.requests {
            total.merge(sample);
            services.entry(service.clone()).or_default().merge(sample);
            routes.entry(route.clone()).or_default().merge(sample);
            if let Some(arm) = arm {
                arms.entry(arm.clone()).or_default().merge(sample);
                both.entry((route.clone(), arm.clone())).or_default().merge(sample);
            }
        }
        // A view is one request of a master in every arm. Of segments, some arms see none.
        let views = both.iter().filter(|((route, _), _)| route == MASTER);
        let most = views.max_by_key(|(_, sample)| sample.requests).map(|((_, arm), _)| arm.clone());
        let most = most.or_else(|| arms.iter().max_by_key(|(_, it)| it.requests).map(|(arm, _)| arm.clone()));
        Outcome {
            lines: self.lines,
            others: self.others,
            total: total.figures(),
            both: both.into_iter().map(|(of, sample)| (of, sample.figures())).collect(),
            services: figures(services),
            routes: figures(routes),
            arms: figures(arms),
            control: control.or(most),
            views: view_figures(self.views),
            packagings: view_figures(self.packagings),
        }
    }
}

fn figures(samples: BTreeMap<String, Sample>) -> BTreeMap<String, Figures> {
    samples.into_iter().map(|(name, sample)| (name, sample.figures())).collect()
}

fn view_figures(views: BTreeMap<String, Views>) -> BTreeMap<String, ViewFigures> {
    views.into_iter().map(|(name, views)| (name, views.figures())).collect()
}
