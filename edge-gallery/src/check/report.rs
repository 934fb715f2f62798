//! The list of findings.

use std::io::Write as _;

use serde::Serialize;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    Ok,
    Warning,
    Problem,
}

#[derive(Debug, Serialize)]
pub struct Finding {
    from: String,
    weight: Weight,
    /// A name of the configuration, or a thing such as `bucket`.
    about: String,
    /// The words never hold a value.
    words: String,
}

#[derive(Debug, Default, Serialize)]
pub struct Report {
    #[serde(skip)]
    from: String,
    findings: Vec<Finding>,
}

impl Report {
    /// Findings that are added from now on come from this place.
    pub fn begin(&mut self, from: &str) {
        from.clone_into(&mut self.from);
    }

    pub fn add(&mut self, weight: Weight, about: &str, words: impl Into<String>) {
        self.findings.push(Finding { from: self.from.clone(), weight, about: about.to_owned(), words: words.into() });
    }

    pub fn has_problems(&self) -> bool {
        self.findings.iter().any(|finding| finding.weight == Weight::Problem)
    }

    pub fn print(&self, json: bool) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        if json {
            return writeln!(out, "{}", serde_json::to_string(self).unwrap_or_default());
        }
        let mut from = None;
        for finding in &self.findings {
            if from != Some(&finding.from) {
                writeln!(out, "{}", finding.from)?;
                from = Some(&finding.from);
            }
            let weight = match finding.weight {
                Weight::Ok => "ok",
                Weight::Warning => "warning",
                Weight::Problem => "problem",
            };
            writeln!(out, "  {weight:8} {} {}", finding.about, finding.words)?;
        }
        let of = |weight| self.findings.iter().filter(|finding| finding.weight == weight).count();
        writeln!(out, "{} problems, {} warnings", of(Weight::Problem), of(Weight::Warning))
    }
}
