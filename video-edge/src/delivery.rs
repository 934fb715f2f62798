//! How a film's segments reach the player, and the experiment that compares ways to serve films.

use edge::Viewer;
use platform::config::{
    ConfigError, Lookup, Name,
    names::{PUBLIC_MEDIA_BASE, VIDEO_DELIVERY, VIDEO_EXPERIMENT},
    origin,
};

/// One way to deliver segments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// The playlist carries presigned URLs. For segments, the player asks only the store.
    Presign,
    /// The playlist stays as it is. A request for a segment gets a 302 to a presigned URL. To pages of another origin,
    /// segments pass through this service.
    Redirect,
    /// The playlist stays as it is. Segments pass through this service.
    Proxy,
    /// As `Redirect`, to URLs that live for a minute, for links whose end reaches every new request.
    Brief,
    /// The playlist carries unsigned URLs under a public base. This is for media that is public anyway.
    Public { base: String },
}

impl Delivery {
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Presign => "presign",
            Self::Redirect | Self::Brief => "redirect",
            Self::Proxy => "proxy",
            Self::Public { .. } => "public",
        }
    }

    fn parse(name: &str, key: Name, lookup: &Lookup<'_>) -> Result<Self, ConfigError> {
        match name {
            "presign" => Ok(Self::Presign),
            "redirect" => Ok(Self::Redirect),
            "proxy" => Ok(Self::Proxy),
            "public" => {
                let base = lookup.required(PUBLIC_MEDIA_BASE)?;
                let base = base.trim_end_matches('/').to_owned();
                let wanted = "must be a URL such as https://media.example/bucket, without a query";
                if origin(&base).is_none() || base.contains(['?', '#', '"', ' ']) {
                    return Err(ConfigError::new(PUBLIC_MEDIA_BASE, wanted));
                }
                Ok(Self::Public { base })
            }
            _ => Err(ConfigError::new(key, "must name presign, redirect, proxy or public")),
        }
    }
}

/// What an arm of the experiment changes.
#[derive(Debug, PartialEq, Eq)]
enum Change {
    Delivery(Delivery),
    /// The film's package in the folder `ts`, if it has one.
    Ts,
    /// Playlists are sent without gzip.
    Uncompressed,
}

impl Change {
    const fn name(&self) -> &'static str {
        match self {
            Self::Delivery(delivery) => delivery.name(),
            Self::Ts => "ts",
            Self::Uncompressed => "uncompressed",
        }
    }
}

/// What a viewer gets, and under which name it stands in the log while an experiment runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Choice<'p> {
    pub delivery: &'p Delivery,
    pub is_ts: bool,
    pub is_compressed: bool,
    pub arm: Option<&'static str>,
    /// The name of the arm in which nothing is changed.
    pub control: Option<&'static str>,
}

/// The delivery of this deployment, and during an experiment what is different for parts of its viewers.
#[derive(Debug)]
pub(crate) struct Plan {
    usual: Delivery,
    /// Each with its share of the viewers in percent. The shares are disjoint, so that an arm differs from the rest in
    /// one thing only.
    arms: Vec<(Change, u64)>,
}

impl Plan {
    /// Reads `VIDEO_DELIVERY` (default `presign`) and `VIDEO_EXPERIMENT`: `redirect:10` are ten percent of the viewers,
    /// and in `redirect:10,ts:20` twenty others get another package.
    pub fn load(lookup: &Lookup<'_>) -> Result<Self, ConfigError> {
        let usual = Delivery::parse(&lookup.required(VIDEO_DELIVERY)?, VIDEO_DELIVERY, lookup)?;
        let mut arms: Vec<(Change, u64)> = Vec::new();
        let wanted =
            "must be arms and percentages that are 100 together at most, such as redirect:10 or ts:30,redirect:5";
        let error = ConfigError::new(VIDEO_EXPERIMENT, wanted);
        let mut left: u64 = 100;
        for part in lookup.optional(VIDEO_EXPERIMENT).iter().flat_map(|text| text.split(',')) {
            let (name, percent) = part.trim().split_once(':').ok_or(error)?;
            let percent = percent.parse().map_err(|_| error)?;
            let change = match name {
                "ts" => Change::Ts,
                "uncompressed" => Change::Uncompressed,
                _ => Change::Delivery(Delivery::parse(name, VIDEO_EXPERIMENT, lookup).map_err(|_| error)?),
            };
            left = left.checked_sub(percent).ok_or(error)?;
            if change.name() == usual.name() || arms.iter().any(|(other, _)| other.name() == change.name()) {
                return Err(error);
            }
            arms.push((change, percent));
        }
        Ok(Self { usual, arms })
    }

    /// What a viewer gets. The same viewer always gets the same. A viewer whose link is strict takes part in no
    /// experiment.
    pub fn choose(&self, viewer: &Viewer) -> Choice<'_> {
        if !viewer.flags().strict {
            return self.choose_for(viewer.claims.viewer());
        }
        let delivery = if self.usual == Delivery::Proxy { &Delivery::Proxy } else { &Delivery::Brief };
        Choice { delivery, is_ts: false, is_compressed: true, arm: None, control: None }
    }

    fn choose_for(&self, viewer: u64) -> Choice<'_> {
        let control = (!self.arms.is_empty()).then(|| self.usual.name());
        let mut choice = Choice { delivery: &self.usual, is_ts: false, is_compressed: true, arm: control, control };
        let mut place = viewer % 100;
        for (change, percent) in &self.arms {
            if place < *percent {
                choice.arm = Some(change.name());
                match change {
                    Change::Delivery(delivery) => choice.delivery = delivery,
                    Change::Ts => choice.is_ts = true,
                    Change::Uncompressed => choice.is_compressed = false,
                }
                break;
            }
            place -= percent;
        }
        choice
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(values: &[(&str, &str)]) -> Result<Plan, ConfigError> {
        let find = |name: &str| values.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Plan::load(&Lookup(&find))
    }

    #[test]
    fn presigning_is_the_default() {
        let plan = plan(&[]).unwrap();
        let choice = plan.choose_for(7);
        assert_eq!(
            (choice.delivery, choice.is_compressed, choice.is_ts, choice.arm),
            (&Delivery::Presign, true, false, None)
        );
    }

    #[test]
    fn an_experiment_is_sticky_and_of_the_asked_size() {
        let plan = plan(&[("VIDEO_EXPERIMENT", "redirect:10")]).unwrap();
        let arms: Vec<_> = (0..1000).map(|viewer| plan.choose_for(viewer).arm.unwrap()).collect();
        assert_eq!(arms.iter().filter(|arm| **arm == "redirect").count(), 100);
        assert_eq!(plan.choose_for(3), plan.choose_for(3));
    }

    #[test]
    fn arms_are_disjoint_and_change_one_thing() {
        let plan = plan(&[("VIDEO_EXPERIMENT", "redirect:10, ts:30,uncompressed:5")]).unwrap();
        let count = |arm, delivery: &Delivery, is_ts, is_compressed| {
            let all = (0..100).map(|viewer| plan.choose_for(viewer)).filter(|choice| choice.arm == Some(arm));
            let all: Vec<Choice<'_>> = all.collect();
            let control = Some("presign");
            assert!(
                all.iter()
                    .all(|choice| { *choice == Choice { delivery, is_ts, is_compressed, arm: Some(arm), control } })
            );
            all.len()
        };
        assert_eq!(count("redirect", &Delivery::Redirect, false, true), 10);
        assert_eq!(count("ts", &Delivery::Presign, true, true), 30);
        assert_eq!(count("uncompressed", &Delivery::Presign, false, false), 5);
        assert_eq!(count("presign", &Delivery::Presign, false, true), 55);
    }

    #[test]
    fn a_bad_value_is_named_and_not_shown() {
        for (values, name) in [
            (vec![("VIDEO_DELIVERY", "pigeon")], "VIDEO_DELIVERY"),
            (vec![("VIDEO_EXPERIMENT", "proxy")], "VIDEO_EXPERIMENT"),
            (vec![("VIDEO_EXPERIMENT", "proxy:101")], "VIDEO_EXPERIMENT"),
            (vec![("VIDEO_EXPERIMENT", "pigeon:1")], "VIDEO_EXPERIMENT"),
            (vec![("VIDEO_EXPERIMENT", "ts:60,redirect:41")], "VIDEO_EXPERIMENT"),
            (vec![("VIDEO_EXPERIMENT", "ts:1,ts:1")], "VIDEO_EXPERIMENT"),
            (vec![("VIDEO_EXPERIMENT", "ts:1,")], "VIDEO_EXPERIMENT"),
            (vec![("VIDEO_EXPERIMENT", "public:1")], "VIDEO_EXPERIMENT"),
            (vec![("VIDEO_DELIVERY", "public")], "PUBLIC_MEDIA_BASE"),
            (vec![("VIDEO_DELIVERY", "public"), ("PUBLIC_MEDIA_BASE", "ftp://pigeon")], "PUBLIC_MEDIA_BASE"),
        ] {
            let error = plan(&values).unwrap_err();
            assert_eq!(error.name, name);
            assert!(!error.to_string().contains("pigeon"));
        }
    }
}
