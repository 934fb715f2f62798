//! The containers of films.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Film {
    Mp4,
    QuickTime,
    ThreeGp,
    Matroska,
    WebM,
    Avi,
    /// Also as camcorders write it (AVCHD), with four bytes before each packet.
    TransportStream,
    ProgramStream,
    /// MPEG-1 and MPEG-2 pictures without a container.
    MpegVideo,
    Flash,
    Ogg,
    Windows,
    Mxf,
}

impl Film {
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Mp4 => "video/mp4",
            Self::QuickTime => "video/quicktime",
            Self::ThreeGp => "video/3gpp",
            Self::Matroska => "video/matroska",
            Self::WebM => "video/webm",
            Self::Avi => "video/vnd.avi",
            Self::TransportStream => "video/mp2t",
            Self::ProgramStream | Self::MpegVideo => "video/mpeg",
            Self::Flash => "video/x-flv",
            Self::Ogg => "video/ogg",
            Self::Windows => "video/x-ms-wmv",
            Self::Mxf => "application/mxf",
        }
    }

    /// The one demuxer that ffmpeg may use. None of these reads another file, once `mov` was told not to.
    pub const fn demuxer(self) -> &'static str {
        match self {
            Self::Mp4 | Self::QuickTime | Self::ThreeGp => "mov",
            Self::Matroska | Self::WebM => "matroska",
            Self::Avi => "avi",
            Self::TransportStream => "mpegts",
            Self::ProgramStream => "mpeg",
            Self::MpegVideo => "mpegvideo",
            Self::Flash => "flv",
            Self::Ogg => "ogg",
            Self::Windows => "asf",
            Self::Mxf => "mxf",
        }
    }
}

/// The container of a film with these first bytes, other than MP4 and its kin.
pub fn bytes(head: &[u8]) -> Option<Film> {
    let at = |offset: usize, text: &[u8]| head.get(offset..).is_some_and(|rest| rest.starts_with(text));
    let has = |text: &[u8]| head.windows(text.len()).any(|bytes| bytes == text);
    // A sync byte every so many bytes; three of them are no chance.
    let is_ts = |first: usize, every: usize| (0..3).all(|packet| head.get(first + packet * every) == Some(&0x47));
    if at(0, b"\x1aE\xdf\xa3") {
        // The type of document stands at the beginning.
        Some(if head.get(..64).unwrap_or(head).windows(4).any(|bytes| bytes == b"webm") {
            Film::WebM
        } else {
            Film::Matroska
        })
    } else if at(0, b"RIFF") && at(8, b"AVI ") {
        Some(Film::Avi)
    } else if is_ts(0, 188) || is_ts(4, 192) {
        Some(Film::TransportStream)
    } else if at(0, b"\0\0\x01\xba") {
        Some(Film::ProgramStream)
    } else if at(0, b"\0\0\x01\xb3") {
        Some(Film::MpegVideo)
    } else if at(0, b"FLV\x01") {
        Some(Film::Flash)
    } else if at(0, b"OggS") && (has(b"\x80theora") || has(b"OVP80")) {
        Some(Film::Ogg)
    } else if at(0, ASF) && has(ASF_VIDEO) {
        Some(Film::Windows)
    } else if at(0, b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01") {
        Some(Film::Mxf)
    } else {
        None
    }
}

/// The header of ASF, and the type of a stream of pictures: music has the same header.
const ASF: &[u8] = b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c";
const ASF_VIDEO: &[u8] = b"\xc0\xef\x19\xbc\x4d\x5b\xcf\x11\xa8\xfd\x00\x80\x5f\x5c\x44\x2b";
