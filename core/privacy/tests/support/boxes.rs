//! Films and HEIF pictures from boxes.

use super::{pictures, tiff};

pub fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    [&(content.len() as u32 + 8).to_be_bytes()[..], kind, content].concat()
}

/// A box with a version and flags.
pub fn full(kind: &[u8; 4], version: u8, content: &[&[u8]]) -> Vec<u8> {
    boxed(kind, &[&[version, 0, 0, 0][..], &content.concat()].concat())
}

pub fn handler(kind: &[u8; 4]) -> Vec<u8> {
    full(b"hdlr", 0, &[&[0; 4], kind, &[0; 12], b"\0"])
}

fn numbers(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// A track: its handler, the format of its samples, and its chunks by offset, with the sizes of the samples of each.
pub struct Track<'a> {
    pub handler: &'a [u8; 4],
    pub format: &'a [u8; 4],
    pub chunks: Vec<(u32, Vec<u32>)>,
    pub is_wide: bool,
}

impl Track<'_> {
    fn tables(&self) -> Vec<u8> {
        let chunks = &self.chunks;
        let sizes: Vec<u32> = chunks.iter().flat_map(|(_, sizes)| sizes.clone()).collect();
        let runs: Vec<u32> =
            (1..).zip(chunks).flat_map(|(number, (_, sizes))| [number, sizes.len() as u32, 1]).collect();
        let count = chunks.len() as u32;
        let places = if self.is_wide {
            let places: Vec<u8> = chunks.iter().flat_map(|(place, _)| u64::from(*place).to_be_bytes()).collect();
            full(b"co64", 0, &[&numbers(&[count]), &places])
        } else {
            let places: Vec<u32> = chunks.iter().map(|(place, _)| *place).collect();
            full(b"stco", 0, &[&numbers(&[count]), &numbers(&places)])
        };
        let format = boxed(self.format, &[0, 0, 0, 0, 0, 0, 0, 1]);
        [
            full(b"stsd", 0, &[&numbers(&[1]), &format]),
            full(b"stsc", 0, &[&numbers(&[count]), &numbers(&runs)]),
            full(b"stsz", 0, &[&numbers(&[0, sizes.len() as u32]), &numbers(&sizes)]),
            places,
        ]
        .concat()
    }

    pub fn boxed(&self) -> Vec<u8> {
        let alias = full(b"dref", 0, &[&numbers(&[1]), &full(b"alis", 0, &[b"SECRET volume"])]);
        let minf = [boxed(b"dinf", &alias), boxed(b"stbl", &self.tables())].concat();
        let mdia = [full(b"mdhd", 0, &[&[0; 20]]), handler(self.handler), boxed(b"minf", &minf)].concat();
        let udta = boxed(b"udta", &boxed(b"name", b"SECRET name of a track"));
        boxed(b"trak", &[full(b"tkhd", 0, &[&[0; 80]]), boxed(b"mdia", &mdia), udta].concat())
    }
}

fn text(kind: &[u8; 4], text: &str) -> Vec<u8> {
    boxed(kind, &[&(text.len() as u16).to_be_bytes()[..], &[0x15, 0xc7], text.as_bytes()].concat())
}

/// The properties of an iPhone.
pub fn properties() -> Vec<u8> {
    let names = [
        "com.apple.quicktime.location.ISO6709",
        "com.apple.quicktime.make",
        "com.apple.quicktime.author",
        "com.apple.quicktime.creationdate",
    ];
    let values = ["SECRET +48.8577+002.295/", "KEPT make", "SECRET author", "2024-06-15T14:03:22+0200"];
    let keys: Vec<u8> = names
        .iter()
        .flat_map(|name| [&numbers(&[name.len() as u32 + 8])[..], b"mdta", name.as_bytes()].concat())
        .collect();
    let list = (1_u32..).zip(values).flat_map(|(number, value)| {
        boxed(&number.to_be_bytes(), &boxed(b"data", &[&numbers(&[1, 0])[..], value.as_bytes()].concat()))
    });
    let content =
        [handler(b"mdta"), full(b"keys", 0, &[&numbers(&[4]), &keys]), boxed(b"ilst", &list.collect::<Vec<u8>>())];
    boxed(b"meta", &content.concat())
}

/// A film with its tracks after the samples. `window` is where its offsets count from.
pub fn film(tracks: &[Track], samples: &[u8]) -> Vec<u8> {
    let user = [
        text(b"\xa9xyz", "SECRET +48.8577+002.2950/"),
        text(b"\xa9mod", "KEPT model"),
        text(b"\xa9day", "2024-06-15"),
        full(b"loci", 0, &[b"\x15\xc7SECRET Paris\0"]),
        full(b"auth", 0, &[b"\x15\xc7SECRET owner\0"]),
        boxed(b"CAME", b"SECRET serial"),
        vec![0; 4],
    ];
    let tracks: Vec<u8> = tracks.iter().flat_map(Track::boxed).collect();
    let moov = [
        full(b"mvhd", 0, &[&[0; 96]]),
        tracks,
        boxed(b"udta", &user.concat()),
        properties(),
        boxed(b"free", b"SECRET"),
    ];
    [
        boxed(b"ftyp", b"mp42\0\0\0\0mp42isom"),
        boxed(b"mdat", samples),
        boxed(b"uuid", &[&[0xbe, 0x7a, 0xcf, 0xcb][..], pictures::XMP.as_bytes()].concat()),
        boxed(b"free", b"SECRET of a camera"),
        boxed(b"moov", &moov.concat()),
        boxed(b"SEFt", b"SECRET"),
    ]
    .concat()
}

/// Where the samples of [`film`] begin.
pub const SAMPLES: u32 = 24 + 8;

/// A film of pictures, with a track of places between them.
pub fn film_with_places(handler: &[u8; 4], format: &[u8; 4]) -> Vec<u8> {
    let place = |text: &str| [text.as_bytes(), b" $GPRMC,4851.5,N"].concat();
    let samples = [b"KEPT picture 1..".to_vec(), place("SECRET a"), b"KEPT picture 2..".to_vec(), place("SECRET b")];
    let at = |index: usize| SAMPLES + samples[..index].iter().map(Vec::len).sum::<usize>() as u32;
    let of = |index: usize| (at(index), vec![8, samples[index].len() as u32 - 8]);
    let tracks = [
        Track { handler: b"vide", format: b"avc1", chunks: vec![of(0), of(2)], is_wide: false },
        Track { handler, format, chunks: vec![of(1), of(3)], is_wide: true },
    ];
    film(&tracks, &samples.concat())
}

/// A list of boxes, in which each box at the end of a path has one more at its end.
pub fn with_box(list: &[u8], path: &[&[u8; 4]], more: &[u8]) -> Vec<u8> {
    let Some((first, rest)) = path.split_first() else { return [list, more].concat() };
    let (mut left, mut out) = (list, Vec::new());
    while left.len() >= 8 {
        let size = u32::from_be_bytes(left[..4].try_into().unwrap()) as usize;
        let (part, after) = left.split_at(size);
        let is_meant = part[4..8] == **first;
        out.extend(if is_meant { boxed(first, &with_box(&part[8..], rest, more)) } else { part.to_vec() });
        left = after;
    }
    [&out, left].concat()
}

/// A HEIF picture with EXIF in `mdat` (in two extents) and XMP in `idat`.
pub fn heif() -> Vec<u8> {
    heif_with(b"")
}

/// Such a picture with more boxes in its `meta`.
pub fn heif_with(more: &[u8]) -> Vec<u8> {
    let exif = [&numbers(&[6])[..], b"Exif\0\0", &tiff::full(true)].concat();
    let coded = b"KEPT coded picture";
    let xmp = pictures::XMP.as_bytes();
    let info = |number: u16, kind: &[u8; 4], more: &[u8]| {
        full(b"infe", 2, &[&number.to_be_bytes(), &[0, 0], kind, b"\0", more])
    };
    let infos = [
        info(1, b"hvc1", b""),
        info(2, b"Exif", b""),
        info(3, b"mime", b"application/rdf+xml\0"),
        info(4, b"uri ", b"urn:x\0"),
    ];
    let iinf = full(b"iinf", 0, &[&4_u16.to_be_bytes(), &infos.concat()]);
    let half = exif.len() as u32 / 2;
    let whole = |data: u32| {
        let place = |number: u16, method: u16, extents: &[(u32, u32)]| {
            let list: Vec<u32> = extents.iter().flat_map(|(start, length)| [*start, *length]).collect();
            let numbers_of = [number, method, 0, extents.len() as u16];
            [numbers_of.iter().flat_map(|number| number.to_be_bytes()).collect::<Vec<u8>>(), numbers(&list)].concat()
        };
        let (first, coded_at, last) = (data, data + half, data + half + coded.len() as u32);
        let places = [
            place(1, 0, &[(coded_at, coded.len() as u32)]),
            place(2, 0, &[(first, half), (last, exif.len() as u32 - half)]),
            place(3, 1, &[(6, xmp.len() as u32)]),
            place(4, 1, &[(0, 6)]),
        ];
        let iloc = full(b"iloc", 1, &[&[0x44, 0x00], &4_u16.to_be_bytes(), &places.concat()]);
        let idat = boxed(b"idat", &[b"SECRET", xmp].concat());
        let meta =
            [handler(b"pict"), full(b"pitm", 0, &[&[0, 1]]), iinf.clone(), iloc, idat, boxed(b"free", b"SECRET")];
        [boxed(b"ftyp", b"heic\0\0\0\0mif1heic"), full(b"meta", 0, &[&meta.concat(), more])].concat()
    };
    let data = whole(0).len() as u32 + 8;
    let (one, other) = exif.split_at(half as usize);
    [whole(data), boxed(b"mdat", &[one, coded, other].concat()), boxed(b"sefd", b"SECRET Samsung")].concat()
}
