//! The date in XMP (ISO 16684-1), in the picture itself or in a file beside it.

use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::QName;

use super::text::{self, Stamp, Zone};
use super::{File, OffsetSource, Source, Taken, beside};

/// The longest packet that is read, in bytes.
const MAX_PACKET: usize = 4 << 20;
/// The most prefixes that are kept for our namespaces.
const MAX_PREFIXES: usize = 16;

/// The properties that say when a picture was taken, most trusted first: namespace and name.
const PROPERTIES: [(&str, &str); 3] = [
    ("http://ns.adobe.com/exif/1.0/", "DateTimeOriginal"),
    ("http://ns.adobe.com/photoshop/1.0/", "DateCreated"),
    ("http://ns.adobe.com/xap/1.0/", "CreateDate"),
];

/// The dates of a packet, most trusted first.
pub fn read(packet: &[u8]) -> impl Iterator<Item = Taken> + use<> {
    let mut found = Found::default();
    if packet.len() <= MAX_PACKET {
        found.fill(&String::from_utf8_lossy(packet));
    }
    found.dates.into_iter().flatten().map(|stamp| Taken {
        moment: stamp.moment,
        source: Source::Xmp,
        offset: stamp.zone.map(Zone::offset).map(|offset| (offset, OffsetSource::Xmp)),
    })
}

/// The dates in the files beside a photo or film: `a.jpg.xmp` and `a.xmp`.
pub fn sidecars(file: &File) -> impl Iterator<Item = Taken> + use<> {
    let path = file.path;
    let of = |name: &Path, end| beside::read(file, &format!("{}.{end}", name.file_name()?.to_str()?));
    let packets = [(path, "xmp"), (path, "XMP"), (&path.with_extension(""), "xmp"), (&path.with_extension(""), "XMP")]
        .map(|(name, end)| of(name, end));
    packets.into_iter().flatten().flat_map(|packet| read(&packet))
}

#[derive(Default)]
struct Found {
    /// As in [`PROPERTIES`].
    dates: [Option<Stamp>; 3],
    /// The prefixes that the packet gave to our namespaces. Where a prefix was declared does not matter here.
    prefixes: Vec<(Vec<u8>, &'static str)>,
}

impl Found {
    /// Reads up to the end, or up to what is broken. Entities are not expanded.
    fn fill(&mut self, packet: &str) {
        // Padding may surround a packet.
        let mut reader =
            Reader::from_str(packet.trim_matches(|c: char| c == '\0' || c == '\u{feff}' || c.is_whitespace()));
        reader.config_mut().check_end_names = false;
        let mut inside = None;
        loop {
            match reader.read_event() {
                Ok(Event::Start(element)) => {
                    self.attributes(&element);
                    inside = self.property(element.name());
                }
                Ok(Event::Empty(element)) => self.attributes(&element),
                Ok(Event::Text(text)) => {
                    if let (Some(property), Ok(text)) = (inside, text.decode()) {
                        self.note(property, &text);
                    }
                }
                Ok(Event::End(_)) => inside = None,
                Ok(Event::Eof) | Err(_) => return,
                Ok(_) => {}
            }
        }
    }

    fn attributes(&mut self, element: &BytesStart) {
        let attributes = || {
            let mut all = element.attributes();
            // Looking for doubles takes long where there are many.
            all.with_checks(false);
            all.flatten()
        };
        for attribute in attributes().filter(|attribute| attribute.key.as_ref().starts_with(b"xmlns:")) {
            let namespace = PROPERTIES.iter().find(|(namespace, _)| namespace.as_bytes() == attribute.value.as_ref());
            if let Some((namespace, _)) = namespace
                && self.prefixes.len() < MAX_PREFIXES
            {
                self.prefixes.push((attribute.key.local_name().as_ref().to_vec(), namespace));
            }
        }
        for attribute in attributes() {
            if let Some(property) = self.property(attribute.key)
                && let Ok(text) = std::str::from_utf8(&attribute.value)
            {
                self.note(property, text);
            }
        }
    }

    /// The place of a name in [`PROPERTIES`].
    fn property(&self, name: QName) -> Option<usize> {
        let (local, prefix) = name.decompose();
        let prefix = prefix?;
        PROPERTIES.iter().position(|(namespace, property)| {
            property.as_bytes() == local.as_ref()
                && self.prefixes.iter().any(|(known, of)| known == prefix.as_ref() && of == namespace)
        })
    }

    fn note(&mut self, property: usize, text: &str) {
        if self.dates[property].is_none() {
            self.dates[property] = text::read(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::taken::Moment;

    const NAMESPACES: &str = r#"xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
        xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/""#;

    fn packet(attributes: &str, elements: &str) -> String {
        format!(
            "<?xpacket begin='\u{feff}' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'>\
             <rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\
             <rdf:Description rdf:about='' {attributes} {NAMESPACES}>{elements}</rdf:Description>\
             </rdf:RDF></x:xmpmeta>   \n<?xpacket end='w'?>\0"
        )
    }

    fn dates(packet: &str) -> Vec<String> {
        read(packet.as_bytes())
            .map(|taken| match (taken.moment, taken.offset) {
                (Moment::Wall(wall), None) => wall.to_string(),
                (Moment::Wall(wall), Some((offset, OffsetSource::Xmp))) => format!("{wall}{offset}"),
                (moment, offset) => format!("{moment:?} {offset:?}"),
            })
            .collect()
    }

    #[test]
    fn attributes_and_elements_in_the_order_of_trust() {
        for (attributes, elements, expected) in [
            ("exif:DateTimeOriginal='2024-06-15T18:10:00'", "", vec!["2024-06-15T18:10:00"]),
            ("", "<exif:DateTimeOriginal> 2024-06-15T18:10:00 </exif:DateTimeOriginal>", vec!["2024-06-15T18:10:00"]),
            ("xmp:CreateDate='2024-06-15T18:10:00.25+02:00'", "", vec!["2024-06-15T18:10:00.25+02"]),
            (
                "xmp:CreateDate='2024-06-15T01:00:00Z'",
                "<photoshop:DateCreated>2024-06-15T02:00</photoshop:DateCreated><exif:DateTimeOriginal/>",
                vec!["2024-06-15T02:00:00", "2024-06-15T01:00:00+00"],
            ),
            ("xmp:ModifyDate='2024-06-15T01:00:00'", "<exif:DateTimeOriginal>soon</exif:DateTimeOriginal>", vec![]),
        ] {
            assert_eq!(dates(&packet(attributes, elements)), expected, "{attributes} {elements}");
        }
    }

    #[test]
    fn names_count_by_their_namespace() {
        let other = "<a xmlns:exif='http://example.com/' exif:DateTimeOriginal='2024-06-15T18:10:00'/>";
        let renamed = "<a xmlns:e='http://ns.adobe.com/exif/1.0/' e:DateTimeOriginal='2024-06-15T18:10:00'/>";
        assert_eq!((dates(other).len(), dates(renamed).len()), (0, 1));
        assert_eq!(dates("<DateTimeOriginal>2024-06-15T18:10:00</DateTimeOriginal>").len(), 0);
    }

    #[test]
    fn broken_and_hostile_packets_end() {
        let date = "<a xmlns:e='http://ns.adobe.com/exif/1.0/' e:DateTimeOriginal='2024-06-15T18:10:00'>";
        let bomb = "<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>";
        assert_eq!(dates(&format!("{bomb}{date}&b;&b;</a>")).len(), 1);
        assert_eq!(dates(&format!("{date}<b></c><<<")).len(), 1);
        assert_eq!(dates(&"<a>".repeat(100_000)).len(), 0);
        let prefix = |number| format!(" xmlns:p{number}='http://ns.adobe.com/exif/1.0/'");
        let prefixes = (0..50_000).map(prefix).collect::<Vec<_>>().concat();
        assert_eq!(dates(&format!("<a{prefixes}/>{date}")).len(), 0);
        assert_eq!(dates(&format!("{date}{}", " ".repeat(MAX_PACKET))).len(), 0, "too long");
        assert_eq!(read(b"\xff\xfe\0<").count(), 0);
    }

    #[test]
    fn files_beside() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, date: &str| {
            std::fs::write(folder.path().join(name), packet(&format!("exif:DateTimeOriginal='{date}'"), "")).unwrap();
        };
        let found = |name: &str| {
            let path = folder.path().join(name);
            sidecars(&File::new(&path, jiff::Timestamp::UNIX_EPOCH)).map(|taken| taken.moment).collect::<Vec<_>>()
        };
        let wall = |text: &str| Moment::Wall(text.parse().unwrap());
        write("a.xmp", "2024-06-15T18:10:00");
        write("a.jpg.xmp", "2024-06-15T19:10:00");
        write("B.XMP", "2024-06-15T20:10:00");
        assert_eq!(found("a.jpg"), [wall("2024-06-15T19:10:00"), wall("2024-06-15T18:10:00")]);
        assert_eq!(found("a.png"), [wall("2024-06-15T18:10:00")]);
        assert!(found("B.jpg").contains(&wall("2024-06-15T20:10:00")));
        assert_eq!(found("c.jpg"), []);
    }
}
