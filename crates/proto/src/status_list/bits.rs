//! The list itself: bits, and how they are packed (draft-ietf-oauth-status-list §4).

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

use super::StatusListError;
use crate::jose::{decode, encode};

/// The longest list that is read, in bytes when unpacked: eight million tokens.
pub const MAX_LIST_BYTES: usize = 1 << 20;

/// Room that is made at a time while unpacking. A bomb costs no more than the bound.
const STEP: usize = 16 * 1024;

/// How hard zlib tries: its best would take five times as long for a fifth less.
const LEVEL: u32 = 3;

/// One bit for each token: set when it was taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusList(Vec<u8>);

impl StatusList {
    /// A list of at least `count` tokens that are all valid; as many as fill the last byte.
    pub fn all_valid(count: usize) -> Self {
        Self(vec![0; count.div_ceil(8)])
    }

    /// How many tokens it has a bit for.
    pub fn len(&self) -> usize {
        self.0.len() * 8
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Marks the token with this index as taken back.
    ///
    /// # Errors
    /// [`StatusListError::OutOfRange`].
    pub fn invalidate(&mut self, index: u64) -> Result<(), StatusListError> {
        let (byte, bit) = place(index)?;
        *self.0.get_mut(byte).ok_or(StatusListError::OutOfRange)? |= bit;
        Ok(())
    }

    /// Whether the token with this index was taken back. In constant time, whatever the index.
    ///
    /// # Errors
    /// [`StatusListError::OutOfRange`]: nothing is known of the token, so it must be refused.
    pub fn is_invalid(&self, index: u64) -> Result<bool, StatusListError> {
        let (byte, bit) = place(index)?;
        self.0.get(byte).map(|byte| byte & bit != 0).ok_or(StatusListError::OutOfRange)
    }

    /// The member `lst`: zlib (RFC 1950) as base64url.
    pub fn to_lst(&self) -> String {
        let mut packer = Compress::new(Compression::new(LEVEL), true);
        let mut packed = Vec::with_capacity(self.0.len() / 8 + 64);
        loop {
            let taken = usize::try_from(packer.total_in()).unwrap_or(self.0.len());
            let rest = self.0.get(taken..).unwrap_or_default();
            // It reports nothing but that there is more to come, or that this was all.
            match packer.compress_vec(rest, &mut packed, FlushCompress::Finish) {
                Ok(Status::StreamEnd) | Err(_) => return encode(packed),
                Ok(Status::Ok | Status::BufError) => packed.reserve(STEP),
            }
        }
    }

    /// Reads the members `bits` and `lst`. Costs at most [`MAX_LIST_BYTES`] of memory.
    ///
    /// # Errors
    /// [`StatusListError`]: `Bits`, `Encoding` or `TooLarge`.
    pub fn from_lst(bits: i64, lst: &str) -> Result<Self, StatusListError> {
        if bits != 1 {
            return Err(StatusListError::Bits);
        }
        // No encoder makes more of what it cannot compress than a little.
        if lst.len() > MAX_LIST_BYTES / 3 * 4 + STEP {
            return Err(StatusListError::TooLarge);
        }
        unpack(&decode(lst).ok_or(StatusListError::Encoding)?).map(Self)
    }
}

fn place(index: u64) -> Result<(usize, u8), StatusListError> {
    let byte = usize::try_from(index / 8).map_err(|_| StatusListError::OutOfRange)?;
    Ok((byte, 1 << (index % 8)))
}

/// The bytes of exactly one zlib stream, its checksum verified, with nothing behind it.
fn unpack(packed: &[u8]) -> Result<Vec<u8>, StatusListError> {
    let mut unpacker = Decompress::new(true);
    let mut bytes = Vec::new();
    loop {
        if bytes.len() > MAX_LIST_BYTES {
            return Err(StatusListError::TooLarge);
        }
        bytes.reserve_exact(STEP);
        let before = (unpacker.total_in(), unpacker.total_out());
        let taken = usize::try_from(before.0).map_err(|_| StatusListError::TooLarge)?;
        let rest = packed.get(taken..).unwrap_or_default();
        let status = unpacker
            .decompress_vec(rest, &mut bytes, FlushDecompress::None)
            .map_err(|_| StatusListError::Encoding)?;
        if status == Status::StreamEnd {
            let whole = usize::try_from(unpacker.total_in()) == Ok(packed.len());
            return match bytes.len() {
                _ if !whole => Err(StatusListError::Encoding),
                0..=MAX_LIST_BYTES => Ok(bytes),
                _ => Err(StatusListError::TooLarge),
            };
        }
        if before == (unpacker.total_in(), unpacker.total_out()) {
            return Err(StatusListError::Encoding);
        }
    }
}
