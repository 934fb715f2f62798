//! CRC-32 as gzip has it (RFC 1952 section 8): polynomials over GF(2), the lowest bit first.

/// The polynomial without its highest power. The bit of value 1 stands for x^31.
const POLYNOMIAL: u32 = 0xedb8_8320;
/// The polynomial 1.
const ONE: u32 = 1 << 31;

/// `TABLES[n][byte]`: the remainder of a byte that `n` more bytes follow.
static TABLES: [[u32; 256]; 8] = {
    let mut tables = [[0; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        #[allow(clippy::cast_possible_truncation)] // a byte
        let mut remainder = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            remainder = times_x(remainder);
            bit += 1;
        }
        tables[0][byte] = remainder;
        byte += 1;
    }
    let mut entry = 256;
    while entry < 256 * 8 {
        let before = tables[entry / 256 - 1][entry % 256];
        tables[entry / 256][entry % 256] = (before >> 8) ^ tables[0][(before & 0xff) as usize];
        entry += 1;
    }
    tables
};

/// `POWERS[n][digit]`: x to the power of `8 * digit * 16^n`. With it, any number of zero bytes is appended in as many
/// steps as the number has hexadecimal digits.
static POWERS: [[u32; 16]; 16] = {
    let mut powers = [[ONE; 16]; 16];
    let mut step = ONE >> 8;
    let mut place = 0;
    while place < 16 {
        let mut digit = 1;
        while digit < 16 {
            powers[place][digit] = times(powers[place][digit - 1], step);
            digit += 1;
        }
        step = times(powers[place][15], step);
        place += 1;
    }
    powers
};

const fn times_x(polynomial: u32) -> u32 {
    (polynomial >> 1) ^ (POLYNOMIAL & (polynomial & 1).wrapping_neg())
}

/// The product of two polynomials. Four bits of `b` are taken at a time.
const fn times(a: u32, b: u32) -> u32 {
    // All multiples of `a` by polynomials of degree 3. The bit of value 8 stands for 1, and of value 1 for x^3.
    let x = times_x(a);
    let x2 = times_x(x);
    let x3 = times_x(x2);
    let low = [0, x3, x2, x2 ^ x3, x, x ^ x3, x ^ x2, x ^ x2 ^ x3];
    let mut multiples = [0; 16];
    let mut four = 0;
    while four < 16 {
        multiples[four] = low[four & 7] ^ if four < 8 { 0 } else { a };
        four += 1;
    }
    let mut product = 0;
    let mut shift = 0;
    while shift < 32 {
        product = times_x(times_x(times_x(times_x(product)))) ^ multiples[(b >> shift & 15) as usize];
        shift += 4;
    }
    product
}

/// The CRC-32 of a text.
pub fn crc32(bytes: &[u8]) -> u32 {
    !update(!0, bytes)
}

/// The CRC-32 of two texts behind each other, from the CRC-32 of each and the length of the second.
pub fn combine(first: u32, second: u32, second_length: u64) -> u32 {
    times(power(second_length), first) ^ second
}

/// x to the power of `8 * length`.
fn power(length: u64) -> u32 {
    let (mut power, mut rest) = (ONE, length);
    for digits in &POWERS {
        if rest == 0 {
            break;
        }
        if rest & 15 != 0 {
            power = times(power, digits[(rest & 15) as usize]);
        }
        rest >>= 4;
    }
    power
}

/// A text of one length, prepared for being appended many times.
#[derive(Clone)]
pub struct Shift([[u32; 16]; 8]);

impl Shift {
    /// For texts of this length.
    pub fn over(length: u64) -> Self {
        let mut table = [[0; 16]; 8];
        let mut multiple = power(length);
        for fours in table.iter_mut().rev() {
            for bit in [8, 4, 2, 1] {
                fours[bit] = multiple;
                multiple = times_x(multiple);
            }
            for four in 1..16_usize {
                let lowest = four & four.wrapping_neg();
                fours[four] = fours[lowest] ^ fours[four ^ lowest];
            }
        }
        Self(table)
    }

    /// [`combine`] for a second text of this length.
    pub fn combine(&self, first: u32, second: u32) -> u32 {
        let mut shifted = 0;
        for (place, fours) in self.0.iter().enumerate() {
            shifted ^= fours[(first >> (4 * place) & 15) as usize];
        }
        shifted ^ second
    }
}

/// The state of a CRC-32 after more bytes. The state is the complement of the CRC-32.
pub(crate) fn update(state: u32, bytes: &[u8]) -> u32 {
    let mut state = state;
    let (blocks, rest) = bytes.as_chunks::<8>();
    for block in blocks {
        let [low, high] = [&block[..4], &block[4..]];
        let mut next = 0;
        for (place, (byte, old)) in low.iter().zip(state.to_le_bytes()).enumerate() {
            next ^= TABLES[7 - place][usize::from(byte ^ old)];
        }
        for (place, byte) in high.iter().enumerate() {
            next ^= TABLES[3 - place][usize::from(*byte)];
        }
        state = next;
    }
    for byte in rest {
        state = (state >> 8) ^ TABLES[0][usize::from(state.to_le_bytes()[0] ^ byte)];
    }
    state
}
