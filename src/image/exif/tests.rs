//! Every tag read back by another's reader.

use super::moment::Moment;
use super::*;
use ::exif::{Context, Exif as Read, In, Reader, Tag, Value as Is};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use std::time::{Duration, SystemTime};

const SIZE: Size = Size::new(1920, 1080);

/// What a reader finds in the segment of `exif`.
fn read(exif: &Exif, size: Size) -> Read {
    let segment = exif.segment(size);
    assert_eq!(segment[..2], [0xff, 0xe1]);
    assert_eq!(usize::from(u16::from_be_bytes([segment[2], segment[3]])), segment.len() - 2);
    assert_eq!(&segment[4..10], b"Exif\0\0");
    // The reader goes through the whole of a JPEG file.
    let file: Vec<u8> = [&[0xff, 0xd8], &segment[..], &[0xff, 0xd9]].concat();
    let read = Reader::new().read_from_container(&mut std::io::Cursor::new(&file)).unwrap();
    assert_eq!(read.buf(), &segment[10..]);
    // No warnings are kept by this reader: offsets and order are looked at here.
    directories_are_sound(read.buf());
    read
}

fn number(tiff: &[u8], at: usize, bytes: usize) -> usize {
    tiff[at..at + bytes].iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte))
}

/// Tags ascend, values lie on words, within the file, and nowhere over one another.
fn directories_are_sound(tiff: &[u8]) {
    let mut used = vec![(0, 8)];
    let mut directories = vec![number(tiff, 4, 4)];
    while let Some(start) = directories.pop() {
        let count = number(tiff, start, 2);
        used.push((start, start + 2 + 12 * count + 4));
        assert_eq!(number(tiff, start + 2 + 12 * count, 4), 0, "no directory follows");
        let mut last = None;
        for entry in (0..count).map(|index| start + 2 + 12 * index) {
            let tag = number(tiff, entry, 2);
            assert!(last < Some(tag), "{last:?} is before {tag:#x}");
            last = Some(tag);
            let width = [0, 1, 1, 2, 4, 8, 1, 1][number(tiff, entry + 2, 2)];
            let length = width * number(tiff, entry + 4, 4);
            if length > 4 {
                let at = number(tiff, entry + 8, 4);
                used.push((at, at + length.next_multiple_of(2)));
            }
            if [0x8769, 0x8825].contains(&tag) {
                directories.push(number(tiff, entry + 8, 4));
            }
        }
    }
    used.sort_unstable();
    assert!(used.iter().all(|(start, _)| start.is_multiple_of(2)));
    assert!(used.windows(2).all(|pair| pair[0].1 == pair[1].0), "gaps or overlaps: {used:?}");
    assert_eq!(used.last().unwrap().1, tiff.len());
}

fn text(read: &Read, tag: Tag) -> Option<String> {
    let field = read.get_field(tag, In::PRIMARY)?;
    let Is::Ascii(lines) = &field.value else { panic!("{tag} is {:?}", field.value) };
    assert_eq!(lines.len(), 1, "{tag}");
    Some(String::from_utf8(lines[0].clone()).unwrap())
}

fn numbers(read: &Read, tag: Tag) -> Option<Vec<f64>> {
    Some(match &read.get_field(tag, In::PRIMARY)?.value {
        Is::Rational(numbers) => numbers.iter().map(|number| number.to_f64()).collect(),
        Is::Short(numbers) => numbers.iter().map(|number| f64::from(*number)).collect(),
        Is::Long(numbers) => numbers.iter().map(|number| f64::from(*number)).collect(),
        Is::Byte(numbers) => numbers.iter().map(|number| f64::from(*number)).collect(),
        Is::Undefined(bytes, _) => bytes.iter().map(|number| f64::from(*number)).collect(),
        other => panic!("{tag} is {other:?}"),
    })
}

/// All facts there are. 2024-02-29 23:59:58.1239 in Kathmandu.
fn full() -> Exif {
    Exif {
        make: Some("Example".into()),
        model: Some("HD Camera".into()),
        software: Some("camera-session".into()),
        taken: Some(Moment { seconds: 1_709_230_498, nanoseconds: 123_900_000, utc_offset: 345 }),
        exposure: Some(166),
        iso: Some(400),
        location: Some(Location::new(27.7172, -85.324, Some(-1.5)).unwrap()),
    }
}

#[test]
fn every_fact_is_read_back() {
    let read = read(&full(), SIZE);
    let texts = [
        (Tag::Make, "Example"),
        (Tag::Model, "HD Camera"),
        (Tag::Software, "camera-session"),
        (Tag::DateTime, "2024:02:29 23:59:58"),
        (Tag::DateTimeOriginal, "2024:02:29 23:59:58"),
        (Tag::DateTimeDigitized, "2024:02:29 23:59:58"),
        (Tag::OffsetTime, "+05:45"),
        (Tag::OffsetTimeOriginal, "+05:45"),
        (Tag::OffsetTimeDigitized, "+05:45"),
        (Tag::SubSecTime, "123"),
        (Tag::SubSecTimeOriginal, "123"),
        (Tag::SubSecTimeDigitized, "123"),
        (Tag::GPSLatitudeRef, "N"),
        (Tag::GPSLongitudeRef, "W"),
        (Tag::GPSMapDatum, "WGS-84"),
        (Tag::GPSDateStamp, "2024:02:29"),
    ];
    for (tag, should) in texts {
        assert_eq!(text(&read, tag).as_deref(), Some(should), "{tag}");
    }
    let ascii = |text: &[u8]| text.iter().map(|byte| f64::from(*byte)).collect::<Vec<f64>>();
    let lists = [
        (Tag::Orientation, vec![1.0]),
        (Tag::XResolution, vec![72.0]),
        (Tag::YResolution, vec![72.0]),
        (Tag::ResolutionUnit, vec![2.0]),
        (Tag::YCbCrPositioning, vec![1.0]),
        (Tag::ExposureTime, vec![0.0166]),
        (Tag::PhotographicSensitivity, vec![400.0]),
        (Tag::SensitivityType, vec![0.0]),
        (Tag::ExifVersion, ascii(b"0232")),
        (Tag::ComponentsConfiguration, vec![1.0, 2.0, 3.0, 0.0]),
        (Tag::FlashpixVersion, ascii(b"0100")),
        (Tag::ColorSpace, vec![1.0]),
        (Tag::PixelXDimension, vec![1920.0]),
        (Tag::PixelYDimension, vec![1080.0]),
        (Tag::GPSVersionID, vec![2.0, 3.0, 0.0, 0.0]),
        (Tag::GPSLatitude, vec![27.0, 43.0, 1.92]),
        (Tag::GPSLongitude, vec![85.0, 19.0, 26.4]),
        (Tag::GPSAltitudeRef, vec![1.0]),
        (Tag::GPSAltitude, vec![1.5]),
        (Tag::GPSTimeStamp, vec![18.0, 14.0, 58.123]),
    ];
    for (tag, should) in &lists {
        assert_eq!(numbers(&read, *tag).as_ref(), Some(should), "{tag}");
    }
    assert_eq!(read.fields().count(), texts.len() + lists.len(), "and nothing else");
    let exposure = read.get_field(Tag::ExposureTime, In::PRIMARY).unwrap();
    assert!(matches!(&exposure.value, Is::Rational(all) if (all[0].num, all[0].denom) == (83, 5000)));
}

#[test]
fn what_is_not_known_is_left_out() {
    let read = read(&Exif::default(), SIZE);
    let mut tags: Vec<Tag> = read.fields().map(|field| field.tag).collect();
    tags.sort_by_key(|tag| tag.number());
    // What EXIF wants in every compressed picture (4.6.8), and the orientation.
    let mandatory = [
        Tag::Orientation,
        Tag::XResolution,
        Tag::YResolution,
        Tag::ResolutionUnit,
        Tag::YCbCrPositioning,
        Tag::ExifVersion,
        Tag::ComponentsConfiguration,
        Tag::FlashpixVersion,
        Tag::ColorSpace,
        Tag::PixelXDimension,
        Tag::PixelYDimension,
    ];
    assert_eq!(tags, mandatory);
    assert!(read.fields().all(|field| field.tag.context() != Context::Gps));
}

#[test]
fn texts_become_ascii() {
    for (text_in, should) in [
        ("HD Camera", Some("HD Camera")),
        ("  Größe\t1\n", Some("Gr??e 1")),
        ("a\0b", Some("a b")),
        ("\u{a0}\u{1f4f7}", Some("?")),
        ("\u{7f}~", Some("~")),
        ("", None),
        (" \0 ", None),
    ] {
        let read = read(&Exif { model: Some(text_in.into()), ..Exif::default() }, SIZE);
        assert_eq!(text(&read, Tag::Model).as_deref(), should, "{text_in:?}");
    }
    let long = Some(format!("{} {}", "x".repeat(MOST_TEXT - 1), "y".repeat(100_000)));
    let exif = Exif { make: long.clone(), model: long.clone(), software: long, ..full() };
    let read = read(&exif, SIZE);
    for tag in [Tag::Make, Tag::Model, Tag::Software] {
        assert_eq!(text(&read, tag), Some("x".repeat(MOST_TEXT - 1)), "a space at the cut goes too");
    }
}

/// Seconds since 1970 of a local time and its offset, as EXIF writes them, by counting days.
fn seconds(date_time: &str, offset: &str) -> i64 {
    let number = |text: &str| text.parse::<i64>().unwrap();
    assert_eq!((date_time.len(), offset.len()), (19, 6));
    let [year, month, day, hour, minute, second] =
        [0..4, 5..7, 8..10, 11..13, 14..16, 17..19].map(|range| number(&date_time[range]));
    let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    // Leap days before a year since year 0, which had one.
    let leaps = |year: i64| if year == 0 { 0 } else { (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400 + 1 };
    let lengths = [31, if is_leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let before: i64 = lengths[..month as usize - 1].iter().sum();
    let days = 365 * (year - 1970) + leaps(year) - leaps(1970) + before + day - 1;
    let minutes = (60 * number(&offset[1..3]) + number(&offset[4..])) * if offset.starts_with('-') { -1 } else { 1 };
    86_400 * days + 3600 * hour + 60 * (minute - minutes) + second
}

#[test]
fn times_that_exif_cannot_write_are_left_out() {
    let year_0 = seconds("0000:01:01 00:00:00", "+00:00");
    let year_10000 = seconds("9999:12:31 23:59:59", "+00:00") + 1;
    for (seconds, utc_offset, nanoseconds, written) in [
        (0, 0, 0, true),
        (0, 1439, 999_999_999, true),
        (0, -1439, 0, true),
        (0, 1440, 0, false),
        (0, i16::MIN, 0, false),
        (0, 0, 1_000_000_000, false),
        (year_0, 0, 0, true),
        (year_0, -1, 0, false),
        (year_0 - 1, 0, 0, false),
        (year_0 - 1, 1, 0, false),
        (year_10000, 0, 0, false),
        (i64::MAX, 0, 0, false),
        (i64::MIN, 0, 0, false),
    ] {
        let taken = Some(Moment { seconds, nanoseconds, utc_offset });
        let read = read(&Exif { taken, ..full() }, SIZE);
        let is = |tag| read.get_field(tag, In::PRIMARY).is_some();
        assert_eq!(is(Tag::DateTimeOriginal), written, "{taken:?}");
        assert_eq!(is(Tag::OffsetTimeOriginal) && is(Tag::SubSecTimeOriginal) && is(Tag::GPSDateStamp), written);
    }
}

#[test]
fn the_local_time_is_that_of_the_zone_at_that_time() {
    let berlin = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
    let at = |seconds: u64| SystemTime::UNIX_EPOCH + Duration::new(seconds, 5);
    // 2024-07-01 and 2024-12-01, 12:00 UTC.
    assert_eq!(Moment::in_zone(at(1_719_835_200), &berlin).utc_offset, 120);
    assert_eq!(Moment::in_zone(at(1_733_054_400), &berlin).utc_offset, 60);
    let before = SystemTime::UNIX_EPOCH - Duration::new(1, 250_000_000);
    let moment = Moment::in_zone(before, &TimeZone::UTC);
    assert_eq!(moment, Moment { seconds: -2, nanoseconds: 750_000_000, utc_offset: 0 });
    assert_eq!(Moment::in_zone(SystemTime::UNIX_EPOCH - Duration::from_secs(3), &TimeZone::UTC).seconds, -3);
    // The machine's own, whatever it is, is one that EXIF can write.
    let now = SystemTime::now();
    let local = Moment::local(now);
    assert_eq!(
        Duration::new(local.seconds as u64, local.nanoseconds),
        now.duration_since(SystemTime::UNIX_EPOCH).unwrap()
    );
    assert!(local.civil().is_some());
}

#[test]
fn places_that_are_none_are_refused() {
    for (latitude, longitude, altitude, what) in [
        (90.1, 0.0, None, "latitude"),
        (f64::NAN, 0.0, None, "latitude"),
        (0.0, -180.5, None, "longitude"),
        (0.0, f64::INFINITY, None, "longitude"),
        (0.0, 0.0, Some(f64::NAN), "altitude"),
        (0.0, 0.0, Some(-2e6), "altitude"),
    ] {
        let error = Location::new(latitude, longitude, altitude).unwrap_err();
        assert_eq!(error.code(), crate::error::Code::InvalidArgument);
        assert!(error.detail().contains(what), "{error}");
    }
    assert!(Location::new(-90.0, 180.0, Some(-1_000_000.0)).is_ok());
}

fn degrees(read: &Read, tag: Tag, side: Tag, negative: &str) -> f64 {
    let parts = numbers(read, tag).unwrap();
    assert!(parts.len() == 3 && parts[1] < 60.0 && parts[2] < 60.0, "{parts:?}");
    let sign = if text(read, side).unwrap() == negative { -1.0 } else { 1.0 };
    sign * (parts[0] + parts[1] / 60.0 + parts[2] / 3600.0)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_facts_are_read_back(
        texts in any::<[Option<String>; 3]>(),
        taken in proptest::option::of((-62_000_000_000i64..250_000_000_000, 0u32..1_000_000_000, -1439i16..1440)),
        exposure in any::<Option<u32>>(),
        iso in any::<Option<u32>>(),
        place in proptest::option::of((-90.0..=90.0, -180.0..=180.0, proptest::option::of(-1e6..=1e6))),
        (width, height) in (1u32..65536, 1u32..65536),
    ) {
        let [make, model, software] = texts.clone();
        let taken = taken.map(|(seconds, nanoseconds, utc_offset)| Moment { seconds, nanoseconds, utc_offset });
        let location = place.map(|(latitude, longitude, altitude)| Location::new(latitude, longitude, altitude).unwrap());
        let exif = Exif { make, model, software, taken, exposure, iso, location };
        let read = read(&exif, Size::new(width, height));
        for (tag, given) in [Tag::Make, Tag::Model, Tag::Software].into_iter().zip(texts) {
            let printable = |text: &String| text.chars().any(|c| !c.is_control() && !c.is_whitespace());
            prop_assert_eq!(text(&read, tag).is_some(), given.as_ref().is_some_and(printable));
        }
        prop_assert_eq!(numbers(&read, Tag::PixelXDimension), Some(vec![width.into()]));
        prop_assert_eq!(numbers(&read, Tag::PixelYDimension), Some(vec![height.into()]));
        prop_assert_eq!(numbers(&read, Tag::ExposureTime).map(|all| all[0]), exposure.map(|units| f64::from(units) / 1e4));
        prop_assert_eq!(numbers(&read, Tag::PhotographicSensitivity).map(|all| all[0]), iso.map(|iso| iso.min(65535).into()));
        if let Some(taken) = taken {
            let (time, offset) = (text(&read, Tag::DateTimeOriginal).unwrap(), text(&read, Tag::OffsetTimeOriginal).unwrap());
            prop_assert_eq!(seconds(&time, &offset), taken.seconds);
            prop_assert_eq!(text(&read, Tag::SubSecTimeOriginal).unwrap().parse(), Ok(taken.nanoseconds / 1_000_000));
        }
        if let Some((latitude, longitude, altitude)) = place {
            let close = |is: f64, should: f64| (is - should).abs() < 1e-9;
            prop_assert!(close(degrees(&read, Tag::GPSLatitude, Tag::GPSLatitudeRef, "S"), latitude));
            prop_assert!(close(degrees(&read, Tag::GPSLongitude, Tag::GPSLongitudeRef, "W"), longitude));
            if let Some(altitude) = altitude {
                let sign = if numbers(&read, Tag::GPSAltitudeRef) == Some(vec![1.0]) { -1.0 } else { 1.0 };
                prop_assert!((sign * numbers(&read, Tag::GPSAltitude).unwrap()[0] - altitude).abs() < 0.001);
            }
            if let Some(taken) = taken {
                let time = numbers(&read, Tag::GPSTimeStamp).unwrap();
                let date = format!("{} {:02}:{:02}:{:02}", text(&read, Tag::GPSDateStamp).unwrap(), time[0], time[1], time[2] as u32);
                prop_assert_eq!(seconds(&date, "+00:00"), taken.seconds);
            }
        }
    }
}
