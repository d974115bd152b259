//! The place at which a photo was taken.

use super::moment::Moment;
use super::tiff::{Directory, Value};
use crate::error::{Error, Result};

/// A place on the earth (WGS 84).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Location {
    latitude: f64,
    longitude: f64,
    altitude: Option<f64>,
}

/// Far beyond any place that a camera is carried to, and within what EXIF can write.
const MOST_METRES: f64 = 1_000_000.0;

impl Location {
    /// Degrees north from -90 to 90, degrees east from -180 to 180, metres above sea level from
    /// -1000000 to 1000000. 7400101 for others, and for what is no number.
    pub(crate) fn new(latitude: f64, longitude: f64, altitude: Option<f64>) -> Result<Location> {
        for (what, value, most, unit) in [
            ("latitude", latitude, 90.0, "degrees"),
            ("longitude", longitude, 180.0, "degrees"),
            ("altitude", altitude.unwrap_or(0.0), MOST_METRES, "metres"),
        ] {
            // Not a number is not within either.
            if !(-most..=most).contains(&value) {
                return Err(Error::invalid(format!("the {what} is {value}: it must be from -{most} to {most} {unit}")));
            }
        }
        Ok(Location { latitude, longitude, altitude })
    }

    /// The GPS IFD (Exif 2.32, 4.6.6).
    pub(super) fn directory(&self, taken: Option<&Moment>) -> Directory {
        let mut gps = Directory::default();
        let side = |value: f64, sides: [&str; 2]| Value::Ascii(sides[usize::from(value < 0.0)].to_owned());
        gps.add(0x0000, Value::Bytes(vec![2, 3, 0, 0])); // GPSVersionID
        gps.add(0x0001, side(self.latitude, ["N", "S"])); // GPSLatitudeRef
        gps.add(0x0002, Value::Rationals(degrees(self.latitude))); // GPSLatitude
        gps.add(0x0003, side(self.longitude, ["E", "W"])); // GPSLongitudeRef
        gps.add(0x0004, Value::Rationals(degrees(self.longitude))); // GPSLongitude
        if let Some(altitude) = self.altitude {
            let millimetres = (altitude.abs() * 1000.0).round() as u32;
            gps.add(0x0005, Value::Bytes(vec![u8::from(altitude < 0.0)])); // GPSAltitudeRef: 1 is below sea level
            gps.add(0x0006, Value::Rationals(vec![(millimetres, 1000)])); // GPSAltitude
        }
        if let Some(civil) = taken.and_then(Moment::civil) {
            gps.add(0x0007, Value::Rationals(civil.utc_time())); // GPSTimeStamp
            gps.add(0x001d, Value::Ascii(civil.utc_date())); // GPSDateStamp
        }
        gps.add(0x0012, Value::Ascii("WGS-84".to_owned())); // GPSMapDatum
        gps
    }
}

/// Degrees, minutes, and seconds in millionths, which are 31 micrometres on the ground.
fn degrees(value: f64) -> Vec<(u32, u32)> {
    const SECOND: u64 = 1_000_000;
    // At most 648000000000, which f64 has exactly. Rounded as one number, so that no part is 60.
    let all = (value.abs() * 3600.0 * SECOND as f64).round() as u64;
    let (seconds, minutes, degrees) = (all % (60 * SECOND), all / (60 * SECOND) % 60, all / (3600 * SECOND));
    vec![(degrees as u32, 1), (minutes as u32, 1), (seconds as u32, SECOND as u32)]
}
