//! Focus: V4L2_CID_FOCUS_AUTO and V4L2_CID_FOCUS_ABSOLUTE, the buttons and the status of focusing once,
//! V4L2_CID_3A_LOCK. V4L2 has no control for a point of the picture.

use super::Knobs;
use crate::backend::control::{Control, ids};
use crate::error::{Error, Result};
use crate::runtime::timer::Timer;
use crate::session::Session;
use crate::session::events::SessionEvent;
use std::time::{Duration, Instant};

/// How the camera focuses. The numbers are Camera Kit's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub(crate) enum FocusMode {
    /// As the distance is set.
    Manual = 0,
    /// All the time.
    ContinuousAuto = 1,
    /// Once, now.
    Auto = 2,
    /// Stays as it is.
    Locked = 3,
}

/// Where focusing stands. The numbers are Camera Kit's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub(crate) enum FocusState {
    Scan = 0,
    Focused = 1,
    Unfocused = 2,
}

/// V4L2_LOCK_FOCUS.
const LOCK: i64 = 4;
/// V4L2_AUTO_FOCUS_STATUS_BUSY, _REACHED and _FAILED.
const BUSY: i64 = 1;
const REACHED: i64 = 2;
const FAILED: i64 = 4;

/// How often the status is looked at while the camera focuses, which no event tells, and for how long at
/// most.
const LOOK: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(5);

/// What the session remembers of its focus: V4L2 does not tell three of the modes from each other.
#[derive(Default)]
pub(crate) struct Chosen {
    mode: Option<FocusMode>,
    scan: Option<Scan>,
}

/// The camera focuses.
struct Scan {
    begun: Instant,
    _timer: Timer,
}

pub(crate) fn is_supported(knobs: &Knobs, mode: FocusMode) -> Result<bool> {
    match mode {
        FocusMode::Manual => Ok(knobs.settable(ids::FOCUS_ABSOLUTE)?.is_some()),
        FocusMode::ContinuousAuto => Ok(knobs.settable(ids::FOCUS_AUTO)?.is_some()),
        FocusMode::Auto => Ok(knobs.settable(ids::AUTO_FOCUS_START)?.is_some()),
        // A lens that is not moved any more stays where it is.
        FocusMode::Locked => Ok(can_lock(knobs)? || knobs.settable(ids::FOCUS_AUTO)?.is_some()),
    }
}

fn can_lock(knobs: &Knobs) -> Result<bool> {
    Ok(knobs.settable(ids::THREE_A_LOCK)?.is_some_and(|control| control.max & LOCK != 0))
}

/// The mode, of which `remembered` was set last.
fn mode(knobs: &Knobs, remembered: Option<FocusMode>) -> Result<FocusMode> {
    if can_lock(knobs)? && knobs.number(ids::THREE_A_LOCK)? & LOCK != 0 {
        return Ok(FocusMode::Locked);
    }
    if knobs.has(ids::FOCUS_AUTO)? && knobs.number(ids::FOCUS_AUTO)? != 0 {
        return Ok(FocusMode::ContinuousAuto);
    }
    let usual = [FocusMode::Manual, FocusMode::Auto, FocusMode::Locked];
    let mode = remembered.filter(|mode| *mode != FocusMode::ContinuousAuto);
    if let Some(mode) = mode {
        return Ok(mode);
    }
    for mode in usual {
        if is_supported(knobs, mode)? {
            return Ok(mode);
        }
    }
    Err(knobs.cannot("focus that could be set"))
}

/// The steps to a mode, in their order.
fn steps(knobs: &Knobs, mode: FocusMode) -> Result<Vec<(u32, i64)>> {
    if !is_supported(knobs, mode)? {
        return Err(knobs.cannot("such focus mode"));
    }
    let mut steps = Vec::new();
    if can_lock(knobs)? {
        let locks = knobs.number(ids::THREE_A_LOCK)?;
        let wanted = if mode == FocusMode::Locked { locks | LOCK } else { locks & !LOCK };
        if wanted != locks {
            steps.push((ids::THREE_A_LOCK, wanted));
        }
        if mode == FocusMode::Locked {
            return Ok(steps);
        }
    }
    if knobs.settable(ids::FOCUS_AUTO)?.is_some() {
        steps.push((ids::FOCUS_AUTO, i64::from(mode == FocusMode::ContinuousAuto)));
    }
    if mode == FocusMode::Auto {
        steps.push((ids::AUTO_FOCUS_START, 1));
    }
    Ok(steps)
}

pub(crate) fn is_distance_supported(knobs: &Knobs) -> Result<bool> {
    Ok(knobs.settable(ids::FOCUS_ABSOLUTE)?.is_some_and(|control| control.max > control.min))
}

fn distance_control(knobs: &Knobs) -> Result<Control> {
    let control = knobs.find(ids::FOCUS_ABSOLUTE)?.filter(|control| control.max > control.min);
    control.ok_or_else(|| knobs.cannot("focus distance"))
}

/// From 0, the nearest, to 1, infinity. "Positive values set the focus closer to the camera, negative
/// values towards infinity" ("Camera Control Reference").
pub(crate) fn distance(knobs: &Knobs) -> Result<f64> {
    let control = distance_control(knobs)?;
    let value = knobs.number(ids::FOCUS_ABSOLUTE)?.clamp(control.min, control.max);
    Ok((control.max - value) as f64 / (control.max - control.min) as f64)
}

/// Of what is given as a distance, before anything else is looked at.
pub(crate) fn check_distance(distance: f64) -> Result<()> {
    if (0.0..=1.0).contains(&distance) {
        return Ok(());
    }
    Err(Error::invalid(format!("the focus distance is {distance}, not within 0 to 1")))
}

fn distance_steps(knobs: &Knobs, distance: f64) -> Result<Vec<(u32, i64)>> {
    let control = distance_control(knobs)?;
    if !is_distance_supported(knobs)? {
        return Err(knobs.cannot("focus distance that could be set"));
    }
    let value = control.max - ((control.max - control.min) as f64 * distance).round() as i64;
    let mut steps = steps(knobs, FocusMode::Manual)?;
    steps.push((ids::FOCUS_ABSOLUTE, control.nearest(value)));
    Ok(steps)
}

/// What a status means; `None`: nothing is under way.
fn state_of(status: i64) -> Option<FocusState> {
    match status {
        _ if status & BUSY != 0 => Some(FocusState::Scan),
        _ if status & REACHED != 0 => Some(FocusState::Focused),
        _ if status & FAILED != 0 => Some(FocusState::Unfocused),
        _ => None,
    }
}

impl Session {
    pub(crate) fn focus_mode(&self) -> Result<FocusMode> {
        self.control(|knobs| mode(knobs, self.focus.lock().mode))
    }

    pub(crate) fn set_focus_mode(&self, mode: FocusMode) -> Result<()> {
        self.control(|knobs| {
            knobs.apply(&steps(knobs, mode)?)?;
            self.focus.lock().mode = Some(mode);
            let scans_again = matches!(mode, FocusMode::Auto | FocusMode::ContinuousAuto);
            self.end_scan((!scans_again).then_some(FocusState::Unfocused));
            if scans_again && knobs.has(ids::AUTO_FOCUS_STATUS)? {
                self.events.emit(SessionEvent::Focus(FocusState::Scan));
                return self.follow_scan();
            }
            Ok(())
        })
    }

    pub(crate) fn set_focus_distance(&self, distance: f64) -> Result<()> {
        self.control(|knobs| {
            knobs.apply(&distance_steps(knobs, distance)?)?;
            self.focus.lock().mode = Some(FocusMode::Manual);
            self.end_scan(Some(FocusState::Unfocused));
            Ok(())
        })
    }

    /// Looks at the status until the camera has focused.
    fn follow_scan(&self) -> Result<()> {
        let timer = self.step_by_step(LOOK, Session::look_at_scan)?;
        self.focus.lock().scan = Some(Scan { begun: Instant::now(), _timer: timer });
        Ok(())
    }

    /// In the session's turn.
    fn look_at_scan(&self) {
        let Some(begun) = self.focus.lock().scan.as_ref().map(|scan| scan.begun) else { return };
        let status = self.control(|knobs| knobs.number(ids::AUTO_FOCUS_STATUS));
        let state = match status {
            // The camera is gone, or the session is configured anew.
            Err(_) => FocusState::Unfocused,
            Ok(status) => match state_of(status) {
                Some(FocusState::Scan) | None if begun.elapsed() < LONGEST => return,
                Some(FocusState::Scan) | None => FocusState::Unfocused,
                Some(over) => over,
            },
        };
        self.end_scan(Some(state));
    }

    /// The next camera's focus is its own.
    pub(super) fn forget_focus(&self) {
        self.focus.lock().mode = None;
    }

    /// Nobody waits for the lens any more: who was told that it moves is told how that ended, unless it
    /// begins anew at once.
    pub(in crate::session) fn end_scan(&self, state: Option<FocusState>) {
        let scan = self.focus.lock().scan.take();
        if scan.is_some()
            && let Some(state) = state
        {
            self.events.emit(SessionEvent::Focus(state));
        }
        // Out of the lock: the end of its timer waits for a tick.
        drop(scan);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::knobs::fake::Fake;
    use super::*;
    use crate::backend::control::Kind;
    use crate::error::Code;
    use crate::sync::Arc;

    fn webcam() -> Arc<Fake> {
        Fake::new(&[(ids::FOCUS_ABSOLUTE, Kind::Integer, 0, 250, 5, 0), (ids::FOCUS_AUTO, Kind::Boolean, 0, 1, 1, 1)])
    }

    fn sensor() -> Arc<Fake> {
        Fake::new(&[
            (ids::FOCUS_ABSOLUTE, Kind::Integer, 0, 1023, 1, 0),
            (ids::FOCUS_AUTO, Kind::Boolean, 0, 1, 1, 0),
            (ids::THREE_A_LOCK, Kind::Bitmask, 0, 7, 1, 1),
            (ids::AUTO_FOCUS_START, Kind::Button, 0, 0, 0, 0),
            (ids::AUTO_FOCUS_STATUS, Kind::Bitmask, 0, 7, 1, 0),
        ])
    }

    fn set(fake: &Arc<Fake>, mode: FocusMode) -> Result<Vec<(u32, i64)>> {
        fake.set.lock().clear();
        fake.knobs().apply(&steps(&fake.knobs(), mode)?)?;
        Ok(fake.set.lock().clone())
    }

    #[test]
    fn each_camera_has_the_modes_that_it_can() {
        let modes = [FocusMode::Manual, FocusMode::ContinuousAuto, FocusMode::Auto, FocusMode::Locked];
        let supported =
            |fake: &Arc<Fake>| modes.map(|mode| is_supported(&fake.knobs(), mode).expect("the fake answers"));
        assert_eq!(supported(&webcam()), [true, true, false, true]);
        assert_eq!(supported(&sensor()), [true; 4]);
        let none = Fake::new(&[]);
        assert_eq!(supported(&none), [false; 4]);
        assert_eq!(mode(&none.knobs(), None).unwrap_err().code(), Code::OperationNotAllowed);
        assert_eq!(set(&none, FocusMode::Locked).unwrap_err().code(), Code::OperationNotAllowed);
        assert_eq!(set(&webcam(), FocusMode::Auto).unwrap_err().code(), Code::OperationNotAllowed);
    }

    #[test]
    fn automatic_is_off_before_the_lens_is_moved() {
        let fake = webcam();
        fake.knobs().apply(&distance_steps(&fake.knobs(), 0.0).unwrap()).unwrap();
        assert_eq!(*fake.set.lock(), [(ids::FOCUS_AUTO, 0), (ids::FOCUS_ABSOLUTE, 250)]);
        assert_eq!(distance(&fake.knobs()).unwrap(), 0.0);
        fake.knobs().apply(&distance_steps(&fake.knobs(), 0.97).unwrap()).unwrap();
        assert_eq!(fake.value(ids::FOCUS_ABSOLUTE), 5, "the nearest step");
        for wrong in [-0.1, 1.1, f64::NAN] {
            assert_eq!(check_distance(wrong).unwrap_err().code(), Code::InvalidArgument);
        }
    }

    #[test]
    fn locks_of_others_stay() {
        let fake = sensor();
        assert_eq!(set(&fake, FocusMode::Locked).unwrap(), [(ids::THREE_A_LOCK, 5)]);
        assert_eq!(mode(&fake.knobs(), None).unwrap(), FocusMode::Locked);
        let auto = set(&fake, FocusMode::Auto).unwrap();
        assert_eq!(auto, [(ids::THREE_A_LOCK, 1), (ids::FOCUS_AUTO, 0), (ids::AUTO_FOCUS_START, 1)]);
        assert_eq!(mode(&fake.knobs(), Some(FocusMode::Auto)).unwrap(), FocusMode::Auto);
        set(&fake, FocusMode::ContinuousAuto).unwrap();
        assert_eq!(mode(&fake.knobs(), Some(FocusMode::Manual)).unwrap(), FocusMode::ContinuousAuto);
    }

    #[test]
    fn the_status_says_where_it_stands() {
        assert_eq!(
            [0, 1, 2, 4, 3].map(state_of),
            [
                None,
                Some(FocusState::Scan),
                Some(FocusState::Focused),
                Some(FocusState::Unfocused),
                Some(FocusState::Scan)
            ]
        );
    }
}
