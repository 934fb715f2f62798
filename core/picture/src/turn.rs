//! Which way up a picture is, as EXIF counts it.

/// A number from 1 to 8 (EXIF 3.0, tag 274): 1 is upright.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn(u8);

impl Turn {
    pub const NONE: Self = Self(1);

    /// Reads the first directory of a TIFF block. Whatever cannot be read counts as upright.
    pub fn of_exif(block: &[u8]) -> Self {
        let block = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
        read(block).filter(|turn| (1..=8).contains(turn)).map_or(Self::NONE, Self)
    }

    /// Whether width and height change places.
    pub fn swaps(self) -> bool {
        self.0 >= 5
    }

    /// The size of the turned picture.
    pub fn size(self, (width, height): (u32, u32)) -> (u32, u32) {
        if self.swaps() { (height, width) } else { (width, height) }
    }

    /// Where the pixels of a picture of this size are in the turned one: the index of the first pixel, and the steps
    /// from one to the next in x and in y.
    pub fn steps(self, (width, height): (usize, usize)) -> (usize, isize, isize) {
        let signed = |number: usize| isize::try_from(number).unwrap_or(isize::MAX);
        let (right, bottom) = (width.saturating_sub(1), height.saturating_sub(1));
        let (w, h) = (signed(width), signed(height));
        match self.0 {
            2 => (right, -1, w),
            3 => (bottom * width + right, -1, -w),
            4 => (bottom * width, 1, -w),
            5 => (0, h, 1),
            6 => (bottom, h, -1),
            7 => (right * height + bottom, -h, -1),
            8 => (right * height, -h, 1),
            _ => (0, 1, w),
        }
    }
}

/// The value of the tag 274 in a TIFF block.
fn read(block: &[u8]) -> Option<u8> {
    let is_little = match block.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let bytes = block.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if is_little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let long = |at: usize| {
        let (first, second) = (u32::from(short(at)?), u32::from(short(at.checked_add(2)?)?));
        Some(if is_little { first | second << 16 } else { first << 16 | second })
    };
    let directory = usize::try_from(long(4)?).ok()?;
    let entries = short(directory)?;
    let entry = (0..usize::from(entries)).map(|index| directory + 2 + 12 * index);
    // A short: the value is in the entry itself.
    let found = entry.take_while(|at| *at < block.len()).find(|at| short(*at) == Some(274) && short(at + 2) == Some(3));
    u8::try_from(short(found? + 8)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(is_little: bool, entries: &[(u16, u16, u16)]) -> Vec<u8> {
        let short = |number: u16| if is_little { number.to_le_bytes() } else { number.to_be_bytes() };
        let long = |number: u32| if is_little { number.to_le_bytes() } else { number.to_be_bytes() };
        let mut block = if is_little { b"II*\0".to_vec() } else { b"MM\0*".to_vec() };
        block.extend(long(8));
        block.extend(short(u16::try_from(entries.len()).unwrap()));
        for (tag, kind, value) in entries {
            block.extend([short(*tag), short(*kind)].concat());
            block.extend(long(1));
            block.extend([short(*value), [0, 0]].concat());
        }
        block
    }

    #[test]
    fn the_tag_is_read_in_both_orders_of_bytes() {
        for is_little in [true, false] {
            let whole = block(is_little, &[(256, 4, 9), (274, 3, 6)]);
            assert_eq!(Turn::of_exif(&whole), Turn(6));
            assert_eq!(Turn::of_exif(&[b"Exif\0\0", whole.as_slice()].concat()), Turn(6));
            for length in 0..whole.len() - 4 {
                assert_eq!(Turn::of_exif(&whole[..length]), Turn::NONE, "{length} bytes");
            }
            for odd in [(274, 4, 6), (274, 3, 0), (274, 3, 9), (274, 3, 262)] {
                assert_eq!(Turn::of_exif(&block(is_little, &[odd])), Turn::NONE, "{odd:?}");
            }
        }
        assert_eq!(Turn::of_exif(b"II*\0\xff\xff\xff\xff"), Turn::NONE);
    }

    /// A picture of two by three pixels, turned in every way.
    #[test]
    fn every_pixel_has_its_place() {
        let wanted: [&[u8]; 8] =
            [b"abcdef", b"badcfe", b"fedcba", b"efcdab", b"acebdf", b"ecafdb", b"fdbeca", b"bdface"];
        for (turn, wanted) in (1..=8).map(Turn).zip(wanted) {
            let (first, across, down) = turn.steps((2, 3));
            let mut turned = [0; 6];
            for (y, row) in b"abcdef".chunks(2).enumerate() {
                for (x, pixel) in row.iter().enumerate() {
                    let (x, y) = (isize::try_from(x).unwrap(), isize::try_from(y).unwrap());
                    let at = isize::try_from(first).unwrap() + x * across + y * down;
                    turned[usize::try_from(at).unwrap()] = *pixel;
                }
            }
            assert_eq!(turned.as_slice(), wanted, "{turn:?}");
            assert_eq!(turn.size((2, 3)), if turn.swaps() { (3, 2) } else { (2, 3) });
        }
    }
}
