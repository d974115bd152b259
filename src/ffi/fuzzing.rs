//! Any sequence of calls of the C interface, for the fuzzer: handles that are live, released,
//! invented, NULL or of another kind, on virtual cameras, dispatched by the one thread, with further
//! calls from inside callbacks.
//!
//! Promised whatever is called: no crash and no end of waiting; codes of the table, and a detail with
//! each failure; out-parameters written on success only; each accepted completion once; each stored
//! callback destroyed once and not called after that; all of it on this thread.

#[macro_use]
mod calls;
mod callbacks;
mod controls;

use super::callback::*;
use super::camera::*;
use super::capture::*;
use super::frame::*;
use super::input::*;
use super::library::camera_error_detail;
use super::manager::*;
use super::metadata::*;
use super::output::*;
use super::output_events::*;
use super::photo::*;
use super::recorder::*;
use super::recording::*;
use super::session::*;
use super::session_config::*;
use super::session_events::*;
use super::surface::*;
use crate::error::Code;
use crate::fuzzing::Choices;
use callbacks::*;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::{null, null_mut};
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::thread::ThreadId;

/// Calls of one sequence at most, waits for frames, and callbacks inside each other.
const MOST_CALLS: u32 = 120;
const MOST_WAITS: u32 = 2;
const MOST_DEPTH: u32 = 3;

/// Makes the calls that these bytes stand for.
pub fn operations(bytes: &[u8]) {
    perform(bytes);
}

/// What succeeded.
fn perform(bytes: &[u8]) -> BTreeMap<&'static str, u32> {
    let run = Run {
        thread: std::thread::current().id(),
        choices: RefCell::new(Choices::new(bytes)),
        handles: RefCell::default(),
        kept: RefCell::default(),
        complaints: std::sync::Mutex::default(),
        calls: Cell::new(0),
        waits: Cell::new(0),
        depth: Cell::new(0),
        done: RefCell::default(),
        folder: RefCell::default(),
    };
    while run.goes_on() {
        run.step();
    }
    run.end();
    let complaints = run.complaints.into_inner().unwrap_or_default();
    assert!(complaints.is_empty(), "{complaints:#?}");
    run.done.take()
}

/// What an out-parameter holds before the call.
const UNTOUCHED: usize = 0x5a5a_5a5a;

/// Kinds of handles: places in [`Run::handles`].
const MANAGER: usize = 0;
const INPUT: usize = 1;
const SURFACE: usize = 2;
const OUTPUT: usize = 3;
const SESSION: usize = 4;
const FRAME: usize = 5;
const PHOTO: usize = 6;
const RECORDER: usize = 7;
const LIST: usize = 8;
const CAPABILITY: usize = 9;
const KINDS: usize = 10;

struct Run<'a> {
    thread: ThreadId,
    choices: RefCell<Choices<'a>>,
    /// What was given out, released or not.
    handles: RefCell<[Vec<usize>; KINDS]>,
    kept: RefCell<Vec<Rc<Kept<'a>>>>,
    /// Promises that were not kept. Told at the end: a panic must not pass through the library.
    complaints: std::sync::Mutex<Vec<String>>,
    calls: Cell<u32>,
    waits: Cell<u32>,
    depth: Cell<u32>,
    /// Functions that succeeded, and how often.
    done: RefCell<BTreeMap<&'static str, u32>>,
    /// For files; gone with the run.
    folder: RefCell<Option<std::path::PathBuf>>,
}

/// What the library was given with a function: its user data.
struct Kept<'a> {
    run: *const Run<'a>,
    what: &'static str,
    is_completion: bool,
    accepted: Cell<bool>,
    called: AtomicU32,
    destroyed: AtomicU32,
}

impl<'a> Run<'a> {
    fn byte(&self) -> u8 {
        self.choices.borrow_mut().byte()
    }

    fn number(&self) -> usize {
        usize::from_le_bytes(self.choices.borrow_mut().number())
    }

    fn one<T: Copy>(&self, of: &[T]) -> T {
        self.choices.borrow_mut().one(of)
    }

    fn u32(&self) -> u32 {
        self.choices.borrow_mut().u32()
    }

    fn goes_on(&self) -> bool {
        self.calls.get() < MOST_CALLS && !self.choices.borrow().is_empty()
    }

    fn complain(&self, complaint: String) {
        self.complaints.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push(complaint);
    }

    fn expect(&self, holds: bool, complaint: impl FnOnce() -> String) {
        if !holds {
            self.complain(complaint());
        }
    }

    fn check(&self, function: &'static str, code: i32) -> bool {
        self.calls.set(self.calls.get() + 1);
        if code != 0 {
            self.expect(is_known(code), || format!("{function} returned {code}"));
            // SAFETY: the text lives until the next call that fails on this thread.
            let detail = unsafe { CStr::from_ptr(camera_error_detail()) };
            self.expect(!detail.is_empty(), || format!("{function} returned {code} without a detail"));
        } else {
            *self.done.borrow_mut().entry(function).or_default() += 1;
        }
        code == 0
    }

    fn made(&self, function: &str, kind: usize, made: bool, handle: usize) {
        if made {
            self.handles.borrow_mut()[kind].push(handle);
        } else {
            self.expect(handle == UNTOUCHED, || format!("{function} failed and wrote {handle:#x}"));
        }
    }

    /// A handle of this kind, usually.
    fn pick<T>(&self, kind: usize) -> *mut T {
        let how = self.byte();
        let handles = self.handles.borrow();
        // The newest first: they are the ones that are alive.
        let back = |handles: &[usize], steps: u8| {
            handles.len().checked_sub(1 + usize::from(steps) % handles.len().max(1)).map_or(0, |at| handles[at])
        };
        let handle = match how {
            0..200 => back(&handles[kind], 0),
            200..240 => back(&handles[kind], how - 200),
            240..250 => back(&handles[usize::from(how) % KINDS], 0),
            250..252 => self.number(),
            // A neighbour's, or of another generation.
            252..255 => back(&handles[kind], 0) ^ (1 << (self.byte() % 64)),
            255 => 0,
        };
        handle as *mut T
    }

    fn keep(&self, what: &'static str, is_completion: bool) -> *mut c_void {
        let kept = Rc::new(Kept {
            run: self,
            what,
            is_completion,
            accepted: Cell::new(false),
            called: AtomicU32::new(0),
            destroyed: AtomicU32::new(0),
        });
        let data = Rc::as_ptr(&kept).cast_mut().cast();
        self.kept.borrow_mut().push(kept);
        data
    }

    /// Whether the call took what it was given.
    fn settle(&self, data: *mut c_void, accepted: bool) {
        let kept = self.kept.borrow();
        let found = kept.iter().find(|kept| std::ptr::eq(Rc::as_ptr(kept), data.cast_const().cast()));
        if let Some(kept) = found {
            kept.accepted.set(accepted);
        }
    }

    /// Something of the application runs, and may call the library itself.
    fn inside(&self) {
        if self.depth.get() < MOST_DEPTH && self.goes_on() && self.byte() % 4 == 3 {
            self.depth.set(self.depth.get() + 1);
            self.step();
            self.depth.set(self.depth.get() - 1);
        }
    }

    /// Milliseconds to wait: rarely any, so that a run is short.
    fn milliseconds(&self) -> i32 {
        if self.byte() % 4 == 3 && self.waits.get() < MOST_WAITS {
            self.waits.set(self.waits.get() + 1);
            return 40;
        }
        0
    }

    /// A profile that can be had, usually.
    fn profile(&self, kind: i32) -> camera_profile {
        let formats = [0x5659_5559, 0x3231_564e, 2000, 3, 1003, 0x4750_4a4d, 0];
        let sizes = [(640, 480), (1280, 720), (320, 240), (640, 360), (0, 1), (40000, 1)];
        let rates = [(30, 30), (1, 60), (15, 15), (60, 1), (0, 0)];
        // Of a photo and of a video.
        let (is_jpeg, has_rates) = (kind == 1, kind == 2 || self.byte() == 255);
        let ((width, height), rates) = (self.one(&sizes), self.one(&rates));
        let (min_frame_rate, max_frame_rate) = if has_rates { rates } else { (0, 0) };
        let format = match self.byte() {
            255 => self.u32(),
            _ if is_jpeg => 2000,
            _ => self.one(&formats),
        };
        let size = self.size_of::<camera_profile>();
        camera_profile { size, format, width, height, min_frame_rate, max_frame_rate }
    }

    /// What a structure says of its size: usually the truth. Never more than is there.
    fn size_of<T>(&self) -> u32 {
        let size = size_of::<T>() as u32;
        if self.byte() == 255 { self.u32() % size } else { size }
    }

    fn step(&self) {
        // The highest bytes meant what lower ones mean too, so that nearly all older inputs mean what they did.
        let choice = self.byte();
        match choice % 72 {
            _ if choice >= 232 => self.control(),
            0 => self.rig(),
            1 => self.make_manager(),
            2 => drop(call!(self, camera_manager_release(self.pick(MANAGER)))),
            3..=8 => {
                let mut count = 0;
                call!(self, camera_manager_dispatch(self.pick(MANAGER), &raw mut count));
            }
            9 => {
                let mut fd: c_int = 0;
                call!(self, camera_manager_get_dispatch_fd(self.pick(MANAGER), &raw mut fd));
            }
            10 => {
                let level = i32::from(self.byte() % 6);
                store!(self, logged, camera_manager_set_log_callback(self.pick(MANAGER), level));
            }
            11 => make!(self, LIST, camera_manager_list_cameras(self.pick(MANAGER))),
            12..=14 => self.look_at_cameras(),
            15 => make!(self, INPUT, camera_manager_create_input(self.pick(MANAGER), self.id().as_ptr())),
            16 => drop(call!(self, camera_input_open(self.pick(INPUT)))),
            17 => drop(call!(self, camera_input_close(self.pick(INPUT)))),
            18 => later!(self, camera_input_open_async(self.pick(INPUT))),
            19 => later!(self, camera_input_close_async(self.pick(INPUT))),
            20 => drop(call!(self, camera_input_release(self.pick(INPUT)))),
            21 => self.make_surface(),
            22 => store!(self, framed, camera_surface_set_callback(self.pick(SURFACE))),
            23..=25 => {
                let milliseconds = self.milliseconds();
                make!(self, FRAME, camera_surface_acquire(self.pick(SURFACE), milliseconds));
            }
            26 => {
                let mut fd: c_int = 0;
                call!(self, camera_surface_get_fd(self.pick(SURFACE), &raw mut fd));
            }
            27 => self.read_statistics(),
            28 => drop(call!(self, camera_surface_release(self.pick(SURFACE)))),
            29 => drop(call!(self, camera_frame_retain(self.pick(FRAME)))),
            30 | 31 => drop(call!(self, camera_frame_release(self.pick(FRAME)))),
            32 => self.look_at_frame(self.pick(FRAME)),
            33..=36 => self.make_output(i32::from(self.byte() % 6)),
            37 => drop(call!(self, camera_output_add_deferred_surface(self.pick(OUTPUT), self.pick(SURFACE)))),
            38 => drop(call!(self, camera_output_start(self.pick(OUTPUT)))),
            39 => drop(call!(self, camera_output_stop(self.pick(OUTPUT)))),
            40 => later!(self, camera_output_start_async(self.pick(OUTPUT))),
            41 => later!(self, camera_output_stop_async(self.pick(OUTPUT))),
            42 => {
                let (min, max) = (u32::from(self.byte()), u32::from(self.byte()));
                call!(self, camera_output_set_frame_rate(self.pick(OUTPUT), min, max));
            }
            43 => drop(call!(self, camera_output_release(self.pick(OUTPUT)))),
            44 => later!(self, camera_output_release_async(self.pick(OUTPUT))),
            45..=48 => self.capture(),
            49 => self.listen(),
            50 => self.stop_listening(),
            51 => make!(self, SESSION, camera_manager_create_session(self.pick(MANAGER), self.one(&[1, 2, 0, 7]))),
            52 => drop(call!(self, camera_session_begin_config(self.pick(SESSION)))),
            53 => drop(call!(self, camera_session_add_input(self.pick(SESSION), self.pick(INPUT)))),
            54 => drop(call!(self, camera_session_remove_input(self.pick(SESSION), self.pick(INPUT)))),
            55 => drop(call!(self, camera_session_add_output(self.pick(SESSION), self.pick(OUTPUT)))),
            56 => drop(call!(self, camera_session_remove_output(self.pick(SESSION), self.pick(OUTPUT)))),
            57 => self.ask_session(),
            58 => drop(call!(self, camera_session_commit_config(self.pick(SESSION)))),
            59 => later!(self, camera_session_commit_config_async(self.pick(SESSION))),
            60 => drop(call!(self, camera_session_start(self.pick(SESSION)))),
            61 => later!(self, camera_session_start_async(self.pick(SESSION))),
            62 => drop(call!(self, camera_session_stop(self.pick(SESSION)))),
            63 => later!(self, camera_session_stop_async(self.pick(SESSION))),
            64 => drop(call!(self, camera_session_release(self.pick(SESSION)))),
            65 => later!(self, camera_session_release_async(self.pick(SESSION))),
            66 => self.look_at_photo(self.pick(PHOTO)),
            67 => drop(call!(self, camera_photo_release(self.pick(PHOTO)))),
            68 => self.set_detector(),
            _ => self.record(),
        }
    }

    /// A session that runs, with a preview and another output, and who listens: one byte makes what
    /// would take a hundred to be found.
    fn rig(&self) {
        let how = self.byte();
        // No decisions: the first of everything, which is what works.
        let rest = self.choices.replace(Choices::new(&[]));
        self.make_manager();
        make!(self, INPUT, camera_manager_create_input(self.pick(MANAGER), c"virtual:0".as_ptr()));
        call!(self, camera_input_open(self.pick(INPUT)));
        make!(self, SESSION, camera_manager_create_session(self.pick(MANAGER), 1));
        call!(self, camera_session_begin_config(self.pick(SESSION)));
        call!(self, camera_session_add_input(self.pick(SESSION), self.pick(INPUT)));
        if how & 64 != 0 {
            self.set_detector();
        }
        let mut number = 0;
        for kind in [0, i32::from(how % 4)] {
            self.make_surface();
            self.make_output(kind);
            call!(self, camera_session_add_output(self.pick(SESSION), self.pick(OUTPUT)));
            if how & 16 != 0 {
                store!(self, framed, camera_surface_set_callback(self.pick(SURFACE)));
            }
            if how & 32 != 0 {
                store!(self, output_told, camera_output_add_listener(self.pick(OUTPUT)) &raw mut number);
            }
        }
        call!(self, camera_session_commit_config(self.pick(SESSION)));
        call!(self, camera_session_start(self.pick(SESSION)));
        if how & 32 != 0 {
            store!(self, photographed, camera_output_add_photo_listener(self.pick(OUTPUT)) &raw mut number);
            call!(self, camera_output_start(self.pick(OUTPUT)));
        }
        self.choices.replace(rest);
    }

    fn make_manager(&self) {
        // A few: each has threads. None that dispatches by itself or opens real devices.
        if self.handles.borrow()[MANAGER].len() >= 4 {
            return;
        }
        let cameras: &CStr = self.one(&[c"virtual:2", c"virtual:1", c"virtual:0", c"", c"cameras"]);
        let dispatch = if self.byte() == 255 { 7 } else { camera_dispatch::Caller as i32 };
        let size = self.size_of::<camera_manager_options>();
        let options = camera_manager_options { size, dispatch, cameras: cameras.as_ptr() };
        make!(self, MANAGER, camera_manager_create(&raw const options));
    }

    fn make_surface(&self) {
        let options = camera_surface_options {
            size: self.size_of::<camera_surface_options>(),
            capacity: self.one(&[0, 1, 3, 64, 65]),
            policy: self.one(&[0, 1, 2]),
            max_held: self.one(&[0, 1, 8, 65]),
        };
        let options = if self.byte() % 4 == 3 { &raw const options } else { null() };
        make!(self, SURFACE, camera_manager_create_surface(self.pick(MANAGER), options));
    }

    fn make_output(&self, kind: i32) {
        let profile = self.profile(kind);
        let profile = if self.byte() == 255 { null() } else { &raw const profile };
        match kind {
            0 | 4 => {
                make!(
                    self,
                    OUTPUT,
                    camera_manager_create_preview_output(self.pick(MANAGER), profile, self.pick(SURFACE))
                );
            }
            1 => {
                let surface = if self.byte() % 2 == 1 { self.pick(SURFACE) } else { null_mut() };
                make!(self, OUTPUT, camera_manager_create_photo_output(self.pick(MANAGER), profile, surface));
            }
            2 => {
                make!(self, OUTPUT, camera_manager_create_video_output(self.pick(MANAGER), profile, self.pick(SURFACE)))
            }
            3 => {
                let types = [0, 1, i32::from(self.byte()) - 1];
                let count = u32::from(self.byte() % 4);
                make!(self, OUTPUT, camera_manager_create_metadata_output(self.pick(MANAGER), types.as_ptr(), count));
            }
            _ => make!(self, OUTPUT, camera_manager_create_deferred_preview_output(self.pick(MANAGER), profile)),
        }
    }

    fn id(&self) -> &'static CStr {
        self.one(&[c"virtual:0", c"virtual:1", c"virtual:9", c"", c"v4l2:none", c"virtual:00"])
    }

    fn look_at_cameras(&self) {
        let (mut count, index) = (0, u32::from(self.byte() % 8));
        match self.byte() % 7 {
            0 => drop(call!(self, camera_list_get_count(self.pick(LIST), &raw mut count))),
            1 => {
                let size = self.size_of::<camera_description>();
                let mut description = camera_description { size, ..zeroed() };
                call!(self, camera_list_get(self.pick(LIST), index, &raw mut description));
            }
            2 => drop(call!(self, camera_list_release(self.pick(LIST)))),
            3 => {
                let mode = i32::from(self.byte() % 4);
                make!(self, CAPABILITY, camera_manager_get_capability(self.pick(MANAGER), self.id().as_ptr(), mode));
            }
            4 => {
                let kind = i32::from(self.byte() % 5);
                call!(self, camera_capability_get_profile_count(self.pick(CAPABILITY), kind, &raw mut count));
            }
            5 => {
                let (kind, mut profile) = (i32::from(self.byte() % 5), self.profile(0));
                call!(self, camera_capability_get_profile(self.pick(CAPABILITY), kind, index, &raw mut profile));
            }
            _ => drop(call!(self, camera_capability_release(self.pick(CAPABILITY)))),
        }
    }

    fn read_statistics(&self) {
        match self.byte() % 3 {
            0 => {
                let mut of =
                    camera_surface_statistics { size: self.size_of::<camera_surface_statistics>(), ..zeroed() };
                call!(self, camera_surface_get_statistics(self.pick(SURFACE), &raw mut of));
            }
            1 => {
                let mut of = camera_output_statistics { size: self.size_of::<camera_output_statistics>(), ..zeroed() };
                call!(self, camera_output_get_statistics(self.pick(OUTPUT), &raw mut of));
            }
            _ => {
                let mut of =
                    camera_recorder_statistics { size: self.size_of::<camera_recorder_statistics>(), ..zeroed() };
                call!(self, camera_recorder_get_statistics(self.pick(RECORDER), &raw mut of));
            }
        }
    }

    fn look_at_frame(&self, frame: *mut camera_frame) {
        let mut info = camera_frame_info { size: self.size_of::<camera_frame_info>(), ..zeroed() };
        call!(self, camera_frame_get_info(frame, &raw mut info));
        let mut plane = camera_plane { size: size_of::<camera_plane>() as u32, ..zeroed() };
        if call!(self, camera_frame_get_plane(frame, u32::from(self.byte() % 4), &raw mut plane)) {
            self.read(plane.data, plane.length);
        }
    }

    fn look_at_photo(&self, photo: *mut camera_photo) {
        let mut info = camera_photo_info { size: size_of::<camera_photo_info>() as u32, ..zeroed() };
        if call!(self, camera_photo_get_info(photo, &raw mut info)) {
            self.read(info.data, info.length);
        }
        if self.byte() % 2 == 1 && call!(self, camera_photo_retain(photo)) {
            self.handles.borrow_mut()[PHOTO].push(photo as usize);
        }
        if self.byte() == 255 {
            call!(self, camera_photo_save(photo, c"/nowhere/photo.jpg".as_ptr()));
        }
    }

    /// The first and the last byte of what the library says is there.
    fn read(&self, data: *const c_void, length: usize) {
        self.expect(!data.is_null() && length > 0, || "there are no bytes".into());
        if !data.is_null() && length > 0 {
            // SAFETY: the library's promise: so many bytes, as long as the frame or photo is held.
            let bytes = unsafe { std::slice::from_raw_parts(data.cast::<u8>(), length) };
            std::hint::black_box(bytes[0] ^ bytes[length - 1]);
        }
    }

    fn capture(&self) {
        let location = camera_location { latitude: f64::from(self.byte()), longitude: 7.0, altitude: f64::NAN };
        let settings = camera_photo_settings {
            size: self.size_of::<camera_photo_settings>(),
            quality: i32::from(self.byte() % 4),
            rotation: self.one(&[0, 90, 180, 270, 45]),
            mirror: i32::from(self.byte() % 3),
            location: if self.byte() % 4 == 3 { &raw const location } else { null() },
        };
        let settings = if self.byte() % 4 == 3 { &raw const settings } else { null() };
        match self.byte() % 3 {
            0 => drop(call!(self, camera_output_capture(self.pick(OUTPUT), settings))),
            1 => later!(self, camera_output_capture_async(self.pick(OUTPUT), settings)),
            _ => {
                let milliseconds = self.milliseconds();
                make!(self, PHOTO, camera_output_take_photo(self.pick(OUTPUT), settings, milliseconds));
            }
        }
    }

    fn listen(&self) {
        let mut number = 0;
        let at = &raw mut number;
        match self.byte() % 4 {
            0 => store!(self, output_told, camera_output_add_listener(self.pick(OUTPUT)) at),
            1 => store!(self, photographed, camera_output_add_photo_listener(self.pick(OUTPUT)) at),
            // No byte decides, so that older inputs mean what they did.
            2 if self.calls.get().is_multiple_of(2) => {
                store!(self, session_told, camera_session_add_listener(self.pick(SESSION)) at)
            }
            2 => store!(self, session_failed, camera_session_add_error_listener(self.pick(SESSION)) at),
            _ => store!(self, recorder_told, camera_recorder_add_listener(self.pick(RECORDER)) at),
        }
    }

    fn stop_listening(&self) {
        let number = u64::from(self.byte() % 4);
        match self.byte() % 3 {
            0 => call!(self, camera_output_remove_listener(self.pick(OUTPUT), number)),
            1 => call!(self, camera_session_remove_listener(self.pick(SESSION), number)),
            _ => call!(self, camera_recorder_remove_listener(self.pick(RECORDER), number)),
        };
    }

    fn ask_session(&self) {
        let (mut state, mut can, mut needed, mut text) = (0, false, 0, [0; 64]);
        let session = self.pick(SESSION);
        match self.byte() % 4 {
            0 => call!(self, camera_session_get_state(session, &raw mut state)),
            1 => call!(self, camera_session_can_add_input(session, self.pick(INPUT), &raw mut can)),
            2 => call!(self, camera_session_can_add_output(session, self.pick(OUTPUT), &raw mut can)),
            _ => {
                let size = usize::from(self.byte()) % (text.len() + 1);
                call!(self, camera_session_explain_config(session, text.as_mut_ptr(), size, &raw mut needed))
            }
        };
    }

    fn set_detector(&self) {
        let types = [0, i32::from(self.byte() % 9) - 1];
        let profile = self.profile(0);
        let options = camera_detector_options {
            size: self.size_of::<camera_detector_options>(),
            format: profile.format,
            width: profile.width,
            height: profile.height,
            max_frame_rate: u32::from(self.byte()),
            type_count: u32::from(self.byte() % 3),
            types: types.as_ptr(),
        };
        store!(self, detected, camera_manager_set_detector(self.pick(MANAGER), &raw const options));
    }

    fn record(&self) {
        let recorder = self.pick(RECORDER);
        match self.byte() % 12 {
            0 => {
                let options = camera_recorder_options {
                    size: self.size_of::<camera_recorder_options>(),
                    container: i32::from(self.byte() % 3),
                    path: self.one(&[c"/dev/null", c"/nowhere/file", c""]).as_ptr(),
                    fd: -1,
                    capacity: self.one(&[0, 1, 65]),
                    frame_rate: self.one(&[0, 30, 1001]),
                    reserved: 0,
                };
                make!(self, RECORDER, camera_manager_create_recorder(self.pick(MANAGER), &raw const options));
            }
            1 => make!(self, SURFACE, camera_recorder_get_surface(recorder)),
            2 => drop(call!(self, camera_recorder_start(recorder))),
            3 => drop(call!(self, camera_recorder_pause(recorder))),
            4 => drop(call!(self, camera_recorder_resume(recorder))),
            5 => drop(call!(self, camera_recorder_stop(recorder))),
            6 => drop(call!(self, camera_recorder_release(recorder))),
            7 => later!(self, camera_recorder_start_async(recorder)),
            8 => later!(self, camera_recorder_pause_async(recorder)),
            9 => later!(self, camera_recorder_stop_async(recorder)),
            10 => later!(self, camera_recorder_release_async(recorder)),
            _ => {
                let mut state = 0;
                call!(self, camera_recorder_get_state(recorder, &raw mut state));
            }
        }
    }

    /// Gives everything back; nothing is owed then.
    fn end(&self) {
        // From now on callbacks call nothing.
        self.calls.set(MOST_CALLS);
        let handles = self.handles.take();
        for manager in &handles[MANAGER] {
            call!(self, camera_manager_release(*manager as *mut camera_manager));
        }
        for frame in &handles[FRAME] {
            while call!(self, camera_frame_release(*frame as *mut camera_frame)) {}
        }
        for photo in &handles[PHOTO] {
            while call!(self, camera_photo_release(*photo as *mut camera_photo)) {}
        }
        if let Some(folder) = self.folder.take() {
            let _ = std::fs::remove_dir_all(folder);
        }
        for kept in self.kept.borrow().iter() {
            let (called, destroyed) = (kept.called.load(Relaxed), kept.destroyed.load(Relaxed));
            let accepted = u32::from(kept.accepted.get());
            let owed = if kept.is_completion { called == accepted } else { destroyed == accepted };
            self.expect(owed, || {
                format!("{}: accepted {accepted}, called {called}, destroyed {destroyed} times", kept.what)
            });
        }
    }
}

fn is_known(code: i32) -> bool {
    code == 0 || Code::ALL.iter().any(|known| *known as i32 == code)
}

/// A structure of the interface before it says its size.
fn zeroed<T: super::args::Sized32>() -> T {
    // SAFETY: integers, pointers and arrays of them, as `Sized32` says: zero is a value of each.
    unsafe { std::mem::zeroed() }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// A sequence that does nothing but fail would prove little.
    #[test]
    fn the_shortest_sequence_runs_a_session() {
        let done = perform(&[0]);
        for function in ["camera_session_commit_config", "camera_session_start", "camera_manager_release"] {
            assert_eq!(done.get(function), Some(&1), "{function}: {done:?}");
        }
    }

    /// Controls are behind the highest bytes: a session that runs, and one call of each kind.
    #[test]
    fn controls_are_set_and_read() {
        let step = 255;
        let done = perform(&[
            0, 0, // a rig
            step, 0, 0, 2, 0, 0, 6, // a family: the exposure mode
            step, 5, 0, 2, 1, 2, // a zoom ratio of 2
            step, 7, 0, 0, 0, 0, 1, // a raw control, described
            step, 12, 0, 2, 0, // the torch
            step, 14, // options, of a session that is not configured
        ]);
        let functions = [
            "camera_session_get_exposure_mode",
            "camera_session_set_zoom_ratio",
            "camera_input_describe_control",
            "camera_manager_is_torch_supported",
        ];
        for function in functions {
            assert_eq!(done.get(function), Some(&1), "{function}: {done:?}");
        }
    }
}
