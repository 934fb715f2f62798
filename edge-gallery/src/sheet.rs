//! `edge-gallery link sheet`: cards with QR codes of links, as a page to print and to cut.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use qrcode::{EcLevel, QrCode, render::svg};
use url::Url;

use crate::Failure;

/// The cards on a page of A4: two columns of four.
const ON_A_PAGE: usize = 8;
/// The most cards of a sheet.
const MOST: usize = 1000;

/// The page has no script, and loads nothing.
const HEAD: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex, nofollow">
<meta name="referrer" content="no-referrer">
<style>
@page { size: A4; margin: 12mm 10mm }
body { margin: 0; color: #000; background: #fff; font-family: Georgia, "Times New Roman", serif }
.page { display: grid; grid-template-columns: 1fr 1fr; grid-template-rows: repeat(4, 66mm); break-after: page }
.page:last-child { break-after: auto }
.card { display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 2mm;
  box-sizing: border-box; padding: 3mm; overflow: hidden; border: 0.2mm dashed #999; text-align: center }
.card svg { width: 38mm; height: 38mm; flex: none }
.card p { margin: 0; max-width: 100%; overflow-wrap: anywhere }
.title { font-size: 13pt; line-height: 1.2 }
.url { font: 7.5pt/1.3 ui-monospace, monospace }
@media screen { .page { max-width: 190mm; margin: 8mm auto } }
</style>
"#;

#[derive(clap::Args)]
pub struct Sheet {
    /// URLs as `link add` printed them, each with what its cards are called before it if you like:
    /// "Table 1=https://..."
    #[arg(required = true, value_name = "[TITLE=]URL")]
    links: Vec<String>,
    /// Where the page goes; it lets in whoever has it
    #[arg(long, short, value_name = "FILE.html")]
    output: PathBuf,
    /// How many cards each link gets
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000))]
    copies: u16,
    /// The title of cards that have none of their own
    #[arg(long, value_name = "TITLE", default_value = "Our photos and films")]
    title: String,
}

/// A card: a title, and the link that it leads to.
pub struct Card<'a> {
    title: &'a str,
    url: &'a str,
}

impl<'a> Card<'a> {
    pub fn new(title: &'a str, url: &'a str) -> Self {
        Self { title, url }
    }

    /// Reads `TITLE=URL` or `URL`. A title may hold anything.
    fn parse(text: &'a str, otherwise: &'a str) -> Result<Self, Failure> {
        let begins = ["=https://", "=http://"].into_iter().filter_map(|begin| text.find(begin)).min();
        let (title, url) = begins.map_or((otherwise, text), |at| (&text[..at], &text[at + 1..]));
        let parsed = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        if parsed.is_none_or(|url| !url.path().contains("/l/")) {
            return Err("a link's URL begins with https:// or http://, and holds /l/".into());
        }
        Ok(Self { title: if title.trim().is_empty() { otherwise } else { title.trim() }, url })
    }
}

pub fn run(arguments: &Sheet) -> Result<(), Failure> {
    let cards = arguments.links.iter().map(|text| Card::parse(text, &arguments.title));
    let cards = cards.collect::<Result<Vec<_>, _>>()?;
    write(&arguments.output, &cards, arguments.copies.into())
}

/// Writes a sheet, and says where. The file may be read by its owner only.
pub fn write(path: &Path, cards: &[Card<'_>], copies: usize) -> Result<(), Failure> {
    let html = page(cards, copies)?;
    let written = file(path, true).and_then(|mut file| file.write_all(html.as_bytes()));
    written.map_err(|error| cannot_write(path, &error))?;
    writeln!(io::stderr(), "edge-gallery: {} lets in whoever has it: print it, and delete it", path.display())?;
    Ok(())
}

/// Whether a sheet can be written there. What the file holds stays: it may be the cards of another link. Returns
/// whether the file was made for it.
pub fn prepare(path: &Path) -> Result<bool, Failure> {
    let is_new = !path.exists();
    file(path, false).map_err(|error| cannot_write(path, &error))?;
    Ok(is_new)
}

fn file(path: &Path, truncate: bool) -> io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(truncate);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn cannot_write(path: &Path, error: &io::Error) -> String {
    format!("cannot write {}: {error}", path.display())
}

/// The whole page.
fn page(cards: &[Card<'_>], copies: usize) -> Result<String, Failure> {
    if cards.len().saturating_mul(copies) > MOST {
        return Err(format!("a sheet has at most {MOST} cards").into());
    }
    let drawn = cards.iter().map(card).collect::<Result<Vec<_>, _>>()?;
    let all: Vec<&String> = drawn.iter().flat_map(|card| std::iter::repeat_n(card, copies)).collect();
    let mut html = HEAD.to_owned();
    html.push_str("<title>Cards</title>\n</head>\n<body>\n");
    for page in all.chunks(ON_A_PAGE) {
        html.push_str("<main class=\"page\">\n");
        html.extend(page.iter().map(|card| card.as_str()));
        html.push_str("</main>\n");
    }
    html.push_str("</body>\n</html>\n");
    Ok(html)
}

fn card(card: &Card<'_>) -> Result<String, Failure> {
    // Paper has creases and stains: a code of this level is read with a quarter of it gone (ISO/IEC 18004, table 8).
    let code = QrCode::with_error_correction_level(card.url, EcLevel::Q);
    let code = code.map_err(|error| format!("the URL has no QR code: {error}"))?;
    let svg = code.render::<svg::Color<'_>>().module_dimensions(1, 1).build();
    // A document within another has no declaration.
    let svg = svg.find("<svg").map_or("", |at| &svg[at..]);
    let (_, short) = card.url.split_once("://").unwrap_or(("", card.url));
    Ok(format!(
        "<section class=\"card\"><p class=\"title\">{}</p>{svg}<p class=\"url\">{}</p></section>\n",
        escaped(card.title),
        escaped(short)
    ))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://photos.example.com/gallery/l/AbCdEfGhIjKlMnOpQrStUv";

    /// What a reader of QR codes sees on a page.
    fn read(html: &str) -> Vec<String> {
        let drawings = html.split("<svg").skip(1).filter_map(|rest| rest.split_once("</svg>"));
        drawings.map(|(svg, _)| decode(svg)).collect()
    }

    /// Draws the dark squares of an SVG, and reads the code in them.
    fn decode(svg: &str) -> String {
        const SCALE: usize = 4;
        let number = |text: &str| text.parse::<usize>().unwrap();
        let side = number(svg.split_once("width=\"").unwrap().1.split_once('"').unwrap().0);
        let path = svg.split_once(" d=\"").unwrap().1.split_once('"').unwrap().0;
        let mut dark = vec![false; side * side];
        for square in path.split('M').skip(1) {
            let (corner, rest) = square.split_once('h').unwrap();
            let (x, y) = corner.split_once(' ').unwrap();
            let (width, rest) = rest.split_once('v').unwrap();
            let (height, _) = rest.split_once('H').unwrap();
            for row in number(y)..number(y) + number(height) {
                dark[row * side + number(x)..][..number(width)].fill(true);
            }
        }
        let shade = |x: usize, y: usize| if dark[y / SCALE * side + x / SCALE] { 0 } else { 255 };
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side * SCALE, side * SCALE, shade);
        let grids = picture.detect_grids();
        assert_eq!(grids.len(), 1);
        grids[0].decode().unwrap().1
    }

    #[test]
    fn a_card_leads_to_its_link() {
        let other = "http://127.0.0.1:8080/l/0123456789_-abcdefghij";
        let html = page(&[Card::new("Table 1", LINK), Card::new("Table 2", other)], 2).unwrap();
        assert_eq!(read(&html), [LINK, LINK, other, other]);
        assert!(html.contains(">Table 2<") && html.contains(">photos.example.com/gallery/l/AbCdEfGhIjKlMnOpQrStUv<"));
    }

    #[test]
    fn eight_cards_are_on_a_page() {
        let pages = |copies| page(&[Card::new("a", LINK)], copies).unwrap().matches("class=\"page\"").count();
        assert_eq!([pages(1), pages(8), pages(9), pages(17)], [1, 1, 2, 3]);
        assert!(page(&[Card::new("a", LINK)], 1001).is_err());
    }

    #[test]
    fn a_title_is_text() {
        let html = page(&[Card::new("<b>\"A\" & B", LINK)], 1).unwrap();
        assert!(html.contains("<p class=\"title\">&lt;b&gt;&quot;A&quot; &amp; B</p>"));
        assert!(!html.contains("<script") && !html.contains("<?xml"));
    }

    #[test]
    fn a_title_may_stand_before_the_url() {
        let card = |text: &str| Card::parse(text, "Ours").map(|card| (card.title.to_owned(), card.url.to_owned())).ok();
        let some = |title: &str| Some((title.to_owned(), LINK.to_owned()));
        assert_eq!(card(LINK), some("Ours"));
        assert_eq!(card(&format!("Table 1={LINK}")), some("Table 1"));
        assert_eq!(card(&format!("x=y={LINK}")), some("x=y"));
        assert_eq!(card(&format!(" ={LINK}")), some("Ours"));
        for bad in ["", "Table 1", "ftp://a/l/x", "https://a.example/", "a=javascript:/l/", "=/l/x"] {
            assert_eq!(card(bad), None, "{bad}");
        }
    }
}
