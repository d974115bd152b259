//! Every order in which frames can meet the beginning, the end and the failure of a run.

use super::*;
use crate::format::{Colour, Layout, PixelFormat, Profile, Size};
use crate::frame::{Buffer, FrameInfo, HeapMemory, HeapPool};
use crate::output::Kind;
use crate::runtime::{Mode, Runtime};
use crate::surface::Options;
use crate::sync::Weak;
use crate::sync::model::{explore, spawn};
use std::sync::Mutex as Plain;

#[derive(Clone)]
struct Room {
    runtime: Arc<Runtime>,
    feed: Arc<Feed>,
    surface: Arc<Surface>,
    events: Arc<Plain<Vec<OutputEvent>>>,
}

impl Room {
    fn new() -> Room {
        let runtime = Runtime::small(Mode::Caller);
        let surface = Surface::new(runtime.clone(), Options::default());
        let profile = Profile { format: PixelFormat::MJPEG, size: Size::new(1, 1), rates: None };
        let output = Output::new(&runtime, Kind::Preview, profile, Some(surface.clone())).unwrap();
        let events: Arc<Plain<Vec<OutputEvent>>> = Arc::default();
        let sink = events.clone();
        output.events().add(move |event| sink.lock().unwrap().push(event.clone()));
        Room { runtime, feed: Feed::new(output), surface, events }
    }

    fn deliver(&self, sequence: u64) {
        let buffer = Buffer::new(0, vec![HeapMemory::boxed(1)], Weak::<HeapPool>::new());
        self.feed.deliver(buffer.lease().unwrap().into_frame(FrameInfo {
            format: PixelFormat::MJPEG,
            size: Size::new(1, 1),
            layout: Layout::compressed(1),
            sequence,
            timestamp_ns: i64::MAX,
            flags: 0,
            colour: Colour::JFIF,
        }));
    }

    fn arrived(&self) -> u64 {
        self.surface.statistics().arrived
    }

    /// The frames of each run that began, as its end told them. Beginnings and ends take turns.
    fn runs(&self) -> Vec<u64> {
        while self.runtime.dispatcher.dispatch().unwrap() > 0 {}
        let (mut runs, mut running) = (Vec::new(), false);
        for event in self.events.lock().unwrap().iter() {
            match event {
                OutputEvent::FrameStart { .. } => assert!(!std::mem::replace(&mut running, true), "begun twice"),
                OutputEvent::FrameEnd { frames } => {
                    assert!(std::mem::replace(&mut running, false), "ended and never begun");
                    runs.push(*frames);
                }
                _ => {}
            }
        }
        assert!(!running, "begun and never ended");
        runs
    }
}

/// Frames come while the run ends: none is sent after that returned, and the end tells of those that
/// were, if there were any.
#[test]
fn no_frame_comes_after_the_end() {
    explore(|| {
        let room = Room::new();
        assert!(room.feed.start(0));
        let other = room.clone();
        let thread = spawn(move || {
            other.deliver(0);
            other.deliver(1);
        });
        assert!(room.feed.stop());
        let arrived = room.arrived();
        thread.join().unwrap();
        assert_eq!(room.arrived(), arrived);
        assert_eq!(room.runs(), if arrived > 0 { vec![arrived] } else { vec![] });
    });
}

/// A run that ends and begins again among the frames: each beginning has its end, and every frame is
/// in one of the runs.
#[test]
fn runs_that_follow_each_other_keep_their_frames_apart() {
    explore(|| {
        let room = Room::new();
        assert!(room.feed.start(0));
        let other = room.clone();
        let thread = spawn(move || {
            other.deliver(0);
            other.deliver(1);
        });
        assert!(room.feed.stop());
        assert!(room.feed.start(0));
        thread.join().unwrap();
        assert!(room.feed.stop());
        assert_eq!(room.runs().iter().sum::<u64>(), room.arrived());
    });
}

/// The stream fails while the application stops: the run ends once.
#[test]
fn a_run_that_fails_as_it_is_stopped_ends_once() {
    explore(|| {
        let room = Room::new();
        assert!(room.feed.start(0));
        room.deliver(0);
        let other = room.clone();
        let thread = spawn(move || {
            other.feed.fail(&Error::fatal("unplugged"), 0);
            other.deliver(1);
        });
        assert!(room.feed.stop());
        let arrived = room.arrived();
        assert!(!room.feed.stop());
        thread.join().unwrap();
        assert_eq!(room.arrived(), arrived);
        assert_eq!(room.runs().iter().sum::<u64>(), arrived);
    });
}
