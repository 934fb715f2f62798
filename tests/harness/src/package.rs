//! A film as ingest packages it: one fragmented MP4 file for each rung and for the sound, in byte ranges.
//!
//! The boxes are those of CMAF, and what is in them is noise, because no test of HTTP decodes it.

use std::fmt::Write as _;

/// The seconds of the segments. The first are short, so that a film begins soon.
const SECONDS: [u32; 5] = [1, 1, 2, 4, 4];

/// The files of the package below its folder, by their names: a rung for each of `qualities`, best first.
pub fn package(qualities: &[&str]) -> Vec<(String, Vec<u8>)> {
    let mut files = vec![
        file("chapters.json", br#"[{"chapter":1,"start-time":0,"titles":[{"language":"en","title":"Sea"}]}]"#),
        file("previews.vtt", b"WEBVTT\n\n00:00:00.000 --> 00:00:02.000\npreviews-1.webp#xywh=0,0,160,90\n"),
        file("previews-1.webp", b"RIFF\x04\0\0\0WEBP"),
        file("text-1.vtt", b"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nThe sea.\n"),
        file(
            "text-1.m3u8",
            b"#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:12\n#EXT-X-PLAYLIST-TYPE:VOD\n\
              #EXTINF:12.000000,\ntext-1.vtt\n#EXT-X-ENDLIST\n",
        ),
    ];
    let mut master = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n\
        #EXT-X-SESSION-DATA:DATA-ID=\"com.apple.hls.chapters\",URI=\"chapters.json\"\n\
        #EXT-X-SESSION-DATA:DATA-ID=\"edge-gallery.previews\",URI=\"previews.vtt\",FORMAT=RAW\n\
        #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"sound\",NAME=\"English\",LANGUAGE=\"en\",DEFAULT=YES,AUTOSELECT=YES,\
        CHANNELS=\"2\",URI=\"sound-1.m3u8\"\n\
        #EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"text\",NAME=\"Deutsch\",LANGUAGE=\"de\",DEFAULT=NO,AUTOSELECT=YES,\
        FORCED=NO,URI=\"text-1.m3u8\"\n"
        .to_owned();
    files.extend(track("sound-1", 3_000));
    for (name, bytes) in qualities.iter().zip([40_000, 20_000, 10_000].into_iter().cycle()) {
        let bandwidth = bytes * 16;
        let _ = writeln!(
            master,
            "#EXT-X-STREAM-INF:BANDWIDTH={bandwidth},AVERAGE-BANDWIDTH={bandwidth},\
             CODECS=\"avc1.64001f,mp4a.40.2\",FRAME-RATE=25.000,NAME=\"{name}\",AUDIO=\"sound\",SUBTITLES=\"text\"\n\
             {name}.m3u8"
        );
        files.extend(track(name, bytes));
    }
    for name in qualities {
        let _ = writeln!(master, "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=9000,URI=\"{name}-iframes.m3u8\"");
    }
    files.push(file("master.m3u8", master.as_bytes()));
    files
}

fn file(name: &str, bytes: &[u8]) -> (String, Vec<u8>) {
    (name.to_owned(), bytes.to_vec())
}

/// A track's file, its playlist, and the playlist of its key frames. Segments have from one to two times `bytes`.
fn track(name: &str, bytes: usize) -> [(String, Vec<u8>); 3] {
    let mut noise = bytes as u64;
    let mut random = || {
        noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        noise >> 33
    };
    let mut all = [boxed(*b"ftyp", b"cmfc\0\0\0\0iso6cmfc"), boxed(*b"moov", &[0; 700])].concat();
    let init = all.len();
    let start = format!(
        "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:4\n#EXT-X-PLAYLIST-TYPE:VOD\n\
         #EXT-X-MAP:URI=\"{name}.mp4\",BYTERANGE=\"{init}@0\"\n"
    );
    let (mut list, mut keys) = (start.clone(), start.replace("VOD\n", "VOD\n#EXT-X-I-FRAMES-ONLY\n"));
    for (number, seconds) in (1_u32..).zip(SECONDS) {
        let content: Vec<u8> = (0..bytes + usize::try_from(random()).unwrap_or_default() % bytes)
            .map(|_| random().to_le_bytes()[0])
            .collect();
        let head = boxed(*b"moof", &boxed(*b"mfhd", &[[0; 4], number.to_be_bytes()].concat()));
        let (at, key_frame) = (all.len(), head.len() + 8 + content.len() / 4);
        all.extend([head, boxed(*b"mdat", &content)].concat());
        let place = if number == 1 { format!("@{at}") } else { String::new() };
        let _ = writeln!(list, "#EXTINF:{seconds}.000000,\n#EXT-X-BYTERANGE:{}{place}\n{name}.mp4", all.len() - at);
        let _ = writeln!(keys, "#EXTINF:{seconds}.000000,\n#EXT-X-BYTERANGE:{key_frame}@{at}\n{name}.mp4");
    }
    for text in [&mut list, &mut keys] {
        text.push_str("#EXT-X-ENDLIST\n");
    }
    [
        (format!("{name}.mp4"), all),
        file(&format!("{name}.m3u8"), list.as_bytes()),
        file(&format!("{name}-iframes.m3u8"), keys.as_bytes()),
    ]
}

/// An ISO box: its size, its name, its content.
fn boxed(name: [u8; 4], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len() + 8).unwrap_or_default();
    [&size.to_be_bytes()[..], &name, content].concat()
}
