//! The tags of EXIF that stay (CIPA DC-008, TIFF 6.0). They say how to show a picture, how it was taken, and when.
//! Every other tag goes, and so does what the makers keep in notes of their own.

/// A pointer from the first directory to that of EXIF.
pub const EXIF: u16 = 0x8769;
/// A pointer from the directory of EXIF to that of interoperability. It tells Adobe RGB from sRGB.
pub const INTEROPERABILITY: u16 = 0xa005;

/// Of the first directory: dimensions, orientation, make, model, resolution, colour, software, date.
pub const IMAGE: &[u16] = &[
    0x0100, 0x0101, 0x0102, 0x0103, 0x0106, 0x010f, 0x0110, 0x0112, 0x0115, 0x011a, 0x011b, 0x011c, 0x0128, 0x012d,
    0x0131, 0x0132, 0x013e, 0x013f, 0x0211, 0x0212, 0x0213, 0x0214, 0x8773, EXIF,
];

/// Of the directory of EXIF: exposure, sensitivity, dates with their offsets, colour, lens model. The serial numbers
/// 0xa431 and 0xa435, the owner 0xa430, the unique number 0xa420, comments and the maker's note are not here.
pub const PHOTO: &[u16] = &[
    0x829a,
    0x829d,
    0x8822,
    0x8827,
    0x8830,
    0x8831,
    0x8832,
    0x8833,
    0x8834,
    0x8835,
    0x9000,
    0x9003,
    0x9004,
    0x9010,
    0x9011,
    0x9012,
    0x9101,
    0x9102,
    0x9201,
    0x9202,
    0x9203,
    0x9204,
    0x9205,
    0x9206,
    0x9207,
    0x9208,
    0x9209,
    0x920a,
    0x9214,
    0x9290,
    0x9291,
    0x9292,
    0xa000,
    0xa001,
    0xa002,
    0xa003,
    INTEROPERABILITY,
    0xa20b,
    0xa20e,
    0xa20f,
    0xa210,
    0xa214,
    0xa215,
    0xa217,
    0xa300,
    0xa301,
    0xa302,
    0xa401,
    0xa402,
    0xa403,
    0xa404,
    0xa405,
    0xa406,
    0xa407,
    0xa408,
    0xa409,
    0xa40a,
    0xa40c,
    0xa432,
    0xa433,
    0xa434,
    0xa460,
    0xa461,
    0xa500,
];

/// Of the directory of interoperability.
pub const EXCHANGE: &[u16] = &[0x0001, 0x0002, 0x1000, 0x1001, 0x1002];

/// The most bytes of a tag's value. The longest text that a camera writes is the name of its lens.
pub const fn most(tag: u16) -> usize {
    match tag {
        // A transfer function, a colour profile, a pattern of colour filters.
        0x012d | 0x8773 | 0xa302 => 64 << 10,
        _ => 256,
    }
}
