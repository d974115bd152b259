//! The functions of the application that a run gives to the library: each counts its call, looks at
//! what it was given, and may make the run's next call from inside.

use super::*;

/// A function of the application runs. Its calls are the run's next ones.
pub(super) fn enter(data: *mut c_void, code: i32, work: impl FnOnce(&Run<'_>)) {
    // SAFETY: the user data is a `Kept` that lives as long as its run, which gives everything back
    // before it ends.
    let kept = unsafe { &*data.cast_const().cast::<Kept<'_>>() };
    // SAFETY: as above.
    let run = unsafe { &*kept.run };
    let here = std::thread::current().id();
    if here != run.thread {
        return run.complain(format!("{} was called on another thread", kept.what));
    }
    kept.called.fetch_add(1, Relaxed);
    run.expect(is_known(code), || format!("{} was told {code}", kept.what));
    run.expect(kept.destroyed.load(Relaxed) == 0, || format!("{} was called after its end", kept.what));
    work(run);
    run.inside();
}

pub(super) unsafe extern "C" fn completed(code: i32, _: *const c_char, data: *mut c_void) {
    enter(data, code, |_| ());
}

pub(super) unsafe extern "C" fn session_failed(code: i32, _: *const c_char, data: *mut c_void) {
    enter(data, code, |_| ());
}

pub(super) unsafe extern "C" fn session_told(
    _: *mut camera_session,
    event: *const camera_session_event,
    data: *mut c_void,
) {
    // SAFETY: the library's promise: an event that is valid during the call.
    enter(data, unsafe { (*event).code }, |_| ());
}

pub(super) unsafe extern "C" fn logged(_: i32, _: *const c_char, data: *mut c_void) {
    enter(data, 0, |_| ());
}

pub(super) unsafe extern "C" fn framed(_: *mut camera_surface, frame: *mut camera_frame, data: *mut c_void) {
    enter(data, 0, |run| {
        if run.byte() % 4 == 3 && call!(run, camera_frame_retain(frame)) {
            run.handles.borrow_mut()[FRAME].push(frame as usize);
        }
        run.look_at_frame(frame);
    });
}

pub(super) unsafe extern "C" fn photographed(
    _: *mut camera_output,
    _: u32,
    code: i32,
    _: *const c_char,
    photo: *mut camera_photo,
    data: *mut c_void,
) {
    enter(data, code, |run| {
        run.expect(photo.is_null() == (code != 0), || format!("a photo comes with code {code}, or none without one"));
        if !photo.is_null() {
            run.look_at_photo(photo);
        }
    });
}

pub(super) unsafe extern "C" fn output_told(_: *mut camera_output, _: *const camera_output_event, data: *mut c_void) {
    enter(data, 0, |_| ());
}

pub(super) unsafe extern "C" fn recorder_told(
    _: *mut camera_recorder,
    _: *const camera_recorder_event,
    data: *mut c_void,
) {
    enter(data, 0, |_| ());
}

pub(super) unsafe extern "C" fn detected(
    frame: *mut camera_frame,
    _: *mut camera_metadata_object,
    capacity: u32,
    data: *mut c_void,
) -> u32 {
    // What is there already is all zero, which is an object.
    let mut count = 0;
    enter(data, 0, |run| {
        run.look_at_frame(frame);
        count = u32::from(run.byte()) % (capacity + 2);
    });
    count
}

pub(super) unsafe extern "C" fn destroyed(data: *mut c_void) {
    // SAFETY: as in `enter`.
    let kept = unsafe { &*data.cast_const().cast::<Kept<'_>>() };
    // SAFETY: as in `enter`.
    let run = unsafe { &*kept.run };
    kept.destroyed.fetch_add(1, Relaxed);
    if std::thread::current().id() != run.thread {
        return run.complain(format!("{} was destroyed on another thread", kept.what));
    }
    run.inside();
}
