//! The time at which a photo was taken, and where the clocks stood.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use std::time::SystemTime;

/// A point in time and the difference of the local time from UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Whole seconds since 1970 in UTC, rounded down.
    pub(crate) seconds: i64,
    /// And so many nanoseconds, below 1000000000.
    pub(crate) nanoseconds: u32,
    /// Local time minus UTC, in minutes: 60 for Central European Time.
    pub(crate) utc_offset: i16,
}

impl Moment {
    /// With the offset that the local time has at that time: the time zone is that of the
    /// variable `TZ`, else of `/etc/localtime`, else UTC. May read files; thread-safe.
    pub(crate) fn local(time: SystemTime) -> Moment {
        Moment::in_zone(time, &TimeZone::system())
    }

    pub(super) fn in_zone(time: SystemTime, zone: &TimeZone) -> Moment {
        let (seconds, nanoseconds) = match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) => (i64::try_from(since.as_secs()).unwrap_or(i64::MAX), since.subsec_nanos()),
            Err(error) => {
                let before = error.duration();
                let (seconds, rest) = (i64::try_from(before.as_secs()).unwrap_or(i64::MAX), before.subsec_nanos());
                if rest == 0 { (-seconds, 0) } else { (-seconds - 1, 1_000_000_000 - rest) }
            }
        };
        // EXIF has whole minutes; a zone that had seconds too is rounded down.
        let offset = Timestamp::from_second(seconds).map_or(0, |time| zone.to_offset(time).seconds().div_euclid(60));
        Moment { seconds, nanoseconds, utc_offset: offset as i16 }
    }

    /// As EXIF writes it; `None` for a time that it cannot write, of a year before 0 or after
    /// 9999, and for an offset of a day or more.
    pub(super) fn civil(&self) -> Option<Civil> {
        if self.nanoseconds >= 1_000_000_000 || i32::from(self.utc_offset).abs() >= 24 * 60 {
            return None;
        }
        let offset = Offset::from_seconds(60 * i32::from(self.utc_offset)).ok()?;
        let time = Timestamp::from_second(self.seconds).ok()?;
        let (local, utc) = (offset.to_datetime(time), Offset::UTC.to_datetime(time));
        let civil = Civil { local, utc, offset: self.utc_offset, milliseconds: self.nanoseconds / 1_000_000 };
        (local.year() >= 0 && utc.year() >= 0).then_some(civil)
    }
}

/// A time in the parts that EXIF has.
#[derive(Debug)]
pub(super) struct Civil {
    local: DateTime,
    utc: DateTime,
    offset: i16,
    milliseconds: u32,
}

fn date(time: DateTime) -> String {
    format!("{:04}:{:02}:{:02}", time.year(), time.month(), time.day())
}

impl Civil {
    /// Local, "YYYY:MM:DD HH:MM:SS" (4.6.4, DateTime; 4.6.5 F).
    pub(super) fn date_time(&self) -> String {
        let time = self.local;
        format!("{} {:02}:{:02}:{:02}", date(time), time.hour(), time.minute(), time.second())
    }

    /// "+HH:MM" or "-HH:MM" (4.6.5 F, OffsetTime).
    pub(super) fn offset(&self) -> String {
        let (sign, minutes) = (if self.offset < 0 { '-' } else { '+' }, self.offset.unsigned_abs());
        format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }

    /// What follows the decimal point of the seconds (4.6.5 F, SubSecTime).
    pub(super) fn milliseconds(&self) -> String {
        format!("{:03}", self.milliseconds)
    }

    /// In UTC (4.6.6, GPSDateStamp).
    pub(super) fn utc_date(&self) -> String {
        date(self.utc)
    }

    /// In UTC: hours, minutes and seconds, to the millisecond (4.6.6, GPSTimeStamp).
    pub(super) fn utc_time(&self) -> Vec<(u32, u32)> {
        let whole = |number: i8| u32::from(number.unsigned_abs());
        let seconds = 1000 * whole(self.utc.second()) + self.milliseconds;
        vec![(whole(self.utc.hour()), 1), (whole(self.utc.minute()), 1), (seconds, 1000)]
    }
}
