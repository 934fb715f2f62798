//! What a case needs of the gallery behind a target, beside its password.

use crate::{
    Target,
    held::Delivery,
    library::{NO_FILM, NO_LIBRARY, NO_PHOTO, is_demo, page},
    playlists::played,
};

/// A case stands with all that it needs where it is declared. Who asks a gallery of which nothing is known leaves a
/// case out if the gallery lacks something of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// The case passes on an empty gallery too.
    Nothing,
    /// An item of any kind.
    Item,
    /// Three items of any kind: a second page.
    Several,
    /// A photo that is fit for ranges.
    Photo,
    Film,
    /// A photo with a clip.
    Clip,
    /// The test library, with its keys and its bytes.
    Library,
    /// The demo film, with its bytes.
    DemoFilm,
    /// Somebody knows the origin of presigned URLs.
    Store,
    /// The playlists of a film hold presigned URLs.
    Presigned,
    /// The route of a segment leads to the store.
    Led,
    /// Nobody reports how films play.
    NoReports,
    /// No experiment divides viewers.
    NoExperiment,
    /// Links, as [`harness::Gallery::links`] has them.
    Links,
    /// Who runs the gallery: commands, the store past the gallery, and its secrets.
    Operator,
}

impl Need {
    /// Why the target lacks this, or `None` where it does not.
    pub(crate) fn lacking(self, target: &Target) -> Result<Option<&'static str>, String> {
        let unless = |is_there: bool, reason| Ok((!is_there).then_some(reason));
        match self {
            Self::Nothing => Ok(None),
            Self::Item => unless(!page(target, "?limit=1")?.items.is_empty(), "the gallery is empty"),
            Self::Several => {
                unless(page(target, "?limit=3")?.items.len() == 3, "the gallery holds fewer than three items")
            }
            Self::Photo => unless(target.held()?.photo.is_some(), NO_PHOTO),
            Self::Film => unless(target.any_film()?.is_some(), NO_FILM),
            Self::Clip => unless(target.live()?.is_some(), "the gallery holds no photo with a clip"),
            Self::Library => unless(target.held()?.library, NO_LIBRARY),
            Self::DemoFilm => {
                let film = target.any_film()?.filter(|film| is_demo(film));
                let bytes = film.map(|film| target.get(&film.file).expect(200)).transpose()?.map(|answer| answer.body);
                let is_known = bytes.is_some_and(|bytes| bytes == demo::short_film().original);
                unless(is_known, "the gallery does not hold the demo film")
            }
            Self::Store => {
                let reason = "the origin of presigned URLs is not known: name it with --store";
                unless(!target.store_origin.is_empty(), reason)
            }
            Self::Presigned | Self::Led | Self::NoReports | Self::NoExperiment if target.any_film()?.is_none() => {
                Ok(Some(NO_FILM))
            }
            Self::Presigned => {
                let reason = "the playlists hold no presigned URLs: VIDEO_DELIVERY is another";
                unless(played(target)?.delivery == Delivery::Presigned, reason)
            }
            Self::Led => {
                let reason = "the service leads to no segments at the store: VIDEO_DELIVERY is another";
                unless(played(target)?.is_led, reason)
            }
            Self::NoReports => unless(!played(target)?.takes_reports, "PLAYBACK_REPORTS is set"),
            Self::NoExperiment => unless(!played(target)?.has_arms, "VIDEO_EXPERIMENT is set"),
            Self::Links => unless(target.has_links(), "nobody made the links of the tests"),
            Self::Operator => unless(target.operator().is_ok(), "only the services can be reached"),
        }
    }
}
