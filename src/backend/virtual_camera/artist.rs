//! Who draws the frames of a virtual camera: one kind for pictures as they are, one for Motion-JPEG.

use super::controls::scene::Look;
use super::jpeg::JpegPainter;
use super::pattern::{self, Drawn, Painter};
use super::view::View;
use crate::format::{Colour, Layout, PixelFormat, Size};
use crate::frame::FrameInfo;

/// The formats that can be drawn.
pub(super) fn formats() -> impl Iterator<Item = PixelFormat> {
    pattern::formats().chain([PixelFormat::MJPEG])
}

/// Draws the frames of one camera in one format and size.
pub(super) enum Artist {
    Plain(Painter),
    Jpeg(Box<JpegPainter>),
}

impl Artist {
    /// `None` when the format or the size cannot be drawn.
    pub(super) fn new(camera: u32, format: PixelFormat, size: Size) -> Option<Artist> {
        match format {
            PixelFormat::MJPEG => JpegPainter::new(camera, size).map(|painter| Artist::Jpeg(Box::new(painter))),
            _ => Painter::new(camera, format, size).map(Artist::Plain),
        }
    }

    /// What the YUV of the frames means.
    pub(super) fn colour(&self) -> Colour {
        match self {
            Artist::Plain(_) => pattern::COLOUR,
            Artist::Jpeg(_) => Colour::JFIF,
        }
    }

    /// Bytes of a buffer.
    pub(super) fn room(&self) -> usize {
        match self {
            Artist::Plain(painter) => painter.layout().memory_length(0),
            Artist::Jpeg(painter) => painter.most_bytes(),
        }
    }

    /// Draws in a new buffer what is in every frame.
    pub(super) fn prepare(&self, bytes: &mut [u8]) -> Drawn {
        match self {
            Artist::Plain(painter) => painter.prepare(bytes),
            Artist::Jpeg(_) => Drawn::default(),
        }
    }

    /// Draws the frame with this number where `drawn` is; returns what it is, but for its time. A look
    /// that is none costs nothing, and others need `view`.
    pub(super) fn draw(
        &self,
        bytes: &mut [u8],
        drawn: &mut Drawn,
        number: u32,
        look: &Look,
        view: &mut View,
    ) -> FrameInfo {
        let is_plain = *look == Look::default();
        let (format, size, layout, flags) = match self {
            Artist::Plain(painter) => {
                if is_plain {
                    painter.draw(bytes, drawn, number);
                } else {
                    view.aim(painter.geometry(), look, number);
                    painter.draw_view(bytes, drawn, number, view);
                }
                (painter.format(), painter.size(), painter.layout(), 0)
            }
            Artist::Jpeg(painter) => {
                let length = if is_plain {
                    painter.draw(bytes, number)
                } else {
                    view.aim(painter.geometry(), look, number);
                    painter.draw_view(bytes, number, view)
                };
                (PixelFormat::MJPEG, painter.size(), Layout::compressed(length), FrameInfo::KEYFRAME)
            }
        };
        FrameInfo { format, size, layout, sequence: 0, timestamp_ns: 0, flags, colour: self.colour() }
    }
}
