//! How a film's segments reach the player, and the experiment that compares two deliveries.

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
    /// The playlist stays as it is. A request for a segment gets a 302 to a presigned URL.
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

/// The delivery of this deployment, and during an experiment a second delivery for a part of its viewers.
#[derive(Debug)]
pub(crate) struct Plan {
    usual: Delivery,
    experiment: Option<(Delivery, u64)>,
}

impl Plan {
    /// Reads `VIDEO_DELIVERY` (default `presign`) and `VIDEO_EXPERIMENT` (`redirect:10`: ten percent of viewers).
    pub fn load(lookup: &Lookup<'_>) -> Result<Self, ConfigError> {
        let usual = Delivery::parse(&lookup.required(VIDEO_DELIVERY)?, VIDEO_DELIVERY, lookup)?;
        let experiment = match lookup.optional(VIDEO_EXPERIMENT) {
            None => None,
            Some(text) => {
                let wanted = "must be a delivery and a percentage from 0 to 100, such as redirect:10";
                let error = ConfigError::new(VIDEO_EXPERIMENT, wanted);
                let (name, percent) = text.split_once(':').ok_or(error)?;
                let percent = percent.parse().ok().filter(|percent| *percent <= 100).ok_or(error)?;
                Some((Delivery::parse(name, VIDEO_EXPERIMENT, lookup)?, percent))
            }
        };
        Ok(Self { usual, experiment })
    }

    /// The delivery for a viewer, and the name of the arm while an experiment runs. The same viewer always gets the
    /// same delivery. A viewer whose link is strict takes part in no experiment.
    pub fn choose(&self, viewer: &Viewer) -> (&Delivery, Option<&'static str>) {
        if !viewer.flags().strict {
            return self.choose_for(viewer.claims.viewer());
        }
        match &self.usual {
            Delivery::Proxy => (&Delivery::Proxy, None),
            _ => (&Delivery::Brief, None),
        }
    }

    fn choose_for(&self, viewer: u64) -> (&Delivery, Option<&'static str>) {
        match &self.experiment {
            None => (&self.usual, None),
            Some((delivery, percent)) if viewer % 100 < *percent => (delivery, Some(delivery.name())),
            Some(_) => (&self.usual, Some(self.usual.name())),
        }
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
        assert_eq!(plan(&[]).unwrap().choose_for(7), (&Delivery::Presign, None));
    }

    #[test]
    fn an_experiment_is_sticky_and_of_the_asked_size() {
        let plan = plan(&[("VIDEO_EXPERIMENT", "redirect:10")]).unwrap();
        let arms: Vec<_> = (0..1000).map(|viewer| plan.choose_for(viewer).1.unwrap()).collect();
        assert_eq!(arms.iter().filter(|arm| **arm == "redirect").count(), 100);
        assert_eq!(plan.choose_for(3), plan.choose_for(3));
    }

    #[test]
    fn a_bad_value_is_named_and_not_shown() {
        for (values, name) in [
            (vec![("VIDEO_DELIVERY", "pigeon")], "VIDEO_DELIVERY"),
            (vec![("VIDEO_EXPERIMENT", "proxy")], "VIDEO_EXPERIMENT"),
            (vec![("VIDEO_EXPERIMENT", "proxy:101")], "VIDEO_EXPERIMENT"),
            (vec![("VIDEO_EXPERIMENT", "pigeon:1")], "VIDEO_EXPERIMENT"),
            (vec![("VIDEO_DELIVERY", "public")], "PUBLIC_MEDIA_BASE"),
            (vec![("VIDEO_DELIVERY", "public"), ("PUBLIC_MEDIA_BASE", "ftp://pigeon")], "PUBLIC_MEDIA_BASE"),
        ] {
            let error = plan(&values).unwrap_err();
            assert_eq!(error.name, name);
            assert!(!error.to_string().contains("pigeon"));
        }
    }
}
