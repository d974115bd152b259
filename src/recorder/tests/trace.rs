//! Session recordings: files that end early, and what becomes of the present one. That they replay is
//! tested with the tap, in session/trace; here the reader only has to find its way.

use super::object::Folder;
use super::*;
use crate::backend::replay::walk::walk;
use crate::recorder::trace::{Configuration, Entry, Writer};
use crate::trace::{Event, Line, Picture, Setup};
use std::io::ErrorKind;
use std::path::Path;

/// A second of 100 µs ticks is 10 frames.
const PERIOD: i64 = 100_000_000;

pub(super) fn configuration(format: PixelFormat, size: Size) -> Arc<Configuration> {
    let rate = Some(FrameRate::per_second(10));
    let colour = if format.is_jpeg() { Colour::JFIF } else { Colour::BT601_LIMITED };
    let setup = Setup { format, size, rate, colour };
    let camera = vec![("CAMERA_NAME".into(), "Test <camera> & \u{e4}".to_owned())];
    Arc::new(Configuration { setup, camera, plan: "the plan\nin words\n".into() })
}

pub(super) fn told(at_ns: i64, event: Event) -> Entry {
    Entry::Line(Line { at_ns, event }, None)
}

pub(super) fn shown(at_ns: i64, frame: &Frame) -> Entry {
    let info = frame.info();
    let picture = Picture::LeftOut("".into());
    let (number, taken_ns, flags) = (info.sequence, info.timestamp_ns, info.flags);
    Entry::Line(Line { at_ns, event: Event::Frame { number, taken_ns, flags, picture } }, Some(frame.clone()))
}

/// Two runs of grey pictures, with all that may happen.
fn entries() -> Vec<Entry> {
    let size = Size::new(4, 3);
    let grey = |number| picture(v4l2(b"GREY"), size, 0, number, number as i64 * PERIOD);
    vec![
        Entry::Configured(configuration(v4l2(b"GREY"), size)),
        told(0, Event::Start),
        shown(PERIOD, &grey(1)),
        // Far enough for another cluster.
        shown(50 * PERIOD, &grey(50)),
        told(51 * PERIOD, Event::Corrupt(51)),
        told(52 * PERIOD, Event::Stop),
        told(53 * PERIOD, Event::Start),
        shown(54 * PERIOD, &grey(0)),
        told(54 * PERIOD, Event::End(Error::fatal("EIO"))),
        told(55 * PERIOD, Event::Close),
    ]
}

fn writer(memory: &sinks::Memory) -> Writer {
    let memory = memory.clone();
    Writer::with(Path::new("a.mkv"), Box::new(move |_| Ok(Box::new(memory.clone())))).unwrap()
}

#[test]
fn whatever_ends_a_trace_it_can_be_replayed_up_to_there() {
    let folder = Folder::new("trace-full");
    let path = folder.0.join("a.mkv");
    let walked = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        walk(&path)
    };
    let memory = sinks::Memory::default();
    let mut whole = writer(&memory);
    let written = entries().iter().map(|entry| whole.write(entry).unwrap()).filter(|picture| *picture).count();
    assert_eq!((written, whole.bytes()), (3, memory.bytes().len() as u64));
    let unfinished = memory.bytes();
    whole.finish().unwrap();
    let finished = memory.bytes();
    assert_eq!(unfinished.len(), finished.len(), "what is put in at the end has its place");
    // Three frames and a damaged one, a silence and an end.
    assert_eq!((walked(&unfinished).unwrap(), walked(&finished).unwrap()), (6, 6));
    for kind in [ErrorKind::StorageFull, ErrorKind::Other] {
        for room in 0..unfinished.len() {
            let memory = sinks::Memory::with_room(room, kind);
            let mut writer = writer(&memory);
            let failure = entries().iter().find_map(|entry| writer.write(entry).err()).unwrap();
            assert!(failure.detail().contains("which can be replayed"), "{failure}");
            let _ = writer.finish();
            let bytes = memory.bytes();
            assert!(bytes.len() <= room && (bytes.is_empty() || unfinished.starts_with(&bytes[..40])));
            if walked(&bytes).is_ok() {
                assert!(room > 300);
            }
        }
    }
    let memory = sinks::Memory::append_only();
    let mut appended = writer(&memory);
    entries().iter().for_each(|entry| assert!(appended.write(entry).is_ok()));
    assert!(appended.finish().is_err());
    assert_eq!(walked(&memory.bytes()).unwrap(), 6, "nothing could be put in");
}

#[test]
fn a_file_that_cannot_be_made_ends_the_trace() {
    let memory = sinks::Memory::default();
    let made = memory.clone();
    let mut first = true;
    let create = move |path: &Path| {
        if std::mem::replace(&mut first, false) {
            let sink: Box<dyn Sink> = Box::new(made.clone());
            return Ok(sink);
        }
        Err(Error::not_allowed(format!("{} cannot be made", path.display())))
    };
    let mut writer = Writer::with(Path::new("dir/a"), Box::new(create)).unwrap();
    let size = Size::new(4, 3);
    for entry in [Entry::Configured(configuration(v4l2(b"GREY"), size)), told(0, Event::Start), told(1, Event::Stop)] {
        writer.write(&entry).unwrap();
    }
    writer.write(&Entry::Configured(configuration(PixelFormat::YUYV, size))).unwrap();
    // Still about what was.
    writer.write(&told(2, Event::End(Error::fatal("gone")))).unwrap();
    let failure = writer.write(&told(3, Event::Start)).unwrap_err();
    assert_eq!(failure.detail(), "the trace ends with another configuration: dir/a-2 cannot be made");
    writer.finish().unwrap();
}
