use crate::sha256::BLOCK;

/// A message in three parts, read block by block with its padding (FIPS 180-4 section 5.1.1).
pub(crate) struct Message<'a> {
    /// The number of bytes hashed before the first part: whole blocks.
    pub before: u64,
    pub parts: [&'a [u8]; 3],
}

impl Message<'_> {
    fn length(&self) -> usize {
        self.parts.iter().map(|part| part.len()).sum()
    }

    /// The number of blocks, with the padding.
    pub fn blocks(&self) -> usize {
        (self.length() + 9).div_ceil(BLOCK)
    }

    /// The block at `index`. Past the end, the block is zeros.
    pub fn block(&self, index: usize) -> [u8; BLOCK] {
        let mut block = [0; BLOCK];
        let start = index * BLOCK;
        let mut at = 0; // where the part begins in the message
        for part in self.parts {
            let from = start.saturating_sub(at).min(part.len());
            let to = (start + BLOCK).saturating_sub(at).min(part.len());
            if from < to {
                let into = at + from - start;
                block[into..into + to - from].copy_from_slice(&part[from..to]);
            }
            at += part.len();
        }
        if (start..start + BLOCK).contains(&at) {
            block[at - start] = 0x80;
        }
        if index + 1 == self.blocks() {
            let bits = (self.before + at as u64) * 8;
            block[BLOCK - 8..].copy_from_slice(&bits.to_be_bytes());
        }
        block
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sha256::{INITIAL, compress, digest};

    #[test]
    fn its_blocks_hash_as_the_whole() {
        let data: Vec<u8> = (0..300_u32).map(|i| (i * 11 % 253) as u8).collect();
        for length in 0..data.len() {
            for (first, second) in [(0, 0), (length / 3, length / 2), (length / 5, length), (length, length)] {
                let parts = [&data[..first], &data[first..second], &data[second..length]];
                let message = Message { before: 0, parts };
                let hash = (0..message.blocks()).fold(INITIAL, |state, index| compress(&state, &message.block(index)));
                assert_eq!(hash, digest(&data[..length]), "{length} in parts to {first} and {second}");
                assert_eq!(message.block(message.blocks()), [0; BLOCK]);
            }
        }
    }
}
