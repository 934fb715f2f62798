//! Four 32-bit numbers in one register, and the functions of SHA-256 on them.

#[cfg(not(target_feature = "simd128"))]
pub(crate) use plain::Vector;
#[cfg(target_feature = "simd128")]
pub(crate) use simd::Vector;

impl Vector {
    pub fn sum0(self) -> Self {
        self.rotr::<2, 30>().xor(self.rotr::<13, 19>()).xor(self.rotr::<22, 10>())
    }

    pub fn sum1(self) -> Self {
        self.rotr::<6, 26>().xor(self.rotr::<11, 21>()).xor(self.rotr::<25, 7>())
    }

    pub fn sigma0(self) -> Self {
        self.rotr::<7, 25>().xor(self.rotr::<18, 14>()).xor(self.shr::<3>())
    }

    pub fn sigma1(self) -> Self {
        self.rotr::<17, 15>().xor(self.rotr::<19, 13>()).xor(self.shr::<10>())
    }

    /// Rotates right by `RIGHT`. `RIGHT` and `LEFT` add up to 32.
    fn rotr<const RIGHT: u32, const LEFT: u32>(self) -> Self {
        self.shr::<RIGHT>().xor(self.shl::<LEFT>())
    }

    /// The four hex digits of a 16-bit number; compare [`crate::hex`].
    pub fn hex(self) -> Self {
        let pairs = self.xor(self.shl::<8>()).and(Self::splat(0x00ff_00ff));
        let nibbles = pairs.xor(pairs.shl::<4>()).and(Self::splat(0x0f0f_0f0f));
        let letters = nibbles.add(Self::splat(0x0606_0606)).shr::<4>().and(Self::splat(0x0101_0101));
        // Multiplies by 0x27, which is `'a' - '0' - 10`: 32 + 8 - 1.
        let offset = letters.shl::<5>().add(letters.shl::<3>()).sub(letters);
        nibbles.add(Self::splat(0x3030_3030)).add(offset)
    }
}

#[cfg(target_feature = "simd128")]
mod simd {
    use core::arch::wasm32::{
        i8x16_shuffle, i32x4_add, i32x4_shuffle, i32x4_sub, u32x4, u32x4_extract_lane, u32x4_shl, u32x4_shr,
        u32x4_splat, u64x2, v128, v128_and, v128_xor,
    };

    /// Four 32-bit numbers in one register.
    #[derive(Clone, Copy)]
    pub(crate) struct Vector(v128);

    impl Vector {
        pub fn splat(word: u32) -> Self {
            Self(u32x4_splat(word))
        }

        pub fn from([a, b, c, d]: [u32; 4]) -> Self {
            Self(u32x4(a, b, c, d))
        }

        pub fn lanes(self) -> [u32; 4] {
            [
                u32x4_extract_lane::<0>(self.0),
                u32x4_extract_lane::<1>(self.0),
                u32x4_extract_lane::<2>(self.0),
                u32x4_extract_lane::<3>(self.0),
            ]
        }

        /// Turns rows of four big-endian words each into columns.
        pub fn columns(rows: [[u8; 16]; 4]) -> [Self; 4] {
            let [a, b, c, d] = rows.map(|row| {
                let halves = row.as_chunks().0;
                let row = u64x2(u64::from_le_bytes(halves[0]), u64::from_le_bytes(halves[1]));
                i8x16_shuffle::<3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12>(row, row)
            });
            let (ab_low, ab_high) = (i32x4_shuffle::<0, 4, 1, 5>(a, b), i32x4_shuffle::<2, 6, 3, 7>(a, b));
            let (cd_low, cd_high) = (i32x4_shuffle::<0, 4, 1, 5>(c, d), i32x4_shuffle::<2, 6, 3, 7>(c, d));
            [
                Self(i32x4_shuffle::<0, 1, 4, 5>(ab_low, cd_low)),
                Self(i32x4_shuffle::<2, 3, 6, 7>(ab_low, cd_low)),
                Self(i32x4_shuffle::<0, 1, 4, 5>(ab_high, cd_high)),
                Self(i32x4_shuffle::<2, 3, 6, 7>(ab_high, cd_high)),
            ]
        }

        pub fn add(self, other: Self) -> Self {
            Self(i32x4_add(self.0, other.0))
        }

        pub fn sub(self, other: Self) -> Self {
            Self(i32x4_sub(self.0, other.0))
        }

        pub fn xor(self, other: Self) -> Self {
            Self(v128_xor(self.0, other.0))
        }

        pub fn and(self, other: Self) -> Self {
            Self(v128_and(self.0, other.0))
        }

        pub fn shl<const BITS: u32>(self) -> Self {
            Self(u32x4_shl(self.0, BITS))
        }

        pub fn shr<const BITS: u32>(self) -> Self {
            Self(u32x4_shr(self.0, BITS))
        }
    }
}

/// The same functions on plain numbers. They keep the code for vectors tested on targets without these vectors.
#[cfg(not(target_feature = "simd128"))]
mod plain {
    #[derive(Clone, Copy)]
    pub(crate) struct Vector([u32; 4]);

    impl Vector {
        pub fn splat(word: u32) -> Self {
            Self([word; 4])
        }

        pub fn from(lanes: [u32; 4]) -> Self {
            Self(lanes)
        }

        pub fn lanes(self) -> [u32; 4] {
            self.0
        }

        pub fn columns(rows: [[u8; 16]; 4]) -> [Self; 4] {
            let rows = rows.map(|row| {
                let words = row.as_chunks().0;
                [words[0], words[1], words[2], words[3]].map(u32::from_be_bytes)
            });
            core::array::from_fn(|column| Self(rows.map(|row| row[column])))
        }

        fn zip(self, other: Self, with: impl Fn(u32, u32) -> u32) -> Self {
            Self(core::array::from_fn(|lane| with(self.0[lane], other.0[lane])))
        }

        pub fn add(self, other: Self) -> Self {
            self.zip(other, u32::wrapping_add)
        }

        pub fn sub(self, other: Self) -> Self {
            self.zip(other, u32::wrapping_sub)
        }

        pub fn xor(self, other: Self) -> Self {
            self.zip(other, |a, b| a ^ b)
        }

        pub fn and(self, other: Self) -> Self {
            self.zip(other, |a, b| a & b)
        }

        pub fn shl<const BITS: u32>(self) -> Self {
            Self(self.0.map(|word| word << BITS))
        }

        pub fn shr<const BITS: u32>(self) -> Self {
            Self(self.0.map(|word| word >> BITS))
        }
    }
}
