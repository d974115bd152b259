//! What is wished of a session's pictures, whatever its camera gives: which outputs are mirrored, what
//! YUV means, and whether the picture or the work counts for more. A wish of a committed session is
//! granted at once: the device is configured anew, and what ran runs again.

use super::plan::{self, Priority, Want};
use super::preconfig::Preconfig;
use super::rates::Change;
use super::state::{self, Operation, State};
use super::{Session, modes_for};
use crate::camera::Input;
use crate::detector::Detector;
use crate::error::{Error, Result};
use crate::format::{Colour, PixelFormat, Profile};
use crate::image::can_convert;
use crate::output::{Kind, Output};
use crate::sync::Arc;

/// They stay over stop, start and configuration.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wishes {
    pub(super) priority: Priority,
    /// Of frames of YUV, if not as the camera gives them.
    colour: Option<Colour>,
    /// For outputs that are made without a profile.
    pub(super) preconfig: Option<Preconfig>,
}

/// Every meaning of YUV that there is.
const COLOURS: [Colour; 4] = [Colour::JFIF, Colour::BT601_LIMITED, Colour::BT709_FULL, Colour::BT709_LIMITED];

/// Can frames of this format be given another meaning?
fn can_recolour(format: PixelFormat) -> bool {
    !format.is_rgb() && can_convert(format, format)
}

/// The meanings that outputs of these formats can have; `given` is that of the stream, once it is known.
fn colours(formats: &[PixelFormat], given: Option<Colour>) -> Vec<Colour> {
    let all = formats.iter().all(|format| can_recolour(*format));
    match given {
        Some(given) if all && !formats.is_empty() => {
            [given].into_iter().chain(COLOURS.into_iter().filter(|colour| *colour != given)).collect()
        }
        Some(given) => vec![given],
        None if all => COLOURS.to_vec(),
        None if formats.iter().all(|format| format.is_jpeg()) => vec![Colour::JFIF],
        None => Vec::new(),
    }
}

impl Session {
    pub(super) fn wishes(&self) -> Wishes {
        *self.wishes.lock()
    }

    /// What the stream must give for an output; nothing for a metadata output when nobody detects what
    /// it tells of.
    pub(super) fn want(&self, output: &Output, detector: Option<&Detector>) -> Option<Want> {
        let kind = output.kind();
        if kind == Kind::Metadata {
            let wanted = output.object_types();
            let detector = detector.filter(|detector| detector.types.iter().any(|found| wanted.contains(found)))?;
            let profile = Profile { format: detector.format, size: detector.size, rates: None };
            return Some(Want::plain(kind, profile, output.rates()));
        }
        let profile = output.profile();
        let recoloured = kind != Kind::Photo && can_recolour(profile.format);
        let colour = self.wishes().colour.filter(|_| recoloured);
        Some(Want { mirror: output.is_mirrored(), colour, ..Want::plain(kind, profile, output.rates()) })
    }

    /// The plan for these wants, from what the input's camera can do.
    pub(super) fn plan_for(&self, input: &Input, wants: &[Want]) -> Result<plan::Plan> {
        plan::plan(&modes_for(input, wants)?, wants, self.wishes().priority)
    }

    /// Makes the change, for what is committed at once.
    fn grant(&self, change: &Change<'_>) -> Result<()> {
        let (input, outputs, stream) = {
            let config = self.config.lock();
            (config.input.clone(), config.outputs.clone(), config.stream.clone())
        };
        let Some((input, stream)) = input.zip(stream) else {
            (change.make)();
            return Ok(());
        };
        // Before anything is given up for it.
        input.device()?;
        self.replace_stream(&stream, &input, &outputs, change)
    }

    /// Mirrors the pictures of one output, or does so no more.
    pub(super) fn mirror(&self, output: &Arc<Output>, mirror: bool) -> Result<()> {
        let (make, undo) = (|| output.put_mirror(mirror), || output.put_mirror(!mirror));
        self.grant(&Change { make: &make, undo: &undo })
    }

    fn grant_wishes(&self, next: Wishes) -> Result<()> {
        let before = self.wishes();
        let (make, undo) = (|| *self.wishes.lock() = next, || *self.wishes.lock() = before);
        self.grant(&Change { make: &make, undo: &undo })
    }

    /// What counts for more. Where that changes nothing, nothing is interrupted.
    pub(crate) fn set_priority(&self, priority: Priority) -> Result<()> {
        state::check(Operation::Control, self.state())?;
        let before = self.wishes();
        if before.priority == priority {
            return Ok(());
        }
        let next = Wishes { priority, ..before };
        let (input, committed) = {
            let config = self.config.lock();
            (config.input.clone(), config.committed.clone())
        };
        if let Some((input, committed)) = input.zip(committed) {
            let present = committed.served.iter().filter(|(output, _)| !output.is_released());
            let wants: Vec<Want> = present.map(|(output, want)| Want { rates: output.rates(), ..*want }).collect();
            if plan::plan(&modes_for(&input, &wants)?, &wants, priority)? == committed.plan {
                *self.wishes.lock() = next;
                return Ok(());
            }
        }
        self.grant_wishes(next)
    }

    /// The formats of its previews and videos.
    fn formats_shown(&self) -> Vec<PixelFormat> {
        let outputs = self.config.lock().outputs.clone();
        let shown = outputs.iter().filter(|output| matches!(output.kind(), Kind::Preview | Kind::Video));
        shown.filter(|output| !output.is_released()).map(|output| output.profile().format).collect()
    }

    /// What the YUV of its outputs can mean; first what it means in the stream, when that is known.
    pub(crate) fn supported_colours(&self) -> Result<Vec<Colour>> {
        if self.state() != State::Config || self.config.lock().input.is_none() {
            state::check(Operation::Control, self.state())?;
        }
        let given = self.config.lock().stream.as_ref().map(|stream| stream.colour());
        Ok(colours(&self.formats_shown(), given))
    }

    /// What it means now.
    pub(crate) fn colour(&self) -> Result<Colour> {
        state::check(Operation::Control, self.state())?;
        let given = self.stream()?.colour();
        let wished = self.wishes().colour;
        Ok(wished.filter(|wished| colours(&self.formats_shown(), Some(given)).contains(wished)).unwrap_or(given))
    }

    /// Has YUV mean this from now on. `None` is a meaning that no frames of this library have.
    pub(crate) fn set_colour(&self, colour: Option<Colour>) -> Result<()> {
        let supported = self.supported_colours()?;
        let now = self.colour()?;
        let Some(colour) = colour.filter(|colour| supported.contains(colour)) else {
            return Err(Error::not_allowed(
                "the previews and videos of this session cannot have this colour space: see camera_session_get_supported_color_space()",
            ));
        };
        if colour == now {
            return Ok(());
        }
        let given = self.stream()?.colour();
        self.grant_wishes(Wishes { colour: (colour != given).then_some(colour), ..self.wishes() })
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn yuv_can_mean_anything_and_the_rest_what_the_camera_gives() {
        let given = Some(Colour::BT709_LIMITED);
        let yuv = [PixelFormat::NV12, PixelFormat::YUYV];
        let list = colours(&yuv, given);
        assert_eq!((list.len(), list[0]), (4, Colour::BT709_LIMITED));
        for formats in [&[PixelFormat::NV12, PixelFormat::MJPEG][..], &[PixelFormat::RGBA_8888], &[]] {
            assert_eq!(colours(formats, given), [Colour::BT709_LIMITED], "{formats:?}");
        }
        assert_eq!(colours(&yuv, None).len(), 4, "before commit all that can be made");
        assert_eq!(colours(&[PixelFormat::MJPEG], None), [Colour::JFIF]);
        assert_eq!(colours(&[PixelFormat::RGBA_8888], None), []);
    }
}
