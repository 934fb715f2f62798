//! What a segment says about itself: the codecs that `CODECS` names, and whether it begins with a keyframe.
//!
//! MPEG-2 transport stream (ISO/IEC 13818-1 section 2.4), H.264 in Annex B form.

/// The length of a transport packet in bytes.
const PACKET: usize = 188;
/// Stream types of a program map (ISO/IEC 13818-1 table 2-34).
const H264: u8 = 0x1b;
const AAC: u8 = 0x0f;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// `profile_idc`, the constraint flags and `level_idc` of the first sequence parameter set.
    pub avc: [u8; 3],
    pub has_aac: bool,
    /// Whether the first picture is an IDR picture, with its parameter sets before it.
    pub starts_with_keyframe: bool,
}

impl Segment {
    /// The codecs as in RFC 6381 section 3.3 for H.264. AAC has the Low Complexity profile, the only profile that
    /// ffmpeg's encoder is asked for.
    pub fn codecs(&self) -> String {
        let [profile, constraints, level] = self.avc;
        let audio = if self.has_aac { ",mp4a.40.2" } else { "" };
        format!("avc1.{profile:02x}{constraints:02x}{level:02x}{audio}")
    }
}

/// Reads a segment. `None` if the segment holds no H.264.
pub fn read(segment: &[u8]) -> Option<Segment> {
    let mut map = None;
    let mut streams = Vec::new();
    let mut video = Vec::new();
    for packet in segment.chunks_exact(PACKET) {
        let (id, starts, payload) = packet_payload(packet)?;
        if id == 0 && starts {
            map = program_map_id(payload);
        } else if Some(id) == map && starts && streams.is_empty() {
            streams = elementary_streams(payload).unwrap_or_default();
        } else if let Some((H264, _)) = streams.iter().find(|(_, stream)| *stream == id) {
            // One picture is enough. The next picture begins with the next packet that starts a unit.
            if starts && !video.is_empty() {
                break;
            }
            video.extend_from_slice(payload);
        }
    }
    let (mut parameters, mut starts_with_keyframe) = (None, None);
    for unit in units(&video) {
        match unit.first()? & 0x1f {
            7 => parameters = parameters.or_else(|| unit.get(1..4)?.try_into().ok()),
            kind @ 1..=5 => {
                starts_with_keyframe = Some(kind == 5 && parameters.is_some());
                break;
            }
            _ => {}
        }
    }
    Some(Segment {
        avc: parameters?,
        has_aac: streams.iter().any(|(kind, _)| *kind == AAC),
        starts_with_keyframe: starts_with_keyframe?,
    })
}

/// The packet id, whether a unit starts in the packet, and the payload.
fn packet_payload(packet: &[u8]) -> Option<(u16, bool, &[u8])> {
    if packet[0] != 0x47 {
        return None;
    }
    let id = u16::from_be_bytes([packet[1] & 0x1f, packet[2]]);
    let payload = match packet[3] >> 4 & 3 {
        1 => &packet[4..],
        3 => packet.get(5 + usize::from(packet[4])..)?,
        _ => &[],
    };
    Some((id, packet[1] & 0x40 != 0, payload))
}

/// A section without its pointer, header and checksum.
fn section(payload: &[u8]) -> Option<&[u8]> {
    let section = payload.get(1 + usize::from(*payload.first()?)..)?;
    let length = usize::from(u16::from_be_bytes([section.get(1)? & 0x0f, *section.get(2)?]));
    section.get(8..(3 + length).checked_sub(4)?)
}

fn program_map_id(payload: &[u8]) -> Option<u16> {
    // Program number 0 is for the network.
    let mut programs = section(payload)?.chunks_exact(4).filter(|program| program[..2] != [0, 0]);
    programs.next().map(|program| u16::from_be_bytes([program[2] & 0x1f, program[3]]))
}

/// `(stream type, packet id)` of each stream.
fn elementary_streams(payload: &[u8]) -> Option<Vec<(u8, u16)>> {
    let section = section(payload)?;
    let length = |at: usize| Some(usize::from(u16::from_be_bytes([section.get(at)? & 0x0f, *section.get(at + 1)?])));
    let mut at = 4 + length(2)?;
    let mut streams = Vec::new();
    while let Some([kind, high, low]) = section.get(at..at + 3) {
        streams.push((*kind, u16::from_be_bytes([high & 0x1f, *low])));
        at += 5 + length(at + 3)?;
    }
    Some(streams)
}

/// The units between start codes `00 00 01`.
fn units(video: &[u8]) -> impl Iterator<Item = &[u8]> {
    let starts: Vec<usize> =
        video.windows(3).enumerate().filter(|(_, bytes)| *bytes == [0, 0, 1]).map(|(at, _)| at + 3).collect();
    let ends: Vec<usize> = starts.iter().skip(1).map(|next| next - 3).chain([video.len()]).collect();
    starts.into_iter().zip(ends).filter_map(|(start, end)| video.get(start..end)).filter(|unit| !unit.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(id: u16, starts: bool, payload: &[u8]) -> Vec<u8> {
        let [high, low] = id.to_be_bytes();
        let stuffing = PACKET - 4 - payload.len();
        let mut packet = vec![0x47, high | if starts { 0x40 } else { 0 }, low, 0x10];
        if stuffing > 0 {
            packet[3] = 0x30;
            packet.push(u8::try_from(stuffing - 1).unwrap());
            packet.extend(std::iter::repeat_n(0xff, stuffing - 1));
        }
        packet.extend_from_slice(payload);
        packet
    }

    fn segment(streams: &[u8], video: &[u8]) -> Vec<u8> {
        let mut out = packet(0, true, &[0, 0, 0xb0, 13, 0, 1, 0xc1, 0, 0, 0, 1, 0xe1, 0x00, 9, 9, 9, 9]);
        let mut map = vec![0, 2, 0xb0, 0, 0, 1, 0xc1, 0, 0, 0xe2, 0x00, 0xf0, 0];
        for (index, kind) in streams.iter().enumerate() {
            map.extend([*kind, 0xe2, u8::try_from(index).unwrap(), 0xf0, 0]);
        }
        map[3] = u8::try_from(map.len()).unwrap();
        map.extend([9; 4]);
        out.extend(packet(0x100, true, &map));
        out.extend(packet(0x200, true, &[b"\0\0\x01\xe0\0\0\x80\0\0".as_slice(), video].concat()));
        out.extend(packet(0x200, true, b"\0\0\x01\xe0\0\0\x80\0\0\0\0\x01\x41next"));
        out
    }

    const PARAMETERS: &[u8] = b"\0\0\0\x01\x09\xf0\0\0\0\x01\x67\x64\x00\x1f\xac\0\0\0\x01\x68\xeb";

    #[test]
    fn codecs_and_keyframe() {
        let picture = [PARAMETERS, b"\0\0\x01\x65slice"].concat();
        let read = read(&segment(&[H264, AAC], &picture)).unwrap();
        assert_eq!(read.codecs(), "avc1.64001f,mp4a.40.2");
        assert!(read.starts_with_keyframe);
        assert_eq!(super::read(&segment(&[H264], &picture)).unwrap().codecs(), "avc1.64001f");
    }

    #[test]
    fn a_segment_that_cannot_be_entered_is_seen() {
        let picture = [PARAMETERS, b"\0\0\x01\x41slice"].concat();
        assert!(!read(&segment(&[H264], &picture)).unwrap().starts_with_keyframe);
        assert_eq!(read(&segment(&[H264], b"\0\0\x01\x65slice")), None);
        assert_eq!(read(&segment(&[AAC], PARAMETERS)), None);
    }

    #[test]
    fn nothing_is_too_broken_to_be_read() {
        let whole = segment(&[H264, AAC], &[PARAMETERS, b"\0\0\x01\x65slice"].concat());
        for length in 0..whole.len() {
            let _ = read(&whole[..length]);
        }
        for at in 0..whole.len() {
            for value in [0, 0x47, 0xff] {
                let mut broken = whole.clone();
                broken[at] = value;
                let _ = read(&broken);
            }
        }
    }
}
