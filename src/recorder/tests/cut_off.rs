//! Files that end early: cut off anywhere, or because the disk was full.

use super::*;
use reader::read;
use std::io::ErrorKind;

const MS: i64 = 1_000_000;

fn frames(count: u64) -> Vec<Frame> {
    // Every third frame comes late enough for a cluster of its own.
    (0..count)
        .map(|n| picture(v4l2(b"GREY"), Size::new(4, 3), 0, n, (n as i64 / 3) * 4_000 * MS + n as i64 * MS))
        .collect()
}

#[test]
fn a_file_that_is_cut_off_anywhere_plays_up_to_there() {
    let frames = frames(10);
    let (unfinished, finished) = record(Container::Matroska, None, &frames);
    for bytes in [unfinished, finished] {
        let whole = read(&bytes[..]);
        assert_eq!((whole.blocks.len(), whole.clusters.len()), (10, 4));
        for length in 0..=bytes.len() {
            let file = read(&bytes[..length]);
            let expected = whole.blocks.iter().filter(|block| block.data.end <= length as u64).count();
            assert_eq!(file.blocks, whole.blocks[..expected], "cut off at {length}");
        }
    }
}

#[test]
fn a_file_that_nothing_can_be_put_into_plays() {
    let memory = sinks::Memory::append_only();
    let mut recording = Recording::new(Container::Matroska, None, Box::new(memory.clone()));
    for frame in frames(10) {
        recording.frame(&frame).unwrap();
    }
    assert!(recording.finish().0.is_err());
    let file = read(&memory.bytes()[..]);
    assert_eq!((file.blocks.len(), file.cues.len(), file.duration), (10, 4, None));
    assert!(file.clusters.iter().all(|cluster| cluster.size.is_none()));
}

#[test]
fn when_the_disk_is_full_the_file_is_finished_with_what_is_in_it() {
    let frames = frames(10);
    let (unfinished, finished) = record(Container::Matroska, None, &frames);
    let whole = read(&finished[..]);
    for kind in [ErrorKind::StorageFull, ErrorKind::QuotaExceeded, ErrorKind::FileTooLarge, ErrorKind::Other] {
        for room in 0..unfinished.len() {
            let memory = sinks::Memory::with_room(room, kind);
            let mut recording = Recording::new(Container::Matroska, None, Box::new(memory.clone()));
            let written = frames.iter().take_while(|frame| recording.frame(frame).is_ok()).count();
            let (_, end) = recording.finish();
            let bytes = memory.bytes();
            assert_eq!((end.frames, end.bytes), (written as u64, bytes.len() as u64));
            assert!(written < 10 && bytes.len() <= room);
            let file = read(&bytes[..]);
            assert_eq!(file.blocks, whole.blocks[..written]);
            if written > 0 {
                assert!(file.segment_size.is_some() && file.clusters.iter().all(|cluster| cluster.size.is_some()));
                assert!(file.duration.unwrap() >= file.blocks[written - 1].tick as f64);
                for (element, position) in &file.seeks {
                    let at = (file.content + position) as usize;
                    assert_eq!(bytes[at..at + 4], element.to_be_bytes(), "room for {room}");
                }
            }
        }
    }
}

#[test]
fn a_full_disk_leaves_whole_pictures_in_y4m() {
    let frames = frames(5);
    let (_, whole) = record(Container::Y4m, None, &frames);
    let header = whole.len() - 5 * 18;
    for room in 0..whole.len() {
        let memory = sinks::Memory::with_room(room, ErrorKind::StorageFull);
        let mut recording = Recording::new(Container::Y4m, None, Box::new(memory.clone()));
        let written = frames.iter().take_while(|frame| recording.frame(frame).is_ok()).count();
        recording.finish().0.unwrap();
        let expected = if room < header { 0 } else { header + written * 18 };
        assert_eq!(memory.bytes().len(), expected, "room for {room}");
    }
}
