//! AVIF (AV1 Image File Format): items of AV1, grids of them, alpha, and what turns them.

use std::sync::Arc;

use heifer::color::{ColorParams, frame_to_rgba_sized};
use heifer::heifer_hevc_dec::recon::Frame;
use heifer::heifer_isobmff::boxes::{ColorInfo, Property};
use heifer::heifer_isobmff::{HeifFile, ItemId};
use heifer::{Image, Sample};
use re_rav1d::dav1d::pixel::{MatrixCoefficients, YUVRange};
use re_rav1d::dav1d::{Decoder, Error, PixelLayout, PlanarImageComponent as Component, Settings};

use super::{MAX_DEPTH, broken};
use crate::{MAX_PIXELS, check};

pub fn decode<S: Sample>(file: &HeifFile) -> Result<Image<S>, String> {
    item(file, file.primary_id, 0)
}

fn item<S: Sample>(file: &HeifFile, id: ItemId, depth: u32) -> Result<Image<S>, String> {
    let mut picture = unturned(file, id, depth)?;
    if let Some(alpha) = alpha(file, id) {
        // It is turned together with the colours.
        let alpha: Image<S> = unturned(file, alpha, depth + 1)?;
        add_alpha(&mut picture, &alpha)?;
    }
    for property in file.item_properties(id).map_err(broken)? {
        picture = match *property {
            Property::CleanAperture { width, height, horiz_offset, vert_offset } => {
                clean(&picture, [width, height], [horiz_offset, vert_offset])?
            }
            Property::Rotation(quarters @ 1..) => picture.rotate_ccw(quarters),
            Property::Mirror(is_upside_down) => picture.mirror(is_upside_down),
            _ => picture,
        };
    }
    Ok(picture)
}

/// An item as it is coded.
fn unturned<S: Sample>(file: &HeifFile, id: ItemId, depth: u32) -> Result<Image<S>, String> {
    if depth > MAX_DEPTH {
        return Err("broken: its pictures are made of each other".to_owned());
    }
    match &file.item(id).map_err(broken)?.item_type.0 {
        b"av01" => coded(file, id),
        b"grid" => grid(file, id, depth),
        b"iden" => match file.referenced_items(id, b"dimg") {
            [source] => item(file, *source, depth + 1),
            _ => Err("broken: a picture is the same as no other".to_owned()),
        },
        other => Err(format!("not supported: its pixels are coded as {}", other.escape_ascii())),
    }
}

fn grid<S: Sample>(file: &HeifFile, id: ItemId, depth: u32) -> Result<Image<S>, String> {
    let grid = file.grid(id).map_err(broken)?;
    let tiles = file.referenced_items(id, b"dimg");
    if tiles.is_empty() || tiles.len() != usize::from(grid.rows) * usize::from(grid.columns) {
        return Err("broken: a tile is missing".to_owned());
    }
    check(grid.output_width, grid.output_height)?;
    let mut canvas: Option<(Image<S>, (u32, u32))> = None;
    for (index, tile) in tiles.iter().enumerate() {
        let tile: Image<S> = item(file, *tile, depth + 1)?;
        let size = (tile.width, tile.height);
        let (canvas, first) = canvas.get_or_insert_with(|| {
            let (width, height) = (grid.output_width, grid.output_height);
            (Image::filled_samples(width, height, tile.bit_depth, [S::default(); 4]), size)
        });
        if *first != size || tile.bit_depth != canvas.bit_depth {
            return Err("broken: its tiles differ in size".to_owned());
        }
        let columns = usize::from(grid.columns);
        let at = |index: usize, side: u32| i64::try_from(index).unwrap_or(i64::MAX).saturating_mul(side.into());
        canvas.draw(&tile, at(index % columns, size.0), at(index / columns, size.1));
    }
    let (mut canvas, _) = canvas.ok_or("broken: it has no tiles")?;
    let opaque = S::from_u16(canvas.max_value());
    if !canvas.has_alpha {
        canvas.data.iter_mut().skip(3).step_by(4).for_each(|alpha| *alpha = opaque);
    }
    Ok(canvas)
}

/// The item with the alpha of another.
fn alpha(file: &HeifFile, id: ItemId) -> Option<ItemId> {
    let names = ["urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", "urn:mpeg:hevc:2015:auxid:1"];
    file.referencing_items(id, b"auxl").into_iter().find(|aux| {
        let properties = file.item_properties(*aux).into_iter().flatten();
        properties.into_iter().any(|property| match property {
            Property::AuxiliaryType(name) => names.contains(&name.as_str()),
            _ => false,
        })
    })
}

fn add_alpha<S: Sample>(picture: &mut Image<S>, alpha: &Image<S>) -> Result<(), String> {
    if (alpha.width, alpha.height) != (picture.width, picture.height) {
        return Err("not supported: its alpha has another size than its colours".to_owned());
    }
    let (from, to) = (u32::from(alpha.max_value()), u32::from(picture.max_value()));
    for (pixel, alpha) in picture.data.chunks_exact_mut(4).zip(alpha.data.chunks_exact(4)) {
        let value = (u32::from(alpha[0].to_u16()) * to + from / 2) / from;
        pixel[3] = S::from_u16(u16::try_from(value).unwrap_or(u16::MAX));
    }
    picture.has_alpha = true;
    Ok(())
}

/// Cuts to the clean aperture (ISO/IEC 14496-12 section 12.1.4), which is given by its size and its middle.
fn clean<S: Sample>(picture: &Image<S>, sizes: [(u32, u32); 2], offsets: [(i32, u32); 2]) -> Result<Image<S>, String> {
    let mut sides = [(0, 0); 2];
    let whole = [picture.width, picture.height];
    for (((side, size), offset), whole) in sides.iter_mut().zip(sizes).zip(offsets).zip(whole) {
        if size.1 == 0 || offset.1 == 0 {
            return Err("broken: its aperture is divided by zero".to_owned());
        }
        let length = f64::from(size.0) / f64::from(size.1);
        let middle = f64::from(offset.0) / f64::from(offset.1) + (f64::from(whole) - 1.0) / 2.0;
        let start = middle - (length - 1.0) / 2.0;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturates, and is cut to the picture
        let rounded = (start.round().max(0.0) as u32, length.round() as u32);
        *side = rounded;
    }
    let [(left, width), (top, height)] = sides;
    Ok(picture.crop(left, top, width, height))
}

fn coded<S: Sample>(file: &HeifFile, id: ItemId) -> Result<Image<S>, String> {
    let data = file.item_data(id).map_err(broken)?;
    let (mut frame, size) = frame(data.into_owned())?;
    let in_container = file.item_properties(id).map_err(broken)?.find_map(|property| match property {
        Property::Color(ColorInfo::Nclx { matrix, full_range, .. }) => Some((*matrix, *full_range)),
        _ => None,
    });
    let (matrix, full_range) = in_container.unwrap_or((frame.matrix_coeffs.into(), frame.full_range));
    if frame.widths[1] == 0 && !full_range {
        stretch(&mut frame);
    }
    Ok(frame_to_rgba_sized(&frame, ColorParams { matrix, full_range }, size.0, size.1))
}

/// Grey of the narrow range as grey of the full one.
fn stretch(frame: &mut Frame) {
    let unit = 1 << (frame.bit_depth[0] - 8);
    let max = (256 * unit) - 1;
    for sample in &mut frame.planes[0] {
        let above = u32::from(*sample).saturating_sub(16 * unit);
        *sample = u16::try_from((above * max / (219 * unit)).min(max)).unwrap_or(u16::MAX);
    }
}

/// Decodes the first picture of a stream, and returns its size too: the planes have even sides.
fn frame(data: Vec<u8>) -> Result<(Frame, (u32, u32)), String> {
    let failed = |error: Error| format!("broken: AV1: {error}");
    let mut settings = Settings::new();
    settings.set_n_threads(1);
    settings.set_max_frame_delay(1);
    settings.set_frame_size_limit(u32::try_from(MAX_PIXELS).unwrap_or(u32::MAX));
    let mut decoder = Decoder::with_settings(&settings).map_err(failed)?;
    let mut sent = decoder.send_data(Arc::<[u8]>::from(data), None, None, None);
    let picture = loop {
        match decoder.get_picture() {
            Ok(picture) => break picture,
            // What is left of the data is sent once there is room for it.
            Err(Error::Again) if matches!(sent, Err(Error::Again)) => sent = decoder.send_pending_data(),
            Err(Error::Again) => {
                sent.map_err(failed)?;
                return Err("broken: AV1: there is no picture in it".to_owned());
            }
            Err(error) => return Err(failed(error)),
        }
    };
    let (width, height) = (picture.width(), picture.height());
    check(width, height)?;
    let depth = picture.bits_per_component().map_or(8, |bits| bits.0);
    let depth = u8::try_from(depth).ok().filter(|depth| (8..=12).contains(depth)).ok_or("broken: AV1: its depth")?;
    let (format, columns, rows) = match picture.pixel_layout() {
        PixelLayout::I400 => (0, 0, 0),
        PixelLayout::I420 => (1, 2, 2),
        PixelLayout::I422 => (2, 2, 1),
        PixelLayout::I444 => (3, 1, 1),
    };
    let plane = |component, every: (u32, u32)| {
        if every.0 == 0 {
            return (0, 0, Vec::new());
        }
        // Halves of a side that is odd are rounded up. With even sides, one is the double of the other.
        let (across, down) = (width.next_multiple_of(2) / every.0, height.next_multiple_of(2) / every.1);
        let (has_across, has_down) = (width.div_ceil(every.0), height.div_ceil(every.1));
        let bytes = picture.plane(component);
        let stride = picture.stride(component) as usize;
        let size = if picture.bit_depth() > 8 { 2 } else { 1 };
        let mut samples = Vec::with_capacity(across as usize * down as usize);
        for y in 0..down {
            let row = bytes.get(y.min(has_down - 1) as usize * stride..).unwrap_or_default();
            let row = &row[..row.len().min(has_across as usize * size)];
            let start = samples.len();
            match size {
                1 => samples.extend(row.iter().map(|sample| u16::from(*sample))),
                _ => samples.extend(row.chunks_exact(2).map(|sample| u16::from_ne_bytes([sample[0], sample[1]]))),
            }
            let last = samples.last().copied().unwrap_or_default();
            samples.resize(start + across as usize, last);
        }
        (across, down, samples)
    };
    let (luma_width, luma_height, luma) = plane(Component::Y, (1, 1));
    let (u_width, u_height, u) = plane(Component::U, (columns, rows));
    let (v_width, v_height, v) = plane(Component::V, (columns, rows));
    let frame = Frame {
        widths: [luma_width, u_width, v_width],
        heights: [luma_height, u_height, v_height],
        planes: [luma, u, v],
        bit_depth: [depth; 2],
        chroma_format: format,
        full_range: picture.color_range() == YUVRange::Full,
        matrix_coeffs: match picture.matrix_coefficients() {
            MatrixCoefficients::Identity => 0,
            MatrixCoefficients::BT709 => 1,
            MatrixCoefficients::BT2020NonConstantLuminance | MatrixCoefficients::BT2020ConstantLuminance => 9,
            MatrixCoefficients::ST240M => 7,
            _ => 6,
        },
    };
    Ok((frame, (width, height)))
}
