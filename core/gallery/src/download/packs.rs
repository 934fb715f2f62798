//! Packs: finished ZIPs in the bucket, for hosts that send too few requests to make one out of many objects.
//!
//! Ingest lays packs of all views there on wish. A pack is named by its manifest, so it has other bytes if and only if
//! it has another name. The index of the catalogue names those that hold what the catalogue says now. What has changed
//! since a pack was made ends it: the next index does not name it.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use stored_zip::{Builder, Names, Refused};

use super::{Contents, Id, Size, Wanted, short};
use crate::{
    link::Flags,
    media::{Media, MediaType},
    views::{Unreadable, View},
};

/// The prefix of the object keys of packs.
pub const PREFIX: &str = "packs/";
/// A pack has at most so many bytes, unless it has a single file.
pub const MOST_BYTES: u64 = 2_000_000_000;

/// In which form files are in a pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// Originals.
    Whole,
    /// Originals in which places are blanked.
    Blanked,
    /// Photos in the size of a screen.
    Screen,
}

/// All photos or all films of a view, as packs. There may be none of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Set {
    pub view: String,
    pub r#type: MediaType,
    pub form: Form,
    /// The items that cannot be had in this form.
    pub left_out: u64,
    pub packs: Vec<Pack>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pack {
    /// In hexadecimal digits, as in the key of its object.
    pub id: String,
    /// The name of the file to save.
    pub name: String,
    /// The bytes of the ZIP.
    pub length: u64,
    /// The files in it.
    pub count: u64,
}

impl Pack {
    /// A pack whose name says nothing of an [`Id`] opens nothing.
    pub fn id(&self) -> Option<Id> {
        u128::from_str_radix(&self.id, 16).ok().map(|number| Id(number.to_be_bytes()))
    }
}

impl Id {
    /// The object of a pack.
    pub fn pack(self) -> String {
        format!("{PREFIX}{}", self.hexadecimal())
    }
}

/// A set, and the manifest of each of its packs.
pub struct Planned {
    pub set: Set,
    pub manifests: Vec<Vec<u8>>,
}

/// What a view has of one type, with the title of an album.
pub struct Group<'a> {
    pub view: &'a View,
    pub title: Option<&'a str>,
    /// Whether the view has items of the other type too.
    pub is_mixed: bool,
    pub r#type: MediaType,
    pub items: Vec<&'a Media>,
}

/// The packs of a group in a form. `None` where an item has no checksum yet, or lacks the size of a screen. `blanked`
/// is as for [`Contents::add`].
pub fn plan(
    group: &Group<'_>,
    form: Form,
    blanked: impl Fn(Option<&[u8]>) -> Option<u64>,
) -> Result<Option<Planned>, Refused> {
    let size = if form == Form::Screen { Size::Screen } else { Size::Original };
    let flags = Flags { originals: form != Form::Screen, places: form == Form::Whole, ..Flags::ALL };
    let mut contents = Contents::new(Wanted { size, flags });
    for item in &group.items {
        contents.add(item, &blanked);
    }
    if contents.lacking > 0 || form == Form::Screen && contents.left_out > 0 {
        return Ok(None);
    }
    let left_out = contents.left_out;
    let parts = contents.into_packs(MOST_BYTES);
    let mut planned = Planned {
        set: Set { view: group.view.name().to_owned(), r#type: group.r#type, form, left_out, packs: Vec::new() },
        manifests: Vec::new(),
    };
    for (at, entries) in parts.iter().enumerate() {
        let mut builder = Builder::new(b"")?;
        for entry in entries {
            builder.push(&entry.entry())?;
        }
        let (length, count) = (builder.length(), builder.count());
        let manifest = builder.finish();
        let id = Id::of(&manifest).hexadecimal();
        planned.set.packs.push(Pack { id, name: name(group, form, (at + 1, parts.len())), length, count });
        planned.manifests.push(manifest);
    }
    Ok(Some(planned))
}

/// `Italy, photos (screen) (2 of 3).zip`
fn name(group: &Group<'_>, form: Form, (number, all): (usize, usize)) -> String {
    let of_type = if group.r#type == MediaType::Image { "photos" } else { "films" };
    let mut name = match (group.title.map(short), group.is_mixed) {
        (Some(title), true) => format!("{title}, {of_type}"),
        (Some(title), false) => title.to_owned(),
        (None, _) if group.r#type == MediaType::Image => "Photos".to_owned(),
        (None, _) => "Films".to_owned(),
    };
    if form == Form::Screen {
        name.push_str(" (screen)");
    }
    if all > 1 {
        let _ = write!(name, " ({number} of {all})");
    }
    Names::default().safe(&(name + ".zip"))
}

/// The text of sets, which a part of the catalogue holds.
pub fn encode(sets: &[Set]) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(sets)
}

pub fn parse(text: &[u8]) -> Result<Vec<Set>, Unreadable> {
    serde_json::from_slice(text).map_err(|_| Unreadable)
}

/// The sets that make up what is wanted of a view. `None` if one of them is not there.
pub fn of_view<'a>(sets: &'a [Set], view: &View, Wanted { size, flags }: Wanted) -> Option<Vec<&'a Set>> {
    let originals = if flags.places { Form::Whole } else { Form::Blanked };
    let photos = match size {
        Size::Original if flags.originals => originals,
        Size::Original => return None,
        Size::Screen => Form::Screen,
    };
    let find =
        |view: &str, r#type, form| sets.iter().find(|set| set.view == view && set.r#type == r#type && set.form == form);
    let photos = |view| find(view, MediaType::Image, photos);
    // Who may not have originals gets no films. How many there are is not known then, so nothing is made of packs.
    let films = |view| find(view, MediaType::Video, originals).filter(|set| flags.originals || set.packs.is_empty());
    match view.name() {
        View::EVERYTHING => Some(vec![photos(View::PHOTOS)?, films(View::FILMS)?]),
        View::PHOTOS => Some(vec![photos(View::PHOTOS)?]),
        View::FILMS => Some(vec![films(View::FILMS)?]),
        album => Some(vec![photos(album)?, films(album)?]),
    }
}

/// A pack by its name, with the set that it is of, as long as the catalogue names it. There may be several.
pub fn with_id(sets: &[Set], id: Id) -> impl Iterator<Item = (&Set, &Pack)> {
    sets.iter()
        .flat_map(|set| set.packs.iter().map(move |pack| (set, pack)))
        .filter(move |(_, pack)| pack.id() == Some(id))
}

impl Form {
    /// Whether a viewer with these flags may have files in this form.
    pub const fn is_open(self, flags: Flags) -> bool {
        flags.download
            && match self {
                Self::Whole => flags.originals && flags.places,
                Self::Blanked => flags.originals,
                Self::Screen => true,
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(view: &str, r#type: MediaType, form: Form, ids: &[u128]) -> Set {
        let pack = |id: &u128| Pack { id: format!("{id:032x}"), name: "a.zip".to_owned(), length: 1, count: 1 };
        Set { view: view.to_owned(), r#type, form, left_out: 0, packs: ids.iter().map(pack).collect() }
    }

    fn wanted(size: Size, originals: bool, places: bool) -> Wanted {
        Wanted { size, flags: Flags { originals, places, ..Flags::ALL } }
    }

    #[test]
    fn a_view_is_all_its_sets_or_none() {
        use MediaType::{Image, Video};
        let sets = [
            set(View::PHOTOS, Image, Form::Whole, &[1, 2]),
            set(View::PHOTOS, Image, Form::Blanked, &[3]),
            set(View::PHOTOS, Image, Form::Screen, &[4]),
            set(View::FILMS, Video, Form::Whole, &[5]),
        ];
        let ids = |view: Option<MediaType>, wanted| {
            let sets = of_view(&sets, &View::of(view), wanted)?;
            Some(sets.iter().flat_map(|set| &set.packs).map(|pack| pack.id().unwrap().0[15]).collect::<Vec<_>>())
        };
        assert_eq!(ids(None, wanted(Size::Original, true, true)), Some(vec![1, 2, 5]));
        assert_eq!(ids(None, wanted(Size::Original, true, false)), None, "films without places are not there");
        assert_eq!(ids(Some(Image), wanted(Size::Original, true, false)), Some(vec![3]));
        assert_eq!(ids(Some(Image), wanted(Size::Original, false, false)), None);
        assert_eq!(ids(Some(Image), wanted(Size::Screen, false, false)), Some(vec![4]));
        assert_eq!(ids(None, wanted(Size::Screen, true, true)), Some(vec![4, 5]));
        assert_eq!(ids(None, wanted(Size::Screen, false, true)), None, "films are originals");
        assert_eq!(ids(Some(Video), wanted(Size::Original, true, true)), Some(vec![5]));
        assert_eq!(parse(&encode(&sets).unwrap()).unwrap(), sets);
        assert_eq!(with_id(&sets, Id(3_u128.to_be_bytes())).count(), 1);
        assert_eq!(with_id(&sets, Id(9_u128.to_be_bytes())).count(), 0);
    }

    #[test]
    fn a_long_title_leaves_room_for_what_is_said_of_a_pack() {
        let (title, view) = (format!("{}ä {}", "x".repeat(199), "y".repeat(99)), View::album("a", "b"));
        let group = |title| Group { view: &view, title, is_mixed: true, r#type: MediaType::Image, items: Vec::new() };
        let named = name(&group(Some(&title)), Form::Screen, (12, 345));
        assert_eq!(named, format!("{}, photos (screen) (12 of 345).zip", "x".repeat(199)));
        assert_eq!(name(&group(Some("Italy")), Form::Whole, (1, 1)), "Italy, photos.zip");
        assert_eq!(name(&group(None), Form::Screen, (2, 3)), "Photos (screen) (2 of 3).zip");
    }

    #[test]
    fn a_form_is_for_who_may_have_it() {
        let flags = |download, originals, places| Flags { download, originals, places, ..Flags::ALL };
        for (form, open) in [
            (Form::Whole, [true, false, false, false]),
            (Form::Blanked, [true, true, false, false]),
            (Form::Screen, [true, true, true, false]),
        ] {
            let all = [
                flags(true, true, true),
                flags(true, true, false),
                flags(true, false, false),
                flags(false, true, true),
            ];
            assert_eq!(all.map(|flags| form.is_open(flags)), open, "{form:?}");
        }
    }
}
