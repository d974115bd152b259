//! A detector: what finds objects in frames. Linux cameras find none themselves, so the
//! application or a runtime gives one, and outputs of kind metadata report what it finds.

use crate::format::{PixelFormat, Size};
use crate::runtime::Dispatcher;
use crate::surface::Delivery;
use crate::sync::{Arc, Mutex};

/// What an object is. The numbers are Camera Kit's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub(crate) enum ObjectType {
    Face = 0,
    HumanBody = 1,
    CatFace = 2,
    CatBody = 3,
    DogFace = 4,
    DogBody = 5,
    Salient = 6,
    BarCode = 7,
    BasicFace = 8,
}

impl ObjectType {
    pub(crate) const ALL: [ObjectType; 9] = [
        ObjectType::Face,
        ObjectType::HumanBody,
        ObjectType::CatFace,
        ObjectType::CatBody,
        ObjectType::DogFace,
        ObjectType::DogBody,
        ObjectType::Salient,
        ObjectType::BarCode,
        ObjectType::BasicFace,
    ];

    pub(crate) fn from_number(number: i32) -> Option<ObjectType> {
        ObjectType::ALL.into_iter().find(|object| *object as i32 == number)
    }
}

/// A part of a picture, in fractions of its width and height from the top left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Area {
    pub(crate) const WHOLE: Area = Area { x: 0.0, y: 0.0, width: 1.0, height: 1.0 };

    /// This area of the picture `part` of a whole, as an area of the whole.
    fn within(self, part: Area) -> Area {
        Area {
            x: part.x + self.x * part.width,
            y: part.y + self.y * part.height,
            width: self.width * part.width,
            height: self.height * part.height,
        }
    }

    /// This area of a whole as one of the picture `part` of it.
    fn seen_in(self, part: Area) -> Area {
        Area {
            x: (self.x - part.x) / part.width,
            y: (self.y - part.y) / part.height,
            width: self.width / part.width,
            height: self.height / part.height,
        }
    }

    /// What lies within the picture; `None` when nothing does, or the numbers are none.
    fn clipped(self) -> Option<Area> {
        let (left, top) = (self.x.max(0.0), self.y.max(0.0));
        let (right, bottom) = ((self.x + self.width).min(1.0), (self.y + self.height).min(1.0));
        // False for what is not a number, too.
        let finite = [self.x, self.y, self.width, self.height].iter().all(|value| value.is_finite());
        (finite && right > left && bottom > top).then_some(Area {
            x: left,
            y: top,
            width: right - left,
            height: bottom - top,
        })
    }

    /// An area of the picture that is `from` of a whole, as an area of the picture that is `to` of
    /// it; `None` when nothing of it is seen there.
    pub(crate) fn carried(self, from: Area, to: Area) -> Option<Area> {
        self.clipped()?.within(from).seen_in(to).clipped()
    }
}

/// Something that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Object {
    pub kind: ObjectType,
    /// When the frame that it was found in was taken: CLOCK_MONOTONIC in nanoseconds.
    pub timestamp_ns: i64,
    pub area: Area,
}

/// Finds objects in a frame; areas are those of the frame.
type Detect = Box<dyn Fn(Delivery) -> Vec<Object> + Send + Sync>;

/// Finds objects of certain types in frames of a layout and size of its own.
pub(crate) struct Detector {
    pub(crate) types: Vec<ObjectType>,
    pub(crate) format: PixelFormat,
    pub(crate) size: Size,
    /// Frames per second at most.
    pub(crate) most_per_second: u32,
    /// Gone only at the end.
    detect: Option<Detect>,
    dispatcher: Arc<Dispatcher>,
}

impl Detector {
    pub(crate) fn new(
        dispatcher: Arc<Dispatcher>,
        types: Vec<ObjectType>,
        (format, size): (PixelFormat, Size),
        most_per_second: u32,
        detect: impl Fn(Delivery) -> Vec<Object> + Send + Sync + 'static,
    ) -> Detector {
        Detector { types, format, size, most_per_second, detect: Some(Box::new(detect)), dispatcher }
    }

    /// Calls the application: never with a lock held.
    pub(crate) fn detect(&self, frame: Delivery) -> Vec<Object> {
        self.detect.as_ref().map_or_else(Vec::new, |detect| detect(frame))
    }
}

impl Drop for Detector {
    fn drop(&mut self) {
        // Its end is application code: it runs where that runs.
        let detect = self.detect.take();
        self.dispatcher.post(move || drop(detect));
    }
}

/// The detector of a manager, if it has one.
#[derive(Default)]
pub(crate) struct DetectorSlot(Mutex<Option<Arc<Detector>>>);

impl DetectorSlot {
    pub(crate) fn get(&self) -> Option<Arc<Detector>> {
        self.0.lock().clone()
    }

    pub(crate) fn set(&self, detector: Option<Arc<Detector>>) {
        let old = std::mem::replace(&mut *self.0.lock(), detector);
        drop(old);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn area(x: f64, y: f64, width: f64, height: f64) -> Area {
        Area { x, y, width, height }
    }

    #[test]
    fn areas_are_carried_from_one_part_of_a_picture_to_another() {
        let middle = area(0.25, 0.0, 0.5, 1.0);
        assert_eq!(area(0.5, 0.5, 0.5, 0.5).carried(middle, Area::WHOLE), Some(area(0.5, 0.5, 0.25, 0.5)));
        assert_eq!(area(0.25, 0.0, 0.5, 1.0).carried(Area::WHOLE, middle), Some(area(0.0, 0.0, 1.0, 1.0)));
        assert_eq!(area(0.1, 0.2, 0.3, 0.4).carried(middle, middle).map(|there| there.y), Some(0.2));
    }

    #[test]
    fn what_is_not_seen_is_cut_off_and_what_is_no_area_is_left_out() {
        let middle = area(0.25, 0.0, 0.5, 1.0);
        assert_eq!(area(0.0, 0.0, 0.5, 1.0).carried(Area::WHOLE, middle), Some(area(0.0, 0.0, 0.5, 1.0)));
        assert_eq!(area(-1.0, -1.0, 3.0, 3.0).carried(Area::WHOLE, Area::WHOLE), Some(Area::WHOLE));
        for nothing in [
            area(0.0, 0.0, 0.2, 1.0),
            area(0.5, 0.5, 0.0, 0.5),
            area(0.5, 0.5, -0.1, 0.5),
            area(f64::NAN, 0.5, 0.1, 0.5),
            area(0.5, 0.5, f64::INFINITY, 0.5),
            area(1.0, 0.5, 0.1, 0.1),
        ] {
            assert_eq!(nothing.carried(Area::WHOLE, middle), None, "{nothing:?}");
        }
    }

    #[test]
    fn numbers_are_camera_kits() {
        assert!(ObjectType::ALL.iter().enumerate().all(|(number, object)| *object as usize == number));
        assert_eq!(ObjectType::from_number(9), None);
    }
}
